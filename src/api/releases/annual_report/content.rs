//! What the annual report says, as plain data: made of a release, of the release before its cycle, and of a language, by
//! functions that know neither HTML nor where releases are kept. Not here: how it looks.

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

/// What stands on the title page.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct TitlePage {
    /// The key of the release.
    pub(super) release: String,
    /// Its number within the cycle, from 1.
    pub(super) number: i64,
    /// The name of the cycle.
    pub(super) cycle: String,
    /// The cut-off day.
    pub(super) as_of: NaiveDate,
    /// Whether it was published elsewhere, before there was this record, and only taken over here.
    pub(super) taken_over: bool,
    /// When it was published here, or taken over.
    pub(super) published_at: DateTime<Utc>,
    /// SHA-256 of its canonical content.
    pub(super) sha256: String,
    /// What should be known about it.
    pub(super) note: Option<String>,
    /// What is in it, counted.
    pub(super) counts: ReleaseCounts,
}

/// What the annual report says.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct AnnualReport {
    /// The words.
    pub(super) wording: ReportWording,
    /// The title page.
    pub(super) front: TitlePage,
    /// Projects by focus area.
    pub(super) shares: Vec<FocusAreaShare>,
    /// Projects by focus area and status.
    pub(super) statuses: CountGrid,
    /// Projects by city, status and focus area.
    pub(super) cities: CityStatusTable,
    /// Progress stated, by focus area and by country.
    pub(super) progress: [ProgressMeans; 2],
    /// The countries.
    pub(super) countries: Vec<CountrySection>,
    /// The projects.
    pub(super) projects: Vec<ProjectSummary>,
    /// What became another since the release of the cycle before; none without one.
    pub(super) since_last_cycle: Option<CycleComparison>,
    /// What became another since the release before of the same cycle.
    pub(super) corrections: Vec<ReportCorrection>,
    /// The published figures that became others with it.
    pub(super) figures: Vec<FigureCorrection>,
    /// What is not known.
    pub(super) unknown: UnknownCounts,
}

impl AnnualReport {
    /// Makes the report of a release. `before` is the last release of the cycle before.
    pub(super) fn from_edition(
        edition: &FullRelease,
        before: Option<&FullRelease>,
        language: Language,
    ) -> Self {
        let says = ReportWording(language);
        let facts = edition.reports.iter().map(ReportFact::from).collect();
        let ground = edition.frame.build_dataset(&edition.release.release, facts);
        let countries = places::list_countries(edition, &ground, says);
        let mut by_country = exhibits::average_progress(&ground, says, Dimension::Country);
        by_country.rows.sort_by_cached_key(|m| alphabetical_key(&m.label.name));
        Self {
            wording: says,
            front: build_title_page(edition),
            shares: exhibits::count_focus_area_shares(&ground, says),
            statuses: exhibits::count_grid(&ground, says, Dimension::FocusArea, Dimension::Status),
            cities: exhibits::count_cities(&ground, says),
            progress: [exhibits::average_progress(&ground, says, Dimension::FocusArea), by_country],
            projects: places::list_projects(edition, says),
            since_last_cycle: before
                .map(|before| changes::compare_with_last_cycle(edition, before)),
            corrections: changes::list_corrections(edition, says),
            figures: changes::list_figure_corrections(edition, says),
            unknown: places::count_unknown(edition, &ground, &countries),
            countries,
        }
    }
}

fn build_title_page(edition: &FullRelease) -> TitlePage {
    let release = &edition.release;
    TitlePage {
        release: release.release.to_string(),
        number: release.number,
        cycle: edition.frame.cycle.name.to_string(),
        as_of: edition.frame.cycle.as_of,
        taken_over: edition.frame.cycle.imported.is_some() && release.published.is_none(),
        published_at: release.published_at,
        sha256: release.sha256.clone(),
        note: release.note.as_ref().map(Prose::to_string),
        counts: release.counts.clone(),
    }
}
