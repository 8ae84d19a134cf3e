//! When a report is late: the due day of its cycle ends at midnight where the city lies.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Tz;

use super::ReportingCycle;
use crate::domain::report::ReportState;

/// Returns the first instant after a day in a time zone.
fn end_of(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    let midnight = day.succ_opt().unwrap_or(day).and_time(chrono::NaiveTime::MIN);
    // A zone that skips midnight on that day begins it an hour later.
    zone.from_local_datetime(&midnight)
        .earliest()
        .or_else(|| zone.from_local_datetime(&(midnight + TimeDelta::hours(1))).earliest())
        .map_or_else(|| midnight.and_utc(), |at| at.to_utc())
}

/// When the due day of each cycle ends in each city.
#[derive(Debug, Clone, Default)]
pub struct Deadlines {
    cycles: Vec<(String, NaiveDate)>,
    cities: Vec<(Tz, Vec<String>)>,
    zones: HashMap<String, Tz>,
}

impl Deadlines {
    /// Takes the cycles and the cities of each time zone. Cycles without a due day, imported ones, are never late.
    #[must_use]
    pub fn new(cycles: Vec<ReportingCycle>, cities: HashMap<Tz, Vec<String>>) -> Self {
        let zones = cities.iter().flat_map(|(zone, list)| list.iter().map(|c| (c.clone(), *zone)));
        Self {
            zones: zones.collect(),
            cities: cities.into_iter().collect(),
            cycles: cycles
                .into_iter()
                .filter_map(|c| Some((c.slug.to_string(), c.due_on?)))
                .collect(),
        }
    }

    /// Goes through all of them: a cycle, cities, and the first instant after the due day there.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[String], DateTime<Utc>)> {
        self.cycles.iter().flat_map(|(cycle, due)| {
            self.cities
                .iter()
                .map(move |(zone, cities)| (cycle.as_str(), cities.as_slice(), end_of(*due, *zone)))
        })
    }

    /// Says whether a report is late: handed in after the due day, or not handed in and past it.
    #[must_use]
    pub fn is_late(
        &self,
        cycle: &str,
        city: &str,
        state: ReportState,
        submitted_at: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> bool {
        let due = self.cycles.iter().find(|(c, _)| c == cycle).map(|(_, due)| *due);
        let (Some(due), Some(zone)) = (due, self.zones.get(city)) else { return false };
        let ends = end_of(due, *zone);
        match state {
            ReportState::Draft | ReportState::Returned => now >= ends,
            ReportState::Submitted | ReportState::Approved => {
                submitted_at.is_some_and(|at| at >= ends)
            }
        }
    }
}
