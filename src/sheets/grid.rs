//! The content of an uploaded file before it is compared with the records: sheets with known columns, rows of cells,
//! and faults of the file itself.

use super::{
    ROWS_MAX, SheetCell,
    columns::{SheetColumn, WorkbookSheet},
    message::file,
    number_text::DecimalMark,
};
use crate::domain::{
    fault::ValueFault,
    message::{Message, thing},
};

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
}
impl From<ValueFault> for FaultDetails {
    fn from(f: ValueFault) -> Self {
        Self { code: f.code.to_owned(), message: f.message, allowed: f.allowed }
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

/// A row of a file before its columns are found.
pub(crate) struct FileRow {
    /// The row number in the file, from 1.
    pub number: u32,
    /// Each cell with the position of its column, from 0.
    pub cells: Vec<(u32, SheetCell)>,
    /// The number of fields in the line of a text file. The columns behind them are not stated, and stay unchanged.
    /// `None` for a row of a workbook: a cell that it leaves out is empty.
    pub width: Option<u32>,
}

/// Builds a sheet from its rows. The first row with content holds the names of the columns.
pub(crate) struct GridBuilder<'u> {
    upload: &'u mut UploadedFile,
    grid: SheetGrid,
    /// Pairs of positions: of the column in the file, and of the column in [`WorkbookSheet::columns`].
    found_columns: Vec<(u32, usize)>,
    has_header: bool,
    is_header_valid: bool,
}

impl<'u> GridBuilder<'u> {
    pub(crate) fn new(
        upload: &'u mut UploadedFile,
        sheet: WorkbookSheet,
        decimal_mark: DecimalMark,
    ) -> Self {
        let places = vec![None; sheet.columns().len()];
        let grid = SheetGrid { sheet, column_positions: places, decimal_mark, rows: Vec::new() };
        Self { upload, grid, found_columns: Vec::new(), has_header: false, is_header_valid: true }
    }

    fn add_fault(&mut self, cell: Option<String>, row: Option<u32>, fault: ValueFault) {
        let sheet = self.grid.sheet.as_str().to_owned();
        let at = FileFault { sheet, cell, row, pointer: String::new(), fault: fault.into() };
        self.upload.faults.push(at);
    }

    /// Adds a fault for a merged cell. Its value belongs to only one of the merged cells.
    pub(crate) fn note_merged_cell(&mut self, column: u32, row: u32) {
        let fault = ValueFault::new("merged", file::merged_cell());
        self.add_fault(Some(format_address(column, row)), Some(row), fault);
    }

    /// Adds a row. The first row with content must hold the names of the columns.
    ///
    /// # Errors
    /// Returns an error if the file has more than [`ROWS_MAX`] rows.
    pub(crate) fn add_row(&mut self, row: FileRow) -> Result<(), UnreadableFile> {
        let FileRow { number, cells, width } = row;
        let cells: Vec<(u32, SheetCell)> =
            cells.into_iter().filter(|(_, c)| *c != SheetCell::Empty).collect();
        // A row of white space looks empty to its author.
        if cells.iter().all(|(_, cell)| cell.is_blank()) {
            return Ok(());
        }
        if !self.has_header {
            self.has_header = true;
            self.read_header(number, &cells);
            return Ok(());
        }
        if !self.is_header_valid || (self.grid.rows.is_empty() && self.is_heading_row(&cells)) {
            return Ok(());
        }
        let before: usize = self.upload.grids.iter().map(|g| g.rows.len()).sum();
        if before + self.grid.rows.len() >= ROWS_MAX {
            return Err(UnreadableFile::new("too_many_rows", file::too_many_rows(ROWS_MAX)));
        }
        let mut row =
            GridRow { number, cells: Vec::with_capacity(self.grid.column_positions.len()) };
        for place in &self.grid.column_positions {
            let at = |place: u32| cells.iter().find(|(p, _)| *p == place).map(|(_, c)| c.clone());
            let stated = place.filter(|place| width.is_none_or(|width| *place < width));
            row.cells.push(stated.map(|place| at(place).unwrap_or_default()));
        }
        let stray = cells.iter().find(|(p, _)| !self.found_columns.iter().any(|(f, _)| f == p));
        if let Some(cell) = stray.map(|(p, _)| format_address(*p, number)) {
            let fault = ValueFault::new("stray", file::column_unnamed());
            self.add_fault(Some(cell), Some(number), fault);
        }
        self.grid.rows.push(row);
        Ok(())
    }

    fn read_header(&mut self, number: u32, cells: &[(u32, SheetCell)]) {
        for (place, cell) in cells {
            let name = super::cell::cell_text(cell).trim().to_owned();
            let at = Some(format_address(*place, number));
            match self.grid.sheet.find_column_index(&name) {
                None => {
                    let fault = unknown_name_fault(
                        thing::column(),
                        &name,
                        self.grid.sheet.columns().iter().map(|c| c.name),
                    );
                    self.is_header_valid = false;
                    self.add_fault(at, Some(number), fault);
                }
                Some(i) if self.grid.column_positions.get(i).copied().flatten().is_some() => {
                    let fault = ValueFault::new("duplicate", file::column_twice(&name));
                    self.is_header_valid = false;
                    self.add_fault(at, Some(number), fault);
                }
                Some(i) => {
                    if let Some(slot) = self.grid.column_positions.get_mut(i) {
                        *slot = Some(*place);
                    }
                    self.found_columns.push((*place, i));
                }
            }
        }
        for (i, column) in self.grid.sheet.columns().iter().enumerate() {
            if column.is_required()
                && self.grid.column_positions.get(i).copied().flatten().is_none()
            {
                let fault = ValueFault::new("missing_column", file::column_missing(column.name));
                self.is_header_valid = false;
                self.add_fault(None, Some(number), fault);
            }
        }
    }

    /// Returns `true` if the row repeats the titles or the help texts that the workbook has below the names. Every
    /// cell of such a row begins with the title or the help text of its column.
    fn is_heading_row(&self, cells: &[(u32, SheetCell)]) -> bool {
        let begins = |(place, i): &(u32, usize)| {
            let column: &SheetColumn = self.grid.sheet.columns().get(*i)?;
            let (_, cell) = cells.iter().find(|(p, _)| p == place)?;
            let text = super::cell::cell_text(cell);
            let starts_with_text = |t: &super::columns::ColumnText| {
                text.starts_with(t.title) || text.starts_with(t.help)
            };
            Some(column.texts.iter().any(starts_with_text))
        };
        let mut matches = self.found_columns.iter().filter_map(begins).peekable();
        matches.peek().is_some() && matches.all(|is_match| is_match)
    }

    pub(crate) fn finish(mut self) {
        if !self.has_header {
            self.add_fault(None, None, ValueFault::new("missing_header", file::no_header()));
        } else if self.is_header_valid {
            self.upload.grids.push(self.grid);
        }
    }
}

/// Returns the fault of an unknown name. It suggests the most similar known name.
pub(crate) fn unknown_name_fault<'n>(
    thing: Message,
    name: &str,
    known: impl Iterator<Item = &'n str> + Clone,
) -> ValueFault {
    let likeness = |k: &&str| strsim::jaro_winkler(k, name);
    let nearest = known.clone().max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
    let shown: String = name.chars().take(100).collect();
    match nearest {
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
