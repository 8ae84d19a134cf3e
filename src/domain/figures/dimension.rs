//! The dimensions by which figures are broken down, and the quantities that they measure.

use crate::domain::{
    message::{self, Message},
    value::text_enum,
};

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
    pub(super) const fn is_in_header(self) -> bool {
        match self {
            Self::Budget => true,
            Self::Projects | Self::PercentComplete | Self::Spent => false,
        }
    }
}
