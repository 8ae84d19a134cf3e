//! Finds releases, and stores a new one with everything that it froze. Triggers of the database refuse to change or delete
//! any of these rows.

use diesel::prelude::*;

use super::{
    Conn, StoreResult,
    conn::on,
    json,
    schema::{approved_reports, release_grounds, release_reports, releases},
    tx::{RecordWriter, Tx},
    types::StoredUuid,
};
use crate::domain::{
    id::Id,
    release::{FullRelease, LATEST, Release, errata::Erratum},
    report::Report,
    value::Slug,
};

pub(crate) mod assembly;
pub mod frozen;
pub(crate) mod predecessors;
mod rows;

use rows::{ReleaseRow, load_rows};

/// Lists all releases, ordered by cycle and number.
///
/// # Errors
/// Returns an error if the database fails.
pub fn list(conn: &mut Conn) -> StoreResult<Vec<Release>> {
    load_rows(conn)?.into_iter().map(Release::try_from).collect()
}

/// Lists the keys of all releases, ordered by cycle and number.
///
/// # Errors
/// Returns an error if the database fails.
pub fn list_keys(conn: &mut Conn) -> StoreResult<Vec<Slug>> {
    let keys: Vec<String> = on!(conn, |c, DB| releases::table
        .order((releases::cycle, releases::number))
        .select(releases::release)
        .load(c))?;
    Ok(keys.into_iter().map(Slug::parse).collect::<Result<_, _>>()?)
}

/// Finds a release by its key.
///
/// # Errors
/// Returns an error if the database fails.
pub fn find(conn: &mut Conn, release: &Slug) -> StoreResult<Option<Release>> {
    let row: Option<ReleaseRow> = on!(conn, |c, DB| releases::table
        .find(release.as_str())
        .select(ReleaseRow::as_select())
        .get_result(c)
        .optional())?;
    row.map(Release::try_from).transpose()
}

/// Resolves the key of a release. The word `latest` means the release with the latest cut-off day. `None` if there is
/// no such release.
///
/// # Errors
/// Returns an error if the database fails.
pub fn resolve_key(conn: &mut Conn, word: &Slug) -> StoreResult<Option<Slug>> {
    use super::schema::cycles;
    let found: Option<String> = if word.as_str() == LATEST {
        on!(conn, |c, DB| releases::table
            .inner_join(cycles::table.on(cycles::slug.eq(releases::cycle)))
            .order((cycles::as_of.desc(), releases::cycle.desc(), releases::number.desc()))
            .limit(1)
            .select(releases::release)
            .get_result(c)
            .optional())?
    } else {
        on!(conn, |c, DB| releases::table
            .find(word.as_str())
            .select(releases::release)
            .get_result(c)
            .optional())?
    };
    Ok(found.map(Slug::parse).transpose()?)
}

/// Finds the key of the latest release of a cycle.
///
/// # Errors
/// Returns an error if the database fails.
pub fn find_latest(conn: &mut Conn, cycle: &Slug) -> StoreResult<Option<Slug>> {
    let found: Option<String> = on!(conn, |c, DB| releases::table
        .filter(releases::cycle.eq(cycle.as_str()))
        .order(releases::number.desc())
        .limit(1)
        .select(releases::release)
        .get_result(c)
        .optional())?;
    Ok(found.map(Slug::parse).transpose()?)
}

/// Finds the latest release that holds the current approved copy of a report.
///
/// # Errors
/// Returns an error if the database fails.
pub fn find_release_holding(conn: &mut Conn, report: Id<Report>) -> StoreResult<Option<Slug>> {
    let is_frozen = release_reports::report_id
        .eq(approved_reports::id)
        .and(release_reports::version.eq(approved_reports::version));
    let found: Option<String> = on!(conn, |c, DB| approved_reports::table
        .inner_join(release_reports::table.on(is_frozen))
        .inner_join(releases::table.on(releases::release.eq(release_reports::release)))
        .filter(approved_reports::id.eq(StoredUuid::from(report)))
        .order(releases::number.desc())
        .limit(1)
        .select(releases::release)
        .get_result(c)
        .optional())?;
    Ok(found.map(Slug::parse).transpose()?)
}

/// Returns the journal number that the latest release with this report recorded. The report may have been approved
/// again since.
///
/// # Errors
/// Returns an error if the database fails.
pub fn find_journal_seq(conn: &mut Conn, report: Id<Report>) -> StoreResult<Option<i64>> {
    Ok(on!(conn, |c, DB| release_reports::table
        .inner_join(releases::table.on(releases::release.eq(release_reports::release)))
        .filter(release_reports::report_id.eq(StoredUuid::from(report)))
        .order(releases::number.desc())
        .limit(1)
        .select(releases::seq)
        .get_result(c)
        .optional())?)
}

/// Lists the errata between two releases of one cycle, in either order. Returns no errata for releases of two cycles.
///
/// # Errors
/// Returns an error if the database fails.
pub fn list_errata_between(conn: &mut Conn, a: &Slug, b: &Slug) -> StoreResult<Vec<Erratum>> {
    let (Some(a), Some(b)) = (find(conn, a)?, find(conn, b)?) else { return Ok(Vec::new()) };
    if a.cycle != b.cycle {
        return Ok(Vec::new());
    }
    let (first, last) = (a.number.min(b.number), a.number.max(b.number));
    let texts: Vec<String> = on!(conn, |c, DB| releases::table
        .filter(releases::cycle.eq(a.cycle.as_str()))
        .filter(releases::number.gt(first))
        .filter(releases::number.le(last))
        .order(releases::number)
        .select(releases::errata)
        .load(c))?;
    let mut errata = Vec::new();
    for text in texts {
        errata.extend(json::read::<Vec<Erratum>>(&text)?);
    }
    Ok(errata)
}

/// Returns `true` if a cycle has an approved copy that its latest release does not hold. If the cycle has no release,
/// any approved copy counts.
///
/// # Errors
/// Returns an error if the database fails.
pub fn has_unreleased_approvals(conn: &mut Conn, cycle: &Slug) -> StoreResult<bool> {
    let last = find_latest(conn, cycle)?.map(|slug| slug.to_string()).unwrap_or_default();
    let is_frozen = release_reports::report_id
        .eq(approved_reports::id)
        .and(release_reports::version.eq(approved_reports::version))
        .and(release_reports::release.eq(last));
    Ok(on!(conn, |c, DB| diesel::select(diesel::dsl::exists(
        approved_reports::table
            .left_join(release_reports::table.on(is_frozen))
            .filter(approved_reports::cycle.eq(cycle.as_str()))
            .filter(release_reports::release.nullable().is_null())
    ))
    .get_result(c))?)
}

/// The number of rows that one statement inserts. Each row has 9 values, which stays below the parameter limits of
/// both databases.
const BATCH: usize = 200;

/// Stores a release with everything that it froze.
///
/// # Errors
/// Returns an error if a release with this key exists, or if the database fails.
pub fn insert_full_release(
    tx: &mut Tx<'_>,
    proof: &impl RecordWriter<Release>,
    full_release: &FullRelease,
    action: &'static str,
) -> StoreResult<()> {
    let key = full_release.release.release.as_str();
    proof.save(tx, &full_release.release, super::Change::without_reason(action))?;
    let rows = full_release
        .reports
        .iter()
        .map(|report| frozen::FrozenReportRow::new(&full_release.release.release, report))
        .collect::<StoreResult<Vec<_>>>()?;
    for batch in rows.chunks(BATCH) {
        on!(tx.conn(), |c, DB| diesel::insert_into(release_reports::table)
            .values(batch)
            .execute(c))?;
    }
    // This row comes last. Once it exists, the database adds no more reports to the release.
    let reference = json::write(&full_release.reference)?;
    on!(tx.conn(), |c, DB| diesel::insert_into(release_grounds::table)
        .values((release_grounds::release.eq(key), release_grounds::ground.eq(&reference)))
        .execute(c))?;
    Ok(())
}
