//! Reads workbooks cell by cell, so that memory depends on the number of cells and not on their positions.

use std::io::Cursor;

use calamine::{DataRef, ExcelDateTime, Reader as _, Xlsx};
use chrono::{Datelike as _, NaiveDate};

use super::{
    COLUMNS_MAX, LISTS, README, ROW_NUMBERS_MAX, SHEETS_MAX, SheetCell, WorkbookSheet, archive,
    archive::{INFLATED_MAX, catch_reader_panic, describe_library_error, describe_sheet_error},
    grid::{FileFault, UnreadableFile, UploadedFile, format_address, unknown_name_fault},
    grid_builder::{FileRow, GridBuilder},
    hidden_rows::warn_of_hidden_rows,
    message::file,
    number_text::DecimalMark,
    package::Package,
    percent_format::{PercentCells, multiply_by_hundred},
};
use crate::domain::{
    fault::ValueFault,
    message::{Argument, Message, thing},
};

type UploadedWorkbook<'b> = Xlsx<Cursor<&'b [u8]>>;

/// Reads a workbook.
///
/// # Errors
/// Returns the reason if the file cannot be read at all. Faults within the file are in the returned [`UploadedFile`].
pub(crate) fn read_workbook(bytes: &[u8]) -> Result<UploadedFile, UnreadableFile> {
    archive::inspect_archive(bytes)?;
    let open = || Xlsx::new(Cursor::new(bytes)).map_err(|e| describe_library_error(&e));
    let mut book: UploadedWorkbook<'_> = catch_reader_panic(file::list_of_sheets(), open)?;
    let mut upload = UploadedFile::default();
    let mut left = INFLATED_MAX;
    let names = book.sheet_names();
    if names.len() > SHEETS_MAX {
        return Err(UnreadableFile::new("too_large", file::too_many_sheets(SHEETS_MAX)));
    }
    if let Some(twice) =
        names.iter().enumerate().find(|(i, n)| names.iter().take(*i).any(|m| m == *n))
    {
        let shown: String = twice.1.chars().take(100).collect();
        return Err(UnreadableFile::new("duplicate_sheet", file::sheet_twice(&shown)));
    }
    for name in names {
        let shown: String = name.chars().take(100).collect();
        let part = file::sheet_named(&shown);
        if name == README {
            catch_reader_panic(part, || read_metadata(&mut book, &mut upload, &mut left))?;
        } else if let Some(sheet) = WorkbookSheet::ALL.iter().copied().find(|s| s.as_str() == name)
        {
            catch_reader_panic(part, || read_sheet(&mut book, &mut upload, sheet, &mut left))?;
        } else if name != LISTS {
            let known = WorkbookSheet::ALL.iter().map(|s| s.as_str());
            let fault = unknown_name_fault(thing::sheet(), &name, known);
            let at = FileFault {
                sheet: shown,
                cell: None,
                row: None,
                pointer: String::new(),
                fault: fault.into(),
            };
            upload.faults.push(at);
        }
    }
    if let Some(mut package) = Package::open(bytes) {
        let warnings = upload.grids.iter().filter_map(|g| warn_of_hidden_rows(&mut package, g));
        upload.warnings = warnings.collect();
    }
    Ok(upload)
}

/// Reads the cells of a sheet and passes each row to `take`.
fn read_rows(
    book: &mut UploadedWorkbook<'_>,
    name: &str,
    left: &mut u64,
    mut take: impl FnMut(u32, Vec<(u32, SheetCell)>) -> Result<(), UnreadableFile>,
) -> Result<(), UnreadableFile> {
    let failed = |e: &dyn std::fmt::Display| describe_sheet_error(name, e);
    let percent_cells = PercentCells::find_in_sheet(book, name).map_err(|e| failed(&e))?;
    let mut reader = book.worksheet_cells_reader(name).map_err(|e| failed(&e))?;
    let (mut number, mut row) = (0, Vec::new());
    while let Some(found) = reader.next_cell_with_formula_metadata().map_err(|e| failed(&e))? {
        let (at, column) = found.pos;
        let cell = match (&found.value, &found.formula) {
            // The cell has a formula, and the program that saved the file did not store its result.
            (DataRef::Empty, Some(_)) => SheetCell::Error("nothing".to_owned()),
            (value, _) => convert_cell(value),
        };
        let cell = match cell {
            SheetCell::Number(n) if percent_cells.contains(at, column) => {
                SheetCell::Percent(multiply_by_hundred(n))
            }
            other => other,
        };
        if cell == SheetCell::Empty {
            continue;
        }
        if at >= ROW_NUMBERS_MAX || column >= COLUMNS_MAX {
            let stray = file::stray_cell(name, &format_address(column, at + 1));
            return Err(UnreadableFile::new("too_large", stray));
        }
        if let SheetCell::Text(text) = &cell {
            // The file holds a shared text once, but many cells can refer to it.
            let size = u64::try_from(text.len()).unwrap_or(u64::MAX);
            *left = left
                .checked_sub(size)
                .ok_or_else(|| UnreadableFile::new("inflated", file::too_much_text()))?;
        }
        if at + 1 != number {
            if at + 1 < number {
                return Err(UnreadableFile::new("broken", file::rows_not_in_order(name)));
            }
            take(number, std::mem::take(&mut row))?;
            number = at + 1;
        }
        row.push((column, cell));
    }
    take(number, row)
}

fn read_sheet(
    book: &mut UploadedWorkbook<'_>,
    upload: &mut UploadedFile,
    sheet: WorkbookSheet,
    left: &mut u64,
) -> Result<(), UnreadableFile> {
    let merged =
        book.merge_cells_by_sheet_name(sheet.as_str()).map_err(|e| describe_library_error(&e))?;
    let mut builder = GridBuilder::new(upload, sheet, DecimalMark::Point);
    // A file can have more merged cells than a person would read messages about.
    for area in merged.iter().take(100) {
        builder.note_merged_cell(area.start.1, area.start.0 + 1);
    }
    read_rows(book, sheet.as_str(), left, |number, cells| {
        builder.add_row(FileRow { number, cells, width: None })
    })?;
    builder.finish();
    Ok(())
}

/// Reads the metadata of the workbook: names in the first column, values in the second.
fn read_metadata(
    book: &mut UploadedWorkbook<'_>,
    upload: &mut UploadedFile,
    left: &mut u64,
) -> Result<(), UnreadableFile> {
    read_rows(book, README, left, |number, cells| {
        if let [(0, name), (1, value), ..] = cells.as_slice() {
            let text = |cell: &SheetCell| {
                super::cell::strip_guard(super::cell::cell_text(cell).trim()).to_owned()
            };
            upload.metadata.push((text(name), text(value), format_address(1, number)));
        }
        Ok(())
    })
}

fn convert_cell(data: &DataRef<'_>) -> SheetCell {
    match data {
        DataRef::Empty => SheetCell::Empty,
        DataRef::Int(n) => n.to_string().parse().map_or(SheetCell::Empty, SheetCell::Number),
        DataRef::Float(n) => SheetCell::Number(*n),
        DataRef::String(s) | DataRef::DurationIso(s) => convert_text(s),
        DataRef::DateTimeIso(s) => convert_iso_date(s),
        DataRef::SharedString(s) => convert_text(s),
        DataRef::Bool(b) => SheetCell::Flag(*b),
        DataRef::DateTime(at) => convert_day(at),
        DataRef::Error(e) => SheetCell::Error(e.to_string()),
    }
}

fn convert_text(text: &str) -> SheetCell {
    if text.is_empty() { SheetCell::Empty } else { SheetCell::Text(text.to_owned()) }
}

fn convert_day(at: &ExcelDateTime) -> SheetCell {
    if at.is_duration() || at.as_f64().fract() != 0.0 {
        return SheetCell::Day(None);
    }
    let (year, month, day, ..) = at.to_ymd_hms_milli();
    SheetCell::Day(
        NaiveDate::from_ymd_opt(year.into(), month.into(), day.into()).filter(|d| d.year() >= 1900),
    )
}

/// Converts a date that the file holds as ISO 8601 text, such as `2019-01-01T00:00:00`. A date at midnight is a day.
fn convert_iso_date(text: &str) -> SheetCell {
    let (day, time) = text.split_once(['T', ' ']).unwrap_or((text, ""));
    let is_midnight = time.trim_end_matches('Z').chars().all(|c| matches!(c, '0' | ':' | '.'));
    match day.parse::<NaiveDate>() {
        Ok(day) => SheetCell::Day(Some(day).filter(|_| is_midnight)),
        Err(_) => convert_text(text),
    }
}

/// A field of the metadata of a workbook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MetadataField {
    Format,
    City,
    Cycle,
}

impl MetadataField {
    /// Returns the name in the file.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Format => "format",
            Self::City => "city",
            Self::Cycle => "cycle",
        }
    }

    /// Returns the name for a message.
    pub(crate) fn describe(self) -> Message {
        match self {
            Self::Format => thing::file_format(),
            Self::City => thing::city(),
            Self::Cycle => thing::cycle(),
        }
    }

    const fn fault_code(self) -> &'static str {
        match self {
            Self::Format => "another_format",
            Self::City => "another_city",
            Self::Cycle => "another_cycle",
        }
    }
}

/// Returns a fault if a metadata field of the workbook is not `expected`.
#[must_use]
pub(crate) fn check_metadata(
    upload: &UploadedFile,
    field: MetadataField,
    expected: &str,
) -> Option<FileFault> {
    let entry = upload.metadata.iter().find(|(name, ..)| name == field.as_str());
    let (found, cell) = entry.map_or((None, None), |(_, v, c)| (Some(v.as_str()), Some(c.clone())));
    if found == Some(expected) {
        return None;
    }
    let found = found.map_or_else(
        || thing::none().into(),
        |found| Argument::Text(found.chars().take(100).collect()),
    );
    let message = file::metadata_differ(field.describe(), expected, found);
    let fault = ValueFault::new(field.fault_code(), message).into();
    Some(FileFault { sheet: README.to_owned(), cell, row: None, pointer: String::new(), fault })
}
