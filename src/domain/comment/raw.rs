//! The door of a comment.

use crate::domain::{
    fault::{Faults, FieldFault, ValueFault},
    value::Prose,
};

/// The fields of a report that a comment may point at; `project` stands for the project's own record, as in readiness.
const FIELDS: &[&str] = &[
    "status",
    "status_reason",
    "percent_complete",
    "percent_method",
    "achievements",
    "challenges",
    "next_steps",
    "support_needed",
    "spent",
    "milestones",
    "indicator_values",
    "evidence",
    "unchanged",
    "project",
    "header",
];
/// Longest pointer, in characters.
const POINTER_MAX: usize = 200;

/// A comment as somebody sent it, before its values are looked at.
#[derive(Debug, Clone, Default)]
pub struct RawComment {
    /// What it says.
    pub text: Option<String>,
    /// The field it is about.
    pub pointer: Option<String>,
}

impl RawComment {
    /// Looks at both values.
    ///
    /// # Errors
    /// Every fault, each with its pointer.
    pub fn parse(self) -> Result<(Prose, Option<String>), Vec<FieldFault>> {
        let mut faults = Faults::new();
        let text = faults.need("/text", self.text, Prose::parse);
        let pointer = faults.opt("/pointer", self.pointer, pointer);
        match text {
            Some(text) => faults.finish((text, pointer)),
            None => Err(faults.into_vec()),
        }
    }
}

/// Parses a JSON pointer (RFC 6901) to a field of a report or something inside it.
fn pointer(raw: String) -> Result<String, ValueFault> {
    let escaped = raw.split('~').skip(1).all(|rest| rest.starts_with(['0', '1']));
    let named = raw.strip_prefix('/').and_then(|path| path.split('/').next());
    let plain = raw.chars().count() <= POINTER_MAX && !raw.chars().any(char::is_control);
    if plain && escaped && named.is_some_and(|field| FIELDS.contains(&field)) {
        return Ok(raw);
    }
    Err(ValueFault {
        code: "pointer",
        detail: "a JSON pointer to a field of the report is expected".to_owned(),
        allowed: FIELDS.iter().map(|field| format!("/{field}")).collect(),
    })
}
