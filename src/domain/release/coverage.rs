//! The coverage of a release: how many reports it holds of each city, and how many of them came late. What was expected, what
//! was still being written and who had been given more time it does not tell, because it is not frozen.

use chrono::{DateTime, Utc};

use super::ReleaseReference;
use crate::domain::{
    cycle::end_of_day,
    figures::coverage::{CoverageCounts, CycleCoverage},
    reference::City,
    report::{ApprovedReport, ReportState},
    value::Slug,
};

/// How the counts are made.
pub(crate) const FORMULA: &str = "approved reports that the release holds; late are those that were last handed in after the due day of the cycle, extensions not considered";

/// A frozen report, as far as the coverage of its release looks at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrozenSubmission {
    /// Its city.
    pub city: Slug,
    /// When it was last handed in; none for imported ones.
    pub at: Option<DateTime<Utc>>,
}

impl From<&ApprovedReport> for FrozenSubmission {
    fn from(report: &ApprovedReport) -> Self {
        Self { city: report.code.city().clone(), at: report.submitted_at }
    }
}

impl ReleaseReference {
    /// Returns what a release holds of each city, by slug: the pilots, and those with a report.
    #[must_use]
    pub fn count_coverage(&self, reports: &[FrozenSubmission]) -> CycleCoverage<'_> {
        let cities = self.cities.iter().map(|city| (city, self.count_city(city, reports)));
        CycleCoverage::new(&self.cycle, &self.countries, cities)
    }

    fn count_city(&self, city: &City, reports: &[FrozenSubmission]) -> CoverageCounts {
        let here: Vec<&FrozenSubmission> = reports.iter().filter(|r| r.city == city.slug).collect();
        CoverageCounts {
            expected: None,
            approved: super::to_count(here.len()),
            late: self.count_late(city, &here),
            insider_counts: None,
        }
    }

    /// Counts what came late; none where nothing was due, or where nobody knows when one of them came.
    fn count_late(&self, city: &City, reports: &[&FrozenSubmission]) -> Option<i64> {
        let ends = end_of_day(self.cycle.due_on?, city.time_zone);
        let late = |at| i64::from(ReportState::Approved.is_late(Some(at), ends, at));
        reports.iter().map(|report| report.at.map(late)).sum()
    }
}
