//! Spreadsheets: which sheets and columns there are, how values stand in cells, how a workbook or a CSV file is written and
//! read, and what a file changes of what is there. Records come and go as the JSON that the API takes; not here: HTTP, the
//! database, rules of records.

pub mod allowed_values;
pub mod archive;
pub mod cell;
pub mod column_definitions;
pub mod columns;
pub mod csv;
pub mod flat;
pub mod grid;
pub mod release_tables;
pub mod request_body;
pub mod row_comparison;
pub mod workbook_reader;
pub mod workbook_writer;

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
