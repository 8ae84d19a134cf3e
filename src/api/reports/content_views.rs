//! Parts of a report in answers.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::{answer_text::AnswerText, views::MoneyView};
use crate::domain::{
    fault::FieldFault,
    id::Id,
    language::Language,
    message,
    project_parts::Milestone,
    report::{
        EvidenceLink, IndicatorValue, MilestoneDone, PercentMethod, ProjectStatus, ReportContent,
        progress::{MilestoneWeighting, compute_elapsed},
    },
    value::{Percent, Prose},
    wording::field_titles::choose_field_title,
};

/// A reached milestone.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct MilestoneDoneView {
    /// Identifier of the milestone.
    pub milestone_id: Uuid,
    /// Day on which the milestone was reached.
    pub completed_on: NaiveDate,
}
impl From<&MilestoneDone> for MilestoneDoneView {
    fn from(m: &MilestoneDone) -> Self {
        Self { milestone_id: m.milestone_id.as_uuid(), completed_on: m.completed_on }
    }
}

/// A measured value of an indicator.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct IndicatorValueView {
    /// Identifier of the indicator.
    pub indicator_id: Uuid,
    /// Measured value, in the unit of the indicator.
    pub value: f64,
    /// Day of the measurement.
    pub measured_on: NaiveDate,
}
impl From<&IndicatorValue> for IndicatorValueView {
    fn from(v: &IndicatorValue) -> Self {
        Self { indicator_id: v.indicator_id.as_uuid(), value: v.value, measured_on: v.measured_on }
    }
}

/// A link to evidence.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct EvidenceView {
    /// Title of the link.
    pub title: String,
    /// The `https` address. The service never opens it.
    pub url: String,
}
impl From<&EvidenceLink> for EvidenceView {
    fn from(e: &EvidenceLink) -> Self {
        Self { title: e.title.to_string(), url: e.url.as_str().to_owned() }
    }
}

/// Something that blocks the submission of a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct MissingView {
    /// JSON pointer to the field of the report. It begins with `/project` for a field of the project's own record, and
    /// with `/comments` for a question that the city has not answered.
    #[schema(example = "/next_steps")]
    pub pointer: String,
    /// Stable code of the fault, for programs.
    #[schema(example = "required")]
    pub code: String,
    /// Title of the field, in the language of the answer.
    #[schema(example = "Next steps")]
    pub title: String,
    /// A description of the fault and of the expected value, in the language of the answer.
    #[schema(example = "a value is required")]
    pub detail: String,
}

impl MissingView {
    pub(crate) fn new(fault: FieldFault, language: Language) -> Self {
        Self {
            title: choose_field_title(language, &fault.pointer),
            detail: fault.message.to_text(language),
            pointer: fault.pointer,
            code: fault.code,
        }
    }

    pub(crate) fn list(faults: Vec<FieldFault>, language: Language) -> Vec<Self> {
        faults.into_iter().map(|fault| Self::new(fault, language)).collect()
    }
}

/// Whether the content of a report is complete enough to be submitted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct ReadinessView {
    /// `true` if nothing in the content blocks a submission.
    pub ready: bool,
    /// Everything in the content that blocks a submission; empty if `ready` is `true`.
    pub missing: Vec<MissingView>,
}
impl ReadinessView {
    pub(super) fn new(faults: Vec<FieldFault>, language: Language) -> Self {
        Self { ready: faults.is_empty(), missing: MissingView::list(faults, language) }
    }
}

/// The calculation of `percent_complete` from the milestones of the project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct PercentCalculation {
    /// Sum of the weights of the reached milestones.
    #[schema(example = 3)]
    pub reached_weight: i64,
    /// Sum of the weights of all milestones of the project.
    #[schema(example = 5)]
    pub total_weight: i64,
    /// Identifiers of the reached milestones. A milestone is reached if this report or the project's own record states a
    /// day that is not after the cut-off of the cycle.
    pub reached: Vec<Uuid>,
    /// The formula in words, in the language of the answer.
    #[schema(value_type = String, example = "100 × reached_weight ÷ total_weight, rounded half up to two decimals")]
    pub formula: AnswerText,
}
impl PercentCalculation {
    /// Returns `None` unless the report takes its percentage from the milestones. A frozen copy has no `cut_off`: its
    /// calculation explains the percentage that it states.
    pub(super) fn from_milestones(
        milestones: &[Milestone],
        content: &ReportContent,
        cut_off: Option<NaiveDate>,
    ) -> Option<Self> {
        if content.percent_method != Some(PercentMethod::Milestones) {
            return None;
        }
        let weighed = MilestoneWeighting::from_milestones(milestones, content, cut_off)?;
        Some(Self {
            reached_weight: weighed.reached,
            total_weight: weighed.total,
            reached: weighed.milestones.into_iter().map(Id::as_uuid).collect(),
            formula: message::report::percent_formula().into(),
        })
    }
}

/// The share of the project's duration that has passed.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct ScheduleView {
    /// First day of the project.
    pub starts_on: NaiveDate,
    /// Last day of the project.
    pub ends_on: NaiveDate,
    /// Day for which the share is computed: the cut-off day of the cycle.
    pub as_of: NaiveDate,
    /// Share of the project's days that have passed by `as_of`, in percent, 0 to 100. The first and the last day count.
    #[schema(example = 87.5)]
    pub time_elapsed_percent: f64,
}
impl ScheduleView {
    /// Returns `None` unless both dates are known.
    pub(super) fn from_dates(
        starts_on: Option<NaiveDate>,
        ends_on: Option<NaiveDate>,
        as_of: NaiveDate,
    ) -> Option<Self> {
        let time_elapsed_percent =
            compute_elapsed(starts_on, ends_on, as_of).map(Percent::value)?;
        Some(Self { starts_on: starts_on?, ends_on: ends_on?, as_of, time_elapsed_percent })
    }
}

/// The initial content of a report: the members that `PUT` on a report accepts.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct PrefillView {
    /// Status of the project in the earlier report. Null if that report states none.
    #[schema(required)]
    pub status: Option<ProjectStatus>,
    /// Always null, because the reason for an earlier status does not explain the next one.
    #[schema(required)]
    pub status_reason: Option<String>,
    /// Completed share of the project in percent, 0 to 100; null if not stated.
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
    /// Next steps that were planned; null if not stated.
    #[schema(required)]
    pub next_steps: Option<String>,
    /// Support that the city asked for; null if none.
    #[schema(required)]
    pub support_needed: Option<String>,
    /// Money spent on the project to date; null if not stated.
    #[schema(required)]
    pub spent: Option<MoneyView>,
    /// Reached milestones that the project still has.
    pub milestones: Vec<MilestoneDoneView>,
    /// Measured values of indicators that the project still has.
    pub indicator_values: Vec<IndicatorValueView>,
    /// Links to evidence.
    pub evidence: Vec<EvidenceView>,
    /// Always `false`, because only the city can state that nothing changed.
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
