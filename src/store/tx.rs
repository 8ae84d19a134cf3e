//! A write transaction with its journal. Every change of a record goes through a proof (see [`RecordWriter`]), which
//! changes the row and journals it together. A transaction that changed rows without a journal entry is rolled back.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;

pub(super) use super::record::{AuditedRecord, audit_rows, impl_journaled_record, impl_record};
pub use super::record::{Change, JournaledRecord, Record};
use super::{
    Conn, StoreError, StoreResult, journal,
    load::LoadByKey,
    unguarded::{SecretDigest, find_invited_user},
};
use crate::{
    clock::Clock,
    domain::{
        id::Id,
        policy::{Actor, PolicyAction, PolicyResource},
    },
};

mod changes;
mod preview;
mod proof;
mod record_writer;
mod savepoint;

use changes::count_changes;
pub use preview::PreviewRows;
pub(super) use preview::run_preview;
pub use proof::Caller;
use proof::authorize_found;
pub(crate) use proof::{build_unproved, load_admitted, load_proved};
use record_writer::JournalAuthor;
pub(super) use record_writer::ServiceProof;
pub use record_writer::{OwnAccountProof, RecordWriter, WriteProof};

/// A journal entry before it has its number.
#[derive(Debug, Clone)]
pub(crate) struct JournalEntry {
    pub(super) actor: Option<Uuid>,
    pub(super) acting_for: Option<Uuid>,
    pub(super) entity: &'static str,
    pub(super) public: bool,
    pub(super) key: String,
    pub(super) version: i64,
    pub(super) action: &'static str,
    pub(super) reason: Option<String>,
    pub(super) record: Option<String>,
}

impl JournalEntry {
    /// Creates the entry of a change, with the version of the record and without its content.
    fn new<K: Record>(author: JournalAuthor, record: &K, change: Change) -> Self {
        Self {
            actor: author.actor.map(Id::as_uuid),
            acting_for: author.acting_for.map(Id::as_uuid),
            entity: K::ENTITY,
            public: K::PUBLIC,
            key: record.key(),
            version: record.version(),
            action: change.action,
            reason: change.reason,
            record: None,
        }
    }
}

/// A summary of what a transaction wrote, for the data in memory.
#[derive(Debug, Clone, Default)]
pub(crate) struct CommitSummary {
    /// The kinds of record that changed.
    pub entities: Vec<&'static str>,
    /// The last number of the journal.
    pub seq: i64,
    /// The last number of the feed.
    pub feed: i64,
    /// Whether rows were written without a journal entry. Sessions may have ended.
    pub unjournaled: bool,
}

/// What every write transaction needs.
#[derive(Clone)]
pub struct TxEnv {
    pub clock: Clock,
}

/// An open write transaction.
pub struct Tx<'c> {
    conn: &'c mut Conn,
    at: DateTime<Utc>,
    /// The caller with their grants, loaded once for all proofs of this transaction.
    loaded_actor: Option<(Caller, Arc<Actor>)>,
    entries: Vec<JournalEntry>,
    /// Row changes that a rollback to a savepoint undid, as far as [`count_changes`] still counts them.
    undone: i64,
    /// Whether this is a preview, which is always undone.
    is_preview: bool,
}

impl Tx<'_> {
    /// Returns the connection, for reading.
    pub const fn conn(&mut self) -> &mut Conn {
        self.conn
    }

    /// Returns the instant of the transaction. It is never before the instant of the last journal row.
    #[must_use]
    pub const fn at(&self) -> DateTime<Utc> {
        self.at
    }

    /// Asks the policy, with the rows and the grants that this transaction sees. The proof saves the records of the
    /// action, and the journal names its caller.
    ///
    /// # Errors
    /// Returns an error if the policy refuses, or if the caller is signed out by now.
    pub fn prove<A>(
        &mut self,
        caller: Caller,
        key: &<A::Subject as PolicyResource>::Key,
    ) -> StoreResult<WriteProof<A>>
    where
        A: PolicyAction,
        A::Subject: LoadByKey,
    {
        self.prove_loaded(caller, |conn, actor| A::Subject::load_for_act(conn, key, A::ACT, actor))
    }

    /// Like [`Tx::prove`], with a different way to load the resource, such as one of many.
    ///
    /// # Errors
    /// Returns the errors of [`Tx::prove`].
    pub(crate) fn prove_loaded<A: PolicyAction>(
        &mut self,
        caller: Caller,
        load: impl FnOnce(&mut Conn, &Actor) -> StoreResult<Option<A::Subject>>,
    ) -> StoreResult<WriteProof<A>> {
        let actor = self.load_actor(caller)?;
        let subject = load(self.conn, &actor)?;
        Ok(WriteProof::new(authorize_found::<A>(subject, &actor)?))
    }

    /// Returns the caller with the grants in force.
    fn load_actor(&mut self, caller: Caller) -> StoreResult<Arc<Actor>> {
        if let Some((loaded, actor)) = &self.loaded_actor
            && *loaded == caller
        {
            return Ok(Arc::clone(actor));
        }
        let actor = Arc::new(super::users::load_actor(self.conn, caller, self.at)?);
        self.loaded_actor = Some((caller, Arc::clone(&actor)));
        Ok(actor)
    }

    /// Returns the proof that saves the caller's own account, for which no policy is asked, such as for a new
    /// password.
    ///
    /// # Errors
    /// Returns an error if the caller is signed out by now.
    pub fn prove_own_account(&mut self, caller: Caller) -> StoreResult<OwnAccountProof> {
        self.load_actor(caller)?;
        Ok(OwnAccountProof::new(caller.user))
    }

    /// Returns the proof that saves the account of a valid invitation, while nobody is signed in. Returns `None` if the
    /// invitation does not exist, was used or has expired.
    ///
    /// # Errors
    /// Returns an error if the database fails.
    pub fn prove_invitation(
        &mut self,
        digest: &SecretDigest,
    ) -> StoreResult<Option<OwnAccountProof>> {
        let invited = find_invited_user(self.conn, digest, self.at)?;
        Ok(invited.map(OwnAccountProof::new))
    }

    /// Inserts a new record, and journals it.
    fn insert_record<K: JournaledRecord>(
        &mut self,
        author: JournalAuthor,
        record: &K,
        change: Change,
    ) -> StoreResult<()> {
        if record.version() != 1 {
            // A later version is saved over the version before, which shows if the content changed.
            return Err(StoreError::NotNew { entity: K::ENTITY, version: record.version() });
        }
        self.write_version(author, record, change)
    }

    /// Replaces a record by its next version, and journals it. Writes nothing if the content is the same, and if the
    /// action changes nothing beside the record. Returns the record as it is stored then.
    fn replace_record<K: JournaledRecord>(
        &mut self,
        author: JournalAuthor,
        before: &K,
        after: K,
        change: Change,
    ) -> StoreResult<K> {
        if !change.beside_record && after.has_content_of(before) {
            return Ok(before.clone());
        }
        self.write_version(author, &after, change)?;
        Ok(after)
    }

    /// Writes a version of a record, and journals it: inserts version 1, and replaces the version before a later one.
    fn write_version<K: JournaledRecord>(
        &mut self,
        author: JournalAuthor,
        record: &K,
        change: Change,
    ) -> StoreResult<()> {
        if record.version() == 1 {
            record.insert(self.conn)?;
        } else if !record.replace(self.conn, record.version() - 1)? {
            return Err(StoreError::Stale);
        }
        let content = record.journal_content().map_err(StoreError::from_json)?;
        self.entries.push(JournalEntry {
            record: Some(content),
            ..JournalEntry::new(author, record, change)
        });
        Ok(())
    }

    /// Deletes a record, and journals it.
    fn delete_record<K: JournaledRecord>(
        &mut self,
        author: JournalAuthor,
        record: &K,
        change: Change,
    ) -> StoreResult<()> {
        if !record.delete(self.conn)? {
            return Err(StoreError::Stale);
        }
        let entry = JournalEntry::new(author, record, change);
        self.entries.push(JournalEntry { version: record.version() + 1, ..entry });
        Ok(())
    }
}

/// Runs a write: locks the head of the journal, does the work, appends the entries, commits.
pub(super) fn run_transaction<T, E: From<StoreError>>(
    conn: &mut Conn,
    env: &TxEnv,
    f: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
) -> Result<(T, CommitSummary), E> {
    conn.begin()?;
    match run_and_journal(conn, env, f) {
        Ok(done) => {
            conn.commit()?;
            Ok(done)
        }
        Err(e) => {
            conn.rollback()?;
            Err(e)
        }
    }
}

fn run_and_journal<T, E: From<StoreError>>(
    conn: &mut Conn,
    env: &TxEnv,
    f: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
) -> Result<(T, CommitSummary), E> {
    // The head is locked first. Writers are serialised on both databases, so what a rule reads here cannot change
    // before the commit.
    let head = journal::lock_head(conn)?;
    let before = if let Conn::Sqlite(_) = conn { count_changes(conn)? } else { 0 };
    let mut tx = Tx {
        conn,
        at: env.clock.now().max(head.at),
        loaded_actor: None,
        entries: Vec::new(),
        undone: 0,
        is_preview: false,
    };
    let value = f(&mut tx)?;
    let (at, entries, undone) = (tx.at, tx.entries, tx.undone);
    if entries.is_empty() {
        if count_changes(conn)? != before + undone {
            return Err(StoreError::NotJournaled.into());
        }
        let committed =
            CommitSummary { seq: head.seq, feed: head.feed, ..CommitSummary::default() };
        return Ok((value, committed));
    }
    Ok((value, journal::append_entries(conn, head, at, entries)?))
}
