//! Alphabetical order of names, as readers expect it.
//!
//! Search folds names in a different way (`value::fold_for_search`). Keys are ordered by their bytes.

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

/// Returns the sort key of a name: its letters in lower case without diacritics, then the name itself. The second part
/// gives names that differ only in diacritics or case a fixed order.
#[must_use]
pub(crate) fn alphabetical_key(name: &str) -> (String, String) {
    let plain = name.nfd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase);
    // NFD does not split `đ` into a letter and a mark. It is the only such letter in the network's Latin alphabets.
    (plain.map(|c| if c == 'đ' { 'd' } else { c }).collect(), name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_do_not_move_a_name_in_the_alphabet() {
        let mut names = ["Yangon", "Hà Nội", "Denpasar", "Đà Nẵng", "dili", "Huế"];
        names.sort_by_key(|n| alphabetical_key(n));
        assert_eq!(names, ["Đà Nẵng", "Denpasar", "dili", "Hà Nội", "Huế", "Yangon"]);
    }
}
