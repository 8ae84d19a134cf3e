//! Lists of reports: the rows of both copies that the caller sees, filtered, sorted and paged.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::items;
use crate::{
    domain::{
        cycle::CycleDeadlines,
        policy::{RecordCopy, VisibleRows},
        project::ProjectCode,
        reference::{CountryCode, parse_time_zone},
        report::{ProjectStatus, ReportState},
        value::{Percent, Slug},
    },
    store::{
        Conn, StoreResult,
        condition::Condition,
        conn::on,
        cycles, extensions,
        schema::{cities, report_faces},
        types::{StoredTimestamp, StoredUuid},
    },
};

mod filter;
mod order;

pub(crate) use filter::QueueFilter;
pub(crate) use order::{QueueCursor, QueueSort, QueueSortKey};

/// The request for a page of a list.
#[derive(Debug, Clone)]
pub(crate) struct QueueQuery {
    /// The rows that the caller may see.
    pub visible: VisibleRows,
    pub filter: QueueFilter,
    pub sort: QueueSort,
    /// The item after which the page starts.
    pub after: Option<QueueCursor>,
    /// The largest number of items.
    pub limit: i64,
    /// The instant that decides which reports are late.
    pub now: DateTime<Utc>,
}

#[derive(Debug, Clone)]
pub(crate) struct QueueItem {
    pub code: ProjectCode,
    pub country: CountryCode,
    pub cycle: Slug,
    /// The title in this copy. A submitted report keeps the title that it had at the submission.
    pub title: String,
    pub state: ReportState,
    /// The project status that the report states.
    pub status: Option<ProjectStatus>,
    /// The percentage that the report states.
    pub percent_complete: Option<Percent>,
    /// The status that the latest approved report of an earlier cycle states. A report that states none is skipped.
    pub earlier_status: Option<ProjectStatus>,
    /// The percentage that the latest approved report of an earlier cycle states.
    pub earlier_percent_complete: Option<Percent>,
    /// The support that the city asks for.
    pub support_needed: Option<String>,
    /// Whether the report was first submitted late, or is overdue now.
    pub late: bool,
    /// The version of this copy.
    pub version: i64,
    pub submitted_at: Option<DateTime<Utc>>,
    /// `None` in an approved copy.
    pub first_submitted_at: Option<DateTime<Utc>>,
    /// `None` in an approved copy, which names nobody.
    pub submitted_by: Option<Uuid>,
    /// `None` in an approved copy, which names nobody.
    pub submitted_for: Option<Uuid>,
    pub decided_at: Option<DateTime<Utc>>,
    /// `None` in an approved copy, which names nobody.
    pub decided_by: Option<Uuid>,
    /// `None` in an approved copy, which names nobody.
    pub decided_for: Option<Uuid>,
}

impl QueueItem {
    /// Returns the persons who submitted the report and decided on it, and those on whose behalf they acted.
    pub(crate) fn persons(&self) -> impl Iterator<Item = Uuid> {
        let persons = [self.submitted_by, self.submitted_for, self.decided_by, self.decided_for];
        persons.into_iter().flatten()
    }
}

/// The columns by which rows are found, before their content is read.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = report_faces)]
pub(super) struct ReportCopyRow {
    pub(super) face: String,
    pub(super) id: StoredUuid,
    pub(super) city: String,
    pub(super) number: i64,
    pub(super) country: String,
    pub(super) cycle: String,
    pub(super) state: String,
    pub(super) submitted_at: Option<StoredTimestamp>,
    /// In an approved copy, the time of the submission that was approved.
    pub(super) first_submitted_at: Option<StoredTimestamp>,
    /// Whether the report is late, if the copy states it.
    pub(super) late: Option<bool>,
}

/// Accepts the copies that the caller sees. If the caller sees only one of the two copies, the condition names only that
/// copy, because a simple condition finds its index.
fn select_visible(visible: &VisibleRows) -> Condition {
    let copy = |copy: RecordCopy| Condition::equals(report_faces::face, copy.as_str());
    let approved =
        Condition::all([copy(RecordCopy::Approved), Condition::within_scope(&visible.approved)]);
    if visible.working.is_empty() {
        return approved;
    }
    let inside = Condition::within_scope(&visible.working);
    let handed_in = Condition::equals(report_faces::ever_submitted, true);
    let mut working = vec![copy(RecordCopy::Working), inside.clone()];
    if !visible.drafts.everything {
        working.push(Condition::any([handed_in, Condition::within_scope(&visible.drafts)]));
    }
    let working = Condition::all(working);
    if visible.working.everything || visible.approved.is_empty() {
        return working;
    }
    Condition::any([working, Condition::all([approved, inside.not()])])
}

pub(crate) fn load_page(conn: &mut Conn, query: &QueueQuery) -> StoreResult<Vec<QueueItem>> {
    let rows = load_rows(conn, query)?;
    let cities: BTreeSet<&str> = rows.iter().map(|row| row.city.as_str()).collect();
    let deadlines = load_deadlines(conn, Some(&cities))?;
    items::load_items(conn, rows, &deadlines, query.now)
}

/// Returns the first of the users who decided on none of the reports that the caller sees, and users who did. An
/// approved copy names nobody.
pub(crate) fn find_unknown_decider(
    conn: &mut Conn,
    visible: &VisibleRows,
    users: &[Uuid],
) -> StoreResult<Option<(Uuid, Vec<Uuid>)>> {
    if users.is_empty() {
        return Ok(None);
    }
    let asked = Condition::one_of(report_faces::decided_by, users.iter().copied().map(StoredUuid));
    let found = load_deciders(conn, Condition::all([select_visible(visible), asked]))?;
    match users.iter().find(|user| !found.contains(user)) {
        Some(unknown) => Ok(Some((*unknown, load_deciders(conn, select_visible(visible))?))),
        None => Ok(None),
    }
}

/// Returns the users who decided on the reports that meet a condition.
fn load_deciders(conn: &mut Conn, rows: Condition) -> StoreResult<Vec<Uuid>> {
    let rows = Condition::all([rows, Condition::is_null(report_faces::decided_by).not()]);
    let found: Vec<Option<StoredUuid>> = on!(conn, |c, DB| report_faces::table
        .filter(rows)
        .select(report_faces::decided_by)
        .distinct()
        .order(report_faces::decided_by)
        .load(c))?;
    Ok(found.into_iter().flatten().map(|user| user.0).collect())
}

/// Counts the rows of all pages by scanning them.
pub(super) fn count_rows(conn: &mut Conn, query: &QueueQuery) -> StoreResult<i64> {
    let rows = query.load_condition(conn)?;
    Ok(on!(conn, |c, DB| report_faces::table.filter(rows).count().get_result(c))?)
}

/// Returns when the due day of each cycle ends in each of some cities, or in all cities.
fn load_deadlines(conn: &mut Conn, of: Option<&BTreeSet<&str>>) -> StoreResult<CycleDeadlines> {
    let zones: Vec<(String, String)> = on!(conn, |c, DB| {
        let mut query = cities::table.select((cities::slug, cities::time_zone)).into_boxed::<DB>();
        if let Some(of) = of {
            query = query.filter(cities::slug.eq_any(of));
        }
        query.load(c)
    })?;
    let mut by_zone: HashMap<chrono_tz::Tz, Vec<String>> = HashMap::new();
    for (city, zone) in zones {
        by_zone.entry(parse_time_zone(zone)?).or_default().push(city);
    }
    Ok(CycleDeadlines::new(cycles::list(conn)?, by_zone, extensions::list_in_force(conn)?))
}

impl QueueQuery {
    /// Builds the condition of the rows on all pages. Loads the deadlines if the filter compares with them.
    fn load_condition(&self, conn: &mut Conn) -> StoreResult<Condition> {
        let deadlines = if self.filter.late.is_some() {
            load_deadlines(conn, None)?
        } else {
            CycleDeadlines::default()
        };
        let filter = self.filter.to_condition(&deadlines, self.now);
        Ok(Condition::all([select_visible(&self.visible), filter]))
    }
}

pub(super) fn load_rows(conn: &mut Conn, query: &QueueQuery) -> StoreResult<Vec<ReportCopyRow>> {
    let order = query.sort.to_order();
    let after = query.after.as_ref().map(|cursor| order.after(&cursor.to_position(query.sort)));
    let rows = Condition::all([query.load_condition(conn)?].into_iter().chain(after));
    Ok(on!(conn, |c, DB| report_faces::table
        .filter(rows)
        .order(order)
        .limit(query.limit)
        .select(ReportCopyRow::as_select())
        .load(c))?)
}
