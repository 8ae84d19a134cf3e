//! Faults of values, with a JSON pointer so that a client can show them beside the field.

use super::{
    message::{self, Message},
    value::{find_nearest, rank_by_likeness},
};

/// The most accepted values that a fault of a filter lists.
const ALLOWED_MAX: usize = 50;

/// A fault of one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldFault {
    /// The field, as a JSON pointer (RFC 6901) into the request body.
    pub pointer: String,
    /// A stable code for programs.
    pub code: String,
    /// What was expected.
    pub message: Message,
    /// The accepted values, if there is a list of them.
    pub allowed: Vec<String>,
    /// The key of the record that is there already, if the fault is a duplicate of a record.
    pub existing: Option<String>,
}

impl FieldFault {
    /// Makes the fault of the value at a JSON pointer.
    #[must_use]
    pub fn new(pointer: impl Into<String>, fault: ValueFault) -> Self {
        Self {
            pointer: pointer.into(),
            code: fault.code.to_owned(),
            message: fault.message,
            allowed: fault.allowed,
            existing: fault.existing,
        }
    }
}

/// A fault of a value whose place in the body is not known yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueFault {
    /// A stable code for programs.
    pub code: &'static str,
    /// What was expected.
    pub message: Message,
    /// The accepted values, if there is a list of them.
    pub allowed: Vec<String>,
    /// The key of the record that is there already, if the fault is a duplicate of a record.
    pub existing: Option<String>,
}

impl ValueFault {
    pub const fn new(code: &'static str, message: Message) -> Self {
        Self { code, message, allowed: Vec::new(), existing: None }
    }

    /// Returns the fault of a required value that is missing.
    #[must_use]
    pub fn required() -> Self {
        Self::new("required", message::value::required())
    }

    /// Returns the fault of a value that is not in a list. `thing` names the kind of value.
    pub fn unknown<I: Into<String>>(thing: Message, allowed: impl IntoIterator<Item = I>) -> Self {
        Self::new("unknown", message::value::no_such(thing)).with_allowed(allowed)
    }

    /// Returns the fault of a value that is in its list already.
    #[must_use]
    pub fn in_list_already() -> Self {
        Self::new("duplicate", message::value::in_list_already())
    }

    /// Returns the fault of a list with more than `limit` items.
    #[must_use]
    pub fn too_many(limit: usize) -> Self {
        Self::new("too_many", message::value::too_many(limit))
    }

    /// Names the accepted value that is nearest to the given one. Of a long list of accepted values it keeps the nearest
    /// ones.
    #[must_use]
    pub(crate) fn with_nearest(mut self, given: &str) -> Self {
        if let Some(nearest) = find_nearest(given, &self.allowed).filter(|_| !given.is_empty()) {
            self.message = message::value::with_nearest(self.message, nearest);
        }
        if self.allowed.len() > ALLOWED_MAX {
            let ranked = rank_by_likeness(given, &self.allowed);
            self.allowed = ranked.into_iter().take(ALLOWED_MAX).cloned().collect();
        }
        self
    }

    /// Adds the accepted values.
    #[must_use]
    pub fn with_allowed<I: Into<String>>(mut self, allowed: impl IntoIterator<Item = I>) -> Self {
        self.allowed = allowed.into_iter().map(Into::into).collect();
        self
    }

    /// Adds the key of the record that is there already.
    #[must_use]
    pub fn with_existing(self, key: &str) -> Self {
        Self { existing: Some(key.to_owned()), ..self }
    }
}

/// Collects all faults of a body, so that a client can correct them at once.
#[derive(Debug, Default)]
pub struct FaultList(Vec<FieldFault>);

impl FaultList {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a fault at a JSON pointer.
    pub fn add(&mut self, pointer: impl Into<String>, fault: ValueFault) {
        self.0.push(FieldFault::new(pointer, fault));
    }

    /// Returns a parsed value, or adds its fault at a JSON pointer.
    pub fn take_parsed<T>(&mut self, pointer: &str, parsed: Result<T, ValueFault>) -> Option<T> {
        match parsed {
            Ok(value) => Some(value),
            Err(fault) => {
                self.add(pointer, fault);
                None
            }
        }
    }

    /// Parses an optional value. An absent value is no fault.
    pub fn parse_optional<R, T>(
        &mut self,
        pointer: &str,
        raw: Option<R>,
        parse: impl FnOnce(R) -> Result<T, ValueFault>,
    ) -> Option<T> {
        raw.and_then(|raw| self.take_parsed(pointer, parse(raw)))
    }

    /// Parses a required value. An absent value is a fault.
    pub fn parse_required<R, T>(
        &mut self,
        pointer: &str,
        raw: Option<R>,
        parse: impl FnOnce(R) -> Result<T, ValueFault>,
    ) -> Option<T> {
        if let Some(raw) = raw {
            self.take_parsed(pointer, parse(raw))
        } else {
            self.add(pointer, ValueFault::required());
            None
        }
    }

    /// Parses each item of a list, at `pointer/0`, `pointer/1`, …. A duplicate is a fault.
    pub fn parse_each<R, T: PartialEq>(
        &mut self,
        pointer: &str,
        raw: impl IntoIterator<Item = R>,
        mut parse: impl FnMut(R) -> Result<T, ValueFault>,
    ) -> Vec<T> {
        let mut out: Vec<T> = Vec::new();
        for (i, raw) in raw.into_iter().enumerate() {
            let at = format!("{pointer}/{i}");
            if let Some(value) = self.take_parsed(&at, parse(raw)) {
                if out.contains(&value) {
                    self.add(at, ValueFault::in_list_already());
                } else {
                    out.push(value);
                }
            }
        }
        out
    }

    /// Returns `true` if there is no fault so far.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the value if there is no fault.
    ///
    /// # Errors
    /// All collected faults.
    pub fn finish_with<T>(self, value: T) -> Result<T, Vec<FieldFault>> {
        if self.0.is_empty() { Ok(value) } else { Err(self.0) }
    }

    /// Returns the built value if there is no fault. A value that could not be built without any fault becomes a fault.
    ///
    /// # Errors
    /// All collected faults.
    pub fn finish_built<T>(mut self, built: Option<T>) -> Result<T, Vec<FieldFault>> {
        match built {
            Some(value) if self.0.is_empty() => Ok(value),
            Some(_) => Err(self.0),
            None => {
                if self.0.is_empty() {
                    self.add("", ValueFault::required());
                }
                Err(self.0)
            }
        }
    }

    /// Returns the collected faults.
    #[must_use]
    pub fn into_vec(self) -> Vec<FieldFault> {
        self.0
    }
}
