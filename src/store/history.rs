//! The history of a record and of its parts, read from the journal.

use diesel::prelude::*;

use super::{Conn, Record, StoreResult, conn::on, journal::JournalRow, schema::journal};
use crate::domain::{
    project::{Project, ProjectCode},
    project_parts::{Indicator, Milestone, Partnership},
};

/// Selects the journal rows of a record and of the records below its key.
#[derive(Debug, Clone)]
pub(crate) struct HistoryFilter {
    entity: &'static str,
    key: String,
    below: &'static [&'static str],
}

impl HistoryFilter {
    /// Selects one record, and the records of the kinds in `below` whose keys continue after a slash.
    #[must_use]
    pub(crate) const fn new(
        entity: &'static str,
        key: String,
        below: &'static [&'static str],
    ) -> Self {
        Self { entity, key, below }
    }
    /// Selects a project with its milestones, indicators and partnerships.
    #[must_use]
    pub(crate) fn for_project(code: &ProjectCode) -> Self {
        const BELOW: &[&str] = &[Milestone::ENTITY, Indicator::ENTITY, Partnership::ENTITY];
        Self::new(Project::ENTITY, code.to_string(), BELOW)
    }
}

/// Restricts a query to a history. `0` follows `/` in byte order, in which both databases compare keys.
macro_rules! along {
    ($query:expr, $trail:expr) => {{
        let trail: &HistoryFilter = $trail;
        let (from, to) = (format!("{}/", trail.key), format!("{}0", trail.key));
        $query.filter(
            journal::entity.eq(trail.entity).and(journal::key.eq(trail.key.clone())).or(
                journal::entity
                    .eq_any(trail.below.to_vec())
                    .and(journal::key.ge(from))
                    .and(journal::key.lt(to)),
            ),
        )
    }};
}

/// Counts the changes in a history.
pub(crate) fn count(conn: &mut Conn, trail: &HistoryFilter) -> StoreResult<i64> {
    Ok(on!(conn, |c, DB| along!(journal::table, trail).count().get_result(c))?)
}

/// Lists the changes in a history, newest first, without the newest `skip`.
pub(crate) fn list_newest(
    conn: &mut Conn,
    trail: &HistoryFilter,
    skip: i64,
    limit: i64,
) -> StoreResult<Vec<JournalRow>> {
    Ok(on!(conn, |c, DB| along!(journal::table, trail)
        .order(journal::seq.desc())
        .offset(skip)
        .limit(limit)
        .select(JournalRow::as_select())
        .load(c))?)
}
