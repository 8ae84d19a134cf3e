//! Spreadsheets: which sheets and columns there are, how values stand in cells, how a workbook or a CSV file is written and
//! read, and what a file changes of what is there. Records come and go as the JSON that the API takes; not here: HTTP, the
//! database, rules of records.

pub mod archive;
pub mod body;
pub mod cell;
pub mod columns;
pub mod compare;
pub mod csv;
pub mod flat;
pub mod grid;
pub mod lists;
pub mod read;
pub mod released;
pub mod tables;
pub mod write;

pub use cell::Cell;
pub use columns::{Column, Kind, Part, Sheet};
pub use grid::{Grid, Upload};

/// The format of the workbook. A file of another format is refused; it moves when a column changes its meaning.
pub const FORMAT: &str = "ascn-workbook-1";
/// The sheet that says what the workbook is.
pub const README: &str = "readme";
/// The sheet with the allowed values.
pub const LISTS: &str = "lists";
/// Most rows of data in one file, all sheets together.
pub const ROWS_MAX: usize = 10_000;
