//! The texts of this service in the languages of the network: labels and descriptions of allowed values and fields, and
//! the texts of its messages. A text that is missing in a language is answered in English.
//!
//! The texts are data (`src/data/words/<tag>.json`, one file for each language). A new language needs a file, a variant
//! of [`WordingLanguage`] and, when nothing is missing, an entry in [`Language::SPOKEN`]. Names in records, such as
//! those of cities, are not here: this module only chooses the one in the requested language.

use std::{collections::BTreeMap, sync::LazyLock};

use serde::Deserialize;

use super::{language::Language, reference::NamesByLanguage};

pub(crate) mod field_titles;
pub(crate) mod form_fields;
mod messages;
pub(crate) mod value_lists;

/// The label of a value or field, and its meaning. In the files it is a list of both.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct ValueWording {
    /// The label, for a heading or a choice in a form.
    pub label: String,
    /// The meaning in plain language; empty if the label is clear by itself.
    pub help: String,
}

/// Texts by list or form, and then by value or field. An empty inner key is for the list or form itself.
type WordingGroups = BTreeMap<String, BTreeMap<String, ValueWording>>;

/// All texts in one language.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct WordingCatalogue {
    lists: WordingGroups,
    forms: WordingGroups,
    /// The texts of messages, by identifier. A gap such as `{limit}` stands for the argument of that name.
    messages: BTreeMap<String, String>,
}

/// Reads a file of texts. An invalid file counts as empty, so that English is used; a test reads all files.
fn read_catalogue(json: &str) -> WordingCatalogue {
    serde_json::from_str(json).unwrap_or_default()
}

static EN: LazyLock<WordingCatalogue> =
    LazyLock::new(|| read_catalogue(include_str!("../data/words/en.json")));
static VI: LazyLock<WordingCatalogue> =
    LazyLock::new(|| read_catalogue(include_str!("../data/words/vi.json")));

/// A language that has a file of texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WordingLanguage {
    /// English.
    En,
    /// Vietnamese.
    Vi,
}

impl From<Language> for WordingLanguage {
    /// Returns the language of the texts for a requested language: English if there is no file for it.
    fn from(wanted: Language) -> Self {
        match wanted {
            Language::Vi => Self::Vi,
            Language::En
            | Language::Id
            | Language::Ms
            | Language::Jawi
            | Language::Th
            | Language::Lo
            | Language::Km
            | Language::My
            | Language::Fil
            | Language::Ta
            | Language::Zh
            | Language::Tet => Self::En,
        }
    }
}

/// Returns the texts for a requested language.
fn catalogue_for(language: Language) -> &'static WordingCatalogue {
    match WordingLanguage::from(language) {
        WordingLanguage::Vi => &VI,
        WordingLanguage::En => &EN,
    }
}

/// Finds a text in a language, else in English.
fn find_wording(
    language: Language,
    entries: fn(&'static WordingCatalogue) -> &'static WordingGroups,
    group: &str,
    key: &str,
) -> Option<&'static ValueWording> {
    let among = |words| entries(words).get(group)?.get(key);
    among(catalogue_for(language)).or_else(|| among(&EN))
}

/// Returns the label and meaning of a value in a list of allowed values.
#[must_use]
pub fn value_wording(language: Language, list: &str, value: &str) -> Option<&'static ValueWording> {
    find_wording(language, |words| &words.lists, list, value)
}

/// Returns the label and meaning of a field in a form, or of the form itself if the name is empty.
#[must_use]
pub fn field_wording(language: Language, form: &str, field: &str) -> Option<&'static ValueWording> {
    find_wording(language, |words| &words.forms, form, field)
}

/// Returns the label of a value in a list of allowed values, or the value itself if it has no label.
#[must_use]
pub fn value_label<'v>(language: Language, list: &str, key: &'v str) -> &'v str {
    value_wording(language, list, key).map_or(key, |word| word.label.as_str())
}

/// Chooses the name of a record in a language, else the English name, else the key.
#[must_use]
pub fn choose_name<'n>(language: Language, names: &'n NamesByLanguage, key: &'n str) -> &'n str {
    names
        .get(language.as_str())
        .or_else(|| names.get(Language::DEFAULT.as_str()))
        .map_or(key, |n| n)
}

/// Chooses the name of a term, a country or other reference data: the record's own name in the language, else the text
/// of this service, else the English name. It starts with a capital letter, because it is used alone.
#[must_use]
pub fn reference_label(
    language: Language,
    list: &str,
    names: &NamesByLanguage,
    key: &str,
) -> String {
    let own = names.get(language.as_str()).map(String::as_str);
    let ours = || catalogue_for(language).lists.get(list)?.get(key).map(|word| word.label.as_str());
    capitalise_first(own.or_else(ours).unwrap_or_else(|| choose_name(language, names, key)))
}

fn capitalise_first(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
}

/// Returns the texts of all messages in a language, by identifier.
#[cfg(test)]
pub(crate) fn message_texts(language: Language) -> &'static BTreeMap<String, String> {
    &catalogue_for(language).messages
}

#[cfg(test)]
mod tests;
