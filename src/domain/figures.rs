//! Figures: tables counted from approved reports, so that every number can be recomputed from records.
//!
//! Nothing is treated as zero because it is missing: each cell says how many of its reports state the measured thing.
//! Not here: where the reports come from, and how the table is answered.

use super::{
    language::Language,
    value::{Money, words},
};

mod axis;
mod basis;
mod count;
mod fact;
mod filter;
mod ground;
mod tally;

pub use axis::{Label, UNKNOWN};
pub use basis::{Base, Basis};
pub use fact::{Attained, Fact, Told, Weights};
pub use filter::Filter;
pub use ground::Ground;

words! {
    /// What a table is broken down by.
    Dimension("dimension") {
        /// The one focus area that official tables count a project in.
        FocusArea = "focus_area",
        /// The sub-area of the focus area.
        SubArea = "sub_area",
        /// Where the project stands.
        Status = "status",
        /// The country.
        Country = "country",
        /// The city.
        City = "city",
        /// The reporting cycle.
        Cycle = "cycle",
        /// Strategic outcomes; a project has any number of them.
        Outcome = "outcome",
        /// Enablers; a project has any number of them.
        Enabler = "enabler",
        /// Sectors; a project has any number of them.
        Sector = "sector",
    }
}
words! {
    /// What a table measures.
    Measure("measure") {
        /// The number of approved reports, one for each project.
        Projects = "projects",
        /// The plain mean of what they state of their progress.
        PercentComplete = "percent_complete",
        /// The money spent to date, for each currency.
        Spent = "spent",
    }
}

impl Measure {
    /// Says how the number is made.
    #[must_use]
    pub const fn formula(self) -> &'static str {
        match self {
            Self::Projects => "count of approved reports",
            Self::PercentComplete => {
                "plain mean of percent_complete over approved reports that state it and are not cancelled"
            }
            Self::Spent => "sum of spent over approved reports that state it, per currency",
        }
    }
}

/// What a table is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// What the rows are.
    pub rows: Dimension,
    /// What the columns are; none for a list of rows.
    pub columns: Option<Dimension>,
    /// What is measured.
    pub measure: Measure,
    /// Which reports are counted.
    pub filter: Filter,
    /// In which language rows and columns are named.
    pub language: Language,
}

/// A measured number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Number {
    /// There is none: nobody states it, or it only exists per currency.
    None,
    /// A count.
    Count(i64),
    /// A mean.
    Mean(f64),
}

/// A number with what it rests on.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// The number.
    pub value: Number,
    /// The reports that state the measured thing.
    pub known: i64,
    /// The reports that were looked at.
    pub of: i64,
    /// Sums of money by currency; only where money is measured.
    pub by_currency: Vec<Money>,
}

/// A combination of row and column.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// The row.
    pub row: Label,
    /// The column; none in a list of rows.
    pub column: Option<Label>,
    /// What is in it.
    pub figure: Figure,
}

/// How much of what could have been reported was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Coverage {
    /// Cities asked about with an approved report in the cycle.
    pub cities_reporting: i64,
    /// Cities asked about that were to report.
    pub cities_expected: i64,
    /// Reports asked about whose status the source does not tell, whatever status is asked for.
    pub not_stated: i64,
}

/// A table of figures: every combination of its rows and columns, zeros included.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// The cells, row by row.
    pub cells: Vec<Cell>,
    /// The total of each row, in order; a report counts once in each.
    pub row_totals: Vec<(Label, Figure)>,
    /// The total of each column, in order; a report counts once in each.
    pub column_totals: Vec<(Label, Figure)>,
    /// The total of all reports, each counted once.
    pub total: Figure,
    /// How complete it is.
    pub coverage: Coverage,
}

#[cfg(test)]
mod tests;
