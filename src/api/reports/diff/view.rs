//! A difference as it is answered.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::{
    api::comments::CommentView,
    domain::{
        project::ProjectCode,
        report::diff::{
            FieldDiff, FieldKind, ItemDiff, ItemOp,
            word_diff::{RunOp, TextRun},
        },
        value::Slug,
    },
};

/// What became another in a report between two versions.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct DiffView {
    /// The project.
    #[schema(example = "da-nang-4")]
    pub project: String,
    /// The cycle.
    #[schema(example = "me-2026")]
    pub cycle: String,
    /// The version before; null when nothing was ever approved: then everything is new.
    #[schema(required)]
    pub from: Option<VersionView>,
    /// The version after.
    pub to: VersionView,
    /// The fields that say something else, in the order in which a report is written.
    pub fields: Vec<FieldDiffView>,
    /// The comments on the whole report, and on fields that say the same.
    pub comments: Vec<CommentView>,
}

/// A version of a report.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct VersionView {
    /// Its cycle: an earlier one where a first report is compared with the latest that was approved.
    #[schema(example = "me-2026")]
    pub cycle: String,
    /// The version.
    pub version: i64,
    /// When it came to be.
    pub at: DateTime<Utc>,
    /// By what.
    #[schema(example = "approve")]
    pub action: String,
}

/// A field that says something else.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct FieldDiffView {
    /// The field, as a JSON pointer into the report; below `/header` for the project's frozen record.
    #[schema(example = "/achievements")]
    pub pointer: String,
    /// How it was compared.
    pub kind: FieldKind,
    /// What it said.
    #[schema(required, value_type = Value)]
    pub from: Value,
    /// What it says.
    #[schema(required, value_type = Value)]
    pub to: Value,
    /// What became of the words of a text: those that are equal or deleted give the text before, those that are equal or
    /// inserted the text after.
    pub words: Vec<WordsView>,
    /// What became of the items of a list.
    pub items: Vec<ItemDiffView>,
    /// The comments on this field.
    pub comments: Vec<CommentView>,
}

/// A piece of a text.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct WordsView {
    /// What became of it.
    pub op: RunOp,
    /// The text.
    #[schema(example = "three of four ")]
    pub text: String,
}

/// An item of a list that became another.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ItemDiffView {
    /// What became of it.
    pub op: ItemOp,
    /// What it is known by: the milestone, the indicator and the day, the address, the id, or the word itself.
    pub key: String,
    /// What it said; null when it was not there.
    #[schema(required, value_type = Value)]
    pub from: Value,
    /// What it says; null when it is gone.
    #[schema(required, value_type = Value)]
    pub to: Value,
}

impl From<TextRun> for WordsView {
    fn from(r: TextRun) -> Self {
        Self { op: r.op, text: r.text }
    }
}
impl From<ItemDiff> for ItemDiffView {
    fn from(i: ItemDiff) -> Self {
        Self { op: i.op, key: i.key, from: i.from, to: i.to }
    }
}

impl FieldDiffView {
    fn new(diff: FieldDiff, comments: Vec<CommentView>) -> Self {
        Self {
            pointer: diff.pointer,
            kind: diff.kind,
            from: diff.from,
            to: diff.to,
            words: diff.words.into_iter().map(WordsView::from).collect(),
            items: diff.items.into_iter().map(ItemDiffView::from).collect(),
            comments,
        }
    }
}

/// Says whether a comment is on a field or something inside it. Readiness calls the project's record `/project`.
fn is_on_field(comment: &CommentView, field: &str) -> bool {
    let Some(pointer) = &comment.pointer else { return false };
    let pointer = match pointer.strip_prefix("/project/") {
        Some(name) => format!("/header/{name}"),
        None => pointer.clone(),
    };
    pointer.strip_prefix(field).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

impl DiffView {
    /// Puts the comments where they belong.
    pub(super) fn new(
        (project, cycle): (&ProjectCode, &Slug),
        (from, to): (Option<VersionView>, VersionView),
        fields: Vec<FieldDiff>,
        mut comments: Vec<CommentView>,
    ) -> Self {
        let mut views = Vec::with_capacity(fields.len());
        for field in fields {
            let (here, elsewhere) =
                comments.into_iter().partition(|c| is_on_field(c, &field.pointer));
            comments = elsewhere;
            views.push(FieldDiffView::new(field, here));
        }
        Self {
            project: project.to_string(),
            cycle: cycle.to_string(),
            from,
            to,
            fields: views,
            comments,
        }
    }
}
