//! What a release is made of: the approved reports of a cycle, the reference data, the release before it and why its
//! reports were taken up again. And its verification, from what it froze and from the journal.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::{find, frozen, last_of};
use crate::{
    domain::{
        cycle::ReportingCycle,
        figures::Fact,
        journal::{hex, record_hash},
        project::ProjectCode,
        release::{Frame, Previous, Recorded, Release, published, seal::Seal},
        report::{ApprovedReport, Report, report_key},
        value::Slug,
        workflow::Transition,
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
pub fn recorded(conn: &mut Conn) -> StoreResult<Recorded> {
    let head = journal::head(conn)?;
    Ok(Recorded { seq: head.seq, hash: hex(&head.hash), feed: head.feed })
}

/// Reads the reference data that a release of a cycle freezes.
///
/// # Errors
/// Failures of the database.
pub fn frame(conn: &mut Conn, cycle: ReportingCycle) -> StoreResult<Frame> {
    Ok(Frame {
        cycle,
        countries: reference::countries(conn)?,
        cities: reference::cities(conn)?,
        with_project: projects::cities_with_approved(conn)?,
        vocabulary: reference::vocabulary(conn)?,
    })
}

/// Reads the approved reports of a cycle, by city and number.
///
/// # Errors
/// Failures of the database.
pub fn reports(conn: &mut Conn, cycle: &Slug) -> StoreResult<Vec<ApprovedReport>> {
    reports::approved_in(conn, cycle)
}

/// Reads the latest release of a cycle with the reasons for which reports became others since. `reports` are those that the
/// next one would freeze.
///
/// # Errors
/// Failures of the database.
pub fn previous(
    conn: &mut Conn,
    cycle: &Slug,
    reports: &[ApprovedReport],
) -> StoreResult<Option<Previous>> {
    let Some(key) = last_of(conn, cycle)? else { return Ok(None) };
    let Some(release) = find(conn, &key)? else { return Ok(None) };
    let edition = frozen::edition(conn, release)?;
    let frozen: BTreeMap<&ProjectCode, i64> =
        edition.reports.iter().map(|r| (&r.code, r.version)).collect();
    let mut reasons = BTreeMap::new();
    for report in reports {
        let version = frozen.get(&report.code).copied();
        if version != Some(report.version) {
            let key = report_key(&report.code, cycle);
            reasons.insert(report.code.clone(), reopenings(conn, &key, version)?);
        }
    }
    Ok(Some(Previous { edition, reasons }))
}

/// Reads why a report was reopened after the approval of a version of its copy; ever, where there is none. The release with
/// that version may be younger than the reopening.
fn reopenings(conn: &mut Conn, key: &str, version: Option<i64>) -> StoreResult<Vec<String>> {
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
        .filter(journal_table::action.eq(Transition::Reopen.as_str()))
        .order(journal_table::seq)
        .select(journal_table::reason)
        .load(c))?;
    Ok(reasons.into_iter().flatten().collect())
}

/// What a verification of a release found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
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
pub fn verify(conn: &mut Conn, release: &Release) -> StoreResult<Checked> {
    let key = &release.release;
    let mut seal = Seal::new(key, &frozen::frame_text(conn, key)?).map_err(StoreError::json)?;
    let (mut facts, mut differing) = (Vec::new(), Vec::new());
    let mut after = None;
    loop {
        let rows = frozen::page(conn, key, &frozen::FrozenFilter::default(), (after, 500))?;
        let Some(last) = rows.last() else { break };
        after = Some(last.key());
        let told = approved_by(conn, release, &rows)?;
        for row in rows {
            seal.add(&row.record);
            let code = row.code()?;
            if !told.get(&code.to_string()).is_some_and(|t| t.tells(&row)) {
                differing.push(code);
            }
            facts.push(Fact::from(&row.report()?));
        }
    }
    let frame = frozen::frame(conn, key)?;
    let sha256 = seal.close();
    let found = i64::try_from(facts.len()).unwrap_or(i64::MAX);
    let head = journal::row(conn, release.seq)?;
    let kept =
        head.is_some_and(|row| to_hash(&row.hash).is_ok_and(|h| hex(&h) == release.journal_hash));
    let all_told = differing.is_empty();
    differing.truncate(DIFFERING_MAX);
    Ok(Checked {
        reports: found,
        content: sha256 == release.sha256 && found == release.counts.reports,
        sha256,
        figures: published::tables(key, &frame, facts) == release.figures,
        journal: kept && all_told,
        differing,
    })
}

/// What the journal tells of an approved copy.
struct Told {
    version: i64,
    reason: Option<String>,
    record_sha256: Vec<u8>,
}

impl Told {
    /// Says whether a frozen report is that copy. The hash is asked, which stays when a record is taken out of the journal.
    fn tells(&self, row: &frozen::FrozenRow) -> bool {
        self.version == row.version
            && record_hash(self.reason.as_deref(), Some(&row.record))
                .is_ok_and(|hash| hash.as_slice() == self.record_sha256)
    }
}

/// Reads what the journal last told of approved copies before a release, by project.
fn approved_by(
    conn: &mut Conn,
    release: &Release,
    rows: &[frozen::FrozenRow],
) -> StoreResult<BTreeMap<String, Told>> {
    let mut told = BTreeMap::new();
    for row in rows {
        let code = row.code()?;
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
            told.insert(code.to_string(), Told { version, reason, record_sha256 });
        }
    }
    Ok(told)
}
