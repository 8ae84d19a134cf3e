//! CSV: one sheet a file, the names of the columns first. UTF-8 without a byte order mark, as written; read with one too, and
//! with the semicolons that spreadsheets of some countries save.

use super::{
    Cell, Sheet,
    cell::{self, text},
    compare::Row,
    grid::{Builder, Unreadable, Upload},
};

/// Reads a sheet.
///
/// # Errors
/// Why it is not read at all. What is wrong within it is in what is returned.
pub fn read(bytes: &[u8], sheet: Sheet) -> Result<Upload, Unreadable> {
    let text = std::str::from_utf8(bytes)
        .map_err(|e| Unreadable::new("not_utf8", format!("text in UTF-8 is expected: {e}")))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.contains('\0') {
        return Err(Unreadable::new("not_utf8", "text without zero bytes is expected"));
    }
    if ends_in_quotes(text) {
        return Err(Unreadable::new("broken", "a quote that was opened is never closed"));
    }
    let header = text.lines().next().unwrap_or_default();
    let separator = if header.contains(';') && !header.contains(',') { b';' } else { b',' };
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .from_reader(text.as_bytes());
    let mut upload = Upload::default();
    let mut builder = Builder::new(&mut upload, sheet);
    for (i, record) in reader.records().enumerate() {
        let record = record
            .map_err(|e| Unreadable::new("broken", format!("a whole CSV file is expected: {e}")))?;
        let number = u32::try_from(i + 1).unwrap_or(u32::MAX);
        let cells = (0..).zip(record.iter()).map(|(column, field)| (column, field_of(field)));
        builder.row(number, cells.collect())?;
    }
    builder.finish();
    Ok(upload)
}

/// Says whether the text ends inside quotes: the reader would take every row below for one cell.
fn ends_in_quotes(text: &str) -> bool {
    // A quote means something at the start of a cell, inside quotes, and right after one that closed: a doubled one.
    let (mut inside, mut counts) = (false, true);
    for c in text.chars() {
        let turns = c == '"' && (inside || counts);
        inside ^= turns;
        counts = !inside && (turns || matches!(c, ',' | ';' | '\n' | '\r'));
    }
    inside
}

fn field_of(field: &str) -> Cell {
    if field.is_empty() { Cell::Empty } else { Cell::Text(field.to_owned()) }
}

/// Writes a sheet.
///
/// # Errors
/// Never in memory; the writer says so all the same.
pub fn write(sheet: Sheet, rows: &[Row]) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(sheet.columns().iter().map(|c| c.name))?;
    for row in rows {
        let cells = sheet.columns().iter().zip(row.values());
        writer.write_record(cells.map(|(column, value)| text(&cell::cell(column.kind, value))))?;
    }
    writer.into_inner().map_err(|e| e.into_error().into())
}
