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
