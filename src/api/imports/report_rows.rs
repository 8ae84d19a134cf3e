//! The reports of an import. The rows of a report, of its milestones, values and links form one body, which is written
//! at once.

use std::collections::{BTreeSet, HashMap};

use super::{
    row_faults::{TOGETHER, is_reportable, to_row_faults},
    transaction::{ComparedSheets, ImportContext, parse_body},
};
use crate::{
    api::{
        error::{ApiError, ApiResult},
        precondition::Precondition,
        reports::NewReport,
    },
    app::reports,
    clock,
    domain::{fault::ValueFault, id::Id, policy::EditReport},
    sheets::{
        Sheet,
        request_body::{ReportBody, UploadedReportRows, find_column},
        row_comparison::{ComparedRow, Outcome},
    },
    store::Tx,
};

/// The sheets whose rows form the reports.
const SHEETS: [Sheet; 4] = [Sheet::Reports, Sheet::Completions, Sheet::Values, Sheet::Evidence];

/// The sheet of a row, and the index of the row in it.
type RowPosition = (Sheet, usize);

/// Writes every report that rows change, and adds the faults of those that cannot be written.
pub(super) fn apply_reports(
    context: &ImportContext<'_>,
    tx: &mut Tx<'_>,
    sheets: &mut ComparedSheets,
) -> ApiResult<()> {
    mark_stale_rows(context, sheets);
    let projects: BTreeSet<String> = list_report_rows(sheets)
        .filter(|(_, row)| {
            matches!(row.outcome, Outcome::New | Outcome::Changed) || row.has_only_cell_faults()
        })
        .map(|(_, row)| row.project.clone())
        .collect();
    for project in projects {
        let positions: Vec<RowPosition> = list_report_rows(sheets)
            .filter(|(_, row)| {
                row.project == project && !(row.changes.is_empty() && row.wrong_columns.is_empty())
            })
            .map(|(position, _)| position)
            .collect();
        let row = |(sheet, i): &RowPosition| sheets.get(sheet).and_then(|(_, rows)| rows.get(*i));
        let half_read = positions.iter().filter_map(row).any(ComparedRow::has_only_cell_faults);
        let judged = |row: &ComparedRow| {
            matches!(row.outcome, Outcome::New | Outcome::Changed) || row.has_only_cell_faults()
        };
        // A stale or refused row refuses its whole report.
        if !positions.iter().all(|position| row(position).is_some_and(judged)) {
            continue;
        }
        let report_body = build_report_body(context, sheets, &project, &positions);
        // If a cell holds no valid value, nothing is written, but the other cells are still checked.
        let done = if half_read {
            tx.dry_run(|tx| write_report(context, tx, sheets, &positions, &report_body))?
        } else {
            tx.attempt(|tx| write_report(context, tx, sheets, &positions, &report_body))?
        };
        if let Err(error) = done {
            note_faults(sheets, &positions, &report_body, (error, half_read))?;
        }
    }
    Ok(())
}

fn list_report_rows(sheets: &ComparedSheets) -> impl Iterator<Item = (RowPosition, &ComparedRow)> {
    let of = |sheet: Sheet| sheets.get(&sheet).map(|(_, rows)| (sheet, rows));
    let rows = SHEETS.into_iter().filter_map(of);
    rows.flat_map(|(sheet, rows)| rows.iter().enumerate().map(move |(i, row)| ((sheet, i), row)))
}

/// Marks new items of a report that was changed after the file was made. A row that a person adds below the others has
/// no version; then the version in the report's own row of the file counts.
fn mark_stale_rows(context: &ImportContext<'_>, sheets: &mut ComparedSheets) {
    let reports = sheets.get(&Sheet::Reports).map(|(_, rows)| rows.as_slice()).unwrap_or_default();
    let versions: HashMap<String, i64> = reports
        .iter()
        .filter_map(|r| Some((r.project.clone(), r.version(Sheet::Reports)?)))
        .collect();
    for sheet in SHEETS {
        let Some((grid, rows)) = sheets.get_mut(&sheet) else { continue };
        for row in rows.iter_mut().filter(|row| row.outcome == Outcome::New) {
            let now = context.book.reports.get(&row.project).map(|report| report.version);
            let read = row.version(sheet).or_else(|| versions.get(&row.project).copied());
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
    context: &ImportContext<'_>,
    sheets: &ComparedSheets,
    project: &str,
    positions: &[RowPosition],
) -> ReportBody {
    let mut rows = UploadedReportRows::default();
    for (sheet, i) in positions {
        let Some(row) = sheets.get(sheet).and_then(|(_, rows)| rows.get(*i)) else { continue };
        if *sheet == Sheet::Reports {
            rows.own = Some((*i, row));
        } else {
            rows.items.push((*sheet, *i, row));
        }
    }
    let now =
        context.book.reports.get(project).map(|report| report.body.clone()).unwrap_or_default();
    ReportBody::from_rows(now, &rows)
}

fn write_report(
    context: &ImportContext<'_>,
    tx: &mut Tx<'_>,
    sheets: &ComparedSheets,
    positions: &[RowPosition],
    report_body: &ReportBody,
) -> ApiResult<()> {
    let first = positions.first().and_then(|(sheet, i)| sheets.get(sheet)?.1.get(*i));
    let row = first.ok_or(ApiError::NotFound)?;
    // Every row was already compared with the records of this transaction, so that the present version is the right
    // one.
    let report = context.book.reports.get(&row.project);
    let precondition =
        report.map_or(Precondition::None, |report| Precondition::Version(report.version));
    let key = (context.find_project_code(row)?, context.cycle.clone());
    let proof = context.prove::<EditReport>(tx, &key)?;
    let id = Id::new(clock::generate_uuid());
    let body: NewReport = parse_body(&report_body.body)?;
    reports::write_report(tx, &proof, precondition, body.into(), id)?;
    Ok(())
}

/// Adds the faults of a report at the cells that cause them. A fault that no cell causes is added to each row of the
/// report.
fn note_faults(
    sheets: &mut ComparedSheets,
    positions: &[RowPosition],
    report_body: &ReportBody,
    (error, half_read): (ApiError, bool),
) -> ApiResult<()> {
    for (pointer, details) in to_row_faults(error)? {
        if half_read && TOGETHER.contains(&details.code.as_str()) {
            continue;
        }
        let own = positions.iter().find(|(sheet, _)| *sheet == Sheet::Reports);
        let located = match report_body.locate_fault(&pointer) {
            Some((position, column)) => Some((position, column)),
            None => {
                own.copied().zip(find_column(Sheet::Reports, &pointer)).map(|(p, c)| (p, Some(c)))
            }
        };
        let blamed: Vec<(RowPosition, Option<usize>)> = match located {
            Some(one) => vec![one],
            None => positions.iter().map(|position| (*position, None)).collect(),
        };
        for ((sheet, i), column) in blamed {
            let Some((grid, rows)) = sheets.get_mut(&sheet) else { continue };
            let Some(row) = rows.get_mut(i) else { continue };
            if !is_reportable(row, sheet, column, &details.code) {
                continue;
            }
            row.refuse_row(grid, column, details.clone());
            if let Some(fault) = row.faults.last_mut() {
                fault.pointer.clone_from(&pointer);
            }
        }
    }
    Ok(())
}
