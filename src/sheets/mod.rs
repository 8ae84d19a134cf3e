//! Spreadsheets: sheets, columns, cell values, the readers and writers of workbooks and CSV files, and the comparison
//! of an uploaded file with the records. The values of cells are JSON values. Not here: HTTP, the database, and the rules
//! of records.

pub(crate) mod allowed_values;
pub(crate) mod archive;
pub mod cell;
pub(crate) mod column_definitions;
pub(crate) mod columns;
pub(crate) mod csv;
pub(crate) mod flat;
pub(crate) mod grid;
mod grid_builder;
mod hidden_rows;
pub(crate) mod message;
pub(crate) mod number_text;
mod package;
mod part_limits;
pub(crate) mod percent_format;
pub(crate) mod release_tables;
pub(crate) mod row_comparison;
mod text_encoding;
pub(crate) mod workbook_reader;
pub(crate) mod workbook_writer;
mod xml_tags;

pub use cell::SheetCell;
pub use columns::{ColumnKind, ColumnRole, SheetColumn, WorkbookSheet};
pub use grid::{SheetGrid, UploadedFile};
pub use number_text::DecimalMark;

/// The format name that a workbook carries. A file with a different format name is refused. The name changes when a
/// column changes its meaning.
pub const FORMAT: &str = "ascn-workbook-1";
/// The name of the sheet that describes the workbook: its format, city and cycle.
pub const README: &str = "readme";
/// The name of the sheet with the allowed values.
pub const LISTS: &str = "lists";
/// The number of sheets that a workbook may have.
const SHEETS_MAX: usize = 100;
/// The number of columns that a sheet may use. A cell beyond them is refused.
const COLUMNS_MAX: u32 = 100;
/// The number of rows that a sheet may use, empty rows between the others included. A cell beyond them is refused.
const ROW_NUMBERS_MAX: u32 = 100_000;
/// The largest number of data rows in one file, all sheets together.
pub const ROWS_MAX: usize = 10_000;
