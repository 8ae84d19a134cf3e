//! The sheets and the types that describe their columns. The table of all columns is in `column_definitions.rs`. The
//! workbook, CSV files and the importer all use that table.

use super::{allowed_values::AllowedList, column_definitions};
use crate::domain::reference::CountryCode;
pub use crate::domain::workbook_terms::WorkbookSheet;

/// The languages in which every column has a title and a help text. A workbook always shows the first one.
pub(crate) const LANGUAGES: [&str; 2] = ["en", "vi"];

/// The additional language of a country's workbooks.
const OF_COUNTRY: &[(&str, &str)] = &[("VN", "vi")];

/// Returns the languages of a workbook for the cities of a country.
#[must_use]
pub(crate) fn workbook_languages(country: CountryCode) -> Vec<&'static str> {
    let own = OF_COUNTRY.iter().filter(|(code, _)| *code == country.as_str());
    LANGUAGES.iter().take(1).copied().chain(own.map(|(_, language)| *language)).collect()
}

/// The purpose of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnRole {
    /// The record's own key. It is empty in the row of a new record.
    RecordKey,
    /// The key of the record that the row belongs to. A new row must state it.
    ParentKey,
    /// The version of the record when the row was exported.
    Version,
    /// Shown for information. A change is refused.
    ReadOnly,
    /// Filled in by people.
    Input,
    /// A digest of the row. It shows whether anybody edited the row since the export.
    RowDigest,
}

/// The type of the values in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// One line.
    Line,
    /// Text of several lines.
    Prose,
    /// A number of any size, such as the value of an indicator.
    Number,
    /// A number of degrees, from -180 to 180.
    Degrees,
    /// A percentage, from 0 to 100.
    Percent,
    /// A whole number.
    Whole,
    /// A calendar day.
    Day,
    /// Yes or no.
    Flag,
    /// One value of a list.
    Word(AllowedList),
    /// Several values of a list, separated by commas.
    Words(AllowedList),
    /// Whole numbers, separated by commas.
    Wholes,
}

/// The texts of a column in one language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ColumnText {
    pub title: &'static str,
    pub help: &'static str,
}

/// A column of a sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SheetColumn {
    /// The stable name by which the importer finds the column.
    pub name: &'static str,
    /// The JSON pointer of the value in the record. Empty if the value is not in the record.
    pub pointer: &'static str,
    /// The purpose of the column.
    pub role: ColumnRole,
    /// The type of its values.
    pub kind: ColumnKind,
    /// The titles and help texts, in the order of `LANGUAGES`.
    pub texts: [ColumnText; LANGUAGES.len()],
}

impl SheetColumn {
    /// Returns `true` if every file must have the column. Without keys and versions the importer cannot tell which
    /// record a row belongs to.
    #[must_use]
    pub const fn is_required(&self) -> bool {
        matches!(self.role, ColumnRole::RecordKey | ColumnRole::ParentKey | ColumnRole::Version)
    }

    /// Returns `true` if the column is part of the record's key.
    #[must_use]
    pub const fn is_key(&self) -> bool {
        matches!(self.role, ColumnRole::RecordKey | ColumnRole::ParentKey)
    }

    /// Returns the title and the help text in a language, if the column has them.
    #[must_use]
    pub fn text_in(&self, language: &str) -> Option<ColumnText> {
        LANGUAGES.iter().zip(self.texts).find(|(l, _)| **l == language).map(|(_, text)| text)
    }
}

impl WorkbookSheet {
    /// Returns the columns of the sheet, in order.
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

    /// Returns `true` if a row without a key creates a record.
    #[must_use]
    pub fn can_create_records(self) -> bool {
        self.columns().iter().any(|c| c.role == ColumnRole::RecordKey)
    }

    /// Returns the position of a column in [`Self::columns`] by its name.
    #[must_use]
    pub fn find_column_index(self, name: &str) -> Option<usize> {
        self.columns().iter().position(|c| c.name == name)
    }

    /// Returns the column that a pointer into a record refers to. If the field has no column of its own, this is the
    /// first column of its parts, or the column of the nearest parent.
    #[must_use]
    pub(crate) fn find_field_column(self, pointer: &str) -> Option<usize> {
        let mut pointer = pointer;
        while !pointer.is_empty() {
            let parts = format!("{pointer}/");
            let own = self.columns().iter().position(|c| c.pointer == pointer);
            let part = || self.columns().iter().position(|c| c.pointer.starts_with(&parts));
            if let Some(found) = own.or_else(part) {
                return Some(found);
            }
            pointer = pointer.rsplit_once('/').map_or("", |(parent, _)| parent);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_column_has_one_name_and_words_in_every_language() {
        for sheet in WorkbookSheet::ALL {
            let columns = sheet.columns();
            let names: BTreeSet<&str> = columns.iter().map(|c| c.name).collect();
            assert_eq!(names.len(), columns.len(), "{sheet}");
            let has_texts =
                |c: &SheetColumn| c.texts.iter().all(|t| !t.title.is_empty() && !t.help.is_empty());
            for column in columns {
                assert!(has_texts(column), "{sheet} {}", column.name);
                assert!(column.pointer.is_empty() || column.pointer.starts_with('/'));
            }
        }
    }

    #[test]
    fn a_fault_of_a_part_points_at_the_column_of_the_whole() {
        let name = |pointer: &str| {
            WorkbookSheet::Projects
                .find_field_column(pointer)
                .map(|i| WorkbookSheet::Projects.columns()[i].name)
        };
        assert_eq!(name("/budget/currency"), Some("budget_currency"));
        assert_eq!(name("/sectors/3"), Some("sectors"));
        assert_eq!(name("/location"), Some("latitude"));
        assert_eq!(name("/nothing"), None);
    }

    #[test]
    fn every_sheet_says_which_record_a_row_is_and_of_which_version() {
        for sheet in WorkbookSheet::ALL {
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
