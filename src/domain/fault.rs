//! What is wrong with a value, said so that a client can point at it.

use serde::{Deserialize, Serialize};

/// One thing wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldFault {
    /// The field, as a JSON pointer (RFC 6901) into the request body.
    pub pointer: String,
    /// A stable word for programs.
    pub code: String,
    /// What was expected, for people.
    pub detail: String,
    /// The values that would have been accepted, where there is a list of them.
    pub allowed: Vec<String>,
}

/// What is wrong with a value, before anybody says where it stood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueFault {
    /// A stable word for programs.
    pub code: &'static str,
    /// What was expected, for people: lower case, no full stop.
    pub detail: String,
    /// The values that would have been accepted, where there is a list of them.
    pub allowed: Vec<String>,
}

impl ValueFault {
    /// Names a fault and what was expected instead.
    pub fn new(code: &'static str, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), allowed: Vec::new() }
    }

    /// A required value is missing.
    #[must_use]
    pub fn required() -> Self {
        Self::new("required", "a value is required")
    }

    /// A word is not one of a list.
    pub fn unknown<I: Into<String>>(what: &str, allowed: impl IntoIterator<Item = I>) -> Self {
        Self {
            code: "unknown",
            detail: format!("no such {what}"),
            allowed: allowed.into_iter().map(Into::into).collect(),
        }
    }
}

/// Collects every fault of a body before it fails, so that a form is corrected in one go.
#[derive(Debug, Default)]
pub struct FaultList(Vec<FieldFault>);

impl FaultList {
    /// Starts with nothing wrong.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Notes a fault at a JSON pointer.
    pub fn add(&mut self, pointer: impl Into<String>, fault: ValueFault) {
        self.0.push(FieldFault {
            pointer: pointer.into(),
            code: fault.code.to_owned(),
            detail: fault.detail,
            allowed: fault.allowed,
        });
    }

    /// Unwraps a parsed value or notes its fault at a JSON pointer.
    pub fn take_parsed<T>(&mut self, pointer: &str, parsed: Result<T, ValueFault>) -> Option<T> {
        match parsed {
            Ok(value) => Some(value),
            Err(fault) => {
                self.add(pointer, fault);
                None
            }
        }
    }

    /// Parses an optional value; absent stays absent.
    pub fn parse_optional<R, T>(
        &mut self,
        pointer: &str,
        raw: Option<R>,
        parse: impl FnOnce(R) -> Result<T, ValueFault>,
    ) -> Option<T> {
        raw.and_then(|raw| self.take_parsed(pointer, parse(raw)))
    }

    /// Parses a value that must be there.
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

    /// Parses each item of a list at `pointer/0`, `pointer/1`, …, and refuses doubles.
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
                    self.add(at, ValueFault::new("duplicate", "this is in the list already"));
                } else {
                    out.push(value);
                }
            }
        }
        out
    }

    /// Says whether nothing is wrong so far.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Ends the collecting: the value if nothing is wrong, else every fault.
    ///
    /// # Errors
    /// All faults that were noted.
    pub fn finish_with<T>(self, value: T) -> Result<T, Vec<FieldFault>> {
        if self.0.is_empty() { Ok(value) } else { Err(self.0) }
    }

    /// Ends the collecting: what could be built if nothing is wrong, else every fault. A part that is missing without a
    /// fault of its own is one too.
    ///
    /// # Errors
    /// All faults that were noted.
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

    /// Ends the collecting with what was noted.
    #[must_use]
    pub fn into_vec(self) -> Vec<FieldFault> {
        self.0
    }
}
