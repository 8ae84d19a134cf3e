//! The parts of a report as it is answered.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::views::MoneyView;
use crate::domain::{
    fault::FieldFault,
    id::Id,
    project_parts::Milestone,
    report::{
        EvidenceLink, IndicatorValue, MilestoneDone, PercentMethod, ReportContent, Status,
        progress::{MilestoneWeighting, compute_elapsed},
    },
    value::{Percent, Prose},
};

/// A milestone that was reached.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct MilestoneDoneView {
    /// The milestone.
    pub milestone_id: Uuid,
    /// When it was reached.
    pub completed_on: NaiveDate,
}
impl From<&MilestoneDone> for MilestoneDoneView {
    fn from(m: &MilestoneDone) -> Self {
        Self { milestone_id: m.milestone_id.as_uuid(), completed_on: m.completed_on }
    }
}

/// A value that was measured.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct IndicatorValueView {
    /// The indicator.
    pub indicator_id: Uuid,
    /// What was measured.
    pub value: f64,
    /// When.
    pub measured_on: NaiveDate,
}
impl From<&IndicatorValue> for IndicatorValueView {
    fn from(v: &IndicatorValue) -> Self {
        Self { indicator_id: v.indicator_id.as_uuid(), value: v.value, measured_on: v.measured_on }
    }
}

/// A link.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct EvidenceView {
    /// What it shows.
    pub title: String,
    /// Where it is.
    pub url: String,
}
impl From<&EvidenceLink> for EvidenceView {
    fn from(e: &EvidenceLink) -> Self {
        Self { title: e.title.to_string(), url: e.url.as_str().to_owned() }
    }
}

/// Something that blocks a submission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct MissingView {
    /// The field of the report as a JSON pointer; under `/project` for one of the project's own record.
    #[schema(example = "/next_steps")]
    pub pointer: String,
    /// A stable word for programs.
    #[schema(example = "required")]
    pub code: String,
}

impl From<FieldFault> for MissingView {
    fn from(f: FieldFault) -> Self {
        Self { pointer: f.pointer, code: f.code }
    }
}

/// Whether a report can be submitted as far as its content goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct ReadinessView {
    /// Whether nothing is missing.
    pub ready: bool,
    /// Everything that is.
    pub missing: Vec<MissingView>,
}
impl From<Vec<FieldFault>> for ReadinessView {
    fn from(faults: Vec<FieldFault>) -> Self {
        let ready = faults.is_empty();
        Self { ready, missing: faults.into_iter().map(MissingView::from).collect() }
    }
}

/// How a percentage is computed from milestones.
pub(super) const FORMULA: &str =
    "100 × reached_weight ÷ total_weight, rounded half up to two decimals";

/// How a percentage follows from the milestones of a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct PercentCalculation {
    /// The weights of the milestones that are reached, added.
    #[schema(example = 3)]
    pub reached_weight: i64,
    /// The weights of all milestones, added.
    #[schema(example = 5)]
    pub total_weight: i64,
    /// The milestones that count as reached: by this report, or by the project's own record.
    pub reached: Vec<Uuid>,
    /// How it is computed, in words.
    #[schema(example = "100 × reached_weight ÷ total_weight, rounded half up to two decimals")]
    pub formula: String,
}
impl PercentCalculation {
    /// Shows the calculation of a report that takes its percentage from the milestones.
    pub(super) fn from_milestones(
        milestones: &[Milestone],
        content: &ReportContent,
    ) -> Option<Self> {
        if content.percent_method != Some(PercentMethod::Milestones) {
            return None;
        }
        let weighed = MilestoneWeighting::from_milestones(milestones, content)?;
        Some(Self {
            reached_weight: weighed.reached,
            total_weight: weighed.total,
            reached: weighed.milestones.into_iter().map(Id::as_uuid).collect(),
            formula: FORMULA.to_owned(),
        })
    }
}

/// How much of a project's time has passed.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct ScheduleView {
    /// First day of the project.
    pub starts_on: NaiveDate,
    /// Last day of the project.
    pub ends_on: NaiveDate,
    /// The day it is about: the cycle's cut-off.
    pub as_of: NaiveDate,
    /// The share of the days from the first to the last that have passed by then, 0 to 100.
    #[schema(example = 87.5)]
    pub time_elapsed_percent: f64,
}
impl ScheduleView {
    /// Shows the schedule of a project with both dates.
    pub(super) fn from_dates(
        (starts_on, ends_on): (Option<NaiveDate>, Option<NaiveDate>),
        as_of: NaiveDate,
    ) -> Option<Self> {
        let time_elapsed_percent =
            compute_elapsed(starts_on, ends_on, as_of).map(Percent::value)?;
        Some(Self { starts_on: starts_on?, ends_on: ends_on?, as_of, time_elapsed_percent })
    }
}

/// What a report can begin with: the members that `PUT` on a report takes.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct PrefillView {
    /// Where the project stood.
    #[schema(required)]
    pub status: Option<Status>,
    /// Always null: the reason of an earlier step is not that of the next.
    #[schema(required)]
    pub status_reason: Option<String>,
    /// How much was done, 0 to 100.
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
    /// What was to come next.
    #[schema(required)]
    pub next_steps: Option<String>,
    /// What the city asked for.
    #[schema(required)]
    pub support_needed: Option<String>,
    /// Money spent.
    #[schema(required)]
    pub spent: Option<MoneyView>,
    /// Milestones that were reached.
    pub milestones: Vec<MilestoneDoneView>,
    /// Values that were measured.
    pub indicator_values: Vec<IndicatorValueView>,
    /// Where it could be looked up.
    pub evidence: Vec<EvidenceView>,
    /// Always false: that nothing changed is for the city to say.
    pub unchanged: bool,
}
impl From<&ReportContent> for PrefillView {
    fn from(c: &ReportContent) -> Self {
        let text = |prose: &Option<Prose>| prose.as_ref().map(Prose::to_string);
        Self {
            status: c.status,
            status_reason: text(&c.status_reason),
            percent_complete: c.percent_complete.map(Percent::value),
            percent_method: c.percent_method,
            achievements: text(&c.achievements),
            challenges: text(&c.challenges),
            next_steps: text(&c.next_steps),
            support_needed: text(&c.support_needed),
            spent: c.spent.map(MoneyView::from),
            milestones: c.milestones.iter().map(MilestoneDoneView::from).collect(),
            indicator_values: c.indicator_values.iter().map(IndicatorValueView::from).collect(),
            evidence: c.evidence.iter().map(EvidenceView::from).collect(),
            unchanged: c.unchanged,
        }
    }
}
