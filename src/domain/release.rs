//! Releases: numbered, frozen copies of the approved reports of a cycle. Nothing in one ever changes; a correction is the
//! next one, with its errata. Not here: where they are kept, and how they are answered.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    cycle::{CycleState, ReportingCycle},
    fault::ValueFault,
    figures::ReportFact,
    journal::micros,
    project::ProjectCode,
    reference::{City, Country, CountryCode, Vocabulary},
    report::{ApprovedReport, AuditStamp, Status},
    value::{Prose, Slug},
};

pub(crate) mod content_hash;
pub(crate) mod coverage;
pub(crate) mod errata;
pub(crate) mod published;
#[cfg(test)]
mod tests;

use errata::Erratum;
use published::{CellChange, PublishedTable};

/// The word for the latest release: that of the cycle with the latest cut-off.
pub(crate) const LATEST: &str = "latest";

/// A release, but for the frozen copies themselves.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Release {
    /// The public key, such as `me-2025-r1`.
    pub release: Slug,
    /// The cycle whose reports it holds.
    pub cycle: Slug,
    /// Its number within the cycle, from 1.
    pub number: i64,
    /// What should be known about it.
    pub note: Option<Prose>,
    /// Who published it; none for a release of the published history.
    pub published: Option<AuditStamp>,
    /// When it was published here.
    #[serde(with = "micros")]
    pub published_at: DateTime<Utc>,
    /// The last row of the journal before it: everything in it was recorded by then.
    pub seq: i64,
    /// The hash of that row, lower-case hexadecimal.
    pub journal_hash: String,
    /// The data version of that row: what dashboards had read by then.
    pub feed: i64,
    /// SHA-256 of the canonical content ([`seal`]), lower-case hexadecimal.
    pub sha256: String,
    /// What is in it, counted.
    pub counts: ReleaseCounts,
    /// What became another since the release before it; empty in the first of a cycle.
    pub errata: Vec<Erratum>,
    /// The figures as they are published with it.
    pub figures: Vec<PublishedTable>,
    /// The published figures that became others since the release before it.
    pub figures_changed: Vec<CellChange>,
    /// Always 1: it never changes.
    pub version: i64,
}

/// What is in a release, counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseCounts {
    /// Approved reports, one to a project.
    pub reports: i64,
    /// Cities with a report.
    pub cities: i64,
    /// Countries with a report.
    pub countries: i64,
    /// Reports by the status that they state.
    pub statuses: BTreeMap<Status, i64>,
}

impl ReleaseCounts {
    /// Counts reports.
    #[must_use]
    pub fn from_reports(reports: &[ApprovedReport]) -> Self {
        let cities: BTreeSet<&Slug> = reports.iter().map(|r| r.code.city()).collect();
        let countries: BTreeSet<CountryCode> = reports.iter().map(|r| r.country).collect();
        let mut statuses: BTreeMap<Status, i64> = BTreeMap::new();
        for report in reports {
            *statuses.entry(report.content.status.unwrap_or(Status::NotStated)).or_default() += 1;
        }
        Self {
            reports: to_count(reports.len()),
            cities: to_count(cities.len()),
            countries: to_count(countries.len()),
            statuses,
        }
    }
}

/// A number of things as JSON has it.
fn to_count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// The reference data that a release's figures rest on, frozen with it: a city that is renamed or joins later moves
/// nothing in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReleaseReference {
    /// The cycle.
    pub cycle: ReportingCycle,
    /// The countries, by code.
    pub countries: Vec<Country>,
    /// The cities, by slug.
    pub cities: Vec<City>,
    /// Cities with an approved project in any cycle.
    pub with_project: BTreeSet<Slug>,
    /// The framework's words.
    pub vocabulary: Vocabulary,
}

/// A release with what it freezes, before it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct FullRelease {
    /// The release.
    pub release: Release,
    /// The reference data.
    pub frame: ReleaseReference,
    /// The reports by city and number.
    pub reports: Vec<ApprovedReport>,
}

/// The journal's head that a release records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct JournalPosition {
    /// The number of the last row.
    pub seq: i64,
    /// Its hash, lower-case hexadecimal.
    pub hash: String,
    /// The data version.
    pub feed: i64,
}

/// Why nothing is published.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PublishError {
    /// The cycle still takes reports.
    #[error("a release is not possible while its cycle is {0}: close it first")]
    Cycle(CycleState),
    /// There is nothing to publish.
    #[error("no report is approved in the cycle")]
    Empty,
    /// Nothing became another.
    #[error(
        "nothing was approved in the cycle since {0}: a release never changes, and another would be the same"
    )]
    Unchanged(Slug),
    /// The key would be too long.
    #[error("the key of the cycle leaves no room for that of a release: {0:?}")]
    Key(ValueFault),
    /// Something has no JSON form.
    #[error("something in it has no JSON form")]
    Json,
}

/// The release before, and why its reports were taken up again since.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PreviousRelease {
    /// The release.
    pub edition: FullRelease,
    /// Why they were reopened since the approvals that it froze, by project, in their order.
    pub reasons: BTreeMap<ProjectCode, Vec<String>>,
}

impl PreviousRelease {
    fn list_errata(&self, reports: &[ApprovedReport]) -> Vec<Erratum> {
        let mut errata = errata::compare_reports(&self.edition.reports, reports);
        for erratum in &mut errata {
            erratum.reasons = self.reasons.get(&erratum.project).cloned().unwrap_or_default();
        }
        errata
    }
}

/// What a release is made of, besides the reports.
#[derive(Debug, Clone)]
pub(crate) struct ReleaseMetadata {
    /// What should be known about it.
    pub note: Option<Prose>,
    /// Who publishes it; none for the published history.
    pub published: Option<AuditStamp>,
    /// When.
    pub at: DateTime<Utc>,
    /// The journal's head.
    pub recorded: JournalPosition,
}

/// Makes the next release of a cycle, out of its approved reports by city and number. `before` is the release before it.
///
/// # Errors
/// A cycle that is not closed, no reports, or the same reports as in the release before.
pub(crate) fn publish_release(
    imprint: ReleaseMetadata,
    frame: ReleaseReference,
    reports: Vec<ApprovedReport>,
    before: Option<PreviousRelease>,
) -> Result<FullRelease, PublishError> {
    match frame.cycle.state {
        CycleState::Closed => {}
        open @ (CycleState::Scheduled | CycleState::Open) => {
            return Err(PublishError::Cycle(open));
        }
    }
    if reports.is_empty() {
        return Err(PublishError::Empty);
    }
    let errata = before.as_ref().map_or_else(Vec::new, |b| b.list_errata(&reports));
    let before = before.map(|b| b.edition.release);
    if let (Some(before), true) = (&before, errata.is_empty()) {
        return Err(PublishError::Unchanged(before.release.clone()));
    }
    let number = before.as_ref().map_or(1, |b| b.number + 1);
    let cycle = frame.cycle.slug.clone();
    let release = Slug::parse(format!("{cycle}-r{number}")).map_err(PublishError::Key)?;
    let figures =
        published::count_tables(&release, &frame, reports.iter().map(ReportFact::from).collect());
    let figures_changed =
        before.map_or_else(Vec::new, |b| published::list_cell_changes(&b.figures, &figures));
    let sha256 =
        content_hash::hash_release(&release, &frame, &reports).map_err(|_e| PublishError::Json)?;
    let ReleaseMetadata { note, published, at, recorded } = imprint;
    let release = Release {
        release,
        cycle,
        number,
        note,
        published,
        published_at: at,
        seq: recorded.seq,
        journal_hash: recorded.hash,
        feed: recorded.feed,
        sha256,
        counts: ReleaseCounts::from_reports(&reports),
        errata,
        figures,
        figures_changed,
        version: 1,
    };
    Ok(FullRelease { release, frame, reports })
}
