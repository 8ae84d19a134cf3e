//! Comments on reports.

use std::collections::HashMap;

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
        user::Role,
        workflow::check_commentable,
    },
    store::{Change, Conn, StoreResult, Tx, comments, users},
};

/// Registers the operations of this file.
pub(super) fn register_routes(cfg: &mut ServiceConfig) {
    cfg.service(list_comments)
        .service(create_comment)
        .service(get_comment)
        .service(resolve_comment);
}

/// A comment to be written.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewComment {
    /// What it says.
    #[schema(required, nullable = false, example = "Which districts are meant?")]
    pub text: Option<String>,
    /// The field it is about, as a JSON pointer; none for the whole report.
    #[schema(example = "/achievements")]
    pub pointer: Option<String>,
    /// The comment that it answers, on the same report: any of its thread.
    #[schema(format = Uuid)]
    pub reply_to: Option<String>,
}

/// What can change on a comment: nobody changes what was said.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CommentPatch {
    /// Whether it is settled.
    #[serde(default, deserialize_with = "some")]
    #[schema(value_type = Option<bool>, nullable = false, example = true)]
    pub resolved: Option<Option<bool>>,
}

/// Which page of the comments.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct CommentParams {
    /// Where to go on: `next` of the page before.
    pub cursor: Option<String>,
    /// Items on the page, 1 to 1000; 50 when absent.
    #[param(minimum = 1, maximum = 1000)]
    pub limit: Option<i64>,
}

/// A comment on a report.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct CommentView {
    /// The comment's identifier.
    pub id: Uuid,
    /// What it says.
    pub text: String,
    /// The field it is about, as a JSON pointer; null for the whole report.
    #[schema(required)]
    pub pointer: Option<String>,
    /// Who wrote it.
    pub author: PersonView,
    /// When.
    pub at: DateTime<Utc>,
    /// What it came with.
    pub kind: CommentKind,
    /// When it was settled.
    #[schema(required)]
    pub resolved_at: Option<DateTime<Utc>>,
    /// Who settled it.
    #[schema(required)]
    pub resolved_by: Option<PersonView>,
    /// The comment that its thread began with; null for one that begins a thread.
    #[schema(required)]
    pub reply_to: Option<Uuid>,
    /// Whether it was written for the city, rather than by those who review; null where that was not recorded.
    #[schema(required)]
    pub from_city: Option<bool>,
    /// Counts the changes of the comment.
    pub version: i64,
}
list_type!(
    /// Comments, in the order of their writing.
    CommentList of CommentView
);

/// Shows comments with the names of the people in them.
///
/// # Errors
/// Failures of the database.
pub(super) fn load_views(conn: &mut Conn, comments: Vec<Comment>) -> StoreResult<Vec<CommentView>> {
    let people = |c: &Comment| [Some(c.author), c.resolved_by].into_iter().flatten();
    let mut ids: Vec<Uuid> = comments.iter().flat_map(people).map(Id::as_uuid).collect();
    ids.sort_unstable();
    ids.dedup();
    let names: HashMap<Uuid, String> = users::list_names(conn, &ids)?.into_iter().collect();
    let person = |id: Uuid| PersonView { id, name: names.get(&id).cloned().unwrap_or_default() };
    let view = |c: Comment| CommentView {
        id: c.id.as_uuid(),
        text: c.text.to_string(),
        pointer: c.pointer,
        author: person(c.author.as_uuid()),
        at: c.at,
        kind: c.kind,
        resolved_at: c.resolved_at,
        resolved_by: c.resolved_by.map(|id| person(id.as_uuid())),
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
/// On a report, in the order of their writing: for its city, its representative and the secretariat.
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
/// For the report's city, its representative and the secretariat.
#[utoipa::path(tag = "reports", responses((status = 200, body = CommentView)))]
#[get("/projects/{project}/reports/{cycle}/comments/{id}")]
async fn get_comment(may: May<ReadComment>, state: Data<State>) -> ApiResult<Answer> {
    let comment = may.proof.into_subject().comment;
    let view = state.db.read_point(move |c| load_view(c, comment)).await?;
    Answer::from_record(view.version, &view)
}

/// Comment on a report
///
/// For its city, its representative and the secretariat, once it was submitted. A comment adds no hand in the report. A reply
/// opens its thread again where that was settled.
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
            reopen_thread(tx, report, &comment)?;
            tx.save(&comment, Change::without_reason("create"))?;
            load_view(tx.conn(), comment)
        })
        .await?;
    Ok(Answer::from_record(view.version, &view)?.mark_created(location))
}

/// Settle a comment
///
/// Marks a thread as settled, by the comment that it began with, or as open again. What was said stays for ever. Those who
/// review settle a thread any time; the city settles a question of theirs once it has answered it, and is told so with 409.
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
                tx.save(after, Change::without_reason("edit"))?;
            }
            load_view(tx.conn(), after.unwrap_or(before))
        })
        .await?;
    Answer::from_record(view.version, &view)
}

/// Opens a settled thread again with a reply to it: whoever speaks once more, whichever side it is, is not to be missed.
fn reopen_thread(tx: &mut Tx<'_>, report: &Report, reply: &Comment) -> ApiResult<()> {
    let Some(root) = reply.reply_to else { return Ok(()) };
    let root = comments::find(tx.conn(), report, root)?.ok_or(ApiError::NotFound)?;
    if let Some(open) = root.set_resolved(false, reply.author, reply.at) {
        tx.save(&open, Change::without_reason("edit"))?;
    }
    Ok(())
}

/// Makes sure that the city does not settle a question of the reviewers without a word: they may settle it any time, the
/// city once the last word is its own.
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

/// Says who speaks, and whether for the city.
pub(super) fn determine_author<A: PolicyAction>(
    proof: &Authorized<A>,
    at: DateTime<Utc>,
) -> CommentAuthor {
    let place = proof.subject().record_place();
    let from_city = proof.actor().has_role_at(&[Role::CityOfficer], &place);
    CommentAuthor { author: proof.actor().user(), from_city, at }
}

/// Reads whether the comment is to be settled; a patch without the member keeps it as it is.
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
