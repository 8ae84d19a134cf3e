//! Spreadsheets: which sheets and columns there are, how values stand in cells, how a workbook or a CSV file is written and
//! read, and what a file changes of what is there. Records come and go as the JSON that the API takes; not here: HTTP, the
//! database, rules of records.

pub(crate) mod allowed_values;
pub(crate) mod archive;
pub mod cell;
pub(crate) mod column_definitions;
pub(crate) mod columns;
pub(crate) mod csv;
pub(crate) mod flat;
pub(crate) mod grid;
pub(crate) mod release_tables;
pub(crate) mod request_body;
pub(crate) mod row_comparison;
pub(crate) mod workbook_reader;
pub(crate) mod workbook_writer;

pub use cell::SheetCell;
pub use columns::{ColumnKind, ColumnRole, Sheet, SheetColumn};
pub use grid::{SheetGrid, UploadedFile};

/// The format of the workbook. A file of another format is refused; it moves when a column changes its meaning.
pub const FORMAT: &str = "ascn-workbook-1";
/// The sheet that says what the workbook is.
pub const README: &str = "readme";
/// The sheet with the allowed values.
pub const LISTS: &str = "lists";
/// Most rows of data in one file, all sheets together.
pub const ROWS_MAX: usize = 10_000;
