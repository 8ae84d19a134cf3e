//! A write transaction with its journal. Every change of a record goes through [`Tx::save`] or [`Tx::remove`], which
//! change the row and journal it together. A transaction that changed rows without a journal entry is rolled back.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;

pub(crate) use super::record::AuditedRecord;
pub use super::record::{Change, JournaledRecord, Record};
pub(crate) use super::record::{audit_rows, kept, recorded};
use super::{Conn, StoreError, StoreResult, journal, load::LoadByKey};
use crate::{
    clock::Clock,
    domain::{
        id::Id,
        policy::{Actor, Authorized, PolicyAction, PolicyResource},
        user::User,
    },
};

mod changes;
mod proof;
mod savepoint;

use changes::count_changes;
pub use proof::Caller;
use proof::authorize_found;
pub(crate) use proof::{build_unproved, load_admitted, load_proved};

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
    actor: Option<Uuid>,
    acting_for: Option<Uuid>,
    proved: Option<Arc<Actor>>,
    reason: Option<String>,
    entries: Vec<JournalEntry>,
    /// Row changes that a rollback to a savepoint undid, as far as [`count_changes`] still counts them.
    undone: i64,
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

    /// Asks the policy, with the rows and the grants that this transaction sees. Later changes in this transaction
    /// are journaled as this caller's.
    ///
    /// # Errors
    /// Returns an error if the policy refuses, or if the caller is signed out by now.
    pub fn prove<A>(
        &mut self,
        caller: Caller,
        key: &<A::Subject as PolicyResource>::Key,
    ) -> StoreResult<Authorized<A>>
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
    pub fn prove_loaded<A: PolicyAction>(
        &mut self,
        caller: Caller,
        load: impl FnOnce(&mut Conn, &Actor) -> StoreResult<Option<A::Subject>>,
    ) -> StoreResult<Authorized<A>> {
        let actor = match &self.proved {
            Some(actor) if actor.user() == caller.user => Arc::clone(actor),
            Some(_) | None => Arc::new(super::users::load_actor(self.conn, caller, self.at)?),
        };
        self.proved = Some(Arc::clone(&actor));
        let proof = authorize_found::<A>(load(self.conn, &actor)?, &actor)?;
        self.actor = Some(caller.user.as_uuid());
        self.acting_for = proof.basis().acting_for.map(Id::as_uuid);
        Ok(proof)
    }

    /// Declares that later changes concern the caller's own account, for which no policy is asked, such as a new
    /// password.
    ///
    /// # Errors
    /// Returns an error if the caller is signed out by now.
    pub fn act_for_self(&mut self, caller: Caller) -> StoreResult<()> {
        super::users::load_actor(self.conn, caller, self.at)?;
        self.act_as(caller.user);
        Ok(())
    }

    /// Sets the author of later changes while nobody is signed in, such as when an invitation is accepted.
    pub const fn act_as(&mut self, user: Id<User>) {
        self.actor = Some(user.as_uuid());
        self.acting_for = None;
    }

    /// Sets the reason of later changes that have no reason of their own.
    pub fn set_reason(&mut self, reason: Option<String>) {
        self.reason = reason;
    }

    /// Inserts a record of version 1, or replaces the version before.
    ///
    /// # Errors
    /// Returns [`StoreError::Stale`] if the version before does not exist, and an error if a constraint would be
    /// broken.
    pub fn save<K: JournaledRecord>(&mut self, record: &K, change: Change) -> StoreResult<()> {
        if record.version() == 1 {
            record.insert(self.conn)?;
        } else if !record.replace(self.conn, record.version() - 1)? {
            return Err(StoreError::Stale);
        }
        self.record_entry(record, change, true)
    }

    /// Deletes a record. The journal keeps its history.
    ///
    /// # Errors
    /// Returns [`StoreError::Stale`] if the record does not exist in this version, and an error if a constraint would
    /// be broken.
    pub fn remove<K: JournaledRecord>(&mut self, record: &K, change: Change) -> StoreResult<()> {
        if !record.delete(self.conn)? {
            return Err(StoreError::Stale);
        }
        self.record_entry(record, change, false)
    }

    fn record_entry<K: Record>(
        &mut self,
        record: &K,
        change: Change,
        there: bool,
    ) -> StoreResult<()> {
        let content = if there {
            Some(record.journal_content().map_err(StoreError::from_json)?)
        } else {
            None
        };
        self.entries.push(JournalEntry {
            actor: self.actor,
            acting_for: self.acting_for,
            entity: K::ENTITY,
            public: K::PUBLIC,
            key: record.key(),
            version: if there { record.version() } else { record.version() + 1 },
            action: change.action,
            reason: change.reason.or_else(|| self.reason.clone()),
            record: content,
        });
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
        actor: None,
        acting_for: None,
        proved: None,
        reason: None,
        entries: Vec::new(),
        undone: 0,
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
