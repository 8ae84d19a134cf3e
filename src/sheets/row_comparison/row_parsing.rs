//! Parses the cells of a row by the kinds of their columns.

use serde_json::Value;

use super::{ComparedRow, ExportedRow};
use crate::{
    domain::{fault::ValueFault, workbook_terms::ImportOutcome},
    sheets::{
        SheetCell,
        cell::{self, to_plain_text},
        columns::{ColumnKind, SheetColumn},
        grid::{GridRow, SheetGrid},
        message::file,
    },
};

/// Returns the values that identify the record of a row. An invalid cell counts as empty.
pub(super) fn parse_key(grid: &SheetGrid, row: &GridRow) -> Vec<String> {
    let cells = grid.sheet.columns().iter().zip(&row.cells).filter(|(column, _)| column.is_key());
    let part = |(column, cell): (&SheetColumn, &Option<SheetCell>)| {
        let value = cell.as_ref().and_then(|cell| parse_value(grid, column, cell).ok());
        to_key_part(value.as_ref())
    };
    cells.map(part).collect()
}

fn to_key_part(value: Option<&Value>) -> String {
    value.filter(|v| !v.is_null()).map(to_plain_text).unwrap_or_default()
}

/// Parses a row. `there` is the row that an export would write now for the record of the same key.
pub(super) fn parse_row(
    grid: &SheetGrid,
    index: usize,
    row: &GridRow,
    there: Option<&ExportedRow>,
) -> ComparedRow {
    let mut compared = ComparedRow {
        index,
        number: row.number,
        project: String::new(),
        key: Vec::new(),
        values: Vec::with_capacity(row.cells.len()),
        outcome: ImportOutcome::Unchanged,
        changes: Vec::new(),
        faults: Vec::new(),
        wrong_columns: Vec::new(),
        created_key: None,
    };
    for (i, (column, cell)) in grid.sheet.columns().iter().zip(&row.cells).enumerate() {
        let present = there.map(|there| there.get(i));
        let value = match parse_stated_cell(grid, i, cell.as_ref(), present) {
            Ok(value) => value,
            Err(fault) => {
                compared.add_fault(grid, Some(i), fault);
                compared.wrong_columns.push(i);
                None
            }
        };
        if column.is_key() {
            let key = to_key_part(value.as_ref());
            if matches!(column.name, "project" | "code") {
                compared.project.clone_from(&key);
            }
            compared.key.push(key);
        }
        compared.values.push(value);
    }
    compared
}

/// Returns the value of a cell. `None` if the file does not have the column, or if the line of a text file ends before
/// it: the field stays unchanged then.
fn parse_stated_cell(
    grid: &SheetGrid,
    index: usize,
    cell: Option<&SheetCell>,
    present: Option<&Value>,
) -> Result<Option<Value>, ValueFault> {
    let Some(column) = grid.sheet.columns().get(index) else { return Ok(None) };
    let Some(cell) = cell else {
        // Without its key a line would be taken for a new record.
        let is_in_header = grid.column_positions.get(index).copied().flatten().is_some();
        if is_in_header && column.is_key() {
            return Err(ValueFault::new("short_line", file::line_too_short(column.name)));
        }
        return Ok(None);
    };
    let same = || present.filter(|value| is_present_number(column, cell, value)).cloned();
    parse_value(grid, column, cell).or_else(|fault| same().ok_or(fault)).map(Some)
}

/// Parses a cell. A key is trimmed, because it is compared as it is, and not parsed by the rules of a record.
fn parse_value(
    grid: &SheetGrid,
    column: &SheetColumn,
    cell: &SheetCell,
) -> Result<Value, ValueFault> {
    match cell::parse_cell(column.kind, cell, grid.decimal_mark)? {
        Value::String(key) if column.is_key() => Ok(Value::from(trim_key(&key))),
        value => Ok(value),
    }
}

/// Removes white space and zero-width characters around a key.
fn trim_key(key: &str) -> &str {
    key.trim_matches(|c: char| {
        c.is_whitespace() || matches!(c, '\u{200b}' | '\u{2060}' | '\u{feff}')
    })
}

/// Returns `true` if a number with two readings can be the present value. A program that saves an untouched file again
/// writes 1.125 as it likes, which is no change.
fn is_present_number(column: &SheetColumn, cell: &SheetCell, present: &Value) -> bool {
    column.kind == ColumnKind::Number
        && present.as_f64().is_some_and(|number| cell::is_number_reading(cell, number))
}
