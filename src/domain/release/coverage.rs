//! The coverage of a release: the number of its reports per city, and how many of them were late. Expected reports and
//! drafts are not frozen with a release, so they are not counted.

use super::ReleaseReference;
use crate::domain::{
    cycle::end_of_day,
    expected_city::is_expected_city,
    figures::{
        CountingRules,
        coverage::{CoverageCounts, CoverageRow, CycleCoverage},
    },
    reference::City,
    report::{ApprovedReport, SubmissionTiming},
    value::Slug,
};

/// The parts of a frozen report that the coverage needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FrozenSubmission {
    pub city: Slug,
    pub(crate) timing: SubmissionTiming,
}

impl From<&ApprovedReport> for FrozenSubmission {
    fn from(report: &ApprovedReport) -> Self {
        Self { city: report.code.city().clone(), timing: report.submission_timing() }
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

    /// Counts the late reports. A report that does not state whether it was late is compared with the due day of the
    /// cycle, because extensions are not frozen. Returns `None` if that is unknown, too.
    fn count_late(&self, city: &City, reports: &[&FrozenSubmission]) -> Option<i64> {
        let ends = self.cycle.due_on.map(|due| end_of_day(due, city.time_zone));
        SubmissionTiming::count_late(reports.iter().map(|report| report.timing), ends)
    }
}
