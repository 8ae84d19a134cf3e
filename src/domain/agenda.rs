//! Data of the to-do lists: report counts by country, cities that never submitted, vacant offices, and deadlines.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::{
    cycle::{CycleState, ReportingCycle, effective_due_day},
    extension::DeadlineExtension,
    reference::CountryCode,
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
    /// Counts the reports of each country, ordered by country code.
    #[must_use]
    pub(crate) fn count_by_country(
        standings: &[ProjectReportState],
    ) -> BTreeMap<CountryCode, Self> {
        let mut out: BTreeMap<CountryCode, Self> = BTreeMap::new();
        for s in standings {
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

/// Lists the cities that have projects and never submitted a report, ordered by country and city.
#[must_use]
pub(crate) fn list_silent_cities(standings: &[ProjectReportState]) -> Vec<(CountryCode, Slug)> {
    let mut heard: BTreeMap<(CountryCode, Slug), bool> = BTreeMap::new();
    for s in standings {
        *heard.entry((s.country, s.city.clone())).or_default() |= s.ever_submitted;
    }
    heard.into_iter().filter(|(_, heard)| !heard).map(|(city, _)| city).collect()
}

/// A role in a country or city that no active user holds today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct VacantOffice {
    pub role: Role,
    pub scope: Scope,
    /// The country of the office, or of its city.
    pub country: CountryCode,
}

/// Lists the countries without an active representative, then the cities without an active officer. `held` contains the
/// roles that active users hold today, each with its scope.
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

/// Lists the deadlines of a user with these roles, ordered by day. Closed cycles are left out, unless an extension
/// keeps them open for an officer's city. Officers get the due day of each of their cities, with its extension.
/// Representatives and the secretariat get the cycle's due day and the last day for decisions.
#[must_use]
pub(crate) fn list_deadlines(
    held: &[(Role, Scope)],
    cycles: &[ReportingCycle],
    cities: &BTreeSet<(CountryCode, Slug)>,
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
                (Role::CityOfficer, Scope::City(city, country)) => {
                    let extension =
                        extensions.iter().find(|e| e.cycle == cycle.slug && e.city == *city);
                    let reports = cities.contains(&(*country, city.clone()));
                    if !reports || (closed && extension.is_none()) {
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
mod tests {
    use super::*;
    use crate::domain::testing::{city, country, slug};

    fn standing(
        code: &str,
        city: &str,
        state: Option<ReportState>,
        ever: bool,
    ) -> ProjectReportState {
        ProjectReportState { country: country(code), city: slug(city), state, ever_submitted: ever }
    }

    #[test]
    fn a_city_is_silent_until_something_was_handed_in() {
        let all = [
            standing("VN", "da-nang", Some(ReportState::Draft), false),
            standing("VN", "da-nang", Some(ReportState::Returned), true),
            standing("VN", "ha-noi", Some(ReportState::Draft), false),
            standing("TH", "phuket", None, false),
        ];
        let silent = list_silent_cities(&all);
        assert_eq!(silent, [(country("TH"), slug("phuket")), (country("VN"), slug("ha-noi"))]);
        let coverage = CountryReportCounts::count_by_country(&all);
        let vn = coverage[&country("VN")];
        assert_eq!((vn.projects, vn.draft, vn.returned, vn.to_write), (3, 2, 1, 0));
    }

    #[test]
    fn deadlines_follow_the_roles_and_the_extensions() {
        use crate::domain::{cycle::CycleState, extension::ExtensionTerms, testing, value::Prose};
        let cities = BTreeSet::from([(country("VN"), slug("da-nang"))]);
        let days = |held: &[(Role, Scope)], state, extensions: &[DeadlineExtension]| {
            let cycles = [testing::cycle(state)];
            let all = list_deadlines(held, &cycles, &cities, extensions);
            all.into_iter().map(|d| format!("{} {}", d.on, d.key)).collect::<Vec<_>>()
        };
        let officer = [(Role::CityOfficer, city("da-nang", "VN"))];
        assert_eq!(days(&officer, CycleState::Open, &[]), ["2026-12-31 me-2026-due-da-nang"]);
        assert!(days(&officer, CycleState::Closed, &[]).is_empty());
        let terms = ExtensionTerms {
            due_on: testing::day("2027-02-01"),
            reason: Prose::parse("Flood.").unwrap(),
        };
        let da_nang = testing::town("da-nang", "VN");
        let more = [DeadlineExtension::grant_or_replace(None, &slug("me-2026"), &da_nang, terms)];
        assert_eq!(days(&officer, CycleState::Closed, &more), ["2027-02-01 me-2026-due-da-nang"]);
        let secretariat = [(Role::Secretariat, Scope::Network)];
        assert_eq!(
            days(&secretariat, CycleState::Scheduled, &[]),
            ["2026-12-31 me-2026-due", "2027-01-31 me-2026-review-due"]
        );
        assert!(days(&[(Role::Reader, Scope::Network)], CycleState::Open, &[]).is_empty());
        // A city without a project has nothing to report.
        let idle = [(Role::CityOfficer, city("hue", "VN"))];
        assert!(days(&idle, CycleState::Open, &[]).is_empty());
    }

    #[test]
    fn an_office_is_vacant_when_nobody_holds_it_there() {
        let cities =
            BTreeSet::from([(country("VN"), slug("da-nang")), (country("VN"), slug("hue"))]);
        let held = BTreeSet::from([
            (Role::CityOfficer, city("hue", "VN")),
            // The secretariat of the network is neither an officer nor a representative.
            (Role::Secretariat, Scope::Network),
        ]);
        let vacant = list_vacancies(&cities, &held);
        let scopes: Vec<&Scope> = vacant.iter().map(|v| &v.scope).collect();
        assert_eq!(scopes, [&Scope::Country(country("VN")), &city("da-nang", "VN")]);
    }
}
