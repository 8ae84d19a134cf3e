//! Earlier versions of a report, read from the journal.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use serde::Deserialize;

use crate::{
    domain::{
        id::Id,
        project::{Header, Project},
        report::{Report, ReportContent},
        value::Slug,
        workflow::TransitionKind,
    },
    store::{
        Conn, Record, StoreResult,
        conn::on,
        import,
        journal::JournalRow,
        json,
        schema::{approved_reports, journal},
        types::StoredUuid,
    },
};

/// The actions after which a report is approved.
pub(crate) const APPROVALS: &[&str] = &[TransitionKind::Approve.as_str(), import::ACTION];

#[derive(Debug, Clone)]
pub(crate) struct ReportVersion {
    pub version: i64,
    /// When the version was created.
    pub at: DateTime<Utc>,
    /// The action that created it.
    pub action: String,
    /// The content. `None` if the journal no longer holds it.
    pub content: Option<ReportVersionContent>,
}

/// The content of a version.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct ReportVersionContent {
    pub cycle: Slug,
    pub content: ReportContent,
    /// The project as the report froze it.
    pub header: Option<Header>,
}

impl TryFrom<JournalRow> for ReportVersion {
    type Error = crate::store::StoreError;
    fn try_from(row: JournalRow) -> StoreResult<Self> {
        Ok(Self {
            version: row.version,
            at: row.at.0,
            action: row.action,
            content: json::read_optional(row.record.as_ref())?,
        })
    }
}

pub(crate) fn find_version(
    conn: &mut Conn,
    key: &str,
    version: i64,
) -> StoreResult<Option<ReportVersion>> {
    let row: Option<JournalRow> = on!(conn, |c, DB| journal::table
        .filter(journal::entity.eq(Report::ENTITY).and(journal::key.eq(key)))
        .filter(journal::version.eq(version))
        .order(journal::seq.desc())
        .limit(1)
        .select(JournalRow::as_select())
        .get_result(c)
        .optional())?;
    row.map(ReportVersion::try_from).transpose()
}

/// Returns the version after the last of some actions.
pub(crate) fn find_last_version(
    conn: &mut Conn,
    key: &str,
    actions: &[&str],
) -> StoreResult<Option<ReportVersion>> {
    find_last_version_until(conn, key, actions, i64::MAX)
}

/// Like [`find_last_version`], up to a number of the journal.
pub(crate) fn find_last_version_until(
    conn: &mut Conn,
    key: &str,
    actions: &[&str],
    seq: i64,
) -> StoreResult<Option<ReportVersion>> {
    let row: Option<JournalRow> = on!(conn, |c, DB| journal::table
        .filter(journal::entity.eq(Report::ENTITY).and(journal::key.eq(key)))
        .filter(journal::seq.le(seq))
        .filter(journal::action.eq_any(actions.iter().copied()))
        .order(journal::seq.desc())
        .limit(1)
        .select(JournalRow::as_select())
        .get_result(c)
        .optional())?;
    row.map(ReportVersion::try_from).transpose()
}

/// Finds the cycle of the project's latest approved report before a cut-off day.
pub(crate) fn find_approved_cycle_before(
    conn: &mut Conn,
    project: Id<Project>,
    as_of: NaiveDate,
) -> StoreResult<Option<Slug>> {
    let cycle: Option<String> = on!(conn, |c, DB| approved_reports::table
        .filter(approved_reports::project_id.eq(StoredUuid::from(project)))
        .filter(approved_reports::as_of.lt(as_of))
        .order((approved_reports::as_of.desc(), approved_reports::cycle.desc()))
        .limit(1)
        .select(approved_reports::cycle)
        .get_result(c)
        .optional())?;
    Ok(cycle.map(Slug::parse).transpose()?)
}
