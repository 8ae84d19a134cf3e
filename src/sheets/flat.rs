//! Flat tables: one row a fact, whole and never paged, in the formats that people open. A format is a [`TableWriter`]; who has rows
//! writes them to one as they come, so that memory does not grow with the table.
//!
//! Not here: which tables there are, where their rows come from, and how they are answered.

use std::io::{self, Write};

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::{Number, Value};

use super::cell::guard_formula;

mod csv;
mod json_lines;
mod xlsx;

pub(crate) use csv::CsvTableWriter;
pub(crate) use json_lines::JsonLinesWriter;
pub(crate) use xlsx::XlsxTableWriter;

/// What the values of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DatumType {
    /// Text.
    Text,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// Yes or no.
    Bool,
    /// A day.
    Day,
    /// An instant.
    Instant,
}

impl DatumType {
    /// Returns the type's name in a Frictionless Table Schema.
    #[must_use]
    pub(crate) const fn frictionless_name(self) -> &'static str {
        match self {
            Self::Text => "string",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Bool => "boolean",
            Self::Day => "date",
            Self::Instant => "datetime",
        }
    }
}

/// A column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TableColumn {
    /// Its name: the first line of a CSV file, the member of a JSON line.
    pub name: &'static str,
    /// What its values are.
    pub kind: DatumType,
    /// What it says, for the sheet that explains.
    pub help: &'static str,
    /// What one of its values is called, where a text is a list of keys that grows with the data, written with [`BETWEEN`]:
    /// a cell of a workbook holds 32,767 characters at most, so that there the list stands on a sheet of its own.
    pub item_name: Option<&'static str>,
}

/// What stands between the keys of a list.
pub(crate) const BETWEEN: &str = "; ";

/// Makes a column.
#[must_use]
pub(crate) const fn new_column(
    name: &'static str,
    kind: DatumType,
    help: &'static str,
) -> TableColumn {
    TableColumn { name, kind, help, item_name: None }
}

impl TableColumn {
    /// Makes it a list of keys, one of which is called `each`.
    #[must_use]
    pub(crate) const fn with_item_name(self, each: &'static str) -> Self {
        Self { item_name: Some(each), ..self }
    }

    /// Says whether its values tell which row it is, rather than what was counted.
    const fn is_key(&self) -> bool {
        self.item_name.is_none() && matches!(self.kind, DatumType::Text | DatumType::Day)
    }
}

/// What stands in a row under a column. Unknown is empty, and never 0.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Datum {
    /// Nothing is known.
    Empty,
    /// Text, as it was typed: a format that spreadsheets open guards it.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A finite number.
    Number(f64),
    /// Yes or no.
    Bool(bool),
    /// A day.
    Day(NaiveDate),
    /// An instant.
    Instant(DateTime<Utc>),
}

impl Datum {
    /// Writes it as a cell of text: ISO days, numbers as numbers, texts guarded, nothing for what is unknown.
    #[must_use]
    pub(crate) fn to_cell(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) => guard_formula(text),
            Self::Integer(n) => n.to_string(),
            Self::Number(n) => n.to_string(),
            Self::Bool(yes) => yes.to_string(),
            Self::Day(day) => day.to_string(),
            Self::Instant(at) => at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true),
        }
    }

    /// Writes it as JSON.
    #[must_use]
    pub(crate) fn to_json(&self) -> Value {
        match self {
            Self::Empty => Value::Null,
            Self::Text(text) => Value::from(text.as_str()),
            Self::Integer(n) => Value::from(*n),
            Self::Number(n) => Number::from_f64(*n).map_or(Value::Null, Value::Number),
            Self::Bool(yes) => Value::from(*yes),
            Self::Day(_) | Self::Instant(_) => Value::from(self.to_cell()),
        }
    }
}

impl From<&str> for Datum {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}
impl From<String> for Datum {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}
impl From<i64> for Datum {
    fn from(n: i64) -> Self {
        Self::Integer(n)
    }
}
impl From<f64> for Datum {
    fn from(n: f64) -> Self {
        Self::Number(n)
    }
}
impl From<bool> for Datum {
    fn from(yes: bool) -> Self {
        Self::Bool(yes)
    }
}
impl From<NaiveDate> for Datum {
    fn from(day: NaiveDate) -> Self {
        Self::Day(day)
    }
}
impl From<DateTime<Utc>> for Datum {
    fn from(at: DateTime<Utc>) -> Self {
        Self::Instant(at)
    }
}
impl<T: Into<Self>> From<Option<T>> for Datum {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Empty, Into::into)
    }
}

/// A table that is at hand whole: one whose length is that of an answer, not of the records behind it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FlatTable {
    /// What it says of itself.
    pub metadata: TableMetadata,
    /// Its columns.
    pub columns: Vec<TableColumn>,
    /// Its rows, each with as many values as there are columns.
    pub rows: Vec<Vec<Datum>>,
}

/// What a table says of itself.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TableMetadata {
    /// Its name in file names and on the sheet: lower-case letters, digits and hyphens.
    pub name: String,
    /// What it is, in a line.
    pub title: String,
    /// What a reader should know: basis, formula, source. Each a name and what it is.
    pub notes: Vec<(String, String)>,
}

/// A format, while a table is written in it: the columns are given when it is made, then the rows, each with as many values as
/// there are columns.
pub(crate) trait TableWriter {
    /// Writes a row.
    ///
    /// # Errors
    /// Where it is written to fails, or the format has no place for it.
    fn write_row(&mut self, row: &[Datum]) -> io::Result<()>;

    /// Ends the table.
    ///
    /// # Errors
    /// As of [`TableWriter::write_row`].
    fn finish(self: Box<Self>) -> io::Result<()>;
}

/// The formats of a flat table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum TableFormat {
    /// RFC 4180, UTF-8 without a byte order mark.
    Csv,
    /// A workbook: the table, and a sheet that explains it.
    Xlsx,
    /// One JSON object a line.
    Lines,
}

impl TableFormat {
    /// Returns its name in `format` and in file names.
    #[must_use]
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Lines => "jsonl",
        }
    }

    /// Returns its media type.
    #[must_use]
    pub(crate) const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Lines => "application/jsonl",
        }
    }

    /// Begins a table.
    ///
    /// # Errors
    /// Where it is written to fails, or the format has no place for it.
    pub(crate) fn begin_table<'w, W: Write + io::Seek + Send + 'w>(
        self,
        about: &TableMetadata,
        columns: &[TableColumn],
        to: &'w mut W,
    ) -> io::Result<Box<dyn TableWriter + 'w>> {
        Ok(match self {
            Self::Csv => Box::new(CsvTableWriter::begin_table(columns, to)?),
            Self::Xlsx => Box::new(XlsxTableWriter::begin_table(about, columns, to)?),
            Self::Lines => Box::new(JsonLinesWriter::begin_table(columns, to)),
        })
    }
}

#[cfg(test)]
mod tests;
