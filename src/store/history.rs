//! The history of a record with what hangs on it, read from the journal.

use diesel::prelude::*;

use super::{Conn, Record, StoreResult, conn::on, journal::JournalRow, schema::journal};
use crate::domain::{
    project::{Project, ProjectCode},
    project_parts::{Indicator, Milestone, Partnership},
};

/// Whose history is meant: a record, and the records below its key.
#[derive(Debug, Clone)]
pub(crate) struct HistoryFilter {
    entity: &'static str,
    key: String,
    below: &'static [&'static str],
}

impl HistoryFilter {
    /// The trail of one record, with records of these kinds whose keys go on after a slash.
    #[must_use]
    pub(crate) const fn new(
        entity: &'static str,
        key: String,
        below: &'static [&'static str],
    ) -> Self {
        Self { entity, key, below }
    }
    /// A project with its milestones, indicators and partnerships.
    #[must_use]
    pub(crate) fn for_project(code: &ProjectCode) -> Self {
        const BELOW: &[&str] = &[Milestone::ENTITY, Indicator::ENTITY, Partnership::ENTITY];
        Self::new(Project::ENTITY, code.to_string(), BELOW)
    }
}

/// Narrows a query to a trail. '0' follows '/' in the order of bytes, in which both databases compare keys.
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

/// Counts the changes along a trail.
///
/// # Errors
/// Failures of the database.
pub(crate) fn count(conn: &mut Conn, trail: &HistoryFilter) -> StoreResult<i64> {
    Ok(on!(conn, |c, DB| along!(journal::table, trail).count().get_result(c))?)
}

/// Reads changes along a trail, newest first, leaving out the newest `skip`.
///
/// # Errors
/// Failures of the database.
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
