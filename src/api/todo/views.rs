//! The views of the caller's open tasks.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    api::users::ScopeView,
    domain::{agenda::VacantOffice, report::ProjectStatus, user::Role, value::Percent},
    store::reports::queue::QueueItem,
};

mod officer;
mod secretariat;

pub(crate) use officer::{BlockedItem, NeedsExtensionItem, OfficerTodo, ReturnedItem, ToWriteItem};
pub(crate) use secretariat::{CoverageItem, NewGrantItem, SecretariatTodo};

/// Number of open tasks of each kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct TodoCounts {
    /// Projects in the caller's cities whose report is not begun.
    pub to_write: usize,
    /// Reports that were returned to the caller's cities.
    pub returned: usize,
    /// Reports of the caller's cities that are begun, but not complete enough to be submitted.
    pub blocked: usize,
    /// Reports of the caller's cities that can be submitted.
    pub ready: usize,
    /// Reports of the caller's cities that are late.
    pub late: usize,
    /// Reports in the caller's cities or country that were reopened or returned in a cycle that is closed for their
    /// city.
    pub needs_extension: usize,
    /// Reports that wait for a decision of the caller.
    pub to_decide: usize,
    /// Decisions that are overdue.
    pub overdue: usize,
    /// Expected cities in the caller's country that submitted nothing in an open cycle.
    pub silent_cities: usize,
    /// Closed cycles that are ready to be released.
    pub ready_to_release: usize,
    /// Grants of national representatives, secretariat and administrators in the last 30 days.
    pub new_grants: usize,
    /// Vacant roles that the caller can give.
    pub vacancies: usize,
}

/// A report that waits for a decision.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct DecisionItem {
    /// Code of the project.
    #[schema(example = "da-nang-4")]
    pub project: String,
    /// Slug of the cycle.
    #[schema(example = "me-2026")]
    pub cycle: String,
    /// Code of the project's country.
    #[schema(example = "VN")]
    pub country: String,
    /// Title of the project at the submission.
    pub title: String,
    /// Status of the project in the report.
    #[schema(required)]
    pub status: Option<ProjectStatus>,
    /// Completed share of the project in the report, in percent, 0 to 100; null if not stated.
    #[schema(required)]
    pub percent_complete: Option<f64>,
    /// Status in the project's latest approved report of an earlier cycle; a report that states none is skipped. Null
    /// if there is none.
    #[schema(required)]
    pub earlier_status: Option<ProjectStatus>,
    /// Completed share of the project in its latest approved report of an earlier cycle, in percent, 0 to 100. Null if
    /// there is no such report, or if it states none.
    #[schema(required)]
    pub earlier_percent_complete: Option<f64>,
    /// Support that the city asks for in the report; null if none.
    #[schema(required)]
    pub support_needed: Option<String>,
    /// Version of the report, for `If-Match`.
    pub version: i64,
    /// Time of the submission.
    #[schema(required)]
    pub submitted_at: Option<DateTime<Utc>>,
    /// `true` if the report was first submitted after the due day then in force.
    pub late: bool,
    /// `true` if the last day for decisions has passed in the country.
    pub overdue: bool,
}
impl DecisionItem {
    pub(super) fn new(item: QueueItem, overdue: bool) -> Self {
        Self {
            project: item.code.to_string(),
            cycle: item.cycle.to_string(),
            country: item.country.to_string(),
            title: item.title,
            status: item.status,
            percent_complete: item.percent_complete.map(Percent::value),
            earlier_status: item.earlier_status,
            earlier_percent_complete: item.earlier_percent_complete.map(Percent::value),
            support_needed: item.support_needed,
            version: item.version,
            submitted_at: item.submitted_at,
            late: item.late,
            overdue,
        }
    }
}

/// A city that is expected to report and submitted nothing in an open cycle.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct SilentCity {
    /// Slug of the city.
    #[schema(example = "da-nang")]
    pub city: String,
    /// Slug of the cycle.
    #[schema(example = "me-2026")]
    pub cycle: String,
}

/// Tasks of a national representative.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct RepresentativeTodo {
    /// Reports that wait for a decision, the oldest submission first; at most 500.
    pub to_decide: Vec<DecisionItem>,
    /// Cities that are expected to report and submitted nothing in an open cycle, also cities without a project.
    pub silent_cities: Vec<SilentCity>,
    /// Reports that were reopened or returned in a cycle that is closed for their city. They wait for an extension.
    pub needs_extension: Vec<NeedsExtensionItem>,
}

/// A role on a country or city that no active person holds today. Cities count that are expected to report, and the
/// countries of these cities.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct VacancyItem {
    /// The role.
    pub role: Role,
    /// The country or city.
    pub scope: ScopeView,
}
impl From<VacantOffice> for VacancyItem {
    fn from(v: VacantOffice) -> Self {
        let scope = ScopeView { kind: v.scope.kind(), key: v.scope.key().map(str::to_owned) };
        Self { role: v.role, scope }
    }
}

/// The open tasks of the caller, by the roles that the caller holds.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct TodoView {
    /// Number of open tasks of each kind.
    pub counts: TodoCounts,
    /// For officers: each of their cities in each cycle that accepts its reports.
    pub officer: Vec<OfficerTodo>,
    /// For officers: reports of their cities that were reopened or returned in a cycle that is closed for the city.
    /// They need an extension.
    pub needs_extension: Vec<NeedsExtensionItem>,
    /// For national representatives; null for all other callers.
    #[schema(required)]
    pub representative: Option<RepresentativeTodo>,
    /// For the secretariat; null for all other callers.
    #[schema(required)]
    pub secretariat: Option<SecretariatTodo>,
    /// Vacant roles that the caller can give: administrators all, national representatives the officers of the cities
    /// in their country.
    pub vacancies: Vec<VacancyItem>,
}

impl TodoCounts {
    /// Counts the tasks in an answer.
    pub(super) fn from_todo(todo: &TodoView) -> Self {
        let cities = |f: &dyn Fn(&OfficerTodo) -> usize| todo.officer.iter().map(f).sum();
        let (nr, secretariat) = (todo.representative.as_ref(), todo.secretariat.as_ref());
        let decisions = nr.map(|r| r.to_decide.as_slice()).unwrap_or_default();
        let network = secretariat.map(|s| s.overdue.as_slice()).unwrap_or_default();
        let own = decisions.iter().filter(|d| d.overdue).count();
        Self {
            to_write: cities(&|o| o.to_write.len()),
            returned: cities(&|o| o.returned.len()),
            blocked: cities(&|o| o.blocked.len()),
            ready: cities(&|o| o.ready.len()),
            late: cities(&|o| o.totals.late),
            needs_extension: todo
                .needs_extension
                .len()
                .max(nr.map_or(0, |r| r.needs_extension.len())),
            to_decide: decisions.len(),
            overdue: own.max(network.len()),
            silent_cities: nr.map_or(0, |r| r.silent_cities.len()),
            ready_to_release: secretariat.map_or(0, |s| s.ready_to_release.len()),
            new_grants: secretariat.map_or(0, |s| s.new_grants.len()),
            vacancies: todo.vacancies.len(),
        }
    }
}
