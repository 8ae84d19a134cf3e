//! Reads settings by name from the variables of the environment, and records which names were read.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;

use super::help::{NOT_ACTED_ON, SETTINGS, SettingDoc};

/// The value that a parser read, or what it expected instead. The text never quotes the value.
pub(super) type ParseResult<T> = Result<T, String>;

/// A setting that is not valid. It never holds the value, which may be a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name}: {problem}")]
pub struct SettingError {
    /// The name of the setting.
    pub name: &'static str,
    /// What was expected instead.
    pub problem: String,
}

impl SettingError {
    pub(super) fn new(name: &'static str, problem: impl Into<String>) -> Self {
        Self { name, problem: problem.into() }
    }
}

/// The variables of the environment, and the names of the settings that were read from them.
pub(super) struct SettingReader {
    vars: BTreeMap<String, String>,
    requested: BTreeSet<&'static str>,
}

impl SettingReader {
    pub(super) fn new(vars: impl Iterator<Item = (String, String)>) -> Self {
        Self { vars: vars.collect(), requested: BTreeSet::new() }
    }

    /// Takes the variables of this process.
    pub(super) fn from_env() -> Result<Self, SettingError> {
        #[expect(clippy::disallowed_methods, reason = "this is where the environment is read")]
        Self::from_os_vars(std::env::vars_os())
    }

    /// Takes variables as the system gives them. A value that is not UTF-8 is an error if it belongs to a setting.
    pub(super) fn from_os_vars(
        os_vars: impl Iterator<Item = (OsString, OsString)>,
    ) -> Result<Self, SettingError> {
        let mut vars = Vec::new();
        for (name, value) in os_vars {
            let Ok(name) = name.into_string() else {
                continue;
            };
            match (value.into_string(), find_setting(&name)) {
                (Ok(value), _) => vars.push((name, value)),
                (Err(_), Some(setting)) => {
                    return Err(SettingError::new(setting.name, "expected UTF-8 text"));
                }
                (Err(_), None) => {}
            }
        }
        Ok(Self::new(vars.into_iter()))
    }

    /// Reads a setting that has a default.
    pub(super) fn read_required<T>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&str) -> ParseResult<T>,
    ) -> Result<T, SettingError> {
        let missing = || SettingError::new(name, "expected a value");
        self.read_optional(name, parse)?.ok_or_else(missing)
    }

    /// Reads a setting that may be absent. An empty value is refused and not taken as absent: if a deployment left
    /// `DATABASE_URL` empty by mistake, the service would start on a new, empty database.
    pub(super) fn read_optional<T>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&str) -> ParseResult<T>,
    ) -> Result<Option<T>, SettingError> {
        let Some(value) = self.find_value(name) else {
            return Ok(None);
        };
        if value.is_empty() {
            let problem = "expected a value; leave it unset for the default";
            return Err(SettingError::new(name, problem));
        }
        parse(value).map(Some).map_err(|problem| SettingError::new(name, problem))
    }

    /// Reads a comma-separated list. Spaces around the items are ignored.
    pub(super) fn read_list<T>(
        &mut self,
        name: &'static str,
        parse: impl Fn(&str) -> ParseResult<T>,
    ) -> Result<Vec<T>, SettingError> {
        let items = self.find_value(name).unwrap_or_default().split(',').map(str::trim);
        items
            .filter(|item| !item.is_empty())
            .map(|item| parse(item).map_err(|problem| SettingError::new(name, problem)))
            .collect()
    }

    /// Returns a warning for each variable whose name begins like a setting but is none.
    pub(super) fn list_unknown(&self) -> Vec<String> {
        let is_unknown = |name: &&String| name.starts_with("ASCN_") && find_setting(name).is_none();
        self.vars.keys().filter(is_unknown).map(|name| describe_unknown(name)).collect()
    }

    /// Returns a warning for each setting that this version does not act on and whose value would change something.
    /// An empty value, `off` and the default change nothing.
    pub(super) fn list_unsupported(&self) -> Vec<String> {
        let changes_nothing = |setting: &SettingDoc, value: &str| {
            matches!(value, "" | "off") || setting.default == Some(value)
        };
        let is_unsupported = |setting: &&SettingDoc| {
            let value = self.vars.get(setting.name).map(|value| value.trim());
            !setting.acted_on && value.is_some_and(|value| !changes_nothing(setting, value))
        };
        let describe =
            |setting: &SettingDoc| format!("{} is set, but {NOT_ACTED_ON}", setting.name);
        SETTINGS.iter().filter(is_unsupported).map(describe).collect()
    }

    #[cfg(test)]
    pub(super) fn requested_names(&self) -> &BTreeSet<&'static str> {
        &self.requested
    }

    /// Returns the value of a setting: the variable, or else the default.
    fn find_value(&mut self, name: &'static str) -> Option<&str> {
        self.requested.insert(name);
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
