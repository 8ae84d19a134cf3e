//! Reads the members of a record from a row of an uploaded file. The columns are named in `sheets::column_definitions`.

use serde_json::Value;

use crate::{
    app::merge::PatchMember,
    sheets::{ColumnRole, WorkbookSheet, row_comparison::ComparedRow},
};

/// A value of a cell. `parse_cell` has checked the cell, so that each column has values of one type only.
pub(super) trait CellValue: Sized {
    /// Returns `None` for an empty cell.
    fn from_cell(value: &Value) -> Option<Self>;
}

impl CellValue for String {
    fn from_cell(value: &Value) -> Option<Self> {
        value.as_str().map(str::to_owned)
    }
}
impl CellValue for f64 {
    fn from_cell(value: &Value) -> Option<Self> {
        value.as_f64()
    }
}
impl CellValue for i64 {
    fn from_cell(value: &Value) -> Option<Self> {
        value.as_i64()
    }
}
impl CellValue for bool {
    fn from_cell(value: &Value) -> Option<Self> {
        value.as_bool()
    }
}
impl<T: CellValue> CellValue for Vec<T> {
    fn from_cell(value: &Value) -> Option<Self> {
        value.as_array()?.iter().map(T::from_cell).collect()
    }
}

/// The members of a record in a row.
#[derive(Debug, Clone, Copy)]
pub(super) struct RowMembers<'r> {
    sheet: WorkbookSheet,
    row: &'r ComparedRow,
}

impl<'r> RowMembers<'r> {
    pub(super) const fn new(sheet: WorkbookSheet, row: &'r ComparedRow) -> Self {
        Self { sheet, row }
    }

    /// Returns `true` if the row changes the value of a column.
    pub(super) fn is_changed(&self, column: &str) -> bool {
        self.find_change(column).is_some()
    }

    fn find_change(&self, column: &str) -> Option<&'r Value> {
        let column = self.sheet.find_column_index(column)?;
        self.row.changes.iter().find(|change| change.column == column).map(|change| &change.to)
    }

    /// Reads a column that the row changes.
    pub(super) fn changed<T: CellValue>(&self, column: &str) -> PatchMember<T> {
        self.find_change(column).map(T::from_cell)
    }

    /// Reads a column of the file, whether the row changes it or not. A column that the file does not have, and an
    /// invalid cell, are absent.
    pub(super) fn stated<T: CellValue>(&self, column: &str) -> PatchMember<T> {
        let column = self.sheet.find_column_index(column)?;
        self.row.values.get(column)?.as_ref().map(T::from_cell)
    }

    /// Returns `true` if the row states a value in a column that people fill in.
    pub(super) fn has_input(&self) -> bool {
        let cells = self.sheet.columns().iter().zip(&self.row.values);
        let mut inputs = cells.filter(|(column, _)| column.role == ColumnRole::Input);
        inputs.any(|(_, value)| value.as_ref().is_some_and(|value| !value.is_null()))
    }

    /// Merges an object that spans several columns, if the row changes one of them. `merge_stated` merges all columns
    /// that the row states. If all of them are empty, the object is removed.
    pub(super) fn merge_object<R: Default + PartialEq>(
        &self,
        into: &mut Option<R>,
        columns: &[&str],
        merge_stated: impl Fn(&mut R),
    ) {
        if !columns.iter().any(|column| self.is_changed(column)) {
            return;
        }
        let mut stated = R::default();
        merge_stated(&mut stated);
        if stated == R::default() {
            *into = None;
        } else {
            merge_stated(into.get_or_insert_default());
        }
    }
}
