//! Assembles the content of a release: the approved reports of a cycle, the reference data, the previous release, and
//! why its reports were reopened. Also verifies a release against its frozen content and against the journal.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::{
    find, find_latest,
    frozen::{self, FrozenReportFilter},
};
use crate::{
    domain::{
        cycle::ReportingCycle,
        figures::{CountingRules, ReportFact},
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

/// Returns the head of the journal, in the form that a release records.
pub(crate) fn load_journal_position(conn: &mut Conn) -> StoreResult<JournalPosition> {
    let head = journal::load_head(conn)?;
    Ok(JournalPosition { seq: head.seq, hash: to_hex(&head.hash), feed: head.feed })
}

/// Loads the reference data that a release of a cycle freezes.
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
        partner_types: reference::list_types_of_partners(conn)?,
        rules: CountingRules::CURRENT,
    })
}

/// Lists the approved reports of a cycle, ordered by city and number.
pub(crate) fn list_reports(conn: &mut Conn, cycle: &Slug) -> StoreResult<Vec<ApprovedReport>> {
    reports::list_approved(conn, cycle)
}

/// Loads the latest release of a cycle, and the reasons for which reports changed since. `reports` are the reports
/// that the next release would freeze.
pub(crate) fn load_previous_release(
    conn: &mut Conn,
    cycle: &Slug,
    reports: &[ApprovedReport],
) -> StoreResult<Option<PreviousRelease>> {
    let Some(key) = find_latest(conn, cycle)? else { return Ok(None) };
    let Some(release) = find(conn, &key)? else { return Ok(None) };
    let full_release = frozen::load_full_release(conn, release)?;
    let frozen: BTreeMap<&ProjectCode, i64> =
        full_release.reports.iter().map(|r| (&r.code, r.version)).collect();
    let mut reasons = BTreeMap::new();
    for report in reports {
        let version = frozen.get(&report.code).copied();
        if version != Some(report.version) {
            let key = report_key(&report.code, cycle);
            reasons.insert(report.code.clone(), list_reopening_reasons(conn, &key, version)?);
        }
    }
    Ok(Some(PreviousRelease { full_release, reasons }))
}

/// Lists the reasons for which a report was reopened after a version of its copy was approved. Without a version, all
/// reasons count. The search starts at the approval and not at the release, because the report may have been reopened
/// before the release was published.
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

/// The result of verifying a release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ReleaseCheck {
    /// The number of frozen reports.
    pub reports: i64,
    /// The SHA-256 of the frozen content as it is now.
    pub sha256: String,
    /// Whether the frozen content has the published hash.
    pub content: bool,
    /// Whether the published figures follow from the frozen content.
    pub figures: bool,
    /// Whether each frozen report is the one that was approved last at that time according to the journal, and the
    /// journal still holds the row that the release recorded.
    pub journal: bool,
    /// The projects whose frozen reports differ from the journal. At most a hundred.
    pub differing: Vec<ProjectCode>,
}

/// The largest number of differing reports in the result.
const DIFFERING_MAX: usize = 100;

/// Recomputes a release from its frozen content and from the journal.
pub(crate) fn verify_release(conn: &mut Conn, release: &Release) -> StoreResult<ReleaseCheck> {
    let key = &release.release;
    let mut hasher = ReleaseHasher::new(key, &frozen::load_reference_text(conn, key)?)
        .map_err(StoreError::from_json)?;
    let (mut facts, mut differing) = (Vec::new(), Vec::new());
    let (every, mut after) = (FrozenReportFilter::default(), None);
    loop {
        let rows = frozen::load_page(conn, key, &every, after.as_ref(), 500)?;
        let Some(last) = rows.last() else { break };
        after = Some(last.page_key());
        let approvals = load_approvals(conn, release, &rows)?;
        for row in rows {
            hasher.add_report(&row.record);
            let code = row.parse_code()?;
            if !approvals.get(&code.to_string()).is_some_and(|t| t.is_approval_of(&row)) {
                differing.push(code);
            }
            facts.push(ReportFact::from(&row.parse_report()?));
        }
    }
    let reference = frozen::load_reference(conn, key)?;
    let sha256 = hasher.finish_hex();
    let found = i64::try_from(facts.len()).unwrap_or(i64::MAX);
    let head = journal::find_row(conn, release.seq)?;
    let head_matches = head
        .is_some_and(|row| to_hash(&row.hash).is_ok_and(|h| to_hex(&h) == release.journal_hash));
    let all_match = differing.is_empty();
    differing.truncate(DIFFERING_MAX);
    Ok(ReleaseCheck {
        reports: found,
        content: sha256 == release.sha256 && found == release.counts.reports,
        sha256,
        figures: reference.rules == release.rules
            && published::count_tables(key, &reference, facts) == release.figures,
        journal: head_matches && all_match,
        differing,
    })
}

/// The journal's entry about an approved copy.
struct ApprovalRecord {
    version: i64,
    reason: Option<String>,
    record_sha256: Vec<u8>,
}

impl ApprovalRecord {
    /// Returns `true` if a frozen report is that copy. This compares the hash, because the hash stays when a record
    /// is redacted.
    fn is_approval_of(&self, row: &frozen::FrozenReportRow) -> bool {
        self.version == row.version
            && hash_record(self.reason.as_deref(), Some(&row.record))
                .is_ok_and(|hash| hash.as_slice() == self.record_sha256)
    }
}

/// Returns the last entry about each approved copy before a release, by project.
fn load_approvals(
    conn: &mut Conn,
    release: &Release,
    rows: &[frozen::FrozenReportRow],
) -> StoreResult<BTreeMap<String, ApprovalRecord>> {
    let mut approvals = BTreeMap::new();
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
            approvals.insert(code.to_string(), ApprovalRecord { version, reason, record_sha256 });
        }
    }
    Ok(approvals)
}
