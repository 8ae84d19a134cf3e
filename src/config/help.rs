//! The table of settings: names, defaults and what each is for. `serve --help` prints it.

use std::fmt::Write;

/// One setting as its reader needs to know it.
#[derive(Clone, Copy, Debug)]
pub struct SettingDoc {
    /// The name of the environment variable.
    pub name: &'static str,
    /// The value taken when it is not set.
    pub default: Option<&'static str>,
    /// What it does and what may be written.
    pub help: &'static str,
    /// Whether this version acts on it.
    pub acted_on: bool,
}

const fn active_setting(
    name: &'static str,
    default: Option<&'static str>,
    help: &'static str,
) -> SettingDoc {
    SettingDoc { name, default, help, acted_on: true }
}

/// A setting that is checked already and that a later version acts on.
const fn planned_setting(
    name: &'static str,
    default: Option<&'static str>,
    help: &'static str,
) -> SettingDoc {
    SettingDoc { name, default, help, acted_on: false }
}

/// What is said of a setting that this version does not act on.
pub(super) const NOT_ACTED_ON: &str = "this version does not act on it yet";

/// Every setting there is.
pub const SETTINGS: &[SettingDoc] = &[
    active_setting(
        "DATABASE_URL",
        Some("sqlite://ascn.db"),
        "sqlite://FILE (relative), sqlite:///FILE (absolute), or \
         postgres://USER:PASSWORD@HOST/DATABASE. PostgreSQL is reached by TLS with a verified \
         certificate (?sslmode=verify-full, built-in public roots or sslrootcert=FILE); \
         sslmode=disable is the default on this machine only",
    ),
    active_setting(
        "ASCN_DATABASE_PASSWORD_FILE",
        None,
        "a file that holds the password for a DATABASE_URL without one",
    ),
    planned_setting("DATABASE_READ_URL", None, "a replica of the PostgreSQL database, for reading"),
    active_setting(
        "ASCN_DB_THREADS",
        Some("auto"),
        "database connections, 1 to 128; auto is 8 on PostgreSQL, and on SQLite one reader per \
         core, 2 to 8",
    ),
    active_setting(
        "ASCN_DB_QUEUE",
        Some("1024"),
        "reads that may wait for a database connection, and as many writes, 1 to 65536; whoever \
         comes beyond that is answered 503 at once",
    ),
    active_setting("ASCN_BIND", Some("127.0.0.1:8080"), "the address and port of the API"),
    active_setting(
        "ASCN_METRICS_BIND",
        Some("off"),
        "the address and port of /metrics in the text format of Prometheus, as 127.0.0.1:9464; it \
         asks for no sign-in, so keep it on loopback or in a network of your own; or off",
    ),
    active_setting(
        "ASCN_TOKEN_SECRET",
        None,
        "what access tokens are signed with: comma-separated, each of 32 bytes or more; the first \
         signs, all verify. Required with PostgreSQL; beside an SQLite file one is made and kept",
    ),
    active_setting("ASCN_TOKEN_SECRET_FILE", None, "a file that holds ASCN_TOKEN_SECRET instead"),
    active_setting(
        "ASCN_DEMO_PASSWORD",
        None,
        "the password of every demo account; without it one is made up and printed",
    ),
    planned_setting(
        "ASCN_TRUSTED_PROXIES",
        None,
        "proxies whose word on a caller's address is taken: comma-separated addresses or networks, \
         as 10.0.0.0/8",
    ),
    active_setting(
        "ASCN_CORS_ORIGINS",
        None,
        "web pages that may call the API: comma-separated, as https://dashboard.example",
    ),
    active_setting(
        "ASCN_PUBLIC_RELEASES",
        Some("false"),
        "whether releases are read without sign-in",
    ),
    active_setting(
        "ASCN_BASE_URL",
        None,
        "where others reach the service, as https://ascn.example, for the addresses in \
         /catalog.jsonld; without it they are relative to the document",
    ),
    planned_setting(
        "ASCN_LOGIN_LIMIT_PER_MINUTE",
        Some("10"),
        "sign-in attempts a minute per address and per account; or off",
    ),
    planned_setting(
        "ASCN_REQUEST_LIMIT_PER_MINUTE",
        Some("600"),
        "requests a minute per caller and per address; or off",
    ),
    active_setting("ASCN_CACHE_MB", Some("32"), "memory for cached answers, 0 for none"),
    active_setting("ASCN_DOCS", Some("on"), "whether /docs is served: on or off"),
    active_setting(
        "ASCN_LOG",
        Some("info"),
        "what is logged: a level, or a filter as info,diesel=warn",
    ),
    active_setting("ASCN_LOG_FORMAT", Some("text"), "text or json, one line each"),
];

/// Returns the settings as text for the terminal.
#[must_use]
pub fn settings_help() -> String {
    let mut text = String::from("Settings, from the environment:\n");
    for SettingDoc { name, default, help, acted_on } in SETTINGS {
        let default = default.map(|value| format!(" [default: {value}]")).unwrap_or_default();
        // Writing to a String does not fail.
        let _ = write!(text, "\n  {name}{default}\n");
        let later = if *acted_on { String::new() } else { format!(" ({NOT_ACTED_ON})") };
        for line in wrap_text(&format!("{help}{later}"), 88) {
            let _ = writeln!(text, "      {line}");
        }
    }
    text
}

/// Breaks text at spaces into lines of at most `width` characters, where words allow.
fn wrap_text(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.len() + 1 + word.len() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            Some(_) | None => lines.push(word.to_owned()),
        }
    }
    lines
}
