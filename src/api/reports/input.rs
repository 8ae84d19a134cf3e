//! Request bodies of reports and of transitions.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    api::{closed_list::define_closed_list, merge::MoneyInput},
    domain::report::{
        PercentMethod, ProjectStatus, RawEvidence, RawIndicatorValue, RawMilestoneDone, RawReport,
        reportable_statuses,
    },
};

define_closed_list!(
    /// The status of a project that a report can state.
    ReportableStatus: reportable_statuses().map(ProjectStatus::as_str)
);

/// The content of a report. Every member is optional until the report is submitted.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "status": "ongoing", "percent_complete": 62.5, "percent_method": "self_assessed",
    "achievements": "The control centre is in operation.", "challenges": "Spare parts arrived late.",
    "next_steps": "Connect the last two districts.",
    "spent": {"amount_minor": 125_000_000, "currency": "VND"},
    "evidence": [{"title": "Minutes of the opening", "url": "https://danang.gov.vn/opening"}]
}))]
pub struct NewReport {
    /// Status of the project: `planning`, `ongoing`, `completed`, `suspended` or `cancelled`.
    #[schema(value_type = Option<ReportableStatus>, inline, example = "ongoing")]
    pub status: Option<String>,
    /// Reason for the status, at most 10,000 characters. A submission requires it if the status goes back, skips
    /// `ongoing`, leaves `cancelled`, or becomes `suspended` or `cancelled`.
    #[schema(max_length = 10_000)]
    pub status_reason: Option<String>,
    /// Completed share of the project in percent, 0 to 100 with at most two decimals. With the method `milestones` it
    /// is computed and may be left out; a value that differs from the computed one is refused.
    #[schema(minimum = 0, maximum = 100, example = 62.5)]
    pub percent_complete: Option<f64>,
    /// Method by which the percentage was found: `self_assessed`, or `milestones` if it follows from the weights of the
    /// reached milestones.
    #[schema(value_type = Option<PercentMethod>, example = "self_assessed")]
    pub percent_method: Option<String>,
    /// Achievements of the project, at most 10,000 characters.
    #[schema(max_length = 10_000, example = "The control centre is in operation.")]
    pub achievements: Option<String>,
    /// Difficulties in the work, at most 10,000 characters.
    #[schema(max_length = 10_000, example = "Spare parts arrived late.")]
    pub challenges: Option<String>,
    /// Planned next steps, at most 10,000 characters.
    #[schema(max_length = 10_000, example = "Connect the last two districts.")]
    pub next_steps: Option<String>,
    /// Support that the city asks for, at most 10,000 characters.
    #[schema(max_length = 10_000)]
    pub support_needed: Option<String>,
    /// Money spent on the project to date.
    pub spent: Option<MoneyInput>,
    /// Milestones that are reached, each at most once; at most 500.
    #[schema(max_items = 500)]
    pub milestones: Option<Vec<NewMilestoneDone>>,
    /// Measured values, at most one for each indicator and day; at most 2000.
    #[schema(max_items = 2000)]
    pub indicator_values: Option<Vec<NewIndicatorValue>>,
    /// Links to evidence, at most 50.
    #[schema(max_items = 50, example = json!([{"title": "Minutes of the opening", "url": "https://danang.gov.vn/opening"}]))]
    pub evidence: Option<Vec<NewEvidence>>,
    /// `true` states that nothing changed since the latest approved report of an earlier cycle. Status, percentage,
    /// money spent, milestones and values must then be the same as in that report. `false` when absent.
    pub unchanged: Option<bool>,
}

/// A reached milestone.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMilestoneDone {
    /// Identifier of a milestone of the project.
    #[schema(required, nullable = false, format = Uuid)]
    pub milestone_id: Option<String>,
    /// Day on which the milestone was reached. A submission refuses a day in the future, and a day after the cut-off of
    /// the cycle.
    #[schema(required, nullable = false, format = Date, example = "2026-03-01")]
    pub completed_on: Option<String>,
}

/// A measured value of an indicator.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewIndicatorValue {
    /// Identifier of an indicator of the project.
    #[schema(required, nullable = false, format = Uuid)]
    pub indicator_id: Option<String>,
    /// Measured value, in the unit of the indicator.
    #[schema(required, nullable = false, example = 41.0)]
    pub value: Option<f64>,
    /// Day of the measurement. A submission refuses a day in the future, and a day after the cut-off of the cycle.
    #[schema(required, nullable = false, format = Date, example = "2026-06-30")]
    pub measured_on: Option<String>,
}

/// A link to evidence.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEvidence {
    /// Title of the link, one line of at most 300 characters.
    #[schema(required, nullable = false, max_length = 300, example = "Minutes of the opening")]
    pub title: Option<String>,
    /// An `https` address of at most 2000 characters. The service never opens it.
    #[schema(
        required,
        nullable = false,
        max_length = 2000,
        example = "https://danang.gov.vn/opening"
    )]
    pub url: Option<String>,
}

impl From<NewReport> for RawReport {
    fn from(r: NewReport) -> Self {
        let milestone = |m: NewMilestoneDone| RawMilestoneDone {
            milestone_id: m.milestone_id,
            completed_on: m.completed_on,
        };
        let value = |v: NewIndicatorValue| RawIndicatorValue {
            indicator_id: v.indicator_id,
            value: v.value,
            measured_on: v.measured_on,
        };
        let evidence = |e: NewEvidence| RawEvidence { title: e.title, url: e.url };
        Self {
            status: r.status,
            status_reason: r.status_reason,
            percent_complete: r.percent_complete,
            percent_method: r.percent_method,
            achievements: r.achievements,
            challenges: r.challenges,
            next_steps: r.next_steps,
            support_needed: r.support_needed,
            spent: r.spent.map(MoneyInput::into_raw),
            milestones: r.milestones.into_iter().flatten().map(milestone).collect(),
            indicator_values: r.indicator_values.into_iter().flatten().map(value).collect(),
            evidence: r.evidence.into_iter().flatten().map(evidence).collect(),
            unchanged: r.unchanged.unwrap_or_default(),
        }
    }
}

/// The body of a transition.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewTransition {
    /// The reason of a return or a reopening, which is required there, or a remark on any other transition. At most
    /// 10,000 characters.
    #[schema(max_length = 10_000, example = "Please state what was spent.")]
    pub comment: Option<String>,
}
