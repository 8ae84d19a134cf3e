//! The verification of the journal: the whole chain recomputed, and every record of every table held against its last
//! row, so that an edited row, an edited table and a cut tail show. Reads in chunks; what is kept meanwhile is one short
//! entry a record.

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
        chain::{ChainRow, ChainVerifier, Flaw},
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

/// Rows read at once.
const CHUNK: i64 = 500;
/// Most faults that are kept in words; all are counted.
const FAULTS_MAX: usize = 100;

/// Lists every kind of record once.
macro_rules! registry {
    ($($record:ty),+ $(,)?) => {
        /// Every kind of record that the journal follows.
        pub(crate) const ENTITIES: &[&str] = &[$(<$record as Record>::ENTITY),+];

        /// Says whether changes of a kind of record have numbers of the feed; none for a kind that nobody knows.
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
registry!(
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

/// Something that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct JournalCheckFault {
    /// The row of the journal at which it shows; one past the last for a row that should be there.
    pub seq: i64,
    /// The kind of record, where one is concerned.
    pub entity: Option<String>,
    /// The record's key.
    pub key: Option<String>,
    /// What is wrong.
    pub flaw: Flaw,
}

/// What a verification found.
#[derive(Debug, Clone)]
pub(crate) struct JournalCheck {
    /// The end of the chain as it was walked.
    pub end: ChainVerifier,
    /// How many records were held against their last row.
    pub records: usize,
    /// The first row at which anything is wrong.
    pub first_broken: Option<i64>,
    /// The first faults, in the order of the rows.
    pub faults: Vec<JournalCheckFault>,
    /// How many faults there are.
    pub faults_total: usize,
    /// The rows whose record was taken out, the first of them.
    pub redacted: Vec<i64>,
    /// How many rows' records were taken out.
    pub redacted_total: usize,
    /// Whether the head that was asked about is part of the chain.
    pub kept: Option<bool>,
}

/// The last row about a record.
struct LastJournalRow {
    seq: i64,
    version: i64,
    record_sha256: JournalHash,
    reason: Option<String>,
    /// The record is there after it.
    there: bool,
    /// Its record was taken out afterwards.
    redacted: bool,
}

impl LastJournalRow {
    /// Says whether the row covers this record. Without its reason nobody can tell any more what a redacted row covered.
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
    /// Whether the row of the head that was asked about has its hash.
    kept: Option<bool>,
}

/// Recomputes the chain, compares every record with its last row, and looks for a head that somebody kept. The
/// connection is in one snapshot.
///
/// # Errors
/// Failures of the database; whatever is wrong with the journal is no error.
pub(crate) fn verify_journal(
    conn: &mut Conn,
    kept: Option<(i64, JournalHash)>,
) -> StoreResult<JournalCheck> {
    let mut walk = JournalWalk {
        kept: kept.map(|(seq, hash)| seq == 0 && hash == GENESIS),
        ..JournalWalk::default()
    };
    // Numbers start at 1; whatever stands before is seen too.
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
        walk.add_fault(seq.min(walk.chain.seq + 1), None, Flaw::Kept);
    }
    Ok(walk.into_result())
}

impl JournalWalk {
    fn add_fault(&mut self, seq: i64, about: Option<(&str, &str)>, flaw: Flaw) {
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
            self.add_fault(row.seq, about, Flaw::Version);
        }
        Ok(())
    }

    fn compare_head(&mut self, conn: &mut Conn) -> StoreResult<()> {
        let head = journal::load_head(conn)?;
        let end = self.chain;
        let same_time = end.at.is_none_or(|at| at == head.at);
        if (head.seq, head.feed, head.hash) != (end.seq, end.feed, end.hash) || !same_time {
            let seq = if head.seq == end.seq { end.seq } else { head.seq.min(end.seq) + 1 };
            self.add_fault(seq, None, Flaw::Head);
        }
        Ok(())
    }

    /// Holds every record of a table against its last row.
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
                        self.add_fault(last.seq, about, Flaw::Differs);
                    }
                }
                Some(_) | None => self.add_fault(next, about, Flaw::Unjournaled),
            }
        }
        for (key, last) in lasts.into_iter().filter(|(_, last)| last.there) {
            self.add_fault(last.seq, Some((K::ENTITY, &key)), Flaw::Missing);
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
