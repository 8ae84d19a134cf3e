//! The content of an uploaded file before it is compared with the records: sheets with known columns, rows of cells,
//! and faults of the file itself.

use super::{SheetCell, columns::WorkbookSheet, message::file, number_text::DecimalMark};
use crate::domain::{fault::ValueFault, message::Message};

/// A fault at a position of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileFault {
    /// The name of the sheet in the file.
    pub sheet: String,
    /// The cell, such as `C7`. `None` for a fault of the whole sheet.
    pub cell: Option<String>,
    /// The row number, from 1.
    pub row: Option<u32>,
    /// The JSON pointer of the record's field. Empty if no field is at fault.
    pub pointer: String,
    pub fault: FaultDetails,
}

/// The code and the message of a fault, in the form of every other fault of the API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FaultDetails {
    /// A stable code for programs.
    pub code: String,
    /// The expected value.
    pub message: Message,
    /// The values that would have been accepted.
    pub allowed: Vec<String>,
    /// The key of the record that the row repeats.
    pub existing: Option<String>,
}
impl From<ValueFault> for FaultDetails {
    fn from(f: ValueFault) -> Self {
        let ValueFault { code, message, allowed, existing } = f;
        Self { code: code.to_owned(), message, allowed, existing }
    }
}

/// The reason why a file cannot be read at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct UnreadableFile {
    /// A stable code for programs.
    pub code: &'static str,
    /// What was expected.
    pub message: Message,
}
impl UnreadableFile {
    pub const fn new(code: &'static str, message: Message) -> Self {
        Self { code, message }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct GridRow {
    /// The row number in the file, from 1.
    pub number: u32,
    /// The cells in the order of the sheet's columns. `None` if the file does not have the column, or if the line of a
    /// text file ends before it.
    pub cells: Vec<Option<SheetCell>>,
}

/// A sheet of an uploaded file after its columns were found.
#[derive(Debug, Clone, PartialEq)]
pub struct SheetGrid {
    /// The kind of sheet.
    pub sheet: WorkbookSheet,
    /// The position of each column in the file, from 0. `None` if the file does not have the column.
    pub column_positions: Vec<Option<u32>>,
    /// The mark before the decimals of numbers that are text.
    pub decimal_mark: DecimalMark,
    /// The rows with data, without headings.
    pub rows: Vec<GridRow>,
}

impl SheetGrid {
    /// Returns the address of a cell, such as `C7`. `None` if the file does not have the column.
    #[must_use]
    pub fn cell_address(&self, column: usize, row: u32) -> Option<String> {
        self.column_positions.get(column).copied().flatten().map(|place| format_address(place, row))
    }
}

/// The content of an uploaded file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct UploadedFile {
    /// The metadata of the file: name, value, and the address of the value's cell.
    pub metadata: Vec<(String, String, String)>,
    /// The sheets whose columns were found.
    pub grids: Vec<SheetGrid>,
    /// The faults of the file itself.
    pub faults: Vec<FileFault>,
    /// Facts about the file that its author may not expect. They refuse nothing.
    pub warnings: Vec<FileFault>,
}

/// Returns the letters of a column. 0 is A, 25 is Z, 26 is AA.
#[must_use]
pub(crate) fn column_letters(mut column: u32) -> String {
    let mut out = Vec::new();
    loop {
        let letter = u8::try_from(column % 26).unwrap_or_default() + b'A';
        out.push(char::from(letter));
        if column < 26 {
            break;
        }
        column = column / 26 - 1;
    }
    out.iter().rev().collect()
}

/// Returns the address of a cell. Columns count from 0, rows from 1.
#[must_use]
pub(crate) fn format_address(column: u32, row: u32) -> String {
    format!("{}{row}", column_letters(column))
}

/// Finds the known name that is most similar to a name.
pub(crate) fn find_nearest_name<'n>(
    name: &str,
    known: impl Iterator<Item = &'n str>,
) -> Option<&'n str> {
    // A similarity looks at the letters of both texts in pairs, so that a long text would take long.
    let name: String = name.chars().take(NAME_MAX).collect();
    let likeness = |own: &&str| strsim::jaro_winkler(own, &name);
    known.max_by(|a, b| likeness(a).total_cmp(&likeness(b)))
}

/// The number of characters of a name that are compared with known names, and shown in a message.
const NAME_MAX: usize = 100;

/// Returns the fault of an unknown name. It suggests the most similar known name.
pub(crate) fn unknown_name_fault<'n>(
    thing: Message,
    name: &str,
    known: impl Iterator<Item = &'n str> + Clone,
) -> ValueFault {
    let shown: String = name.chars().take(NAME_MAX).collect();
    match find_nearest_name(name, known.clone()) {
        Some(nearest) => ValueFault::new("unknown", file::unknown_name(thing, &shown, nearest))
            .with_allowed(known),
        None => ValueFault::unknown(thing, known),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_the_letters_of_a_spreadsheet() {
        let expected =
            [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (701, "ZZ"), (702, "AAA")];
        for (column, letters_of) in expected {
            assert_eq!(column_letters(column), letters_of);
        }
    }
}
