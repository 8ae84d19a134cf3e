//! What a release holds, as flat tables: one row a report, milestone, indicator, value, partnership, link, city, erratum or
//! published figure. Names are in English: what is published does not change with the language of who reads it.

use std::collections::BTreeMap;

use super::flat::{Datum, TableColumn};
use crate::domain::{
    reference::{NamesByLanguage, VocabularyTerm},
    release::{Release, ReleaseReference},
    report::ApprovedReport,
    value::Slug,
};

mod release_level;
mod report_parts;
pub(crate) mod reports;

pub(crate) use release_level::{CITIES, ERRATA, FIGURES};
pub(crate) use report_parts::{EVIDENCE, INDICATORS, MILESTONES, PARTNERSHIPS, VALUES};
pub(crate) use reports::REPORTS;

/// A table of a release.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ReleaseTable {
    /// Its name, in file names and as a table of the database.
    pub name: &'static str,
    /// What it is, in a line.
    pub title: &'static str,
    /// Its columns; the first three are those of [`RowContext::leading_values`].
    pub columns: &'static [TableColumn],
    /// The columns that name a row.
    pub key: &'static [&'static str],
    /// The columns that name a row of another table, and that table's columns.
    pub foreign_keys: &'static [ForeignKey],
    /// Where its rows come from.
    pub rows: RowSource,
}

/// The columns of a table that name a row of another one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ForeignKey {
    /// The columns here.
    pub columns: &'static [&'static str],
    /// The other table.
    pub table: &'static str,
    /// The columns there.
    pub to: &'static [&'static str],
}

/// A row of a table.
pub(crate) type ReleaseTableRow = Vec<Datum>;

/// Where rows come from.
#[derive(Debug, Clone, Copy)]
pub(crate) enum RowSource {
    /// From each report.
    PerReport(fn(&RowContext<'_>, &ApprovedReport) -> Vec<ReleaseTableRow>),
    /// From the release as a whole.
    PerRelease(fn(&RowContext<'_>) -> Vec<ReleaseTableRow>),
}

/// Every table of a release, those first that others refer to.
pub(crate) const TABLES: &[ReleaseTable] =
    &[CITIES, REPORTS, MILESTONES, INDICATORS, VALUES, PARTNERSHIPS, EVIDENCE, ERRATA, FIGURES];

/// What rows are made of beside a report: the release, and the names that it froze.
#[derive(Debug)]
pub(crate) struct RowContext<'a> {
    /// The release.
    pub release: &'a Release,
    /// Its reference data.
    pub reference: &'a ReleaseReference,
    cities: BTreeMap<&'a str, &'a NamesByLanguage>,
    countries: BTreeMap<&'a str, &'a NamesByLanguage>,
    terms: BTreeMap<&'a str, &'a NamesByLanguage>,
}

impl<'a> RowContext<'a> {
    /// Prepares the names.
    #[must_use]
    pub(crate) fn new(release: &'a Release, frame: &'a ReleaseReference) -> Self {
        let words = &frame.vocabulary;
        let lists = [
            &words.focus_areas,
            &words.sub_areas,
            &words.outcomes,
            &words.enablers,
            &words.sectors,
            &words.tags,
        ];
        let named = |term: &'a VocabularyTerm| (term.slug.as_str(), &term.names);
        Self {
            release,
            reference: frame,
            cities: frame.cities.iter().map(|c| (c.slug.as_str(), &c.names)).collect(),
            countries: frame.countries.iter().map(|c| (c.code.as_str(), &c.names)).collect(),
            terms: lists.into_iter().flatten().map(named).collect(),
        }
    }

    /// Returns what every row begins with: the release, the cycle and its cut-off day.
    #[must_use]
    pub(crate) fn leading_values(&self) -> ReleaseTableRow {
        vec![
            self.release.release.as_str().into(),
            self.release.cycle.as_str().into(),
            self.reference.cycle.as_of.into(),
        ]
    }

    /// Names a city.
    #[must_use]
    pub(crate) fn city_name(&self, slug: &str) -> Datum {
        english_name(self.cities.get(slug).copied(), slug)
    }

    /// Names a country.
    #[must_use]
    pub(crate) fn country_name(&self, code: &str) -> Datum {
        english_name(self.countries.get(code).copied(), code)
    }

    /// Names a word of the framework.
    #[must_use]
    pub(crate) fn term_name(&self, slug: Option<&Slug>) -> Datum {
        match slug {
            Some(slug) => english_name(self.terms.get(slug.as_str()).copied(), slug.as_str()),
            None => Datum::Empty,
        }
    }
}

fn english_name(names: Option<&NamesByLanguage>, key: &str) -> Datum {
    names.and_then(|n| n.get("en")).map_or(key, String::as_str).into()
}

/// Makes the columns of a table: those that every row begins with, and its own.
macro_rules! columns {
    ($(($name:literal, $kind:ident, $help:literal)),+ $(,)?) => {
        &[
            $crate::sheets::flat::new_column("release", $crate::sheets::flat::DatumType::Text, "The release."),
            $crate::sheets::flat::new_column("cycle", $crate::sheets::flat::DatumType::Text, "The reporting cycle."),
            $crate::sheets::flat::new_column("as_of", $crate::sheets::flat::DatumType::Day, "The cycle's cut-off day."),
            $($crate::sheets::flat::new_column($name, $crate::sheets::flat::DatumType::$kind, $help)),+
        ]
    };
}
use columns;

#[cfg(test)]
mod tests;
