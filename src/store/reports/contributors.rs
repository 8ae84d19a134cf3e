//! The contributors of a report since its last decision. They are read from the journal, so that no second copy has
//! to be kept in step.

use std::collections::BTreeSet;

use diesel::prelude::*;

use crate::{
    domain::{
        id::Id,
        project::{Project, ProjectCode},
        project_parts::{Indicator, Milestone, Partnership},
        report::{Report, report_key},
        user::User,
        value::Slug,
        workflow::TransitionKind,
    },
    store::{Conn, Record, StoreResult, conn::on, schema::journal, types::StoredUuid},
};

/// The journal action of a report's first edit.
pub(crate) const CREATE: &str = "create";

/// Returns the users who edited or submitted the report, or changed its project or the project's parts, since the
/// last decision on the report. Before the first decision, all changes count. The users on whose behalf they acted
/// are included.
pub(super) fn find_contributors(
    conn: &mut Conn,
    code: &ProjectCode,
    cycle: &Slug,
) -> StoreResult<Vec<Id<User>>> {
    let key = report_key(code, cycle);
    let since = find_last_decision(conn, &key)?;
    let project = code.to_string();
    // The keys of parts are `da-nang-4/<id>`. `0` follows `/` in byte order, in which both databases compare keys.
    let (first, end) = (format!("{project}/"), format!("{project}0"));
    let wrote = journal::action
        .eq(CREATE)
        .or(journal::action.eq(TransitionKind::Edit.as_str()))
        .or(journal::action.eq(TransitionKind::Submit.as_str()));
    let part = journal::entity
        .eq(Milestone::ENTITY)
        .or(journal::entity.eq(Indicator::ENTITY))
        .or(journal::entity.eq(Partnership::ENTITY));
    let people = (journal::actor, journal::acting_for);
    let rows: Vec<(Option<StoredUuid>, Option<StoredUuid>)> = on!(conn, |c, DB| journal::table
        .filter(journal::entity.eq(Report::ENTITY).and(journal::key.eq(&key)).and(wrote))
        .filter(journal::seq.gt(since))
        .select(people)
        .union(
            journal::table
                .filter(journal::entity.eq(Project::ENTITY).and(journal::key.eq(&project)))
                .filter(journal::seq.gt(since))
                .select(people)
        )
        .union(
            journal::table
                .filter(part.and(journal::key.ge(&first)).and(journal::key.lt(&end)))
                .filter(journal::seq.gt(since))
                .select(people)
        )
        .load(c))?;
    let contributors: BTreeSet<Id<User>> =
        rows.into_iter().flat_map(|(a, b)| [a, b]).flatten().map(Id::from).collect();
    Ok(contributors.into_iter().collect())
}

fn find_last_decision(conn: &mut Conn, key: &str) -> StoreResult<i64> {
    // No `eq_any`: SQLite prepares a statement with it anew for each execution.
    let decided = journal::action
        .eq(TransitionKind::Return.as_str())
        .or(journal::action.eq(TransitionKind::Approve.as_str()))
        .or(journal::action.eq(TransitionKind::Reopen.as_str()));
    let seq: Option<i64> = on!(conn, |c, DB| journal::table
        .filter(journal::entity.eq(Report::ENTITY))
        .filter(journal::key.eq(key))
        .filter(decided)
        .order(journal::seq.desc())
        .limit(1)
        .select(journal::seq)
        .get_result(c)
        .optional())?;
    Ok(seq.unwrap_or(0))
}
