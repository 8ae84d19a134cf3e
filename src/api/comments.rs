//! Comments on reports, and their threads.

use actix_web::{get, patch, post, web::Data};
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
    service_config::ServiceConfig,
    state::State,
    views::{PersonView, patch::some},
};
use crate::{
    clock,
    domain::{
        comment::{Comment, CommentAuthor, CommentKind, RawComment},
        fault::{FaultList, ValueFault},
        id::Id,
        policy::{
            Authorized, CommentReport, PolicyAction, PolicyResource as _, ReadComment,
            ReadReportInside, ResolveComment,
        },
        report::Report,
        user::{Role, User},
        workflow::check_commentable,
    },
    store::{Change, Conn, RecordWriter as _, StoreResult, Tx, WriteProof, comments, users},
};

pub(super) fn register_routes(cfg: &mut ServiceConfig) {
    cfg.service(list_comments)
        .service(create_comment)
        .service(get_comment)
        .service(resolve_comment);
}

/// A new comment.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewComment {
    /// Text of the comment, at most 10,000 characters.
    #[schema(required, nullable = false, example = "Which districts are meant?")]
    pub text: Option<String>,
    /// JSON pointer to the field that the comment is about, at most 200 characters. A comment without it is about the
    /// whole report.
    #[schema(example = "/achievements")]
    pub pointer: Option<String>,
    /// Identifier of a comment on the same report, if this comment is a reply: any comment of the thread.
    #[schema(format = Uuid)]
    pub reply_to: Option<String>,
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
    /// Whether the comment stands alone, or is the reason of a return or a reopening.
    pub kind: CommentKind,
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

/// Builds the views of comments, with the names of the persons.
pub(super) fn load_views(conn: &mut Conn, comments: Vec<Comment>) -> StoreResult<Vec<CommentView>> {
    let people = |c: &Comment| [Some(c.author), c.resolved_by].into_iter().flatten();
    let names = users::load_names(conn, comments.iter().flat_map(people))?;
    let person = |id: Id<User>| PersonView {
        id: id.as_uuid(),
        name: names.name_of(id).unwrap_or_default().to_owned(),
    };
    let view = |c: Comment| CommentView {
        id: c.id.as_uuid(),
        text: c.text.to_string(),
        pointer: c.pointer,
        author: person(c.author),
        at: c.at,
        kind: c.kind,
        resolved_at: c.resolved_at,
        resolved_by: c.resolved_by.map(person),
        reply_to: c.reply_to.map(Id::as_uuid),
        from_city: c.from_city,
        version: c.version,
    };
    Ok(comments.into_iter().map(view).collect())
}

fn load_view(conn: &mut Conn, comment: Comment) -> ApiResult<CommentView> {
    load_views(conn, vec![comment])?.pop().ok_or(ApiError::NotFound)
}

/// List comments
///
/// Lists the comments on a report, the oldest first. For officers of the project's city, the national representative of
/// its country and the secretariat; the representative and the secretariat get 403 until the report has been submitted
/// once.
#[utoipa::path(tag = "reports", params(CommentParams), responses((status = 200, body = CommentList)))]
#[get("/projects/{project}/reports/{cycle}/comments")]
async fn list_comments(
    may: May<ReadReportInside, Query<CommentParams>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let (project, cycle) = &may.key;
    let path = format!("/api/v1/projects/{project}/reports/{cycle}/comments");
    let params = may.body.0;
    let request = PageRequest::from_parameters(&path, &(), params.cursor.as_deref(), params.limit)?;
    let report = may.proof.subject().report.as_ref().ok_or(ApiError::NotFound)?.id;
    let (after, limit) = (request.after, request.limit + 1);
    let read = move |c: &mut Conn| -> StoreResult<_> {
        let (comments, total) = comments::list(c, report, after.map(Id::new), limit)?;
        Ok((load_views(c, comments)?, total))
    };
    let (views, total) = state.db.read(read).await?;
    let list = CommentList::from(request.build_page(views, total, |v| v.id, |v| v)?);
    request.answer_list(&list, list.next.as_deref())
}

/// Read a comment
///
/// Returns one comment on a report. For officers of the project's city, the national representative of its country and
/// the secretariat; the representative and the secretariat get 403 until the report has been submitted once.
#[utoipa::path(tag = "reports", responses((status = 200, body = CommentView)))]
#[get("/projects/{project}/reports/{cycle}/comments/{id}")]
async fn get_comment(may: May<ReadComment>, state: Data<State>) -> ApiResult<Answer> {
    let comment = may.proof.into_subject().comment;
    let view = state.db.read_point(move |c| load_view(c, comment)).await?;
    Answer::from_record(view.version, &view)
}

/// Comment on a report
///
/// Adds a comment on the report or on one of its fields, or a reply to a comment. For officers of the project's city,
/// the national representative of its country and the secretariat. A report that was never submitted cannot be
/// commented on: officers get 409, the representative and the secretariat 403. A comment does not make its author a
/// contributor to the report, so that a reviewer who comments may still decide on it. A reply to a resolved thread
/// opens the thread again.
#[utoipa::path(tag = "reports", request_body = NewComment, responses((status = 201, body = CommentView)))]
#[post("/projects/{project}/reports/{cycle}/comments")]
async fn create_comment(
    may: May<CommentReport, Json<NewComment>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    may.precondition.check_absent()?;
    let (caller, key, Json(body)) = (may.caller, may.key, may.body);
    let id = Id::new(clock::generate_uuid());
    let location = format!("/api/v1/projects/{}/reports/{}/comments/{id}", key.0, key.1);
    let view = state
        .db
        .write(move |tx| {
            let proof = tx.prove::<CommentReport>(caller, &key)?;
            check_commentable(proof.subject())?;
            let report = proof.subject().report.as_ref().ok_or(ApiError::NotFound)?;
            let threads = comments::load_threads(tx.conn(), report.id)?;
            let raw =
                RawComment { text: body.text, pointer: body.pointer, reply_to: body.reply_to };
            let by = determine_author(&proof, tx.at());
            let comment = Comment::new(id, report, CommentKind::Note, raw.parse(&threads)?, by);
            reopen_thread(tx, &proof, report, &comment)?;
            proof.save(tx, &comment, Change::without_reason("create"))?;
            load_view(tx.conn(), comment)
        })
        .await?;
    Ok(Answer::from_record(view.version, &view)?.mark_created(location))
}

/// Resolve a comment
///
/// Marks the thread that the comment began as resolved, or opens it again. No text changes. For officers of the
/// project's city, the national representative of its country and the secretariat. The representative and the
/// secretariat may resolve a thread at any time. An officer may resolve a question of theirs only after the city has
/// answered it; before, the answer is 409. A reply cannot be resolved by itself: the answer is 409.
#[utoipa::path(tag = "reports", request_body = CommentPatch, responses((status = 200, body = CommentView)))]
#[patch("/projects/{project}/reports/{cycle}/comments/{id}")]
async fn resolve_comment(
    may: May<ResolveComment, Json<CommentPatch>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let (caller, key, precondition, Json(body)) = (may.caller, may.key, may.precondition, may.body);
    let view = state
        .db
        .write(move |tx| {
            let proof = tx.prove::<ResolveComment>(caller, &key)?;
            let before = proof.subject().comment.clone();
            precondition.check_required(tx, &before)?;
            if before.reply_to.is_some() {
                return Err(ApiError::Conflict("a reply is settled with its thread".into()));
            }
            let resolved = parse_resolved(&body, &before)?;
            if resolved && before.resolved_at.is_none() {
                check_answered(tx, &proof, &before)?;
            }
            let after = before.set_resolved(resolved, proof.actor().user(), tx.at());
            if let Some(after) = &after {
                proof.save(tx, after, Change::without_reason("edit"))?;
            }
            load_view(tx.conn(), after.unwrap_or(before))
        })
        .await?;
    Answer::from_record(view.version, &view)
}

/// A reply to a resolved thread opens it again, so that nobody misses the reply.
fn reopen_thread(
    tx: &mut Tx<'_>,
    proof: &WriteProof<CommentReport>,
    report: &Report,
    reply: &Comment,
) -> ApiResult<()> {
    let Some(root) = reply.reply_to else { return Ok(()) };
    let root = comments::find(tx.conn(), report, root)?.ok_or(ApiError::NotFound)?;
    if let Some(open) = root.set_resolved(false, reply.author, reply.at) {
        proof.save(tx, &open, Change::without_reason("edit"))?;
    }
    Ok(())
}

/// Makes sure that the city has answered a reviewers' question before it resolves the question. Reviewers may resolve
/// it at any time.
fn check_answered(
    tx: &mut Tx<'_>,
    proof: &Authorized<ResolveComment>,
    question: &Comment,
) -> ApiResult<()> {
    if !determine_author(proof, tx.at()).from_city {
        return Ok(());
    }
    let threads = comments::load_threads(tx.conn(), question.report)?;
    if threads.iter().any(|thread| thread.id == question.id && thread.blocks_submission()) {
        let first = "a question of the reviewers is settled by the city once it has answered: reply to it first";
        return Err(ApiError::Conflict(first.to_owned()));
    }
    Ok(())
}

pub(super) fn determine_author<A: PolicyAction>(
    proof: &Authorized<A>,
    at: DateTime<Utc>,
) -> CommentAuthor {
    let place = proof.subject().record_place();
    let from_city = proof.actor().has_role_at(&[Role::CityOfficer], &place);
    CommentAuthor { author: proof.actor().user(), from_city, at }
}

/// Returns whether the comment is to be resolved. A patch without the member keeps the present value.
fn parse_resolved(patch: &CommentPatch, before: &Comment) -> ApiResult<bool> {
    match patch.resolved {
        None => Ok(before.resolved_at.is_some()),
        Some(Some(resolved)) => Ok(resolved),
        Some(None) => {
            let mut faults = FaultList::new();
            faults.add("/resolved", ValueFault::required());
            Err(faults.into_vec().into())
        }
    }
}
