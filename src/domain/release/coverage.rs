//! The coverage of a release: how many reports it holds of each city, and how many of them came late. What was expected, what
//! was still being written and who had been given more time it does not tell, because it is not frozen.

use chrono::{DateTime, Utc};

use super::Frame;
use crate::domain::{
    cycle::end_of,
    figures::coverage::{Standing, Standings},
    reference::City,
    report::{ApprovedReport, ReportState},
    value::Slug,
};

/// How the counts are made.
pub const FORMULA: &str = "approved reports that the release holds; late are those that were last handed in after the due day of the cycle, extensions not considered";

/// A frozen report, as far as the coverage of its release looks at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handed {
    /// Its city.
    pub city: Slug,
    /// When it was last handed in; none for imported ones.
    pub at: Option<DateTime<Utc>>,
}

impl From<&ApprovedReport> for Handed {
    fn from(report: &ApprovedReport) -> Self {
        Self { city: report.code.city().clone(), at: report.submitted_at }
    }
}

impl Frame {
    /// Returns what a release holds of each city, by slug: the pilots, and those with a report.
    #[must_use]
    pub fn standings(&self, reports: &[Handed]) -> Standings<'_> {
        let cities = self.cities.iter().map(|city| (city, self.standing(city, reports)));
        Standings::new(&self.cycle, &self.countries, cities)
    }

    fn standing(&self, city: &City, reports: &[Handed]) -> Standing {
        let here: Vec<&Handed> = reports.iter().filter(|r| r.city == city.slug).collect();
        Standing {
            expected: None,
            approved: super::count(here.len()),
            late: self.late(city, &here),
            inside: None,
        }
    }

    /// Counts what came late; none where nothing was due, or where nobody knows when one of them came.
    fn late(&self, city: &City, reports: &[&Handed]) -> Option<i64> {
        let ends = end_of(self.cycle.due_on?, city.time_zone);
        let late = |at| i64::from(ReportState::Approved.is_late(Some(at), ends, at));
        reports.iter().map(|report| report.at.map(late)).sum()
    }
}
