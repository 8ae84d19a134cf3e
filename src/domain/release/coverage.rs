//! The coverage of a release: the number of its reports per city, and how many of them were late. Expected reports,
//! drafts and extensions are not frozen with a release, so they are not counted.

use chrono::{DateTime, Utc};

use super::ReleaseReference;
use crate::domain::{
    cycle::end_of_day,
    expected_city::is_expected_city,
    figures::{
        CountingRules,
        coverage::{CoverageCounts, CoverageRow, CycleCoverage},
    },
    reference::City,
    report::{ApprovedReport, ReportState},
    value::Slug,
};

/// The parts of a frozen report that the coverage needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrozenSubmission {
    pub city: Slug,
    /// When the report was last submitted; none for imported reports.
    pub at: Option<DateTime<Utc>>,
}

impl From<&ApprovedReport> for FrozenSubmission {
    fn from(report: &ApprovedReport) -> Self {
        Self { city: report.code.city().clone(), at: report.submitted_at }
    }
}

impl ReleaseReference {
    /// Counts the reports of each city, ordered by slug. The rules of the release decide which cities are listed and
    /// expected.
    #[must_use]
    pub fn count_coverage(&self, reports: &[FrozenSubmission]) -> CycleCoverage<'_> {
        let rows = self.cities.iter().map(|city| self.build_row(city, reports));
        CycleCoverage::new(&self.cycle, &self.countries, rows)
    }

    fn build_row<'f>(&'f self, city: &'f City, reports: &[FrozenSubmission]) -> CoverageRow<'f> {
        let counts = self.count_city(city, reports);
        let reporting = counts.approved > 0;
        let (expected, listed) = match self.rules {
            CountingRules::PilotCities => (reporting, reporting || city.pilot),
            CountingRules::ExpectedCities => {
                let expected = is_expected_city(city, self.cycle.as_of, reporting);
                (expected, expected)
            }
        };
        CoverageRow { city, counts, expected, listed }
    }

    fn count_city(&self, city: &City, reports: &[FrozenSubmission]) -> CoverageCounts {
        let here: Vec<&FrozenSubmission> = reports.iter().filter(|r| r.city == city.slug).collect();
        CoverageCounts {
            expected: None,
            approved: crate::domain::value::to_count(here.len()),
            late: self.count_late(city, &here),
            insider_counts: None,
        }
    }

    /// Counts the late reports. Returns `None` if the cycle has no due day, or if the submission time of a report is
    /// unknown.
    fn count_late(&self, city: &City, reports: &[&FrozenSubmission]) -> Option<i64> {
        let ends = end_of_day(self.cycle.due_on?, city.time_zone);
        let late = |at| i64::from(ReportState::Approved.is_late(Some(at), ends, at));
        reports.iter().map(|report| report.at.map(late)).sum()
    }
}
