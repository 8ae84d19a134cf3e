//! CSV (RFC 4180): the names of the columns, then the rows. Each line ends with CR LF.

use std::io::{self, Write};

use super::{Datum, TableColumn, TableWriter};

pub(crate) struct CsvTableWriter<W: Write>(csv::Writer<W>);

impl<W: Write> CsvTableWriter<W> {
    /// Writes the header line.
    pub(crate) fn begin_table(columns: &[TableColumn], to: W) -> io::Result<Self> {
        let mut writer =
            csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(to);
        writer.write_record(columns.iter().map(|c| c.name))?;
        Ok(Self(writer))
    }
}

impl<W: Write> TableWriter for CsvTableWriter<W> {
    fn write_row(&mut self, row: &[Datum]) -> io::Result<()> {
        Ok(self.0.write_record(row.iter().map(Datum::to_cell))?)
    }
    fn finish(mut self: Box<Self>) -> io::Result<()> {
        self.0.flush()
    }
}
