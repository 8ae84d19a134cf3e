//! The content of the annual report as plain data, built from a release, the last release of the previous cycle and a
//! language. Not here: HTML, and loading releases.

use chrono::{DateTime, NaiveDate, Utc};

use super::{
    changes::{self, CycleComparison, FigureCorrection, ReportCorrection},
    exhibits::{self, CityStatusTable, CountGrid, FocusAreaShare, ProgressMeans},
    places::{self, CountrySection, ProjectSummary, UnknownCounts},
    wording::ReportWording,
};
use crate::domain::{
    alphabet::alphabetical_key,
    figures::{Dimension, ReportFact},
    language::Language,
    release::{FullRelease, ReleaseCounts},
    value::Prose,
};

/// The title page.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct TitlePage {
    pub(super) release: String,
    /// The number within the cycle, from 1.
    pub(super) number: i64,
    pub(super) cycle: String,
    /// The cut-off day of the cycle.
    pub(super) as_of: NaiveDate,
    /// Whether the release belongs to the published history: it was published before this service existed, and
    /// imported.
    pub(super) taken_over: bool,
    /// When it was published in this service, or imported.
    pub(super) published_at: DateTime<Utc>,
    /// The SHA-256 of the canonical content.
    pub(super) sha256: String,
    /// A note for readers.
    pub(super) note: Option<String>,
    pub(super) counts: ReleaseCounts,
}

/// The content of the annual report.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct AnnualReport {
    /// The headings and sentences in the language of the report.
    pub(super) wording: ReportWording,
    pub(super) front: TitlePage,
    pub(super) shares: Vec<FocusAreaShare>,
    /// Projects by focus area and status.
    pub(super) statuses: CountGrid,
    pub(super) cities: CityStatusTable,
    /// The means of the stated progress, by focus area and by country.
    pub(super) progress: [ProgressMeans; 2],
    pub(super) countries: Vec<CountrySection>,
    pub(super) projects: Vec<ProjectSummary>,
    /// The changes since the last release of the previous cycle. `None` if there is none.
    pub(super) since_last_cycle: Option<CycleComparison>,
    /// The reports that changed since the previous release of the same cycle.
    pub(super) corrections: Vec<ReportCorrection>,
    /// The published figures that changed since the previous release of the same cycle.
    pub(super) figures: Vec<FigureCorrection>,
    pub(super) unknown: UnknownCounts,
}

impl AnnualReport {
    /// Builds the report of a release. `before` is the last release of the previous cycle.
    pub(super) fn from_edition(
        full_release: &FullRelease,
        before: Option<&FullRelease>,
        language: Language,
    ) -> Self {
        let says = ReportWording(language);
        let facts = full_release.reports.iter().map(ReportFact::from).collect();
        let dataset = full_release.reference.build_dataset(&full_release.release.release, facts);
        let countries = places::list_countries(full_release, &dataset, says);
        let mut by_country = exhibits::average_progress(&dataset, says, Dimension::Country);
        by_country.rows.sort_by_cached_key(|m| alphabetical_key(&m.label.name));
        Self {
            wording: says,
            front: build_title_page(full_release),
            shares: exhibits::count_focus_area_shares(&dataset, says),
            statuses: exhibits::count_grid(&dataset, says, Dimension::FocusArea, Dimension::Status),
            cities: exhibits::count_cities(&dataset, says),
            progress: [
                exhibits::average_progress(&dataset, says, Dimension::FocusArea),
                by_country,
            ],
            projects: places::list_projects(full_release, says),
            since_last_cycle: before
                .map(|before| changes::compare_with_last_cycle(full_release, before)),
            corrections: changes::list_corrections(full_release, says),
            figures: changes::list_figure_corrections(full_release, says),
            unknown: places::count_unknown(full_release, &dataset, &countries),
            countries,
        }
    }
}

fn build_title_page(full_release: &FullRelease) -> TitlePage {
    let release = &full_release.release;
    TitlePage {
        release: release.release.to_string(),
        number: release.number,
        cycle: full_release.reference.cycle.name.to_string(),
        as_of: full_release.reference.cycle.as_of,
        taken_over: full_release.reference.cycle.imported.is_some() && release.published.is_none(),
        published_at: release.published_at,
        sha256: release.sha256.clone(),
        note: release.note.as_ref().map(Prose::to_string),
        counts: release.counts.clone(),
    }
}
