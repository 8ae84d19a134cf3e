//! The parts of a project: milestones, indicators and partnerships. They are in the header that a report freezes.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{
    id::Id,
    project::{Project, ProjectCode},
    value::{Money, Prose, Slug, Title, text_enum},
};

pub(crate) mod parse;

/// A step of a project, with the day on which it is due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Milestone {
    /// The identifier.
    pub id: Id<Milestone>,
    /// The project's identifier.
    pub project: Id<Project>,
    /// The project's code.
    pub code: ProjectCode,
    /// What is reached with this step.
    pub title: Title,
    /// The day on which the step is due.
    pub due_on: NaiveDate,
    /// The milestone's weight in the project's progress, from 1 to 1,000.
    pub weight: i64,
    /// The day on which the step was reached; none if it is not reached yet.
    pub completed_on: Option<NaiveDate>,
    /// Counts the changes of this record, from 1.
    pub version: i64,
}

impl Milestone {
    /// Returns the milestone as it stood on a cut-off day: without the day on which it was reached, if that day came
    /// later.
    #[must_use]
    pub(crate) fn before_cut_off(mut self, cut_off: NaiveDate) -> Self {
        self.completed_on = self.completed_on.filter(|day| *day <= cut_off);
        self
    }
}

text_enum! {
    /// What an indicator measures.
    pub IndicatorKind(indicator_kind) {
        /// An output: what was built or done.
        Output = "output",
        /// An outcome: what changed for people.
        Outcome = "outcome",
    }
}
text_enum! {
    /// The direction in which an indicator gets better.
    #[schema(as = Better)]
    pub IndicatorDirection(direction) {
        /// A higher value is better.
        Up = "up",
        /// A lower value is better.
        Down = "down",
    }
}

/// The value of an indicator on a day.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct IndicatorReading {
    /// The value, in the unit of the indicator.
    pub value: f64,
    /// The day on which the value was measured, or should be reached.
    pub on: NaiveDate,
}

/// A measured quantity of a project, with its baseline and target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Indicator {
    /// The identifier.
    pub id: Id<Indicator>,
    /// The project's identifier.
    pub project: Id<Project>,
    /// The project's code.
    pub code: ProjectCode,
    /// The measured quantity.
    pub name: Title,
    /// Whether it measures an output or an outcome.
    pub kind: IndicatorKind,
    /// The unit of the values.
    pub unit: Title,
    /// The direction in which the indicator gets better.
    pub better: IndicatorDirection,
    /// The value at the start.
    pub baseline: Option<IndicatorReading>,
    /// The value that should be reached.
    pub target: Option<IndicatorReading>,
    /// Counts the changes of this record, from 1.
    pub version: i64,
}

text_enum! {
    /// The role of a partner in a project.
    pub PartnerRole(partner_role) {
        /// The partner gives money.
        Funder = "funder",
        /// The partner lends money.
        Lender = "lender",
        /// The partner gives technical advice.
        Technical = "technical",
        /// The partner builds or operates.
        Implementer = "implementer",
        /// The partner sells a solution.
        SolutionProvider = "solution_provider",
        /// The partner does research.
        Academic = "academic",
    }
}
text_enum! {
    /// The stage of a partnership.
    pub PartnerStage(partnership_stage) {
        /// An idea that is discussed.
        Idea = "idea",
        /// A memorandum of understanding.
        Mou = "mou",
        /// A study.
        Study = "study",
        /// A pilot.
        Pilot = "pilot",
        /// A signed agreement.
        Agreement = "agreement",
        /// The partnership delivers.
        Delivery = "delivery",
    }
}

/// The part that a partner has in a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Partnership {
    /// The identifier.
    pub id: Id<Partnership>,
    /// The project's identifier.
    pub project: Id<Project>,
    /// The project's code.
    pub code: ProjectCode,
    /// The partner, if it is in the reference data.
    pub partner: Option<Slug>,
    /// The partner's name in the source, if it is not in the reference data.
    pub as_stated: Option<Title>,
    /// The partner's role; unknown for some imported partnerships.
    pub role: Option<PartnerRole>,
    /// The stage of the partnership; unknown for some imported partnerships.
    pub stage: Option<PartnerStage>,
    /// The money involved.
    pub amount: Option<Money>,
    /// A note.
    pub note: Option<Prose>,
    /// Counts the changes of this record, from 1.
    pub version: i64,
}
