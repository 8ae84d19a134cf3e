//! The sheets and the shape of their columns. What each column is called and means is in `tables.rs`; the workbook, CSV files
//! and the importer are all made of that one table.

use super::{lists::List, tables};
use crate::domain::reference::CountryCode;
pub use crate::domain::sheet::Sheet;

/// The languages that every column has a title and a help text in; the first stands alone where a country's is not known.
pub const LANGUAGES: [&str; 2] = ["en", "vi"];

/// The language of a country's own texts, where columns have one.
const OF_COUNTRY: &[(&str, &str)] = &[("VN", "vi")];

/// Returns the languages of a workbook for the cities of a country.
#[must_use]
pub fn languages(country: CountryCode) -> Vec<&'static str> {
    let own = OF_COUNTRY.iter().filter(|(code, _)| *code == country.as_str());
    LANGUAGES.iter().take(1).copied().chain(own.map(|(_, language)| *language)).collect()
}

/// What a column is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The record's own key; empty in the row of a new record.
    Own,
    /// The key of what the record belongs to; a new row names it.
    Place,
    /// The version that the row was made from.
    Version,
    /// Shown for reading; changing it is refused.
    Shown,
    /// What people fill in.
    Input,
    /// A digest of the row, by which a row that nobody touched is known.
    Check,
}

/// How values stand in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One line.
    Line,
    /// Text of several lines.
    Prose,
    /// A number.
    Number,
    /// A whole number.
    Whole,
    /// A calendar day.
    Day,
    /// Yes or no.
    Flag,
    /// One word of a list.
    Word(List),
    /// Any words of a list, separated by commas.
    Words(List),
    /// Whole numbers, separated by commas.
    Wholes,
}

/// A title and a help text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Text {
    /// What stands over the column.
    pub title: &'static str,
    /// What to fill in.
    pub help: &'static str,
}

/// A column of a sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// The stable name by which the importer finds it.
    pub name: &'static str,
    /// Where its value stands in the record's JSON.
    pub pointer: &'static str,
    /// What it is for.
    pub part: Part,
    /// How values stand in it.
    pub kind: Kind,
    /// In the order of [`LANGUAGES`].
    pub texts: [Text; LANGUAGES.len()],
}

impl Column {
    /// Says whether a file must have it: without keys and versions nobody knows which record a row is.
    #[must_use]
    pub const fn is_required(&self) -> bool {
        matches!(self.part, Part::Own | Part::Place | Part::Version)
    }

    /// Says whether it is part of what names the record.
    #[must_use]
    pub const fn is_key(&self) -> bool {
        matches!(self.part, Part::Own | Part::Place)
    }

    /// Returns its text in a language, if it has one.
    #[must_use]
    pub fn text(&self, language: &str) -> Option<Text> {
        LANGUAGES.iter().zip(self.texts).find(|(l, _)| **l == language).map(|(_, text)| text)
    }
}

impl Sheet {
    /// Returns its columns, in order.
    #[must_use]
    pub const fn columns(self) -> &'static [Column] {
        match self {
            Self::Projects => tables::PROJECTS,
            Self::Reports => tables::REPORTS,
            Self::Milestones => tables::MILESTONES,
            Self::Completions => tables::COMPLETIONS,
            Self::Indicators => tables::INDICATORS,
            Self::Values => tables::VALUES,
            Self::Evidence => tables::EVIDENCE,
            Self::Partnerships => tables::PARTNERSHIPS,
        }
    }

    /// Says whether a row without a key of its own makes a record.
    #[must_use]
    pub fn takes_new(self) -> bool {
        self.columns().iter().any(|c| c.part == Part::Own)
    }

    /// Returns the member of the report that its rows are items of; none for sheets of records of their own.
    #[must_use]
    pub const fn list_of_report(self) -> Option<&'static str> {
        match self {
            Self::Completions => Some("milestones"),
            Self::Values => Some("indicator_values"),
            Self::Evidence => Some("evidence"),
            Self::Projects
            | Self::Reports
            | Self::Milestones
            | Self::Indicators
            | Self::Partnerships => None,
        }
    }

    /// Finds the place of a column by its name.
    #[must_use]
    pub fn position(self, name: &str) -> Option<usize> {
        self.columns().iter().position(|c| c.name == name)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_column_has_one_name_and_words_in_every_language() {
        for sheet in Sheet::ALL {
            let columns = sheet.columns();
            let names: BTreeSet<&str> = columns.iter().map(|c| c.name).collect();
            assert_eq!(names.len(), columns.len(), "{sheet}");
            let said =
                |c: &Column| c.texts.iter().all(|t| !t.title.is_empty() && !t.help.is_empty());
            for column in columns {
                assert!(said(column), "{sheet} {}", column.name);
                assert!(column.pointer.is_empty() || column.pointer.starts_with('/'));
            }
        }
    }

    #[test]
    fn every_sheet_says_which_record_a_row_is_and_of_which_version() {
        for sheet in Sheet::ALL {
            let has = |part: Part| sheet.columns().iter().filter(|c| c.part == part).count();
            assert_eq!(has(Part::Version), 1, "{sheet}");
            assert_eq!(has(Part::Check), 1, "{sheet}");
            assert!(has(Part::Own) <= 1 && has(Part::Own) + has(Part::Place) > 0, "{sheet}");
        }
    }
}
