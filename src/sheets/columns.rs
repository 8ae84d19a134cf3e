//! The sheets and the shape of their columns. What each column is called and means is in `tables.rs`; the workbook, CSV files
//! and the importer are all made of that one table.

use super::{allowed_values::List, column_definitions};
use crate::domain::reference::CountryCode;
pub use crate::domain::workbook_terms::Sheet;

/// The languages that every column has a title and a help text in; the first stands alone where a country's is not known.
pub(crate) const LANGUAGES: [&str; 2] = ["en", "vi"];

/// The language of a country's own texts, where columns have one.
const OF_COUNTRY: &[(&str, &str)] = &[("VN", "vi")];

/// Returns the languages of a workbook for the cities of a country.
#[must_use]
pub(crate) fn workbook_languages(country: CountryCode) -> Vec<&'static str> {
    let own = OF_COUNTRY.iter().filter(|(code, _)| *code == country.as_str());
    LANGUAGES.iter().take(1).copied().chain(own.map(|(_, language)| *language)).collect()
}

/// What a column is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnRole {
    /// The record's own key; empty in the row of a new record.
    RecordKey,
    /// The key of what the record belongs to; a new row names it.
    ParentKey,
    /// The version that the row was made from.
    Version,
    /// Shown for reading; changing it is refused.
    ReadOnly,
    /// What people fill in.
    Input,
    /// A digest of the row, by which a row that nobody touched is known.
    RowDigest,
}

/// How values stand in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
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
pub struct ColumnText {
    /// What stands over the column.
    pub title: &'static str,
    /// What to fill in.
    pub help: &'static str,
}

/// A column of a sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SheetColumn {
    /// The stable name by which the importer finds it.
    pub name: &'static str,
    /// Where its value stands in the record's JSON.
    pub pointer: &'static str,
    /// What it is for.
    pub role: ColumnRole,
    /// How values stand in it.
    pub kind: ColumnKind,
    /// In the order of [`LANGUAGES`].
    pub texts: [ColumnText; LANGUAGES.len()],
}

impl SheetColumn {
    /// Says whether a file must have it: without keys and versions nobody knows which record a row is.
    #[must_use]
    pub const fn is_required(&self) -> bool {
        matches!(self.role, ColumnRole::RecordKey | ColumnRole::ParentKey | ColumnRole::Version)
    }

    /// Says whether it is part of what names the record.
    #[must_use]
    pub const fn is_key(&self) -> bool {
        matches!(self.role, ColumnRole::RecordKey | ColumnRole::ParentKey)
    }

    /// Returns its text in a language, if it has one.
    #[must_use]
    pub fn text_in(&self, language: &str) -> Option<ColumnText> {
        LANGUAGES.iter().zip(self.texts).find(|(l, _)| **l == language).map(|(_, text)| text)
    }
}

impl Sheet {
    /// Returns its columns, in order.
    #[must_use]
    pub const fn columns(self) -> &'static [SheetColumn] {
        match self {
            Self::Projects => column_definitions::PROJECTS,
            Self::Reports => column_definitions::REPORTS,
            Self::Milestones => column_definitions::MILESTONES,
            Self::Completions => column_definitions::COMPLETIONS,
            Self::Indicators => column_definitions::INDICATORS,
            Self::Values => column_definitions::VALUES,
            Self::Evidence => column_definitions::EVIDENCE,
            Self::Partnerships => column_definitions::PARTNERSHIPS,
        }
    }

    /// Says whether a row without a key of its own makes a record.
    #[must_use]
    pub fn can_create_records(self) -> bool {
        self.columns().iter().any(|c| c.role == ColumnRole::RecordKey)
    }

    /// Returns the member of the report that its rows are items of; none for sheets of records of their own.
    #[must_use]
    pub const fn report_list_name(self) -> Option<&'static str> {
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
    pub fn find_column_index(self, name: &str) -> Option<usize> {
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
                |c: &SheetColumn| c.texts.iter().all(|t| !t.title.is_empty() && !t.help.is_empty());
            for column in columns {
                assert!(said(column), "{sheet} {}", column.name);
                assert!(column.pointer.is_empty() || column.pointer.starts_with('/'));
            }
        }
    }

    #[test]
    fn every_sheet_says_which_record_a_row_is_and_of_which_version() {
        for sheet in Sheet::ALL {
            let has = |part: ColumnRole| sheet.columns().iter().filter(|c| c.role == part).count();
            assert_eq!(has(ColumnRole::Version), 1, "{sheet}");
            assert_eq!(has(ColumnRole::RowDigest), 1, "{sheet}");
            assert!(
                has(ColumnRole::RecordKey) <= 1
                    && has(ColumnRole::RecordKey) + has(ColumnRole::ParentKey) > 0,
                "{sheet}"
            );
        }
    }
}
