//! The journal as its readers search it, newest first.

use std::{collections::HashSet, hash::BuildHasher};

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::JournalRow;
use crate::store::{
    Conn, StoreResult,
    conn::on,
    schema::{journal, reports},
    types::{StoredTimestamp, StoredUuid},
};

/// Which rows are meant. Several values mean any of them; nothing means all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct JournalFilter {
    /// Kinds of record.
    pub entities: Vec<String>,
    /// Keys of records.
    pub keys: Vec<String>,
    /// Users who did it.
    pub actors: Vec<Uuid>,
    /// The first instant.
    pub from: Option<DateTime<Utc>>,
    /// The last instant.
    pub until: Option<DateTime<Utc>>,
}

/// Writes the filter once, for the rows and for their number.
macro_rules! filtered {
    ($query:expr, $filter:expr) => {{
        let mut query = $query;
        if !$filter.entities.is_empty() {
            query = query.filter(journal::entity.eq_any(&$filter.entities));
        }
        if !$filter.keys.is_empty() {
            query = query.filter(journal::key.eq_any(&$filter.keys));
        }
        if !$filter.actors.is_empty() {
            query =
                query.filter(journal::actor.eq_any($filter.actors.iter().copied().map(StoredUuid)));
        }
        if let Some(from) = $filter.from {
            query = query.filter(journal::at.ge(StoredTimestamp(from)));
        }
        if let Some(until) = $filter.until {
            query = query.filter(journal::at.le(StoredTimestamp(until)));
        }
        query
    }};
}

/// Reads rows before a number, newest first.
///
/// # Errors
/// Failures of the database.
pub(crate) fn list_newest(
    conn: &mut Conn,
    filter: &JournalFilter,
    before: Option<i64>,
    limit: i64,
) -> StoreResult<Vec<JournalRow>> {
    Ok(on!(conn, |c, DB| {
        let mut query = filtered!(journal::table.into_boxed::<DB>(), filter);
        if let Some(before) = before {
            query = query.filter(journal::seq.lt(before));
        }
        query.order(journal::seq.desc()).limit(limit).select(JournalRow::as_select()).load(c)
    })?)
}

/// Counts rows.
///
/// # Errors
/// Failures of the database.
pub(crate) fn count(conn: &mut Conn, filter: &JournalFilter) -> StoreResult<i64> {
    // Without a filter the head knows: numbers have no gaps.
    if *filter == JournalFilter::default() {
        return Ok(super::load_head(conn)?.seq);
    }
    Ok(on!(conn, |c, DB| filtered!(journal::table.into_boxed::<DB>(), filter)
        .count()
        .get_result(c))?)
}

/// Returns the keys of reports that rows are about and that their city never handed in: such a draft is read by its city
/// alone. Comments are about the report in the front of their key.
///
/// # Errors
/// Failures of the database.
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

/// Says whether a row is about one of these reports.
#[must_use]
pub(crate) fn is_about_any<S: BuildHasher>(row: &JournalRow, reports: &HashSet<String, S>) -> bool {
    parse_report_key(row).is_some_and(|(code, cycle)| reports.contains(&format!("{code}/{cycle}")))
}

/// Returns project and cycle of the report that a row is about, if it is about one's working copy.
fn parse_report_key(row: &JournalRow) -> Option<(&str, &str)> {
    if !matches!(row.entity.as_str(), "report" | "comment") {
        return None;
    }
    let mut parts = row.key.split('/');
    Some((parts.next()?, parts.next()?))
}
