//! Messages are in the language of the caller, and every sentence of a refusal in the source code has a translation.

use std::{fs, path::Path};

use ascn_tracker::domain::{language::Language, wording};

mod localised_answers;

/// What stands before a sentence that somebody is told, and how many texts come first.
const TOLD: &[(&str, usize)] = &[
    ("ValueFault::new(", 1),
    ("UnreadableFile::new(", 1),
    ("Forbidden(", 0),
    ("Conflict(", 0),
    ("MissingResource(", 0),
    ("OtherMediaType(", 0),
    ("detail = ", 0),
    ("AllowedAction::new_refused(", 0),
    ("from: ", 0),
];

/// Reads a text between quotes, and what comes after it.
fn parse_quoted(code: &str) -> Option<(&str, &str)> {
    let code = code.trim_start();
    let code = code.strip_prefix("format!(").unwrap_or(code).trim_start();
    code.strip_prefix('"')?.split_once('"')
}

/// Finds what follows a word of the code as a sentence, its gaps filled with a number.
fn collect_sentences(code: &str, (before, skip): (&str, usize), found: &mut Vec<String>) {
    for rest in code.split(before).skip(1) {
        let mut rest = rest;
        for _ in 0..skip {
            let Some((_, after)) = parse_quoted(rest) else { break };
            rest = after.trim_start().trim_start_matches(',');
        }
        let Some((text, _)) = parse_quoted(rest) else { continue };
        let mut filled = String::new();
        let mut pieces = text.split('{');
        filled.push_str(pieces.next().unwrap_or_default());
        for piece in pieces {
            filled.push('7');
            filled.push_str(piece.split_once('}').map_or("", |(_, after)| after));
        }
        if filled.contains(' ') {
            found.push(filled);
        }
    }
}

fn walk_sources(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk_sources(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") && !path.ends_with("tests.rs") {
            let source = fs::read_to_string(&path).unwrap();
            let code = source.split("#[cfg(test)]").next().unwrap();
            let lines = code.lines().filter(|l| !l.trim_start().starts_with("//"));
            let code = lines.collect::<Vec<_>>().join("\n");
            for told in TOLD {
                collect_sentences(&code, *told, found);
            }
        }
    }
}

#[test]
fn every_refusal_message_is_translated() {
    let mut found = Vec::new();
    for room in ["src/domain", "src/api", "src/sheets"] {
        walk_sources(Path::new(room), &mut found);
    }
    assert!(found.len() > 100, "{found:#?}");
    for language in Language::SPOKEN.iter().filter(|l| **l != Language::DEFAULT) {
        let missing: Vec<&String> = found
            .iter()
            .filter(|s| wording::translate_sentence(*language, s) == s.as_str())
            .collect();
        assert!(
            missing.is_empty(),
            "without words in src/data/words/{language}.json: {missing:#?}"
        );
    }
}
