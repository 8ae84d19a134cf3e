//! The content of a release as flat tables: one row per report, milestone, indicator, value, partnership, link, city,
//! erratum or published figure. Names are in English, because a published table must not depend on the reader's
//! language.

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

#[derive(Debug, Clone, Copy)]
pub(crate) struct ReleaseTable {
    /// The name in file names, and of the table in the database of the release.
    pub name: &'static str,
    pub title: &'static str,
    /// The columns. The first three are those of [`RowContext::leading_values`].
    pub columns: &'static [TableColumn],
    /// The columns that identify a row. Empty if no columns do.
    pub key: &'static [&'static str],
    /// The references to rows of other tables.
    pub foreign_keys: &'static [ForeignKey],
    pub rows: RowSource,
}

/// The columns of a table that reference a row of a different table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ForeignKey {
    /// The referencing columns.
    pub columns: &'static [&'static str],
    /// The referenced table.
    pub table: &'static str,
    /// The referenced columns.
    pub to: &'static [&'static str],
}

pub(crate) type ReleaseTableRow = Vec<Datum>;

/// The function that builds the rows.
#[derive(Debug, Clone, Copy)]
pub(crate) enum RowSource {
    /// Called for each report.
    PerReport(fn(&RowContext<'_>, &ApprovedReport) -> Vec<ReleaseTableRow>),
    /// Called once for the release.
    PerRelease(fn(&RowContext<'_>) -> Vec<ReleaseTableRow>),
}

/// Every table of a release. A table comes after the tables that it references.
pub(crate) const TABLES: &[ReleaseTable] =
    &[CITIES, REPORTS, MILESTONES, INDICATORS, VALUES, PARTNERSHIPS, EVIDENCE, ERRATA, FIGURES];

/// The data that rows need in addition to a report: the release and the names that it froze.
#[derive(Debug)]
pub(crate) struct RowContext<'a> {
    pub release: &'a Release,
    /// The reference data that was frozen with the release.
    pub reference: &'a ReleaseReference,
    cities: BTreeMap<&'a str, &'a NamesByLanguage>,
    countries: BTreeMap<&'a str, &'a NamesByLanguage>,
    terms: BTreeMap<&'a str, &'a NamesByLanguage>,
}

impl<'a> RowContext<'a> {
    #[must_use]
    pub(crate) fn new(release: &'a Release, reference: &'a ReleaseReference) -> Self {
        let words = &reference.vocabulary;
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
            reference,
            cities: reference.cities.iter().map(|c| (c.slug.as_str(), &c.names)).collect(),
            countries: reference.countries.iter().map(|c| (c.code.as_str(), &c.names)).collect(),
            terms: lists.into_iter().flatten().map(named).collect(),
        }
    }

    /// Returns the first values of every row: the release, the cycle and its cut-off day.
    #[must_use]
    pub(crate) fn leading_values(&self) -> ReleaseTableRow {
        vec![
            self.release.release.as_str().into(),
            self.release.cycle.as_str().into(),
            self.reference.cycle.as_of.into(),
        ]
    }

    /// Returns the English name of a city, or its slug if it has none.
    #[must_use]
    pub(crate) fn city_name(&self, slug: &str) -> Datum {
        english_name(self.cities.get(slug).copied(), slug)
    }

    /// Returns the English name of a country, or its code if it has none.
    #[must_use]
    pub(crate) fn country_name(&self, code: &str) -> Datum {
        english_name(self.countries.get(code).copied(), code)
    }

    /// Returns the English name of a term of the framework, or its slug if it has none.
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

/// Declares the columns of a table: the three leading columns, and the table's own.
macro_rules! table_columns {
    ($(($name:literal, $kind:ident, $help:literal)),+ $(,)?) => {
        &[
            $crate::sheets::flat::new_column("release", $crate::sheets::flat::DatumType::Text, "The release."),
            $crate::sheets::flat::new_column("cycle", $crate::sheets::flat::DatumType::Text, "The reporting cycle."),
            $crate::sheets::flat::new_column("as_of", $crate::sheets::flat::DatumType::Day, "The cycle's cut-off day."),
            $($crate::sheets::flat::new_column($name, $crate::sheets::flat::DatumType::$kind, $help)),+
        ]
    };
}
use table_columns;

#[cfg(test)]
mod tests;
