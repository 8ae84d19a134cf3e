//! Imports a file inside one write transaction. Every row is written by the functions of the use cases that write one
//! record. Each row has its own savepoint, so that a row that cannot be accepted does not hide the faults of the next
//! one.

use std::cell::Cell;

use super::{
    Refusal,
    workbook::{self, CityWorkbook},
};
use crate::{
    domain::{
        fault::ValueFault, message::thing, policy::ImportInto, project::ProjectCode,
        reference::Vocabulary, value::Slug,
    },
    sheets::{
        FORMAT, UploadedFile, WorkbookSheet, cell,
        grid::{FileFault, SheetGrid},
        message::import,
        row_comparison,
        workbook_reader::{self, MetadataField},
    },
    store::{Caller, Conn, PreviewRows, StoreError, Tx, reference},
};

mod context;
mod duplicate_rows;
mod lost_letters;
mod partner_names;
mod percent_units;
mod record_rows;
mod record_writes;
mod report_content;
mod report_rows;
mod result;
mod row_faults;
mod row_members;
#[cfg(test)]
mod tests;

use context::{ComparedSheet, ComparedSheets, ImportContext, SUGGESTIONS_MAX};
use duplicate_rows::CreatedRecords;
pub(crate) use result::{ImportResult, ImportedChange, ImportedRow, OutcomeTotals};

/// An import that was read and can be compared with the records.
#[derive(Debug)]
pub(crate) struct ImportJob {
    pub(crate) dry_run: bool,
    /// The slugs of the city and of the cycle.
    pub(crate) key: (Slug, Slug),
    /// The digest of the preview, if the import must match one.
    pub(crate) digest: Option<String>,
    /// The reason of every change, for the journal.
    pub(crate) reason: String,
    /// The SHA-256 of the file, in hexadecimal.
    pub(crate) file_digest: String,
    /// `true` if the file names its own format, city and cycle.
    pub(crate) is_workbook: bool,
    pub(crate) upload: UploadedFile,
}

/// The reason why the transaction of an import is rolled back.
#[derive(Debug)]
pub(crate) enum ImportAbort {
    /// The result of a preview, or of an import with rows that cannot be accepted.
    NotWritten(Box<ImportResult>),
    /// A refusal that is not about a row.
    Refused(Refusal),
}

impl From<Refusal> for ImportAbort {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}
impl From<StoreError> for ImportAbort {
    fn from(error: StoreError) -> Self {
        Self::Refused(error.into())
    }
}

/// Imports a file. A preview is the same work on copies of the rows, and is undone.
///
/// # Errors
/// [`ImportAbort::NotWritten`] for a preview and for rows that cannot be accepted, else the refusal.
pub(crate) fn run_import(
    tx: &mut Tx<'_>,
    caller: Caller,
    mut job: ImportJob,
    words: &Vocabulary,
) -> Result<ImportResult, ImportAbort> {
    check_city_exists(tx.conn(), &job.key.0)?;
    workbook::check_cycle_exists(tx.conn(), &job.key.1)?;
    let proof = tx.prove::<ImportInto>(caller, &job.key)?;
    if job.dry_run {
        tx.copy_for_preview(&list_preview_rows(&job))?;
    }
    let mut result = ImportResult::new(&job.key.0, &job.key.1, job.dry_run);
    result.add_faults(find_mismatches(&job));
    let is_wrong_file = !result.faults.is_empty();
    result.add_faults(std::mem::take(&mut job.upload.faults));
    result.warnings.append(&mut job.upload.warnings);
    let mut records_digest = String::new();
    if !is_wrong_file {
        let book = CityWorkbook::load_for_city(tx.conn(), proof.actor(), proof.subject())?;
        records_digest = book.compute_digest().map_err(Refusal::from_json)?;
        let context = ImportContext {
            caller,
            reason: &job.reason,
            book: &book,
            words,
            place: proof.subject(),
            created: CreatedRecords::default(),
            suggestions: Cell::new(SUGGESTIONS_MAX),
        };
        import_grids(&context, tx, std::mem::take(&mut job.upload.grids), &mut result)?;
    }
    result.compute_digest(&job.file_digest, &records_digest).map_err(Refusal::from_json)?;
    finish_import(result, job.digest.as_deref())
}

/// Lists the rows that a preview of the import may read or write.
fn list_preview_rows(job: &ImportJob) -> PreviewRows {
    let column = WorkbookSheet::Projects.find_column_index("continues");
    let grids = job.upload.grids.iter().filter(|grid| grid.sheet == WorkbookSheet::Projects);
    let cells = grids
        .flat_map(|grid| &grid.rows)
        .filter_map(|row| row.cells.get(column?)?.as_ref().map(cell::cell_text));
    PreviewRows {
        city: job.key.0.clone(),
        cycle: job.key.1.clone(),
        continued: cells.filter_map(|code| ProjectCode::parse(code.trim()).ok()).collect(),
    }
}

fn check_city_exists(conn: &mut Conn, city: &Slug) -> Result<(), Refusal> {
    if reference::find_city(conn, city)?.is_some() {
        return Ok(());
    }
    Err(Refusal::InvalidParameter("city", ValueFault::unknown(thing::city(), None::<String>)))
}

/// Lists how a workbook differs from the supported format and from the city and cycle of the import.
fn find_mismatches(job: &ImportJob) -> Vec<FileFault> {
    if !job.is_workbook {
        return Vec::new();
    }
    let expected = [
        (MetadataField::Format, FORMAT),
        (MetadataField::City, job.key.0.as_str()),
        (MetadataField::Cycle, job.key.1.as_str()),
    ];
    expected
        .iter()
        .filter_map(|(field, value)| workbook_reader::check_metadata(&job.upload, *field, value))
        .collect()
}

/// Compares the rows with the present records, writes those that can be written, and adds all of them to the result.
fn import_grids(
    context: &ImportContext<'_>,
    tx: &mut Tx<'_>,
    grids: Vec<SheetGrid>,
    result: &mut ImportResult,
) -> Result<(), Refusal> {
    let compared = grids.into_iter().map(|mut grid| {
        percent_units::read_percent_cells(&mut grid, context.book);
        let rows = row_comparison::compare_rows(&grid, context.book.rows(grid.sheet));
        (grid.sheet, ComparedSheet { grid, rows })
    });
    let mut sheets: ComparedSheets = compared.collect();
    record_writes::apply_records(context, tx, &mut sheets)?;
    report_rows::apply_reports(context, tx, &mut sheets)?;
    partner_names::name_nearest_partners(tx.conn(), &mut sheets)?;
    for ComparedSheet { grid, rows } in sheets.into_values() {
        result.warnings.extend(lost_letters::list_warnings(&grid, &rows));
        result.add_rows(&grid, rows);
    }
    Ok(())
}

/// Decides whether the transaction is committed. `expected` is the digest of the preview, if the import must match one.
fn finish_import(
    mut result: ImportResult,
    expected: Option<&str>,
) -> Result<ImportResult, ImportAbort> {
    if expected.is_some_and(|digest| digest != result.digest) {
        return Err(Refusal::Conflict(import::differs_from_preview()).into());
    }
    if result.dry_run || !result.is_acceptable() {
        return Err(ImportAbort::NotWritten(Box::new(result)));
    }
    result.mark_applied();
    Ok(result)
}
