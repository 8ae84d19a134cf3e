//! Coverage: how many reports a cycle expects of each city, and the states of these reports.
//!
//! The public sees only how many reports are approved, so that nobody can infer unpublished work. The coverage of a
//! release is in `release/coverage.rs`.

use std::{collections::HashMap, ops::AddAssign};

use chrono::{DateTime, NaiveDate, Utc};

use crate::domain::{
    city_checklist::CityDeadline,
    cycle::ReportingCycle,
    expected_city::is_expected_city,
    policy::Actor,
    reference::{City, Country},
    report::{ReportState, SubmissionTiming},
    user::{RecordPlace, Role},
    value::Slug,
};

/// The state of a report's working copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WorkingReport {
    pub state: ReportState,
    /// Whether the report was submitted at least once.
    pub ever_submitted: bool,
    pub timing: SubmissionTiming,
    /// When the report was last edited, submitted or decided on.
    pub last_at: Option<DateTime<Utc>>,
}

/// A project of the cycle's plan, from its working copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WorkingProject {
    pub city: Slug,
    /// No longer pursued.
    pub archived: bool,
    pub report: Option<WorkingReport>,
}

/// A project of the cycle's plan, from its approved copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PublishedProject {
    pub city: Slug,
    /// No longer pursued.
    pub archived: bool,
    /// What the approved report in the cycle states about its submission; none if there is no such report.
    pub approved: Option<SubmissionTiming>,
}

/// The data that the coverage of a cycle is counted from.
#[derive(Debug, Clone)]
pub(crate) struct CoverageDataset {
    pub cycle: ReportingCycle,
    /// Ordered by slug.
    pub cities: Vec<City>,
    /// Ordered by code.
    pub countries: Vec<Country>,
    /// The working copies of the plan's projects.
    pub working_projects: Vec<WorkingProject>,
    /// The approved copies of the plan's projects.
    pub published_projects: Vec<PublishedProject>,
    /// The due days of the extensions in force.
    pub extensions: HashMap<Slug, NaiveDate>,
}

/// Counts that only people who work on the reports may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct InsiderCounts {
    pub draft: i64,
    pub submitted: i64,
    pub returned: i64,
    /// Number of cities with an extension.
    pub extended: i64,
    /// When a report was last worked on, as far as the caller may see.
    pub last_activity: Option<DateTime<Utc>>,
}

/// The counts of a city, a country or the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CoverageCounts {
    /// Number of reports that have to be filed. None for imported cycles, whose sources do not state it, and for
    /// releases, which do not store it.
    pub expected: Option<i64>,
    pub approved: i64,
    /// Number of reports that were first submitted late or are overdue now, including those that were not begun. Of
    /// approved copies, the number that were first submitted late. None if this is not known.
    pub late: Option<i64>,
    /// None if the caller may not see a part of it.
    pub insider_counts: Option<InsiderCounts>,
}

/// The coverage of a cycle, by city.
#[derive(Debug, Clone)]
pub struct CycleCoverage<'f> {
    pub cycle: &'f ReportingCycle,
    /// Ordered by code.
    pub countries: &'f [Country],
    /// The cities in the answer, ordered by slug.
    pub cities: Vec<(&'f City, CoverageCounts)>,
    /// Number of these cities that are expected to report.
    cities_expected: usize,
}

/// The counts of a city, and what the rules say about it.
#[derive(Debug, Clone)]
pub(in crate::domain) struct CoverageRow<'f> {
    pub city: &'f City,
    pub counts: CoverageCounts,
    /// Whether the city is expected to report.
    pub expected: bool,
    /// Whether the answer lists the city.
    pub listed: bool,
}

impl CoverageCounts {
    fn has_approved(&self) -> bool {
        self.approved > 0
    }

    /// Returns `true` if a report was begun, as far as the caller may see.
    fn has_begun(&self) -> bool {
        let begun = |i: InsiderCounts| i.draft + i.submitted + i.returned > 0;
        self.has_approved() || self.insider_counts.is_some_and(begun)
    }

    /// Returns the number of expected reports that are not approved; `None` if the expected number is not known.
    #[must_use]
    pub fn count_not_approved(&self) -> Option<i64> {
        self.expected.map(|expected| expected - self.approved)
    }

    /// Returns the number of reports that were not begun; `None` if it is not known or the caller may not see it.
    #[must_use]
    pub fn count_not_begun(&self) -> Option<i64> {
        let inside = self.insider_counts?;
        Some(self.count_not_approved()? - inside.draft - inside.submitted - inside.returned)
    }

    /// Adds up counts. An empty sum is the default, in which nothing is known.
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
    /// Counts each city that the actor may read, by slug: the expected cities, and the cities with a report that the
    /// actor may see.
    #[must_use]
    pub(crate) fn count_coverage(&self, actor: &Actor, now: DateTime<Utc>) -> CycleCoverage<'_> {
        let reach = actor.visible_rows().approved;
        let read = self.cities.iter().filter(|c| reach.covers_city(c.country, &c.slug));
        let row = |city| self.count_city(city, actor, now);
        CycleCoverage::new(&self.cycle, &self.countries, read.map(row))
    }

    fn count_city<'f>(
        &'f self,
        city: &'f City,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> CoverageRow<'f> {
        // The approved copies decide, so that every caller gets the same number of expected cities.
        let reports =
            self.published_projects.iter().any(|p| p.approved.is_some() && p.city == city.slug);
        let expected = is_expected_city(city, self.cycle.as_of, reports);
        let place = RecordPlace::City(city.slug.clone(), city.country);
        let counts = if actor.is_insider_at(&place) {
            let writes = actor.has_role_at(&[Role::CityOfficer], &place);
            self.count_city_for_insiders(city, writes, expected, now)
        } else {
            self.count_city_for_public(city, expected, now)
        };
        CoverageRow { city, counts, expected, listed: expected || counts.has_begun() }
    }

    /// Counts the approved reports among the projects that were ever approved, so that unpublished work stays hidden.
    /// `expected_city` is true if the city is expected to report.
    fn count_city_for_public(
        &self,
        city: &City,
        expected_city: bool,
        now: DateTime<Utc>,
    ) -> CoverageCounts {
        let here = || self.published_projects.iter().filter(|p| p.city == city.slug);
        let expected =
            here().filter(|p| p.approved.is_some() || (expected_city && !p.archived)).count();
        let approved: Vec<SubmissionTiming> = here().filter_map(|p| p.approved).collect();
        let ends = self.find_deadline(city, now).map(|due| due.ends);
        CoverageCounts {
            expected: self.expected_if_known(expected),
            approved: crate::domain::value::to_count(approved.len()),
            late: SubmissionTiming::count_late(approved, ends),
            insider_counts: None,
        }
    }

    /// Counts the working copies. A caller who does not write drafts learns that there is one, but not when it was
    /// edited. A city that is not expected to report has to file no more than it began.
    fn count_city_for_insiders(
        &self,
        city: &City,
        writes: bool,
        expected_city: bool,
        now: DateTime<Utc>,
    ) -> CoverageCounts {
        let due = self.find_deadline(city, now);
        let expected: Vec<Option<WorkingReport>> = self
            .working_projects
            .iter()
            .filter(|p| p.city == city.slug)
            .filter(|p| p.report.is_some() || (expected_city && !p.archived))
            .map(|p| p.report)
            .collect();
        let count = |wanted: &dyn Fn(Option<WorkingReport>) -> bool| {
            crate::domain::value::to_count(expected.iter().filter(|r| wanted(**r)).count())
        };
        let state = |wanted: ReportState| count(&|r| r.is_some_and(|r| r.state == wanted));
        let is_late = |report: Option<WorkingReport>| {
            let timing = report.map_or(SubmissionTiming::Waiting, |report| report.timing);
            timing.is_late(due.map(|due| due.ends), now)
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

    fn find_deadline(&self, city: &City, now: DateTime<Utc>) -> Option<CityDeadline> {
        let extension = self.extensions.get(&city.slug).copied();
        CityDeadline::for_cycle(&self.cycle, extension, city.time_zone, now)
    }

    /// Returns the expected number, unless the cycle was imported: the published history does not state it.
    fn expected_if_known(&self, expected: usize) -> Option<i64> {
        self.cycle.imported.is_none().then(|| crate::domain::value::to_count(expected))
    }
}

impl<'f> CycleCoverage<'f> {
    /// Keeps the listed cities.
    pub(in crate::domain) fn new(
        cycle: &'f ReportingCycle,
        countries: &'f [Country],
        rows: impl Iterator<Item = CoverageRow<'f>>,
    ) -> Self {
        let rows: Vec<CoverageRow<'f>> = rows.filter(|row| row.listed).collect();
        let cities_expected = rows.iter().filter(|row| row.expected).count();
        let cities = rows.into_iter().map(|row| (row.city, row.counts)).collect();
        Self { cycle, countries, cities, cities_expected }
    }

    #[must_use]
    pub fn total(&self) -> CoverageCounts {
        CoverageCounts::sum(self.cities.iter().map(|(_, standing)| standing))
    }

    /// Returns the number of cities that report, and the number of cities that are expected to.
    #[must_use]
    pub fn count_reporting_cities(&self) -> (usize, usize) {
        let reporting = self.cities.iter().filter(|(_, counts)| counts.has_approved()).count();
        (reporting, self.cities_expected)
    }

    /// Adds up the counts of each country, ordered by code. Countries without a shown city are left out.
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
