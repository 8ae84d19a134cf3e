//! Names in the scripts of the network, each with the language that it is in where that can be told, so that it is shaped,
//! spoken and hyphenated as what it is.

use crate::domain::{
    language::Language,
    reference::{CountryCode, NamesByLanguage},
};

/// A piece of text with its language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TaggedText {
    /// The text.
    pub(super) text: String,
    /// Its language; none where it cannot be told.
    pub(super) language: Option<Language>,
}

/// A name in the language of the page, with the local ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PlaceName {
    /// In the language of the page.
    pub(super) name: String,
    /// In the languages of the place, where they are others.
    pub(super) local: Vec<TaggedText>,
}

impl PlaceName {
    /// Takes the local names out of the names of a record.
    pub(super) fn new(name: String, names: &NamesByLanguage, country: CountryCode) -> Self {
        let local =
            names.get("local").map(|text| split_local_names(text, country)).unwrap_or_default();
        let local = local.into_iter().filter(|l| l.text != name).collect();
        Self { name, local }
    }
}

/// Reads a local name, which may stand there in several languages.
pub(super) fn split_local_names(text: &str, country: CountryCode) -> Vec<TaggedText> {
    text.split(" / ").map(|part| tag_language(part, country)).collect()
}

/// Tells the language of a text by its script; where the script is Latin, by the country.
pub(super) fn tag_language(text: &str, country: CountryCode) -> TaggedText {
    let language =
        text.chars().find_map(find_script_language).or_else(|| find_country_language(country));
    TaggedText { text: text.to_owned(), language }
}

/// Returns the language of the network that is written in a letter's script; none for Latin, which many are.
fn find_script_language(letter: char) -> Option<Language> {
    match letter {
        '\u{0600}'..='\u{06FF}' | '\u{0750}'..='\u{077F}' | '\u{08A0}'..='\u{08FF}' => {
            Some(Language::Jawi)
        }
        '\u{0B80}'..='\u{0BFF}' => Some(Language::Ta),
        '\u{0E00}'..='\u{0E7F}' => Some(Language::Th),
        '\u{0E80}'..='\u{0EFF}' => Some(Language::Lo),
        '\u{1000}'..='\u{109F}' | '\u{A9E0}'..='\u{A9FF}' | '\u{AA60}'..='\u{AA7F}' => {
            Some(Language::My)
        }
        '\u{1780}'..='\u{17FF}' | '\u{19E0}'..='\u{19FF}' => Some(Language::Km),
        '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' => Some(Language::Zh),
        // Latin, digits, marks: nothing is told by them.
        _ => None,
    }
}

/// Returns the language that is written in Latin letters in a country; none where there are several or none.
fn find_country_language(country: CountryCode) -> Option<Language> {
    match country.as_str() {
        "BN" | "MY" => Some(Language::Ms),
        "ID" => Some(Language::Id),
        "PH" => Some(Language::Fil),
        "TL" => Some(Language::Tet),
        "VN" => Some(Language::Vi),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(text: &str, country: &str) -> Vec<Option<&'static str>> {
        let country = CountryCode::parse(country).unwrap();
        split_local_names(text, country)
            .into_iter()
            .map(|t| t.language.map(Language::as_str))
            .collect()
    }

    #[test]
    fn the_language_of_a_name_is_told_by_its_script_and_country() {
        for (text, country, language) in [
            ("กรุงเทพมหานคร", "TH", Some("th")),
            ("ວຽງຈັນ", "LA", Some("lo")),
            ("ភ្នំពេញ", "KH", Some("km")),
            ("ရန်ကုန်", "MM", Some("my")),
            ("بندر سري بݢاوان", "BN", Some("ms-Arab")),
            ("Đà Nẵng", "VN", Some("vi")),
            ("Maynila", "PH", Some("fil")),
            ("2 ระบบ Smart", "TH", Some("th")),
            ("Smart", "TH", None),
        ] {
            assert_eq!(tag(text, country), [language], "{text}");
        }
        assert_eq!(tag("Singapura / 新加坡 / சிங்கப்பூர்", "SG"), [None, Some("zh"), Some("ta")]);
    }
}
