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

mod raw_comment;
pub(crate) mod thread;

pub(crate) use raw_comment::RawComment;

words! {
    /// What a comment came with.
    pub CommentKind("comment kind") {
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
    /// The comment that its thread began with; none for one that begins a thread.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<Id<Comment>>,
    /// Whether it was written for the city, rather than by those who review; not known of comments before threads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_city: Option<bool>,
    /// Counts the changes of this record, from 1.
    pub version: i64,
}

/// Who says a comment, and when.
#[derive(Debug, Clone, Copy)]
pub struct CommentAuthor {
    /// Who.
    pub author: Id<User>,
    /// Whether for the city.
    pub from_city: bool,
    /// When.
    pub at: DateTime<Utc>,
}

/// What is said in a comment.
#[derive(Debug, Clone)]
pub struct CommentBody {
    /// The words.
    pub text: Prose,
    /// The field it is about, as a JSON pointer; none for the whole report.
    pub pointer: Option<String>,
    /// The comment that its thread began with.
    pub reply_to: Option<Id<Comment>>,
}

impl CommentBody {
    /// Says something about the whole report.
    #[must_use]
    pub const fn about_whole_report(text: Prose) -> Self {
        Self { text, pointer: None, reply_to: None }
    }
}

impl Comment {
    /// Writes a comment on a report.
    #[must_use]
    pub fn new(
        id: Id<Self>,
        report: &Report,
        kind: CommentKind,
        said: CommentBody,
        by: CommentAuthor,
    ) -> Self {
        Self {
            id,
            report: report.id,
            code: report.code.clone(),
            cycle: report.cycle.clone(),
            text: said.text,
            pointer: said.pointer,
            author: by.author,
            at: by.at,
            kind,
            resolved_at: None,
            resolved_by: None,
            reply_to: said.reply_to,
            from_city: Some(by.from_city),
            version: 1,
        }
    }

    /// Settles a comment, or opens it again; none when it is so already, so that whoever settled it first stays named.
    #[must_use]
    pub fn set_resolved(&self, resolved: bool, by: Id<User>, at: DateTime<Utc>) -> Option<Self> {
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
