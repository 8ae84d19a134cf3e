//! Suggests the record that a row with an unknown key may mean.

use std::cell::Cell;

use super::ExportedRow;
use crate::{
    domain::fault::ValueFault,
    sheets::{columns::WorkbookSheet, grid::find_nearest_name, message::file},
};

/// The number of rows of a sheet that get a suggestion. Each of them is compared with every record.
const SUGGESTIONS_MAX: usize = 100;

/// Suggests keys of the records of a sheet.
pub(super) struct KeySuggestions<'r> {
    sheet: WorkbookSheet,
    there: &'r [ExportedRow],
    left: Cell<usize>,
}

impl<'r> KeySuggestions<'r> {
    pub(super) const fn new(sheet: WorkbookSheet, there: &'r [ExportedRow]) -> Self {
        Self { sheet, there, left: Cell::new(SUGGESTIONS_MAX) }
    }

    /// Returns the fault of a row whose key names no record. It names the nearest key.
    pub(super) fn build_fault(&self, key: &[String]) -> ValueFault {
        let left = self.left.get().checked_sub(1);
        self.left.set(left.unwrap_or_default());
        let nearest = left.and_then(|_| self.find_nearest_part(key));
        let message = match &nearest {
            Some(nearest) => file::no_such_row_but(self.sheet.as_str(), nearest),
            None => file::no_such_row(self.sheet.as_str()),
        };
        ValueFault::new("unknown", message)
    }

    /// Returns the first part of the nearest key that differs from the key of the row.
    fn find_nearest_part(&self, key: &[String]) -> Option<String> {
        let keys: Vec<Vec<String>> = self.there.iter().map(|row| row.key(self.sheet)).collect();
        let joined: Vec<String> = keys.iter().map(|key| key.join("/")).collect();
        let nearest = find_nearest_name(&key.join("/"), joined.iter().map(String::as_str))?;
        let (nearest, _) = keys.iter().zip(&joined).find(|(_, joined)| *joined == nearest)?;
        nearest.iter().zip(key).find(|(own, stated)| own != stated).map(|(own, _)| own.clone())
    }
}
