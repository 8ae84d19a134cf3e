//! The approved copy of a report as strangers see it, without what depends on who asks and when.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;

use super::{
    header::HeaderView,
    said::{EvidenceView, IndicatorValueView, MilestoneDoneView, PercentCalculation, ScheduleView},
};
use crate::{
    api::views::Money,
    domain::{
        report::{ApprovedReport, PercentMethod, ReportState, Status},
        value::{Percent, Prose},
    },
};

/// An approved copy. Its members are those of [`super::ReportView`], by the same names and with the same values.
#[derive(Debug, Clone, Serialize)]
pub struct ApprovedReportView {
    project: String,
    cycle: String,
    state: ReportState,
    version: i64,
    status: Option<Status>,
    status_reason: Option<String>,
    percent_complete: Option<f64>,
    percent_method: Option<PercentMethod>,
    achievements: Option<String>,
    challenges: Option<String>,
    next_steps: Option<String>,
    support_needed: Option<String>,
    spent: Option<Money>,
    milestones: Vec<MilestoneDoneView>,
    indicator_values: Vec<IndicatorValueView>,
    evidence: Vec<EvidenceView>,
    unchanged: bool,
    percent_calculation: Option<PercentCalculation>,
    schedule: Option<ScheduleView>,
    header: HeaderView,
    imported: Option<Value>,
    submitted_at: Option<DateTime<Utc>>,
    decided_at: Option<DateTime<Utc>>,
}

impl From<&ApprovedReport> for ApprovedReportView {
    fn from(a: &ApprovedReport) -> Self {
        let (c, details) = (&a.content, &a.header.details);
        let text = |prose: Option<&Prose>| prose.map(Prose::to_string);
        Self {
            project: a.code.to_string(),
            cycle: a.cycle.to_string(),
            state: ReportState::Approved,
            version: a.version,
            status: c.status,
            status_reason: text(c.status_reason.as_ref()),
            percent_complete: c.percent_complete.map(Percent::value),
            percent_method: c.percent_method,
            achievements: text(c.achievements.as_ref()),
            challenges: text(c.challenges.as_ref()),
            next_steps: text(c.next_steps.as_ref()),
            support_needed: text(c.support_needed.as_ref()),
            spent: c.spent.map(Money::from),
            milestones: c.milestones.iter().map(MilestoneDoneView::from).collect(),
            indicator_values: c.indicator_values.iter().map(IndicatorValueView::from).collect(),
            evidence: c.evidence.iter().map(EvidenceView::from).collect(),
            unchanged: c.unchanged,
            percent_calculation: PercentCalculation::of(&a.header.milestones, c),
            schedule: ScheduleView::of((details.starts_on, details.ends_on), a.as_of),
            header: HeaderView::from(&a.header),
            imported: a.imported.clone(),
            submitted_at: a.submitted_at,
            decided_at: a.decided_at,
        }
    }
}
