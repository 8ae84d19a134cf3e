//! Imports of workbooks and CSV files. A file is previewed, or written as a whole in one transaction.

use actix_web::{error::BlockingError, web::Data};

use super::{
    answer::Answer,
    error::{ApiError, ApiResult},
    may::May,
    service_config::ServiceConfig,
    state::State,
};
use crate::{
    app::imports::{self, ImportAbort, ImportJob, ImportResult},
    domain::{language::Language, policy::ImportRecords},
    sheets::{grid::UnreadableFile, message::file},
    store::Caller,
};

mod form;
mod input;
mod view;

use input::ImportFile;
pub(crate) use input::ImportParams;
pub(crate) use view::ImportView;

pub(super) fn register_routes(cfg: &mut ServiceConfig) {
    cfg.post(operation!(import_records));
}

/// Import a workbook or a CSV file
///
/// Imports a file that `GET /cities/{city}/workbook` made and that people have filled in, at most 20 MiB and 10,000
/// rows. For city officers, each for the own city. Columns are found by the names in the first row. A column that is
/// absent changes nothing, and neither do the fields behind the end of a short line; an empty cell means unknown. A row
/// without a key creates a project, milestone, indicator or partnership; a row that is absent changes nothing. Each row is subject to the same rights and rules as the operation
/// that writes one record. A row without a key that repeats a record is refused: a project by its title, a milestone or
/// indicator by its title or name, a partnership by partner, role, stage and note. `existing` of the fault is the key of the
/// record that is there.
///
/// The bytes of the file decide its format: an XLSX workbook, or text with commas, semicolons or tabs in UTF-8, or in
/// UTF-16 with a byte order mark. `Content-Type` is only a hint: the types below, `application/vnd.ms-excel`,
/// `application/octet-stream`, `text/plain`, `text/tab-separated-values` and `multipart/form-data` with one file are
/// taken. A number that can be read in two ways, such as `250.000` in a column of whole numbers, is a fault. A cell that
/// a workbook shows as 60 % is 60 in percentages and in indicators whose unit is a percentage, and elsewhere a fault.
///
/// Unless `dry_run=false` is sent, nothing is written, and the answer previews what would become of each row. With
/// `dry_run=false` all rows are written in one transaction, or none. If a row cannot be accepted, or its record was
/// changed after the file was made, the answer is 422, with the preview in `import`.
#[utoipa::path(
    post, path = "/imports",
    tag = "imports",
    params(ImportParams),
    request_body(content((Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (String = "text/csv"))),
    responses((status = 200, body = ImportView))
)]
async fn import_records(
    may: May<ImportRecords, ImportFile>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let (caller, file, language) = (may.caller, may.body, may.language);
    let read = state.readings.read_file(move || file.into_job()).await?;
    let job = read.unwrap_or_else(|e| Err(refuse_broken_file(&e)))?;
    match run_job(&state, caller, job).await {
        Ok(result) => Answer::from_value(&ImportView::from(result)),
        Err(ImportAbort::NotWritten(result)) => answer_not_written(*result, language),
        Err(ImportAbort::Refused(refusal)) => Err(refusal.into()),
    }
}

/// Imports a file. A preview never holds the writer: it can take seconds, and everybody else would wait.
async fn run_job(
    state: &State,
    caller: Caller,
    job: ImportJob,
) -> Result<ImportResult, ImportAbort> {
    let words = state.vocabulary.load_full();
    if job.dry_run {
        return state.db.preview(move |tx| imports::run_import(tx, caller, job, &words)).await;
    }
    state.db.write(move |tx| imports::run_import(tx, caller, job, &words)).await
}

/// Answers a preview, or refuses an import with rows that cannot be accepted.
fn answer_not_written(result: ImportResult, language: Language) -> ApiResult<Answer> {
    let mut view = ImportView::from(result);
    view.word_faults(language);
    if view.dry_run {
        return Ok(Answer::from_value(&view)?.in_language(language));
    }
    let errors = view.faults.iter().map(|fault| fault.to_fault_view(language)).collect();
    Err(ApiError::import_refused(&view, view.totals.faults, errors))
}

/// Builds the refusal of a file on which the reader panicked. The panic ended its own thread only: the file is at
/// fault, not the service.
fn refuse_broken_file(stopped: &BlockingError) -> ApiError {
    tracing::warn!(error = %stopped, "a file could not be read to its end");
    UnreadableFile::new("broken", file::broken()).into()
}
