//! Cycles as they are taken and answered.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    api::{page::list_type, views::patch::some},
    domain::{
        cycle::{CycleState, RawCycle, RawCyclePatch, ReportingCycle},
        project::ProjectCode,
        report::ReportState,
    },
};

/// A cycle to be added. It is scheduled until it is opened.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewCycle {
    /// The public key, which never changes.
    #[schema(required, nullable = false, example = "me-2027")]
    pub cycle: Option<String>,
    /// The name.
    #[schema(required, nullable = false, example = "M&E 2027")]
    pub name: Option<String>,
    /// The plan cycle whose projects are reported, which never changes.
    #[schema(required, nullable = false, example = "2026-2035")]
    pub plan_cycle: Option<String>,
    /// First day on which it is meant to be open.
    #[schema(required, nullable = false, format = Date, example = "2027-07-01")]
    pub opens_on: Option<String>,
    /// Last day for submissions to be on time.
    #[schema(required, nullable = false, format = Date, example = "2027-12-31")]
    pub due_on: Option<String>,
    /// Last day for decisions to be on time.
    #[schema(format = Date, example = "2028-01-31")]
    pub review_due_on: Option<String>,
    /// The cut-off day that its figures are about: the later one tells which report of a project is its latest, so that no two
    /// cycles of a plan share one.
    #[schema(required, nullable = false, format = Date, example = "2027-12-31")]
    pub as_of: Option<String>,
}
impl From<NewCycle> for RawCycle {
    fn from(c: NewCycle) -> Self {
        Self {
            cycle: c.cycle,
            name: c.name,
            plan_cycle: c.plan_cycle,
            opens_on: c.opens_on,
            due_on: c.due_on,
            review_due_on: c.review_due_on,
            as_of: c.as_of,
        }
    }
}

/// A change of a cycle: absent members stay.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CyclePatch {
    /// The name.
    #[serde(default, deserialize_with = "some")]
    #[schema(value_type = Option<String>, nullable = false)]
    pub name: Option<Option<String>>,
    /// First day on which it is meant to be open.
    #[serde(default, deserialize_with = "some")]
    #[schema(value_type = Option<String>, nullable = false, format = Date)]
    pub opens_on: Option<Option<String>>,
    /// Last day for submissions to be on time.
    #[serde(default, deserialize_with = "some")]
    #[schema(value_type = Option<String>, nullable = false, format = Date, example = "2027-01-15")]
    pub due_on: Option<Option<String>>,
    /// Last day for decisions to be on time; null takes it away.
    #[serde(default, deserialize_with = "some")]
    #[schema(value_type = Option<String>, format = Date)]
    pub review_due_on: Option<Option<String>>,
    /// The cut-off day; it is fixed once the cycle was opened, because reports are approved under it.
    #[serde(default, deserialize_with = "some")]
    #[schema(value_type = Option<String>, nullable = false, format = Date)]
    pub as_of: Option<Option<String>>,
}
impl From<CyclePatch> for RawCyclePatch {
    fn from(p: CyclePatch) -> Self {
        Self {
            name: p.name,
            opens_on: p.opens_on,
            due_on: p.due_on,
            review_due_on: p.review_due_on,
            as_of: p.as_of,
        }
    }
}

/// A named window in which reports are filed; not a calendar year.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct CycleView {
    /// The public key.
    #[schema(example = "me-2026")]
    pub cycle: String,
    /// The name.
    pub name: String,
    /// The plan cycle whose projects are reported.
    #[schema(example = "2018-2025")]
    pub plan_cycle: String,
    /// First day on which it is meant to be open; null for imported cycles.
    #[schema(required)]
    pub opens_on: Option<NaiveDate>,
    /// Last day for submissions to be on time; null for imported cycles.
    #[schema(required)]
    pub due_on: Option<NaiveDate>,
    /// Last day for decisions to be on time.
    #[schema(required)]
    pub review_due_on: Option<NaiveDate>,
    /// The cut-off day that its figures are about.
    pub as_of: NaiveDate,
    /// Where it stands; only acts of the secretariat move it.
    pub state: CycleState,
    /// Counts the changes of the cycle.
    pub version: i64,
}
list_type!(
    /// Cycles, by key.
    CycleList of CycleView
);
impl From<ReportingCycle> for CycleView {
    fn from(c: ReportingCycle) -> Self {
        Self {
            cycle: c.slug.to_string(),
            name: c.name.to_string(),
            plan_cycle: c.plan_cycle.to_string(),
            opens_on: c.opens_on,
            due_on: c.due_on,
            review_due_on: c.review_due_on,
            as_of: c.as_of,
            state: c.state,
            version: c.version,
        }
    }
}

/// A project that a cycle was closed without.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct LeftOutItem {
    /// The project.
    #[schema(example = "da-nang-4")]
    pub project: String,
    /// Where its report stands; null when none was begun.
    #[schema(required)]
    pub state: Option<ReportState>,
}

/// A cycle that was closed, with what it leaves out.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ClosedCycleView {
    /// The public key.
    #[schema(example = "me-2026")]
    pub cycle: String,
    /// The name.
    pub name: String,
    /// The plan cycle whose projects are reported.
    #[schema(example = "2018-2025")]
    pub plan_cycle: String,
    /// First day on which it was meant to be open; null for imported cycles.
    #[schema(required)]
    pub opens_on: Option<NaiveDate>,
    /// Last day for submissions to be on time; null for imported cycles.
    #[schema(required)]
    pub due_on: Option<NaiveDate>,
    /// Last day for decisions to be on time.
    #[schema(required)]
    pub review_due_on: Option<NaiveDate>,
    /// The cut-off day that its figures are about.
    pub as_of: NaiveDate,
    /// Where it stands.
    pub state: CycleState,
    /// Counts the changes of the cycle.
    pub version: i64,
    /// The projects of the plan, archived ones aside, without an approved report in it, by city and number.
    pub left_out: Vec<LeftOutItem>,
}
impl ClosedCycleView {
    pub(super) fn new(
        cycle: ReportingCycle,
        left_out: Vec<(ProjectCode, Option<ReportState>)>,
    ) -> Self {
        let c = CycleView::from(cycle);
        let item =
            |(code, state): (ProjectCode, _)| LeftOutItem { project: code.to_string(), state };
        Self {
            cycle: c.cycle,
            name: c.name,
            plan_cycle: c.plan_cycle,
            opens_on: c.opens_on,
            due_on: c.due_on,
            review_due_on: c.review_due_on,
            as_of: c.as_of,
            state: c.state,
            version: c.version,
            left_out: left_out.into_iter().map(item).collect(),
        }
    }
}
