//! Deadlines of reports: the due day of a cycle ends at midnight in the city's time zone.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Tz;

use super::ReportingCycle;
use crate::domain::{extension::DeadlineExtension, report::SubmissionTiming};

/// Returns the first instant after a day in a time zone.
#[must_use]
pub(crate) fn end_of_day(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    let midnight = day.succ_opt().unwrap_or(day).and_time(chrono::NaiveTime::MIN);
    // In a zone whose clock skips midnight on that day, the day starts an hour later.
    zone.from_local_datetime(&midnight)
        .earliest()
        .or_else(|| zone.from_local_datetime(&(midnight + TimeDelta::hours(1))).earliest())
        .map_or_else(|| midnight.and_utc(), |at| at.to_utc())
}

/// The due day of each cycle in each city, with extensions.
#[derive(Debug, Clone, Default)]
pub(crate) struct CycleDeadlines {
    cycles: Vec<(String, NaiveDate)>,
    cities: Vec<(Tz, Vec<String>)>,
    zones: HashMap<String, Tz>,
    extensions: HashMap<(String, String), NaiveDate>,
}

impl CycleDeadlines {
    /// Takes the cycles, the cities of each time zone, and the extensions; withdrawn extensions are ignored. A report
    /// is never late in a cycle without a due day, such as an imported one.
    #[must_use]
    pub(crate) fn new(
        cycles: Vec<ReportingCycle>,
        cities: HashMap<Tz, Vec<String>>,
        extensions: Vec<DeadlineExtension>,
    ) -> Self {
        let zones = cities.iter().flat_map(|(zone, list)| list.iter().map(|c| (c.clone(), *zone)));
        let key = |e: DeadlineExtension| ((e.cycle.to_string(), e.city.to_string()), e.due_on);
        Self {
            zones: zones.collect(),
            cities: cities.into_iter().collect(),
            cycles: cycles
                .into_iter()
                .filter_map(|c| Some((c.slug.to_string(), c.due_on?)))
                .collect(),
            extensions: extensions.into_iter().filter(|e| !e.withdrawn).map(key).collect(),
        }
    }

    /// Iterates over all deadlines: a cycle, the cities that share the deadline, and the first instant after it.
    pub(crate) fn iter_deadlines(
        &self,
    ) -> impl Iterator<Item = (&str, Vec<String>, DateTime<Utc>)> {
        self.cycles.iter().flat_map(move |(cycle, due)| {
            self.cities.iter().flat_map(move |(zone, cities)| {
                let (extended, plain): (Vec<&String>, Vec<&String>) =
                    cities.iter().partition(|city| self.extension_day(cycle, city).is_some());
                let plain = plain.into_iter().cloned().collect();
                let one = move |city: &String| {
                    (
                        cycle.as_str(),
                        vec![city.clone()],
                        end_of_day(self.effective_due_day(cycle, *due, city), *zone),
                    )
                };
                std::iter::once((cycle.as_str(), plain, end_of_day(*due, *zone)))
                    .chain(extended.into_iter().map(one))
            })
        })
    }

    fn extension_day(&self, cycle: &str, city: &str) -> Option<NaiveDate> {
        if self.extensions.is_empty() {
            return None;
        }
        self.extensions.get(&(cycle.to_owned(), city.to_owned())).copied()
    }

    /// Returns the due day of a city: the later of the cycle's own day and the day of the city's extension.
    fn effective_due_day(&self, cycle: &str, due: NaiveDate, city: &str) -> NaiveDate {
        super::effective_due_day(due, self.extension_day(cycle, city))
    }

    /// Returns the due day of a cycle in a city and the first instant after it; `None` if nothing is due.
    #[must_use]
    pub(crate) fn find_deadline(
        &self,
        cycle: &str,
        city: &str,
    ) -> Option<(NaiveDate, DateTime<Utc>)> {
        let (_, due) = self.cycles.iter().find(|(c, _)| c == cycle)?;
        let due = self.effective_due_day(cycle, *due, city);
        Some((due, end_of_day(due, *self.zones.get(city)?)))
    }

    /// Returns `true` if a report was first submitted after the due day, or is still not submitted after it.
    #[must_use]
    pub(crate) fn is_late(
        &self,
        cycle: &str,
        city: &str,
        timing: SubmissionTiming,
        now: DateTime<Utc>,
    ) -> bool {
        timing.is_late(self.find_deadline(cycle, city).map(|(_, ends)| ends), now)
    }
}
