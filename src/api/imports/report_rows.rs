//! The reports of an import: the rows of a report, of its milestones, values and links are one body, written at once.

use std::collections::{BTreeSet, HashMap};

use super::{
    row_faults::{TOGETHER, is_reportable, to_row_faults},
    transaction::{ComparedSheets, ImportContext, parse_body},
};
use crate::{
    api::{
        error::{ApiError, ApiResult},
        precondition::Precondition,
        reports::{self, ReportRequest},
    },
    clock,
    domain::{fault::ValueFault, id::Id},
    sheets::{
        Sheet,
        request_body::{ReportBody, UploadedReportRows, find_column},
        row_comparison::{ComparedRow, Outcome},
    },
    store::Tx,
};

/// The sheets whose rows are a report.
const SHEETS: [Sheet; 4] = [Sheet::Reports, Sheet::Completions, Sheet::Values, Sheet::Evidence];

/// The place of a row: its sheet, and its place among the rows of it.
type RowPosition = (Sheet, usize);

/// Writes every report that rows change, and notes why others cannot be written.
pub(super) fn apply_reports(
    bench: &ImportContext<'_>,
    tx: &mut Tx<'_>,
    sheets: &mut ComparedSheets,
) -> ApiResult<()> {
    mark_stale_rows(bench, sheets);
    let projects: BTreeSet<String> = list_report_rows(sheets)
        .filter(|(_, row)| {
            matches!(row.outcome, Outcome::New | Outcome::Changed) || row.has_only_cell_faults()
        })
        .map(|(_, row)| row.project.clone())
        .collect();
    for project in projects {
        let places: Vec<RowPosition> = list_report_rows(sheets)
            .filter(|(_, row)| {
                row.project == project && !(row.changes.is_empty() && row.wrong_columns.is_empty())
            })
            .map(|(place, _)| place)
            .collect();
        let row = |(sheet, i): &RowPosition| sheets.get(sheet).and_then(|(_, rows)| rows.get(*i));
        let half_read = places.iter().filter_map(row).any(ComparedRow::has_only_cell_faults);
        let judged = |row: &ComparedRow| {
            matches!(row.outcome, Outcome::New | Outcome::Changed) || row.has_only_cell_faults()
        };
        // A row that is stale or refused already stands for its whole report.
        if !places.iter().all(|place| row(place).is_some_and(judged)) {
            continue;
        }
        let put = build_report_body(bench, sheets, &project, &places);
        // With a cell that holds no value nothing is written, and the other cells are judged all the same.
        let done = if half_read {
            tx.dry_run(|tx| write_report(bench, tx, sheets, &places, &put))?
        } else {
            tx.attempt(|tx| write_report(bench, tx, sheets, &places, &put))?
        };
        if let Err(error) = done {
            note_faults(sheets, &places, &put, (error, half_read))?;
        }
    }
    Ok(())
}

/// Returns the rows of all reports with their places.
fn list_report_rows(sheets: &ComparedSheets) -> impl Iterator<Item = (RowPosition, &ComparedRow)> {
    let of = |sheet: Sheet| sheets.get(&sheet).map(|(_, rows)| (sheet, rows));
    let rows = SHEETS.into_iter().filter_map(of);
    rows.flat_map(|(sheet, rows)| rows.iter().enumerate().map(move |(i, row)| ((sheet, i), row)))
}

/// Marks new items of a report that was changed since their row was made. A row that was typed below the others names no
/// version: then the one in the file's own row of the report stands for it.
fn mark_stale_rows(bench: &ImportContext<'_>, sheets: &mut ComparedSheets) {
    let reports = sheets.get(&Sheet::Reports).map(|(_, rows)| rows.as_slice()).unwrap_or_default();
    let told: HashMap<String, i64> = reports
        .iter()
        .filter_map(|r| Some((r.project.clone(), r.version(Sheet::Reports)?)))
        .collect();
    for sheet in SHEETS {
        let Some((grid, rows)) = sheets.get_mut(&sheet) else { continue };
        for row in rows.iter_mut().filter(|row| row.outcome == Outcome::New) {
            let now = bench.book.reports.get(&row.project).map(|said| said.version);
            let read = row.version(sheet).or_else(|| told.get(&row.project).copied());
            if read != now {
                let fault =
                    ValueFault::new("stale", "the report was changed since the row was made");
                row.refuse_row(grid, sheet.find_column_index("version"), fault);
                row.outcome = Outcome::Stale;
            }
        }
    }
}

fn build_report_body(
    bench: &ImportContext<'_>,
    sheets: &ComparedSheets,
    project: &str,
    places: &[RowPosition],
) -> ReportBody {
    let mut rows = UploadedReportRows::default();
    for (sheet, i) in places {
        let Some(row) = sheets.get(sheet).and_then(|(_, rows)| rows.get(*i)) else { continue };
        if *sheet == Sheet::Reports {
            rows.own = Some((*i, row));
        } else {
            rows.items.push((*sheet, *i, row));
        }
    }
    let now = bench.book.reports.get(project).map(|said| said.body.clone()).unwrap_or_default();
    ReportBody::from_rows(now, &rows)
}

fn write_report(
    bench: &ImportContext<'_>,
    tx: &mut Tx<'_>,
    sheets: &ComparedSheets,
    places: &[RowPosition],
    put: &ReportBody,
) -> ApiResult<()> {
    let first = places.first().and_then(|(sheet, i)| sheets.get(sheet)?.1.get(*i));
    let row = first.ok_or(ApiError::NotFound)?;
    // Every row was compared with what this transaction sees; what one was made from is what is there.
    let said = bench.book.reports.get(&row.project);
    let precondition = said.map_or(Precondition::None, |said| Precondition::Version(said.version));
    let key = (bench.find_project_code(row)?, bench.cycle.clone());
    let asked = ReportRequest { caller: bench.caller, key, precondition };
    let id = Id::new(clock::generate_uuid());
    reports::upsert_report(tx, &asked, parse_body(&put.body)?, id).map(|_written| ())
}

/// Notes at the cells to blame why a report cannot be written; what no cell is to blame for, at each of its rows.
fn note_faults(
    sheets: &mut ComparedSheets,
    places: &[RowPosition],
    put: &ReportBody,
    (error, half_read): (ApiError, bool),
) -> ApiResult<()> {
    for (pointer, said) in to_row_faults(error)? {
        if half_read && TOGETHER.contains(&said.code.as_str()) {
            continue;
        }
        let own = places.iter().find(|(sheet, _)| *sheet == Sheet::Reports);
        let located = match put.locate_fault(&pointer) {
            Some((place, column)) => Some((place, column)),
            None => {
                own.copied().zip(find_column(Sheet::Reports, &pointer)).map(|(p, c)| (p, Some(c)))
            }
        };
        let blamed: Vec<(RowPosition, Option<usize>)> = match located {
            Some(one) => vec![one],
            None => places.iter().map(|place| (*place, None)).collect(),
        };
        for ((sheet, i), column) in blamed {
            let Some((grid, rows)) = sheets.get_mut(&sheet) else { continue };
            let Some(row) = rows.get_mut(i) else { continue };
            if !is_reportable(row, sheet, column, &said.code) {
                continue;
            }
            row.refuse_row(grid, column, said.clone());
            if let Some(fault) = row.faults.last_mut() {
                fault.pointer.clone_from(&pointer);
            }
        }
    }
    Ok(())
}
