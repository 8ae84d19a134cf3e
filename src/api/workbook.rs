//! A city's workbook: what it has to report in a cycle, to be filled in offline and sent back to `/imports`.

use actix_web::{get, web, web::Data};
use chrono::NaiveDate;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    answer::Answer,
    body::Query,
    error::{ApiError, ApiResult},
    may::May,
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
        Sheet, columns, csv,
        flat::Format,
        lists::List,
        write::{self, About},
    },
    store::{Conn, cycles, tx},
};

mod book;

pub(super) use book::Book;

/// The media type of a workbook.
pub(super) const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/// The media type of a sheet as CSV.
pub(super) const CSV: &str = "text/csv";

/// Registers the operations of this file.
pub(super) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(get_workbook);
}

/// Of which cycle, and in which form.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct WorkbookParams {
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
enum Form {
    Workbook,
    Csv(Sheet),
}

impl WorkbookParams {
    fn cycle(&self) -> ApiResult<Slug> {
        let raw = self.cycle.as_deref().ok_or_else(ValueFault::required);
        raw.and_then(Slug::parse).map_err(|fault| ApiError::parameter("cycle", fault))
    }

    fn form(&self) -> ApiResult<Form> {
        match (self.format.as_deref().unwrap_or("xlsx"), self.sheet.as_deref()) {
            ("xlsx", None) => Ok(Form::Workbook),
            ("xlsx", Some(_)) => {
                let detail = "a workbook has every sheet; one alone is asked for with format=csv";
                Err(ApiError::parameter("sheet", ValueFault::new("format", detail)))
            }
            ("csv", sheet) => {
                let sheet = sheet.ok_or_else(ValueFault::required).and_then(Sheet::parse);
                Ok(Form::Csv(sheet.map_err(|fault| ApiError::parameter("sheet", fault))?))
            }
            _ => Err(ApiError::parameter("format", ValueFault::unknown("format", ["xlsx", "csv"]))),
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
    let (cycle, form) = (may.body.0.cycle()?, may.body.0.form()?);
    let (key, actor, seq) = ((may.key, cycle), may.actor, state.heads.feed());
    let read = move |c: &mut Conn| {
        known_cycle(c, &key.1)?;
        let on = tx::prove::<ReadWorkbook>(c, &key, &actor)?.into_on();
        Ok::<_, ApiError>((Book::read(c, &actor, &on)?, on))
    };
    let (book, on) = state.db.read(read).await?;
    let (today, words) = (state.clock.now().date_naive(), state.vocabulary.load_full());
    let made = web::block(move || file(&book, &on, form, seq, (today, &words))).await;
    made.map_err(|e| ApiError::Internal(Box::new(e)))?
}

/// Says which cycles there are when one is asked for that is not.
pub(super) fn known_cycle(conn: &mut Conn, cycle: &Slug) -> ApiResult<()> {
    if cycles::find(conn, cycle)?.is_some() {
        return Ok(());
    }
    let known = cycles::list(conn)?;
    let known = known.into_iter().map(|c| c.slug.to_string());
    Err(ApiError::parameter("cycle", ValueFault::unknown("cycle", known)))
}

fn file(
    book: &Book,
    on: &CityCycleSubject,
    form: Form,
    seq: i64,
    (made_on, words): (NaiveDate, &Vocabulary),
) -> ApiResult<Answer> {
    let internal = |e: Box<dyn std::error::Error + Send + Sync>| ApiError::Internal(e);
    let name = format!("ascn-{}-{}-{}", on.city.slug, on.cycle.slug, made_on);
    if let Form::Csv(sheet) = form {
        let bytes = csv::write(sheet, book.rows(sheet)).map_err(|e| internal(Box::new(e)))?;
        let holds = bytes.clone();
        let media = Format::Csv.media();
        return Ok(Answer::file(bytes, media, &format!("{name}-{sheet}.csv"), &holds));
    }
    let lists =
        List::ALL.iter().map(|list| (*list, list.entries(words, on.city.country))).collect();
    let bytes = write::workbook(&about(on, seq, made_on), book.tables(), &lists);
    let bytes = bytes.map_err(|e| internal(Box::new(e)))?;
    let holds = format!("{seq} {made_on} {:?}", book.tables());
    Ok(Answer::file(bytes, XLSX, &format!("{name}.xlsx"), holds.as_bytes()))
}

fn about(on: &CityCycleSubject, seq: i64, made_on: NaiveDate) -> About {
    let slug = on.city.slug.to_string();
    About {
        city_name: on.city.names.get("en").unwrap_or(&slug).clone(),
        city: slug,
        cycle: on.cycle.slug.to_string(),
        plan_cycle: on.cycle.plan_cycle.to_string(),
        seq,
        made_on,
        languages: columns::languages(on.city.country),
    }
}
