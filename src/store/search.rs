//! Text search: patterns over folded columns.

use crate::domain::value::fold_for_search;

/// Returns the pattern that finds a folded text anywhere in a column, for `LIKE … ESCAPE '\'`. `None` for a blank
/// text, which matches everything.
fn to_like_pattern(q: &str) -> Option<String> {
    let folded = fold_for_search(q.trim());
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

/// Folds several texts into one search column. Searches have no line break, so the line breaks between the texts keep
/// a search from matching across two of them.
#[must_use]
pub(crate) fn to_search_key<'t>(texts: impl IntoIterator<Item = &'t str>) -> String {
    texts.into_iter().map(fold_for_search).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_of_like_are_searched_as_typed() {
        assert_eq!(to_like_pattern(" 50%_of\\ ").unwrap(), "%50\\%\\_of\\\\%");
        assert_eq!(to_like_pattern("Đà Nẵng").unwrap(), "%đà nẵng%");
        assert_eq!(to_like_pattern("  "), None);
    }
}
