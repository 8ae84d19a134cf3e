//! The contributors of a report. They are read from the journal, so that no second copy has to be kept in step.

use diesel::{dsl::max, prelude::*};

use crate::{
    domain::{
        contributor::{
            ChangeAuthor, Contributor, ProjectEvent, ProjectEventKind, find_contributors,
        },
        project::{Project, ProjectCode},
        project_parts::{Indicator, Milestone, Partnership},
        report::{Report, report_key},
        value::Slug,
        workflow::TransitionKind,
    },
    store::{Conn, Record, StoreResult, conn::on, schema::journal, types::StoredUuid},
};

/// The journal action of a report's first edit.
pub(crate) const CREATE: &str = "create";

/// Loads the contributors of a project's report in a cycle.
pub(super) fn load_contributors(
    conn: &mut Conn,
    code: &ProjectCode,
    cycle: &Slug,
) -> StoreResult<Vec<Contributor>> {
    let mut events = list_last_changes(conn, code, cycle)?;
    events.extend(list_submissions_and_approvals(conn, code)?);
    events.sort_by_key(|event| event.seq);
    Ok(find_contributors(cycle, &events))
}

/// The first key of the records below a project, and the first key after them. The keys of parts are `da-nang-4/<id>`,
/// and the keys of reports `da-nang-4/<cycle>`. `0` follows `/` in byte order, in which both databases compare keys.
fn key_range(code: &ProjectCode) -> (String, String) {
    (format!("{code}/"), format!("{code}0"))
}

/// The kind of record, its author, the user on whose behalf the author acted, and the number of the last change.
type LastChangeRow = (String, Option<StoredUuid>, Option<StoredUuid>, Option<i64>);

/// Lists the last change of each author to the content of the report, to the project, and to each kind of part. The
/// rule needs no earlier ones. Changes by the service itself have no author and are left out.
fn list_last_changes(
    conn: &mut Conn,
    code: &ProjectCode,
    cycle: &Slug,
) -> StoreResult<Vec<ProjectEvent>> {
    let (key, project) = (report_key(code, cycle), code.to_string());
    let (first, end) = key_range(code);
    let edited = journal::action.eq(CREATE).or(journal::action.eq(TransitionKind::Edit.as_str()));
    let part = journal::entity
        .eq(Milestone::ENTITY)
        .or(journal::entity.eq(Indicator::ENTITY))
        .or(journal::entity.eq(Partnership::ENTITY));
    let author = (journal::entity, journal::actor, journal::acting_for);
    let last = (journal::entity, journal::actor, journal::acting_for, max(journal::seq));
    let rows: Vec<LastChangeRow> = on!(conn, |c, DB| journal::table
        .filter(journal::entity.eq(Report::ENTITY).and(journal::key.eq(&key)).and(edited))
        .group_by(author)
        .select(last)
        .union_all(
            journal::table
                .filter(journal::entity.eq(Project::ENTITY).and(journal::key.eq(&project)))
                .group_by(author)
                .select(last)
        )
        .union_all(
            journal::table
                .filter(part.and(journal::key.ge(&first)).and(journal::key.lt(&end)))
                .group_by(author)
                .select(last)
        )
        .load(c))?;
    let event = |(entity, actor, acting_for, seq): LastChangeRow| {
        let kind = if entity == Report::ENTITY {
            ProjectEventKind::ReportEdited(cycle.clone())
        } else {
            ProjectEventKind::ProjectChanged
        };
        Some(ProjectEvent { seq: seq?, kind, author: to_author(actor, acting_for)? })
    };
    Ok(rows.into_iter().filter_map(event).collect())
}

/// The number, the key of the report, the action, its author, and the user on whose behalf the author acted.
type ReportEventRow = (i64, String, String, Option<StoredUuid>, Option<StoredUuid>);

/// Lists the submissions and approvals of all reports of a project. Those by the service itself are left out: the
/// published history was imported as approved, and nobody read what an officer changed since.
fn list_submissions_and_approvals(
    conn: &mut Conn,
    code: &ProjectCode,
) -> StoreResult<Vec<ProjectEvent>> {
    let (first, end) = key_range(code);
    // No `eq_any`: SQLite prepares a statement with it anew for each execution.
    let (submit, approve) = (TransitionKind::Submit.as_str(), TransitionKind::Approve.as_str());
    let rows: Vec<ReportEventRow> = on!(conn, |c, DB| journal::table
        .filter(journal::entity.eq(Report::ENTITY))
        .filter(journal::key.ge(&first).and(journal::key.lt(&end)))
        .filter(journal::action.eq(submit).or(journal::action.eq(approve)))
        .select((journal::seq, journal::key, journal::action, journal::actor, journal::acting_for))
        .load(c))?;
    let mut events = Vec::with_capacity(rows.len());
    for (seq, key, action, actor, acting_for) in rows {
        let Some(author) = to_author(actor, acting_for) else { continue };
        let cycle = Slug::parse(key.strip_prefix(&first).unwrap_or_default())?;
        let kind = if action == approve {
            ProjectEventKind::ReportApproved(cycle)
        } else {
            ProjectEventKind::ReportSubmitted(cycle)
        };
        events.push(ProjectEvent { seq, kind, author });
    }
    Ok(events)
}

fn to_author(actor: Option<StoredUuid>, acting_for: Option<StoredUuid>) -> Option<ChangeAuthor> {
    Some(ChangeAuthor { by: actor?.into(), acting_for: acting_for.map(Into::into) })
}
