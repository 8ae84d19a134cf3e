//! Lists of reports: the rows of both copies that the caller sees, filtered, sorted and paged.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
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
        condition::{BindValue, Condition, ConditionList, ListOrder, SortColumn},
        conn::on,
        cycles, extensions,
        schema::{cities, report_faces},
        types::{StoredTimestamp, StoredUuid},
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
    /// Whether the report was submitted late, or is overdue now.
    pub late: bool,
    /// The version of this copy.
    pub version: i64,
    pub submitted_at: Option<DateTime<Utc>>,
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
}

/// Accepts the rows that are late: submitted after the due day, or not submitted and past the due day.
fn select_late(deadlines: &CycleDeadlines, now: DateTime<Utc>) -> Condition {
    let waiting = || {
        let waiting = [ReportState::Draft, ReportState::Returned].map(ReportState::as_str);
        Condition::one_of(report_faces::state, waiting)
    };
    let late = |(cycle, cities, ends): (&str, Vec<String>, DateTime<Utc>)| {
        let here = Condition::all([
            Condition::equals(report_faces::cycle, cycle),
            Condition::one_of(report_faces::city, cities),
        ]);
        // Without a time of submission the comparison is null. `NOT` of null is null too, so that neither `late=true`
        // nor `late=false` would find the row.
        let handed_in_late = Condition::all([
            waiting().not(),
            Condition::is_null(report_faces::submitted_at).not(),
            Condition::at_least(report_faces::submitted_at, StoredTimestamp(ends)),
        ]);
        let missing = (now >= ends).then(waiting);
        Condition::all([here, Condition::any(missing.into_iter().chain([handed_in_late]))])
    };
    Condition::any(deadlines.iter_deadlines().map(late))
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

impl QueueFilter {
    /// Builds the condition of the filters that the tallies in the database have columns for.
    pub(super) fn to_tally_condition(&self) -> Condition {
        let mut all = ConditionList::default();
        if !self.states.is_empty() {
            let states = self.states.iter().map(|state| state.as_str());
            all.add([Condition::one_of(report_faces::state, states)]);
        }
        all.add_list(report_faces::country, &self.countries);
        all.add_list(report_faces::cycle, &self.cycles);
        all.into_condition()
    }

    /// Returns `true` if the tallies in the database have no columns for this filter.
    pub(super) fn needs_scan(&self) -> bool {
        self.project.is_some() || self.late.is_some() || !self.cities.is_empty()
    }

    /// Builds the condition of the whole filter.
    fn to_condition(&self, deadlines: &CycleDeadlines, now: DateTime<Utc>) -> Condition {
        let mut all = ConditionList::default();
        all.add([self.to_tally_condition()]);
        all.add_list(report_faces::city, &self.cities);
        all.add(self.project.iter().map(|code| {
            Condition::all([
                Condition::equals(report_faces::city, code.city().as_str()),
                Condition::equals(report_faces::number, code.number()),
            ])
        }));
        all.add(self.late.map(|late| {
            let condition = select_late(deadlines, now);
            if late { condition } else { condition.not() }
        }));
        all.into_condition()
    }
}

impl QueueSort {
    fn to_order(self) -> ListOrder {
        let mut columns = match self {
            Self::Key => Vec::new(),
            Self::SubmittedAt => vec![SortColumn::nulls_last(report_faces::submitted_at)],
        };
        columns.push(SortColumn::new(report_faces::cycle));
        columns.push(SortColumn::new(report_faces::city));
        columns.push(SortColumn::new(report_faces::number));
        ListOrder::new(columns, false)
    }

    /// Returns the values of a cursor, one for each column of the order.
    fn read_position(self, cursor: &QueueCursor) -> Vec<Option<BindValue>> {
        let QueueCursor { submitted_at, cycle, city, number } = cursor;
        let mut position = match self {
            Self::Key => Vec::new(),
            Self::SubmittedAt => vec![submitted_at.map(|at| BindValue::Time(StoredTimestamp(at)))],
        };
        position.push(Some(BindValue::Text(cycle.clone())));
        position.push(Some(BindValue::Text(city.clone())));
        position.push(Some(BindValue::Integer(*number)));
        position
    }
}

pub(crate) fn load_page(conn: &mut Conn, query: &QueueQuery) -> StoreResult<Vec<QueueItem>> {
    let rows = load_rows(conn, query)?;
    let cities: BTreeSet<&str> = rows.iter().map(|row| row.city.as_str()).collect();
    let deadlines = load_deadlines(conn, Some(&cities))?;
    items::load_items(conn, rows, &deadlines, query.now)
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
    let after = query.after.as_ref().map(|cursor| order.after(&query.sort.read_position(cursor)));
    let rows = Condition::all([query.load_condition(conn)?].into_iter().chain(after));
    Ok(on!(conn, |c, DB| report_faces::table
        .filter(rows)
        .order(order)
        .limit(query.limit)
        .select(ReportCopyRow::as_select())
        .load(c))?)
}
