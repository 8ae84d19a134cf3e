//! CSV files: one sheet per file, with the names of the columns in the first row. Files are written in UTF-8 without
//! a byte order mark. The reader also takes a byte order mark, and the semicolons that spreadsheets of some countries
//! save.

use std::{iter::Peekable, str::Chars};

use super::{
    SheetCell, WorkbookSheet,
    cell::{self, cell_text},
    grid::{GridBuilder, UnreadableFile, UploadedFile},
    message::file,
    row_comparison::ExportedRow,
};

/// Reads a sheet.
///
/// # Errors
/// Returns the reason if the file cannot be read at all. Faults within the file are in the returned [`UploadedFile`].
pub(crate) fn read_csv(bytes: &[u8], sheet: WorkbookSheet) -> Result<UploadedFile, UnreadableFile> {
    let text =
        std::str::from_utf8(bytes).map_err(|e| describe_other_encoding(bytes, e.valid_up_to()))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.contains('\0') {
        return Err(UnreadableFile::new("not_utf8", file::zero_bytes()));
    }
    let header = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let separator = if header.contains(';') && !header.contains(',') { ';' } else { ',' };
    if CsvRowNumbers::new(text, separator).any(|row| row.is_none()) {
        return Err(UnreadableFile::new("broken", file::open_quote()));
    }
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(if separator == ';' { b';' } else { b',' })
        .from_reader(text.as_bytes());
    let mut upload = UploadedFile::default();
    let mut builder = GridBuilder::new(&mut upload, sheet);
    let mut rows = CsvRowNumbers::new(text, separator).flatten();
    for record in reader.records() {
        let record = record.map_err(|e| describe_csv_error(&e))?;
        let number = rows.next().unwrap_or(u32::MAX);
        let cells = (0..).zip(record.iter()).map(|(column, field)| (column, to_cell(field)));
        builder.add_row(number, cells.collect())?;
    }
    builder.finish();
    Ok(upload)
}

/// Names the line at which a text is no UTF-8 any more. `valid` is the number of bytes before.
fn describe_other_encoding(bytes: &[u8], valid: usize) -> UnreadableFile {
    let before = bytes.iter().take(valid).filter(|byte| **byte == b'\n').count();
    UnreadableFile::new("not_utf8", file::not_utf8(before + 1))
}

/// The text of the library is for the log.
fn describe_csv_error(error: &csv::Error) -> UnreadableFile {
    tracing::debug!(%error, "a CSV file cannot be read");
    UnreadableFile::new("broken", file::broken_csv())
}

/// Yields the number of each row that is not empty, from 1, as a spreadsheet counts them. `csv::Reader` skips empty
/// lines without counting them. The last row is `None` if it ends inside quotes, because the reader would take every
/// row below the open quote for one cell.
struct CsvRowNumbers<'t> {
    rest: Peekable<Chars<'t>>,
    separator: char,
    number: u32,
}

impl<'t> CsvRowNumbers<'t> {
    fn new(text: &'t str, separator: char) -> Self {
        Self { rest: text.chars().peekable(), separator, number: 0 }
    }
}

impl Iterator for CsvRowNumbers<'_> {
    type Item = Option<u32>;
    fn next(&mut self) -> Option<Self::Item> {
        // A quote has a meaning at the start of a cell, inside quotes, and right after a closing quote (a doubled
        // quote).
        let (mut inside, mut counts, mut empty) = (false, true, true);
        while let Some(c) = self.rest.next() {
            if !inside && matches!(c, '\n' | '\r') {
                if c == '\r' && self.rest.peek() == Some(&'\n') {
                    self.rest.next();
                }
                self.number = self.number.saturating_add(1);
                if empty {
                    continue;
                }
                return Some(Some(self.number));
            }
            empty = false;
            let turns = c == '"' && (inside || counts);
            inside ^= turns;
            counts = !inside && (turns || c == self.separator);
        }
        if empty {
            return None;
        }
        self.number = self.number.saturating_add(1);
        Some((!inside).then_some(self.number))
    }
}

fn to_cell(field: &str) -> SheetCell {
    if field.is_empty() { SheetCell::Empty } else { SheetCell::Text(field.to_owned()) }
}

/// Writes a sheet.
///
/// # Errors
/// Writing to memory does not fail. The error is part of the interface of the writer.
pub(crate) fn write_csv(sheet: WorkbookSheet, rows: &[ExportedRow]) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(sheet.columns().iter().map(|c| c.name))?;
    for row in rows {
        let cells = sheet.columns().iter().zip(row.values());
        writer.write_record(
            cells.map(|(column, value)| cell_text(&cell::render_cell(column.kind, value))),
        )?;
    }
    writer.into_inner().map_err(|e| e.into_error().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_have_the_numbers_of_a_spreadsheet_and_are_as_many_as_the_reader_finds() {
        let all = |text, separator| CsvRowNumbers::new(text, separator).collect::<Vec<_>>();
        let some = |numbers: &[u32]| numbers.iter().copied().map(Some).collect::<Vec<_>>();
        for (text, separator, numbers) in [
            ("", ',', &[][..]),
            ("\n\r\n\n", ',', &[]),
            ("a,b\n1,2", ',', &[1, 2]),
            ("\n\na,b\n\n1,2\n\n", ',', &[3, 5]),
            ("a,b\r\n\r\n1,2\r\n", ',', &[1, 3]),
            ("a,b\r\r1,2\r", ',', &[1, 3]),
            ("a,b\n\"x\n\ny\",2\n\n3,4\n", ',', &[1, 2, 4]),
            ("a,b\n\"x\"\"\n\",2\n3,4", ',', &[1, 2, 3]),
            ("a;b\n1,\"x;2\n3;4\n", ';', &[1, 2, 3]),
            ("a,b\n \n\"\"\n1,2\n", ',', &[1, 2, 3, 4]),
            ("a,b\nx\"y,\"\"\n1,2\n", ',', &[1, 2, 3]),
        ] {
            assert_eq!(all(text, separator), some(numbers), "{text:?}");
            let mut reader = csv::ReaderBuilder::new();
            reader.has_headers(false).flexible(true).delimiter(if separator == ';' {
                b';'
            } else {
                b','
            });
            let found = reader.from_reader(text.as_bytes()).records().count();
            assert_eq!(found, numbers.len(), "{text:?}");
        }
        assert_eq!(all("a,b\n\"1,2\n3,4\n", ','), [Some(1), None]);
    }
}
