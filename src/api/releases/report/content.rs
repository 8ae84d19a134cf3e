//! What the annual report says, as plain data: made of a release, of the release before its cycle, and of a language, by
//! functions that know neither HTML nor where releases are kept. Not here: how it looks.

use chrono::{DateTime, NaiveDate, Utc};

use super::{
    changes::{self, Correction, FigureLine, Since},
    exhibits::{self, Cities, Grid, Means, Share},
    places::{self, CountryPart, Line, Unknown},
    says::Says,
};
use crate::domain::{
    alphabet::alphabetical,
    figures::{Dimension, Fact},
    language::Language,
    release::{Counts, Edition},
    value::Prose,
};

/// What stands on the title page.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Front {
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
    pub(super) counts: Counts,
}

/// What the annual report says.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Content {
    /// The words.
    pub(super) says: Says,
    /// The title page.
    pub(super) front: Front,
    /// Projects by focus area.
    pub(super) shares: Vec<Share>,
    /// Projects by focus area and status.
    pub(super) statuses: Grid,
    /// Projects by city, status and focus area.
    pub(super) cities: Cities,
    /// Progress stated, by focus area and by country.
    pub(super) progress: [Means; 2],
    /// The countries.
    pub(super) countries: Vec<CountryPart>,
    /// The projects.
    pub(super) lines: Vec<Line>,
    /// What became another since the release of the cycle before; none without one.
    pub(super) since: Option<Since>,
    /// What became another since the release before of the same cycle.
    pub(super) corrections: Vec<Correction>,
    /// The published figures that became others with it.
    pub(super) figures: Vec<FigureLine>,
    /// What is not known.
    pub(super) unknown: Unknown,
}

impl Content {
    /// Makes the report of a release. `before` is the last release of the cycle before.
    pub(super) fn of(edition: &Edition, before: Option<&Edition>, language: Language) -> Self {
        let says = Says(language);
        let facts = edition.reports.iter().map(Fact::from).collect();
        let ground = edition.frame.ground(&edition.release.release, facts);
        let countries = places::countries(edition, &ground, says);
        let mut by_country = exhibits::means(&ground, says, Dimension::Country);
        by_country.rows.sort_by_cached_key(|m| alphabetical(&m.label.name));
        Self {
            says,
            front: front(edition),
            shares: exhibits::shares(&ground, says),
            statuses: exhibits::grid(&ground, says, Dimension::FocusArea, Dimension::Status),
            cities: exhibits::cities(&ground, says),
            progress: [exhibits::means(&ground, says, Dimension::FocusArea), by_country],
            lines: places::lines(edition, says),
            since: before.map(|before| changes::since(edition, before)),
            corrections: changes::corrections(edition, says),
            figures: changes::figures(edition, says),
            unknown: places::unknown(edition, &ground, &countries),
            countries,
        }
    }
}

fn front(edition: &Edition) -> Front {
    let release = &edition.release;
    Front {
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
