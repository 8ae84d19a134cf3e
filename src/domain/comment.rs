//! Comments on reports. A return and a reopening always create one, an approval may. The text of a comment never changes.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{
    id::Id,
    journal::micros,
    project::ProjectCode,
    report::Report,
    user::User,
    value::{Prose, Slug, text_enum},
};

mod raw_comment;
pub(crate) mod thread;

pub(crate) use raw_comment::RawComment;

text_enum! {
    /// The action that a comment belongs to.
    pub CommentKind(comment_kind) {
        /// The comment was written on its own.
        Note = "note",
        /// The comment is the reason of a return.
        Return = "return",
        /// The comment was given with an approval.
        Approve = "approve",
        /// The comment is the reason of a reopening.
        Reopen = "reopen",
    }
}

/// A comment on a report or on one of its fields.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comment {
    pub id: Id<Comment>,
    pub report: Id<Report>,
    pub code: ProjectCode,
    pub cycle: Slug,
    pub text: Prose,
    /// The field that the comment is about, as a JSON pointer; none for the whole report.
    pub pointer: Option<String>,
    pub author: Id<User>,
    /// When the comment was written.
    #[serde(with = "micros")]
    pub at: DateTime<Utc>,
    pub kind: CommentKind,
    /// Whether it is a question of the city to the reviewers. They read it even if the report was never submitted.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub question: bool,
    #[serde(with = "micros::opt")]
    pub resolved_at: Option<DateTime<Utc>>,
    pub resolved_by: Option<Id<User>>,
    /// The first comment of the thread; none if this comment begins a thread.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<Id<Comment>>,
    /// `true` if the author wrote for the city, `false` if as a reviewer. None for comments from before there were
    /// threads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_city: Option<bool>,
    /// Counts the changes of this record, from 1.
    pub version: i64,
}

/// The author of a comment, and when it was written.
#[derive(Debug, Clone, Copy)]
pub struct CommentAuthor {
    pub author: Id<User>,
    /// Whether the author writes for the city.
    pub from_city: bool,
    pub at: DateTime<Utc>,
}

/// The content of a new comment.
#[derive(Debug, Clone)]
pub struct CommentBody {
    pub text: Prose,
    /// The field that the comment is about, as a JSON pointer; none for the whole report.
    pub pointer: Option<String>,
    /// The first comment of the thread that this one replies to.
    pub reply_to: Option<Id<Comment>>,
    /// Whether it is a question of the city to the reviewers.
    pub question: bool,
}

impl CommentBody {
    #[must_use]
    pub const fn about_whole_report(text: Prose) -> Self {
        Self { text, pointer: None, reply_to: None, question: false }
    }
}

impl Comment {
    #[must_use]
    pub fn new(
        id: Id<Self>,
        report: &Report,
        kind: CommentKind,
        body: CommentBody,
        by: CommentAuthor,
    ) -> Self {
        Self {
            id,
            report: report.id,
            code: report.code.clone(),
            cycle: report.cycle.clone(),
            text: body.text,
            pointer: body.pointer,
            author: by.author,
            at: by.at,
            kind,
            question: body.question,
            resolved_at: None,
            resolved_by: None,
            reply_to: body.reply_to,
            from_city: Some(by.from_city),
            version: 1,
        }
    }

    /// Resolves a comment or opens it again. Returns `None` if nothing changes, so that the user who resolved it first
    /// stays recorded.
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
