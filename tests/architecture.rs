//! Checks the rooms of `ARCHITECTURE.md`: which room may use which, how long a file may be, and that each file has a module
//! comment.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails here")]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// A room, what of the crate it may name, and which crates it must not mention.
struct Room {
    name: &'static str,
    may: &'static [&'static str],
    not: &'static [&'static str],
}

/// Everything that reaches outside or is about a protocol or a database.
const WEB: &[&str] = &["actix_web", "actix_cors", "utoipa_actix_web", "utoipa_swagger_ui"];

/// The rooms. Arrows point one way: nobody names a room that names them.
const ROOMS: &[Room] = &[
    // What is true: plain functions over plain data.
    Room {
        name: "domain",
        may: &["domain", "canonical"],
        not: &[
            "actix_web",
            "actix_cors",
            "utoipa_actix_web",
            "utoipa_swagger_ui",
            "diesel",
            "diesel_async",
            "diesel_migrations",
            "tokio",
            "tokio_postgres",
            "futures_util",
            "tracing",
            "getrandom",
            "jsonwebtoken",
            "argon2",
            "std::fs",
            "std::net",
            "std::env",
            "std::thread",
            "std::io",
        ],
    },
    // A form of text, made in memory: the traits of `serde_json` that it is made with are named after writing to files.
    Room { name: "canonical", may: &["canonical"], not: WEB },
    Room { name: "clock", may: &["clock"], not: WEB },
    Room { name: "telemetry", may: &["telemetry", "config"], not: WEB },
    // Alone in reading the environment; a secret's file is made with fresh randomness.
    Room { name: "config", may: &["config", "clock"], not: WEB },
    // Of `config` it has the type that does not print a secret.
    Room {
        name: "auth",
        may: &["auth", "clock", "config", "domain"],
        not: &["actix_web", "diesel", "diesel_async", "utoipa"],
    },
    Room { name: "store", may: &["store", "domain", "clock"], not: WEB },
    // Files as people fill them in: it knows records as the API takes them, and neither who sends them nor where they are kept.
    Room {
        name: "sheets",
        may: &["sheets", "domain"],
        not: &[
            "actix_web",
            "actix_cors",
            "utoipa_actix_web",
            "diesel",
            "diesel_async",
            "tokio",
            "std::fs",
            "std::net",
        ],
    },
    // What happens inside one transaction. It answers with records and refusals, and `api` makes the HTTP of them.
    Room {
        name: "app",
        may: &["app", "auth", "sheets", "store", "domain", "clock"],
        not: &["actix_web", "utoipa", "maud", "diesel", "diesel_async", "tokio"],
    },
    // HTML from plain values: it knows neither requests nor the database.
    Room {
        name: "pages",
        may: &["pages", "domain"],
        not: &["actix_web", "utoipa", "diesel", "diesel_async", "tokio", "std::fs", "std::net"],
    },
    Room {
        name: "api",
        may: &["api", "app", "pages", "auth", "sheets", "store", "domain", "clock"],
        not: &[
            "diesel",
            "diesel_async",
            "diesel_migrations",
            "tokio_postgres",
            "libsqlite3_sys",
            "maud",
            "crate::store::Tx",
        ],
    },
    // Routes for people. It never reads the database: data comes from `api`, HTML from `pages`.
    Room {
        name: "web",
        may: &["web", "api", "pages", "domain", "config"],
        not: &["diesel", "diesel_async", "tokio_postgres", "maud"],
    },
    Room { name: "cli", may: &["cli", "config"], not: &["actix_web", "diesel"] },
    Room {
        name: "startup",
        may: &["startup", "web", "api", "auth", "store", "domain", "clock", "config", "telemetry"],
        not: &[],
    },
    Room {
        name: "commands",
        may: &["commands", "cli", "startup", "api", "config", "clock", "telemetry", "store"],
        not: &["diesel"],
    },
];
/// Files in no room: the library's list of rooms, and the program.
const ENTRANCES: &[&str] = &["lib", "main"];

/// Lines beyond which a file has two jobs. The schema has one: to name every column.
const LINES_MAX: usize = 500;
const LONG: &[&str] = &["src/store/schema.rs"];

fn collect_rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect_rust_files(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

fn read_sources() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    collect_rust_files(Path::new("src"), &mut found);
    found.sort();
    assert!(found.len() > 50, "{found:?}");
    found.into_iter().map(|path| (path.clone(), fs::read_to_string(path).unwrap())).collect()
}

/// The name of the room that a file lies in: the first part of its path below `src`.
fn room_of(path: &Path) -> String {
    let first = path.strip_prefix("src").unwrap().components().next().unwrap();
    Path::new(&first).file_stem().unwrap().to_str().unwrap().to_owned()
}

/// Leaves out comments and what stands in string literals, as far as this code base needs it.
fn strip_comments_and_strings(source: &str) -> String {
    let mut out = String::new();
    for line in source.lines() {
        let mut quoted = false;
        let mut escaped = false;
        let rest = line.char_indices();
        for (i, c) in rest {
            if !quoted && line[i..].starts_with("//") {
                break;
            }
            // A quote as a character is no beginning of a text.
            if c == '"' && !escaped && !line[..i].ends_with('\'') {
                quoted = !quoted;
            } else if !quoted {
                out.push(c);
            }
            escaped = quoted && c == '\\' && !escaped;
        }
        out.push('\n');
    }
    out
}

/// Every path that the code names, with groups and spaces resolved: `a::{b, c::d}` gives `a::b` and `a::c::d`.
fn find_named_paths(code: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut prefixes: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut characters = code.chars().peekable();
    while let Some(c) = characters.next() {
        if c.is_alphanumeric() || c == '_' {
            word.push(c);
        } else if c == ':' && characters.peek() == Some(&':') {
            characters.next();
            word.push_str("::");
        } else if c == '{' && word.ends_with("::") {
            prefixes.push(format!("{}{word}", prefixes.last().cloned().unwrap_or_default()));
            word.clear();
        } else {
            if word.contains("::") || !prefixes.is_empty() {
                found.insert(format!("{}{word}", prefixes.last().cloned().unwrap_or_default()));
            }
            word.clear();
            if c == '}' {
                prefixes.pop();
            } else if c == ';' {
                prefixes.clear();
            }
        }
    }
    found
}

/// Says whether a path begins with another, by whole segments.
fn starts_with_path(path: &str, with: &str) -> bool {
    path.strip_prefix(with).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

#[test]
fn named_paths_are_expanded_from_use_groups() {
    let source = r#"use crate::{domain::{id::Id, user::User}, store};
        fn f() { super::x::<crate::api::Y>(); let s = "crate::auth::no"; } // crate::startup::no"#;
    let found = find_named_paths(&strip_comments_and_strings(source));
    for expected in
        ["crate::domain::id::Id", "crate::domain::user::User", "crate::store", "crate::api::Y"]
    {
        assert!(found.contains(expected), "{expected}: {found:?}");
    }
    assert!(!found.iter().any(|p| p.contains("no")), "{found:?}");
}

#[test]
fn rooms_name_only_the_rooms_they_may() {
    let mut faults = Vec::new();
    for (path, source) in read_sources() {
        let name = room_of(&path);
        if ENTRANCES.contains(&name.as_str()) {
            continue;
        }
        let Some(room) = ROOMS.iter().find(|r| r.name == name) else {
            faults.push(format!("{}: the room {name} is not in the list", path.display()));
            continue;
        };
        for named in find_named_paths(&strip_comments_and_strings(&source)) {
            if let Some(other) = named.strip_prefix("crate::").and_then(|p| p.split("::").next())
                && ROOMS.iter().any(|r| r.name == other)
                && !room.may.contains(&other)
            {
                faults.push(format!("{}: {name} must not name {named}", path.display()));
            }
            if let Some(foreign) = room.not.iter().find(|f| starts_with_path(&named, f)) {
                faults.push(format!("{}: {name} must not mention {foreign}", path.display()));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn web_names_only_errors_and_routes_of_api() {
    for (path, source) in read_sources().into_iter().filter(|(path, _)| room_of(path) == "web") {
        for named in find_named_paths(&strip_comments_and_strings(&source)) {
            let module = named.strip_prefix("crate::api").unwrap_or("::").split("::").nth(1);
            assert!(matches!(module, Some("" | "error" | "read_only_route")), "{path:?}: {named}");
        }
    }
}

#[test]
fn only_config_reads_the_environment_and_only_the_clock_the_time() {
    let mut faults = Vec::new();
    for (path, source) in read_sources() {
        let room = room_of(&path);
        for named in find_named_paths(&strip_comments_and_strings(&source)) {
            let alone = match named.as_str() {
                p if p.contains("env::var") => "config",
                p if p.ends_with("Utc::now") || p.ends_with("SystemTime::now") => "clock",
                p if p.ends_with("Uuid::now_v7") || p.ends_with("Uuid::new_v4") => "clock",
                p if p.starts_with("getrandom::") => "clock",
                _ => continue,
            };
            if room != alone {
                faults.push(format!("{}: only {alone} may call {named}", path.display()));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn no_module_names_the_fixtures_of_tests() {
    let mut named: Vec<String> = read_sources()
        .into_iter()
        .filter(|(path, source)| {
            !path.ends_with("tests.rs")
                && !path.iter().any(|folder| folder == "tests")
                && find_named_paths(&strip_comments_and_strings(source))
                    .iter()
                    .any(|named| named.split("::").any(|word| word == "fixtures"))
        })
        .map(|(path, _)| path.display().to_string())
        .collect();
    named.sort();
    assert!(named.is_empty(), "{named:?}");
}

#[test]
fn only_the_policy_lists_what_an_act_saves() {
    let allowed = ["src/domain/policy/permission_table.rs", "src/domain/policy/saving.rs"];
    let others: Vec<String> = read_sources()
        .into_iter()
        .filter(|(path, _)| !allowed.contains(&path.to_str().unwrap()))
        .filter(|(_, source)| {
            let mut lines = source.lines().filter(|line| line.trim_start().starts_with("impl"));
            lines.any(|line| {
                let named =
                    line.split_once(" for ").and_then(|(named, _)| named.rsplit(' ').next());
                named.is_some_and(|of| of.starts_with("Saves<") || of.starts_with("CoversRecord<"))
            })
        })
        .map(|(path, _)| path.display().to_string())
        .collect();
    assert!(others.is_empty(), "{others:?}");
}

#[test]
fn no_source_file_exceeds_the_line_limit() {
    let long: Vec<String> = read_sources()
        .into_iter()
        .filter(|(path, _)| !LONG.contains(&path.to_str().unwrap()))
        .map(|(path, source)| (path, source.lines().count()))
        .filter(|(_, lines)| *lines > LINES_MAX)
        .map(|(path, lines)| format!("{}: {lines} lines", path.display()))
        .collect();
    assert!(long.is_empty(), "{}", long.join("\n"));
    let main = fs::read_to_string("src/main.rs").unwrap().lines().count();
    assert!(main <= 40, "src/main.rs: {main} lines");
}

#[test]
fn every_source_file_has_a_module_comment() {
    let silent: Vec<String> = read_sources()
        .into_iter()
        // What a file of unit tests is for, its name says.
        .filter(|(path, source)| !path.ends_with("tests.rs") && !source.starts_with("//! "))
        .map(|(path, _)| path.display().to_string())
        .collect();
    assert!(silent.is_empty(), "{}", silent.join("\n"));
}
