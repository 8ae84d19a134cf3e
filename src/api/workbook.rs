//! The workbook of a city: its projects and reports in a cycle, to be filled in offline and sent to `/imports`.

use actix_web::{web, web::Data};
use chrono::NaiveDate;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    answer::Answer,
    body::Query,
    closed_list::define_closed_list,
    error::{ApiError, ApiResult},
    may::May,
    message::parameter,
    service_config::ServiceConfig,
    state::State,
};
use crate::{
    app::workbook::{self, CityWorkbook},
    domain::{
        fault::ValueFault,
        message::thing,
        policy::{OpenWorkbook, ReadWorkbook},
        reference::Vocabulary,
        subject::CityCycleSubject,
        value::Slug,
    },
    sheets::{
        WorkbookSheet,
        allowed_values::AllowedList,
        columns, csv,
        flat::TableFormat,
        workbook_writer::{self, WorkbookMetadata},
    },
    store::{Conn, tx},
};

pub(super) const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
pub(super) const CSV: &str = "text/csv";

pub(super) fn register_routes(cfg: &mut ServiceConfig) {
    cfg.get(operation!(get_workbook));
}

/// The names of the formats.
const FORMATS: [&str; 2] = ["xlsx", "csv"];
define_closed_list!(
    /// The names of the formats of a workbook.
    WorkbookFormats: FORMATS
);

/// The cycle and the format of a workbook.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct WorkbookParams {
    /// Slug of the reporting cycle. Required.
    #[param(value_type = String, required = true, example = "me-2026")]
    pub cycle: Option<String>,
    /// Format of the answer: `xlsx` for all sheets (the default), or `csv` for one sheet.
    #[param(value_type = Option<WorkbookFormats>, inline, example = "xlsx")]
    pub format: Option<String>,
    /// Name of the sheet, required with `csv` and refused with `xlsx`: `projects`, `reports`, `milestones`,
    /// `completions`, `indicators`, `values`, `evidence` or `partnerships`.
    #[param(value_type = Option<WorkbookSheet>, inline)]
    pub sheet: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum WorkbookFormat {
    Workbook,
    Csv(WorkbookSheet),
}

impl WorkbookParams {
    fn parse_cycle(&self) -> ApiResult<Slug> {
        let raw = self.cycle.as_deref().ok_or_else(ValueFault::required);
        raw.and_then(Slug::parse).map_err(|fault| ApiError::invalid_parameter("cycle", fault))
    }

    fn parse_format(&self) -> ApiResult<WorkbookFormat> {
        match (self.format.as_deref().unwrap_or("xlsx"), self.sheet.as_deref()) {
            ("xlsx", None) => Ok(WorkbookFormat::Workbook),
            ("xlsx", Some(_)) => {
                let fault = ValueFault::new("format", parameter::sheet_needs_csv());
                Err(ApiError::invalid_parameter("sheet", fault))
            }
            ("csv", sheet) => {
                let sheet = sheet.ok_or_else(ValueFault::required).and_then(WorkbookSheet::parse);
                Ok(WorkbookFormat::Csv(
                    sheet.map_err(|fault| ApiError::invalid_parameter("sheet", fault))?,
                ))
            }
            _ => Err(ApiError::invalid_parameter(
                "format",
                ValueFault::unknown(thing::file_format(), FORMATS),
            )),
        }
    }
}

/// Read a city's workbook
///
/// Returns the projects of the city's plan, their milestones, indicators and partnerships, and their reports in the
/// cycle. Each record is one row, with the version from which the row was made. Officers of the city also get drafts
/// that were never submitted; the national representative of its country and the secretariat get the reports that were
/// submitted at least once. All other callers get 403. The file can be filled in and sent to `POST /imports`; an
/// unchanged file changes nothing there.
#[utoipa::path(
    get, path = "/cities/{city}/workbook",
    tag = "imports",
    params(WorkbookParams),
    responses((status = 200, content((Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (String = "text/csv"))))
)]
async fn get_workbook(
    may: May<OpenWorkbook, Query<WorkbookParams>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let Query(params) = may.body;
    let (cycle, form) = (params.parse_cycle()?, params.parse_format()?);
    let (key, actor) = ((may.key, cycle), may.actor);
    let (seq, made_on) = (state.heads.feed(), state.clock.now().date_naive());
    let read = move |c: &mut Conn| {
        workbook::check_cycle_exists(c, &key.1)?;
        let subject = tx::load_proved::<ReadWorkbook>(c, &key, &actor)?.into_subject();
        let book = CityWorkbook::load_for_city(c, &actor, &subject)?;
        Ok::<_, ApiError>(WorkbookExport { book, subject, seq, made_on })
    };
    let export = state.db.read(read).await?;
    let words = state.vocabulary.load_full();
    let made = web::block(move || export.render_answer(form, &words)).await;
    made.map_err(|e| ApiError::Internal(Box::new(e)))?
}

/// A workbook, and the facts that its file states.
struct WorkbookExport {
    book: CityWorkbook,
    subject: CityCycleSubject,
    /// The number of the feed before the records were read.
    seq: i64,
    made_on: NaiveDate,
}

impl WorkbookExport {
    /// Writes the file in a format, with the allowed values of the vocabulary.
    fn render_answer(&self, form: WorkbookFormat, words: &Vocabulary) -> ApiResult<Answer> {
        let internal = |e: Box<dyn std::error::Error + Send + Sync>| ApiError::Internal(e);
        let Self { book, subject, seq, made_on } = self;
        let name = format!("ascn-{}-{}-{made_on}", subject.city.slug, subject.cycle.slug);
        if let WorkbookFormat::Csv(sheet) = form {
            let bytes =
                csv::write_csv(sheet, book.rows(sheet)).map_err(|e| internal(Box::new(e)))?;
            let holds = bytes.clone();
            let media = TableFormat::Csv.media_type();
            return Ok(Answer::from_file(bytes, media, &format!("{name}-{sheet}.csv"), &holds));
        }
        let lists = AllowedList::ALL
            .iter()
            .map(|list| (*list, list.allowed_values(words, subject.city.country)))
            .collect();
        let bytes =
            workbook_writer::write_workbook(&self.describe_workbook(), book.tables(), &lists);
        let bytes = bytes.map_err(|e| internal(Box::new(e)))?;
        let holds = format!("{seq} {made_on} {:?}", book.tables());
        Ok(Answer::from_file(bytes, XLSX, &format!("{name}.xlsx"), holds.as_bytes()))
    }

    fn describe_workbook(&self) -> WorkbookMetadata {
        let CityCycleSubject { city, cycle } = &self.subject;
        let slug = city.slug.to_string();
        WorkbookMetadata {
            city_name: city.names.get("en").unwrap_or(&slug).clone(),
            city: slug,
            cycle: cycle.slug.to_string(),
            plan_cycle: cycle.plan_cycle.to_string(),
            seq: self.seq,
            made_on: self.made_on,
            languages: columns::workbook_languages(city.country),
        }
    }
}
