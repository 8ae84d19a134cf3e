//! Cells, and their conversion to and from values of a column: guarded texts, dates, and values of lists.

use chrono::NaiveDate;
use serde_json::Value;

use super::{
    columns::ColumnKind,
    message::file,
    number_text::{
        DecimalMark, NumberRange, is_reading, number_fault, parse_decimal_text, parse_whole_text,
        to_whole_number,
    },
    percent_format::divide_by_hundred,
};
use crate::domain::{
    fault::ValueFault,
    language::Language,
    message::{Message, thing},
    value::{fold_for_search, parse_day},
};

/// The content of a cell in a file. For a formula it is the last computed result.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum SheetCell {
    /// An empty cell.
    #[default]
    Empty,
    /// Text as the file holds it, with the guard against formulas.
    Text(String),
    /// A number.
    Number(f64),
    /// A number that the file shows as a percentage: 60 for a cell that shows 60%, although the file holds 0.6.
    Percent(f64),
    /// True or false.
    Flag(bool),
    /// A date. `None` if the cell holds a time within a day.
    Day(Option<NaiveDate>),
    /// The error of a formula that could not be computed, such as `#REF!`.
    Error(String),
}

impl SheetCell {
    /// Returns `true` if the cell is empty or holds only white space.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Text(text) => text.trim().is_empty(),
            Self::Number(_) | Self::Percent(_) | Self::Flag(_) | Self::Day(_) | Self::Error(_) => {
                false
            }
        }
    }
}

/// A spreadsheet runs a text as a formula if it begins with one of these characters. The full-width forms count too:
/// East Asian versions convert them.
const RUN: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];

/// Returns `true` if a spreadsheet would run the text once its leading apostrophes are removed. A text that already
/// has a guard gets one more, so that [`strip_guard`] returns it unchanged.
fn is_formula_like(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(RUN)
}

/// Puts an apostrophe before a text that a spreadsheet would run as a formula.
#[must_use]
pub fn guard_formula(text: &str) -> String {
    if is_formula_like(text) { format!("'{text}") } else { text.to_owned() }
}

/// Removes the apostrophe that [`guard_formula`] added.
#[must_use]
pub fn strip_guard(text: &str) -> &str {
    if is_formula_like(text) { text.strip_prefix('\'').unwrap_or(text) } else { text }
}

/// Returns the value of a cell as the API takes it. An empty cell is `null`, or an empty list if the column holds
/// lists.
///
/// # Errors
/// Returns what was expected if the cell holds no value of this kind.
pub fn parse_cell(
    kind: ColumnKind,
    cell: &SheetCell,
    mark: DecimalMark,
) -> Result<Value, ValueFault> {
    if let SheetCell::Error(error) = cell {
        return Err(ValueFault::new("formula", file::formula_failed(error)));
    }
    if cell.is_blank() {
        return Ok(match kind {
            ColumnKind::Words(_) | ColumnKind::Wholes => Value::Array(Vec::new()),
            ColumnKind::Line
            | ColumnKind::Prose
            | ColumnKind::Number
            | ColumnKind::Degrees
            | ColumnKind::Percent
            | ColumnKind::Whole
            | ColumnKind::Day
            | ColumnKind::Flag
            | ColumnKind::Word(_) => Value::Null,
        });
    }
    match kind {
        ColumnKind::Line | ColumnKind::Prose => Ok(Value::from(strip_guard(&cell_text(cell)))),
        ColumnKind::Word(_) => Ok(Value::from(strip_guard(cell_text(cell).trim()))),
        ColumnKind::Number => parse_decimal_cell(cell, mark, NumberRange::Any).map(Value::from),
        ColumnKind::Degrees => {
            parse_decimal_cell(cell, mark, NumberRange::BelowThousand).map(Value::from)
        }
        ColumnKind::Percent => parse_percent_cell(cell, mark).map(Value::from),
        ColumnKind::Whole => parse_whole_cell(cell).map(Value::from),
        ColumnKind::Day => parse_day_cell(cell).map(|d| Value::from(d.to_string())),
        ColumnKind::Flag => parse_flag_cell(cell).map(Value::from),
        ColumnKind::Words(_) => {
            Ok(split_list(&cell_text(cell)).into_iter().map(Value::from).collect())
        }
        ColumnKind::Wholes => {
            let items = split_list(&cell_text(cell)).into_iter();
            items.map(|item| parse_whole_text(&item).map(Value::from)).collect()
        }
    }
}

/// Returns the cell that is written to a file for a value.
#[must_use]
pub fn render_cell(kind: ColumnKind, value: &Value) -> SheetCell {
    match (kind, value) {
        (_, Value::Null) => SheetCell::Empty,
        (_, Value::Array(list)) if list.is_empty() => SheetCell::Empty,
        (_, Value::Array(list)) => {
            let items: Vec<String> = list.iter().map(to_plain_text).collect();
            SheetCell::Text(guard_formula(&items.join(", ")))
        }
        (ColumnKind::Day, Value::String(iso)) => match parse_day(iso) {
            Ok(day) => SheetCell::Day(Some(day)),
            Err(_) => SheetCell::Text(guard_formula(iso)),
        },
        (_, Value::Bool(b)) => SheetCell::Text(if *b { "yes" } else { "no" }.to_owned()),
        (_, Value::Number(n)) => n.as_f64().map_or(SheetCell::Empty, SheetCell::Number),
        (_, other) => SheetCell::Text(guard_formula(&to_plain_text(other))),
    }
}

/// Returns `true` if two values of a column are equal after a round trip through a spreadsheet. Line ends and digits
/// after the fifteenth may differ, and an empty yes/no cell counts as "no".
#[must_use]
pub fn is_same_value(a: &Value, b: &Value) -> bool {
    canonical_value(a) == canonical_value(b)
}

/// Returns the form in which values are compared and digested.
#[must_use]
pub fn canonical_value(value: &Value) -> Value {
    match value {
        Value::String(s) => Value::from(s.replace("\r\n", "\n").replace('\r', "\n")),
        Value::Bool(false) => Value::Null,
        // Spreadsheets keep 15 digits of a number.
        Value::Number(n) => n.as_f64().map_or(Value::Null, |n| Value::from(format!("{n:.14e}"))),
        Value::Array(list) => list.iter().map(canonical_value).collect(),
        other => other.clone(),
    }
}

/// Returns `true` if a cell holds text that can be read as a number.
pub(super) fn is_number_reading(cell: &SheetCell, number: f64) -> bool {
    matches!(cell, SheetCell::Text(text) if is_reading(strip_guard(text.trim()), number))
}

/// Returns a value as text for people.
#[must_use]
pub fn to_plain_text(value: &Value) -> String {
    match value {
        Value::String(s) => s.clone(),
        other => other.to_string(),
    }
}

/// Returns the text that people read in the cell.
#[must_use]
pub fn cell_text(cell: &SheetCell) -> String {
    match cell {
        SheetCell::Empty | SheetCell::Day(None) => String::new(),
        SheetCell::Text(t) | SheetCell::Error(t) => t.clone(),
        SheetCell::Number(n) => n.to_string(),
        SheetCell::Percent(n) => format!("{n}%"),
        SheetCell::Flag(b) => b.to_string(),
        SheetCell::Day(Some(d)) => d.to_string(),
    }
}

fn split_list(text: &str) -> Vec<String> {
    let parts = text.split([',', ';', '\n']).map(str::trim).filter(|part| !part.is_empty());
    parts.map(|part| strip_guard(part).to_owned()).collect()
}

fn parse_decimal_cell(
    cell: &SheetCell,
    mark: DecimalMark,
    range: NumberRange,
) -> Result<f64, ValueFault> {
    match cell {
        SheetCell::Number(n) if n.is_finite() => Ok(*n),
        SheetCell::Text(t) => parse_decimal_text(strip_guard(t.trim()), mark, range),
        SheetCell::Percent(shown) => Err(percent_fault(*shown)),
        SheetCell::Number(_)
        | SheetCell::Empty
        | SheetCell::Flag(_)
        | SheetCell::Day(_)
        | SheetCell::Error(_) => Err(number_fault()),
    }
}

/// A percentage is a number from 0 to 100, whatever number format its cell has.
fn parse_percent_cell(cell: &SheetCell, mark: DecimalMark) -> Result<f64, ValueFault> {
    match cell {
        SheetCell::Percent(shown) if shown.is_finite() => Ok(*shown),
        SheetCell::Percent(_) => Err(number_fault()),
        SheetCell::Number(_)
        | SheetCell::Text(_)
        | SheetCell::Empty
        | SheetCell::Flag(_)
        | SheetCell::Day(_)
        | SheetCell::Error(_) => parse_decimal_cell(cell, mark, NumberRange::BelowThousand),
    }
}

fn parse_whole_cell(cell: &SheetCell) -> Result<i64, ValueFault> {
    match cell {
        SheetCell::Number(n) => to_whole_number(*n),
        SheetCell::Text(t) => parse_whole_text(strip_guard(t.trim())),
        SheetCell::Percent(shown) => Err(percent_fault(*shown)),
        SheetCell::Empty | SheetCell::Flag(_) | SheetCell::Day(_) | SheetCell::Error(_) => {
            Err(number_fault())
        }
    }
}

/// Returns the fault of a percentage in a column of other numbers: the number that is shown or the number that the file
/// holds can be meant.
fn percent_fault(shown: f64) -> ValueFault {
    ValueFault::new("number", file::percent_cell(shown, divide_by_hundred(shown)))
}

fn parse_day_cell(cell: &SheetCell) -> Result<NaiveDate, ValueFault> {
    match cell {
        // `parse_day` limits the years, for dates of the spreadsheet as for typed ones.
        SheetCell::Day(Some(d)) => parse_day(d.to_string()),
        SheetCell::Text(t) => parse_day(t.trim())
            .map_err(|fault| ValueFault { message: file::day_or_date(fault.message), ..fault }),
        SheetCell::Empty
        | SheetCell::Number(_)
        | SheetCell::Percent(_)
        | SheetCell::Flag(_)
        | SheetCell::Day(None)
        | SheetCell::Error(_) => Err(ValueFault::new("day", file::day_without_time())),
    }
}

fn parse_flag_cell(cell: &SheetCell) -> Result<bool, ValueFault> {
    if let SheetCell::Flag(b) = cell {
        return Ok(*b);
    }
    let text = fold_for_search(cell_text(cell).trim());
    match text.as_str() {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        _ if is_answer(&text, &thing::yes()) => Ok(true),
        _ if is_answer(&text, &thing::no()) => Ok(false),
        _ => Err(ValueFault::unknown(thing::answer(), ["yes", "no"])),
    }
}

/// Returns `true` if a folded text is an answer in one of the spoken languages.
fn is_answer(text: &str, answer: &Message) -> bool {
    Language::SPOKEN.iter().any(|language| fold_for_search(&answer.to_text(*language)) == text)
}

#[cfg(test)]
mod tests;
