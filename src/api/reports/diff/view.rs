//! The view of a comparison of two versions.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::{
    api::comments::CommentView,
    domain::{
        report::diff::{
            FieldDiff, FieldKind, ItemDiff, ItemOp,
            word_diff::{RunOp, TextRun},
        },
        subject::ReportSubject,
    },
};

/// The differences between two versions of a report.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct DiffView {
    /// Code of the project.
    #[schema(example = "da-nang-4")]
    pub project: String,
    /// Slug of the cycle.
    #[schema(example = "me-2026")]
    pub cycle: String,
    /// The earlier version. Null if nothing was ever approved; then every value is new.
    #[schema(required)]
    pub from: Option<VersionView>,
    /// The later version.
    pub to: VersionView,
    /// The fields that differ, in the order in which a report is written.
    pub fields: Vec<FieldDiffView>,
    /// Comments on the whole report, and on fields that do not differ.
    pub comments: Vec<CommentView>,
}

/// A version of a report.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct VersionView {
    /// Slug of the cycle. It is an earlier cycle if a first report is compared with the latest approved one.
    #[schema(example = "me-2026")]
    pub cycle: String,
    /// Number of the version.
    pub version: i64,
    /// Time at which the version was written.
    pub at: DateTime<Utc>,
    /// Action that wrote the version.
    #[schema(example = "approve")]
    pub action: String,
}

/// A field that differs.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct FieldDiffView {
    /// JSON pointer to the field of the report; it begins with `/header` for a field of the project's frozen record.
    #[schema(example = "/achievements")]
    pub pointer: String,
    /// Kind of the comparison: by words, by items, or as a whole.
    pub kind: FieldKind,
    /// Value in the earlier version.
    #[schema(required, value_type = Value)]
    pub from: Value,
    /// Value in the later version.
    #[schema(required, value_type = Value)]
    pub to: Value,
    /// Runs of words, if the field is a text. The runs `equal` and `delete` together give the earlier text, the runs
    /// `equal` and `insert` the later text.
    pub words: Vec<WordsView>,
    /// Items that differ, if the field is a list.
    pub items: Vec<ItemDiffView>,
    /// Comments on this field.
    pub comments: Vec<CommentView>,
}

/// A run of words.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct WordsView {
    /// Whether the run is in both texts, in the later one only, or in the earlier one only.
    pub op: RunOp,
    /// Text of the run.
    #[schema(example = "three of four ")]
    pub text: String,
}

/// An item of a list that differs.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ItemDiffView {
    /// Whether the item was added, removed or changed.
    pub op: ItemOp,
    /// Key of the item: the milestone, the indicator and the day, the address, the identifier, or the value itself.
    pub key: String,
    /// Item in the earlier version; null if it was added.
    #[schema(required, value_type = Value)]
    pub from: Value,
    /// Item in the later version; null if it was removed.
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

/// Returns `true` if a comment is on the field or on something inside it. Comments name the project's record
/// `/project`.
fn is_on_field(comment: &CommentView, field: &str) -> bool {
    let Some(pointer) = &comment.pointer else { return false };
    let pointer = match pointer.strip_prefix("/project/") {
        Some(name) => format!("/header/{name}"),
        None => pointer.clone(),
    };
    pointer.strip_prefix(field).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The two versions of a comparison.
pub(super) struct ComparedVersions {
    /// The earlier version; `None` if there is none.
    pub(super) from: Option<VersionView>,
    pub(super) to: VersionView,
}

impl DiffView {
    pub(super) fn new(
        subject: &ReportSubject,
        versions: ComparedVersions,
        fields: Vec<FieldDiff>,
        mut comments: Vec<CommentView>,
    ) -> Self {
        let mut views = Vec::with_capacity(fields.len());
        for field in fields {
            let (own, others) = comments.into_iter().partition(|c| is_on_field(c, &field.pointer));
            comments = others;
            views.push(FieldDiffView::new(field, own));
        }
        Self {
            project: subject.project.code.to_string(),
            cycle: subject.cycle.slug.to_string(),
            from: versions.from,
            to: versions.to,
            fields: views,
            comments,
        }
    }
}
