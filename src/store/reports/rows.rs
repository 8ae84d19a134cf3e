//! The rows of working copies of reports.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::{
    domain::{
        id::Id,
        project::ProjectCode,
        reference::CountryCode,
        report::{AuditStamp, FirstSubmission, ProjectStatus, Report, ReportState},
        user::User,
        value::{Percent, Slug},
    },
    store::{
        StoreError, StoreResult, json,
        schema::reports,
        tx::{impl_journaled_record, impl_record},
        types::{StoredTimestamp, StoredUuid},
    },
};

/// Status and percentage have their own columns beside the content, for lists. The columns that identify a report are
/// never updated: an update that sets them would rewrite most of the table's indexes.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = reports, treat_none_as_null = true)]
pub(super) struct ReportRow {
    id: StoredUuid,
    #[diesel(skip_update)]
    project_id: StoredUuid,
    #[diesel(skip_update)]
    city: String,
    #[diesel(skip_update)]
    number: i64,
    #[diesel(skip_update)]
    country: String,
    #[diesel(skip_update)]
    cycle: String,
    state: String,
    status: Option<String>,
    percent: Option<i64>,
    ever_submitted: bool,
    content: String,
    header: Option<String>,
    edited_at: Option<StoredTimestamp>,
    edited_by: Option<StoredUuid>,
    edited_for: Option<StoredUuid>,
    submitted_at: Option<StoredTimestamp>,
    submitted_by: Option<StoredUuid>,
    submitted_for: Option<StoredUuid>,
    decided_at: Option<StoredTimestamp>,
    decided_by: Option<StoredUuid>,
    decided_for: Option<StoredUuid>,
    imported: Option<String>,
    version: i64,
    first_submitted_at: Option<StoredTimestamp>,
    first_late: Option<bool>,
    first_decided: bool,
}

/// The three columns of an audit stamp.
type StampColumns = (Option<StoredTimestamp>, Option<StoredUuid>, Option<StoredUuid>);

fn to_stamp_columns(stamp: Option<AuditStamp>) -> StampColumns {
    (
        stamp.map(|d| StoredTimestamp(d.at)),
        stamp.map(|d| d.by.into()),
        stamp.and_then(|d| d.acting_for).map(StoredUuid::from),
    )
}

fn from_stamp_columns(
    at: Option<StoredTimestamp>,
    by: Option<StoredUuid>,
    acting_for: Option<StoredUuid>,
) -> StoreResult<Option<AuditStamp>> {
    let acting_for: Option<Id<User>> = acting_for.map(Id::from);
    match (at, by) {
        (Some(at), Some(by)) => {
            Ok(Some(AuditStamp { by: by.into(), acting_for, at: DateTime::<Utc>::from(at) }))
        }
        (None, None) => Ok(None),
        (Some(_), None) | (None, Some(_)) => {
            Err(StoreError::Corrupt("half of an audit stamp".into()))
        }
    }
}

impl TryFrom<&Report> for ReportRow {
    type Error = StoreError;
    fn try_from(r: &Report) -> StoreResult<Self> {
        let (edited_at, edited_by, edited_for) = to_stamp_columns(r.edited);
        let (submitted_at, submitted_by, submitted_for) = to_stamp_columns(r.submitted);
        let (decided_at, decided_by, decided_for) = to_stamp_columns(r.decided);
        Ok(Self {
            id: r.id.into(),
            project_id: r.project.into(),
            city: r.code.city().to_string(),
            number: r.code.number(),
            country: r.country.to_string(),
            cycle: r.cycle.to_string(),
            state: r.state.to_string(),
            status: r.content.status.as_ref().map(ProjectStatus::to_string),
            percent: r.content.percent_complete.map(Percent::hundredths),
            ever_submitted: r.ever_submitted,
            content: json::write(&r.content)?,
            header: json::write_optional(r.header.as_ref())?,
            edited_at,
            edited_by,
            edited_for,
            submitted_at,
            submitted_by,
            submitted_for,
            decided_at,
            decided_by,
            decided_for,
            imported: json::write_optional(r.imported.as_ref())?,
            version: r.version,
            first_submitted_at: r.first_submission.map(|first| StoredTimestamp(first.at)),
            first_late: r.first_submission.and_then(|first| first.late),
            first_decided: r.first_submission.is_some_and(|first| first.decided),
        })
    }
}
impl TryFrom<ReportRow> for Report {
    type Error = StoreError;
    fn try_from(r: ReportRow) -> StoreResult<Self> {
        Ok(Self {
            id: r.id.into(),
            project: r.project_id.into(),
            code: ProjectCode::new(Slug::parse(r.city)?, r.number),
            cycle: Slug::parse(r.cycle)?,
            country: CountryCode::parse(r.country)?,
            state: ReportState::parse(r.state)?,
            content: json::read(&r.content)?,
            header: json::read_optional(r.header.as_ref())?,
            ever_submitted: r.ever_submitted,
            edited: from_stamp_columns(r.edited_at, r.edited_by, r.edited_for)?,
            submitted: from_stamp_columns(r.submitted_at, r.submitted_by, r.submitted_for)?,
            first_submission: r.first_submitted_at.map(|at| FirstSubmission {
                at: at.0,
                late: r.first_late,
                decided: r.first_decided,
            }),
            decided: from_stamp_columns(r.decided_at, r.decided_by, r.decided_for)?,
            imported: json::read_optional(r.imported.as_ref())?,
            version: r.version,
        })
    }
}
impl_journaled_record!(Report, ReportRow, reports, |r| StoredUuid::from(r.id));
impl_record!(Report, "report", private, |r| r.key(), stamps[edited]);
