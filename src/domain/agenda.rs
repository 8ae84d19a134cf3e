//! Data of the to-do lists: report counts by country, cities that never submitted, vacant offices, and deadlines.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::{
    cycle::{CycleState, ReportingCycle, effective_due_day},
    expected_city::{is_expected_city, list_expected_cities},
    extension::DeadlineExtension,
    reference::{City, CountryCode},
    report::ReportState,
    user::{Role, Scope},
    value::{Slug, Title},
};

/// The state of one project's report in a cycle.
#[derive(Debug, Clone)]
pub(crate) struct ProjectReportState {
    pub country: CountryCode,
    pub city: Slug,
    /// `None` if the report was not begun.
    pub state: Option<ReportState>,
    /// Whether the report was submitted at least once, even if it was returned later.
    pub ever_submitted: bool,
}

/// The number of a country's reports in a cycle, by state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct CountryReportCounts {
    /// Projects that have to be reported.
    pub projects: usize,
    /// Projects whose report was not begun.
    pub to_write: usize,
    pub draft: usize,
    pub returned: usize,
    pub submitted: usize,
    pub approved: usize,
}

impl CountryReportCounts {
    /// Counts the reports of each country with an expected city, ordered by country code. A project of a city that is
    /// not expected to report counts only if its report was begun. `as_of` is the cut-off of the cycle.
    #[must_use]
    pub(crate) fn count_by_country(
        standings: &[ProjectReportState],
        cities: &[City],
        as_of: NaiveDate,
    ) -> BTreeMap<CountryCode, Self> {
        let submitting = collect_submitting_cities(standings);
        let expected =
            list_expected_cities(cities, |_city| as_of, |city| submitting.contains(&city.slug));
        let slugs: BTreeSet<&Slug> = expected.iter().map(|(_, city)| city).collect();
        let mut out: BTreeMap<CountryCode, Self> =
            expected.iter().map(|(country, _)| (*country, Self::default())).collect();
        for s in standings.iter().filter(|s| s.state.is_some() || slugs.contains(&s.city)) {
            let c = out.entry(s.country).or_default();
            c.projects += 1;
            *match s.state {
                None => &mut c.to_write,
                Some(ReportState::Draft) => &mut c.draft,
                Some(ReportState::Returned) => &mut c.returned,
                Some(ReportState::Submitted) => &mut c.submitted,
                Some(ReportState::Approved) => &mut c.approved,
            } += 1;
        }
        out
    }
}

/// Collects the cities that submitted a report, even if it was returned later.
fn collect_submitting_cities(standings: &[ProjectReportState]) -> BTreeSet<&Slug> {
    standings.iter().filter(|s| s.ever_submitted).map(|s| &s.city).collect()
}

/// Lists the expected cities that never submitted a report, ordered by country and city. A city without a project is
/// silent too. `as_of` is the cut-off of the cycle.
#[must_use]
pub(crate) fn list_silent_cities(
    standings: &[ProjectReportState],
    cities: &[City],
    as_of: NaiveDate,
) -> Vec<(CountryCode, Slug)> {
    let submitting = collect_submitting_cities(standings);
    let expected =
        list_expected_cities(cities, |_city| as_of, |city| submitting.contains(&city.slug));
    expected.into_iter().filter(|(_, city)| !submitting.contains(city)).collect()
}

/// A role in a country or city that no active user holds today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct VacantOffice {
    pub role: Role,
    pub scope: Scope,
    /// The country of the office, or of its city.
    pub country: CountryCode,
}

/// Lists the countries without an active representative, then the cities without an active officer. `cities` are the
/// cities that are expected to report today, and `held` contains the roles that active users hold today, each with its
/// scope.
#[must_use]
pub(crate) fn list_vacancies(
    cities: &BTreeSet<(CountryCode, Slug)>,
    held: &BTreeSet<(Role, Scope)>,
) -> Vec<VacantOffice> {
    let countries: BTreeSet<CountryCode> = cities.iter().map(|(country, _)| *country).collect();
    let of_country = |country: CountryCode| VacantOffice {
        role: Role::NationalRepresentative,
        scope: Scope::Country(country),
        country,
    };
    let of_city = |(country, city): &(CountryCode, Slug)| VacantOffice {
        role: Role::CityOfficer,
        scope: Scope::City(city.clone(), *country),
        country: *country,
    };
    let offices = countries.into_iter().map(of_country).chain(cities.iter().map(of_city));
    offices.filter(|v| !held.contains(&(v.role, v.scope.clone()))).collect()
}

/// The work that is due on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum DueWork {
    CityReports(Slug),
    /// The reports of all cities.
    EveryReport,
    Decisions,
}

/// A deadline that concerns the holder of a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RoleDeadline {
    pub on: NaiveDate,
    pub cycle_key: Slug,
    /// The name of the cycle.
    pub cycle: Title,
    pub due_work: DueWork,
    /// Identifies the deadline. It stays the same when the day moves.
    pub key: String,
}

/// The cities that deadlines may concern.
#[derive(Debug, Clone)]
pub(crate) struct DeadlineCities<'a> {
    pub all: &'a [City],
    /// The cities that have a project.
    pub with_project: BTreeSet<Slug>,
}

impl DeadlineCities<'_> {
    /// Returns `true` if the city is expected to report in the cycle, or has a project that it can report on.
    fn may_report(&self, city: &Slug, cycle: &ReportingCycle) -> bool {
        let expected = |c: &City| c.slug == *city && is_expected_city(c, cycle.as_of, false);
        self.with_project.contains(city) || self.all.iter().any(expected)
    }
}

/// Lists the deadlines of a user with these roles, ordered by day. Closed cycles are left out, unless an extension
/// keeps them open for an officer's city. Officers get the due day of each of their cities that is expected to report or
/// has a project, with its extension.
/// Representatives and the secretariat get the cycle's due day and the last day for decisions.
#[must_use]
pub(crate) fn list_deadlines(
    held: &[(Role, Scope)],
    cycles: &[ReportingCycle],
    cities: &DeadlineCities<'_>,
    extensions: &[DeadlineExtension],
) -> Vec<RoleDeadline> {
    let mut out = BTreeMap::new();
    let mut add =
        |on: Option<NaiveDate>, cycle: &ReportingCycle, due_work: DueWork, key: String| {
            if let Some(on) = on {
                let (cycle_key, name) = (cycle.slug.clone(), cycle.name.clone());
                out.insert(key.clone(), RoleDeadline { on, cycle_key, cycle: name, due_work, key });
            }
        };
    for cycle in cycles {
        let closed = cycle.state == CycleState::Closed;
        let slug = &cycle.slug;
        for (role, scope) in held {
            match (role, scope) {
                (Role::CityOfficer, Scope::City(city, _)) => {
                    let extension =
                        extensions.iter().find(|e| e.cycle == cycle.slug && e.city == *city);
                    if !cities.may_report(city, cycle) || (closed && extension.is_none()) {
                        continue;
                    }
                    let extended = extension.map(|e| e.due_on);
                    let on = cycle.due_on.map(|due| effective_due_day(due, extended));
                    let concern = DueWork::CityReports(city.clone());
                    add(on, cycle, concern, format!("{slug}-due-{city}"));
                }
                (Role::NationalRepresentative | Role::Secretariat, _) if !closed => {
                    add(cycle.due_on, cycle, DueWork::EveryReport, format!("{slug}-due"));
                    let key = format!("{slug}-review-due");
                    add(cycle.review_due_on, cycle, DueWork::Decisions, key);
                }
                (
                    Role::CityOfficer
                    | Role::NationalRepresentative
                    | Role::Secretariat
                    | Role::Administrator
                    | Role::Reader,
                    _,
                ) => {}
            }
        }
    }
    let mut all: Vec<RoleDeadline> = out.into_values().collect();
    all.sort_by(|a, b| (a.on, &a.key).cmp(&(b.on, &b.key)));
    all
}

#[cfg(test)]
mod tests;
