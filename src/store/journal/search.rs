//! Searches the journal, newest first.

use std::{collections::HashSet, hash::BuildHasher};

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::JournalRow;
use crate::store::{
    Conn, StoreResult,
    condition::{Comparison, Condition, ConditionList},
    conn::on,
    schema::{journal, reports},
    types::{StoredTimestamp, StoredUuid},
};

/// A filter for rows. Several values of a field mean any of them. An empty field does not restrict.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct JournalFilter {
    /// Kinds of record.
    pub entities: Vec<String>,
    /// Keys of records.
    pub keys: Vec<String>,
    /// Users who made the change.
    pub actors: Vec<Uuid>,
    /// The first instant, inclusive.
    pub from: Option<DateTime<Utc>>,
    /// The last instant, inclusive.
    pub until: Option<DateTime<Utc>>,
}

impl JournalFilter {
    fn to_condition(&self) -> Condition {
        let mut all = ConditionList::default();
        all.add_list(journal::entity, &self.entities);
        all.add_list(journal::key, &self.keys);
        if !self.actors.is_empty() {
            let actors = self.actors.iter().copied().map(StoredUuid);
            all.add([Condition::one_of(journal::actor, actors)]);
        }
        let (from, until) = (self.from.map(StoredTimestamp), self.until.map(StoredTimestamp));
        all.add_range(journal::at, from, until);
        all.into_condition()
    }
}

/// Lists rows before a number, newest first.
pub(crate) fn list_newest(
    conn: &mut Conn,
    filter: &JournalFilter,
    before: Option<i64>,
    limit: i64,
) -> StoreResult<Vec<JournalRow>> {
    let before = before.map(|seq| Condition::compare(journal::seq, Comparison::Less, seq));
    let rows = Condition::all([filter.to_condition()].into_iter().chain(before));
    load_newest(conn, rows, 0, limit)
}

pub(crate) fn count(conn: &mut Conn, filter: &JournalFilter) -> StoreResult<i64> {
    // Without a filter the number of the head is the count, because numbers have no gaps.
    if *filter == JournalFilter::default() {
        return Ok(super::load_head(conn)?.seq);
    }
    count_rows(conn, filter.to_condition())
}

/// Loads the rows that meet a condition, newest first, without the newest `skip`.
pub(in crate::store) fn load_newest(
    conn: &mut Conn,
    rows: Condition,
    skip: i64,
    limit: i64,
) -> StoreResult<Vec<JournalRow>> {
    Ok(on!(conn, |c, DB| journal::table
        .filter(rows)
        .order(journal::seq.desc())
        .offset(skip)
        .limit(limit)
        .select(JournalRow::as_select())
        .load(c))?)
}

/// Counts the rows that meet a condition.
pub(in crate::store) fn count_rows(conn: &mut Conn, rows: Condition) -> StoreResult<i64> {
    Ok(on!(conn, |c, DB| journal::table.filter(rows).count().get_result(c))?)
}

/// Returns the keys of the reports that were never submitted, in the cycles of the reports that `rows` are about.
/// Only its city reads such a draft. The key of a comment begins with the key of its report.
pub(crate) fn find_draft_keys(
    conn: &mut Conn,
    rows: &[JournalRow],
) -> StoreResult<HashSet<String>> {
    let cycles: HashSet<&str> =
        rows.iter().filter_map(parse_report_key).map(|(_, cycle)| cycle).collect();
    if cycles.is_empty() {
        return Ok(HashSet::new());
    }
    let found: Vec<(String, i64, String)> = on!(conn, |c, DB| reports::table
        .filter(reports::cycle.eq_any(&cycles))
        .filter(reports::ever_submitted.eq(false))
        .select((reports::city, reports::number, reports::cycle))
        .load(c))?;
    Ok(found.into_iter().map(|(city, n, cycle)| format!("{city}-{n}/{cycle}")).collect())
}

/// Returns `true` if a row is about one of these reports.
#[must_use]
pub(crate) fn is_about_any<S: BuildHasher>(row: &JournalRow, reports: &HashSet<String, S>) -> bool {
    parse_report_key(row).is_some_and(|(code, cycle)| reports.contains(&format!("{code}/{cycle}")))
}

/// Returns the project and the cycle of a row about a report's working copy or about a comment on it.
fn parse_report_key(row: &JournalRow) -> Option<(&str, &str)> {
    if !matches!(row.entity.as_str(), "report" | "comment") {
        return None;
    }
    let mut parts = row.key.split('/');
    Some((parts.next()?, parts.next()?))
}
