//! Warnings of letters that were lost when a file was saved in an encoding that does not have them.

use crate::{
    domain::fault::ValueFault,
    sheets::{
        SheetGrid,
        grid::FileFault,
        message::file,
        row_comparison::{ComparedRow, FieldChange},
    },
};

/// The number of warnings of one sheet. A file with more of them was saved in a wrong encoding as a whole.
const WARNINGS_MAX: usize = 100;
/// The number of question marks in a row that stand for a lost word, in a script of which no letter was kept.
const WORD: usize = 3;

/// Lists the cells that change a text to one with lost letters.
pub(super) fn list_warnings(grid: &SheetGrid, rows: &[ComparedRow]) -> Vec<FileFault> {
    let changes = rows.iter().flat_map(|row| row.changes.iter().map(move |change| (row, change)));
    let lost = changes.filter(|(_, change)| has_lost_letters(change));
    lost.take(WARNINGS_MAX).map(|(row, change)| build_warning(grid, row, change)).collect()
}

fn build_warning(grid: &SheetGrid, row: &ComparedRow, change: &FieldChange) -> FileFault {
    let column = grid.sheet.columns().get(change.column);
    FileFault {
        sheet: grid.sheet.as_str().to_owned(),
        cell: grid.cell_address(change.column, row.number),
        row: Some(row.number),
        pointer: column.map(|column| column.pointer.to_owned()).unwrap_or_default(),
        fault: ValueFault::new("lost_letters", file::lost_letters()).into(),
    }
}

fn has_lost_letters(change: &FieldChange) -> bool {
    let Some(text) = change.to.as_str() else { return false };
    text.contains(char::REPLACEMENT_CHARACTER)
        || change.from.as_str().is_some_and(|before| replaces_letters(before, text))
        // A question mark in an address begins its parameters.
        || (!text.contains("://") && has_question_marks_for_letters(text))
}

/// Returns `true` if the texts differ only in question marks, and one of them stands where a letter stood that ASCII
/// does not have.
fn replaces_letters(before: &str, after: &str) -> bool {
    let pairs = || before.chars().zip(after.chars());
    before.chars().count() == after.chars().count()
        && pairs().all(|(b, a)| a == b || a == '?')
        && pairs().any(|(b, a)| a == '?' && b.is_alphabetic() && !b.is_ascii())
}

/// Returns `true` if question marks stand between letters, or if several of them form a word.
fn has_question_marks_for_letters(text: &str) -> bool {
    let words = text.split(|c: char| !c.is_alphabetic() && c != '?');
    words.into_iter().any(|word| {
        let inner = word.trim_matches('?');
        inner.contains('?') || (inner.is_empty() && word.len() >= WORD)
    })
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn is_lost(from: &str, to: &str) -> bool {
        has_lost_letters(&FieldChange { column: 0, from: Value::from(from), to: Value::from(to) })
    }

    #[test]
    fn question_marks_and_replacement_characters_for_letters_are_lost_letters() {
        for (from, to) in [
            ("", "C\u{fffd}p nước"),
            ("Đà Nẵng", "?? N?ng"),
            ("Đà", "?à"),
            ("", "C?p n??c"),
            ("", "???? ??? 2026"),
        ] {
            assert!(is_lost(from, to), "{from} {to}");
        }
    }

    #[test]
    fn question_of_a_text_is_no_lost_letter() {
        for (from, to) in [
            ("", "Who pays? The city."),
            ("Who pays", "Who pays??"),
            ("", "https://example.org/a?b=c"),
            ("Đà Nẵng", "Da Nang"),
            ("", "?"),
        ] {
            assert!(!is_lost(from, to), "{from} {to}");
        }
    }
}
