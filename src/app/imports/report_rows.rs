//! The reports of an import. The rows of a report, of its milestones, values and links are applied to its present
//! content, which is then written at once.

use std::collections::{BTreeMap, HashMap};

use super::{
    context::{ComparedSheets, ImportContext},
    report_content::{
        FaultLocation, ImportedContent, ItemOrigins, RowPosition, UploadedRow, merge_report_rows,
    },
    row_faults::{RowFault, TOGETHER, is_reportable, list_row_faults},
};
use crate::{
    app::{AppResult, Precondition, Refusal, reports},
    clock,
    domain::{
        fault::{FieldFault, ValueFault},
        id::Id,
        policy::EditReport,
        report::{RawReport, Report, cut_off},
    },
    sheets::{
        WorkbookSheet,
        message::import,
        row_comparison::{ComparedRow, ImportOutcome},
    },
    store::Tx,
};

/// The sheets whose rows form the reports.
const SHEETS: [WorkbookSheet; 4] = [
    WorkbookSheet::Reports,
    WorkbookSheet::Completions,
    WorkbookSheet::Values,
    WorkbookSheet::Evidence,
];

/// The rows of one report that change it or have an invalid cell.
struct ChangedReport {
    /// The code of the project.
    project: String,
    positions: Vec<RowPosition>,
    /// `true` if a cell of a row is invalid. Nothing of the report is written then, but the other cells are checked.
    has_wrong_cells: bool,
}

/// Writes every report that rows change, and adds the faults of those that cannot be written.
pub(super) fn apply_reports(
    context: &ImportContext<'_>,
    tx: &mut Tx<'_>,
    sheets: &mut ComparedSheets,
) -> AppResult<()> {
    mark_stale_rows(context, sheets);
    for report in list_changed_reports(sheets) {
        let present = context.book.reports.get(&report.project).map(|report| &report.content);
        let ImportedContent { raw, origins } =
            merge_report_rows(present, &list_uploaded_rows(sheets, &report.positions));
        let write = |tx: &mut Tx<'_>| write_report(context, tx, &report.project, raw);
        let done = if report.has_wrong_cells { tx.dry_run(write)? } else { tx.attempt(write)? };
        if let Err(refusal) = done {
            add_report_faults(sheets, &report, &origins, refusal)?;
        }
    }
    Ok(())
}

fn list_report_rows(sheets: &ComparedSheets) -> impl Iterator<Item = UploadedRow<'_>> {
    let compared = SHEETS.into_iter().filter_map(|sheet| Some((sheet, sheets.get(&sheet)?)));
    compared.flat_map(|(sheet, compared)| {
        let numbered = compared.rows.iter().enumerate();
        numbered
            .map(move |(index, row)| UploadedRow { position: RowPosition { sheet, index }, row })
    })
}

fn list_uploaded_rows<'s>(
    sheets: &'s ComparedSheets,
    positions: &[RowPosition],
) -> Vec<UploadedRow<'s>> {
    let find = |position: &RowPosition| {
        let row = sheets.get(&position.sheet)?.rows.get(position.index)?;
        Some(UploadedRow { position: *position, row })
    };
    positions.iter().filter_map(find).collect()
}

/// Returns `true` if the rules can be checked on a row.
fn is_checkable(row: &ComparedRow) -> bool {
    matches!(row.outcome, ImportOutcome::New | ImportOutcome::Changed) || row.has_only_cell_faults()
}

/// Lists the reports that can be checked. A stale or refused row refuses its whole report.
fn list_changed_reports(sheets: &ComparedSheets) -> Vec<ChangedReport> {
    let mut by_project: BTreeMap<&str, Vec<UploadedRow<'_>>> = BTreeMap::new();
    for uploaded in list_report_rows(sheets) {
        if !(uploaded.row.changes.is_empty() && uploaded.row.wrong_columns.is_empty()) {
            by_project.entry(&uploaded.row.project).or_default().push(uploaded);
        }
    }
    let report = |(project, rows): (&str, Vec<UploadedRow<'_>>)| {
        let is_whole = rows.iter().all(|uploaded| is_checkable(uploaded.row));
        is_whole.then(|| ChangedReport {
            project: project.to_owned(),
            positions: rows.iter().map(|uploaded| uploaded.position).collect(),
            has_wrong_cells: rows.iter().any(|uploaded| uploaded.row.has_only_cell_faults()),
        })
    };
    by_project.into_iter().filter_map(report).collect()
}

/// Marks new items of a report that was changed after the file was made. A row that a person adds below the others has
/// no version; then the version in the report's own row of the file counts.
fn mark_stale_rows(context: &ImportContext<'_>, sheets: &mut ComparedSheets) {
    let reports =
        sheets.get(&WorkbookSheet::Reports).map(|own| own.rows.as_slice()).unwrap_or_default();
    let versions: HashMap<String, i64> = reports
        .iter()
        .filter_map(|r| Some((r.project.clone(), r.version(WorkbookSheet::Reports)?)))
        .collect();
    for sheet in SHEETS {
        let Some(compared) = sheets.get_mut(&sheet) else { continue };
        for row in compared.rows.iter_mut().filter(|row| row.outcome == ImportOutcome::New) {
            let now = context.book.reports.get(&row.project).map(|report| report.version);
            let read = row.version(sheet).or_else(|| versions.get(&row.project).copied());
            if read != now {
                let fault = ValueFault::new("stale", import::report_changed());
                row.refuse_row(&compared.grid, sheet.find_column_index("version"), fault);
                row.outcome = ImportOutcome::Stale;
            }
        }
    }
}

/// Writes the content of a project's report. A row that adds a day after the cut-off is refused.
fn write_report(
    context: &ImportContext<'_>,
    tx: &mut Tx<'_>,
    project: &str,
    raw: RawReport,
) -> AppResult<()> {
    // Every row was already compared with the records of this transaction, so that the present version is the right
    // one.
    let report = context.book.reports.get(project);
    let precondition =
        report.map_or(Precondition::None, |report| Precondition::Version(report.version));
    let key = (context.find_project_code(project)?, context.place.cycle.slug.clone());
    let proof = context.prove::<EditReport>(tx, &key)?;
    let id = Id::new(clock::generate_uuid());
    let present = report.map(|report| &report.content);
    let late = cut_off::find_added_days_after(&raw, present, context.place.cycle.as_of);
    add_faults(reports::write_report(tx, &proof, precondition, raw, id), late)
}

/// Adds faults to those of a written report. A refusal that is not about its content comes first.
fn add_faults(written: AppResult<Report>, mut more: Vec<FieldFault>) -> AppResult<()> {
    match written {
        Ok(_report) if more.is_empty() => Ok(()),
        Ok(_report) => Err(more.into()),
        Err(Refusal::Invalid(mut faults)) => {
            faults.append(&mut more);
            Err(faults.into())
        }
        Err(other) => Err(other),
    }
}

/// Adds the faults of a report at the cells that cause them. A fault that no cell causes is added to each row of the
/// report.
fn add_report_faults(
    sheets: &mut ComparedSheets,
    report: &ChangedReport,
    origins: &ItemOrigins,
    refusal: Refusal,
) -> AppResult<()> {
    for fault in list_row_faults(refusal)? {
        if report.has_wrong_cells && TOGETHER.contains(&fault.details.code.as_str()) {
            continue;
        }
        for location in locate_fault(report, origins, &fault.pointer) {
            add_fault_at(sheets, location, &fault);
        }
    }
    Ok(())
}

/// Returns the cell that causes a fault, or every row of the report.
fn locate_fault(
    report: &ChangedReport,
    origins: &ItemOrigins,
    pointer: &str,
) -> Vec<FaultLocation> {
    let own = || {
        let row =
            report.positions.iter().find(|position| position.sheet == WorkbookSheet::Reports)?;
        let column = WorkbookSheet::Reports.find_field_column(pointer)?;
        Some(FaultLocation { row: *row, column: Some(column) })
    };
    match origins.locate_fault(pointer).or_else(own) {
        Some(location) => vec![location],
        None => {
            report.positions.iter().map(|row| FaultLocation { row: *row, column: None }).collect()
        }
    }
}

fn add_fault_at(sheets: &mut ComparedSheets, location: FaultLocation, fault: &RowFault) {
    let FaultLocation { row: RowPosition { sheet, index }, column } = location;
    let Some(compared) = sheets.get_mut(&sheet) else { return };
    let Some(row) = compared.rows.get_mut(index) else { return };
    if !is_reportable(row, sheet, column, &fault.details.code) {
        return;
    }
    row.refuse_row(&compared.grid, column, fault.details.clone());
    if let Some(added) = row.faults.last_mut() {
        added.pointer.clone_from(&fault.pointer);
    }
}
