//! The views of the tasks of an officer.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    api::{
        city_checklists::{ChecklistItemView, ChecklistTotalsView, ReturnView},
        reports::MissingView,
    },
    domain::{
        fault::{FieldFault, ValueFault},
        language::Language,
        message,
        value::Slug,
    },
};

/// A project whose report is not begun.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ToWriteItem {
    /// Code of the project.
    #[schema(example = "da-nang-4")]
    pub project: String,
    /// Present title of the project.
    pub title: String,
}

/// A returned report.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ReturnedItem {
    /// Code of the project.
    #[schema(example = "da-nang-4")]
    pub project: String,
    /// Comment with the reason of the return.
    #[schema(required)]
    pub returned: Option<ReturnView>,
}

/// A report that is begun, but not complete enough to be submitted.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct BlockedItem {
    /// Code of the project.
    #[schema(example = "da-nang-4")]
    pub project: String,
    /// Everything that blocks the submission.
    pub missing: Vec<MissingView>,
}

/// Tasks of an officer of a city in a cycle.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct OfficerTodo {
    /// Slug of the city.
    #[schema(example = "da-nang")]
    pub city: String,
    /// Slug of the cycle.
    #[schema(example = "me-2026")]
    pub cycle: String,
    /// Last day to submit on time, with the city's extension if there is one; null if the cycle has no due day.
    #[schema(required)]
    pub due_on: Option<NaiveDate>,
    /// Days from today to `due_on` in the city's time zone: 0 on the day itself, negative after it. Null if the cycle
    /// has no due day.
    #[schema(required)]
    pub days_left: Option<i64>,
    /// Number of reports of each kind.
    pub totals: ChecklistTotalsView,
    /// Codes of the projects whose report is not begun.
    pub to_write: Vec<String>,
    /// The same projects with their titles.
    pub to_write_items: Vec<ToWriteItem>,
    /// The returned reports.
    pub returned: Vec<ReturnedItem>,
    /// The reports that are begun, but not complete enough to be submitted.
    pub blocked: Vec<BlockedItem>,
    /// Codes of the projects whose report can be submitted.
    pub ready: Vec<String>,
}

/// A report that was reopened or returned, and that its city cannot correct because the cycle is closed for the city.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct NeedsExtensionItem {
    /// Slug of the city.
    #[schema(example = "da-nang")]
    pub city: String,
    /// Slug of the cycle.
    #[schema(example = "me-2026")]
    pub cycle: String,
    /// Code of the project.
    #[schema(example = "da-nang-4")]
    pub project: String,
    /// Present title of the project.
    pub title: String,
    /// Comment with the reason of the return or the reopening.
    #[schema(required)]
    pub returned: Option<ReturnView>,
    /// Everything that blocks the submission: `/cycle` with the code `closed`, until the city has an extension, and
    /// everything that the content of the report lacks.
    pub missing: Vec<MissingView>,
}
impl NeedsExtensionItem {
    pub(in crate::api::todo) fn new(
        city: &Slug,
        cycle: &Slug,
        item: ChecklistItemView,
        language: Language,
    ) -> Self {
        let fault = ValueFault::new("closed", message::report::cycle_closed());
        let closed = MissingView::new(FieldFault::new("/cycle", fault), language);
        Self {
            city: city.to_string(),
            cycle: cycle.to_string(),
            project: item.project,
            title: item.title,
            returned: item.returned,
            missing: [closed].into_iter().chain(item.missing).collect(),
        }
    }
}
