//! A city's workbook: what it has to report in a cycle, to be filled in offline and sent back to `/imports`.

use actix_web::{get, web, web::Data};
use chrono::NaiveDate;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    answer::Answer,
    body::Query,
    error::{ApiError, ApiResult},
    may::May,
    service_config::ServiceConfig,
    state::State,
};
use crate::{
    domain::{
        fault::ValueFault,
        policy::{OpenWorkbook, ReadWorkbook},
        reference::Vocabulary,
        subject::CityCycleSubject,
        value::Slug,
    },
    sheets::{
        Sheet,
        allowed_values::List,
        columns, csv,
        flat::TableFormat,
        workbook_writer::{self, WorkbookMetadata},
    },
    store::{Conn, cycles, tx},
};

mod city_workbook;

pub(super) use city_workbook::CityWorkbook;

/// The media type of a workbook.
pub(super) const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/// The media type of a sheet as CSV.
pub(super) const CSV: &str = "text/csv";

/// Registers the operations of this file.
pub(super) fn register_routes(cfg: &mut ServiceConfig) {
    cfg.service(get_workbook);
}

/// Of which cycle, and in which form.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct WorkbookParams {
    /// The reporting cycle.
    #[param(example = "me-2026")]
    pub cycle: Option<String>,
    /// `xlsx` (when absent) for all sheets, `csv` for one.
    #[param(example = "xlsx")]
    pub format: Option<String>,
    /// The sheet, with `csv`: `projects`, `reports`, `milestones`, `completions`, `indicators`, `values`, `evidence` or
    /// `partnerships`.
    pub sheet: Option<String>,
}

/// The form in which a workbook is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum WorkbookFormat {
    Workbook,
    Csv(Sheet),
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
                let detail = "a workbook has every sheet; one alone is asked for with format=csv";
                Err(ApiError::invalid_parameter("sheet", ValueFault::new("format", detail)))
            }
            ("csv", sheet) => {
                let sheet = sheet.ok_or_else(ValueFault::required).and_then(Sheet::parse);
                Ok(WorkbookFormat::Csv(
                    sheet.map_err(|fault| ApiError::invalid_parameter("sheet", fault))?,
                ))
            }
            _ => Err(ApiError::invalid_parameter(
                "format",
                ValueFault::unknown("format", ["xlsx", "csv"]),
            )),
        }
    }
}

/// Read a city's workbook
///
/// The projects of the city's plan, their milestones, indicators and partnerships, and their reports in the cycle: one row a
/// record, with the version it was made from. The city's officer reads drafts too; its representative and the secretariat
/// read what was ever submitted. Filled in, it goes back to `POST /imports`; untouched, it changes nothing there.
#[utoipa::path(
    tag = "imports",
    params(WorkbookParams),
    responses((status = 200, content((Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (String = "text/csv"))))
)]
#[get("/cities/{city}/workbook")]
async fn get_workbook(
    may: May<OpenWorkbook, Query<WorkbookParams>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let (cycle, form) = (may.body.0.parse_cycle()?, may.body.0.parse_format()?);
    let (key, actor, seq) = ((may.key, cycle), may.actor, state.heads.feed());
    let read = move |c: &mut Conn| {
        check_cycle_exists(c, &key.1)?;
        let on = tx::load_proved::<ReadWorkbook>(c, &key, &actor)?.into_subject();
        Ok::<_, ApiError>((CityWorkbook::load_for_city(c, &actor, &on)?, on))
    };
    let (book, on) = state.db.read(read).await?;
    let (today, words) = (state.clock.now().date_naive(), state.vocabulary.load_full());
    let made = web::block(move || render_file(&book, &on, form, seq, (today, &words))).await;
    made.map_err(|e| ApiError::Internal(Box::new(e)))?
}

/// Says which cycles there are when one is asked for that is not.
pub(super) fn check_cycle_exists(conn: &mut Conn, cycle: &Slug) -> ApiResult<()> {
    if cycles::find(conn, cycle)?.is_some() {
        return Ok(());
    }
    let known = cycles::list(conn)?;
    let known = known.into_iter().map(|c| c.slug.to_string());
    Err(ApiError::invalid_parameter("cycle", ValueFault::unknown("cycle", known)))
}

fn render_file(
    book: &CityWorkbook,
    on: &CityCycleSubject,
    form: WorkbookFormat,
    seq: i64,
    (made_on, words): (NaiveDate, &Vocabulary),
) -> ApiResult<Answer> {
    let internal = |e: Box<dyn std::error::Error + Send + Sync>| ApiError::Internal(e);
    let name = format!("ascn-{}-{}-{}", on.city.slug, on.cycle.slug, made_on);
    if let WorkbookFormat::Csv(sheet) = form {
        let bytes = csv::write_csv(sheet, book.rows(sheet)).map_err(|e| internal(Box::new(e)))?;
        let holds = bytes.clone();
        let media = TableFormat::Csv.media_type();
        return Ok(Answer::from_file(bytes, media, &format!("{name}-{sheet}.csv"), &holds));
    }
    let lists =
        List::ALL.iter().map(|list| (*list, list.allowed_values(words, on.city.country))).collect();
    let bytes = workbook_writer::write_workbook(
        &describe_workbook(on, seq, made_on),
        book.tables(),
        &lists,
    );
    let bytes = bytes.map_err(|e| internal(Box::new(e)))?;
    let holds = format!("{seq} {made_on} {:?}", book.tables());
    Ok(Answer::from_file(bytes, XLSX, &format!("{name}.xlsx"), holds.as_bytes()))
}

fn describe_workbook(on: &CityCycleSubject, seq: i64, made_on: NaiveDate) -> WorkbookMetadata {
    let slug = on.city.slug.to_string();
    WorkbookMetadata {
        city_name: on.city.names.get("en").unwrap_or(&slug).clone(),
        city: slug,
        cycle: on.cycle.slug.to_string(),
        plan_cycle: on.cycle.plan_cycle.to_string(),
        seq,
        made_on,
        languages: columns::workbook_languages(on.city.country),
    }
}
