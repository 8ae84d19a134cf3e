//! What a release holds, as flat tables: one row a report, milestone, indicator, value, partnership, link, city, erratum or
//! published figure. Names are in English: what is published does not change with the language of who reads it.

use std::collections::BTreeMap;

use super::flat::{Column, Datum};
use crate::domain::{
    reference::{Names, Term},
    release::{Frame, Release},
    report::ApprovedReport,
    value::Slug,
};

mod about;
mod parts;
pub mod reports;

pub use about::{CITIES, ERRATA, FIGURES};
pub use parts::{EVIDENCE, INDICATORS, MILESTONES, PARTNERSHIPS, VALUES};
pub use reports::REPORTS;

/// A table of a release.
#[derive(Debug, Clone, Copy)]
pub struct Table {
    /// Its name, in file names and as a table of the database.
    pub name: &'static str,
    /// What it is, in a line.
    pub title: &'static str,
    /// Its columns; the first three are those of [`Context::lead`].
    pub columns: &'static [Column],
    /// The columns that name a row.
    pub key: &'static [&'static str],
    /// The columns that name a row of another table, and that table's columns.
    pub refers: &'static [Reference],
    /// Where its rows come from.
    pub rows: Rows,
}

/// The columns of a table that name a row of another one.
#[derive(Debug, Clone, Copy)]
pub struct Reference {
    /// The columns here.
    pub columns: &'static [&'static str],
    /// The other table.
    pub table: &'static str,
    /// The columns there.
    pub to: &'static [&'static str],
}

/// A row of a table.
pub type Row = Vec<Datum>;

/// Where rows come from.
#[derive(Debug, Clone, Copy)]
pub enum Rows {
    /// From each report.
    Report(fn(&Context<'_>, &ApprovedReport) -> Vec<Row>),
    /// From the release as a whole.
    Whole(fn(&Context<'_>) -> Vec<Row>),
}

/// Every table of a release, those first that others refer to.
pub const TABLES: &[Table] =
    &[CITIES, REPORTS, MILESTONES, INDICATORS, VALUES, PARTNERSHIPS, EVIDENCE, ERRATA, FIGURES];

/// What rows are made of beside a report: the release, and the names that it froze.
#[derive(Debug)]
pub struct Context<'a> {
    /// The release.
    pub release: &'a Release,
    /// Its reference data.
    pub frame: &'a Frame,
    cities: BTreeMap<&'a str, &'a Names>,
    countries: BTreeMap<&'a str, &'a Names>,
    terms: BTreeMap<&'a str, &'a Names>,
}

impl<'a> Context<'a> {
    /// Prepares the names.
    #[must_use]
    pub fn new(release: &'a Release, frame: &'a Frame) -> Self {
        let words = &frame.vocabulary;
        let lists = [
            &words.focus_areas,
            &words.sub_areas,
            &words.outcomes,
            &words.enablers,
            &words.sectors,
            &words.tags,
        ];
        let named = |term: &'a Term| (term.slug.as_str(), &term.names);
        Self {
            release,
            frame,
            cities: frame.cities.iter().map(|c| (c.slug.as_str(), &c.names)).collect(),
            countries: frame.countries.iter().map(|c| (c.code.as_str(), &c.names)).collect(),
            terms: lists.into_iter().flatten().map(named).collect(),
        }
    }

    /// Returns what every row begins with: the release, the cycle and its cut-off day.
    #[must_use]
    pub fn lead(&self) -> Row {
        vec![
            self.release.release.as_str().into(),
            self.release.cycle.as_str().into(),
            self.frame.cycle.as_of.into(),
        ]
    }

    /// Names a city.
    #[must_use]
    pub fn city(&self, slug: &str) -> Datum {
        english(self.cities.get(slug).copied(), slug)
    }

    /// Names a country.
    #[must_use]
    pub fn country(&self, code: &str) -> Datum {
        english(self.countries.get(code).copied(), code)
    }

    /// Names a word of the framework.
    #[must_use]
    pub fn term(&self, slug: Option<&Slug>) -> Datum {
        match slug {
            Some(slug) => english(self.terms.get(slug.as_str()).copied(), slug.as_str()),
            None => Datum::Empty,
        }
    }
}

fn english(names: Option<&Names>, key: &str) -> Datum {
    names.and_then(|n| n.get("en")).map_or(key, String::as_str).into()
}

/// Makes the columns of a table: those that every row begins with, and its own.
macro_rules! columns {
    ($(($name:literal, $kind:ident, $help:literal)),+ $(,)?) => {
        &[
            $crate::sheets::flat::column("release", $crate::sheets::flat::Type::Text, "The release."),
            $crate::sheets::flat::column("cycle", $crate::sheets::flat::Type::Text, "The reporting cycle."),
            $crate::sheets::flat::column("as_of", $crate::sheets::flat::Type::Day, "The cycle's cut-off day."),
            $($crate::sheets::flat::column($name, $crate::sheets::flat::Type::$kind, $help)),+
        ]
    };
}
use columns;

#[cfg(test)]
mod tests;
