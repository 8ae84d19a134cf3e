//! Figures: tables counted from approved reports, so that every number can be recomputed from records.
//!
//! A missing value is never counted as zero: each cell states how many of its reports have the measured value. This
//! module does not load reports, and does not render tables.

use super::{
    language::Language,
    message::{self, Message},
    project::ProjectCode,
    value::{Money, Slug, text_enum},
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
mod rules;
mod table;
mod tally;
mod trend;

pub use axis::{AxisLabel, UNKNOWN};
pub use basis::{BasisRequest, FigureBasis};
pub use change::{ProjectChange, ProjectMovement, ValueChange};
pub use compare::{DatasetComparison, DifferentCell, MovedReport};
pub use dataset::FigureDataset;
pub use fact::{FactDetails, FactTexts, IndicatorAttainment, MilestoneWeights, ReportFact};
pub use filter::FigureFilter;
pub use map::MapCity;
pub use progress::{
    MilestoneProgress, OutcomeProgress, ProgressGrouping, ProgressTable, ProjectProgress,
    list_formulas,
};
pub use rules::{CityRows, CountingRules};

text_enum! {
    /// The dimension that a table is broken down by.
    pub Dimension(dimension) {
        /// The one focus area in which official tables count the project.
        FocusArea = "focus_area",
        /// The sub-area of the focus area.
        SubArea = "sub_area",
        /// The project's status.
        Status = "status",
        /// The country.
        Country = "country",
        /// The city.
        City = "city",
        /// The reporting cycle.
        Cycle = "cycle",
        /// Strategic outcomes. A project can have several.
        Outcome = "outcome",
        /// Enablers. A project can have several.
        Enabler = "enabler",
        /// Sectors. A project can have several.
        Sector = "sector",
        /// Tags of national schemes. A project can have several.
        Tag = "tag",
        /// Sustainable Development Goals. A project can have several.
        Sdg = "sdg",
        /// The types of the project's partners. A project can have several.
        PartnerType = "partner_type",
    }
}
text_enum! {
    /// The quantity that a table measures.
    pub Measure(measure) {
        /// The number of approved reports, one for each project.
        Projects = "projects",
        /// The plain mean of the percentages that the reports state.
        PercentComplete = "percent_complete",
        /// The money spent to date, per currency.
        Spent = "spent",
        /// The planned money, per currency.
        Budget = "budget",
    }
}

impl Dimension {
    /// Returns the name of a value of this dimension, for a fault.
    pub(crate) fn name_value(self) -> Message {
        match self {
            Self::FocusArea => message::thing::focus_area(),
            Self::SubArea => message::thing::sub_area_in_figures(),
            Self::Status => message::thing::status(),
            Self::Country => message::thing::country(),
            Self::City => message::thing::city(),
            Self::Cycle => message::thing::cycle(),
            Self::Outcome => message::thing::outcome(),
            Self::Enabler => message::thing::enabler(),
            Self::Sector => message::thing::sector(),
            Self::Tag => message::thing::tag(),
            Self::Sdg => message::thing::sdg(),
            Self::PartnerType => message::thing::partner_type(),
        }
    }

    /// Returns `true` if a report can count in several rows or columns, so that they do not add up to the total.
    #[must_use]
    pub(crate) const fn is_multiple(self) -> bool {
        match self {
            Self::Outcome
            | Self::Enabler
            | Self::Sector
            | Self::Tag
            | Self::Sdg
            | Self::PartnerType => true,
            Self::FocusArea
            | Self::SubArea
            | Self::Status
            | Self::Country
            | Self::City
            | Self::Cycle => false,
        }
    }

    /// Returns `true` if only the frozen header of a report has the values. All others are in columns.
    #[must_use]
    pub(crate) const fn is_in_header(self) -> bool {
        match self {
            Self::Sdg | Self::PartnerType => true,
            Self::FocusArea
            | Self::SubArea
            | Self::Status
            | Self::Country
            | Self::City
            | Self::Cycle
            | Self::Outcome
            | Self::Enabler
            | Self::Sector
            | Self::Tag => false,
        }
    }
}

impl Measure {
    /// Returns the formula of the measure, in words.
    #[must_use]
    pub fn formula(self) -> Message {
        match self {
            Self::Projects => message::figure::count_of_reports(),
            Self::PercentComplete => message::figure::mean_percent(),
            Self::Spent => message::figure::sum_of_spending(),
            Self::Budget => message::figure::sum_of_budgets(),
        }
    }

    /// Returns `true` if the measure is money, which is summed for each currency.
    #[must_use]
    pub(crate) const fn is_money(self) -> bool {
        match self {
            Self::Spent | Self::Budget => true,
            Self::Projects | Self::PercentComplete => false,
        }
    }

    /// Returns `true` if only the frozen header of a report has the value.
    const fn is_in_header(self) -> bool {
        match self {
            Self::Budget => true,
            Self::Projects | Self::PercentComplete | Self::Spent => false,
        }
    }
}

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
