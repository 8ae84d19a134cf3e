//! Imports: a workbook or a CSV file comes back, is previewed, and is written in one transaction or not at all.

use actix_web::{error::BlockingError, post, web, web::Data};

use super::{
    answer::Answer,
    error::{ApiError, ApiResult},
    may::May,
    service_config::ServiceConfig,
    state::State,
};
use crate::{domain::policy::ImportRecords, sheets::grid::UnreadableFile};

mod input;
mod project_titles;
mod report_rows;
mod row_faults;
mod transaction;
mod view;

use input::ImportFile;
pub(crate) use input::ImportParams;
use transaction::ImportAbort;
pub(crate) use view::{ImportFault, ImportView};

/// Registers the operations of this file.
pub(super) fn register_routes(cfg: &mut ServiceConfig) {
    cfg.service(import_records);
}

/// Import a workbook or a CSV file
///
/// Takes back what `GET /cities/{city}/workbook` gave, filled in: at most 20 MiB and 10,000 rows. Columns are found by the
/// names in the first row; one that is absent changes nothing, an empty cell means unknown. A row without a key makes a new
/// project, milestone, indicator or partnership; a row that is not there changes nothing. Rows go through the same rights and
/// rules as typing. With `dry_run=false` everything is written in one transaction, or nothing: a row that cannot be taken, or
/// whose record was changed since the file was made, makes the answer 422, with the preview in `import`.
#[utoipa::path(
    tag = "imports",
    params(ImportParams),
    request_body(content((Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (String = "text/csv"))),
    responses((status = 200, body = ImportView))
)]
#[post("/imports")]
async fn import_records(
    may: May<ImportRecords, ImportFile>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let (caller, file, language) = (may.caller, may.body, may.language);
    let words = state.vocabulary.load_full();
    let job = web::block(move || file.into_job())
        .await
        .unwrap_or_else(|e| Err(refuse_broken_file(&e)))?;
    let dry_run = job.dry_run;
    match state.db.write(move |tx| transaction::run_import(tx, caller, job, &words)).await {
        Ok(view) => Answer::from_value(&view),
        Err(ImportAbort::NotWritten(mut view)) if dry_run => {
            view.translate_details(language);
            Ok(Answer::from_value(&*view)?.in_language(language))
        }
        Err(ImportAbort::NotWritten(view)) => Err(ApiError::ImportRefused(view)),
        Err(ImportAbort::Failed(error)) => Err(error),
    }
}

/// A reader that stumbles over a file ends on its own thread: it is the file that is refused, not the service that fails.
fn refuse_broken_file(stopped: &BlockingError) -> ApiError {
    tracing::warn!(error = %stopped, "a file could not be read to its end");
    UnreadableFile::new(
        "broken",
        "the file is broken: open it in a spreadsheet program, look through it and save it anew",
    )
    .into()
}
