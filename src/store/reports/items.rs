//! Loads the content of list items for the rows of a page.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde::Deserialize;
use uuid::Uuid;

use super::queue::QueueItem;
use crate::{
    domain::{
        cycle::CycleDeadlines,
        project::ProjectCode,
        reference::CountryCode,
        report::{ProjectStatus, ReportState, SubmissionTiming},
        value::{Percent, Slug},
    },
    store::{
        Conn, StoreError, StoreResult,
        conn::on,
        json,
        schema::{approved_reports, projects, report_faces, reports},
        types::{StoredTimestamp, StoredUuid},
    },
};

/// The largest number of keys in one query.
const BATCH: usize = 500;

/// The columns by which rows are found, before their content is read.
#[derive(Debug, Queryable, Selectable)]
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

/// The values of a copy in addition to the columns by which rows are found.
struct QueueItemContent {
    title: String,
    status: Option<String>,
    percent: Option<i64>,
    version: i64,
    submitted_by: Option<Uuid>,
    decided_at: Option<DateTime<Utc>>,
    decided_by: Option<Uuid>,
}

/// The part of a frozen header that a list shows.
#[derive(Deserialize)]
struct HeaderTitle {
    title: String,
}

type WorkingItemRow = (
    StoredUuid,
    (String, Option<String>),
    Option<String>,
    Option<i64>,
    i64,
    Option<StoredUuid>,
    Option<StoredTimestamp>,
    Option<StoredUuid>,
);
type ApprovedItemRow = (StoredUuid, String, String, Option<i64>, i64, Option<StoredTimestamp>);

/// Loads the items of a page, in the order of its rows.
pub(super) fn load_items(
    conn: &mut Conn,
    rows: Vec<ReportCopyRow>,
    deadlines: &CycleDeadlines,
    now: DateTime<Utc>,
) -> StoreResult<Vec<QueueItem>> {
    let ids = |word: &str| rows.iter().filter(|r| r.face == word).map(|r| r.id).collect::<Vec<_>>();
    let mut working = load_working_content(conn, &ids("working"))?;
    let mut approved = load_approved_content(conn, &ids("approved"))?;
    let item = |row: ReportCopyRow| {
        let inside = row.face == "working";
        let content = if inside { working.remove(&row.id.0) } else { approved.remove(&row.id.0) };
        let content = content.ok_or_else(|| StoreError::Corrupt("a report without rows".into()))?;
        let state = ReportState::parse(row.state)?;
        let first_submitted_at = row.first_submitted_at.map(|at| at.0);
        let timing = SubmissionTiming::from_columns(state, row.late, first_submitted_at);
        Ok(QueueItem {
            late: deadlines.is_late(&row.cycle, &row.city, timing, now),
            code: ProjectCode::new(Slug::parse(row.city)?, row.number),
            country: CountryCode::parse(row.country)?,
            cycle: Slug::parse(row.cycle)?,
            title: content.title,
            state,
            status: content.status.map(ProjectStatus::parse).transpose()?,
            percent_complete: content.percent.and_then(Percent::from_hundredths),
            version: content.version,
            submitted_at: row.submitted_at.map(|at| at.0),
            first_submitted_at: first_submitted_at.filter(|_at| inside),
            submitted_by: content.submitted_by,
            decided_at: content.decided_at,
            decided_by: content.decided_by,
        })
    };
    rows.into_iter().map(item).collect()
}

fn load_working_content(
    conn: &mut Conn,
    ids: &[StoredUuid],
) -> StoreResult<HashMap<Uuid, QueueItemContent>> {
    let mut out = HashMap::with_capacity(ids.len());
    for batch in ids.chunks(BATCH) {
        let rows: Vec<WorkingItemRow> = on!(conn, |c, DB| reports::table
            .inner_join(projects::table.on(projects::id.eq(reports::project_id)))
            .filter(reports::id.eq_any(batch))
            .select((
                reports::id,
                (projects::title, reports::header),
                reports::status,
                reports::percent,
                reports::version,
                reports::submitted_by,
                reports::decided_at,
                reports::decided_by,
            ))
            .load(c))?;
        for (id, title, status, percent, version, submitted_by, decided_at, decided_by) in rows {
            let (present, header) = title;
            // A submitted report is decided on under the title that it had then. The project may have a different
            // title now.
            let frozen = header.map(|header| json::read::<HeaderTitle>(&header)).transpose()?;
            let content = QueueItemContent {
                title: frozen.map_or(present, |frozen| frozen.title),
                status,
                percent,
                version,
                submitted_by: submitted_by.map(|u| u.0),
                decided_at: decided_at.map(|t| t.0),
                decided_by: decided_by.map(|u| u.0),
            };
            out.insert(id.0, content);
        }
    }
    Ok(out)
}

fn load_approved_content(
    conn: &mut Conn,
    ids: &[StoredUuid],
) -> StoreResult<HashMap<Uuid, QueueItemContent>> {
    let mut out = HashMap::with_capacity(ids.len());
    for batch in ids.chunks(BATCH) {
        let rows: Vec<ApprovedItemRow> = on!(conn, |c, DB| approved_reports::table
            .filter(approved_reports::id.eq_any(batch))
            .select((
                approved_reports::id,
                approved_reports::header,
                approved_reports::status,
                approved_reports::percent,
                approved_reports::version,
                approved_reports::decided_at,
            ))
            .load(c))?;
        for (id, header, status, percent, version, decided_at) in rows {
            let content = QueueItemContent {
                title: json::read::<HeaderTitle>(&header)?.title,
                status: Some(status),
                percent,
                version,
                submitted_by: None,
                decided_at: decided_at.map(|t| t.0),
                decided_by: None,
            };
            out.insert(id.0, content);
        }
    }
    Ok(out)
}
