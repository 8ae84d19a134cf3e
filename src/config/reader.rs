//! Takes settings by name out of names and values, and remembers which were asked for.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU32;

use tracing_subscriber::{EnvFilter, filter::LevelFilter};

use super::help::{NOT_ACTED_ON, SETTINGS, SettingDoc};
use super::{LogFormat, SettingError};

/// What a parser says of a value: the value, or what is wrong with it, without quoting it.
pub(super) type ParseResult<T> = Result<T, String>;

pub(super) struct SettingReader {
    vars: BTreeMap<String, String>,
    asked: BTreeSet<&'static str>,
}

/// Takes the variables of this process. One that is not Unicode is an error if it is a setting,
/// and is not ours otherwise.
pub(super) fn from_env() -> Result<SettingReader, SettingError> {
    let mut vars = Vec::new();
    #[expect(clippy::disallowed_methods, reason = "this is where the environment is read")]
    for (name, value) in std::env::vars_os() {
        let Ok(name) = name.into_string() else {
            continue;
        };
        match (value.into_string(), SETTINGS.iter().find(|setting| setting.name == name)) {
            (Ok(value), _) => vars.push((name, value)),
            (Err(_), Some(setting)) => {
                return Err(setting_error(setting.name, "expected UTF-8 text"));
            }
            (Err(_), None) => {}
        }
    }
    Ok(SettingReader::new(vars.into_iter()))
}

impl SettingReader {
    pub(super) fn new(vars: impl Iterator<Item = (String, String)>) -> Self {
        Self { vars: vars.collect(), asked: BTreeSet::new() }
    }

    /// Reads a setting that has a value always, if need be its default.
    pub(super) fn read_required<T>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&str) -> ParseResult<T>,
    ) -> Result<T, SettingError> {
        let missing = || setting_error(name, "expected a value");
        self.read_optional(name, parse)?.ok_or_else(missing)
    }

    /// Reads a setting that may be absent. An empty one is refused and not taken as absent:
    /// where a deployment fails to fill in `DATABASE_URL`, a new and empty database would come up.
    pub(super) fn read_optional<T>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&str) -> ParseResult<T>,
    ) -> Result<Option<T>, SettingError> {
        let Some(value) = self.take_value(name) else {
            return Ok(None);
        };
        if value.is_empty() {
            return Err(setting_error(name, "expected a value; leave it unset for the default"));
        }
        parse(value).map(Some).map_err(|problem| SettingError { name, problem })
    }

    /// Reads a comma-separated list, in which spaces around the entries do not count.
    pub(super) fn read_list<T>(
        &mut self,
        name: &'static str,
        parse: impl Fn(&str) -> ParseResult<T>,
    ) -> Result<Vec<T>, SettingError> {
        let entries = self.take_value(name).unwrap_or_default().split(',').map(str::trim);
        entries
            .filter(|entry| !entry.is_empty())
            .map(|entry| parse(entry).map_err(|problem| SettingError { name, problem }))
            .collect()
    }

    /// Returns a warning for each variable that looks like a setting and is none.
    pub(super) fn list_unknown(&self) -> Vec<String> {
        let unknown = |name: &&String| name.starts_with("ASCN_") && find_setting(name).is_none();
        self.vars.keys().filter(unknown).map(|name| describe_unknown(name)).collect()
    }

    /// Returns a warning for each setting that asks for what this version does not do. `off` asks for nothing.
    pub(super) fn list_unsupported(&self) -> Vec<String> {
        let given = |setting: &&SettingDoc| {
            let value = self.vars.get(setting.name).map(|value| value.trim());
            !setting.acted_on
                && value.is_some_and(|v| !matches!(v, "" | "off") && setting.default != Some(v))
        };
        let said = |setting: &SettingDoc| format!("{} is set, but {NOT_ACTED_ON}", setting.name);
        SETTINGS.iter().filter(given).map(said).collect()
    }

    #[cfg(test)]
    pub(super) fn requested_names(&self) -> &BTreeSet<&'static str> {
        &self.asked
    }

    fn take_value(&mut self, name: &'static str) -> Option<&str> {
        self.asked.insert(name);
        let given = self.vars.get(name).map(String::as_str);
        given.or_else(|| find_setting(name).and_then(|setting| setting.default))
    }
}

fn find_setting(name: &str) -> Option<&'static SettingDoc> {
    SETTINGS.iter().find(|setting| setting.name == name)
}

fn describe_unknown(name: &str) -> String {
    let distance = |setting: &&SettingDoc| strsim::damerau_levenshtein(setting.name, name);
    match SETTINGS.iter().min_by_key(distance).filter(|nearest| distance(nearest) <= 3) {
        Some(nearest) => format!("{name} is not a setting; did you mean {}?", nearest.name),
        None => format!("{name} is not a setting; serve --help lists them all"),
    }
}

pub(super) fn setting_error(name: &'static str, problem: &str) -> SettingError {
    SettingError { name, problem: problem.to_owned() }
}

pub(super) fn parse_switch(text: &str) -> ParseResult<bool> {
    match text {
        "true" | "on" => Ok(true),
        "false" | "off" => Ok(false),
        _ => Err("expected on, off, true or false".to_owned()),
    }
}

/// Reads a limit. `off` and not 0 means none, because 0 may be meant either way.
pub(super) fn parse_limit(text: &str) -> ParseResult<Option<NonZeroU32>> {
    if text == "off" {
        return Ok(None);
    }
    let wrong = || "expected a whole number from 1, or off".to_owned();
    text.parse().ok().ok_or_else(wrong).map(Some)
}

pub(super) fn parse_queue_length(text: &str) -> ParseResult<usize> {
    match text.parse() {
        Ok(jobs @ 1..=65_536) => Ok(jobs),
        Ok(_) | Err(_) => Err("expected a whole number from 1 to 65536".to_owned()),
    }
}

pub(super) fn parse_mebibytes(text: &str) -> ParseResult<u64> {
    match text.parse::<u64>() {
        Ok(count @ 0..=65_536) => Ok(count * 1_048_576),
        Ok(_) | Err(_) => Err("expected a whole number from 0 to 65536".to_owned()),
    }
}

pub(super) fn parse_log_filter(text: &str) -> ParseResult<String> {
    // A word alone that is no level would name a part of the program, and nothing else would be logged.
    let level = |word: &str| word.contains(['=', '[']) || word.parse::<LevelFilter>().is_ok();
    match EnvFilter::try_new(text) {
        Ok(_) if text.split(',').all(|word| level(word.trim())) => Ok(text.to_owned()),
        Ok(_) | Err(_) => Err("expected a level (error, warn, info, debug, trace) or a filter as \
                 info,ascn_tracker=debug"
            .to_owned()),
    }
}

pub(super) fn parse_log_format(text: &str) -> ParseResult<LogFormat> {
    match text {
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        _ => Err("expected text or json".to_owned()),
    }
}
