//! Comments on reports. A return and a reopening leave one that keeps its text for ever.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    id::Id,
    journal::micros,
    project::ProjectCode,
    report::Report,
    user::User,
    value::{Prose, Slug, words},
};

mod raw;

pub use raw::RawComment;

words! {
    /// What a comment came with.
    CommentKind("comment kind") {
        /// It was written by itself.
        Note = "note",
        /// It is the reason of a return.
        Return = "return",
        /// It is the reason of a reopening.
        Reopen = "reopen",
    }
}

/// A remark on a report or one of its fields.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comment {
    /// Its identifier.
    pub id: Id<Comment>,
    /// The report's identifier.
    pub report: Id<Report>,
    /// The project's code.
    pub code: ProjectCode,
    /// The report's cycle.
    pub cycle: Slug,
    /// What it says.
    pub text: Prose,
    /// The field it is about, as a JSON pointer; none for the whole report.
    pub pointer: Option<String>,
    /// Who wrote it.
    pub author: Id<User>,
    /// When.
    #[serde(with = "micros")]
    pub at: DateTime<Utc>,
    /// What it came with.
    pub kind: CommentKind,
    /// When it was settled.
    #[serde(with = "micros::opt")]
    pub resolved_at: Option<DateTime<Utc>>,
    /// Who settled it.
    pub resolved_by: Option<Id<User>>,
    /// Counts the changes of this record, from 1.
    pub version: i64,
}

impl Comment {
    /// Writes a comment on a report.
    #[must_use]
    pub fn new(
        id: Id<Self>,
        report: &Report,
        kind: CommentKind,
        (text, pointer): (Prose, Option<String>),
        (author, at): (Id<User>, DateTime<Utc>),
    ) -> Self {
        Self {
            id,
            report: report.id,
            code: report.code.clone(),
            cycle: report.cycle.clone(),
            text,
            pointer,
            author,
            at,
            kind,
            resolved_at: None,
            resolved_by: None,
            version: 1,
        }
    }

    /// Settles a comment, or opens it again; none when it is so already, so that whoever settled it first stays named.
    #[must_use]
    pub fn resolve(&self, resolved: bool, by: Id<User>, at: DateTime<Utc>) -> Option<Self> {
        if self.resolved_at.is_some() == resolved {
            return None;
        }
        Some(Self {
            resolved_at: resolved.then_some(at),
            resolved_by: resolved.then_some(by),
            version: self.version + 1,
            ..self.clone()
        })
    }
}
