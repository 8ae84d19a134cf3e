//! Text search: patterns over folded columns.

use crate::domain::value::fold_marks;

/// Returns the pattern that finds a word anywhere in a folded column, for `LIKE … ESCAPE '\'`. `None` for a word of
/// marks alone, which matches everything.
fn to_like_pattern(word: &str) -> Option<String> {
    let folded = fold_marks(word);
    if folded.is_empty() {
        return None;
    }
    let escaped = folded.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    Some(format!("%{escaped}%"))
}

/// Returns the pattern of each word of a search.
pub(crate) fn to_like_patterns(search: Option<&str>) -> impl Iterator<Item = String> {
    search.unwrap_or_default().split_whitespace().filter_map(to_like_pattern)
}

/// Folds several texts into one search column. SQLite's `lower` knows only ASCII, so the program folds. Searches have no
/// line break, so the line breaks between the texts keep a search from matching across two of them.
#[must_use]
pub(crate) fn to_search_key<'t>(texts: impl IntoIterator<Item = &'t str>) -> String {
    texts.into_iter().map(fold_marks).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to_patterns(search: &str) -> Vec<String> {
        to_like_patterns(Some(search)).collect()
    }

    #[test]
    fn signs_of_like_are_searched_as_typed() {
        assert_eq!(to_patterns(" 50%_of\\ "), ["%50\\%\\_of\\\\%"]);
        assert_eq!(to_patterns("  "), Vec::<String>::new());
    }

    #[test]
    fn words_are_searched_one_by_one_and_without_marks() {
        assert_eq!(to_patterns("Đà Nẵng"), ["%da%", "%nang%"]);
    }
}
