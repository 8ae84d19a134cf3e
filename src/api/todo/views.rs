//! What the list of things to do answers.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    api::{
        city_checklists::{ChecklistItemView, ChecklistTotalsView, ReturnView},
        reports::MissingView,
        users::{GrantView, ScopeView},
    },
    domain::{
        agenda::{CountryReportCounts, VacantOffice},
        reference::CountryCode,
        user::{Role, User},
    },
    store::reports::queue::QueueItem,
};

/// How much waits: cheap enough to be asked for often.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct TodoCounts {
    /// Reports of one's cities that were not begun.
    pub to_write: usize,
    /// Reports that were sent back to one's cities.
    pub returned: usize,
    /// Reports of one's cities that were begun and that something blocks.
    pub blocked: usize,
    /// Reports of one's cities that can be handed in.
    pub ready: usize,
    /// Reports of one's cities that are late.
    pub late: usize,
    /// Reports of one's cities or country that were sent back in a cycle that is closed for their city.
    pub needs_extension: usize,
    /// Reports that wait for one's decision.
    pub to_decide: usize,
    /// Decisions that are overdue.
    pub overdue: usize,
    /// Cities of one's country of which nothing was handed in.
    pub silent_cities: usize,
    /// Cycles that are closed and have nothing left to decide.
    pub ready_to_release: usize,
    /// Grants of representatives, secretariat and administrators in the last 30 days.
    pub new_grants: usize,
    /// Offices that nobody holds and that one can fill.
    pub vacancies: usize,
}

/// A report that was sent back.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ReturnedItem {
    /// The project.
    #[schema(example = "da-nang-4")]
    pub project: String,
    /// Why, and by whom.
    #[schema(required)]
    pub returned: Option<ReturnView>,
}

/// A report that something blocks.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct BlockedItem {
    /// The project.
    #[schema(example = "da-nang-4")]
    pub project: String,
    /// What blocks its submission.
    pub missing: Vec<MissingView>,
}

/// What a city's officer has to do in a cycle.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct OfficerTodo {
    /// The city.
    #[schema(example = "da-nang")]
    pub city: String,
    /// The cycle.
    #[schema(example = "me-2026")]
    pub cycle: String,
    /// The last day to be on time, an extension counted.
    #[schema(required)]
    pub due_on: Option<NaiveDate>,
    /// Days to the last day in the city's time zone; negative once it has passed.
    #[schema(required)]
    pub days_left: Option<i64>,
    /// How many reports there are of each kind.
    pub totals: ChecklistTotalsView,
    /// The projects whose report was not begun.
    pub to_write: Vec<String>,
    /// The reports that were sent back.
    pub returned: Vec<ReturnedItem>,
    /// The reports that were begun and that something blocks.
    pub blocked: Vec<BlockedItem>,
    /// The projects whose report can be handed in.
    pub ready: Vec<String>,
}

/// A report that waits for a decision.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct DecisionItem {
    /// The project.
    #[schema(example = "da-nang-4")]
    pub project: String,
    /// The cycle.
    #[schema(example = "me-2026")]
    pub cycle: String,
    /// The project's country.
    #[schema(example = "VN")]
    pub country: String,
    /// The project's title.
    pub title: String,
    /// The version of the report, for `If-Match`.
    pub version: i64,
    /// When it was submitted.
    #[schema(required)]
    pub submitted_at: Option<DateTime<Utc>>,
    /// Whether it came late.
    pub late: bool,
    /// Whether the last day for decisions has passed in the country.
    pub overdue: bool,
}
impl DecisionItem {
    pub(super) fn new(item: QueueItem, overdue: bool) -> Self {
        Self {
            project: item.code.to_string(),
            cycle: item.cycle.to_string(),
            country: item.country.to_string(),
            title: item.title,
            version: item.version,
            submitted_at: item.submitted_at,
            late: item.late,
            overdue,
        }
    }
}

/// A city of which nothing was handed in.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct SilentCity {
    /// The city.
    #[schema(example = "da-nang")]
    pub city: String,
    /// The cycle.
    #[schema(example = "me-2026")]
    pub cycle: String,
}

/// What a representative has to do.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct RepresentativeTodo {
    /// The reports that wait for a decision, the oldest submission first; at most 500.
    pub to_decide: Vec<DecisionItem>,
    /// The cities with projects in an open cycle of which nothing was handed in.
    pub silent_cities: Vec<SilentCity>,
    /// The reports that were taken up again or sent back in a cycle that is closed for their city: they wait for an extension.
    pub needs_extension: Vec<NeedsExtensionItem>,
}

/// A report that was taken up again or sent back, and that its city cannot correct: the cycle is closed for it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct NeedsExtensionItem {
    /// The city.
    #[schema(example = "da-nang")]
    pub city: String,
    /// The cycle.
    #[schema(example = "me-2026")]
    pub cycle: String,
    /// The project.
    #[schema(example = "da-nang-4")]
    pub project: String,
    /// Its title as it is now.
    pub title: String,
    /// Why, and by whom.
    #[schema(required)]
    pub returned: Option<ReturnView>,
    /// What stands against its submission: `/cycle` with the code `closed`, until the city has an extension, and whatever the report
    /// itself lacks.
    pub missing: Vec<MissingView>,
}
impl NeedsExtensionItem {
    pub(super) fn new((city, cycle): (&str, &str), item: ChecklistItemView) -> Self {
        let closed = MissingView { pointer: "/cycle".to_owned(), code: "closed".to_owned() };
        Self {
            city: city.to_owned(),
            cycle: cycle.to_owned(),
            project: item.project,
            title: item.title,
            returned: item.returned,
            missing: [closed].into_iter().chain(item.missing).collect(),
        }
    }
}

/// How far a country is with an open cycle.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct CoverageItem {
    /// The cycle.
    #[schema(example = "me-2026")]
    pub cycle: String,
    /// The country.
    #[schema(example = "VN")]
    pub country: String,
    /// The projects that are to be reported.
    pub projects: usize,
    /// No report was begun.
    pub to_write: usize,
    /// Being written and not handed in.
    pub draft: usize,
    /// Sent back to the city.
    pub returned: usize,
    /// Waiting for a decision.
    pub submitted: usize,
    /// Accepted.
    pub approved: usize,
}
impl CoverageItem {
    pub(super) fn new(cycle: &str, (country, c): (CountryCode, CountryReportCounts)) -> Self {
        Self {
            cycle: cycle.to_owned(),
            country: country.to_string(),
            projects: c.projects,
            to_write: c.to_write,
            draft: c.draft,
            returned: c.returned,
            submitted: c.submitted,
            approved: c.approved,
        }
    }
}

/// A grant that was given lately, with whom it was given to.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct NewGrantItem {
    /// The user who got it.
    pub user: uuid::Uuid,
    /// The grant.
    pub grant: GrantView,
}
impl NewGrantItem {
    pub(super) fn new(user: crate::domain::id::Id<User>, grant: GrantView) -> Self {
        Self { user: user.as_uuid(), grant }
    }
}

/// What the secretariat has to do.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct SecretariatTodo {
    /// How far each country is with each open cycle.
    pub coverage: Vec<CoverageItem>,
    /// The decisions that are overdue, the oldest submission first; at most 500.
    pub overdue: Vec<DecisionItem>,
    /// The closed cycles in which something was approved and nothing waits for a decision.
    pub ready_to_release: Vec<String>,
    /// The grants of representatives, secretariat and administrators in the last 30 days, the newest first.
    pub new_grants: Vec<NewGrantItem>,
}

/// An office that nobody active holds today.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct VacancyItem {
    /// As what.
    pub role: Role,
    /// Where.
    pub scope: ScopeView,
}
impl From<VacantOffice> for VacancyItem {
    fn from(v: VacantOffice) -> Self {
        let scope = ScopeView { kind: v.scope.kind(), key: v.scope.key().map(str::to_owned) };
        Self { role: v.role, scope }
    }
}

/// What waits for the caller, by the roles that the caller holds.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct TodoView {
    /// How much waits.
    pub counts: TodoCounts,
    /// For officers: each of their cities in each cycle that takes reports.
    pub officer: Vec<OfficerTodo>,
    /// For officers: the reports of their cities that were taken up again or sent back in a cycle that is closed for the city,
    /// so that an extension is needed.
    pub needs_extension: Vec<NeedsExtensionItem>,
    /// For representatives; null for others.
    #[schema(required)]
    pub representative: Option<RepresentativeTodo>,
    /// For the secretariat; null for others.
    #[schema(required)]
    pub secretariat: Option<SecretariatTodo>,
    /// Offices that nobody active holds, for those who can fill them: administrators, and representatives for the cities
    /// of their country.
    pub vacancies: Vec<VacancyItem>,
}

impl TodoCounts {
    /// Counts what stands in an answer.
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
