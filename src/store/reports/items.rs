//! Loads the content of list items for the rows of a page.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde::Deserialize;
use uuid::Uuid;

use super::queue::{QueueItem, ReportCopyRow};
use crate::{
    domain::{
        cycle::CycleDeadlines,
        project::ProjectCode,
        reference::CountryCode,
        report::{ProjectStatus, ReportState},
        value::{Percent, Slug},
    },
    store::{
        Conn, StoreError, StoreResult,
        conn::on,
        json,
        schema::{approved_reports, projects, reports},
        types::{StoredTimestamp, StoredUuid},
    },
};

/// The largest number of keys in one query.
const BATCH: usize = 500;

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
    let ids = |face: &str| rows.iter().filter(|r| r.face == face).map(|r| r.id).collect::<Vec<_>>();
    let mut working = load_working_content(conn, &ids("working"))?;
    let mut approved = load_approved_content(conn, &ids("approved"))?;
    let item = |row: ReportCopyRow| {
        let ReportCopyRow { face, id, city, number, country, cycle, state, submitted_at } = row;
        let content =
            if face == "working" { working.remove(&id.0) } else { approved.remove(&id.0) };
        let content = content.ok_or_else(|| StoreError::Corrupt("a report without rows".into()))?;
        let (state, submitted_at) = (ReportState::parse(state)?, submitted_at.map(|t| t.0));
        Ok(QueueItem {
            late: deadlines.is_late(&cycle, &city, state, submitted_at, now),
            code: ProjectCode::new(Slug::parse(city)?, number),
            country: CountryCode::parse(country)?,
            cycle: Slug::parse(cycle)?,
            title: content.title,
            state,
            status: content.status.map(ProjectStatus::parse).transpose()?,
            percent_complete: content.percent.and_then(Percent::from_hundredths),
            version: content.version,
            submitted_at,
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
