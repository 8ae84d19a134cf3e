//! Request and response shapes of cycles.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    api::{page::list_type, views::patch::some},
    app::cycles::ClosedCycle,
    domain::{
        cycle::{CycleState, RawCycle, RawCyclePatch, ReportingCycle},
        project::ProjectCode,
        report::ReportState,
    },
};

/// A new cycle. It is scheduled until it is opened.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewCycle {
    /// Public key of the cycle, which never changes.
    #[schema(required, nullable = false, example = "me-2027")]
    pub cycle: Option<String>,
    /// Name of the cycle, one line of at most 300 characters.
    #[schema(max_length = 300, required, nullable = false, example = "M&E 2027")]
    pub name: Option<String>,
    /// Slug of the plan cycle whose projects are reported. It never changes.
    #[schema(required, nullable = false, example = "2026-2035")]
    pub plan_cycle: Option<String>,
    /// First day on which the cycle is meant to be open.
    #[schema(required, nullable = false, format = Date, example = "2027-07-01")]
    pub opens_on: Option<String>,
    /// Last day to submit reports on time.
    #[schema(required, nullable = false, format = Date, example = "2027-12-31")]
    pub due_on: Option<String>,
    /// Last day to decide on reports on time.
    #[schema(format = Date, example = "2028-01-31")]
    pub review_due_on: Option<String>,
    /// Cut-off day of the cycle's figures. Of two reports of a project, the one with the later cut-off day is the
    /// latest, so that two cycles of one plan must not have the same day.
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

/// A patch of a cycle: an absent member stays.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CyclePatch {
    /// Name of the cycle, one line of at most 300 characters.
    #[serde(default, deserialize_with = "some")]
    #[schema(max_length = 300, value_type = Option<String>, nullable = false)]
    pub name: Option<Option<String>>,
    /// First day on which the cycle is meant to be open.
    #[serde(default, deserialize_with = "some")]
    #[schema(value_type = Option<String>, nullable = false, format = Date)]
    pub opens_on: Option<Option<String>>,
    /// Last day to submit reports on time.
    #[serde(default, deserialize_with = "some")]
    #[schema(value_type = Option<String>, nullable = false, format = Date, example = "2027-01-15")]
    pub due_on: Option<Option<String>>,
    /// Last day to decide on reports on time; null removes it.
    #[serde(default, deserialize_with = "some")]
    #[schema(value_type = Option<String>, format = Date)]
    pub review_due_on: Option<Option<String>>,
    /// Cut-off day of the cycle's figures. It cannot change after the cycle was opened, because reports are approved
    /// under it.
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

/// A named period in which cities report. It need not be a calendar year.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct CycleView {
    /// Public key of the cycle.
    #[schema(example = "me-2026")]
    pub cycle: String,
    /// Name of the cycle.
    pub name: String,
    /// Slug of the plan cycle whose projects are reported.
    #[schema(example = "2018-2025")]
    pub plan_cycle: String,
    /// First day on which the cycle is meant to be open; null for imported cycles.
    #[schema(required)]
    pub opens_on: Option<NaiveDate>,
    /// Last day to submit reports on time; null for imported cycles.
    #[schema(required)]
    pub due_on: Option<NaiveDate>,
    /// Last day to decide on reports on time; null if there is none.
    #[schema(required)]
    pub review_due_on: Option<NaiveDate>,
    /// Cut-off day of the cycle's figures.
    pub as_of: NaiveDate,
    /// State of the cycle. Only the secretariat changes it; days do not.
    pub state: CycleState,
    /// Version of the cycle, from 1.
    pub version: i64,
}
list_type!(
    /// All cycles, ordered by key.
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

/// A project without an approved report in a closed cycle.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct LeftOutItem {
    /// Code of the project.
    #[schema(example = "da-nang-4")]
    pub project: String,
    /// State of its report; null if it is not begun.
    #[schema(required)]
    pub state: Option<ReportState>,
}

/// A closed cycle, with the projects that it leaves out.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ClosedCycleView {
    /// Public key of the cycle.
    #[schema(example = "me-2026")]
    pub cycle: String,
    /// Name of the cycle.
    pub name: String,
    /// Slug of the plan cycle whose projects are reported.
    #[schema(example = "2018-2025")]
    pub plan_cycle: String,
    /// First day on which the cycle was meant to be open; null for imported cycles.
    #[schema(required)]
    pub opens_on: Option<NaiveDate>,
    /// Last day to submit reports on time; null for imported cycles.
    #[schema(required)]
    pub due_on: Option<NaiveDate>,
    /// Last day to decide on reports on time; null if there is none.
    #[schema(required)]
    pub review_due_on: Option<NaiveDate>,
    /// Cut-off day of the cycle's figures.
    pub as_of: NaiveDate,
    /// State of the cycle.
    pub state: CycleState,
    /// Version of the cycle, from 1.
    pub version: i64,
    /// Projects of the plan without an approved report in the cycle, by city and number. Archived projects are not
    /// listed.
    pub left_out: Vec<LeftOutItem>,
}
impl From<ClosedCycle> for ClosedCycleView {
    fn from(closed: ClosedCycle) -> Self {
        let c = CycleView::from(closed.cycle);
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
            left_out: closed.left_out.into_iter().map(item).collect(),
        }
    }
}
