//! What a report said at some time, read from the journal.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use serde::Deserialize;

use crate::{
    domain::{
        id::Id,
        project::{Header, Project},
        report::{Content, Report},
        value::Slug,
        workflow::Transition,
    },
    store::{
        Conn, Record, StoreResult,
        conn::on,
        import,
        journal::JournalRow,
        json,
        schema::{approved_reports, journal},
        types::DbUuid,
    },
};

/// The actions after which a report is approved.
pub const APPROVALS: &[&str] = &[Transition::Approve.as_str(), import::ACTION];

/// A version of a report.
#[derive(Debug, Clone)]
pub struct Past {
    /// The version.
    pub version: i64,
    /// When it came to be.
    pub at: DateTime<Utc>,
    /// By what.
    pub action: String,
    /// What it said; none where the journal no longer keeps it.
    pub said: Option<Said>,
}

/// What a version of a report said.
#[derive(Debug, Clone, Deserialize)]
pub struct Said {
    /// The cycle.
    pub cycle: Slug,
    /// What the city said.
    pub content: Content,
    /// The project as it was frozen.
    pub header: Option<Header>,
}

impl TryFrom<JournalRow> for Past {
    type Error = crate::store::StoreError;
    fn try_from(row: JournalRow) -> StoreResult<Self> {
        Ok(Self {
            version: row.version,
            at: row.at.0,
            action: row.action,
            said: json::read_opt(row.record.as_ref())?,
        })
    }
}

/// Reads a version of a report.
///
/// # Errors
/// Failures of the database.
pub fn at_version(conn: &mut Conn, key: &str, version: i64) -> StoreResult<Option<Past>> {
    let row: Option<JournalRow> = on!(conn, |c, DB| journal::table
        .filter(journal::entity.eq(Report::ENTITY).and(journal::key.eq(key)))
        .filter(journal::version.eq(version))
        .order(journal::seq.desc())
        .limit(1)
        .select(JournalRow::as_select())
        .get_result(c)
        .optional())?;
    row.map(Past::try_from).transpose()
}

/// Reads the version that the last of some actions left.
///
/// # Errors
/// Failures of the database.
pub fn last(conn: &mut Conn, key: &str, actions: &[&str]) -> StoreResult<Option<Past>> {
    last_by(conn, key, actions, i64::MAX)
}

/// The same as of a row of the journal.
///
/// # Errors
/// Failures of the database.
pub fn last_by(
    conn: &mut Conn,
    key: &str,
    actions: &[&str],
    seq: i64,
) -> StoreResult<Option<Past>> {
    let row: Option<JournalRow> = on!(conn, |c, DB| journal::table
        .filter(journal::entity.eq(Report::ENTITY).and(journal::key.eq(key)))
        .filter(journal::seq.le(seq))
        .filter(journal::action.eq_any(actions.iter().copied()))
        .order(journal::seq.desc())
        .limit(1)
        .select(JournalRow::as_select())
        .get_result(c)
        .optional())?;
    row.map(Past::try_from).transpose()
}

/// Finds the cycle of the project's latest approved report before a cut-off day.
///
/// # Errors
/// Failures of the database.
pub fn approved_before(
    conn: &mut Conn,
    project: Id<Project>,
    as_of: NaiveDate,
) -> StoreResult<Option<Slug>> {
    let cycle: Option<String> = on!(conn, |c, DB| approved_reports::table
        .filter(approved_reports::project_id.eq(DbUuid::from(project)))
        .filter(approved_reports::as_of.lt(as_of))
        .order((approved_reports::as_of.desc(), approved_reports::cycle.desc()))
        .limit(1)
        .select(approved_reports::cycle)
        .get_result(c)
        .optional())?;
    Ok(cycle.map(Slug::parse).transpose()?)
}
