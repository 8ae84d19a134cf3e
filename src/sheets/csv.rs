//! Text files: one sheet per file, with the names of the columns in the first row. CSV files are written in UTF-8 without
//! a byte order mark. The reader also takes a byte order mark, UTF-16, tabs, and the semicolons that spreadsheets of
//! some countries save.

use std::{iter::Peekable, str::Chars};

use serde_json::Value;

use super::{
    COLUMNS_MAX, SheetCell, WorkbookSheet,
    cell::{self, cell_text},
    columns::ColumnKind,
    grid::{FileFault, UnreadableFile, UploadedFile},
    grid_builder::{FileRow, GridBuilder},
    message::file,
    number_text::{DecimalMark, render_decimal},
    row_comparison::ExportedRow,
    text_encoding::decode_text,
};
use crate::domain::fault::ValueFault;

/// The characters that separate cells. If the header has several of them, the first of these counts.
const SEPARATORS: [u8; 3] = *b",;\t";

/// Reads a sheet.
///
/// # Errors
/// Returns the reason if the file cannot be read at all. Faults within the file are in the returned [`UploadedFile`].
pub(crate) fn read_csv(bytes: &[u8], sheet: WorkbookSheet) -> Result<UploadedFile, UnreadableFile> {
    let text = decode_text(bytes)?;
    if text.contains('\0') {
        return Err(UnreadableFile::new("not_utf8", file::zero_bytes()));
    }
    let (separator, text) =
        split_separator_line(&text).unwrap_or_else(|| (find_separator(&text), &*text));
    check_lines(text, separator)?;
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .from_reader(text.as_bytes());
    let mut upload = UploadedFile::default();
    let mark = if separator == b',' { DecimalMark::Point } else { DecimalMark::PointOrComma };
    let mut builder = GridBuilder::new(&mut upload, sheet, mark);
    let mut rows = CsvRowNumbers::new(text, separator.into()).flatten();
    for record in reader.records() {
        let record = record.map_err(|e| describe_csv_error(&e))?;
        let number = rows.next().unwrap_or(u32::MAX);
        let cells = (0..).zip(record.iter()).map(|(column, field)| (column, to_cell(field)));
        let width = u32::try_from(record.len()).ok();
        builder.add_row(FileRow { number, cells: cells.collect(), width })?;
    }
    builder.finish();
    require_rows(&mut upload, sheet);
    Ok(upload)
}

/// The text of the library is for the log.
fn describe_csv_error(error: &csv::Error) -> UnreadableFile {
    tracing::debug!(%error, "a CSV file cannot be read");
    UnreadableFile::new("broken", file::broken_csv())
}

/// Splits off a first line such as `sep=;`, by which some spreadsheets name the separator. A spreadsheet does not count
/// that line as a row.
fn split_separator_line(text: &str) -> Option<(u8, &str)> {
    let (line, rest) = text.split_once('\n')?;
    let (name, separator) = line.trim_end_matches('\r').trim_matches('"').split_at_checked(4)?;
    let separator = SEPARATORS.into_iter().find(|own| separator.as_bytes() == [*own])?;
    name.eq_ignore_ascii_case("sep=").then_some((separator, rest))
}

/// Finds the separator in the first line that is not blank.
fn find_separator(text: &str) -> u8 {
    let header = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    SEPARATORS.into_iter().find(|own| header.as_bytes().contains(own)).unwrap_or(b',')
}

/// Checks the file before its cells are kept in memory.
fn check_lines(text: &str, separator: u8) -> Result<(), UnreadableFile> {
    let mut rows = CsvRowNumbers::new(text, separator.into());
    while let Some(row) = rows.next() {
        let number = row.ok_or_else(|| UnreadableFile::new("broken", file::open_quote()))?;
        if rows.width > COLUMNS_MAX {
            let message = file::too_many_columns(COLUMNS_MAX, number);
            return Err(UnreadableFile::new("too_large", message));
        }
    }
    Ok(())
}

/// Adds a fault to a file with nothing but a header: its author expects rows to be imported.
fn require_rows(upload: &mut UploadedFile, sheet: WorkbookSheet) {
    if upload.faults.is_empty() && upload.grids.iter().all(|grid| grid.rows.is_empty()) {
        upload.faults.push(FileFault {
            sheet: sheet.as_str().to_owned(),
            cell: None,
            row: None,
            pointer: String::new(),
            fault: ValueFault::new("no_rows", file::no_rows()).into(),
        });
    }
}

/// Yields the number of each row that is not empty, from 1, as a spreadsheet counts them. `csv::Reader` skips empty
/// lines without counting them. The last row is `None` if it ends inside quotes, because the reader would take every
/// row below the open quote for one cell.
struct CsvRowNumbers<'t> {
    rest: Peekable<Chars<'t>>,
    separator: char,
    number: u32,
    /// The number of cells in the last row.
    width: u32,
}

impl<'t> CsvRowNumbers<'t> {
    fn new(text: &'t str, separator: char) -> Self {
        Self { rest: text.chars().peekable(), separator, number: 0, width: 0 }
    }
}

impl Iterator for CsvRowNumbers<'_> {
    type Item = Option<u32>;
    fn next(&mut self) -> Option<Self::Item> {
        // A quote has a meaning at the start of a cell, inside quotes, and right after a closing quote (a doubled
        // quote).
        let (mut inside, mut counts, mut empty) = (false, true, true);
        self.width = 1;
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
            let separates = !inside && c == self.separator;
            self.width = self.width.saturating_add(separates.into());
            counts = !inside && (turns || separates);
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
        writer.write_record(cells.map(|(column, value)| to_field(column.kind, value)))?;
    }
    writer.into_inner().map_err(|e| e.into_error().into())
}

fn to_field(kind: ColumnKind, value: &Value) -> String {
    match cell::render_cell(kind, value) {
        SheetCell::Number(n) if kind == ColumnKind::Number => render_decimal(n),
        cell => cell_text(&cell),
    }
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

    #[test]
    fn separator_is_that_of_the_header_or_of_the_separator_line() {
        fn separator(text: &str) -> (u8, &str) {
            split_separator_line(text).unwrap_or((find_separator(text), text))
        }
        for (text, expected) in
            [("a,b;c\n", b','), ("a;b\tc\n", b';'), ("\n\na\tb\n", b'\t'), ("code\n1,2\n", b',')]
        {
            assert_eq!(separator(text), (expected, text));
        }
        for line in ["sep=;", "SEP=;\r", "\"sep=;\""] {
            assert_eq!(separator(&format!("{line}\na,b;c")), (b';', "a,b;c"), "{line}");
        }
        assert_eq!(separator("sep=:\n"), (b',', "sep=:\n"));
    }

    #[test]
    fn line_with_more_than_100_cells_is_refused_before_it_is_read() {
        let wide = format!("a\n\"{0}\"\n{0}\n", ",".repeat(100));
        let told = check_lines(&wide, b',').unwrap_err();
        assert_eq!((told.code, told.message), ("too_large", file::too_many_columns(100, 3)));
        assert_eq!(check_lines(&",".repeat(99), b','), Ok(()));
    }
}
