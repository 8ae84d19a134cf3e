//! The words of this service in the languages of the network: what allowed values and fields are called, what they mean,
//! and the sentences of its refusals. A word that is missing in a language is said in English.
//!
//! The words themselves are data (`src/data/words/<tag>.json`, one file a language). A new language is a file, its
//! place in [`WordingLanguage`] and, once nothing is missing, its place among [`Language::SPOKEN`]. Not here: names that the network keeps as
//! records, such as those of cities; of those the one in the wanted language is chosen.

use std::{collections::BTreeMap, sync::LazyLock};

use serde::Deserialize;

use super::{language::Language, reference::NamesByLanguage};

pub(crate) mod form_fields;
mod sentences;
pub(crate) mod value_lists;

pub use sentences::translate_sentence;

/// What something is called, and what that means.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "(String, String)")]
pub struct ValueWording {
    /// The name, as a heading or a choice in a form.
    pub label: String,
    /// What it means, in plain words; empty where the name says it all.
    pub help: String,
}

impl From<(String, String)> for ValueWording {
    fn from((label, help): (String, String)) -> Self {
        Self { label, help }
    }
}

/// Words by the list or form and the value or field; the empty one is the list or form itself.
type WordingGroups = BTreeMap<String, BTreeMap<String, ValueWording>>;

/// Everything that is said in a language.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct WordingCatalogue {
    lists: WordingGroups,
    forms: WordingGroups,
    /// By the English sentence.
    sentences: BTreeMap<String, String>,
}

/// Reads a file of words. One that cannot be read says nothing, so English is said instead; a test reads them all.
fn read_catalogue(json: &str) -> WordingCatalogue {
    serde_json::from_str(json).unwrap_or_default()
}

static EN: LazyLock<WordingCatalogue> =
    LazyLock::new(|| read_catalogue(include_str!("../data/words/en.json")));
static VI: LazyLock<WordingCatalogue> =
    LazyLock::new(|| read_catalogue(include_str!("../data/words/vi.json")));

/// A language that has a file of words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WordingLanguage {
    /// English.
    En,
    /// Vietnamese.
    Vi,
}

impl From<Language> for WordingLanguage {
    /// Finds the language in which something is said to who wants that one: English where it has no words yet.
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

/// Returns the words in which something is said to who wants a language.
fn catalogue_for(language: Language) -> &'static WordingCatalogue {
    match WordingLanguage::from(language) {
        WordingLanguage::Vi => &VI,
        WordingLanguage::En => &EN,
    }
}

/// Finds a word in a language, else in English.
fn find_wording(
    language: Language,
    entries: fn(&'static WordingCatalogue) -> &'static WordingGroups,
    group: &str,
    key: &str,
) -> Option<&'static ValueWording> {
    let among = |words| entries(words).get(group)?.get(key);
    among(catalogue_for(language)).or_else(|| among(&EN))
}

/// Returns the word of a value in a list of allowed values.
#[must_use]
pub fn value_wording(language: Language, list: &str, value: &str) -> Option<&'static ValueWording> {
    find_wording(language, |words| &words.lists, list, value)
}

/// Returns the word of a field in a form; of the form itself for the empty name.
#[must_use]
pub fn field_wording(language: Language, form: &str, field: &str) -> Option<&'static ValueWording> {
    find_wording(language, |words| &words.forms, form, field)
}

/// Returns what a value in a list of allowed values is called; the value itself where nobody named it.
#[must_use]
pub fn value_label<'v>(language: Language, list: &str, key: &'v str) -> &'v str {
    value_wording(language, list, key).map_or(key, |word| word.label.as_str())
}

/// Chooses among a record's names the one in a language, else the English one, else its key.
#[must_use]
pub fn choose_name<'n>(language: Language, names: &'n NamesByLanguage, key: &'n str) -> &'n str {
    names
        .get(language.as_str())
        .or_else(|| names.get(Language::DEFAULT.as_str()))
        .map_or(key, |n| n)
}

/// Chooses the name of a term of the framework, a country or something else that the reference data names: the record's
/// own, else the one that this service has for it, else the English one. It stands alone, so it begins with a capital.
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

#[cfg(test)]
mod tests;
