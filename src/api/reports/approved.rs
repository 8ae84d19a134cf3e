//! The approved copy of a report as strangers see it, without what depends on who asks and when.

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
    domain::report::{ApprovedReport, PercentMethod, ReportState, Status},
};

/// An approved copy. Its members are those of [`super::ReportView`], by the same names and with the same values.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ApprovedReportView {
    /// The project.
    #[schema(example = "da-nang-4")]
    pub project: String,
    /// The cycle.
    #[schema(example = "me-2026")]
    pub cycle: String,
    /// Where it stands between its city and its representative.
    pub state: ReportState,
    /// Counts the changes of the copy that is shown.
    pub version: i64,
    /// Where the project stands.
    #[schema(required)]
    pub status: Option<Status>,
    /// Why, where the step from the previous status has to be explained.
    #[schema(required)]
    pub status_reason: Option<String>,
    /// How much is done, 0 to 100.
    #[schema(required)]
    pub percent_complete: Option<f64>,
    /// How that was found.
    #[schema(required)]
    pub percent_method: Option<PercentMethod>,
    /// What was reached.
    #[schema(required)]
    pub achievements: Option<String>,
    /// What stood in the way.
    #[schema(required)]
    pub challenges: Option<String>,
    /// What comes next.
    #[schema(required)]
    pub next_steps: Option<String>,
    /// What the city asks for.
    #[schema(required)]
    pub support_needed: Option<String>,
    /// Money spent to date.
    #[schema(required)]
    pub spent: Option<MoneyView>,
    /// Milestones that were reached.
    pub milestones: Vec<MilestoneDoneView>,
    /// Values that were measured.
    pub indicator_values: Vec<IndicatorValueView>,
    /// Where it can be looked up.
    pub evidence: Vec<EvidenceView>,
    /// An explicit statement that nothing changed.
    pub unchanged: bool,
    /// How the percentage follows from the milestones; null when it is self-assessed or not stated.
    #[schema(required)]
    pub percent_calculation: Option<PercentCalculation>,
    /// How much of the project's time has passed at the cycle's cut-off; null without both dates. A fact, not a judgement.
    #[schema(required)]
    pub schedule: Option<ScheduleView>,
    /// The project as frozen at the submission.
    pub header: HeaderView,
    /// Source and basis of an imported report.
    #[schema(required, value_type = Option<Object>)]
    pub imported: Option<Value>,
    /// When it was submitted.
    #[schema(required)]
    pub submitted_at: Option<DateTime<Utc>>,
    /// When it was last decided on: approved, returned or reopened.
    #[schema(required)]
    pub decided_at: Option<DateTime<Utc>>,
}

impl From<&ApprovedReport> for ApprovedReportView {
    fn from(a: &ApprovedReport) -> Self {
        let (said, details) = (PrefillView::from(&a.content), &a.header.details);
        Self {
            project: a.code.to_string(),
            cycle: a.cycle.to_string(),
            state: ReportState::Approved,
            version: a.version,
            status: said.status,
            status_reason: said.status_reason,
            percent_complete: said.percent_complete,
            percent_method: said.percent_method,
            achievements: said.achievements,
            challenges: said.challenges,
            next_steps: said.next_steps,
            support_needed: said.support_needed,
            spent: said.spent,
            milestones: said.milestones,
            indicator_values: said.indicator_values,
            evidence: said.evidence,
            unchanged: said.unchanged,
            percent_calculation: PercentCalculation::from_milestones(
                &a.header.milestones,
                &a.content,
            ),
            schedule: ScheduleView::from_dates((details.starts_on, details.ends_on), a.as_of),
            header: HeaderView::from_approved_copy(&a.header, a.version),
            imported: a.imported.clone(),
            submitted_at: a.submitted_at,
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
        // What was frozen stays as it was: hashes are over it.
        assert_eq!(copy.header.milestones[0].version, 42);
    }
}
