//! Verifies the journal: recomputes the whole chain, and compares every record of every table with its last row. This
//! finds edited rows, edited tables and a truncated journal. Rows are read in chunks. Meanwhile one short entry per
//! record stays in memory.

use std::collections::HashMap;

use super::{
    Conn, Record, StoreError, StoreResult,
    journal::{self, JournalRow, to_hash},
    tx::{AuditedRecord, JournaledRecord},
};
use crate::domain::{
    comment::Comment,
    cycle::ReportingCycle,
    extension::DeadlineExtension,
    journal::{
        GENESIS, JournalHash,
        chain::{ChainRow, ChainVerifier, JournalFlaw},
        hash_record,
    },
    plan::ActionPlan,
    project::{ApprovedProject, Project},
    project_parts::{Indicator, Milestone, Partnership},
    reference::{City, Country, Partner, PlanCycle, ReferenceDocument},
    release::Release,
    report::{ApprovedReport, Report},
    share::Share,
    user::{Grant, User},
};

/// The number of rows that are read at once.
const CHUNK: i64 = 500;
/// The largest number of faults in the result. All faults are counted.
const FAULTS_MAX: usize = 100;

/// Lists every kind of record once.
macro_rules! register_records {
    ($($record:ty),+ $(,)?) => {
        /// Every kind of record that the journal follows.
        pub(crate) const ENTITIES: &[&str] = &[$(<$record as Record>::ENTITY),+];

        /// Returns `true` if the changes of a kind of record are in the feed. `None` for an unknown kind.
        pub(super) fn is_public(entity: &str) -> Option<bool> {
            $(if entity == <$record as Record>::ENTITY {
                return Some(<$record as Record>::PUBLIC);
            })+
            None
        }

        fn compare_all(conn: &mut Conn, walk: &mut JournalWalk) -> StoreResult<()> {
            $(walk.compare_table::<$record>(conn)?;)+
            Ok(())
        }
    };
}
register_records!(
    Country,
    City,
    ReferenceDocument,
    PlanCycle,
    Partner,
    ActionPlan,
    Project,
    ApprovedProject,
    Milestone,
    Indicator,
    Partnership,
    ReportingCycle,
    DeadlineExtension,
    Report,
    ApprovedReport,
    Release,
    Share,
    Comment,
    User,
    Grant,
);

/// A fault of the journal or of a table.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct JournalCheckFault {
    /// The number of the row with the fault. One past the last row if a row is missing.
    pub seq: i64,
    /// The kind of record, if the fault concerns one.
    pub entity: Option<String>,
    pub key: Option<String>,
    pub flaw: JournalFlaw,
}

/// The result of a verification.
#[derive(Debug, Clone)]
pub(crate) struct JournalCheck {
    /// The end of the chain as it was recomputed.
    pub end: ChainVerifier,
    /// The number of records that were compared with their last row.
    pub records: usize,
    /// The first row with a fault.
    pub first_broken: Option<i64>,
    /// The first faults, in the order of the rows.
    pub faults: Vec<JournalCheckFault>,
    /// The number of all faults.
    pub faults_total: usize,
    /// The first rows whose record was redacted.
    pub redacted: Vec<i64>,
    /// The number of rows whose record was redacted.
    pub redacted_total: usize,
    /// Whether the chain contains the head that the caller gave. `None` if none was given.
    pub kept: Option<bool>,
}

/// The last row about a record.
struct LastJournalRow {
    seq: i64,
    version: i64,
    record_sha256: JournalHash,
    reason: Option<String>,
    /// Whether the record exists after this row.
    there: bool,
    /// Whether its record was redacted later.
    redacted: bool,
}

impl LastJournalRow {
    /// Returns `true` if the row covers this record. If a redacted row has no reason, its hash cannot be recomputed,
    /// and the row counts as matching.
    fn covers_record<K: Record>(&self, record: &K) -> StoreResult<bool> {
        let content = record.journal_content().map_err(StoreError::from_json)?;
        let hash =
            hash_record(self.reason.as_deref(), Some(&content)).map_err(StoreError::from_json)?;
        Ok(hash == self.record_sha256 || (self.redacted && self.reason.is_none()))
    }
}

#[derive(Default)]
struct JournalWalk {
    chain: ChainVerifier,
    /// By kind, then by key.
    lasts: HashMap<String, HashMap<String, LastJournalRow>>,
    records: usize,
    faults: Vec<JournalCheckFault>,
    redacted: Vec<i64>,
    /// Whether the row of the given head has the given hash.
    kept: Option<bool>,
}

/// Recomputes the chain, compares every record with its last row, and looks for a head that the caller kept. Faults
/// of the journal are part of the result, not errors. The connection must be in one snapshot.
pub(crate) fn verify_journal(
    conn: &mut Conn,
    kept: Option<(i64, JournalHash)>,
) -> StoreResult<JournalCheck> {
    let mut walk = JournalWalk {
        kept: kept.map(|(seq, hash)| seq == 0 && hash == GENESIS),
        ..JournalWalk::default()
    };
    // Numbers start at 1. Rows with smaller numbers are faults and are read too.
    let mut after = i64::MIN;
    loop {
        let rows = journal::list_after(conn, after, CHUNK)?;
        let Some(last) = rows.last() else { break };
        after = last.seq;
        for row in &rows {
            walk.check_row(row, kept)?;
        }
    }
    walk.compare_head(conn)?;
    compare_all(conn, &mut walk)?;
    if let (Some((seq, _)), Some(false)) = (kept, walk.kept) {
        walk.add_fault(seq.min(walk.chain.seq + 1), None, JournalFlaw::Kept);
    }
    Ok(walk.into_result())
}

impl JournalWalk {
    fn add_fault(&mut self, seq: i64, about: Option<(&str, &str)>, flaw: JournalFlaw) {
        let (entity, key) = about.map(|(e, k)| (e.to_owned(), k.to_owned())).unzip();
        self.faults.push(JournalCheckFault { seq, entity, key, flaw });
    }

    fn check_row(&mut self, row: &JournalRow, kept: Option<(i64, JournalHash)>) -> StoreResult<()> {
        let checked = ChainRow {
            link: row.to_link()?,
            reason: row.reason.as_deref(),
            record: row.record.as_deref(),
            previous_hash: to_hash(&row.previous_hash)?,
            hash: to_hash(&row.hash)?,
        };
        let found = self
            .chain
            .check_row(&checked, is_public(&row.entity))
            .map_err(StoreError::from_json)?;
        let about = Some((row.entity.as_str(), row.key.as_str()));
        for flaw in found.flaws {
            self.add_fault(row.seq, about, flaw);
        }
        if found.redacted {
            self.redacted.push(row.seq);
        }
        if let Some((seq, hash)) = kept
            && seq == row.seq
        {
            self.kept = Some(hash == checked.hash);
        }
        let last = LastJournalRow {
            seq: row.seq,
            version: row.version,
            record_sha256: checked.link.record_sha256,
            reason: row.reason.clone(),
            there: row.record.is_some() || found.redacted,
            redacted: found.redacted,
        };
        let before =
            self.lasts.entry(row.entity.clone()).or_default().insert(row.key.clone(), last);
        let follows = before.map_or(row.version == 1, |before| {
            row.version == before.version + 1 || (row.version == 1 && !before.there)
        });
        if !follows {
            self.add_fault(row.seq, about, JournalFlaw::Version);
        }
        Ok(())
    }

    fn compare_head(&mut self, conn: &mut Conn) -> StoreResult<()> {
        let head = journal::load_head(conn)?;
        let end = self.chain;
        let same_time = end.at.is_none_or(|at| at == head.at);
        if (head.seq, head.feed, head.hash) != (end.seq, end.feed, end.hash) || !same_time {
            let seq = if head.seq == end.seq { end.seq } else { head.seq.min(end.seq) + 1 };
            self.add_fault(seq, None, JournalFlaw::Head);
        }
        Ok(())
    }

    /// Compares every record of a table with its last row.
    fn compare_table<K: JournaledRecord>(&mut self, conn: &mut Conn) -> StoreResult<()> {
        let mut lasts = self.lasts.remove(K::ENTITY).unwrap_or_default();
        let next = self.chain.seq + 1;
        for AuditedRecord { record, sound } in K::load_audited(conn)? {
            let key = record.key();
            let about = Some((K::ENTITY, key.as_str()));
            self.records += 1;
            match lasts.remove(&key).filter(|last| last.there) {
                Some(last) if record.version() <= last.version => {
                    if record.version() < last.version || !sound || !last.covers_record(&record)? {
                        self.add_fault(last.seq, about, JournalFlaw::Differs);
                    }
                }
                Some(_) | None => self.add_fault(next, about, JournalFlaw::Unjournaled),
            }
        }
        for (key, last) in lasts.into_iter().filter(|(_, last)| last.there) {
            self.add_fault(last.seq, Some((K::ENTITY, &key)), JournalFlaw::Missing);
        }
        Ok(())
    }

    fn into_result(mut self) -> JournalCheck {
        self.faults.sort();
        let (faults_total, redacted_total) = (self.faults.len(), self.redacted.len());
        let first_broken = self.faults.first().map(|f| f.seq);
        self.faults.truncate(FAULTS_MAX);
        self.redacted.truncate(FAULTS_MAX);
        JournalCheck {
            end: self.chain,
            records: self.records,
            first_broken,
            faults: self.faults,
            faults_total,
            redacted: self.redacted,
            redacted_total,
            kept: self.kept,
        }
    }
}
