//! The one order of names: that of the alphabet, as readers look for them.
//!
//! Not here: what is searched for, which is folded otherwise (`value::fold`), and keys, which are in the order of their bytes.

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

/// Returns what a name is sorted by: its letters without marks, in one case; names that differ in marks or case alone are told
/// apart by themselves, so that the order is total.
#[must_use]
pub(crate) fn alphabetical_key(name: &str) -> (String, String) {
    let plain = name.nfd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase);
    // The one letter of the network's Latin alphabets whose stroke is no mark of its own.
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
