//! XLSX workbooks: a sheet with the table, typed cells and a frozen header, and a sheet that explains the columns. A
//! list that may grow beyond the limit of a cell has its own sheet, one item per row. Rows go to a temporary file
//! while they are written.

use std::io::{self, Seek, Write};

use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError,
};
use zip::result::ZipError;

use super::{BETWEEN, Datum, DatumType, TableColumn, TableMetadata, TableWriter, new_column};
use crate::sheets::cell::guard_formula;

/// The name of the sheet with the table.
const DATA: &str = "data";
/// The name of the sheet that explains the table.
const ABOUT: &str = "about";
/// The number of rows that fit on a sheet below the header (ECMA-376).
const ROWS_MAX: u32 = 1_048_575;

/// The largest whole number that a spreadsheet keeps exactly. It has 15 digits.
const DIGITS: u64 = 999_999_999_999_999;

pub(crate) struct XlsxTableWriter<W: Write + Seek + Send> {
    book: Workbook,
    to: W,
    columns: Vec<TableColumn>,
    data: WorksheetCursor,
    lists: Vec<WorksheetCursor>,
    date_formats: DateFormats,
}

/// A sheet and the position of the next row.
struct WorksheetCursor {
    /// The index of the sheet in the workbook.
    index: usize,
    next_row: u32,
}

/// The number formats of dates and of times.
struct DateFormats {
    days: Format,
    instants: Format,
}

/// Keeps the error of a file, such as the one of a full disk.
fn to_io_error(e: XlsxError) -> io::Error {
    match e {
        XlsxError::IoError(e)
        | XlsxError::TempFileError(_, e)
        | XlsxError::ZipError(ZipError::Io(e)) => e,
        other => io::Error::other(other),
    }
}

fn sheet_full_error() -> XlsxError {
    XlsxError::ParameterError("a sheet holds no more rows".to_owned())
}

impl<W: Write + Seek + Send> XlsxTableWriter<W> {
    /// Writes the explaining sheet and all headers.
    ///
    /// # Errors
    /// Returns an error if the format has no room for them.
    pub(crate) fn begin_table(
        about: &TableMetadata,
        columns: &[TableColumn],
        to: W,
    ) -> io::Result<Self> {
        Self::create_workbook(about, columns, to).map_err(to_io_error)
    }

    fn create_workbook(
        about: &TableMetadata,
        columns: &[TableColumn],
        to: W,
    ) -> Result<Self, XlsxError> {
        let mut book = Workbook::new();
        // The creation time is fixed, so that equal tables give equal bytes.
        let made = ExcelDateTime::from_ymd(2018, 4, 28)?;
        book.set_properties(
            &DocProperties::new().set_title(&about.title).set_creation_datetime(&made),
        );
        let own: Vec<TableColumn> =
            columns.iter().filter(|c| c.item_name.is_none()).copied().collect();
        write_header(book.add_worksheet_with_constant_memory()?, DATA, &own)?;
        write_about_sheet(book.add_worksheet_with_constant_memory()?, about, columns)?;
        let mut lists = Vec::new();
        for (index, (list, each)) in
            (2..).zip(columns.iter().filter_map(|c| Some((c, c.item_name?))))
        {
            let mut named: Vec<TableColumn> =
                columns.iter().filter(|c| c.is_key()).copied().collect();
            named.push(new_column(each, list.kind, list.help));
            write_header(book.add_worksheet_with_constant_memory()?, list.name, &named)?;
            lists.push(WorksheetCursor { index, next_row: 1 });
        }
        let formats = DateFormats {
            days: Format::new().set_num_format("yyyy-mm-dd"),
            instants: Format::new().set_num_format(r#"yyyy-mm-dd hh:mm:ss "UTC""#),
        };
        let data = WorksheetCursor { index: 0, next_row: 1 };
        Ok(Self { book, to, columns: columns.to_vec(), data, lists, date_formats: formats })
    }

    /// Writes the single values to the sheet of the table, and the items of each list to the sheet of that list.
    fn add_row(&mut self, row: &[Datum]) -> Result<(), XlsxError> {
        let pairs = || self.columns.iter().zip(row);
        let own: Vec<&Datum> =
            pairs().filter(|(c, _)| c.item_name.is_none()).map(|(_, d)| d).collect();
        self.data.append_row(&mut self.book, &own, &self.date_formats)?;
        let keys: Vec<&Datum> = pairs().filter(|(c, _)| c.is_key()).map(|(_, d)| d).collect();
        let lists = pairs().filter(|(c, _)| c.item_name.is_some()).map(|(_, d)| d);
        for (page, list) in self.lists.iter_mut().zip(lists) {
            let Datum::Text(text) = list else { continue };
            for item in text.split(BETWEEN).filter(|item| !item.is_empty()) {
                let item = Datum::from(item);
                let line: Vec<&Datum> = keys.iter().copied().chain([&item]).collect();
                page.append_row(&mut self.book, &line, &self.date_formats)?;
            }
        }
        Ok(())
    }
}

impl WorksheetCursor {
    fn append_row(
        &mut self,
        book: &mut Workbook,
        row: &[&Datum],
        formats: &DateFormats,
    ) -> Result<(), XlsxError> {
        if self.next_row > ROWS_MAX {
            return Err(sheet_full_error());
        }
        let sheet = book.worksheet_from_index(self.index)?;
        for (column, datum) in (0_u16..).zip(row) {
            write_datum(sheet, CellAddress { row: self.next_row, column }, datum, formats)?;
        }
        self.next_row += 1;
        Ok(())
    }
}

/// The address of a cell. Both numbers begin with 0.
#[derive(Clone, Copy)]
struct CellAddress {
    row: u32,
    column: u16,
}

fn write_datum(
    sheet: &mut Worksheet,
    address: CellAddress,
    datum: &Datum,
    formats: &DateFormats,
) -> Result<(), XlsxError> {
    let CellAddress { row, column } = address;
    match datum {
        Datum::Empty => return Ok(()),
        Datum::Text(text) => sheet.write_string(row, column, guard_formula(text))?,
        // A spreadsheet keeps 15 digits. A longer number is written as text, which stays exact.
        Datum::Integer(n) if n.unsigned_abs() > DIGITS => {
            sheet.write_string(row, column, n.to_string())?
        }
        Datum::Integer(n) => sheet.write_number(row, column, to_exact_number(*n))?,
        Datum::Number(n) => sheet.write_number(row, column, *n)?,
        Datum::Bool(yes) => sheet.write_boolean(row, column, *yes)?,
        Datum::Day(day) => {
            let day = ExcelDateTime::parse_from_str(&day.to_string())?;
            sheet.write_datetime_with_format(row, column, day, &formats.days)?
        }
        Datum::Instant(at) => {
            let at = ExcelDateTime::from_timestamp(at.timestamp())?;
            sheet.write_datetime_with_format(row, column, at, &formats.instants)?
        }
    };
    Ok(())
}

/// Converts a whole number of at most 15 digits without rounding.
pub(super) fn to_exact_number(n: i64) -> f64 {
    let (high, low) = (n / 1_000_000, n % 1_000_000);
    let half = |part: i64| i32::try_from(part).map(f64::from).unwrap_or_default();
    half(high).mul_add(1e6, half(low))
}

fn bold_format() -> Format {
    Format::new().set_bold().set_text_wrap().set_align(FormatAlign::Top)
}

fn write_header(
    sheet: &mut Worksheet,
    name: &str,
    columns: &[TableColumn],
) -> Result<(), XlsxError> {
    sheet.set_name(name)?.set_freeze_panes(1, 0)?;
    for (i, column) in (0_u16..).zip(columns) {
        let width = match column.kind {
            DatumType::Text | DatumType::Instant => 24,
            DatumType::Integer | DatumType::Number | DatumType::Bool => 12,
            DatumType::Day => 18,
        };
        sheet.set_column_width(i, width)?;
    }
    for (i, column) in (0_u16..).zip(columns) {
        sheet.write_string_with_format(0, i, column.name, &bold_format())?;
    }
    Ok(())
}

fn write_about_sheet(
    sheet: &mut Worksheet,
    about: &TableMetadata,
    columns: &[TableColumn],
) -> Result<(), XlsxError> {
    sheet.set_name(ABOUT)?.set_column_width(0, 24)?.set_column_width(1, 90)?;
    let wrapped = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    sheet.write_string_with_format(0, 0, guard_formula(&about.title), &bold_format())?;
    let notes = about.notes.iter().map(|(name, what)| (name.as_str(), what.as_str()));
    let lines = notes.chain([("", "")]).chain(columns.iter().map(|c| (c.name, c.help)));
    for (row, (name, what)) in (2_u32..).zip(lines) {
        sheet.write_string_with_format(row, 0, guard_formula(name), &bold_format())?;
        sheet.write_string_with_format(row, 1, guard_formula(what), &wrapped)?;
    }
    Ok(())
}

impl<W: Write + Seek + Send> TableWriter for XlsxTableWriter<W> {
    fn write_row(&mut self, row: &[Datum]) -> io::Result<()> {
        self.add_row(row).map_err(to_io_error)
    }
    fn finish(mut self: Box<Self>) -> io::Result<()> {
        self.book.save_to_writer(self.to).map_err(to_io_error)
    }
}
