//! The rows of an export, and their digests.

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::{
    domain::journal::to_hex,
    sheets::{
        cell::{canonical_value, to_plain_text},
        columns::{ColumnRole, Sheet, SheetColumn},
    },
};

/// A row of an export: one value per column of its sheet.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ExportedRow(Vec<Value>);

impl ExportedRow {
    /// Takes the values of a row from the JSON of a record.
    #[must_use]
    pub(crate) fn from_record(sheet: Sheet, record: &Value) -> Self {
        let value =
            |c: &SheetColumn| record.pointer(c.pointer).filter(|_| !c.pointer.is_empty()).cloned();
        let mut row = Self(sheet.columns().iter().map(|c| value(c).unwrap_or_default()).collect());
        let check = Value::from(digest_row(sheet, &row.0));
        if let Some(slot) =
            find_role_column(sheet, ColumnRole::RowDigest).and_then(|i| row.0.get_mut(i))
        {
            *slot = check;
        }
        row
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
    pub(crate) fn key(&self, sheet: Sheet) -> Vec<String> {
        let keys = sheet.columns().iter().zip(&self.0).filter(|(c, _)| c.is_key());
        keys.map(|(_, v)| if v.is_null() { String::new() } else { to_plain_text(v) }).collect()
    }
}

pub(super) fn find_role_column(sheet: Sheet, part: ColumnRole) -> Option<usize> {
    sheet.columns().iter().position(|c| c.role == part)
}

/// Returns a digest of a row without its check column. The digest detects edits. It does not protect against forgery.
pub(super) fn digest_row(sheet: Sheet, values: &[Value]) -> String {
    let pairs = sheet.columns().iter().zip(values).filter(|(c, _)| c.role != ColumnRole::RowDigest);
    let canonical: Vec<Value> = pairs.map(|(_, v)| canonical_value(v)).collect();
    to_hex(&Sha256::digest(Value::from(canonical).to_string())).chars().take(12).collect()
}
