//! Releases: numbered, frozen copies of the approved reports of a cycle. A release never changes; a correction is a new
//! release with errata. Storage and HTTP answers are not here.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    cycle::{CycleState, ReportingCycle},
    fault::ValueFault,
    figures::{CountingRules, ReportFact},
    journal::micros,
    message::{self, Message},
    project::ProjectCode,
    reference::{City, Country, CountryCode, Vocabulary},
    report::{ApprovedReport, AuditStamp, ProjectStatus},
    value::{Prose, Slug, to_count},
};

pub(crate) mod content_hash;
pub(crate) mod coverage;
pub(crate) mod errata;
pub(crate) mod published;
pub(crate) mod raw_release;
#[cfg(test)]
mod tests;

use errata::Erratum;
use published::{CellChange, PublishedTable};

/// The key that stands for the latest release: the last one of the cycle with the latest cut-off.
pub(crate) const LATEST: &str = "latest";

/// A release without the frozen reports.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[expect(clippy::struct_field_names, reason = "the name of the member in the contract")]
pub struct Release {
    /// The public key, such as `me-2025-r1`.
    pub release: Slug,
    /// The cycle of the frozen reports.
    pub cycle: Slug,
    /// The number within the cycle, from 1.
    pub number: i64,
    pub note: Option<Prose>,
    /// Who published it, and when; none for a release of the published history.
    pub published: Option<AuditStamp>,
    /// When it was published here.
    #[serde(with = "micros")]
    pub published_at: DateTime<Utc>,
    /// The number of the last journal row before the release: all its data was recorded by then.
    pub seq: i64,
    /// The hash of that row, in lower-case hexadecimal.
    pub journal_hash: String,
    /// The feed number of that row: the version of the public data at that time.
    pub feed: i64,
    /// SHA-256 of the canonical content (see `content_hash`), in lower-case hexadecimal.
    pub sha256: String,
    pub counts: ReleaseCounts,
    /// The changes since the previous release of the cycle; empty in the first one.
    pub errata: Vec<Erratum>,
    /// The figures that are published with the release.
    pub figures: Vec<PublishedTable>,
    /// The published figures that changed since the previous release of the cycle.
    pub figures_changed: Vec<CellChange>,
    /// The rules by which the figures were counted: those of the reference data.
    #[serde(default, skip_serializing_if = "CountingRules::is_first")]
    pub rules: CountingRules,
    /// Always 1, because a release never changes.
    pub version: i64,
}

/// The numbers of reports, cities and countries in a release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseCounts {
    /// Number of approved reports, one for each project.
    pub reports: i64,
    /// Number of cities with a report.
    pub cities: i64,
    /// Number of countries with a report.
    pub countries: i64,
    /// Number of reports by stated status.
    pub statuses: BTreeMap<ProjectStatus, i64>,
}

impl ReleaseCounts {
    #[must_use]
    pub fn from_reports(reports: &[ApprovedReport]) -> Self {
        let cities: BTreeSet<&Slug> = reports.iter().map(|r| r.code.city()).collect();
        let countries: BTreeSet<CountryCode> = reports.iter().map(|r| r.country).collect();
        let mut statuses: BTreeMap<ProjectStatus, i64> = BTreeMap::new();
        for report in reports {
            *statuses
                .entry(report.content.status.unwrap_or(ProjectStatus::NotStated))
                .or_default() += 1;
        }
        Self {
            reports: to_count(reports.len()),
            cities: to_count(cities.len()),
            countries: to_count(countries.len()),
            statuses,
        }
    }
}

/// The reference data behind a release's figures. It is frozen with the release, so that renaming or adding a city does
/// not change old figures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReleaseReference {
    pub cycle: ReportingCycle,
    /// Ordered by code.
    pub countries: Vec<Country>,
    /// Ordered by slug.
    pub cities: Vec<City>,
    /// Cities with an approved project in any cycle.
    pub with_project: BTreeSet<Slug>,
    pub vocabulary: Vocabulary,
    /// The types of the partners, by the slug of the partner. Releases that were published before they were frozen have
    /// none.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub partner_types: BTreeMap<Slug, String>,
    /// The rules by which the figures are counted.
    #[serde(default, skip_serializing_if = "CountingRules::is_first")]
    pub rules: CountingRules,
}

/// A release with everything that it freezes, before it is stored.
#[derive(Debug, Clone, PartialEq)]
pub struct FullRelease {
    pub release: Release,
    pub reference: ReleaseReference,
    /// Ordered by city and project number.
    pub reports: Vec<ApprovedReport>,
}

/// The head of the journal that a release records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct JournalPosition {
    /// The number of the last row.
    pub seq: i64,
    /// The hash of that row, in lower-case hexadecimal.
    pub hash: String,
    /// The feed number.
    pub feed: i64,
}

/// Why a release is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message())]
pub(crate) enum PublishError {
    /// The cycle is not closed.
    Cycle(CycleState),
    /// The cycle has no approved report.
    Empty,
    /// Nothing changed since the previous release.
    Unchanged(Slug),
    /// The key of the release would be too long.
    Key(ValueFault),
    /// A record has no JSON form.
    Json,
}

impl PublishError {
    /// Returns the reason for the caller.
    #[must_use]
    pub(crate) fn message(&self) -> Message {
        match self {
            Self::Cycle(state) => message::release::cycle_not_closed(state.describe_as_state()),
            Self::Empty => message::release::nothing_approved(),
            Self::Unchanged(release) => message::release::nothing_changed(release.as_str()),
            Self::Key(fault) => message::release::key_too_long(fault.message.clone()),
            Self::Json => message::release::no_json_form(),
        }
    }
}

/// The previous release of the cycle, and the reasons of the reopenings since.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PreviousRelease {
    pub full_release: FullRelease,
    /// By project: the reasons of the reopenings since the frozen approval, oldest first.
    pub reasons: BTreeMap<ProjectCode, Vec<String>>,
}

impl PreviousRelease {
    fn list_errata(&self, reports: &[ApprovedReport]) -> Vec<Erratum> {
        let mut errata = errata::compare_reports(&self.full_release.reports, reports);
        for erratum in &mut errata {
            erratum.reasons = self.reasons.get(&erratum.project).cloned().unwrap_or_default();
        }
        errata
    }
}

/// The data of a release besides the reports and the reference data.
#[derive(Debug, Clone)]
pub(crate) struct ReleaseMetadata {
    pub note: Option<Prose>,
    /// Who publishes the release; none for the published history.
    pub published: Option<AuditStamp>,
    pub at: DateTime<Utc>,
    pub recorded: JournalPosition,
}

/// Creates the next release of a cycle. `reports` are the approved reports, ordered by city and project number.
///
/// # Errors
/// The cycle is not closed, has no approved reports, or has the same reports as the previous release.
pub(crate) fn publish_release(
    metadata: ReleaseMetadata,
    reference: ReleaseReference,
    reports: Vec<ApprovedReport>,
    before: Option<PreviousRelease>,
) -> Result<FullRelease, PublishError> {
    match reference.cycle.state {
        CycleState::Closed => {}
        open @ (CycleState::Scheduled | CycleState::Open) => {
            return Err(PublishError::Cycle(open));
        }
    }
    if reports.is_empty() {
        return Err(PublishError::Empty);
    }
    let errata = before.as_ref().map_or_else(Vec::new, |b| b.list_errata(&reports));
    let before = before.map(|b| b.full_release.release);
    if let (Some(before), true) = (&before, errata.is_empty()) {
        return Err(PublishError::Unchanged(before.release.clone()));
    }
    let number = before.as_ref().map_or(1, |b| b.number + 1);
    let cycle = reference.cycle.slug.clone();
    let release = Slug::parse(format!("{cycle}-r{number}")).map_err(PublishError::Key)?;
    let figures = published::count_tables(
        &release,
        &reference,
        reports.iter().map(ReportFact::from).collect(),
    );
    let figures_changed =
        before.map_or_else(Vec::new, |b| published::list_cell_changes(&b.figures, &figures));
    let sha256 = content_hash::hash_release(&release, &reference, &reports)
        .map_err(|_e| PublishError::Json)?;
    let ReleaseMetadata { note, published, at, recorded } = metadata;
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
        rules: reference.rules,
        version: 1,
    };
    Ok(FullRelease { release, reference, reports })
}
