//! The history of a record and of its parts, read from the journal.

use super::{
    Conn, Record, StoreResult,
    condition::{Comparison, Condition},
    journal::{JournalRow, search},
    schema::journal,
};
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

    /// Accepts the rows of the history. `0` follows `/` in byte order, in which both databases compare keys.
    fn to_condition(&self) -> Condition {
        let (from, to) = (format!("{}/", self.key), format!("{}0", self.key));
        let own = Condition::all([
            Condition::equals(journal::entity, self.entity),
            Condition::equals(journal::key, self.key.as_str()),
        ]);
        let below = Condition::all([
            Condition::one_of(journal::entity, self.below.iter().copied()),
            Condition::at_least(journal::key, from),
            Condition::compare(journal::key, Comparison::Less, to),
        ]);
        Condition::any([own, below])
    }
}

/// Counts the changes in a history.
pub(crate) fn count(conn: &mut Conn, trail: &HistoryFilter) -> StoreResult<i64> {
    search::count_rows(conn, trail.to_condition())
}

/// Lists the changes in a history, newest first, without the newest `skip`.
pub(crate) fn list_newest(
    conn: &mut Conn,
    trail: &HistoryFilter,
    skip: i64,
    limit: i64,
) -> StoreResult<Vec<JournalRow>> {
    search::load_newest(conn, trail.to_condition(), skip, limit)
}
