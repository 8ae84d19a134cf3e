//! Coverage: what a cycle expects of each city, and how far that is. What somebody may not see is not counted apart: to
//! strangers there is what is approved, and the rest. Not here: what of it a release holds (`release/coverage.rs`).

use std::{collections::HashMap, ops::AddAssign};

use chrono::{DateTime, NaiveDate, Utc};

use crate::domain::{
    city_checklist::CityDeadline,
    cycle::ReportingCycle,
    policy::Actor,
    reference::{City, Country},
    report::ReportState,
    user::{RecordPlace, Role},
    value::Slug,
};

/// How the counts are made.
pub(crate) const FORMULA: &str = "projects of the plan, archived ones aside unless they have a report, by the state of their report in the cycle";

/// A report as it is being worked on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WorkingReport {
    /// Where it stands.
    pub state: ReportState,
    /// Whether it ever left the city.
    pub ever_submitted: bool,
    /// The submission in force.
    pub submitted_at: Option<DateTime<Utc>>,
    /// The last that was done to it: edited, submitted or decided on.
    pub last_at: Option<DateTime<Utc>>,
}

/// A project of the cycle's plan, as those see it who work on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WorkingProject {
    /// Its city.
    pub city: Slug,
    /// No longer pursued.
    pub archived: bool,
    /// Its report in the cycle.
    pub report: Option<WorkingReport>,
}

/// A project of the cycle's plan, as everybody sees it once it was approved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PublishedProject {
    /// Its city.
    pub city: Slug,
    /// No longer pursued.
    pub archived: bool,
    /// Whether it has an approved report in the cycle.
    pub approved: bool,
}

/// Everything that the coverage of a cycle is made of.
#[derive(Debug, Clone)]
pub(crate) struct CoverageDataset {
    /// The cycle.
    pub cycle: ReportingCycle,
    /// The cities, by slug.
    pub cities: Vec<City>,
    /// The countries, by code.
    pub countries: Vec<Country>,
    /// The projects of the plan as they are worked on.
    pub working_projects: Vec<WorkingProject>,
    /// The projects of the plan as they were approved.
    pub published_projects: Vec<PublishedProject>,
    /// The extensions in force, by city.
    pub extensions: HashMap<Slug, NaiveDate>,
}

/// What only those see who work on the reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct InsiderCounts {
    /// Being written and not handed in.
    pub draft: i64,
    /// Waiting for a decision.
    pub submitted: i64,
    /// Sent back to the city.
    pub returned: i64,
    /// Cities with an extension.
    pub extended: i64,
    /// When something was last done to a report, as far as the caller sees into it.
    pub last_activity: Option<DateTime<Utc>>,
}

/// How far a city, a country or the network is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CoverageCounts {
    /// The reports that are to be filed; none for imported cycles, of which nobody wrote down what was expected, and for
    /// releases, which do not hold it.
    pub expected: Option<i64>,
    /// Those that are approved.
    pub approved: i64,
    /// Came late, or are late by now, also where none was begun; none where that is not known or not for the caller to see.
    pub late: Option<i64>,
    /// What only insiders see; none as soon as a part is not for the caller to see.
    pub insider_counts: Option<InsiderCounts>,
}

/// How far a cycle is, city by city.
#[derive(Debug, Clone)]
pub struct CycleCoverage<'f> {
    /// The cycle.
    pub cycle: &'f ReportingCycle,
    /// The countries, by code.
    pub countries: &'f [Country],
    /// The cities that are told of, by slug.
    pub cities: Vec<(&'f City, CoverageCounts)>,
}

impl CoverageCounts {
    fn has_approved(&self) -> bool {
        self.approved > 0
    }

    fn has_expected(&self) -> bool {
        self.expected.is_some_and(|n| n > 0)
    }

    /// Returns what is expected and not approved; none where nobody knows what was expected.
    #[must_use]
    pub fn count_not_approved(&self) -> Option<i64> {
        self.expected.map(|expected| expected - self.approved)
    }

    /// Returns for how many no report was begun; none where that is not known or not for the caller to see.
    #[must_use]
    pub fn count_not_begun(&self) -> Option<i64> {
        let inside = self.insider_counts?;
        Some(self.count_not_approved()? - inside.draft - inside.submitted - inside.returned)
    }

    /// Adds up standings. Where there is none, nothing is known.
    #[must_use]
    pub fn sum<'s>(all: impl IntoIterator<Item = &'s Self>) -> Self {
        let mut all = all.into_iter().copied();
        let Some(mut sum) = all.next() else { return Self::default() };
        all.for_each(|one| sum += one);
        sum
    }
}

impl AddAssign for CoverageCounts {
    fn add_assign(&mut self, other: Self) {
        self.expected = self.expected.zip(other.expected).map(|(a, b)| a + b);
        self.approved += other.approved;
        self.late = self.late.zip(other.late).map(|(a, b)| a + b);
        self.insider_counts =
            self.insider_counts.zip(other.insider_counts).map(|(a, b)| InsiderCounts {
                draft: a.draft + b.draft,
                submitted: a.submitted + b.submitted,
                returned: a.returned + b.returned,
                extended: a.extended + b.extended,
                last_activity: a.last_activity.max(b.last_activity),
            });
    }
}

impl CoverageDataset {
    /// Returns how far each city is that the actor reads, by slug: the pilots, and those of which something is expected.
    #[must_use]
    pub(crate) fn count_coverage(&self, actor: &Actor, now: DateTime<Utc>) -> CycleCoverage<'_> {
        let reach = actor.visible_rows().approved;
        let read = self.cities.iter().filter(|c| reach.covers_city(c.country, &c.slug));
        let standing = |city| (city, self.count_city(city, actor, now));
        CycleCoverage::new(&self.cycle, &self.countries, read.map(standing))
    }

    fn count_city(&self, city: &City, actor: &Actor, now: DateTime<Utc>) -> CoverageCounts {
        let place = RecordPlace::City(city.slug.clone(), city.country);
        if actor.is_insider_at(&place) {
            self.count_city_for_insiders(city, actor.has_role_at(&[Role::CityOfficer], &place), now)
        } else {
            self.count_city_for_public(city)
        }
    }

    /// Counts what was approved, of what was ever approved: nothing of it tells what is being worked on.
    fn count_city_for_public(&self, city: &City) -> CoverageCounts {
        let here = || self.published_projects.iter().filter(|p| p.city == city.slug);
        let expected = here().filter(|p| p.approved || !p.archived).count();
        CoverageCounts {
            expected: self.expected_if_known(expected),
            approved: super::dataset::to_count(here().filter(|p| p.approved).count()),
            late: None,
            insider_counts: None,
        }
    }

    /// Counts what is worked on. Who did not write a draft learns that there is one, not when it was touched.
    fn count_city_for_insiders(
        &self,
        city: &City,
        writes: bool,
        now: DateTime<Utc>,
    ) -> CoverageCounts {
        let extension = self.extensions.get(&city.slug).copied();
        let due = CityDeadline::for_cycle(&self.cycle, extension, city.time_zone, now);
        let expected: Vec<Option<WorkingReport>> = self
            .working_projects
            .iter()
            .filter(|p| p.city == city.slug && (!p.archived || p.report.is_some()))
            .map(|p| p.report)
            .collect();
        let count = |wanted: &dyn Fn(Option<WorkingReport>) -> bool| {
            super::dataset::to_count(expected.iter().filter(|r| wanted(**r)).count())
        };
        let state = |wanted: ReportState| count(&|r| r.is_some_and(|r| r.state == wanted));
        let is_late = |report: Option<WorkingReport>| {
            due.is_some_and(|due| match report {
                Some(r) => r.state.is_late(r.submitted_at, due.ends, now),
                None => now >= due.ends,
            })
        };
        let seen = expected.iter().flatten().filter(|r| writes || r.ever_submitted);
        CoverageCounts {
            expected: self.expected_if_known(expected.len()),
            approved: state(ReportState::Approved),
            late: Some(count(&is_late)),
            insider_counts: Some(InsiderCounts {
                draft: state(ReportState::Draft),
                submitted: state(ReportState::Submitted),
                returned: state(ReportState::Returned),
                extended: i64::from(due.is_some_and(|d| d.extended)),
                last_activity: seen.filter_map(|r| r.last_at).max(),
            }),
        }
    }

    /// Returns what was expected where that was written down: nobody did for the cycles of the published history.
    fn expected_if_known(&self, expected: usize) -> Option<i64> {
        self.cycle.imported.is_none().then(|| super::dataset::to_count(expected))
    }
}

impl<'f> CycleCoverage<'f> {
    /// Takes the cities of which there is something to tell: the pilots, and those that report or of which something is
    /// expected.
    pub(in crate::domain) fn new(
        cycle: &'f ReportingCycle,
        countries: &'f [Country],
        cities: impl Iterator<Item = (&'f City, CoverageCounts)>,
    ) -> Self {
        let told = |(city, s): &(&City, CoverageCounts)| {
            city.pilot || s.has_approved() || s.has_expected()
        };
        Self { cycle, countries, cities: cities.filter(told).collect() }
    }

    /// Adds all of them up.
    #[must_use]
    pub fn total(&self) -> CoverageCounts {
        CoverageCounts::sum(self.cities.iter().map(|(_, standing)| standing))
    }

    /// Counts the cities that report, and those of which something is expected or that report all the same.
    #[must_use]
    pub fn count_reporting_cities(&self) -> (usize, usize) {
        let count = |wanted: &dyn Fn(&CoverageCounts) -> bool| {
            self.cities.iter().filter(|(_, standing)| wanted(standing)).count()
        };
        (count(&CoverageCounts::has_approved), count(&|s| s.has_approved() || s.has_expected()))
    }

    /// Adds standings up by country, by code, for the countries that have any.
    #[must_use]
    pub fn sum_by_country(&self) -> Vec<(&'f Country, CoverageCounts)> {
        let of = |country: &Country| -> Vec<&CoverageCounts> {
            self.cities.iter().filter(|(c, _)| c.country == country.code).map(|(_, s)| s).collect()
        };
        let rows = self.countries.iter().map(|country| (country, of(country)));
        rows.filter(|(_, standings)| !standings.is_empty())
            .map(|(country, standings)| (country, CoverageCounts::sum(standings)))
            .collect()
    }
}

#[cfg(test)]
mod tests;
