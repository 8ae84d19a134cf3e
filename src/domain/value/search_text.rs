//! Texts as searches compare them.

use unicode_normalization::UnicodeNormalization as _;

/// Maximum length of a search, in characters.
pub(crate) const SEARCH_MAX: usize = 200;

/// Folds a text for matching: it becomes lower case and loses the marks on its letters, so that `giao thong` finds
/// `giao thông`.
///
/// Only marks of alphabets are dropped. The vowels and tones of Thai, Khmer and other scripts are marks too, but a word
/// without them is a different word.
#[must_use]
pub(crate) fn fold_marks(text: &str) -> String {
    let mut letters = String::with_capacity(text.len());
    for c in text.to_lowercase().nfd().filter(|c| !is_mark_of_letter(*c)) {
        match replace_letter(c) {
            Some(plain) => letters.push_str(plain),
            None => letters.push(c),
        }
    }
    letters.nfc().collect()
}

/// The blocks of combining marks that belong to no script.
const fn is_mark_of_letter(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}' | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}' | '\u{20D0}'..='\u{20FF}'
        | '\u{FE20}'..='\u{FE2F}')
}

/// Letters whose mark Unicode does not separate.
const fn replace_letter(c: char) -> Option<&'static str> {
    match c {
        'đ' | 'ð' => Some("d"),
        'ħ' => Some("h"),
        'ı' => Some("i"),
        'ł' => Some("l"),
        'ø' => Some("o"),
        'ß' => Some("ss"),
        'æ' => Some("ae"),
        'œ' => Some("oe"),
        _ => None,
    }
}

/// Returns the value that is most similar to a given text, whatever the case and the marks are.
#[must_use]
pub(crate) fn find_nearest<'v>(given: &str, values: &'v [String]) -> Option<&'v String> {
    rank_by_likeness(given, values).first().copied()
}

/// Sorts values by their similarity to a given text, the most similar first. Equally similar values keep their order.
#[must_use]
pub(crate) fn rank_by_likeness<'v>(given: &str, values: &'v [String]) -> Vec<&'v String> {
    // Keys are short. The rest of a longer text would only cost time.
    let given: String = fold_marks(&given.chars().take(100).collect::<String>());
    let given = given.replace([' ', '_'], "-");
    let likeness =
        |value: &String| strsim::jaro_winkler(&fold_marks(value).replace('_', "-"), &given);
    let mut ranked: Vec<(f64, &String)> = values.iter().map(|v| (likeness(v), v)).collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
    ranked.into_iter().map(|(_, value)| value).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fold_marks_drops_case_and_marks_of_alphabets() {
        assert_eq!(fold_marks("Đà Nẵng"), "da nang");
        assert_eq!(fold_marks("Française"), "francaise");
        assert_eq!(fold_marks("GIAO THÔNG"), "giao thong");
        // The same letter with separate marks.
        assert_eq!(fold_marks("Na\u{306}\u{303}ng"), "nang");
        assert_eq!(fold_marks("Łódź Straße Øresund"), "lodz strasse oresund");
    }

    #[test]
    fn fold_marks_keeps_vowels_and_tones_of_other_scripts() {
        for text in ["กรุงเทพ", "ភ្នំពេញ", "ရန်ကုန်", "한국"]
        {
            assert_eq!(fold_marks(text), text.nfc().collect::<String>());
        }
    }

    #[test]
    fn nearest_value_ignores_case_marks_and_spaces() {
        let keys = ["bangkok", "da-nang", "hue", "VN"].map(str::to_owned);
        let nearest = |given| find_nearest(given, &keys).unwrap().as_str();
        assert_eq!(nearest("danang"), "da-nang");
        assert_eq!(nearest("Đà Nẵng"), "da-nang");
        assert_eq!(nearest("vn"), "VN");
        assert_eq!(nearest(&"h".repeat(10_000)), "hue");
    }
}
