//! The table `journal`: appending rows inside a write transaction, and reading them.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::{
    Conn, StoreError, StoreResult,
    conn::on,
    schema::{journal, journal_head},
    static_update::static_update,
    tx::{CommitSummary, JournalEntry},
    types::{StoredTimestamp, StoredUuid},
};
use crate::domain::journal::{ChainLink, GENESIS, JournalHash, hash_record};

pub(crate) mod search;

/// The number of rows that one statement inserts on PostgreSQL. Each row has 14 values, which stays below the limit
/// of parameters.
const BATCH: usize = 200;

/// The end of the hash chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChainHead {
    /// The number of the last row. 0 if the journal is empty.
    pub seq: i64,
    /// The last number of the feed. 0 if the feed is empty.
    pub feed: i64,
    /// The instant of the last row.
    pub at: DateTime<Utc>,
    /// The hash of the last row. Zeros if the journal is empty.
    pub hash: JournalHash,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = journal_head)]
struct ChainHeadRow {
    seq: i64,
    feed: i64,
    at: StoredTimestamp,
    hash: Vec<u8>,
}

impl TryFrom<ChainHeadRow> for ChainHead {
    type Error = StoreError;
    fn try_from(row: ChainHeadRow) -> StoreResult<Self> {
        Ok(Self { seq: row.seq, feed: row.feed, at: row.at.0, hash: to_hash(&row.hash)? })
    }
}

pub(super) fn to_hash(bytes: &[u8]) -> StoreResult<JournalHash> {
    bytes.try_into().map_err(|_e: std::array::TryFromSliceError| {
        StoreError::Corrupt("a hash is not 32 bytes".into())
    })
}

/// Returns the head of the journal.
///
/// # Errors
/// Returns an error if the database fails.
pub fn load_head(conn: &mut Conn) -> StoreResult<ChainHead> {
    let row: ChainHeadRow = on!(conn, |c, DB| journal_head::table
        .find(1)
        .select(ChainHeadRow::as_select())
        .get_result(c))?;
    row.try_into()
}

/// Returns the head and keeps it for this write transaction. PostgreSQL locks its row. SQLite has only one writer and
/// no such clause.
pub(super) fn lock_head(conn: &mut Conn) -> StoreResult<ChainHead> {
    if let Conn::Pg(c) = conn {
        let row: ChainHeadRow = journal_head::table
            .find(1)
            .select(ChainHeadRow::as_select())
            .for_update()
            .get_result(c)?;
        return row.try_into();
    }
    load_head(conn)
}

/// A row of the journal.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = journal, treat_none_as_default_value = false)]
pub struct JournalRow {
    /// The number of the row, in commit order, from 1 without gaps.
    pub seq: i64,
    /// The instant of the transaction. It never decreases.
    pub at: StoredTimestamp,
    /// The user who made the change. `None` for the system itself.
    pub actor: Option<StoredUuid>,
    /// The user on whose behalf the change was made.
    pub acting_for: Option<StoredUuid>,
    /// The kind of record.
    pub entity: String,
    /// The record's public key.
    pub key: String,
    /// The record's version after the change.
    pub version: i64,
    /// The action.
    pub action: String,
    /// The reason, if one was given.
    pub reason: Option<String>,
    /// The record after the change, as canonical JSON. `None` if the record was deleted or redacted.
    pub record: Option<String>,
    /// The hash over reason and record.
    pub record_sha256: Vec<u8>,
    /// The number in the feed, without gaps. `None` if the change is not public.
    pub feed: Option<i64>,
    /// The hash of the previous row.
    pub previous_hash: Vec<u8>,
    /// The hash of this row.
    pub hash: Vec<u8>,
}

impl JournalRow {
    /// Returns the values of the row that the chain covers.
    ///
    /// # Errors
    /// Returns an error if a stored hash does not have 32 bytes.
    pub fn to_link(&self) -> StoreResult<ChainLink<'_>> {
        Ok(ChainLink {
            seq: self.seq,
            at: self.at.0,
            actor: self.actor.map(|u| u.0),
            acting_for: self.acting_for.map(|u| u.0),
            entity: &self.entity,
            key: &self.key,
            version: self.version,
            action: &self.action,
            record_sha256: to_hash(&self.record_sha256)?,
            feed: self.feed,
        })
    }
}

/// Numbers and chains the entries of a transaction, inserts them, and moves the head.
pub(super) fn append_entries(
    conn: &mut Conn,
    head: ChainHead,
    at: DateTime<Utc>,
    entries: Vec<JournalEntry>,
) -> StoreResult<CommitSummary> {
    let mut head = ChainHead { at, ..head };
    let mut entities: Vec<&'static str> = Vec::new();
    let mut rows = Vec::with_capacity(entries.len());
    for entry in entries {
        if !entities.contains(&entry.entity) {
            entities.push(entry.entity);
        }
        head.seq += 1;
        let feed = if entry.public {
            head.feed += 1;
            Some(head.feed)
        } else {
            None
        };
        let record_sha256 = hash_record(entry.reason.as_deref(), entry.record.as_deref())
            .map_err(StoreError::from_json)?;
        let link = ChainLink {
            seq: head.seq,
            at,
            actor: entry.actor,
            acting_for: entry.acting_for,
            entity: entry.entity,
            key: &entry.key,
            version: entry.version,
            action: entry.action,
            record_sha256,
            feed,
        };
        let hash = link.hash_row(&head.hash).map_err(StoreError::from_json)?;
        rows.push(JournalRow {
            seq: head.seq,
            at: StoredTimestamp(at),
            actor: entry.actor.map(StoredUuid),
            acting_for: entry.acting_for.map(StoredUuid),
            entity: entry.entity.to_owned(),
            key: entry.key,
            version: entry.version,
            action: entry.action.to_owned(),
            reason: entry.reason,
            record: entry.record,
            record_sha256: record_sha256.to_vec(),
            feed,
            previous_hash: head.hash.to_vec(),
            hash: hash.to_vec(),
        });
        head.hash = hash;
    }
    insert_rows(conn, &rows)?;
    on!(conn, |c, DB| static_update!(
        journal_head::table.find(1),
        (
            journal_head::seq.eq(head.seq),
            journal_head::feed.eq(head.feed),
            journal_head::at.eq(StoredTimestamp(at)),
            journal_head::hash.eq(head.hash.as_slice()),
        )
    )
    .execute(c))?;
    Ok(CommitSummary { entities, seq: head.seq, feed: head.feed, unjournaled: false })
}

/// Inserts rows. PostgreSQL gets many in one round trip. SQLite gets them one by one, with one prepared statement.
fn insert_rows(conn: &mut Conn, rows: &[JournalRow]) -> StoreResult<()> {
    match conn {
        Conn::Pg(c) => {
            for batch in rows.chunks(BATCH) {
                diesel::insert_into(journal::table).values(batch).execute(c)?;
            }
        }
        Conn::Sqlite(c) => {
            for row in rows {
                diesel::insert_into(journal::table).values(row).execute(c)?;
            }
        }
    }
    Ok(())
}

/// Lists rows after a number, in order. For verification and export.
///
/// # Errors
/// Returns an error if the database fails.
pub fn list_after(conn: &mut Conn, seq: i64, limit: i64) -> StoreResult<Vec<JournalRow>> {
    Ok(on!(conn, |c, DB| journal::table
        .filter(journal::seq.gt(seq))
        .order(journal::seq)
        .limit(limit)
        .select(JournalRow::as_select())
        .load(c))?)
}

/// Returns `true` if any row after a number is about one of these kinds of record.
///
/// # Errors
/// Returns an error if the database fails.
pub fn has_any_after(conn: &mut Conn, seq: i64, entities: &[&str]) -> StoreResult<bool> {
    Ok(on!(conn, |c, DB| diesel::select(diesel::dsl::exists(
        journal::table
            .filter(journal::seq.gt(seq))
            .filter(journal::entity.eq_any(entities.iter().copied()))
    ))
    .get_result(c))?)
}

/// Finds a row by its number.
///
/// # Errors
/// Returns an error if the database fails.
pub fn find_row(conn: &mut Conn, seq: i64) -> StoreResult<Option<JournalRow>> {
    Ok(on!(conn, |c, DB| journal::table
        .find(seq)
        .select(JournalRow::as_select())
        .get_result(c)
        .optional())?)
}

/// Finds the last row about a record.
///
/// # Errors
/// Returns an error if the database fails.
pub fn find_last(conn: &mut Conn, entity: &str, key: &str) -> StoreResult<Option<JournalRow>> {
    Ok(on!(conn, |c, DB| journal::table
        .filter(journal::entity.eq(entity).and(journal::key.eq(key)))
        .order(journal::seq.desc())
        .limit(1)
        .select(JournalRow::as_select())
        .get_result(c)
        .optional())?)
}

/// The hash before the first row. Callers that walk the chain start with it.
pub const START: JournalHash = GENESIS;
