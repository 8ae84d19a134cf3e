//! Flat tables: one row per fact, complete and never paged, as CSV, XLSX or JSON lines. A format is a
//! [`TableWriter`]. Rows are written one by one, so that memory does not grow with the table.
//!
//! Not here: the definitions of the tables, the source of their rows, and HTTP answers.

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

/// The type of the values in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DatumType {
    Text,
    Integer,
    Number,
    Bool,
    Day,
    /// A date with a time of day, in UTC.
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

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TableColumn {
    /// The first line of a CSV file, and the member of a JSON line.
    pub name: &'static str,
    pub kind: DatumType,
    /// An explanation of the values for readers.
    pub help: &'static str,
    /// The name of one item, if the values are lists of keys that grow with the data, joined by [`BETWEEN`]. A cell
    /// of a workbook holds at most 32,767 characters, so a workbook has a separate sheet for such a list.
    pub item_name: Option<&'static str>,
}

/// The separator between the keys of a list.
pub(crate) const BETWEEN: &str = "; ";

#[must_use]
pub(crate) const fn new_column(
    name: &'static str,
    kind: DatumType,
    help: &'static str,
) -> TableColumn {
    TableColumn { name, kind, help, item_name: None }
}

impl TableColumn {
    /// Returns the column as a list of keys. `each` is the name of one item.
    #[must_use]
    pub(crate) const fn with_item_name(self, each: &'static str) -> Self {
        Self { item_name: Some(each), ..self }
    }

    /// Returns `true` if the values identify the row and are not counted values.
    const fn is_key(&self) -> bool {
        self.item_name.is_none() && matches!(self.kind, DatumType::Text | DatumType::Day)
    }
}

/// A value in a row. An unknown value is [`Datum::Empty`], never 0.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Datum {
    /// An unknown value.
    Empty,
    /// Text without a guard. Formats that a spreadsheet opens add the guard.
    Text(String),
    Integer(i64),
    /// A finite number.
    Number(f64),
    Bool(bool),
    Day(NaiveDate),
    Instant(DateTime<Utc>),
}

impl Datum {
    /// Returns the value as the text of a CSV cell: ISO dates, guarded texts, and an empty text for an unknown value.
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

/// A small table that is held in memory. Its length depends on the answer, not on the number of records.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FlatTable {
    pub metadata: TableMetadata,
    pub columns: Vec<TableColumn>,
    /// Each row has one value per column.
    pub rows: Vec<Vec<Datum>>,
}

/// The description of a table.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TableMetadata {
    /// The name in file names and on the sheet: lower-case letters, digits and hyphens.
    pub name: String,
    /// A title of one line.
    pub title: String,
    /// Notes for the reader, such as basis, formula and source. Each is a name and a text.
    pub notes: Vec<(String, String)>,
}

/// Writes a table in one format. The columns are given when the writer is made. Each row has one value per column.
pub(crate) trait TableWriter {
    /// Writes a row.
    ///
    /// # Errors
    /// Returns an error if the output fails, or if the format has no room for the row.
    fn write_row(&mut self, row: &[Datum]) -> io::Result<()>;

    /// Ends the table.
    ///
    /// # Errors
    /// Returns the errors of [`TableWriter::write_row`].
    fn finish(self: Box<Self>) -> io::Result<()>;
}

/// The formats of a flat table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum TableFormat {
    /// RFC 4180, UTF-8 without a byte order mark.
    Csv,
    /// A workbook with the table and a sheet that explains it.
    Xlsx,
    /// One JSON object per line.
    Lines,
}

impl TableFormat {
    /// Returns the value of the parameter `format`, which is also the extension of file names.
    #[must_use]
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Lines => "jsonl",
        }
    }

    #[must_use]
    pub(crate) const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Lines => "application/jsonl",
        }
    }

    /// Starts a table.
    ///
    /// # Errors
    /// Returns an error if the output fails, or if the format has no room for the columns.
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
