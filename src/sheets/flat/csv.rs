//! CSV (RFC 4180): the names of the columns, then the rows, each ended by CR LF.

use std::io::{self, Write};

use super::{Column, Datum, Sink};

/// A table while it is written as CSV.
pub struct Csv<W: Write>(csv::Writer<W>);

impl<W: Write> Csv<W> {
    /// Writes the names of the columns.
    ///
    /// # Errors
    /// Where it is written to fails.
    pub fn begin(columns: &[Column], to: W) -> io::Result<Self> {
        let mut writer =
            csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(to);
        writer.write_record(columns.iter().map(|c| c.name))?;
        Ok(Self(writer))
    }
}

impl<W: Write> Sink for Csv<W> {
    fn row(&mut self, row: &[Datum]) -> io::Result<()> {
        Ok(self.0.write_record(row.iter().map(Datum::to_cell))?)
    }
    fn finish(mut self: Box<Self>) -> io::Result<()> {
        self.0.flush()
    }
}
