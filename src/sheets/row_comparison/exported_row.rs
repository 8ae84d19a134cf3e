//! The rows of an export, and their digests.

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::{
    domain::journal::to_hex,
    sheets::{
        cell::{canonical_value, to_plain_text},
        columns::{ColumnRole, WorkbookSheet},
    },
};

/// A row of an export: one value per column of its sheet.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ExportedRow(Vec<Value>);

impl ExportedRow {
    /// Creates a row from the values of its columns, each with the name of the column. A column without a value is
    /// empty. The digest is added.
    #[must_use]
    pub(crate) fn from_cells(
        sheet: WorkbookSheet,
        cells: impl IntoIterator<Item = (&'static str, Value)>,
    ) -> Self {
        let mut row = Self(vec![Value::Null; sheet.columns().len()]);
        for (name, value) in cells {
            row.set(sheet.find_column_index(name), value);
        }
        let digest = digest_row(sheet, &row.0);
        row.set(find_role_column(sheet, ColumnRole::RowDigest), Value::from(digest));
        row
    }

    fn set(&mut self, column: Option<usize>, value: Value) {
        if let Some(slot) = column.and_then(|i| self.0.get_mut(i)) {
            *slot = value;
        }
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = &Value> {
        self.0.iter()
    }

    #[must_use]
    pub(crate) fn get(&self, column: usize) -> &Value {
        self.0.get(column).unwrap_or(&Value::Null)
    }

    /// Returns the values that identify the record within its sheet.
    #[must_use]
    pub(crate) fn key(&self, sheet: WorkbookSheet) -> Vec<String> {
        let keys = sheet.columns().iter().zip(&self.0).filter(|(c, _)| c.is_key());
        keys.map(|(_, v)| if v.is_null() { String::new() } else { to_plain_text(v) }).collect()
    }
}

pub(super) fn find_role_column(sheet: WorkbookSheet, part: ColumnRole) -> Option<usize> {
    sheet.columns().iter().position(|c| c.role == part)
}

/// Returns a digest of a row without its check column. The digest detects edits. It does not protect against forgery.
pub(super) fn digest_row(sheet: WorkbookSheet, values: &[Value]) -> String {
    let pairs = sheet.columns().iter().zip(values).filter(|(c, _)| c.role != ColumnRole::RowDigest);
    let canonical: Vec<Value> = pairs.map(|(_, v)| canonical_value(v)).collect();
    to_hex(&Sha256::digest(Value::from(canonical).to_string())).chars().take(12).collect()
}
