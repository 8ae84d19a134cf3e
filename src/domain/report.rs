//! Reports: what a city says of a project in a reporting cycle.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    id::Id,
    journal::micros,
    project::{Header, Project, ProjectCode},
    project_parts::{Indicator, Milestone},
    reference::CountryCode,
    user::User,
    value::{HttpsUrl, Money, Percent, Prose, Slug, Title, words},
};

pub(crate) mod bulk;
pub(crate) mod carry_forward;
pub(crate) mod diff;
pub(crate) mod progress;
mod raw;
#[cfg(test)]
mod tests;

pub use raw::{RawEvidence, RawIndicatorValue, RawMilestoneDone, RawReport, ReportContext};

words! {
    /// Where a report stands between its city and its representative.
    pub ReportState("report state") {
        /// Being written.
        Draft = "draft",
        /// Waiting for a decision.
        Submitted = "submitted",
        /// Sent back to the city.
        Returned = "returned",
        /// Accepted.
        Approved = "approved",
    }
}
words! {
    /// Where a project stands, as the network's monitoring and evaluation reports say it, in their order.
    pub Status("status") {
        /// Proposal, pre-feasibility or feasibility.
        Planning = "planning",
        /// Beyond feasibility, or scaling up.
        Ongoing = "ongoing",
        /// Done.
        Completed = "completed",
        /// Halted, to be taken up again.
        Suspended = "suspended",
        /// Given up.
        Cancelled = "cancelled",
        /// The published source does not tell; only of imported reports.
        NotStated = "not_stated",
    }
}
words! {
    /// How a percentage came about.
    pub PercentMethod("percent method") {
        /// The city's own judgement.
        SelfAssessed = "self_assessed",
        /// The weights of the milestones that are reached.
        Milestones = "milestones",
    }
}

impl ReportState {
    /// Says whether a report of this state is late: handed in after its due day ended, or not handed in by now.
    #[must_use]
    pub(crate) fn is_late(
        self,
        submitted_at: Option<DateTime<Utc>>,
        ends: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> bool {
        match self {
            Self::Draft | Self::Returned => now >= ends,
            Self::Submitted | Self::Approved => submitted_at.is_some_and(|at| at >= ends),
        }
    }
}

impl Status {
    /// Returns the place in the normal course planning → ongoing → completed; none beside it.
    #[must_use]
    pub const fn rank(self) -> Option<u8> {
        match self {
            Self::Planning => Some(0),
            Self::Ongoing => Some(1),
            Self::Completed => Some(2),
            Self::Suspended | Self::Cancelled | Self::NotStated => None,
        }
    }

    /// Says whether the step from the previous status has to be explained: going back, skipping `ongoing`, becoming
    /// suspended or cancelled, and leaving `cancelled`. Without a previous status the normal course goes unexplained.
    #[must_use]
    pub fn needs_reason(self, previous: Option<Self>) -> bool {
        if previous == Some(self) {
            return false;
        }
        match (previous, self) {
            (_, Self::Suspended | Self::Cancelled) | (Some(Self::Cancelled), _) => true,
            (Some(before), now) => match (before.rank(), now.rank()) {
                (Some(before), Some(now)) => now < before || now > before + 1,
                (None, _) | (_, None) => false,
            },
            (None, _) => false,
        }
    }

    /// Says whether reports of this status state no percentage by rule.
    #[must_use]
    pub const fn has_no_percent(self) -> bool {
        matches!(self, Self::Planning | Self::Cancelled)
    }
}

/// A milestone that was reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MilestoneDone {
    /// The milestone.
    pub milestone_id: Id<Milestone>,
    /// When it was reached.
    pub completed_on: NaiveDate,
}

/// A value that was measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IndicatorValue {
    /// The indicator.
    pub indicator_id: Id<Indicator>,
    /// What was measured.
    pub value: f64,
    /// When.
    pub measured_on: NaiveDate,
}

/// Where a claim can be looked up. Never fetched by the service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceLink {
    /// What it shows.
    pub title: Title,
    /// Where it is.
    pub url: HttpsUrl,
}

/// What a city says in a report; all optional until it is submitted.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ReportContent {
    /// Where the project stands.
    pub status: Option<Status>,
    /// Why, where the step from the previous status has to be explained.
    pub status_reason: Option<Prose>,
    /// How much is done.
    pub percent_complete: Option<Percent>,
    /// How that was found.
    pub percent_method: Option<PercentMethod>,
    /// What was reached.
    pub achievements: Option<Prose>,
    /// What stood in the way.
    pub challenges: Option<Prose>,
    /// What comes next.
    pub next_steps: Option<Prose>,
    /// What the city asks for.
    pub support_needed: Option<Prose>,
    /// Money spent to date.
    pub spent: Option<Money>,
    /// Milestones reached.
    pub milestones: Vec<MilestoneDone>,
    /// Values measured.
    pub indicator_values: Vec<IndicatorValue>,
    /// Where it can be looked up.
    pub evidence: Vec<EvidenceLink>,
    /// An explicit statement that nothing changed.
    pub unchanged: bool,
}

/// A person who did something, and on whose behalf.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditStamp {
    /// Who.
    pub by: Id<User>,
    /// On whose behalf.
    pub acting_for: Option<Id<User>>,
    /// When.
    #[serde(with = "micros")]
    pub at: DateTime<Utc>,
}

/// A city's report on a project in a cycle: the working copy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Its identifier.
    pub id: Id<Report>,
    /// The project's identifier.
    pub project: Id<Project>,
    /// The project's code.
    pub code: ProjectCode,
    /// The cycle.
    pub cycle: Slug,
    /// The project's country.
    pub country: CountryCode,
    /// Where it stands.
    pub state: ReportState,
    /// What it says.
    pub content: ReportContent,
    /// The project as frozen at the last submission; none before the first.
    pub header: Option<Header>,
    /// Whether it ever left the city.
    pub ever_submitted: bool,
    /// The last edit.
    pub edited: Option<AuditStamp>,
    /// The submission in force.
    pub submitted: Option<AuditStamp>,
    /// The decision in force: an approval, a return or a reopening.
    pub decided: Option<AuditStamp>,
    /// Source and basis of an imported report.
    pub imported: Option<Value>,
    /// Counts the changes of this record, from 1.
    pub version: i64,
}

impl Report {
    /// Returns the public key: project and cycle.
    #[must_use]
    pub fn key(&self) -> String {
        report_key(&self.code, &self.cycle)
    }
}

/// Returns the public key of a report: project and cycle.
#[must_use]
pub fn report_key(code: &ProjectCode, cycle: &Slug) -> String {
    format!("{code}/{cycle}")
}

/// A report as approved: what strangers, figures and the feed see. No person is in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ApprovedReport {
    /// The report's identifier.
    pub report: Id<Report>,
    /// The project's identifier.
    pub project: Id<Project>,
    /// The project's code.
    pub code: ProjectCode,
    /// The project's country.
    pub country: CountryCode,
    /// The cycle.
    pub cycle: Slug,
    /// The cycle's cut-off day.
    pub as_of: NaiveDate,
    /// What it says.
    pub content: ReportContent,
    /// The project as frozen at the submission.
    pub header: Header,
    /// Source and basis of an imported report.
    pub imported: Option<Value>,
    /// When it was submitted; none for imported ones.
    #[serde(with = "micros::opt")]
    pub submitted_at: Option<DateTime<Utc>>,
    /// When it was approved; none for imported ones.
    #[serde(with = "micros::opt")]
    pub decided_at: Option<DateTime<Utc>>,
    /// When this copy was written.
    #[serde(with = "micros")]
    pub updated_at: DateTime<Utc>,
    /// Counts the writings of this copy, from 1.
    pub version: i64,
}
