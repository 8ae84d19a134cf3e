//! What a report and a transition take.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    api::merge::{MoneyInput, objects},
    domain::report::{RawEvidence, RawIndicatorValue, RawMilestoneDone, RawReport},
};

/// What a city says in a report. All of it is optional until it is submitted.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReport {
    /// Where the project stands: planning, ongoing, completed, suspended or cancelled.
    #[schema(example = "ongoing")]
    pub status: Option<String>,
    /// Why the status went back, skipped `ongoing`, or became suspended or cancelled.
    pub status_reason: Option<String>,
    /// How much is done, 0 to 100 with at most two decimals.
    #[schema(minimum = 0, maximum = 100, example = 62.5)]
    pub percent_complete: Option<f64>,
    /// How that was found: `self_assessed` or `milestones`.
    #[schema(example = "self_assessed")]
    pub percent_method: Option<String>,
    /// What was reached.
    #[schema(example = "The control centre is in operation.")]
    pub achievements: Option<String>,
    /// What stood in the way.
    #[schema(example = "Spare parts arrived late.")]
    pub challenges: Option<String>,
    /// What comes next.
    #[schema(example = "Connect the last two districts.")]
    pub next_steps: Option<String>,
    /// What the city asks for.
    pub support_needed: Option<String>,
    /// Money spent to date.
    pub spent: Option<MoneyInput>,
    /// Milestones that were reached, each once.
    pub milestones: Option<Vec<NewMilestoneDone>>,
    /// Values that were measured, each indicator once on a day.
    pub indicator_values: Option<Vec<NewIndicatorValue>>,
    /// Where it can be looked up; at most 50 links.
    #[schema(example = json!([{"title": "Minutes of the opening", "url": "https://danang.gov.vn/opening"}]))]
    pub evidence: Option<Vec<NewEvidence>>,
    /// An explicit statement that nothing changed.
    pub unchanged: Option<bool>,
}

/// A milestone that was reached.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct NewMilestoneDone {
    /// A milestone of the project.
    #[schema(format = Uuid)]
    pub milestone_id: Option<String>,
    /// When it was reached.
    #[schema(format = Date, example = "2026-03-01")]
    pub completed_on: Option<String>,
}

/// A value that was measured.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct NewIndicatorValue {
    /// An indicator of the project.
    #[schema(format = Uuid)]
    pub indicator_id: Option<String>,
    /// What was measured.
    #[schema(example = 41.0)]
    pub value: Option<f64>,
    /// When.
    #[schema(format = Date, example = "2026-06-30")]
    pub measured_on: Option<String>,
}

/// A link.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct NewEvidence {
    /// What it shows.
    #[schema(example = "Minutes of the opening")]
    pub title: Option<String>,
    /// An https address, at most 2000 characters. It is never fetched.
    #[schema(example = "https://danang.gov.vn/opening")]
    pub url: Option<String>,
}

objects!(NewMilestoneDone, NewIndicatorValue, NewEvidence);

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

/// What may come with a transition.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewTransition {
    /// The reason, which a return and a reopening need, or a remark.
    #[schema(example = "Please state what was spent.")]
    pub comment: Option<String>,
}
