//! What stands in a cell, and how it is a value of a column: guarded texts, true days, words of lists.

use chrono::NaiveDate;
use serde_json::Value;

use super::columns::Kind;
use crate::domain::{
    fault::ValueFault,
    value::{MAX_SAFE_INTEGER, day},
};

/// What stands in a cell of a file. A formula is what it last came to.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Cell {
    /// Nothing.
    #[default]
    Empty,
    /// Text, guarded as it stands in the file.
    Text(String),
    /// A number.
    Number(f64),
    /// True or false.
    Flag(bool),
    /// A day; none for an instant within one.
    Day(Option<NaiveDate>),
    /// What a formula came to that could not be computed.
    Error(String),
}

impl Cell {
    /// Says whether nothing can be seen in it.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Text(text) => text.trim().is_empty(),
            Self::Number(_) | Self::Flag(_) | Self::Day(_) | Self::Error(_) => false,
        }
    }
}

/// The beginnings of a text that a spreadsheet runs as a formula.
const RUN: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// Says whether a text would be run, however often it is guarded already: then the guard can be taken off again.
fn is_run(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(RUN)
}

/// Guards a text that a spreadsheet would run as a formula.
#[must_use]
pub fn guard(text: &str) -> String {
    if is_run(text) { format!("'{text}") } else { text.to_owned() }
}

/// Takes the guard off.
#[must_use]
pub fn unguard(text: &str) -> &str {
    if is_run(text) { text.strip_prefix('\'').unwrap_or(text) } else { text }
}

/// Returns the value that a cell of a column holds, as the API takes it; null for an empty cell.
///
/// # Errors
/// What was expected instead.
pub fn value(kind: Kind, cell: &Cell) -> Result<Value, ValueFault> {
    if let Cell::Error(error) = cell {
        let detail = format!("a value is expected, and the formula came to {error}");
        return Err(ValueFault::new("formula", detail));
    }
    if cell.is_blank() {
        return Ok(match kind {
            Kind::Words(_) | Kind::Wholes => Value::Array(Vec::new()),
            Kind::Line
            | Kind::Prose
            | Kind::Number
            | Kind::Whole
            | Kind::Day
            | Kind::Flag
            | Kind::Word(_) => Value::Null,
        });
    }
    match kind {
        Kind::Line | Kind::Prose => Ok(Value::from(unguard(&text(cell)))),
        Kind::Word(_) => Ok(Value::from(unguard(text(cell).trim()))),
        Kind::Number => number(cell).map(Value::from),
        Kind::Whole => number(cell).and_then(whole).map(Value::from),
        Kind::Day => to_day(cell).map(|d| Value::from(d.to_string())),
        Kind::Flag => flag(cell).map(Value::from),
        Kind::Words(_) => Ok(items(&text(cell)).into_iter().map(Value::from).collect()),
        Kind::Wholes => {
            let wholes =
                items(&text(cell)).into_iter().map(|item| typed_number(&item).and_then(whole));
            wholes.map(|n| n.map(Value::from)).collect()
        }
    }
}

/// Returns the cell of a value, as it is written to a file.
#[must_use]
pub fn cell(kind: Kind, value: &Value) -> Cell {
    match (kind, value) {
        (_, Value::Null) => Cell::Empty,
        (_, Value::Array(list)) if list.is_empty() => Cell::Empty,
        (_, Value::Array(list)) => {
            let items: Vec<String> = list.iter().map(plain).collect();
            Cell::Text(guard(&items.join(", ")))
        }
        (Kind::Day, Value::String(iso)) => match day(iso) {
            Ok(day) => Cell::Day(Some(day)),
            Err(_) => Cell::Text(guard(iso)),
        },
        (_, Value::Bool(b)) => Cell::Text(if *b { "yes" } else { "no" }.to_owned()),
        (_, Value::Number(n)) => n.as_f64().map_or(Cell::Empty, Cell::Number),
        (_, other) => Cell::Text(guard(&plain(other))),
    }
}

/// Says whether two values of a column are the same: line ends come back from a spreadsheet as it writes them, numbers with the
/// digits that it keeps, and no is what stands where nothing is said.
#[must_use]
pub fn is_same(a: &Value, b: &Value) -> bool {
    canonical(a) == canonical(b)
}

/// Returns the form in which values are compared and digested.
#[must_use]
pub fn canonical(value: &Value) -> Value {
    match value {
        Value::String(s) => Value::from(s.replace("\r\n", "\n").replace('\r', "\n")),
        Value::Bool(false) => Value::Null,
        // Spreadsheets keep 15 digits of a number, whatever stood in the file.
        Value::Number(n) => n.as_f64().map_or(Value::Null, |n| Value::from(format!("{n:.14e}"))),
        Value::Array(list) => list.iter().map(canonical).collect(),
        other => other.clone(),
    }
}

/// Returns a value in a few words, for people.
#[must_use]
pub fn plain(value: &Value) -> String {
    match value {
        Value::String(s) => s.clone(),
        other => other.to_string(),
    }
}

/// Returns what people read in the cell.
#[must_use]
pub fn text(cell: &Cell) -> String {
    match cell {
        Cell::Empty | Cell::Day(None) => String::new(),
        Cell::Text(t) | Cell::Error(t) => t.clone(),
        Cell::Number(n) => n.to_string(),
        Cell::Flag(b) => b.to_string(),
        Cell::Day(Some(d)) => d.to_string(),
    }
}

fn items(text: &str) -> Vec<String> {
    let parts = text.split([',', ';', '\n']).map(str::trim).filter(|part| !part.is_empty());
    parts.map(|part| unguard(part).to_owned()).collect()
}

fn number(cell: &Cell) -> Result<f64, ValueFault> {
    match cell {
        Cell::Number(n) if n.is_finite() => Ok(*n),
        Cell::Text(t) => typed_number(unguard(t.trim())),
        Cell::Number(_) | Cell::Empty | Cell::Flag(_) | Cell::Day(_) | Cell::Error(_) => {
            Err(not_a_number())
        }
    }
}

/// Reads a number that stands as text, as every number of a CSV file does.
fn typed_number(text: &str) -> Result<f64, ValueFault> {
    let is_decimal =
        text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+' | b'e' | b'E'));
    let parsed = text.parse().ok().filter(|n: &f64| is_decimal && n.is_finite());
    parsed.ok_or_else(not_a_number)
}

fn not_a_number() -> ValueFault {
    ValueFault::new("number", "a number such as 62.5 is expected, with a point and without units")
}

fn whole(number: f64) -> Result<i64, ValueFault> {
    let fault = || ValueFault::new("number", "a whole number is expected");
    // Rounded, so the text form is exact.
    let parsed: Option<i64> = format!("{number:.0}").parse().ok();
    let fits = |n: &i64| number.fract() == 0.0 && n.abs() <= MAX_SAFE_INTEGER;
    parsed.filter(fits).ok_or_else(fault)
}

fn to_day(cell: &Cell) -> Result<NaiveDate, ValueFault> {
    match cell {
        // Through the same door as a day that is typed: its years are limited.
        Cell::Day(Some(d)) => day(d.to_string()),
        Cell::Text(t) => day(t.trim()).map_err(|fault| ValueFault {
            detail: format!("{}, or a date of the spreadsheet's own", fault.detail),
            ..fault
        }),
        Cell::Empty | Cell::Number(_) | Cell::Flag(_) | Cell::Day(None) | Cell::Error(_) => {
            Err(ValueFault::new("day", "a day without a time is expected, such as 2026-03-01"))
        }
    }
}

fn flag(cell: &Cell) -> Result<bool, ValueFault> {
    if let Cell::Flag(b) = cell {
        return Ok(*b);
    }
    match text(cell).trim().to_lowercase().as_str() {
        "yes" | "true" | "1" => Ok(true),
        "no" | "false" | "0" => Ok(false),
        _ => Err(ValueFault::unknown("answer", ["yes", "no"])),
    }
}

#[cfg(test)]
mod tests;
