//! Builds the sheets of an uploaded file row by row: finds the columns by their names, and puts cells in their order.

use super::{
    ROWS_MAX, SheetCell,
    cell::cell_text,
    columns::{ColumnText, SheetColumn, WorkbookSheet},
    grid::{
        FileFault, GridRow, SheetGrid, UnreadableFile, UploadedFile, format_address,
        unknown_name_fault,
    },
    message::file,
    number_text::DecimalMark,
};
use crate::domain::{fault::ValueFault, message::thing};

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
            let name = cell_text(cell).trim().to_owned();
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
            let text = cell_text(cell);
            let starts_with_text =
                |t: &ColumnText| text.starts_with(t.title) || text.starts_with(t.help);
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
