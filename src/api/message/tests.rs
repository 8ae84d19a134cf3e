//! Compares the messages that the code can make with the texts of every language.

use std::{collections::BTreeMap, fs};

use super::{body, calendar, parameter, request};
use crate::{
    api::error::PROBLEMS,
    domain::{
        language::Language,
        message::{self as records, MessageDefinition},
        wording::message_texts,
    },
    sheets::message as sheets,
};

/// Every topic, with its messages.
fn list_topics() -> Vec<&'static [MessageDefinition]> {
    vec![
        records::access::DEFINITIONS,
        records::account::DEFINITIONS,
        records::figure::DEFINITIONS,
        records::project::DEFINITIONS,
        records::reference::DEFINITIONS,
        records::release::DEFINITIONS,
        records::report::DEFINITIONS,
        records::thing::DEFINITIONS,
        records::transition::DEFINITIONS,
        records::value::DEFINITIONS,
        sheets::file::DEFINITIONS,
        sheets::import::DEFINITIONS,
        body::DEFINITIONS,
        calendar::DEFINITIONS,
        parameter::DEFINITIONS,
        request::DEFINITIONS,
    ]
}

/// Every message, with its arguments.
fn list_messages() -> BTreeMap<&'static str, Vec<&'static str>> {
    let defined = list_topics().into_iter().flatten().map(|m| (m.id, m.arguments.to_vec()));
    let kinds = PROBLEMS.iter().flat_map(|kind| [kind.title(), kind.help()]);
    defined.chain(kinds.map(|message| (message.id(), Vec::new()))).collect()
}

fn list_gaps(text: &str) -> Vec<&str> {
    text.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0)).collect()
}

#[test]
fn every_topic_is_listed_here() {
    let files = ["src/domain/message", "src/sheets/message", "src/api/message"].map(|folder| {
        let names = fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name());
        names.filter(|name| name != "tests.rs").count()
    });
    assert_eq!(files.iter().sum::<usize>(), list_topics().len());
}

#[test]
fn every_message_has_a_text_in_every_language_and_every_text_a_message() {
    let defined: Vec<&str> = list_messages().into_keys().collect();
    for language in Language::SPOKEN {
        let texts: Vec<&str> = message_texts(*language).keys().map(String::as_str).collect();
        assert_eq!(texts, defined, "{language}");
    }
}

#[test]
fn english_text_uses_every_argument_and_no_text_uses_any_other() {
    for (id, arguments) in list_messages() {
        for language in Language::SPOKEN {
            let text = &message_texts(*language)[id];
            let gaps = list_gaps(text);
            assert!(gaps.iter().all(|gap| arguments.contains(gap)), "{language} {id}: {text}");
            let complete = arguments.iter().all(|argument| gaps.contains(argument));
            assert!(complete || *language != Language::DEFAULT, "{id}: {text}");
        }
    }
}
