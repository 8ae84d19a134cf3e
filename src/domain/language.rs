//! The languages of the network, and the choice of one from `Accept-Language` (RFC 4647, lookup).

use super::{
    quality::{Quality, parse_weighted_names},
    value::text_enum,
};

text_enum! {
    /// A language of the network, by its BCP 47 tag.
    pub Language(language) {
        /// English, the network's working language.
        En = "en",
        /// Vietnamese.
        Vi = "vi",
        /// Indonesian.
        Id = "id",
        /// Malay.
        Ms = "ms",
        /// Malay in Arabic letters.
        Jawi = "ms-Arab",
        /// Thai.
        Th = "th",
        /// Lao.
        Lo = "lo",
        /// Khmer.
        Km = "km",
        /// Burmese.
        My = "my",
        /// Filipino.
        Fil = "fil",
        /// Tamil.
        Ta = "ta",
        /// Chinese.
        Zh = "zh",
        /// Tetum.
        Tet = "tet",
    }
}
text_enum! {
    /// The direction in which a language is written.
    #[schema(as = Direction)]
    pub(crate) TextDirection(direction) {
        /// From left to right.
        Ltr = "ltr",
        /// From right to left.
        Rtl = "rtl",
    }
}

impl Language {
    /// The language of texts that are not translated, and of callers who ask for no available language.
    pub const DEFAULT: Self = Self::En;
    /// The languages with a complete translation, the default first. Only these can be chosen: a complete answer in the
    /// caller's second language is better than a partly translated one in the first.
    pub const SPOKEN: &'static [Self] = &[Self::En, Self::Vi];

    /// Returns the name of the language in the language itself.
    #[must_use]
    pub(crate) const fn own_name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::Vi => "Tiếng Việt",
            Self::Id => "Bahasa Indonesia",
            Self::Ms => "Bahasa Melayu",
            Self::Jawi => "بهاس ملايو",
            Self::Th => "ไทย",
            Self::Lo => "ລາວ",
            Self::Km => "ខ្មែរ",
            Self::My => "မြန်မာဘာသာ",
            Self::Fil => "Filipino",
            Self::Ta => "தமிழ்",
            Self::Zh => "中文",
            Self::Tet => "Tetun",
        }
    }

    #[must_use]
    pub(crate) const fn direction(self) -> TextDirection {
        match self {
            Self::Jawi => TextDirection::Rtl,
            Self::En
            | Self::Vi
            | Self::Id
            | Self::Ms
            | Self::Th
            | Self::Lo
            | Self::Km
            | Self::My
            | Self::Fil
            | Self::Ta
            | Self::Zh
            | Self::Tet => TextDirection::Ltr,
        }
    }

    /// Returns `true` if the translation of the language is complete.
    #[must_use]
    pub(crate) fn is_spoken(self) -> bool {
        Self::SPOKEN.contains(&self)
    }

    /// Finds the available language for a range such as `vi-VN`. Subtags are removed from the end until a language
    /// matches.
    #[must_use]
    pub(crate) fn find_by_range(range: &str) -> Option<Self> {
        let mut range = range;
        loop {
            if let Some(found) = Self::SPOKEN.iter().find(|l| l.has_tag(range)) {
                return Some(*found);
            }
            range = range.rsplit_once('-')?.0;
            // A subtag of one character only introduces the subtag that was just removed.
            if let Some((rest, last)) = range.rsplit_once('-')
                && last.len() == 1
            {
                range = rest;
            }
        }
    }

    /// Chooses the available language that the fields of an `Accept-Language` header prefer, or the default. `*`
    /// prefers no language, so it chooses the default as well.
    ///
    /// This is on the path of every request: it allocates nothing, and stops at the first matching range of full
    /// weight.
    #[must_use]
    pub(crate) fn from_accept_language<'h>(
        fields: &(impl Iterator<Item = &'h str> + Clone),
    ) -> Self {
        let ranges = || parse_weighted_names(fields.clone());
        let mut best: Option<(Quality, Self)> = None;
        for range in ranges() {
            if best.is_some_and(|(quality, _)| quality >= range.quality)
                || !range.quality.is_acceptable()
            {
                continue;
            }
            let Some(found) = Self::find_by_range(range.name) else { continue };
            if range.quality == Quality::FULL {
                return found;
            }
            best = Some((range.quality, found));
        }
        let refused = |l: &&Self| ranges().any(|r| !r.quality.is_acceptable() && l.has_tag(r.name));
        best.map(|(_, found)| found)
            .or_else(|| Self::SPOKEN.iter().find(|l| !refused(l)).copied())
            .unwrap_or(Self::DEFAULT)
    }

    /// Compares tags, ignoring case.
    fn has_tag(self, tag: &str) -> bool {
        self.as_str().eq_ignore_ascii_case(tag)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn chosen(header: &str) -> Language {
        Language::from_accept_language(&std::iter::once(header))
    }

    #[test]
    fn the_range_of_most_weight_that_fits_is_chosen() {
        for header in [
            "vi",
            "VI",
            "vi-VN",
            "vi-Latn-VN-x-private",
            "vi-VN,vi;q=0.9,en;q=0.8",
            "th, lo;q=0.9, vi;q=0.2",
            "en;q=0.4, vi;q=0.400, vi;q=0.41",
            "en ; q=0.5 ,\tvi ; Q=1.0",
            "en;q=0, *",
            "*, vi;q=0.1",
            "fr;q=oops, vi;q=0.3",
            ",,vi",
        ] {
            assert_eq!(chosen(header), Language::Vi, "{header}");
        }
    }

    #[test]
    fn who_asks_for_nothing_that_is_spoken_gets_the_default() {
        for header in [
            "",
            "*",
            "th",
            "th-TH, my;q=0.9",
            "vietnamese",
            "v",
            "vi;q=0",
            "vi;q=2",
            "vi;q=0.1234",
            "-",
            "vi_VN",
        ] {
            assert_eq!(chosen(header), Language::DEFAULT, "{header}");
        }
        assert_eq!(Language::from_accept_language(&std::iter::empty()), Language::DEFAULT);
        assert_eq!(chosen("en-US,en;q=0.9,vi;q=0.8"), Language::En);
        // A caller who refuses every language still gets an answer.
        assert_eq!(chosen("en;q=0, vi;q=0"), Language::DEFAULT);
    }

    #[test]
    fn several_fields_are_one_list() {
        assert_eq!(
            Language::from_accept_language(&["th;q=0.9", "en;q=0.1, vi;q=0.5"].into_iter()),
            Language::Vi
        );
    }

    #[test]
    fn every_spoken_language_is_found_by_its_tag() {
        for language in Language::SPOKEN {
            assert_eq!(Language::find_by_range(language.as_str()), Some(*language));
            assert!(!language.own_name().is_empty());
        }
        assert_eq!(Language::SPOKEN.first(), Some(&Language::DEFAULT));
    }

    proptest! {
        #[test]
        fn any_header_chooses_a_spoken_language(header in "\\PC{0,80}|([a-z*]{1,3}(-[A-Za-z0-9]{1,4}){0,3}(;q=[0-9.]{1,5})?,?){0,6}") {
            prop_assert!(chosen(&header).is_spoken());
        }
    }
}
