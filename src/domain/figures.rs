//! Figures: tables counted from approved reports, so that every number can be recomputed from records.
//!
//! A missing value is never counted as zero: each cell states how many of its reports have the measured value. This
//! module does not load reports, and does not render tables.

use super::{
    language::Language,
    project::ProjectCode,
    value::{Money, Slug},
};

mod axis;
mod basis;
mod change;
mod compare;
mod count;
pub(crate) mod coverage;
mod dataset;
mod dimension;
mod fact;
mod filter;
mod largest_remainder;
mod map;
mod progress;
mod rules;
mod table;
mod tally;
mod trend;

pub use axis::{AxisLabel, UNKNOWN};
pub use basis::{BasisRequest, FigureBasis};
pub use change::{ProjectChange, ProjectMovement, ValueChange};
pub use compare::{DatasetComparison, DifferentCell, MovedReport};
pub use dataset::FigureDataset;
pub use dimension::{Dimension, Measure};
pub use fact::{FactDetails, FactTexts, IndicatorAttainment, MilestoneWeights, ReportFact};
pub use filter::FigureFilter;
pub use map::MapCity;
pub use progress::{
    MilestoneProgress, OutcomeProgress, ProgressGrouping, ProgressTable, ProjectProgress,
    list_formulas,
};
pub use rules::{CityRows, CountingRules};

/// A request for a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FigureQuery {
    /// The dimension of the rows.
    pub rows: Dimension,
    /// The dimension of the columns; none for a plain list of rows.
    pub columns: Option<Dimension>,
    /// The quantity to measure.
    pub measure: Measure,
    /// Which reports are counted.
    pub filter: FigureFilter,
    /// The language of the names of rows and columns.
    pub language: Language,
    /// Whether each cell lists the projects behind it.
    pub receipts: bool,
}

impl FigureQuery {
    /// Returns `true` if the frozen headers of the reports are needed to answer the request.
    #[must_use]
    pub(crate) fn needs_headers(&self) -> bool {
        self.rows.is_in_header()
            || self.columns.is_some_and(Dimension::is_in_header)
            || self.measure.is_in_header()
            || self.filter.wanted.keys().any(|dimension| dimension.is_in_header())
    }
}

/// A measured number.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum FigureValue {
    /// No number: no report states the value, or it exists only per currency.
    #[default]
    None,
    /// A count.
    Count(i64),
    /// A mean.
    Mean(f64),
}

/// A measured number, with the reports that it is based on.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Figure {
    /// The number.
    pub value: FigureValue,
    /// The number of reports that state the measured value.
    pub known: i64,
    /// The number of reports in the cell or total.
    pub report_count: i64,
    /// Sums of money by currency; empty if the measure is not money.
    pub by_currency: Vec<Money>,
}

/// A cell: a combination of row and column.
#[derive(Debug, Clone, PartialEq)]
pub struct FigureCell {
    /// The row.
    pub row: AxisLabel,
    /// The column; none in a list of rows.
    pub column: Option<AxisLabel>,
    /// The measured number.
    pub figure: Figure,
    /// The share in whole percent: of the row, or of the total in a list of rows. None if nothing is counted or the
    /// measure is not projects. Also none if a report can count in several cells, because such shares do not add up to
    /// 100.
    pub share: Option<i64>,
    /// The projects behind the number, if requested.
    pub receipts: Option<FigureReceipts>,
    /// The number in the earlier dataset, if a comparison was requested.
    pub earlier: Option<Figure>,
}

/// The projects behind a number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FigureReceipts {
    /// All projects, ordered by code.
    pub projects: Vec<ProjectCode>,
    /// The projects whose report is stale, see [`FigureBasis::is_stale`].
    pub stale: Vec<ProjectCode>,
    /// The report of each project and its age, ordered by project and cycle.
    pub reports: Vec<ProjectReceipt>,
}

/// The report of one project behind a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectReceipt {
    /// The project.
    pub project: ProjectCode,
    /// The cycle of the report.
    pub cycle: Slug,
    /// Age in days: from the cut-off of that cycle to the cut-off of the figures.
    pub age_days: i64,
    /// Whether the report is stale, see [`FigureBasis::is_stale`].
    pub stale: bool,
}

/// How complete the reports behind a figure are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ReportingCoverage {
    /// Number of selected cities that have an approved report.
    pub cities_reporting: i64,
    /// Number of selected cities that were expected to report.
    pub cities_expected: i64,
    /// Number of selected reports whose source states no status. A filter on the status does not change this number.
    pub not_stated: i64,
    /// Number of counted reports that are stale.
    pub stale: i64,
}

/// A table of figures: every combination of its rows and columns, zeros included. The table is empty if its basis has
/// no cycle.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CrossTable {
    /// The cells, row by row.
    pub cells: Vec<FigureCell>,
    /// The total of each row, in order. A report counts once in each total.
    pub row_totals: Vec<(AxisLabel, Figure)>,
    /// The total of each column, in order. A report counts once in each total.
    pub column_totals: Vec<(AxisLabel, Figure)>,
    /// The total of all reports, each counted once.
    pub total: Figure,
    /// How complete the reports are.
    pub coverage: ReportingCoverage,
    /// The total in the earlier dataset, if a comparison was requested.
    pub earlier_total: Option<Figure>,
    /// The changes of projects since the earlier dataset, ordered by code; empty if no comparison was requested.
    pub changes: Vec<ProjectChange>,
}

#[cfg(test)]
mod tests;
