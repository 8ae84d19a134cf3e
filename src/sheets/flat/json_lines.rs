//! JSON lines: one object per row, with the columns as members.

use std::io::{self, Write};

use serde_json::Value;

use super::{Datum, TableColumn, TableWriter};

pub(crate) struct JsonLinesWriter<W: Write> {
    columns: Vec<TableColumn>,
    to: W,
}

impl<W: Write> JsonLinesWriter<W> {
    /// Starts a table. Nothing is written before the first row.
    pub(crate) fn begin_table(columns: &[TableColumn], to: W) -> Self {
        Self { columns: columns.to_vec(), to }
    }
}

impl<W: Write> TableWriter for JsonLinesWriter<W> {
    fn write_row(&mut self, row: &[Datum]) -> io::Result<()> {
        // Members are written one by one: a map would sort them, and every format has the columns in the same order.
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
