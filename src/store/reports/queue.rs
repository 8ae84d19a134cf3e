//! Lists of reports: the rows of both copies that the caller sees, filtered, sorted and paged.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use diesel::{dsl::not, prelude::*, sql_types::Bool};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::items::{self, ReportCopyRow};
use crate::{
    domain::{
        cycle::CycleDeadlines,
        policy::{VisibleRows, visibility::ReadScope},
        project::ProjectCode,
        reference::{CountryCode, parse_time_zone},
        report::{ProjectStatus, ReportState},
        value::{Percent, Slug},
    },
    store::{
        Conn, StoreResult,
        conn::on,
        cycles, extensions,
        schema::{cities, report_faces},
        types::StoredTimestamp,
    },
};

/// A filter for reports. An empty list does not restrict.
#[derive(Debug, Clone, Default)]
pub(crate) struct QueueFilter {
    pub project: Option<ProjectCode>,
    pub states: Vec<ReportState>,
    pub cities: Vec<String>,
    pub countries: Vec<String>,
    pub cycles: Vec<String>,
    /// `true` for late reports, `false` for the others.
    pub late: Option<bool>,
}

/// The order of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum QueueSort {
    /// By cycle, city and number.
    #[default]
    Key,
    /// By the time of submission, earliest first. Reports that were never submitted come last.
    SubmittedAt,
}

/// The position after which the next page starts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct QueueCursor {
    submitted_at: Option<DateTime<Utc>>,
    cycle: String,
    city: String,
    number: i64,
}

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
    /// Whether the report was first submitted late, or is overdue now.
    pub late: bool,
    /// The version of this copy.
    pub version: i64,
    pub submitted_at: Option<DateTime<Utc>>,
    /// `None` in an approved copy.
    pub first_submitted_at: Option<DateTime<Utc>>,
    /// `None` in an approved copy, which names nobody.
    pub submitted_by: Option<Uuid>,
    pub decided_at: Option<DateTime<Utc>>,
    /// `None` in an approved copy, which names nobody.
    pub decided_by: Option<Uuid>,
}

impl QueueItem {
    /// Returns the cursor of a page that ends with this item.
    #[must_use]
    pub(crate) fn to_cursor(&self) -> QueueCursor {
        QueueCursor {
            submitted_at: self.submitted_at,
            cycle: self.cycle.to_string(),
            city: self.code.city().to_string(),
            number: self.code.number(),
        }
    }
}

/// Boxes a condition of one backend, so that all branches have the same type.
macro_rules! condition {
    ($db:ident, $expression:expr) => {{
        let condition: Box<dyn BoxableExpression<report_faces::table, $db, SqlType = Bool>> =
            Box::new($expression);
        condition
    }};
}

/// The rows within a read scope.
macro_rules! within {
    ($db:ident, $reach:expr) => {{
        let reach: &ReadScope = $reach;
        let countries: Vec<String> = reach.countries.iter().map(ToString::to_string).collect();
        let cities: Vec<String> = reach.cities.iter().map(ToString::to_string).collect();
        if reach.everything {
            condition!($db, report_faces::cycle.is_not_null())
        } else if countries.is_empty() {
            condition!($db, report_faces::city.eq_any(cities))
        } else {
            let there = report_faces::country.eq_any(countries);
            condition!($db, there.or(report_faces::city.eq_any(cities)))
        }
    }};
}

/// The rows that are late, as [`SubmissionTiming`] decides it: the copy states it, or the report was first submitted
/// after the due day, or it was not submitted and the due day is over.
macro_rules! late {
    ($db:ident, $deadlines:expr, $now:expr) => {{
        let stated = report_faces::late.is_not_null();
        let mut late = condition!($db, stated.and(report_faces::late.assume_not_null().eq(true)));
        for (cycle, cities, ends) in $deadlines.iter_deadlines() {
            let waiting = [ReportState::Draft, ReportState::Returned].map(ReportState::as_str);
            let here = report_faces::cycle
                .eq(cycle)
                .and(report_faces::city.eq_any(cities))
                .and(report_faces::late.is_null());
            let first = report_faces::first_submitted_at;
            let submitted_late =
                first.is_not_null().and(first.assume_not_null().ge(StoredTimestamp(ends)));
            late = if $now >= ends {
                let missing = first.is_null().and(report_faces::state.eq_any(waiting));
                condition!($db, late.or(here.and(missing.or(submitted_late))))
            } else {
                condition!($db, late.or(here.and(submitted_late)))
            };
        }
        late
    }};
}

/// The rows that the caller sees and the filter accepts. If the caller sees only one of the two copies, the query
/// names only that copy, because a simple condition finds its index.
macro_rules! matching {
    ($db:ident, $query:expr, $deadlines:expr) => {{
        let (v, f): (&VisibleRows, &QueueFilter) = (&$query.visible, &$query.filter);
        let (working, approved) =
            (report_faces::face.eq("working"), report_faces::face.eq("approved"));
        let handed_in = report_faces::ever_submitted.eq(true);
        let mut rows = report_faces::table.into_boxed::<$db>();
        rows = if v.working.is_empty() {
            rows.filter(approved.and(within!($db, &v.approved)))
        } else {
            let seen = handed_in.or(within!($db, &v.drafts));
            let working = working.and(within!($db, &v.working)).and(seen);
            if v.working.everything || v.approved.is_empty() {
                rows.filter(working)
            } else {
                let approved = approved.and(within!($db, &v.approved));
                rows.filter(working.or(approved.and(not(within!($db, &v.working)))))
            }
        };
        if !f.states.is_empty() {
            let words: Vec<&str> = f.states.iter().map(|s| s.as_str()).collect();
            rows = rows.filter(report_faces::state.eq_any(words));
        }
        if !f.cities.is_empty() {
            rows = rows.filter(report_faces::city.eq_any(f.cities.clone()));
        }
        if !f.countries.is_empty() {
            rows = rows.filter(report_faces::country.eq_any(f.countries.clone()));
        }
        if !f.cycles.is_empty() {
            rows = rows.filter(report_faces::cycle.eq_any(f.cycles.clone()));
        }
        if let Some(code) = &f.project {
            rows = rows
                .filter(report_faces::city.eq(code.city().to_string()))
                .filter(report_faces::number.eq(code.number()));
        }
        match f.late {
            Some(true) => rows = rows.filter(late!($db, $deadlines, $query.now)),
            Some(false) => rows = rows.filter(not(late!($db, $deadlines, $query.now))),
            None => {}
        }
        rows
    }};
}

/// The rows after the last one of the previous page, in the order of the list.
macro_rules! after {
    ($db:ident, $sort:expr, $key:expr) => {{
        let QueueCursor { submitted_at, cycle, city, number } = $key.clone();
        let beyond_number = report_faces::city
            .gt(city.clone())
            .or(report_faces::city.eq(city).and(report_faces::number.gt(number)));
        let beyond_key = report_faces::cycle
            .gt(cycle.clone())
            .or(report_faces::cycle.eq(cycle).and(beyond_number));
        match ($sort, submitted_at.map(StoredTimestamp)) {
            (QueueSort::Key, _) => condition!($db, beyond_key),
            (QueueSort::SubmittedAt, None) => {
                condition!($db, report_faces::submitted_at.is_null().and(beyond_key))
            }
            (QueueSort::SubmittedAt, Some(at)) => {
                let submitted = report_faces::submitted_at.assume_not_null();
                condition!(
                    $db,
                    report_faces::submitted_at
                        .is_null()
                        .or(submitted.gt(at))
                        .or(submitted.eq(at).and(beyond_key))
                )
            }
        }
    }};
}

pub(crate) fn load_page(conn: &mut Conn, query: &QueueQuery) -> StoreResult<Vec<QueueItem>> {
    let rows = load_rows(conn, query)?;
    let cities: BTreeSet<&str> = rows.iter().map(|row| row.city.as_str()).collect();
    let deadlines = load_deadlines(conn, Some(&cities))?;
    items::load_items(conn, rows, &deadlines, query.now)
}

/// Counts the rows of all pages by scanning them.
pub(super) fn count_rows(conn: &mut Conn, query: &QueueQuery) -> StoreResult<i64> {
    let deadlines = query.load_filter_deadlines(conn)?;
    Ok(on!(conn, |c, DB| matching!(DB, query, &deadlines).count().get_result(c))?)
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
    /// Loads the deadlines that the filter compares with. Empty if the filter does not ask for late reports.
    fn load_filter_deadlines(&self, conn: &mut Conn) -> StoreResult<CycleDeadlines> {
        if self.filter.late.is_some() {
            load_deadlines(conn, None)
        } else {
            Ok(CycleDeadlines::default())
        }
    }
}

pub(super) fn load_rows(conn: &mut Conn, query: &QueueQuery) -> StoreResult<Vec<ReportCopyRow>> {
    let key = (report_faces::cycle, report_faces::city, report_faces::number);
    let deadlines = query.load_filter_deadlines(conn)?;
    Ok(on!(conn, |c, DB| {
        let mut page =
            matching!(DB, query, &deadlines).select(ReportCopyRow::as_select()).limit(query.limit);
        if let Some(key) = &query.after {
            page = page.filter(after!(DB, query.sort, key));
        }
        page = match query.sort {
            QueueSort::Key => page.order(key),
            QueueSort::SubmittedAt => {
                page.order((report_faces::submitted_at.is_null(), report_faces::submitted_at, key))
            }
        };
        page.load(c)
    })?)
}
