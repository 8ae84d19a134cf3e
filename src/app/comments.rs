//! Comments on reports, and their threads.

use chrono::{DateTime, Utc};

use super::{
    merge::PatchMember,
    precondition::Precondition,
    refusal::{AppResult, Refusal},
};
use crate::{
    domain::{
        comment::{Comment, CommentAuthor, CommentBody, CommentKind, RawComment},
        fault::ValueFault,
        id::Id,
        message,
        policy::{
            Authorized, CommentReport, PolicyAction, PolicyResource as _, ResolveComment, Saves,
        },
        project::ProjectCode,
        report::Report,
        subject::ReportSubject,
        user::Role,
        value::{Prose, Slug},
        workflow::check_commentable,
    },
    store::{
        Caller, Change, Conn, RecordWriter as _, StoreResult, Tx, WriteProof, comments,
        users::{self, PersonNames},
    },
};

/// A comment with the names of its persons.
#[derive(Debug, Clone)]
pub(crate) struct CommentDetail {
    pub(crate) comment: Comment,
    pub(crate) author_name: String,
    /// The name of the person who resolved the thread; none if the thread is open.
    pub(crate) resolver_name: Option<String>,
}

impl CommentDetail {
    fn new(comment: Comment, names: &PersonNames) -> Self {
        let name = |user| names.name_of(user).unwrap_or_default().to_owned();
        Self {
            author_name: name(comment.author),
            resolver_name: comment.resolved_by.map(name),
            comment,
        }
    }
}

/// Loads the names of the persons of comments.
pub(crate) fn load_details(
    conn: &mut Conn,
    comments: Vec<Comment>,
) -> StoreResult<Vec<CommentDetail>> {
    let persons = |c: &Comment| [Some(c.author), c.resolved_by].into_iter().flatten();
    let names = users::load_names(conn, comments.iter().flat_map(persons))?;
    Ok(comments.into_iter().map(|comment| CommentDetail::new(comment, &names)).collect())
}

/// Loads the names of the persons of a comment.
pub(crate) fn load_detail(conn: &mut Conn, comment: Comment) -> StoreResult<CommentDetail> {
    let persons = [Some(comment.author), comment.resolved_by];
    let names = users::load_names(conn, persons.into_iter().flatten())?;
    Ok(CommentDetail::new(comment, &names))
}

/// A request to comment on a report.
#[derive(Debug, Clone)]
pub(crate) struct NewCommentRequest {
    pub(crate) caller: Caller,
    /// The key of the report.
    pub(crate) key: (ProjectCode, Slug),
    /// The id of the new comment.
    pub(crate) id: Id<Comment>,
}

/// Adds a comment to a report. A reply to a resolved thread opens the thread again.
pub(crate) fn create_comment(
    tx: &mut Tx<'_>,
    request: &NewCommentRequest,
    raw: RawComment,
) -> AppResult<CommentDetail> {
    let proof = tx.prove::<CommentReport>(request.caller, &request.key)?;
    check_commentable(proof.subject())?;
    let report = proof.subject().report.as_ref().ok_or(Refusal::NotFound)?;
    let threads = comments::load_threads(tx.conn(), report.id)?;
    let by = determine_author(&proof, tx.at());
    let body = raw.parse(&threads)?;
    let comment = Comment::new(request.id, report, CommentKind::Note, body, by);
    reopen_thread(tx, &proof, report, &comment)?;
    proof.save(tx, &comment, Change::without_reason("create"))?;
    Ok(load_detail(tx.conn(), comment)?)
}

/// A request to resolve the thread of a comment, or to open it again.
#[derive(Debug, Clone)]
pub(crate) struct ResolveCommentRequest {
    pub(crate) caller: Caller,
    /// The key of the comment.
    pub(crate) key: (ProjectCode, (Slug, Id<Comment>)),
    pub(crate) precondition: Precondition,
    /// Whether the thread is to be resolved. Absent, the thread keeps its state.
    pub(crate) resolved: PatchMember<bool>,
}

/// Resolves the thread that a comment began, or opens it again.
pub(crate) fn resolve_comment(
    tx: &mut Tx<'_>,
    request: &ResolveCommentRequest,
) -> AppResult<CommentDetail> {
    let proof = tx.prove::<ResolveComment>(request.caller, &request.key)?;
    let before = proof.subject().comment.clone();
    request.precondition.check_required(tx, &before)?;
    if before.reply_to.is_some() {
        return Err(Refusal::Conflict(message::report::reply_settled()));
    }
    let resolved = parse_resolved(request.resolved, &before)?;
    if resolved && before.resolved_at.is_none() {
        check_answered(tx, &proof, &before)?;
    }
    let comment = match before.set_resolved(resolved, proof.actor().user(), tx.at()) {
        Some(after) => proof.replace(tx, &before, after, Change::without_reason("edit"))?,
        None => before,
    };
    Ok(load_detail(tx.conn(), comment)?)
}

/// A comment that is written together with a change of its report.
#[derive(Debug, Clone)]
pub(super) struct ChangeComment {
    pub(super) id: Id<Comment>,
    pub(super) kind: CommentKind,
    pub(super) text: Prose,
}

/// Saves the comment of a change, on the whole report.
pub(super) fn save_change_comment<A: PolicyAction<Subject = ReportSubject> + Saves<Comment>>(
    tx: &mut Tx<'_>,
    proof: &WriteProof<A>,
    report: &Report,
    comment: ChangeComment,
) -> AppResult<()> {
    let (by, body) =
        (determine_author(proof, tx.at()), CommentBody::about_whole_report(comment.text));
    let comment = Comment::new(comment.id, report, comment.kind, body, by);
    Ok(proof.save(tx, &comment, Change::without_reason("create"))?)
}

/// A reply to a resolved thread opens it again, so that nobody misses the reply.
fn reopen_thread(
    tx: &mut Tx<'_>,
    proof: &WriteProof<CommentReport>,
    report: &Report,
    reply: &Comment,
) -> AppResult<()> {
    let Some(root) = reply.reply_to else { return Ok(()) };
    let root = comments::find(tx.conn(), report, root)?.ok_or(Refusal::NotFound)?;
    if let Some(open) = root.set_resolved(false, reply.author, reply.at) {
        proof.replace(tx, &root, open, Change::without_reason("edit"))?;
    }
    Ok(())
}

/// Makes sure that the city has answered a reviewers' question before it resolves the question. Reviewers may resolve
/// it at any time.
fn check_answered(
    tx: &mut Tx<'_>,
    proof: &Authorized<ResolveComment>,
    question: &Comment,
) -> AppResult<()> {
    if !determine_author(proof, tx.at()).from_city {
        return Ok(());
    }
    let threads = comments::load_threads(tx.conn(), question.report)?;
    if threads.iter().any(|thread| thread.id == question.id && thread.blocks_submission()) {
        return Err(Refusal::Conflict(message::report::question_unanswered()));
    }
    Ok(())
}

fn determine_author<A: PolicyAction>(proof: &Authorized<A>, at: DateTime<Utc>) -> CommentAuthor {
    let place = proof.subject().record_place();
    let from_city = proof.actor().has_role_at(&[Role::CityOfficer], &place);
    CommentAuthor { author: proof.actor().user(), from_city, at }
}

/// Returns whether the comment is to be resolved. A patch without the member keeps the present value.
fn parse_resolved(resolved: PatchMember<bool>, before: &Comment) -> AppResult<bool> {
    match resolved {
        None => Ok(before.resolved_at.is_some()),
        Some(Some(resolved)) => Ok(resolved),
        Some(None) => Err(Refusal::invalid_value("/resolved", ValueFault::required())),
    }
}
