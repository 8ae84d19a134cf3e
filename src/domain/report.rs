//! Reports: what a city reports about a project in a reporting cycle.

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
    value::{HttpsUrl, Money, Percent, Prose, Slug, Title, text_enum},
};

pub(crate) mod bulk;
pub(crate) mod carry_forward;
pub(crate) mod cut_off;
pub(crate) mod diff;
pub(crate) mod progress;
mod raw;
mod submission;
#[cfg(test)]
mod tests;

pub(crate) use raw::reportable_statuses;
pub use raw::{RawEvidence, RawIndicatorValue, RawMilestoneDone, RawReport, ReportContext};
pub use submission::FirstSubmission;
pub(crate) use submission::SubmissionTiming;

text_enum! {
    /// The state of a report in the exchange between its city and the national representative.
    pub ReportState(report_state) {
        /// The city is writing the report.
        Draft = "draft",
        /// The report waits for a decision.
        Submitted = "submitted",
        /// The representative sent the report back to the city.
        Returned = "returned",
        /// The representative accepted the report.
        Approved = "approved",
    }
}
text_enum! {
    /// The status of a project, with the values and the order of the network's monitoring and evaluation reports.
    #[schema(as = Status)]
    pub ProjectStatus(status) {
        /// At the stage of proposal, pre-feasibility or feasibility study.
        Planning = "planning",
        /// Beyond the feasibility study, or scaling up.
        Ongoing = "ongoing",
        /// Completed.
        Completed = "completed",
        /// Stopped for now, to be continued later.
        Suspended = "suspended",
        /// Stopped for good.
        Cancelled = "cancelled",
        /// The published source states no status. Only imported reports have this value.
        NotStated = "not_stated",
    }
}
text_enum! {
    /// How a percentage was determined.
    pub PercentMethod(percent_method) {
        /// The city estimated it.
        SelfAssessed = "self_assessed",
        /// It was computed from the weights of the reached milestones.
        Milestones = "milestones",
    }
}

impl ProjectStatus {
    /// Returns the position in the normal course planning → ongoing → completed; `None` for any other status.
    #[must_use]
    pub const fn rank(self) -> Option<u8> {
        match self {
            Self::Planning => Some(0),
            Self::Ongoing => Some(1),
            Self::Completed => Some(2),
            Self::Suspended | Self::Cancelled | Self::NotStated => None,
        }
    }

    /// Returns `true` if the change from the previous status needs a reason: a step back, a skipped `ongoing`, a change
    /// to suspended or cancelled, and a change from `cancelled`. Without a previous status only suspended and cancelled
    /// do.
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

    /// Returns `true` if reports with this status need no percentage.
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
    /// The day on which it was reached.
    pub completed_on: NaiveDate,
}

/// A measured value of an indicator.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IndicatorValue {
    /// The indicator.
    pub indicator_id: Id<Indicator>,
    /// The value, in the unit of the indicator.
    pub value: f64,
    /// The day of the measurement.
    pub measured_on: NaiveDate,
}

/// A link to evidence. The service never opens it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceLink {
    /// What the evidence shows.
    pub title: Title,
    /// The web address.
    pub url: HttpsUrl,
}

/// The content of a report. Every field is optional until the report is submitted.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ReportContent {
    /// The status of the project.
    pub status: Option<ProjectStatus>,
    /// The reason for the status, if the change from the previous status needs one.
    pub status_reason: Option<Prose>,
    /// The completed percentage.
    pub percent_complete: Option<Percent>,
    /// How the percentage was determined.
    pub percent_method: Option<PercentMethod>,
    /// What was achieved.
    pub achievements: Option<Prose>,
    /// The obstacles.
    pub challenges: Option<Prose>,
    /// The next steps.
    pub next_steps: Option<Prose>,
    /// The support that the city asks for.
    pub support_needed: Option<Prose>,
    /// The money spent to date.
    pub spent: Option<Money>,
    /// The reached milestones.
    pub milestones: Vec<MilestoneDone>,
    /// The measured values of indicators.
    pub indicator_values: Vec<IndicatorValue>,
    /// Links to evidence.
    pub evidence: Vec<EvidenceLink>,
    /// Whether the city states that nothing changed.
    pub unchanged: bool,
}

impl ReportContent {
    /// Returns the content as it stood on a cut-off day: without milestones that were reached and values that were
    /// measured later.
    #[must_use]
    pub(crate) fn before_cut_off(mut self, cut_off: NaiveDate) -> Self {
        self.milestones.retain(|done| done.completed_on <= cut_off);
        self.indicator_values.retain(|value| value.measured_on <= cut_off);
        self
    }
}

/// Who did something, on whose behalf, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditStamp {
    /// The user.
    pub by: Id<User>,
    /// The user on whose behalf it was done.
    pub acting_for: Option<Id<User>>,
    /// The time.
    #[serde(with = "micros")]
    pub at: DateTime<Utc>,
}

/// The working copy of a city's report on a project in a cycle.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The identifier.
    pub id: Id<Report>,
    /// The project's identifier.
    pub project: Id<Project>,
    /// The project's code.
    pub code: ProjectCode,
    /// The cycle.
    pub cycle: Slug,
    /// The project's country.
    pub country: CountryCode,
    /// The state.
    pub state: ReportState,
    /// The content.
    pub content: ReportContent,
    /// The project as frozen at the last submission; none before the first submission.
    pub header: Option<Header>,
    /// Whether the report was submitted at least once.
    pub ever_submitted: bool,
    /// The last edit.
    pub edited: Option<AuditStamp>,
    /// The current submission.
    pub submitted: Option<AuditStamp>,
    /// The first submission in the cycle; none before it, and in records from before it was recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_submission: Option<FirstSubmission>,
    /// The current decision: an approval, a return or a reopening.
    pub decided: Option<AuditStamp>,
    /// The source of an imported report and how its status was derived, as JSON.
    pub imported: Option<Value>,
    /// Counts the changes of this record, from 1.
    pub version: i64,
}

impl Report {
    /// Returns the public key, `project/cycle`.
    #[must_use]
    pub fn key(&self) -> String {
        report_key(&self.code, &self.cycle)
    }
}

/// Returns the public key of a report, `project/cycle`.
#[must_use]
pub fn report_key(code: &ProjectCode, cycle: &Slug) -> String {
    format!("{code}/{cycle}")
}

/// The approved copy of a report, for the public, the figures and the feed. It contains no reference to a person.
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
    /// The content.
    pub content: ReportContent,
    /// The project as frozen at the submission.
    pub header: Header,
    /// The source of an imported report and how its status was derived, as JSON.
    pub imported: Option<Value>,
    /// When the report was submitted; none for imported reports.
    #[serde(with = "micros::opt")]
    pub submitted_at: Option<DateTime<Utc>>,
    /// Whether the first submission came after the due day then in force; none if nothing was due, and in copies from
    /// before this was recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub late: Option<bool>,
    /// When the report was approved; none for imported reports.
    #[serde(with = "micros::opt")]
    pub decided_at: Option<DateTime<Utc>>,
    /// When this copy was written.
    #[serde(with = "micros")]
    pub updated_at: DateTime<Utc>,
    /// Counts the writes of this copy, from 1.
    pub version: i64,
}
