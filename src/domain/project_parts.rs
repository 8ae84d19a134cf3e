//! What hangs on a project: milestones, indicators, partnerships. They are part of the header that a report freezes.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{
    id::Id,
    project::{Project, ProjectCode},
    value::{Money, Prose, Slug, Title, words},
};

pub(crate) mod parse;

/// A step of a project with a day by which it is due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Milestone {
    /// Its identifier.
    pub id: Id<Milestone>,
    /// The project's identifier.
    pub project: Id<Project>,
    /// The project's code.
    pub code: ProjectCode,
    /// What is reached.
    pub title: Title,
    /// By when.
    pub due_on: NaiveDate,
    /// Its share in the project's progress, from 1 to 1,000.
    pub weight: i64,
    /// When it was reached.
    pub completed_on: Option<NaiveDate>,
    /// Counts the changes of this record, from 1.
    pub version: i64,
}

words! {
    /// What an indicator counts.
    pub IndicatorKind("indicator kind") {
        /// What was built or done.
        Output = "output",
        /// What changed for people.
        Outcome = "outcome",
    }
}
words! {
    /// In which direction an indicator gets better.
    pub Better("direction") {
        /// More is better.
        Up = "up",
        /// Less is better.
        Down = "down",
    }
}

/// A value on a day.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct IndicatorReading {
    /// The measured value.
    pub value: f64,
    /// The day it was measured, or is to be reached.
    pub on: NaiveDate,
}

/// Something that is measured, with where it started and where it should get.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Indicator {
    /// Its identifier.
    pub id: Id<Indicator>,
    /// The project's identifier.
    pub project: Id<Project>,
    /// The project's code.
    pub code: ProjectCode,
    /// What is measured.
    pub name: Title,
    /// Output or outcome.
    pub kind: IndicatorKind,
    /// The unit of the values.
    pub unit: Title,
    /// The direction in which it gets better.
    pub better: Better,
    /// Where it started.
    pub baseline: Option<IndicatorReading>,
    /// Where it should get.
    pub target: Option<IndicatorReading>,
    /// Counts the changes of this record, from 1.
    pub version: i64,
}

words! {
    /// What a partner does in a project.
    pub PartnerRole("partner role") {
        /// Gives money.
        Funder = "funder",
        /// Lends money.
        Lender = "lender",
        /// Advises.
        Technical = "technical",
        /// Builds or runs.
        Implementer = "implementer",
        /// Sells a solution.
        SolutionProvider = "solution_provider",
        /// Studies.
        Academic = "academic",
    }
}
words! {
    /// How far a partnership has come.
    pub PartnerStage("partnership stage") {
        /// Talked about.
        Idea = "idea",
        /// A memorandum of understanding.
        Mou = "mou",
        /// A study.
        Study = "study",
        /// A pilot.
        Pilot = "pilot",
        /// A signed agreement.
        Agreement = "agreement",
        /// Being delivered.
        Delivery = "delivery",
    }
}

/// A partner's part in a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Partnership {
    /// Its identifier.
    pub id: Id<Partnership>,
    /// The project's identifier.
    pub project: Id<Project>,
    /// The project's code.
    pub code: ProjectCode,
    /// The partner, when it is one of the reference data.
    pub partner: Option<Slug>,
    /// The partner as a source names it, when it matches none of the reference data.
    pub as_stated: Option<Title>,
    /// What it does; unknown for imported ones.
    pub role: Option<PartnerRole>,
    /// How far it has come; unknown for imported ones.
    pub stage: Option<PartnerStage>,
    /// The money involved.
    pub amount: Option<Money>,
    /// What else is to be said.
    pub note: Option<Prose>,
    /// Counts the changes of this record, from 1.
    pub version: i64,
}
