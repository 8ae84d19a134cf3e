//! Faults of an uploaded file, and of the rows and cells in it.

use crate::domain::message::{Argument, Message, define_messages};

define_messages! { "file";
    not_a_workbook();
    has_macros();
    too_many_parts(limit: usize);
    unpacks_too_large(limit: u64);
    too_much_text();
    unreadable();
    rows_not_in_order(sheet: &str);
    broken();
    broken_part(part: Message);
    list_of_sheets();
    sheet_named(sheet: &str);
    sheet_twice(sheet: &str);
    stray_cell(sheet: &str, cell: &str);
    metadata_differ(name: Message, expected: &str, found: Argument);
    too_many_rows(limit: usize);
    no_header();
    unknown_name(thing: Message, name: &str, nearest: &str);
    column_twice(column: &str);
    column_missing(column: &str);
    column_unnamed();
    merged_cell();
    not_utf8(line: usize);
    zero_bytes();
    open_quote();
    broken_csv();
    formula_failed(result: &str);
    number();
    whole_number();
    day_or_date(day: Message);
    day_without_time();
    row_twice(row: u32);
    no_such_row(sheet: &str);
    changed_meanwhile(exported: Argument, current: Argument);
    read_only();
}
