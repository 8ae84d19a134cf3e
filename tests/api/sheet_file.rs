//! A workbook as somebody has it open: read, cells changed by row and column name, and saved again by another program than the
//! one that made it.

use std::io::Cursor;

use ascn_tracker::sheets::WorkbookSheet;
use calamine::{Data, Reader as _, Xlsx};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook};

/// The rows above the data.
pub const HEAD: usize = 3;

/// A workbook.
#[derive(Debug, Clone)]
pub struct SheetFile {
    pub sheets: Vec<(String, Vec<Vec<Data>>)>,
}

impl SheetFile {
    pub fn read(bytes: &[u8]) -> Self {
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
        let names = book.sheet_names();
        let rows = |name: &String| {
            let range = book.worksheet_range(name).unwrap();
            (name.clone(), range.rows().map(<[Data]>::to_vec).collect())
        };
        Self { sheets: names.iter().map(rows).collect() }
    }

    pub fn rows(&mut self, sheet: &str) -> &mut Vec<Vec<Data>> {
        &mut self.sheets.iter_mut().find(|(name, _)| name == sheet).unwrap().1
    }

    fn column_index(sheet: &str, column: &str) -> usize {
        WorkbookSheet::parse(sheet).unwrap().find_column_index(column).unwrap()
    }

    /// The number of the first row of data in which a column says this, from 0.
    pub fn find_row(&mut self, sheet: &str, column: &str, says: &str) -> usize {
        let at = Self::column_index(sheet, column);
        let rows = self.rows(sheet);
        rows.iter().position(|row| row.get(at).is_some_and(|c| *c == *says)).unwrap()
    }

    pub fn get(&mut self, sheet: &str, row: usize, column: &str) -> Data {
        let at = Self::column_index(sheet, column);
        self.rows(sheet)[row].get(at).cloned().unwrap_or(Data::Empty)
    }

    pub fn set(&mut self, sheet: &str, row: usize, column: &str, to: impl Into<Data>) {
        let at = Self::column_index(sheet, column);
        let cells = &mut self.rows(sheet)[row];
        cells.resize(cells.len().max(at + 1), Data::Empty);
        cells[at] = to.into();
    }

    /// Adds a row below the others.
    pub fn add(&mut self, sheet: &str, cells: &[(&str, Data)]) -> usize {
        self.rows(sheet).push(Vec::new());
        let row = self.rows(sheet).len() - 1;
        for (column, value) in cells {
            self.set(sheet, row, column, value.clone());
        }
        row
    }

    pub fn save(&self) -> Vec<u8> {
        let mut book = self.to_workbook();
        book.save_to_buffer().unwrap()
    }

    /// The workbook, for what cells alone cannot say.
    pub fn to_workbook(&self) -> Workbook {
        let mut book = Workbook::new();
        // The time of day is in the file; a file that is written again is to be the same.
        let made = ExcelDateTime::from_ymd(2026, 11, 22).unwrap();
        book.set_properties(&DocProperties::new().set_creation_datetime(&made));
        let day = Format::new().set_num_format("yyyy-mm-dd");
        for (name, rows) in &self.sheets {
            let sheet = book.add_worksheet();
            sheet.set_name(name).unwrap();
            for (r, row) in (0_u32..).zip(rows) {
                for (c, cell) in (0_u16..).zip(row) {
                    let written = match cell {
                        Data::Empty => continue,
                        Data::Float(n) => sheet.write_number(r, c, *n),
                        Data::Int(n) => sheet.write_number(r, c, i32::try_from(*n).unwrap()),
                        Data::Bool(b) => sheet.write_boolean(r, c, *b),
                        Data::DateTime(d) => sheet.write_number_with_format(r, c, d.as_f64(), &day),
                        other => sheet.write_string(r, c, other.to_string()),
                    };
                    written.unwrap();
                }
            }
        }
        book
    }
}
