//! Coverage: what a cycle expects of each city, and how far that is. What somebody may not see is not counted apart: to
//! strangers there is what is approved, and the rest. Not here: what of it a release holds (`release/coverage.rs`).

use std::{collections::HashMap, ops::AddAssign};

use chrono::{DateTime, NaiveDate, Utc};

use crate::domain::{
    cycle::ReportingCycle,
    policy::Actor,
    reference::{City, Country},
    report::ReportState,
    sitting::Due,
    user::{Place, Role},
    value::Slug,
};

/// How the counts are made.
pub const FORMULA: &str = "projects of the plan, archived ones aside unless they have a report, by the state of their report in the cycle";

/// A report as it is being worked on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Filed {
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
pub struct WorkedOn {
    /// Its city.
    pub city: Slug,
    /// No longer pursued.
    pub archived: bool,
    /// Its report in the cycle.
    pub report: Option<Filed>,
}

/// A project of the cycle's plan, as everybody sees it once it was approved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// Its city.
    pub city: Slug,
    /// No longer pursued.
    pub archived: bool,
    /// Whether it has an approved report in the cycle.
    pub approved: bool,
}

/// Everything that the coverage of a cycle is made of.
#[derive(Debug, Clone)]
pub struct CycleFiles {
    /// The cycle.
    pub cycle: ReportingCycle,
    /// The cities, by slug.
    pub cities: Vec<City>,
    /// The countries, by code.
    pub countries: Vec<Country>,
    /// The projects of the plan as they are worked on.
    pub worked_on: Vec<WorkedOn>,
    /// The projects of the plan as they were approved.
    pub published: Vec<Published>,
    /// The extensions in force, by city.
    pub extensions: HashMap<Slug, NaiveDate>,
}

/// What only those see who work on the reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Inside {
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
pub struct Standing {
    /// The reports that are to be filed; none for imported cycles, of which nobody wrote down what was expected, and for
    /// releases, which do not hold it.
    pub expected: Option<i64>,
    /// Those that are approved.
    pub approved: i64,
    /// Came late, or are late by now, also where none was begun; none where that is not known or not for the caller to see.
    pub late: Option<i64>,
    /// What only insiders see; none as soon as a part is not for the caller to see.
    pub inside: Option<Inside>,
}

/// How far a cycle is, city by city.
#[derive(Debug, Clone)]
pub struct Standings<'f> {
    /// The cycle.
    pub cycle: &'f ReportingCycle,
    /// The countries, by code.
    pub countries: &'f [Country],
    /// The cities that are told of, by slug.
    pub cities: Vec<(&'f City, Standing)>,
}

impl Standing {
    fn reports(&self) -> bool {
        self.approved > 0
    }

    fn is_expected(&self) -> bool {
        self.expected.is_some_and(|n| n > 0)
    }

    /// Returns what is expected and not approved; none where nobody knows what was expected.
    #[must_use]
    pub fn not_yet_approved(&self) -> Option<i64> {
        self.expected.map(|expected| expected - self.approved)
    }

    /// Returns for how many no report was begun; none where that is not known or not for the caller to see.
    #[must_use]
    pub fn to_write(&self) -> Option<i64> {
        let inside = self.inside?;
        Some(self.not_yet_approved()? - inside.draft - inside.submitted - inside.returned)
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

impl AddAssign for Standing {
    fn add_assign(&mut self, other: Self) {
        self.expected = self.expected.zip(other.expected).map(|(a, b)| a + b);
        self.approved += other.approved;
        self.late = self.late.zip(other.late).map(|(a, b)| a + b);
        self.inside = self.inside.zip(other.inside).map(|(a, b)| Inside {
            draft: a.draft + b.draft,
            submitted: a.submitted + b.submitted,
            returned: a.returned + b.returned,
            extended: a.extended + b.extended,
            last_activity: a.last_activity.max(b.last_activity),
        });
    }
}

impl CycleFiles {
    /// Returns how far each city is that the actor reads, by slug: the pilots, and those of which something is expected.
    #[must_use]
    pub fn standings(&self, actor: &Actor, now: DateTime<Utc>) -> Standings<'_> {
        let reach = actor.visible().approved;
        let read = self.cities.iter().filter(|c| reach.covers(c.country, &c.slug));
        let standing = |city| (city, self.standing(city, actor, now));
        Standings::new(&self.cycle, &self.countries, read.map(standing))
    }

    fn standing(&self, city: &City, actor: &Actor, now: DateTime<Utc>) -> Standing {
        let place = Place::City(city.slug.clone(), city.country);
        if actor.is_inside(&place) {
            self.as_insiders_see(city, actor.is(&[Role::CityOfficer], &place), now)
        } else {
            self.as_strangers_see(city)
        }
    }

    /// Counts what was approved, of what was ever approved: nothing of it tells what is being worked on.
    fn as_strangers_see(&self, city: &City) -> Standing {
        let here = || self.published.iter().filter(|p| p.city == city.slug);
        let expected = here().filter(|p| p.approved || !p.archived).count();
        Standing {
            expected: self.stated(expected),
            approved: super::ground::count(here().filter(|p| p.approved).count()),
            late: None,
            inside: None,
        }
    }

    /// Counts what is worked on. Who did not write a draft learns that there is one, not when it was touched.
    fn as_insiders_see(&self, city: &City, writes: bool, now: DateTime<Utc>) -> Standing {
        let extension = self.extensions.get(&city.slug).copied();
        let due = Due::of(&self.cycle, extension, city.time_zone, now);
        let expected: Vec<Option<Filed>> = self
            .worked_on
            .iter()
            .filter(|p| p.city == city.slug && (!p.archived || p.report.is_some()))
            .map(|p| p.report)
            .collect();
        let count = |wanted: &dyn Fn(Option<Filed>) -> bool| {
            super::ground::count(expected.iter().filter(|r| wanted(**r)).count())
        };
        let state = |wanted: ReportState| count(&|r| r.is_some_and(|r| r.state == wanted));
        let is_late = |report: Option<Filed>| {
            due.is_some_and(|due| match report {
                Some(r) => r.state.is_late(r.submitted_at, due.ends, now),
                None => now >= due.ends,
            })
        };
        let seen = expected.iter().flatten().filter(|r| writes || r.ever_submitted);
        Standing {
            expected: self.stated(expected.len()),
            approved: state(ReportState::Approved),
            late: Some(count(&is_late)),
            inside: Some(Inside {
                draft: state(ReportState::Draft),
                submitted: state(ReportState::Submitted),
                returned: state(ReportState::Returned),
                extended: i64::from(due.is_some_and(|d| d.extended)),
                last_activity: seen.filter_map(|r| r.last_at).max(),
            }),
        }
    }

    /// Returns what was expected where that was written down: nobody did for the cycles of the published history.
    fn stated(&self, expected: usize) -> Option<i64> {
        self.cycle.imported.is_none().then(|| super::ground::count(expected))
    }
}

impl<'f> Standings<'f> {
    /// Takes the cities of which there is something to tell: the pilots, and those that report or of which something is
    /// expected.
    pub(in crate::domain) fn new(
        cycle: &'f ReportingCycle,
        countries: &'f [Country],
        cities: impl Iterator<Item = (&'f City, Standing)>,
    ) -> Self {
        let told = |(city, s): &(&City, Standing)| city.pilot || s.reports() || s.is_expected();
        Self { cycle, countries, cities: cities.filter(told).collect() }
    }

    /// Adds all of them up.
    #[must_use]
    pub fn total(&self) -> Standing {
        Standing::sum(self.cities.iter().map(|(_, standing)| standing))
    }

    /// Counts the cities that report, and those of which something is expected or that report all the same.
    #[must_use]
    pub fn reporting(&self) -> (usize, usize) {
        let count = |wanted: &dyn Fn(&Standing) -> bool| {
            self.cities.iter().filter(|(_, standing)| wanted(standing)).count()
        };
        (count(&Standing::reports), count(&|s| s.reports() || s.is_expected()))
    }

    /// Adds standings up by country, by code, for the countries that have any.
    #[must_use]
    pub fn by_country(&self) -> Vec<(&'f Country, Standing)> {
        let of = |country: &Country| -> Vec<&Standing> {
            self.cities.iter().filter(|(c, _)| c.country == country.code).map(|(_, s)| s).collect()
        };
        let rows = self.countries.iter().map(|country| (country, of(country)));
        rows.filter(|(_, standings)| !standings.is_empty())
            .map(|(country, standings)| (country, Standing::sum(standings)))
            .collect()
    }
}

#[cfg(test)]
mod tests;
