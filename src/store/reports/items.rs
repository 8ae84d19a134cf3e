//! Loads the content of list items for the rows of a page.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde::Deserialize;
use uuid::Uuid;

use super::{
    earlier::EarlierReports,
    queue::{QueueItem, ReportCopyRow},
};
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
        schema::{approved_reports, projects, reports},
        types::{StoredTimestamp, StoredUuid},
    },
};

/// The largest number of keys in one query.
const BATCH: usize = 500;

/// The values of a copy in addition to the columns by which rows are found.
struct QueueItemContent {
    project: StoredUuid,
    title: String,
    support_needed: Option<String>,
    status: Option<String>,
    percent: Option<i64>,
    version: i64,
    submitted_by: Option<Uuid>,
    submitted_for: Option<Uuid>,
    decided_at: Option<DateTime<Utc>>,
    decided_by: Option<Uuid>,
    decided_for: Option<Uuid>,
}

/// The part of a frozen header that a list shows.
#[derive(Deserialize)]
struct HeaderTitle {
    title: String,
}

/// The part of a report's content that a list shows and that has no column.
#[derive(Deserialize)]
struct SupportNeeded {
    support_needed: Option<String>,
}

#[derive(Queryable)]
struct WorkingItemRow {
    id: StoredUuid,
    project: StoredUuid,
    /// The present title of the project.
    title: String,
    header: Option<String>,
    content: String,
    status: Option<String>,
    percent: Option<i64>,
    version: i64,
    submitted_by: Option<StoredUuid>,
    submitted_for: Option<StoredUuid>,
    decided_at: Option<StoredTimestamp>,
    decided_by: Option<StoredUuid>,
    decided_for: Option<StoredUuid>,
}

#[derive(Queryable)]
struct ApprovedItemRow {
    id: StoredUuid,
    project: StoredUuid,
    header: String,
    content: String,
    status: String,
    percent: Option<i64>,
    version: i64,
    decided_at: Option<StoredTimestamp>,
}

impl TryFrom<WorkingItemRow> for QueueItemContent {
    type Error = StoreError;
    fn try_from(row: WorkingItemRow) -> StoreResult<Self> {
        // A submitted report is decided on under the title that it had then. The project may have a different title
        // now.
        let frozen = row.header.map(|header| json::read::<HeaderTitle>(&header)).transpose()?;
        Ok(Self {
            project: row.project,
            title: frozen.map_or(row.title, |frozen| frozen.title),
            support_needed: json::read::<SupportNeeded>(&row.content)?.support_needed,
            status: row.status,
            percent: row.percent,
            version: row.version,
            submitted_by: row.submitted_by.map(|u| u.0),
            submitted_for: row.submitted_for.map(|u| u.0),
            decided_at: row.decided_at.map(|t| t.0),
            decided_by: row.decided_by.map(|u| u.0),
            decided_for: row.decided_for.map(|u| u.0),
        })
    }
}

impl TryFrom<ApprovedItemRow> for QueueItemContent {
    type Error = StoreError;
    fn try_from(row: ApprovedItemRow) -> StoreResult<Self> {
        Ok(Self {
            project: row.project,
            title: json::read::<HeaderTitle>(&row.header)?.title,
            support_needed: json::read::<SupportNeeded>(&row.content)?.support_needed,
            status: Some(row.status),
            percent: row.percent,
            version: row.version,
            submitted_by: None,
            submitted_for: None,
            decided_at: row.decided_at.map(|t| t.0),
            decided_by: None,
            decided_for: None,
        })
    }
}

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
    let projects = working.values().chain(approved.values()).map(|content| content.project);
    let earlier = EarlierReports::load(conn, projects.collect())?;
    let item = |row: ReportCopyRow| {
        let inside = row.face == "working";
        let content = if inside { working.remove(&row.id.0) } else { approved.remove(&row.id.0) };
        let content = content.ok_or_else(|| StoreError::Corrupt("a report without rows".into()))?;
        let state = ReportState::parse(row.state)?;
        let first_submitted_at = row.first_submitted_at.map(|at| at.0);
        let timing = SubmissionTiming::from_columns(state, row.late, first_submitted_at);
        let earlier = earlier.find_values(content.project.0, &row.cycle);
        Ok(QueueItem {
            late: deadlines.is_late(&row.cycle, &row.city, timing, now),
            code: ProjectCode::new(Slug::parse(row.city)?, row.number),
            country: CountryCode::parse(row.country)?,
            cycle: Slug::parse(row.cycle)?,
            title: content.title,
            state,
            status: content.status.map(ProjectStatus::parse).transpose()?,
            percent_complete: content.percent.and_then(Percent::from_hundredths),
            earlier_status: earlier.status,
            earlier_percent_complete: earlier.percent,
            support_needed: content.support_needed,
            version: content.version,
            submitted_at: row.submitted_at.map(|at| at.0),
            first_submitted_at: first_submitted_at.filter(|_at| inside),
            submitted_by: content.submitted_by,
            submitted_for: content.submitted_for,
            decided_at: content.decided_at,
            decided_by: content.decided_by,
            decided_for: content.decided_for,
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
                reports::project_id,
                projects::title,
                reports::header,
                reports::content,
                reports::status,
                reports::percent,
                reports::version,
                reports::submitted_by,
                reports::submitted_for,
                reports::decided_at,
                reports::decided_by,
                reports::decided_for,
            ))
            .load(c))?;
        for row in rows {
            out.insert(row.id.0, row.try_into()?);
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
                approved_reports::project_id,
                approved_reports::header,
                approved_reports::content,
                approved_reports::status,
                approved_reports::percent,
                approved_reports::version,
                approved_reports::decided_at,
            ))
            .load(c))?;
        for row in rows {
            out.insert(row.id.0, row.try_into()?);
        }
    }
    Ok(out)
}
