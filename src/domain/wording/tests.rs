use std::collections::BTreeSet;

use super::{
    form_fields::{FORMS, FormFieldType},
    value_lists::{FIXED, ReferenceValueList},
    *,
};
use crate::domain::seed;

/// The texts of every language except the default, with the language.
fn translations() -> Vec<(Language, &'static WordingCatalogue)> {
    let spoken = Language::SPOKEN.iter().copied();
    spoken.filter(|l| *l != Language::DEFAULT).map(|l| (l, catalogue_for(l))).collect()
}

#[test]
fn every_file_of_words_can_be_read() {
    for json in [include_str!("../../data/words/en.json"), include_str!("../../data/words/vi.json")]
    {
        let words: WordingCatalogue = serde_json::from_str(json).unwrap();
        assert!(!words.lists.is_empty() && !words.forms.is_empty());
    }
    assert!(translations().iter().all(|(_, words)| !std::ptr::eq(*words, &raw const *EN)));
}

#[test]
fn what_is_said_in_english_is_said_in_every_spoken_language() {
    for (language, words) in translations() {
        for (ours, theirs) in [(&EN.lists, &words.lists), (&EN.forms, &words.forms)] {
            let keys = |entries: &'static WordingGroups| -> BTreeSet<(&str, &str, bool)> {
                let pairs =
                    entries.iter().flat_map(|(g, all)| all.iter().map(move |(k, w)| (g, k, w)));
                pairs.map(|(g, k, w)| (g.as_str(), k.as_str(), w.help.is_empty())).collect()
            };
            let (ours, theirs) = (keys(ours), keys(theirs));
            assert_eq!(ours, theirs, "{language}");
        }
    }
}

#[test]
fn no_label_is_empty_and_none_has_space_around_it() {
    for language in Language::SPOKEN {
        let words = catalogue_for(*language);
        for (group, entries) in words.lists.iter().chain(&words.forms) {
            for (key, ValueWording { label, help }) in entries {
                assert!(!label.is_empty(), "{language} {group} {key}");
                assert_eq!((label.trim(), help.trim()), (label.as_str(), help.as_str()));
                assert!(help.is_empty() || help.ends_with('.'), "{language} {group} {key}");
            }
        }
        for (id, text) in &words.messages {
            assert!(!text.is_empty() && text.trim() == text, "{language} {id}");
        }
    }
}

#[test]
fn every_value_and_every_field_of_the_contract_has_a_word() {
    for language in Language::SPOKEN {
        for list in FIXED {
            assert!(value_wording(*language, list.name, "").is_some(), "{}", list.name);
            for key in (list.values)() {
                assert!(value_wording(*language, list.name, key).is_some(), "{} {key}", list.name);
            }
        }
        for list in ReferenceValueList::ALL {
            assert!(value_wording(*language, list.as_str(), "").is_some(), "{}", list.as_str());
        }
        let known: Vec<&str> = FIXED
            .iter()
            .map(|f| f.name)
            .chain(ReferenceValueList::ALL.iter().map(|k| k.as_str()))
            .collect();
        for (form, fields) in FORMS {
            assert!(field_wording(*language, form, "").is_some(), "{form}");
            for (name, takes) in *fields {
                assert!(field_wording(*language, form, name).is_some(), "{form} {name}");
                match takes {
                    FormFieldType::PlainValue => {}
                    FormFieldType::List(list) => assert!(known.contains(list), "{list}"),
                    FormFieldType::Form(other) => {
                        assert!(FORMS.iter().any(|(f, _)| f == other), "{other}");
                    }
                }
            }
        }
    }
}

#[test]
fn the_reference_data_is_called_what_it_calls_itself() {
    // A name in the reference data is used as it is; this service only adds the missing ones.
    let data = seed::parse(include_str!("../../data/reference.json")).unwrap();
    let vocabulary = crate::domain::reference::Vocabulary::from_documents(&data.documents);
    let lists = [
        ("focus_area", &vocabulary.focus_areas),
        ("sub_area", &vocabulary.sub_areas),
        ("outcome", &vocabulary.outcomes),
        ("enabler", &vocabulary.enablers),
        ("sector", &vocabulary.sectors),
        ("tag", &vocabulary.tags),
    ];
    for (list, terms) in lists {
        assert!(!terms.is_empty(), "{list}");
        for t in terms {
            for language in Language::SPOKEN {
                let ours = &value_wording(*language, list, &t.slug).unwrap().label;
                assert_eq!(
                    &reference_label(*language, list, &t.names, &t.slug),
                    ours,
                    "{list} {language}"
                );
            }
        }
    }
    for country in &data.countries {
        for language in Language::SPOKEN {
            let key = country.code.as_str();
            let ours = &value_wording(*language, "country", key).unwrap().label;
            assert_eq!(&reference_label(*language, "country", &country.names, key), ours);
        }
    }
    for kind in &vocabulary.partner_types {
        assert!(value_wording(Language::Vi, "partner_type", kind).is_some(), "{kind}");
    }
}

#[test]
fn what_is_missing_in_a_language_is_said_in_english() {
    assert_eq!(value_label(Language::Vi, "status", "ongoing"), "Đang triển khai");
    assert_eq!(value_label(Language::Th, "status", "ongoing"), "On-going");
    assert_eq!(value_label(Language::Vi, "status", "nothing-like-it"), "nothing-like-it");
    let names: NamesByLanguage = [("en".to_owned(), "Water".to_owned())].into();
    assert_eq!(choose_name(Language::Vi, &names, "water"), "Water");
    assert_eq!(choose_name(Language::Vi, &NamesByLanguage::new(), "water"), "water");
    assert_eq!(
        reference_label(Language::Vi, "sector", &names, "ict"),
        "Công nghệ thông tin và truyền thông"
    );
    assert_eq!(reference_label(Language::Vi, "sector", &names, "water"), "Water");
}
