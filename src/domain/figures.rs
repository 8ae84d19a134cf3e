//! Figures: tables counted from approved reports, so that every number can be recomputed from records.
//!
//! Nothing is treated as zero because it is missing: each cell says how many of its reports state the measured thing.
//! Not here: where the reports come from, and how the table is answered.

use super::{
    language::Language,
    project::ProjectCode,
    value::{Money, Slug, words},
};

mod axis;
mod basis;
mod change;
mod compare;
mod count;
pub(crate) mod coverage;
mod dataset;
mod fact;
mod filter;
mod largest_remainder;
mod map;
mod progress;
mod table;
mod tally;
mod trend;

pub use axis::{AxisLabel, UNKNOWN};
pub use basis::{BasisRequest, FigureBasis};
pub use change::{Movement, ProjectChange, ValueChange};
pub use compare::{DatasetComparison, DifferentCell, MovedReport};
pub use dataset::FigureDataset;
pub use fact::{FactTexts, IndicatorAttainment, MilestoneWeights, ReportFact};
pub use filter::FigureFilter;
pub use map::MapCity;
pub use progress::{
    FORMULAS, Grouping, MilestoneProgress, OutcomeProgress, ProgressTable, ProjectProgress,
};

words! {
    /// What a table is broken down by.
    pub Dimension("dimension") {
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
    pub Measure("measure") {
        /// The number of approved reports, one for each project.
        Projects = "projects",
        /// The plain mean of what they state of their progress.
        PercentComplete = "percent_complete",
        /// The money spent to date, for each currency.
        Spent = "spent",
    }
}

impl Dimension {
    /// Says whether a report may stand in several places, so that places do not add up to reports.
    #[must_use]
    pub(crate) const fn is_multiple(self) -> bool {
        match self {
            Self::Outcome | Self::Enabler | Self::Sector => true,
            Self::FocusArea
            | Self::SubArea
            | Self::Status
            | Self::Country
            | Self::City
            | Self::Cycle => false,
        }
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
pub struct FigureQuery {
    /// What the rows are.
    pub rows: Dimension,
    /// What the columns are; none for a list of rows.
    pub columns: Option<Dimension>,
    /// What is measured.
    pub measure: Measure,
    /// Which reports are counted.
    pub filter: FigureFilter,
    /// In which language rows and columns are named.
    pub language: Language,
    /// Whether each cell names the projects behind it.
    pub receipts: bool,
}

/// A measured number.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum FigureValue {
    /// There is none: nobody states it, or it only exists per currency.
    #[default]
    None,
    /// A count.
    Count(i64),
    /// A mean.
    Mean(f64),
}

/// A number with what it rests on.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Figure {
    /// The number.
    pub value: FigureValue,
    /// The reports that state the measured thing.
    pub known: i64,
    /// The reports that were looked at.
    pub report_count: i64,
    /// Sums of money by currency; only where money is measured.
    pub by_currency: Vec<Money>,
}

/// A combination of row and column.
#[derive(Debug, Clone, PartialEq)]
pub struct FigureCell {
    /// The row.
    pub row: AxisLabel,
    /// The column; none in a list of rows.
    pub column: Option<AxisLabel>,
    /// What is in it.
    pub figure: Figure,
    /// The whole percent that it is of its row, in a list of rows of the total. None where nothing is counted, where
    /// something else than projects is measured, and where a report counts in several cells, so that shares do not add up.
    pub share: Option<i64>,
    /// The projects behind it, where they are asked for.
    pub receipts: Option<FigureReceipts>,
    /// What was in it before, where that is asked for.
    pub earlier: Option<Figure>,
}

/// The projects behind a number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FigureReceipts {
    /// All of them, in the order of their codes.
    pub projects: Vec<ProjectCode>,
    /// Those among them that fell out of the list since their report.
    pub stale: Vec<ProjectCode>,
    /// Which report of each it is, and how old, in the same order.
    pub reports: Vec<ProjectReceipt>,
}

/// The report of a project behind a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectReceipt {
    /// The project.
    pub project: ProjectCode,
    /// The cycle that it was reported in.
    pub cycle: Slug,
    /// Days from that cycle's cut-off to the day of the figures.
    pub age_days: i64,
    /// Whether the project fell out of the list since.
    pub stale: bool,
}

/// How much of what could have been reported was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ReportingCoverage {
    /// Cities asked about with an approved report in the cycle.
    pub cities_reporting: i64,
    /// Cities asked about that were to report.
    pub cities_expected: i64,
    /// Reports asked about whose status the source does not tell, whatever status is asked for.
    pub not_stated: i64,
    /// Reports counted whose project fell out of the list since.
    pub stale: i64,
}

/// A table of figures: every combination of its rows and columns, zeros included; nothing at all where its basis has no
/// cycle.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CrossTable {
    /// The cells, row by row.
    pub cells: Vec<FigureCell>,
    /// The total of each row, in order; a report counts once in each.
    pub row_totals: Vec<(AxisLabel, Figure)>,
    /// The total of each column, in order; a report counts once in each.
    pub column_totals: Vec<(AxisLabel, Figure)>,
    /// The total of all reports, each counted once.
    pub total: Figure,
    /// How complete it is.
    pub coverage: ReportingCoverage,
    /// The total before, where that is asked for.
    pub earlier_total: Option<Figure>,
    /// What happened to projects since, where that is asked for, in the order of their codes.
    pub changes: Vec<ProjectChange>,
}

#[cfg(test)]
mod tests;
