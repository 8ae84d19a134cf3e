//! What a release is made of: the approved reports of a cycle, the reference data, the release before it and why its
//! reports were taken up again. And its verification, from what it froze and from the journal.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::{find, find_latest, frozen};
use crate::{
    domain::{
        cycle::ReportingCycle,
        figures::ReportFact,
        journal::{hash_record, to_hex},
        project::ProjectCode,
        release::{
            JournalPosition, PreviousRelease, Release, ReleaseReference,
            content_hash::ReleaseHasher, published,
        },
        report::{ApprovedReport, Report, report_key},
        value::Slug,
        workflow::TransitionKind,
    },
    store::{
        Conn, Record as _, StoreError, StoreResult,
        conn::on,
        journal::{self, JournalRow, to_hash},
        projects, reference, reports,
        schema::journal as journal_table,
    },
};

/// Reads the head of the journal, as a release records it.
///
/// # Errors
/// Failures of the database.
pub(crate) fn load_journal_position(conn: &mut Conn) -> StoreResult<JournalPosition> {
    let head = journal::load_head(conn)?;
    Ok(JournalPosition { seq: head.seq, hash: to_hex(&head.hash), feed: head.feed })
}

/// Reads the reference data that a release of a cycle freezes.
///
/// # Errors
/// Failures of the database.
pub(crate) fn build_reference(
    conn: &mut Conn,
    cycle: ReportingCycle,
) -> StoreResult<ReleaseReference> {
    Ok(ReleaseReference {
        cycle,
        countries: reference::list_countries(conn)?,
        cities: reference::list_cities(conn)?,
        with_project: projects::list_cities_with_approved(conn)?,
        vocabulary: reference::load_vocabulary(conn)?,
    })
}

/// Reads the approved reports of a cycle, by city and number.
///
/// # Errors
/// Failures of the database.
pub(crate) fn list_reports(conn: &mut Conn, cycle: &Slug) -> StoreResult<Vec<ApprovedReport>> {
    reports::list_approved(conn, cycle)
}

/// Reads the latest release of a cycle with the reasons for which reports became others since. `reports` are those that the
/// next one would freeze.
///
/// # Errors
/// Failures of the database.
pub(crate) fn load_previous_release(
    conn: &mut Conn,
    cycle: &Slug,
    reports: &[ApprovedReport],
) -> StoreResult<Option<PreviousRelease>> {
    let Some(key) = find_latest(conn, cycle)? else { return Ok(None) };
    let Some(release) = find(conn, &key)? else { return Ok(None) };
    let edition = frozen::load_full_release(conn, release)?;
    let frozen: BTreeMap<&ProjectCode, i64> =
        edition.reports.iter().map(|r| (&r.code, r.version)).collect();
    let mut reasons = BTreeMap::new();
    for report in reports {
        let version = frozen.get(&report.code).copied();
        if version != Some(report.version) {
            let key = report_key(&report.code, cycle);
            reasons.insert(report.code.clone(), list_reopening_reasons(conn, &key, version)?);
        }
    }
    Ok(Some(PreviousRelease { edition, reasons }))
}

/// Reads why a report was reopened after the approval of a version of its copy; ever, where there is none. The release with
/// that version may be younger than the reopening.
fn list_reopening_reasons(
    conn: &mut Conn,
    key: &str,
    version: Option<i64>,
) -> StoreResult<Vec<String>> {
    let approved: Option<i64> = match version {
        Some(version) => on!(conn, |c, DB| journal_table::table
            .filter(journal_table::entity.eq(ApprovedReport::ENTITY))
            .filter(journal_table::key.eq(key))
            .filter(journal_table::version.eq(version))
            .order(journal_table::seq.desc())
            .limit(1)
            .select(journal_table::seq)
            .get_result(c)
            .optional())?,
        None => None,
    };
    let reasons: Vec<Option<String>> = on!(conn, |c, DB| journal_table::table
        .filter(journal_table::entity.eq(Report::ENTITY))
        .filter(journal_table::key.eq(key))
        .filter(journal_table::seq.gt(approved.unwrap_or_default()))
        .filter(journal_table::action.eq(TransitionKind::Reopen.as_str()))
        .order(journal_table::seq)
        .select(journal_table::reason)
        .load(c))?;
    Ok(reasons.into_iter().flatten().collect())
}

/// What a verification of a release found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ReleaseCheck {
    /// How many frozen reports were looked at.
    pub reports: i64,
    /// The SHA-256 of what is frozen now.
    pub sha256: String,
    /// The frozen content has the hash that was published.
    pub content: bool,
    /// The published figures follow from what is frozen.
    pub figures: bool,
    /// Each frozen report is what the journal says was approved by then, and the journal still holds the row that the release
    /// recorded.
    pub journal: bool,
    /// The frozen reports that are not what the journal says, by project; the first hundred.
    pub differing: Vec<ProjectCode>,
}

/// Most differing reports that are named.
const DIFFERING_MAX: usize = 100;

/// Recomputes a release from what it froze and from the journal.
///
/// # Errors
/// Failures of the database.
pub(crate) fn verify_release(conn: &mut Conn, release: &Release) -> StoreResult<ReleaseCheck> {
    let key = &release.release;
    let mut seal = ReleaseHasher::new(key, &frozen::load_reference_text(conn, key)?)
        .map_err(StoreError::from_json)?;
    let (mut facts, mut differing) = (Vec::new(), Vec::new());
    let mut after = None;
    loop {
        let rows =
            frozen::load_page(conn, key, &frozen::FrozenReportFilter::default(), (after, 500))?;
        let Some(last) = rows.last() else { break };
        after = Some(last.page_key());
        let told = load_approvals(conn, release, &rows)?;
        for row in rows {
            seal.add_report(&row.record);
            let code = row.parse_code()?;
            if !told.get(&code.to_string()).is_some_and(|t| t.is_approval_of(&row)) {
                differing.push(code);
            }
            facts.push(ReportFact::from(&row.parse_report()?));
        }
    }
    let frame = frozen::load_reference(conn, key)?;
    let sha256 = seal.finish_hex();
    let found = i64::try_from(facts.len()).unwrap_or(i64::MAX);
    let head = journal::find_row(conn, release.seq)?;
    let kept = head
        .is_some_and(|row| to_hash(&row.hash).is_ok_and(|h| to_hex(&h) == release.journal_hash));
    let all_told = differing.is_empty();
    differing.truncate(DIFFERING_MAX);
    Ok(ReleaseCheck {
        reports: found,
        content: sha256 == release.sha256 && found == release.counts.reports,
        sha256,
        figures: published::count_tables(key, &frame, facts) == release.figures,
        journal: kept && all_told,
        differing,
    })
}

/// What the journal tells of an approved copy.
struct ApprovalRecord {
    version: i64,
    reason: Option<String>,
    record_sha256: Vec<u8>,
}

impl ApprovalRecord {
    /// Says whether a frozen report is that copy. The hash is asked, which stays when a record is taken out of the journal.
    fn is_approval_of(&self, row: &frozen::FrozenReportRow) -> bool {
        self.version == row.version
            && hash_record(self.reason.as_deref(), Some(&row.record))
                .is_ok_and(|hash| hash.as_slice() == self.record_sha256)
    }
}

/// Reads what the journal last told of approved copies before a release, by project.
fn load_approvals(
    conn: &mut Conn,
    release: &Release,
    rows: &[frozen::FrozenReportRow],
) -> StoreResult<BTreeMap<String, ApprovalRecord>> {
    let mut told = BTreeMap::new();
    for row in rows {
        let code = row.parse_code()?;
        let key = report_key(&code, &release.cycle);
        let last: Option<JournalRow> = on!(conn, |c, DB| journal_table::table
            .filter(journal_table::entity.eq(ApprovedReport::ENTITY))
            .filter(journal_table::key.eq(&key))
            .filter(journal_table::seq.le(release.seq))
            .order(journal_table::seq.desc())
            .limit(1)
            .select(JournalRow::as_select())
            .get_result(c)
            .optional())?;
        if let Some(last) = last {
            let JournalRow { version, reason, record_sha256, .. } = last;
            told.insert(code.to_string(), ApprovalRecord { version, reason, record_sha256 });
        }
    }
    Ok(told)
}
