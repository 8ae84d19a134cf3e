//! What waits for the caller.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use actix_web::{get, web::Data};
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    answer::Answer,
    cache::{Key, View},
    error::ApiResult,
    may::Own,
    sittings::{SittingItem, person_names},
    state::State,
    users::GrantView,
};
use crate::{
    domain::{
        agenda::{self, Coverage, Standing},
        cycle::{CycleState, ReportingCycle, end_of, today},
        policy::Actor,
        reference::{City, CountryCode},
        report::ReportState,
        sitting::{Due, Seen, Totals},
        user::{Place, Role, Scope},
        value::Slug,
    },
    store::{
        Conn, StoreResult, agenda as kept, cycles, extensions, reference, releases,
        reports::{
            self,
            queue::{self, QueueFilter, QueueItem, QueueQuery, QueueSort},
        },
    },
};

mod shut;
mod views;

use shut::Places;
pub use views::TodoView;
use views::{
    BlockedItem, CoverageItem, DecisionItem, NewGrantItem, OfficerTodo, RepresentativeTodo,
    ReturnedItem, SecretariatTodo, SilentCity, TodoCounts, VacancyItem,
};

/// Most reports in a list of decisions.
const DECISIONS_MAX: i64 = 500;
/// How long a new grant stands in the secretariat's list.
const NEW: TimeDelta = TimeDelta::days(30);

/// Registers the operations of this file.
pub(super) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(get_todo);
}

/// Read what waits for me
///
/// For officers what to write, what was returned, what blocks a submission and how many days are left; for representatives
/// what to decide, the oldest first, and silent cities; for the secretariat how far each country is, overdue decisions and
/// what is ready to be released; offices that nobody holds for those who can fill them. What was taken up again in a closed
/// cycle waits for an extension: its city and its representative are told. Cheap to ask often: an unchanged
/// answer is 304 by its tag.
#[utoipa::path(tag = "me", responses((status = 200, body = TodoView)))]
#[get("/me/todo")]
async fn get_todo(own: Own, state: Data<State>) -> ApiResult<Answer> {
    let (actor, at) = (own.actor, state.clock.now());
    let key = Key::new("me/todo", View::own(&actor), &())?.of_everything(at);
    let directory = Arc::clone(&state.directory);
    // Asked within the snapshot: what is newer than that is asked for again under the next number.
    let read = move |c: &mut Conn, _| {
        Answer::of(&Reading { actor: &actor, at }.todo(c, &directory.held(at))?)
    };
    state.kept(key, read).await
}

/// Who reads, and when.
#[derive(Clone, Copy)]
struct Reading<'a> {
    actor: &'a Actor,
    at: DateTime<Utc>,
}

impl Reading<'_> {
    fn todo(self, conn: &mut Conn, held: &BTreeSet<(Role, Scope)>) -> StoreResult<TodoView> {
        let cycles = cycles::list(conn)?;
        let mut todo = TodoView {
            counts: TodoCounts::default(),
            officer: self.officer(conn, &cycles)?,
            needs_extension: self.shut_for_cities(conn, &cycles)?,
            representative: self.representative(conn, &cycles)?,
            secretariat: self.secretariat(conn, &cycles)?,
            vacancies: self.vacancies(conn, held)?,
        };
        todo.counts = TodoCounts::of(&todo);
        Ok(todo)
    }

    /// Names the cities that the actor is an officer of.
    fn cities(self) -> impl Iterator<Item = Slug> {
        let mut cities: Vec<Slug> = self
            .actor
            .scopes(Role::CityOfficer)
            .filter_map(|scope| match scope {
                Scope::City(city, _) => Some(city.clone()),
                Scope::Network | Scope::Country(_) => None,
            })
            .collect();
        cities.sort_unstable();
        cities.dedup();
        cities.into_iter()
    }

    fn officer(self, conn: &mut Conn, all: &[ReportingCycle]) -> StoreResult<Vec<OfficerTodo>> {
        let mut out = Vec::new();
        for city in self.cities() {
            let Some(city) = reference::city(conn, &city)? else { continue };
            for cycle in all {
                out.extend(self.city(conn, &city, cycle)?);
            }
        }
        Ok(out)
    }

    /// Says what a city has to do in a cycle that takes its reports.
    fn city(
        self,
        conn: &mut Conn,
        city: &City,
        cycle: &ReportingCycle,
    ) -> StoreResult<Option<OfficerTodo>> {
        let extension = extensions::day(conn, &cycle.slug, &city.slug)?;
        if !cycle.accepts_reports(extension, today(self.at, city.time_zone)) {
            return Ok(None);
        }
        let seats = reports::seats(conn, city, cycle)?;
        if seats.is_empty() {
            return Ok(None);
        }
        let names = person_names(conn, &seats)?;
        let seen: Vec<Seen<'_>> = seats.iter().map(|s| s.seen(self.actor, self.at)).collect();
        let due = Due::of(cycle, extension, city.time_zone, self.at);
        let items = || seen.iter().map(|s| SittingItem::new(s, &names));
        let began = |i: &SittingItem| i.state.is_some();
        Ok(Some(OfficerTodo {
            city: city.slug.to_string(),
            cycle: cycle.slug.to_string(),
            due_on: due.map(|d| d.on),
            days_left: due.map(|d| d.days_left),
            totals: Totals::of(&seen).into(),
            to_write: items().filter(|i| !began(i)).map(|i| i.project).collect(),
            returned: items()
                .filter(|i| i.state == Some(ReportState::Returned))
                .map(|i| ReturnedItem { project: i.project, returned: i.returned })
                .collect(),
            blocked: items()
                .filter(|i| began(i) && i.ready == Some(false))
                .map(|i| BlockedItem { project: i.project, missing: i.missing })
                .collect(),
            ready: items()
                .filter(|i| began(i) && i.ready == Some(true))
                .map(|i| i.project)
                .collect(),
        }))
    }

    fn representative(
        self,
        conn: &mut Conn,
        all: &[ReportingCycle],
    ) -> StoreResult<Option<RepresentativeTodo>> {
        let countries: Vec<CountryCode> = self
            .actor
            .scopes(Role::NationalRepresentative)
            .filter_map(|scope| match scope {
                Scope::Country(code) => Some(*code),
                Scope::Network | Scope::City(..) => None,
            })
            .collect();
        if countries.is_empty() {
            return Ok(None);
        }
        let to_decide = self.submitted(conn, all, &countries)?;
        let mut silent_cities = Vec::new();
        for cycle in all.iter().filter(|c| c.state == CycleState::Open) {
            let silent = agenda::silent(&kept::standings(conn, cycle)?);
            let own = silent.into_iter().filter(|(country, _)| countries.contains(country));
            silent_cities.extend(own.map(|(_, city)| SilentCity {
                city: city.to_string(),
                cycle: cycle.slug.to_string(),
            }));
        }
        let needs_extension = self.shut(conn, all, &Places::Countries(&countries))?;
        Ok(Some(RepresentativeTodo { to_decide, silent_cities, needs_extension }))
    }

    /// Reads the reports of some countries, or of all, that wait for a decision, the oldest submission first.
    fn submitted(
        self,
        conn: &mut Conn,
        all: &[ReportingCycle],
        countries: &[CountryCode],
    ) -> StoreResult<Vec<DecisionItem>> {
        let filter = QueueFilter {
            states: vec![ReportState::Submitted],
            countries: countries.iter().map(ToString::to_string).collect(),
            ..QueueFilter::default()
        };
        let query = QueueQuery {
            visible: self.actor.visible(),
            filter,
            sort: QueueSort::SubmittedAt,
            after: None,
            limit: DECISIONS_MAX,
            now: self.at,
        };
        let items = queue::page(conn, &query)?;
        let zones = if items.is_empty() { HashMap::new() } else { kept::zones(conn)? };
        let decision = |item: QueueItem| {
            let overdue = self.overdue(all, &item, &zones);
            DecisionItem::new(item, overdue)
        };
        Ok(items.into_iter().map(decision).collect())
    }

    /// Says whether the last day for a decision has passed in the country.
    fn overdue(
        self,
        all: &[ReportingCycle],
        item: &QueueItem,
        zones: &HashMap<CountryCode, Tz>,
    ) -> bool {
        let cycle = all.iter().find(|c| c.slug == item.cycle);
        let zone = zones.get(&item.country).copied().unwrap_or(Tz::UTC);
        cycle.and_then(|c| c.review_due_on).is_some_and(|day| self.at >= end_of(day, zone))
    }

    fn secretariat(
        self,
        conn: &mut Conn,
        all: &[ReportingCycle],
    ) -> StoreResult<Option<SecretariatTodo>> {
        if !self.actor.is(&[Role::Secretariat], &Place::Network) {
            return Ok(None);
        }
        let (mut coverage, mut ready_to_release) = (Vec::new(), Vec::new());
        for cycle in all.iter().filter(|c| c.imported.is_none()) {
            let key = cycle.slug.to_string();
            match cycle.state {
                CycleState::Open => {
                    let by_country = Coverage::by_country(&kept::standings(conn, cycle)?);
                    coverage.extend(by_country.into_iter().map(|c| CoverageItem::new(&key, c)));
                }
                CycleState::Closed
                    if all_decided(&kept::standings(conn, cycle)?)
                        && releases::has_news(conn, &cycle.slug)? =>
                {
                    ready_to_release.push(key);
                }
                CycleState::Scheduled | CycleState::Closed => {}
            }
        }
        let overdue = self.submitted(conn, all, &[])?.into_iter().filter(|d| d.overdue).collect();
        let new_grants = kept::powerful_grants(conn, self.at - NEW)?
            .into_iter()
            .map(|g| NewGrantItem::new(g.user, GrantView::from(g)))
            .collect();
        Ok(Some(SecretariatTodo { coverage, overdue, ready_to_release, new_grants }))
    }

    /// Lists the offices that nobody holds and that the actor can fill.
    fn vacancies(
        self,
        conn: &mut Conn,
        held: &BTreeSet<(Role, Scope)>,
    ) -> StoreResult<Vec<VacancyItem>> {
        let fills = |v: &agenda::Vacancy| {
            self.actor.is(&[Role::Administrator], &Place::Network)
                || (v.role == Role::CityOfficer
                    && self.actor.is(&[Role::NationalRepresentative], &v.scope.place()))
        };
        if !self
            .actor
            .grants()
            .iter()
            .any(|g| matches!(g.role, Role::Administrator | Role::NationalRepresentative))
        {
            return Ok(Vec::new());
        }
        let vacancies = agenda::vacancies(&kept::cities_with_projects(conn)?, held);
        Ok(vacancies.into_iter().filter(fills).map(VacancyItem::from).collect())
    }
}

/// Says whether something was approved and nothing waits for a decision.
fn all_decided(standings: &[Standing]) -> bool {
    let any = |state| standings.iter().any(|s| s.state == Some(state));
    any(ReportState::Approved) && !any(ReportState::Submitted)
}

impl TodoCounts {
    fn of(todo: &TodoView) -> Self {
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
