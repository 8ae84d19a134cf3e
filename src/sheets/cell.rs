//! Cells, and their conversion to and from values of a column: guarded texts, dates, and values of lists.

use chrono::NaiveDate;
use serde_json::Value;

use super::{columns::ColumnKind, message::file};
use crate::domain::{
    fault::ValueFault,
    message::thing,
    value::{MAX_SAFE_INTEGER, parse_day},
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
            Self::Number(_) | Self::Flag(_) | Self::Day(_) | Self::Error(_) => false,
        }
    }
}

/// A spreadsheet runs a text as a formula if it begins with one of these characters.
const RUN: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

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
pub fn parse_cell(kind: ColumnKind, cell: &SheetCell) -> Result<Value, ValueFault> {
    if let SheetCell::Error(error) = cell {
        return Err(ValueFault::new("formula", file::formula_failed(error)));
    }
    if cell.is_blank() {
        return Ok(match kind {
            ColumnKind::Words(_) | ColumnKind::Wholes => Value::Array(Vec::new()),
            ColumnKind::Line
            | ColumnKind::Prose
            | ColumnKind::Number
            | ColumnKind::Whole
            | ColumnKind::Day
            | ColumnKind::Flag
            | ColumnKind::Word(_) => Value::Null,
        });
    }
    match kind {
        ColumnKind::Line | ColumnKind::Prose => Ok(Value::from(strip_guard(&cell_text(cell)))),
        ColumnKind::Word(_) => Ok(Value::from(strip_guard(cell_text(cell).trim()))),
        ColumnKind::Number => parse_number_cell(cell).map(Value::from),
        ColumnKind::Whole => parse_number_cell(cell).and_then(to_whole_number).map(Value::from),
        ColumnKind::Day => parse_day_cell(cell).map(|d| Value::from(d.to_string())),
        ColumnKind::Flag => parse_flag_cell(cell).map(Value::from),
        ColumnKind::Words(_) => {
            Ok(split_list(&cell_text(cell)).into_iter().map(Value::from).collect())
        }
        ColumnKind::Wholes => {
            let wholes = split_list(&cell_text(cell))
                .into_iter()
                .map(|item| parse_number_text(&item).and_then(to_whole_number));
            wholes.map(|n| n.map(Value::from)).collect()
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
        SheetCell::Flag(b) => b.to_string(),
        SheetCell::Day(Some(d)) => d.to_string(),
    }
}

fn split_list(text: &str) -> Vec<String> {
    let parts = text.split([',', ';', '\n']).map(str::trim).filter(|part| !part.is_empty());
    parts.map(|part| strip_guard(part).to_owned()).collect()
}

fn parse_number_cell(cell: &SheetCell) -> Result<f64, ValueFault> {
    match cell {
        SheetCell::Number(n) if n.is_finite() => Ok(*n),
        SheetCell::Text(t) => parse_number_text(strip_guard(t.trim())),
        SheetCell::Number(_)
        | SheetCell::Empty
        | SheetCell::Flag(_)
        | SheetCell::Day(_)
        | SheetCell::Error(_) => Err(number_expected_fault()),
    }
}

/// Parses a number from text. CSV files hold every number as text.
fn parse_number_text(text: &str) -> Result<f64, ValueFault> {
    let is_decimal =
        text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+' | b'e' | b'E'));
    let parsed = text.parse().ok().filter(|n: &f64| is_decimal && n.is_finite());
    parsed.ok_or_else(number_expected_fault)
}

fn number_expected_fault() -> ValueFault {
    ValueFault::new("number", file::number())
}

fn to_whole_number(number: f64) -> Result<i64, ValueFault> {
    let fault = || ValueFault::new("number", file::whole_number());
    // Converted through its rounded text, which is exact for a whole number. Fractions are refused below.
    let parsed: Option<i64> = format!("{number:.0}").parse().ok();
    let fits = |n: &i64| number.fract() == 0.0 && n.abs() <= MAX_SAFE_INTEGER;
    parsed.filter(fits).ok_or_else(fault)
}

fn parse_day_cell(cell: &SheetCell) -> Result<NaiveDate, ValueFault> {
    match cell {
        // `parse_day` limits the years, for dates of the spreadsheet as for typed ones.
        SheetCell::Day(Some(d)) => parse_day(d.to_string()),
        SheetCell::Text(t) => parse_day(t.trim())
            .map_err(|fault| ValueFault { message: file::day_or_date(fault.message), ..fault }),
        SheetCell::Empty
        | SheetCell::Number(_)
        | SheetCell::Flag(_)
        | SheetCell::Day(None)
        | SheetCell::Error(_) => Err(ValueFault::new("day", file::day_without_time())),
    }
}

fn parse_flag_cell(cell: &SheetCell) -> Result<bool, ValueFault> {
    if let SheetCell::Flag(b) = cell {
        return Ok(*b);
    }
    match cell_text(cell).trim().to_lowercase().as_str() {
        "yes" | "true" | "1" => Ok(true),
        "no" | "false" | "0" => Ok(false),
        _ => Err(ValueFault::unknown(thing::answer(), ["yes", "no"])),
    }
}

#[cfg(test)]
mod tests;
