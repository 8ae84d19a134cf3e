//! The approved copy of a report, without the members that depend on the caller or the time.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{
    content_views::{
        EvidenceView, IndicatorValueView, MilestoneDoneView, PercentCalculation, PrefillView,
        ScheduleView,
    },
    header::HeaderView,
};
use crate::{
    api::views::MoneyView,
    domain::report::{ApprovedReport, PercentMethod, ProjectStatus, ReportState},
};

/// The approved copy of a report. Its members have the same names and values as those of `ReportView`.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ApprovedReportView {
    /// Code of the project.
    #[schema(example = "da-nang-4")]
    pub project: String,
    /// Slug of the cycle.
    #[schema(example = "me-2026")]
    pub cycle: String,
    /// State of the report: always `approved`.
    pub state: ReportState,
    /// Version of the approved copy, from 1. It increases with every approval.
    pub version: i64,
    /// Status of the project; null if the report does not state it.
    #[schema(required)]
    pub status: Option<ProjectStatus>,
    /// Reason for the status; null if none was given.
    #[schema(required)]
    pub status_reason: Option<String>,
    /// Completed share of the project in percent, 0 to 100 with at most two decimals; null if not stated.
    #[schema(required)]
    pub percent_complete: Option<f64>,
    /// Method by which the percentage was found; null if not stated.
    #[schema(required)]
    pub percent_method: Option<PercentMethod>,
    /// Achievements of the project; null if not stated.
    #[schema(required)]
    pub achievements: Option<String>,
    /// Difficulties in the work; null if not stated.
    #[schema(required)]
    pub challenges: Option<String>,
    /// Planned next steps; null if not stated.
    #[schema(required)]
    pub next_steps: Option<String>,
    /// Support that the city asks for; null if none.
    #[schema(required)]
    pub support_needed: Option<String>,
    /// Money spent on the project to date; null if not stated.
    #[schema(required)]
    pub spent: Option<MoneyView>,
    /// Reached milestones.
    pub milestones: Vec<MilestoneDoneView>,
    /// Measured values.
    pub indicator_values: Vec<IndicatorValueView>,
    /// Links to evidence.
    pub evidence: Vec<EvidenceView>,
    /// `true` if the city states that nothing changed since the latest approved report of an earlier cycle.
    pub unchanged: bool,
    /// Calculation of the percentage from the milestones; null if the percentage is self-assessed or not stated.
    #[schema(required)]
    pub percent_calculation: Option<PercentCalculation>,
    /// Share of the project's duration that has passed at the cycle's cut-off day; null unless both dates of the
    /// project are known. It does not say whether the project is on schedule.
    #[schema(required)]
    pub schedule: Option<ScheduleView>,
    /// The project's record as it was frozen at the submission.
    pub header: HeaderView,
    /// Source and basis of an imported report; null for all other reports.
    #[schema(required, value_type = Option<Object>)]
    pub imported: Option<Value>,
    /// Time of the submission; null for imported reports.
    #[schema(required)]
    pub submitted_at: Option<DateTime<Utc>>,
    /// Whether the report was first submitted after the due day then in force. Absent if nothing was due, and if the
    /// report was approved before this was recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = bool, required = false)]
    pub late: Option<bool>,
    /// Time of the approval; null for imported reports.
    #[schema(required)]
    pub decided_at: Option<DateTime<Utc>>,
}

impl From<&ApprovedReport> for ApprovedReportView {
    fn from(a: &ApprovedReport) -> Self {
        let (content, details) = (PrefillView::from(&a.content), &a.header.details);
        Self {
            project: a.code.to_string(),
            cycle: a.cycle.to_string(),
            state: ReportState::Approved,
            version: a.version,
            status: content.status,
            status_reason: content.status_reason,
            percent_complete: content.percent_complete,
            percent_method: content.percent_method,
            achievements: content.achievements,
            challenges: content.challenges,
            next_steps: content.next_steps,
            support_needed: content.support_needed,
            spent: content.spent,
            milestones: content.milestones,
            indicator_values: content.indicator_values,
            evidence: content.evidence,
            unchanged: content.unchanged,
            percent_calculation: PercentCalculation::from_milestones(
                &a.header.milestones,
                &a.content,
                None,
            ),
            schedule: ScheduleView::from_dates(details.starts_on, details.ends_on, a.as_of),
            header: HeaderView::from_approved_copy(&a.header, a.version),
            imported: a.imported.clone(),
            submitted_at: a.submitted_at,
            late: a.late,
            decided_at: a.decided_at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::testing;

    #[test]
    fn a_copy_from_before_shows_nothing_of_what_was_typed_either() {
        let mut copy = testing::approved();
        copy.version = 3;
        copy.header.milestones = vec![testing::milestone(1)];
        copy.header.milestones[0].version = 42;
        let view = ApprovedReportView::from(&copy);
        assert_eq!((view.version, view.header.milestones[0].version), (3, 3));
        // The stored copy must not change, because hashes cover it.
        assert_eq!(copy.header.milestones[0].version, 42);
    }
}
