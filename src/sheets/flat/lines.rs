//! JSON lines: one object a row, with the columns as members.

use std::io::{self, Write};

use serde_json::Value;

use super::{Column, Datum, Sink};

/// A table while it is written as JSON lines.
pub struct Lines<W: Write> {
    columns: Vec<Column>,
    to: W,
}

impl<W: Write> Lines<W> {
    /// Begins a table; nothing is written before the first row.
    pub fn begin(columns: &[Column], to: W) -> Self {
        Self { columns: columns.to_vec(), to }
    }
}

impl<W: Write> Sink for Lines<W> {
    fn row(&mut self, row: &[Datum]) -> io::Result<()> {
        // Member by member: a map would sort them, and the order of the columns is that of every format.
        let mut before = '{';
        for (column, datum) in self.columns.iter().zip(row) {
            write!(self.to, "{before}{}:{}", Value::from(column.name), datum.to_json())?;
            before = ',';
        }
        self.to.write_all(b"}\n")
    }
    fn finish(mut self: Box<Self>) -> io::Result<()> {
        self.to.flush()
    }
}
