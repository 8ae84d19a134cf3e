//! Compares each row of an uploaded file with the row that an export would write now.

use std::collections::{HashMap, hash_map::Entry};

use serde_json::Value;

use super::{
    cell::is_same_value,
    columns::{ColumnRole, SheetColumn, WorkbookSheet},
    grid::{FaultDetails, FileFault, SheetGrid},
    message::file,
};
pub(crate) use crate::domain::workbook_terms::ImportOutcome;
use crate::domain::{
    fault::ValueFault,
    message::{Argument, thing},
};

mod exported_row;
mod nearest_key;
mod row_parsing;

pub(crate) use exported_row::ExportedRow;
use exported_row::{digest_row, find_role_column};
use nearest_key::KeySuggestions;
use row_parsing::{parse_key, parse_row};

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FieldChange {
    /// The position of the column in its sheet.
    pub column: usize,
    /// The current value of the record.
    pub from: Value,
    /// The value in the file.
    pub to: Value,
}

/// A row of a file after the comparison.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ComparedRow {
    /// The position of the row in its grid.
    pub index: usize,
    /// The row number in the file, from 1.
    pub number: u32,
    /// The code of the project, as the file states it. Empty for a new project.
    pub project: String,
    /// The values that identify the record, as the file states them.
    pub key: Vec<String>,
    /// The values of the file. `None` if the file does not have the column or the cell is invalid.
    pub values: Vec<Option<Value>>,
    pub outcome: ImportOutcome,
    pub changes: Vec<FieldChange>,
    pub faults: Vec<FileFault>,
    /// The columns whose cells are invalid by themselves, before the rules of the record are checked.
    pub wrong_columns: Vec<usize>,
    /// The key of the record that the row created. `None` until the record is created.
    pub created_key: Option<String>,
}

impl ComparedRow {
    /// Returns the version that the row was made from. `None` for a record that does not exist yet.
    #[must_use]
    pub(crate) fn version(&self, sheet: WorkbookSheet) -> Option<i64> {
        find_role_column(sheet, ColumnRole::Version)
            .and_then(|i| self.values.get(i)?.as_ref()?.as_i64())
    }

    /// Returns `true` if the row is refused only because of invalid cells. The rules can still be checked on its
    /// other cells.
    #[must_use]
    pub(crate) fn has_only_cell_faults(&self) -> bool {
        self.outcome == ImportOutcome::Refused
            && !self.wrong_columns.is_empty()
            && self.faults.len() == self.wrong_columns.len()
    }

    /// Returns the row without its invalid cells, to check the rules on the others. It must never be written.
    #[must_use]
    pub(crate) fn without_wrong_cells(&self, sheet: WorkbookSheet) -> Self {
        let outcome =
            if is_new_record(sheet, self) { ImportOutcome::New } else { ImportOutcome::Changed };
        Self { outcome, ..self.clone() }
    }

    pub(crate) fn refuse_row(
        &mut self,
        grid: &SheetGrid,
        column: Option<usize>,
        fault: impl Into<FaultDetails>,
    ) {
        self.outcome = ImportOutcome::Refused;
        self.add_fault(grid, column, fault);
    }

    fn add_fault(
        &mut self,
        grid: &SheetGrid,
        column: Option<usize>,
        fault: impl Into<FaultDetails>,
    ) {
        let at = column.or_else(|| grid.sheet.columns().iter().position(SheetColumn::is_key));
        let pointer =
            column.and_then(|i| grid.sheet.columns().get(i)).map(|c| c.pointer.to_owned());
        self.faults.push(FileFault {
            sheet: grid.sheet.as_str().to_owned(),
            cell: at.and_then(|i| grid.cell_address(i, self.number)),
            row: Some(self.number),
            pointer: pointer.unwrap_or_default(),
            fault: fault.into(),
        });
    }
}

/// Compares the rows of a sheet with the current records.
#[must_use]
pub(crate) fn compare_rows(grid: &SheetGrid, there: &[ExportedRow]) -> Vec<ComparedRow> {
    let sheet = grid.sheet;
    let known: HashMap<Vec<String>, &ExportedRow> =
        there.iter().map(|row| (row.key(sheet), row)).collect();
    let suggestions = KeySuggestions::new(sheet, there);
    let mut seen: HashMap<Vec<String>, u32> = HashMap::new();
    let rows = grid.rows.iter().enumerate().map(|(index, row)| {
        let there = known.get(&parse_key(grid, row)).copied();
        let mut compared = parse_row(grid, index, row, there);
        let half_read = !compared.wrong_columns.is_empty();
        // Without its key or version the row cannot be matched to a record.
        if compared
            .wrong_columns
            .iter()
            .any(|i| !sheet.columns().get(*i).is_some_and(is_content_column))
        {
            compared.outcome = ImportOutcome::Refused;
            return compared;
        }
        let is_new = is_new_record(sheet, &compared);
        match seen.entry(compared.key.clone()) {
            Entry::Occupied(first) if !is_new => {
                let fault = ValueFault::new("duplicate", file::row_twice(*first.get()));
                compared.refuse_row(grid, None, fault);
                return compared;
            }
            Entry::Occupied(_) => {}
            Entry::Vacant(slot) => {
                slot.insert(row.number);
            }
        }
        match there {
            Some(there) if !is_new => compare_with_record(&mut compared, grid, there),
            Some(_) | None if is_new => compare_new_row(&mut compared, grid),
            Some(_) | None => {
                let fault = suggestions.build_fault(&compared.key);
                compared.refuse_row(grid, None, fault);
            }
        }
        if half_read && compared.outcome != ImportOutcome::Stale {
            compared.outcome = ImportOutcome::Refused;
        }
        compared
    });
    rows.collect()
}

/// Returns `true` if a column holds content of the record, not its key, version or digest.
const fn is_content_column(column: &SheetColumn) -> bool {
    match column.role {
        ColumnRole::Input | ColumnRole::ReadOnly => true,
        ColumnRole::RecordKey
        | ColumnRole::ParentKey
        | ColumnRole::Version
        | ColumnRole::RowDigest => false,
    }
}

fn is_new_record(sheet: WorkbookSheet, row: &ComparedRow) -> bool {
    let own =
        find_role_column(sheet, ColumnRole::RecordKey).and_then(|i| row.values.get(i)?.as_ref());
    sheet.can_create_records() && own.is_none_or(Value::is_null)
}

/// Compares a row with the record of the same key.
fn compare_with_record(compared: &mut ComparedRow, grid: &SheetGrid, there: &ExportedRow) {
    let mut read_only = None;
    for (i, column) in grid.sheet.columns().iter().enumerate() {
        let Some(to) = compared.values.get(i).cloned().flatten() else { continue };
        let from = there.get(i);
        if is_same_value(from, &to) {
            continue;
        }
        match column.role {
            ColumnRole::Input => {
                compared.changes.push(FieldChange { column: i, from: from.clone(), to });
            }
            ColumnRole::ReadOnly => read_only = Some(i),
            ColumnRole::RecordKey
            | ColumnRole::ParentKey
            | ColumnRole::Version
            | ColumnRole::RowDigest => {}
        }
    }
    if is_untouched(compared, grid.sheet) {
        compared.changes.clear();
        return;
    }
    let place = find_role_column(grid.sheet, ColumnRole::Version);
    let (exported, current) =
        (compared.version(grid.sheet), place.and_then(|i| there.get(i).as_i64()));
    if exported != current && !compared.changes.is_empty() {
        let number = |v: Option<i64>| v.map_or_else(|| thing::none().into(), Argument::Number);
        let message = file::changed_meanwhile(number(exported), number(current));
        compared.add_fault(grid, place, ValueFault::new("stale", message));
        compared.outcome = ImportOutcome::Stale;
    } else if let Some(column) = read_only.filter(|_| exported == current) {
        let fault = ValueFault::new("read_only", file::read_only());
        compared.refuse_row(grid, read_only, fault);
        compared.wrong_columns.push(column);
    } else if !compared.changes.is_empty() {
        compared.outcome = ImportOutcome::Changed;
    }
}

/// Returns `true` if the row is as it was exported, even if its record changed since.
fn is_untouched(compared: &ComparedRow, sheet: WorkbookSheet) -> bool {
    let whole: Option<Vec<Value>> = compared.values.iter().cloned().collect();
    let check = find_role_column(sheet, ColumnRole::RowDigest)
        .and_then(|i| compared.values.get(i)?.as_ref()?.as_str());
    whole.is_some_and(|values| check == Some(digest_row(sheet, &values).as_str()))
}

/// Compares a row without a key. It is a new record, or unchanged if nothing is filled in.
fn compare_new_row(compared: &mut ComparedRow, grid: &SheetGrid) {
    let columns = grid.sheet.columns().iter().enumerate();
    for (i, _) in columns.filter(|(_, c)| c.role == ColumnRole::Input) {
        let Some(to) = compared.values.get(i).cloned().flatten() else { continue };
        if !is_same_value(&Value::Null, &to) && to != Value::Array(Vec::new()) {
            compared.changes.push(FieldChange { column: i, from: Value::Null, to });
        }
    }
    if !compared.changes.is_empty() {
        compared.outcome = ImportOutcome::New;
    }
}
