//! The table of settings: names, defaults and descriptions. `serve --help` prints it.

use std::fmt::Write;

/// The description of one setting.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SettingDoc {
    /// The name of the environment variable.
    pub(crate) name: &'static str,
    /// The value that is used if the variable is not set.
    pub(crate) default: Option<&'static str>,
    /// The effect of the setting, and its allowed values.
    pub(crate) help: &'static str,
    /// `false` if the setting is checked already, but only a later version acts on it.
    pub(crate) acted_on: bool,
}

const fn active_setting(
    name: &'static str,
    default: Option<&'static str>,
    help: &'static str,
) -> SettingDoc {
    SettingDoc { name, default, help, acted_on: true }
}

const fn planned_setting(
    name: &'static str,
    default: Option<&'static str>,
    help: &'static str,
) -> SettingDoc {
    SettingDoc { name, default, help, acted_on: false }
}

/// The mark of a setting that this version does not act on, in the help and in warnings.
pub(super) const NOT_ACTED_ON: &str = "this version does not act on it yet";

/// All settings, in the order of the help.
pub(crate) const SETTINGS: &[SettingDoc] = &[
    active_setting(
        "DATABASE_URL",
        Some("sqlite://ascn.db"),
        "the database: sqlite://FILE (relative path), sqlite:///FILE (absolute path) or \
         postgres://USER:PASSWORD@HOST/DATABASE. The connection to PostgreSQL uses TLS with a \
         verified certificate (?sslmode=verify-full, with built-in public roots or \
         sslrootcert=FILE); only for a server on this machine the default is sslmode=disable",
    ),
    active_setting(
        "ASCN_DATABASE_PASSWORD_FILE",
        None,
        "a file with the password, for a DATABASE_URL without one",
    ),
    planned_setting("DATABASE_READ_URL", None, "a replica of the PostgreSQL database, for reading"),
    active_setting(
        "ASCN_DB_THREADS",
        Some("auto"),
        "the number of database connections, 1 to 128; auto is 8 on PostgreSQL, and one reader per \
         core (2 to 8) on SQLite",
    ),
    active_setting(
        "ASCN_DB_QUEUE",
        Some("1024"),
        "the number of reads that may wait for a database connection, and the same number for \
         writes, 1 to 65536; if the queue is full, a request is answered with 503 at once",
    ),
    active_setting("ASCN_BIND", Some("127.0.0.1:8080"), "the address and port of the API"),
    active_setting(
        "ASCN_METRICS_BIND",
        Some("off"),
        "the address and port of /metrics in the text format of Prometheus, as 127.0.0.1:9464, or \
         off; metrics ask for no sign-in, so use loopback or a private network",
    ),
    active_setting(
        "ASCN_TOKEN_SECRET",
        None,
        "the secrets that sign access tokens, separated by commas, each of 32 bytes or more; the \
         first signs, all verify. Required with PostgreSQL; with SQLite, a secret is generated and \
         kept in a file beside the database",
    ),
    active_setting(
        "ASCN_TOKEN_SECRET_FILE",
        None,
        "a file with the value of ASCN_TOKEN_SECRET, instead of it",
    ),
    active_setting(
        "ASCN_DEMO_PASSWORD",
        None,
        "the password of all demo accounts; without it, one is generated and printed",
    ),
    planned_setting(
        "ASCN_TRUSTED_PROXIES",
        None,
        "the proxies that are trusted to state the caller's address: addresses or networks, \
         separated by commas, as 10.0.0.0/8",
    ),
    active_setting(
        "ASCN_CORS_ORIGINS",
        None,
        "the origins of web pages that may call the API, separated by commas, as \
         https://dashboard.example",
    ),
    active_setting(
        "ASCN_PUBLIC_RELEASES",
        Some("false"),
        "true if releases can be read without signing in",
    ),
    active_setting(
        "ASCN_BASE_URL",
        None,
        "the public address of the service, as https://ascn.example, for the addresses in \
         /catalog.jsonld; without it they are relative to the document",
    ),
    active_setting(
        "ASCN_DATA_LICENCE",
        Some("CC-BY-4.0"),
        "the licence of the data of releases, as an SPDX identifier; archives name it",
    ),
    planned_setting(
        "ASCN_LOGIN_LIMIT_PER_MINUTE",
        Some("10"),
        "the limit of sign-in attempts per minute, for each address and for each account; or off",
    ),
    planned_setting(
        "ASCN_REQUEST_LIMIT_PER_MINUTE",
        Some("600"),
        "the limit of requests per minute, for each caller and for each address; or off",
    ),
    active_setting(
        "ASCN_CACHE_MB",
        Some("32"),
        "the memory for cached answers in MiB, 0 for no cache",
    ),
    active_setting("ASCN_DOCS", Some("on"), "on if /docs is served, otherwise off"),
    active_setting(
        "ASCN_LOG",
        Some("info"),
        "the level of the log, or a filter as info,diesel=warn",
    ),
    active_setting("ASCN_LOG_FORMAT", Some("text"), "text or json, with one entry per line"),
];

/// Returns the table of settings as text for the terminal.
pub(crate) fn render_settings_help() -> String {
    let mut text = String::from("Settings, from environment variables:\n");
    for SettingDoc { name, default, help, acted_on } in SETTINGS {
        let default = default.map(|value| format!(" [default: {value}]")).unwrap_or_default();
        // Writing to a String does not fail.
        let _ = write!(text, "\n  {name}{default}\n");
        let mark = if *acted_on { String::new() } else { format!(" ({NOT_ACTED_ON})") };
        for line in wrap_text(&format!("{help}{mark}"), 88) {
            let _ = writeln!(text, "      {line}");
        }
    }
    text
}

/// Breaks text at spaces into lines of at most `width` bytes. A longer word has a line of its own.
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
