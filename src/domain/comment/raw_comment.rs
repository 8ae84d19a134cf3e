//! Parses a comment that a client sent.

use super::{CommentBody, thread::CommentThread};
use crate::domain::{
    fault::{FaultList, FieldFault, ValueFault},
    message,
    value::Prose,
};

/// The fields of a report that a comment may point at. `project` is the project's own record, as in readiness faults.
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
/// Maximum length of a pointer, in characters.
const POINTER_MAX: usize = 200;

/// A comment as the client sent it, before validation.
#[derive(Debug, Clone, Default)]
pub(crate) struct RawComment {
    pub text: Option<String>,
    pub pointer: Option<String>,
    /// Any comment of the thread that this one replies to.
    pub reply_to: Option<String>,
    /// Whether it is a question to the reviewers; absent, it is none.
    pub question: Option<bool>,
}

impl RawComment {
    /// Parses every value. `threads` are the threads on the report. A reply is about the same field as its thread.
    ///
    /// # Errors
    /// Every fault, each with its pointer.
    pub(crate) fn parse(self, threads: &[CommentThread]) -> Result<CommentBody, Vec<FieldFault>> {
        let mut faults = FaultList::new();
        let text = faults.parse_required("/text", self.text, Prose::parse);
        let own_pointer = faults.parse_optional("/pointer", self.pointer, parse_field_pointer);
        let thread = faults
            .parse_optional("/reply_to", self.reply_to, |raw| find_answered_thread(&raw, threads));
        if let (Some(own_pointer), Some(thread)) = (&own_pointer, thread)
            && thread.pointer.as_ref() != Some(own_pointer)
        {
            faults.add("/pointer", ValueFault::new("thread", message::report::reply_pointer()));
        }
        let pointer = thread.map_or(own_pointer, |t| t.pointer.clone());
        let reply_to = thread.map(|t| t.id);
        let question = self.question.unwrap_or_default();
        faults.finish_built(text.map(|text| CommentBody { text, pointer, reply_to, question }))
    }
}

/// Finds the thread that contains the comment with this id.
fn find_answered_thread<'a>(
    raw: &str,
    threads: &'a [CommentThread],
) -> Result<&'a CommentThread, ValueFault> {
    let id = raw.parse().ok();
    threads
        .iter()
        .find(|t| id.is_some_and(|id| t.id == id || t.replies.contains(&id)))
        .ok_or_else(|| ValueFault::new("unknown", message::report::unknown_comment()))
}

/// Parses a JSON pointer (RFC 6901) to a field of a report, or to something inside the field.
fn parse_field_pointer(raw: String) -> Result<String, ValueFault> {
    let escaped = raw.split('~').skip(1).all(|rest| rest.starts_with(['0', '1']));
    let named = raw.strip_prefix('/').and_then(|path| path.split('/').next());
    let plain = raw.chars().count() <= POINTER_MAX && !raw.chars().any(char::is_control);
    if plain && escaped && named.is_some_and(|field| FIELDS.contains(&field)) {
        return Ok(raw);
    }
    Err(ValueFault::new("pointer", message::report::field_pointer())
        .with_allowed(FIELDS.iter().map(|field| format!("/{field}"))))
}
