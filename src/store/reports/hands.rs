//! Who had a hand in a report since its last decision: read from the journal, so that nothing else has to be kept true.

use std::collections::BTreeSet;

use diesel::prelude::*;

use crate::{
    domain::{
        id::Id,
        parts::{Indicator, Milestone, Partnership},
        project::{Project, ProjectCode},
        report::{Report, report_key},
        user::User,
        value::Slug,
        workflow::Transition,
    },
    store::{Conn, Record, StoreResult, conn::on, schema::journal, types::DbUuid},
};

/// The action of the journal's row about a report's first edit.
pub const CREATE: &str = "create";

/// Names those who edited or submitted the report, or changed its project or the project's parts, since the last decision
/// on the report (from the beginning before the first), and those on whose behalf they did.
///
/// # Errors
/// Failures of the database.
pub(super) fn hands(
    conn: &mut Conn,
    code: &ProjectCode,
    cycle: &Slug,
) -> StoreResult<Vec<Id<User>>> {
    let key = report_key(code, cycle);
    let since = last_decision(conn, &key)?;
    let mut hands = BTreeSet::new();
    let wrote = [CREATE, Transition::Edit.as_str(), Transition::Submit.as_str()];
    collect(conn, since, Report::ENTITY, &Keys::One(&key), Some(wrote), &mut hands)?;
    let project = code.to_string();
    collect(conn, since, Project::ENTITY, &Keys::One(&project), None, &mut hands)?;
    // The keys of parts are `da-nang-4/<id>`, and '0' follows '/' in the order of bytes, in which both databases compare.
    let (from, to) = (format!("{project}/"), format!("{project}0"));
    for entity in [Milestone::ENTITY, Indicator::ENTITY, Partnership::ENTITY] {
        collect(conn, since, entity, &Keys::Range(&from, &to), None, &mut hands)?;
    }
    Ok(hands.into_iter().collect())
}

fn last_decision(conn: &mut Conn, key: &str) -> StoreResult<i64> {
    let decided = [Transition::Return, Transition::Approve, Transition::Reopen];
    let seq: Option<i64> = on!(conn, |c, DB| journal::table
        .filter(journal::entity.eq(Report::ENTITY))
        .filter(journal::key.eq(key))
        .filter(journal::action.eq_any(decided.map(Transition::as_str)))
        .order(journal::seq.desc())
        .limit(1)
        .select(journal::seq)
        .get_result(c)
        .optional())?;
    Ok(seq.unwrap_or(0))
}

/// Which records of an entity are meant.
#[derive(Clone, Copy)]
enum Keys<'a> {
    One(&'a str),
    /// From the first key, up to the second without it.
    Range(&'a str, &'a str),
}

fn collect(
    conn: &mut Conn,
    since: i64,
    entity: &str,
    keys: &Keys<'_>,
    actions: Option<[&'static str; 3]>,
    hands: &mut BTreeSet<Id<User>>,
) -> StoreResult<()> {
    let rows: Vec<(Option<DbUuid>, Option<DbUuid>)> = on!(conn, |c, DB| {
        let mut query = journal::table
            .filter(journal::entity.eq(entity))
            .filter(journal::seq.gt(since))
            .select((journal::actor, journal::acting_for))
            .distinct()
            .into_boxed::<DB>();
        query = match keys {
            Keys::One(key) => query.filter(journal::key.eq(*key)),
            Keys::Range(from, to) => query.filter(journal::key.ge(*from).and(journal::key.lt(*to))),
        };
        if let Some(actions) = actions {
            query = query.filter(journal::action.eq_any(actions));
        }
        query.load(c)
    })?;
    hands.extend(rows.into_iter().flat_map(|(a, b)| [a, b]).flatten().map(Id::from));
    Ok(())
}
