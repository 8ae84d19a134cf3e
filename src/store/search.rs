//! Searching texts: how what somebody types becomes a pattern over a folded column.

use crate::domain::value::fold_for_search;

/// Returns the pattern that finds a folded text anywhere in a column, for `LIKE … ESCAPE '\'`; blank text finds
/// everything, which is no pattern.
#[must_use]
pub(crate) fn to_like_pattern(q: &str) -> Option<String> {
    let folded = fold_for_search(q.trim());
    if folded.is_empty() {
        return None;
    }
    let escaped = folded.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    Some(format!("%{escaped}%"))
}

/// Folds several texts into the one column that they are searched in. The line break between them keeps a search, which
/// has none, from matching across two.
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
