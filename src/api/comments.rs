//! Comments on reports, and their threads.

use actix_web::web::Data;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{
    answer::Answer,
    body::{Json, Query},
    error::{ApiError, ApiResult},
    may::May,
    page::{PageRequest, list_type},
    precondition::{VersionRefused, VersionRequired},
    service_config::ServiceConfig,
    state::State,
    views::{PersonView, patch::some},
};
use crate::{
    app::{
        self,
        comments::{CommentDetail, NewCommentRequest, ResolveCommentRequest},
    },
    clock,
    domain::{
        comment::{CommentKind, RawComment},
        id::Id,
        policy::{CommentReport, ListComments, ReadComment, ResolveComment},
    },
    store::{
        Conn, StoreResult,
        comments::{self, CommentPage},
    },
};

pub(super) fn register_routes(cfg: &mut ServiceConfig) {
    cfg.get(operation!(list_comments))
        .post(operation!(create_comment))
        .get(operation!(get_comment))
        .patch(operation!(resolve_comment));
}

/// A new comment.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewComment {
    /// Text of the comment, at most 10,000 characters.
    #[schema(
        max_length = 10_000,
        required,
        nullable = false,
        example = "Which districts are meant?"
    )]
    pub text: Option<String>,
    /// JSON pointer to the field that the comment is about, at most 200 characters. A comment without it is about the
    /// whole report.
    #[schema(max_length = 200, example = "/achievements")]
    pub pointer: Option<String>,
    /// Identifier of a comment on the same report, if this comment is a reply: any comment of the thread.
    #[schema(format = Uuid)]
    pub reply_to: Option<String>,
    /// `true` marks the comment as a question of the city to the reviewers; `false` when absent. The national
    /// representative and the secretariat read a question even if the report was never submitted. They read nothing
    /// else of such a report.
    #[schema(example = false)]
    pub question: Option<bool>,
}

impl From<NewComment> for RawComment {
    fn from(c: NewComment) -> Self {
        Self { text: c.text, pointer: c.pointer, reply_to: c.reply_to, question: c.question }
    }
}

/// A patch of a comment. The text of a comment never changes.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CommentPatch {
    /// `true` resolves the thread, `false` opens it again.
    #[serde(default, deserialize_with = "some")]
    #[schema(value_type = Option<bool>, nullable = false, example = true)]
    pub resolved: Option<Option<bool>>,
}

/// Page of the list of comments.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct CommentParams {
    /// Cursor of the page: `next` of the previous page.
    pub cursor: Option<String>,
    /// Number of items on the page, 1 to 1000; 50 when absent.
    #[param(minimum = 1, maximum = 1000)]
    pub limit: Option<i64>,
}

/// A comment on a report.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct CommentView {
    /// Identifier of the comment.
    pub id: Uuid,
    /// Text of the comment.
    pub text: String,
    /// JSON pointer to the field that the comment is about; null if it is about the whole report.
    #[schema(required)]
    pub pointer: Option<String>,
    /// Author of the comment.
    pub author: PersonView,
    /// Time at which the comment was written.
    pub at: DateTime<Utc>,
    /// Whether the comment stands alone, is the reason of a return or a reopening, or was given with an approval.
    pub kind: CommentKind,
    /// Whether the comment was marked as a question of the city to the reviewers.
    pub question: bool,
    /// Time at which the thread was resolved; null if it is open.
    #[schema(required)]
    pub resolved_at: Option<DateTime<Utc>>,
    /// Person who resolved the thread; null if it is open.
    #[schema(required)]
    pub resolved_by: Option<PersonView>,
    /// Identifier of the comment that began the thread; null if this comment began it.
    #[schema(required)]
    pub reply_to: Option<Uuid>,
    /// `true` if the comment was written for the city, `false` if it was written by a reviewer; null if that was not
    /// recorded.
    #[schema(required)]
    pub from_city: Option<bool>,
    /// Version of the comment, from 1.
    pub version: i64,
}
list_type!(
    /// A page of comments, the oldest first.
    CommentList of CommentView
);

impl From<CommentDetail> for CommentView {
    fn from(detail: CommentDetail) -> Self {
        let CommentDetail { comment: c, author_name, resolver_name } = detail;
        let resolver = c.resolved_by.zip(resolver_name);
        Self {
            id: c.id.as_uuid(),
            text: c.text.to_string(),
            pointer: c.pointer,
            author: PersonView { id: c.author.as_uuid(), name: author_name },
            at: c.at,
            kind: c.kind,
            question: c.question,
            resolved_at: c.resolved_at,
            resolved_by: resolver.map(|(id, name)| PersonView { id: id.as_uuid(), name }),
            reply_to: c.reply_to.map(Id::as_uuid),
            from_city: c.from_city,
            version: c.version,
        }
    }
}

/// List comments
///
/// Lists the comments on a report, the oldest first. For officers of the project's city, the national representative of
/// its country and the secretariat. Until the report has been submitted once, the representative and the secretariat get
/// its questions alone (`question`), and 403 if there are none.
#[utoipa::path(get, path = "/projects/{project}/reports/{cycle}/comments",
    tag = "reports", params(CommentParams), responses((status = 200, body = CommentList)))]
async fn list_comments(
    may: May<ListComments, Query<CommentParams>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let (project, cycle) = &may.key;
    let path = format!("/api/v1/projects/{project}/reports/{cycle}/comments");
    let params = may.body.0;
    let request = PageRequest::from_parameters(&path, &(), params.cursor.as_deref(), params.limit)?;
    let subject = may.proof.subject();
    let page = CommentPage {
        report: subject.report.as_ref().ok_or(ApiError::NotFound)?.id,
        questions_only: subject.shows_only_questions(&may.actor),
        after: request.after.map(Id::new),
        limit: request.limit + 1,
    };
    let read = move |c: &mut Conn| -> StoreResult<_> {
        let (comments, total) = comments::list(c, &page)?;
        Ok((app::comments::load_details(c, comments)?, total))
    };
    let (details, total) = state.db.read(read).await?;
    let page = request.build_page(details, total, |d| d.comment.id.as_uuid(), CommentView::from)?;
    let list = CommentList::from(page);
    request.answer_list(&list, list.next.as_deref())
}

/// Read a comment
///
/// Returns one comment on a report. For officers of the project's city, the national representative of its country and
/// the secretariat. Until the report has been submitted once, the representative and the secretariat get its questions
/// alone (`question`), and 403 for any other comment.
#[utoipa::path(get, path = "/projects/{project}/reports/{cycle}/comments/{id}", tag = "reports",
    responses((status = 200, body = CommentView)))]
async fn get_comment(may: May<ReadComment>, state: Data<State>) -> ApiResult<Answer> {
    let comment = may.proof.into_subject().comment;
    let detail = state.db.read_point(move |c| app::comments::load_detail(c, comment)).await?;
    let view = CommentView::from(detail);
    Answer::from_record(view.version, &view)
}

/// Comment on a report
///
/// Adds a comment on the report or on one of its fields, or a reply to a comment. For officers of the project's city,
/// the national representative of its country and the secretariat. On a report that was never submitted only officers of
/// its city may comment; the representative and the secretariat get 403. They read such a comment only if it is a
/// question (`question`), and all comments as soon as the report is submitted. A comment does not make its author a
/// contributor to the report, so that a reviewer who comments may still decide on it. A reply to a resolved thread
/// opens the thread again.
#[utoipa::path(post, path = "/projects/{project}/reports/{cycle}/comments",
    tag = "reports", request_body = NewComment, responses((status = 201, body = CommentView)))]
async fn create_comment(
    may: May<CommentReport, Json<NewComment>, VersionRefused>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let (key, Json(body)) = (may.key, may.body);
    let id = Id::new(clock::generate_uuid());
    let location = format!("/api/v1/projects/{}/reports/{}/comments/{id}", key.0, key.1);
    let request = NewCommentRequest { caller: may.caller, key, id };
    let detail =
        state.db.write(move |tx| app::comments::create_comment(tx, &request, body.into())).await?;
    let view = CommentView::from(detail);
    Ok(Answer::from_record(view.version, &view)?.mark_created(location))
}

/// Resolve a comment
///
/// Marks the thread that the comment began as resolved, or opens it again. No text changes. For officers of the
/// project's city, the national representative of its country and the secretariat. The representative and the
/// secretariat may resolve a thread at any time. An officer may resolve a question of theirs only after the city has
/// answered it; before, the answer is 409. A reply cannot be resolved by itself: the answer is 409.
#[utoipa::path(patch, path = "/projects/{project}/reports/{cycle}/comments/{id}",
    tag = "reports", request_body = CommentPatch, responses((status = 200, body = CommentView)))]
async fn resolve_comment(
    may: May<ResolveComment, Json<CommentPatch>, VersionRequired>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let request = ResolveCommentRequest {
        caller: may.caller,
        key: may.key,
        precondition: may.precondition.into(),
        resolved: may.body.0.resolved,
    };
    let detail = state.db.write(move |tx| app::comments::resolve_comment(tx, &request)).await?;
    let view = CommentView::from(detail);
    Answer::from_record(view.version, &view)
}
