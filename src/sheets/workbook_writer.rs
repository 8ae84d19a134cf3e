//! Writes workbooks: a sheet that describes the workbook, one sheet per kind of record, and the allowed values.

use chrono::{Datelike as _, NaiveDate};
use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, ProtectionOptions, Workbook,
    Worksheet, XlsxError,
};

use super::{
    FORMAT, LISTS, README, ROWS_MAX, SheetCell, WorkbookSheet,
    allowed_values::{AllowedList, AllowedValue},
    cell::render_cell,
    columns::{ColumnKind, ColumnRole, ColumnText, SheetColumn},
    row_comparison::ExportedRow,
};

mod validation;

use validation::build_validation;

/// The number format of percentages. The sign is a text: a spreadsheet multiplies by 100 before a sign of its own.
const PERCENT_FORMAT: &str = "0.00\"%\"";
/// The number of rows above the data: names, titles, help texts.
const HEAD: u32 = 3;
/// The introduction on the first sheet, in each language.
const INTRODUCTION: [(&str, [&str; 4]); 2] = [
    (
        "en",
        [
            "One row is one record. Fill in the white cells; grey ones say which record a row is and are left as they are.",
            "A new row below the others, without a key of its own, makes a new record. A row that is taken away changes nothing.",
            "An empty cell says that something is unknown, which is not zero. Days are written such as 2026-03-01.",
            "Nothing is written before you send the file back and the preview shows no faults.",
        ],
    ),
    (
        "vi",
        [
            "Mỗi dòng là một bản ghi. Điền vào các ô trắng; giữ nguyên các ô xám.",
            "Dòng mới không có mã riêng sẽ tạo bản ghi mới. Bỏ một dòng không làm thay đổi dữ liệu.",
            "Ô trống nghĩa là chưa biết, không phải số 0. Ngày được ghi dạng 2026-03-01.",
            "Dữ liệu chỉ được ghi khi gửi lại tệp và bản xem trước không có lỗi.",
        ],
    ),
];

/// The description of a workbook.
#[derive(Debug, Clone)]
pub(crate) struct WorkbookMetadata {
    /// The city's slug.
    pub city: String,
    pub city_name: String,
    /// The cycle's slug.
    pub cycle: String,
    /// The plan cycle's slug.
    pub plan_cycle: String,
    /// The data version of the content.
    pub seq: i64,
    /// The day on which the workbook was made. Workbooks of the same day and data are equal byte by byte.
    pub made_on: NaiveDate,
    /// The languages of titles and help texts.
    pub languages: Vec<&'static str>,
}

pub(crate) type AllowedValueLists = Vec<(AllowedList, Vec<AllowedValue>)>;

/// Writes a workbook.
///
/// # Errors
/// Returns an error if the format has no room for the content.
pub(crate) fn write_workbook(
    about: &WorkbookMetadata,
    tables: &[(WorkbookSheet, Vec<ExportedRow>)],
    lists: &AllowedValueLists,
) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let made_on = ExcelDateTime::parse_from_str(&about.made_on.to_string())?;
    let title = format!("{}, {}", about.city_name, about.cycle);
    book.set_properties(&DocProperties::new().set_title(title).set_creation_datetime(&made_on));
    write_readme_sheet(book.add_worksheet(), about)?;
    for (sheet, rows) in tables {
        write_record_sheet(book.add_worksheet(), *sheet, rows, about, lists)?;
    }
    self::write_lists_sheet(book.add_worksheet(), lists)?;
    book.save_to_buffer()
}

fn heading_format() -> Format {
    Format::new().set_bold().set_text_wrap().set_align(FormatAlign::Top)
}

fn write_readme_sheet(sheet: &mut Worksheet, about: &WorkbookMetadata) -> Result<(), XlsxError> {
    sheet.set_name(README)?.set_column_width(0, 14)?.set_column_width(1, 40)?.protect();
    let made_on = about.made_on.to_string();
    let facts: [(&str, &str); 7] = [
        ("format", FORMAT),
        ("city", &about.city),
        ("city_name", &about.city_name),
        ("cycle", &about.cycle),
        ("plan_cycle", &about.plan_cycle),
        ("seq", &about.seq.to_string()),
        ("made_on", &made_on),
    ];
    let mut row = 0;
    for (name, value) in facts {
        sheet
            .write_string_with_format(row, 0, name, &heading_format())?
            .write_string(row, 1, value)?;
        row += 1;
    }
    let introduction =
        INTRODUCTION.iter().filter(|(language, _)| about.languages.contains(language));
    for line in introduction.flat_map(|(_, lines)| lines) {
        row += 1;
        sheet.write_string(row, 0, *line)?;
    }
    Ok(())
}

fn write_lists_sheet(sheet: &mut Worksheet, lists: &AllowedValueLists) -> Result<(), XlsxError> {
    sheet.set_name(LISTS)?.set_freeze_panes(1, 0)?.protect();
    for (column, (list, entries)) in (0_u16..).step_by(2).zip(lists) {
        sheet.set_column_width(column, 26)?.set_column_width(column + 1, 40)?;
        sheet.write_string_with_format(0, column, list.as_str(), &heading_format())?;
        for (row, (key, name)) in (1..).zip(entries) {
            sheet.write_string(row, column, key)?.write_string(row, column + 1, name)?;
        }
    }
    Ok(())
}

fn write_record_sheet(
    sheet: &mut Worksheet,
    of: WorkbookSheet,
    rows: &[ExportedRow],
    about: &WorkbookMetadata,
    lists: &AllowedValueLists,
) -> Result<(), XlsxError> {
    let options = ProtectionOptions {
        format_columns: true,
        format_rows: true,
        sort: true,
        use_autofilter: true,
        ..ProtectionOptions::default()
    };
    sheet.set_name(of.as_str())?.protect_with_options(&options);
    sheet.set_freeze_panes(HEAD, 1)?.set_row_height(1, 32)?.set_row_height(2, 75)?;
    for (place, column) in (0_u16..).zip(of.columns()) {
        let formats = ColumnFormats::for_column(of, column);
        sheet
            .set_column_width(place, column_width(column.kind))?
            .set_column_format(place, &formats.new_row_cells)?;
        write_heading(sheet, place, column, &about.languages)?;
        for (row, record) in (HEAD..).zip(rows) {
            let value = record.values().nth(place.into()).unwrap_or(&serde_json::Value::Null);
            write_cell(sheet, row, place, &render_cell(column.kind, value), &formats.record_cells)?;
        }
        if column.role == ColumnRole::RowDigest {
            sheet.set_column_hidden(place)?;
        }
        if let Some(rule) = build_validation(column, lists)? {
            let last = u32::try_from(ROWS_MAX).unwrap_or(u32::MAX) + HEAD;
            sheet.add_data_validation(HEAD, place, last, place, &rule)?;
        }
    }
    Ok(())
}

/// The formats of a column's cells, for rows of existing records and for new rows below them. They also lock cells.
struct ColumnFormats {
    record_cells: Format,
    new_row_cells: Format,
}

impl ColumnFormats {
    fn for_column(sheet: WorkbookSheet, column: &SheetColumn) -> Self {
        let plain = match column.kind {
            ColumnKind::Day => Format::new().set_num_format("yyyy-mm-dd"),
            ColumnKind::Prose => Format::new().set_text_wrap(),
            // As text, so that a title that looks like a number or a date stays as it was typed.
            ColumnKind::Line | ColumnKind::Word(_) | ColumnKind::Words(_) | ColumnKind::Wholes => {
                Format::new().set_num_format("@")
            }
            ColumnKind::Percent => Format::new().set_num_format(PERCENT_FORMAT),
            ColumnKind::Number | ColumnKind::Degrees | ColumnKind::Whole | ColumnKind::Flag => {
                Format::new()
            }
        };
        let plain = plain.set_align(FormatAlign::Top);
        let grey = plain.clone().set_background_color(Color::RGB(0x00ED_EDED));
        let (open, closed) = (plain.set_unlocked(), grey);
        match column.role {
            ColumnRole::Input => Self { record_cells: open.clone(), new_row_cells: open },
            ColumnRole::ParentKey if sheet.can_create_records() => {
                Self { record_cells: closed, new_row_cells: open }
            }
            ColumnRole::RecordKey
            | ColumnRole::ParentKey
            | ColumnRole::Version
            | ColumnRole::ReadOnly
            | ColumnRole::RowDigest => Self { record_cells: closed.clone(), new_row_cells: closed },
        }
    }
}

fn write_heading(
    sheet: &mut Worksheet,
    place: u16,
    column: &SheetColumn,
    languages: &[&str],
) -> Result<(), XlsxError> {
    let texts: Vec<ColumnText> = languages.iter().filter_map(|l| column.text_in(l)).collect();
    let join =
        |of: fn(&ColumnText) -> &'static str| texts.iter().map(of).collect::<Vec<_>>().join("\n");
    let small = Format::new().set_font_size(8).set_font_color(Color::Gray);
    let help =
        Format::new().set_text_wrap().set_italic().set_font_size(9).set_align(FormatAlign::Top);
    sheet.write_string_with_format(0, place, column.name, &small)?;
    sheet.write_string_with_format(1, place, join(|t| t.title), &heading_format())?;
    sheet.write_string_with_format(2, place, join(|t| t.help), &help)?;
    Ok(())
}

fn write_cell(
    sheet: &mut Worksheet,
    row: u32,
    place: u16,
    cell: &SheetCell,
    format: &Format,
) -> Result<(), XlsxError> {
    match cell {
        SheetCell::Empty | SheetCell::Error(_) | SheetCell::Day(None) => {
            sheet.write_blank(row, place, format)?
        }
        SheetCell::Text(text) => sheet.write_string_with_format(row, place, text, format)?,
        SheetCell::Number(n) | SheetCell::Percent(n) => {
            sheet.write_number_with_format(row, place, *n, format)?
        }
        SheetCell::Flag(b) => sheet.write_boolean_with_format(row, place, *b, format)?,
        SheetCell::Day(Some(day)) => {
            sheet.write_datetime_with_format(row, place, to_excel_date(*day)?, format)?
        }
    };
    Ok(())
}

fn to_excel_date(day: NaiveDate) -> Result<ExcelDateTime, XlsxError> {
    let part = |n: u32| u8::try_from(n).unwrap_or_default();
    ExcelDateTime::from_ymd(
        u16::try_from(day.year()).unwrap_or_default(),
        part(day.month()),
        part(day.day()),
    )
}

const fn column_width(kind: ColumnKind) -> f64 {
    match kind {
        ColumnKind::Prose => 50.0,
        ColumnKind::Line | ColumnKind::Word(_) | ColumnKind::Words(_) => 26.0,
        ColumnKind::Number
        | ColumnKind::Degrees
        | ColumnKind::Percent
        | ColumnKind::Whole
        | ColumnKind::Day
        | ColumnKind::Flag
        | ColumnKind::Wholes => 16.0,
    }
}
