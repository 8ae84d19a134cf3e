//! Comments on reports.

use diesel::prelude::*;

use super::{
    Conn, StoreError, StoreResult,
    conn::on,
    load::LoadByKey,
    schema::{comments, reports},
    tx::{impl_journaled_record, impl_record},
    types::{StoredTimestamp, StoredUuid},
};
use crate::domain::{
    comment::{
        Comment, CommentKind,
        thread::{CommentThread, ThreadEntry, group_into_threads},
    },
    id::Id,
    policy::{Act, Actor},
    project::ProjectCode,
    report::Report,
    subject::{CommentSubject, ReportSubject},
    value::{Prose, Slug},
};

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = comments, treat_none_as_null = true)]
struct CommentRow {
    id: StoredUuid,
    report_id: StoredUuid,
    code: String,
    cycle: String,
    body: String,
    pointer: Option<String>,
    author: StoredUuid,
    written_at: StoredTimestamp,
    kind: String,
    question: bool,
    resolved_at: Option<StoredTimestamp>,
    resolved_by: Option<StoredUuid>,
    version: i64,
    reply_to: Option<StoredUuid>,
    from_city: Option<bool>,
}

impl TryFrom<&Comment> for CommentRow {
    type Error = StoreError;
    fn try_from(c: &Comment) -> StoreResult<Self> {
        Ok(Self {
            id: c.id.into(),
            report_id: c.report.into(),
            code: c.code.to_string(),
            cycle: c.cycle.to_string(),
            body: c.text.to_string(),
            pointer: c.pointer.clone(),
            author: c.author.into(),
            written_at: StoredTimestamp(c.at),
            kind: c.kind.to_string(),
            question: c.question,
            resolved_at: c.resolved_at.map(StoredTimestamp),
            resolved_by: c.resolved_by.map(StoredUuid::from),
            version: c.version,
            reply_to: c.reply_to.map(StoredUuid::from),
            from_city: c.from_city,
        })
    }
}
impl TryFrom<CommentRow> for Comment {
    type Error = StoreError;
    fn try_from(r: CommentRow) -> StoreResult<Self> {
        Ok(Self {
            id: r.id.into(),
            report: r.report_id.into(),
            code: ProjectCode::parse(r.code)?,
            cycle: Slug::parse(r.cycle)?,
            text: Prose::parse(r.body)?,
            pointer: r.pointer,
            author: r.author.into(),
            at: r.written_at.0,
            kind: CommentKind::parse(r.kind)?,
            question: r.question,
            resolved_at: r.resolved_at.map(|t| t.0),
            resolved_by: r.resolved_by.map(Id::from),
            reply_to: r.reply_to.map(Id::from),
            from_city: r.from_city,
            version: r.version,
        })
    }
}
impl_journaled_record!(Comment, CommentRow, comments, |c| StoredUuid::from(c.id));
impl_record!(Comment, "comment", private, |r| format!("{}/{}/{}", r.code, r.cycle, r.id));

/// A page of the comments on a report.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CommentPage {
    pub(crate) report: Id<Report>,
    /// Leaves out comments that are no questions.
    pub(crate) questions_only: bool,
    /// The last comment of the page before.
    pub(crate) after: Option<Id<Comment>>,
    pub(crate) limit: i64,
}

/// Returns a page of the comments on a report, in the order in which they were written, and the number of comments on
/// all pages.
pub(crate) fn list(conn: &mut Conn, page: &CommentPage) -> StoreResult<(Vec<Comment>, i64)> {
    let of = comments::report_id.eq(StoredUuid::from(page.report));
    let total = on!(conn, |c, DB| {
        let mut query = comments::table.filter(of).into_boxed::<DB>();
        if page.questions_only {
            query = query.filter(comments::question.eq(true));
        }
        query.count().get_result(c)
    })?;
    let rows: Vec<CommentRow> = on!(conn, |c, DB| {
        let mut query = comments::table
            .filter(of)
            .order(comments::id)
            .limit(page.limit)
            .select(CommentRow::as_select())
            .into_boxed::<DB>();
        if page.questions_only {
            query = query.filter(comments::question.eq(true));
        }
        if let Some(after) = page.after {
            query = query.filter(comments::id.gt(StoredUuid::from(after)));
        }
        query.load(c)
    })?;
    Ok((rows.into_iter().map(Comment::try_from).collect::<StoreResult<_>>()?, total))
}

/// Returns `true` if there is a question on a report.
pub(crate) fn has_question(conn: &mut Conn, report: Id<Report>) -> StoreResult<bool> {
    Ok(on!(conn, |c, DB| diesel::select(diesel::dsl::exists(
        comments::table
            .filter(comments::report_id.eq(StoredUuid::from(report)))
            .filter(comments::question.eq(true))
    ))
    .get_result(c))?)
}

/// Lists the comments on all reports of a city in a cycle, in the order in which they were written.
pub(crate) fn list_for_city(
    conn: &mut Conn,
    city: &Slug,
    cycle: &Slug,
) -> StoreResult<Vec<Comment>> {
    let rows: Vec<CommentRow> = on!(conn, |c, DB| comments::table
        .inner_join(reports::table.on(reports::id.eq(comments::report_id)))
        .filter(reports::cycle.eq(cycle.as_str()))
        .filter(reports::city.eq(city.as_str()))
        .order(comments::id)
        .select(CommentRow::as_select())
        .load(c))?;
    rows.into_iter().map(Comment::try_from).collect()
}

/// The columns that a thread needs.
type ThreadEntryRow =
    (StoredUuid, Option<StoredUuid>, Option<String>, String, Option<StoredTimestamp>, Option<bool>);

/// Returns the threads on a report, in the order in which they began.
pub(crate) fn load_threads(conn: &mut Conn, report: Id<Report>) -> StoreResult<Vec<CommentThread>> {
    let rows: Vec<ThreadEntryRow> = on!(conn, |c, DB| comments::table
        .filter(comments::report_id.eq(StoredUuid::from(report)))
        .order(comments::id)
        .select((
            comments::id,
            comments::reply_to,
            comments::pointer,
            comments::kind,
            comments::resolved_at,
            comments::from_city,
        ))
        .load(c))?;
    let entry = |(id, reply_to, pointer, kind, resolved_at, from_city): ThreadEntryRow| {
        Ok(ThreadEntry {
            id: id.into(),
            reply_to: reply_to.map(Id::from),
            pointer,
            kind: CommentKind::parse(kind)?,
            resolved: resolved_at.is_some(),
            from_city,
        })
    };
    Ok(group_into_threads(rows.into_iter().map(entry).collect::<StoreResult<_>>()?))
}

/// Finds a comment by its id, if it is on this report.
pub(crate) fn find(
    conn: &mut Conn,
    report: &Report,
    id: Id<Comment>,
) -> StoreResult<Option<Comment>> {
    let row: Option<CommentRow> = on!(conn, |c, DB| comments::table
        .find(StoredUuid::from(id))
        .filter(comments::report_id.eq(StoredUuid::from(report.id)))
        .select(CommentRow::as_select())
        .get_result(c)
        .optional())?;
    row.map(Comment::try_from).transpose()
}

impl CommentSubject {
    fn load_on_report(
        conn: &mut Conn,
        subject: Option<ReportSubject>,
        id: Id<Comment>,
    ) -> StoreResult<Option<Self>> {
        let Some(subject) = subject else { return Ok(None) };
        let Some(report) = &subject.report else { return Ok(None) };
        Ok(find(conn, report, id)?.map(|comment| Self { report_subject: subject, comment }))
    }
}

impl LoadByKey for CommentSubject {
    fn load_by_key(
        conn: &mut Conn,
        (code, (cycle, id)): &(ProjectCode, (Slug, Id<Comment>)),
    ) -> StoreResult<Option<Self>> {
        let subject = ReportSubject::load_by_key(conn, &(code.clone(), cycle.clone()))?;
        Self::load_on_report(conn, subject, *id)
    }

    fn load_for_act(
        conn: &mut Conn,
        (code, (cycle, id)): &(ProjectCode, (Slug, Id<Comment>)),
        act: Act,
        actor: &Actor,
    ) -> StoreResult<Option<Self>> {
        let subject =
            ReportSubject::load_for_act(conn, &(code.clone(), cycle.clone()), act, actor)?;
        Self::load_on_report(conn, subject, *id)
    }
}
