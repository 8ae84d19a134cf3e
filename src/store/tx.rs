//! A write transaction with its journal. Whatever changes a record goes through [`Tx::save`] or [`Tx::remove`], which
//! change the row and journal it in one act; a transaction that changed rows and journaled nothing is rolled back.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use uuid::Uuid;

pub use super::record::{Audited, Change, Kept, Record};
pub(crate) use super::record::{audited, kept, recorded};
use super::{Conn, StoreError, StoreResult, journal, load::Load};
use crate::{
    clock::Clock,
    domain::{
        id::Id,
        policy::{Action, Actor, Authorized, Resource},
        user::User,
    },
};

mod attempt;
mod changes;
mod proof;

use changes::changes;
use proof::decided;
pub use proof::{Caller, admit, at_hand, prove};

/// A journal entry before it has its number.
#[derive(Debug, Clone)]
pub struct Entry {
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

/// What a transaction wrote, for those who keep something in memory.
#[derive(Debug, Clone, Default)]
pub struct Committed {
    /// The kinds of record that changed.
    pub entities: Vec<&'static str>,
    /// The last number of the journal.
    pub seq: i64,
    /// The last number of the feed.
    pub feed: i64,
    /// Whether it was written past the journal: sessions may have ended.
    pub unjournaled: bool,
}

/// What every write transaction needs.
#[derive(Clone)]
pub struct TxEnv {
    /// The time.
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
    entries: Vec<Entry>,
    /// Rows that were changed and changed back, as far as [`changes`] goes on counting them.
    undone: i64,
}

impl Tx<'_> {
    /// Returns the connection, for reading.
    pub const fn conn(&mut self) -> &mut Conn {
        self.conn
    }

    /// Returns the transaction's instant: never before that of the last journal row.
    #[must_use]
    pub const fn at(&self) -> DateTime<Utc> {
        self.at
    }

    /// Decides on the rows that this transaction sees, with the grants that are in force in it. What is written from here
    /// on is journaled as this caller's.
    ///
    /// # Errors
    /// What the policy says, or that the caller is signed out by now.
    pub fn prove<A>(
        &mut self,
        caller: Caller,
        key: &<A::On as Resource>::Key,
    ) -> StoreResult<Authorized<A>>
    where
        A: Action,
        A::On: Load,
    {
        self.prove_by(caller, |conn, actor| A::On::load_for(conn, key, A::ACT, actor))
    }

    /// The same for what is loaded in a way of its own: one of many.
    ///
    /// # Errors
    /// As of [`Tx::prove`].
    pub fn prove_by<A: Action>(
        &mut self,
        caller: Caller,
        load: impl FnOnce(&mut Conn, &Actor) -> StoreResult<Option<A::On>>,
    ) -> StoreResult<Authorized<A>> {
        let actor = match &self.proved {
            Some(actor) if actor.user() == caller.user => Arc::clone(actor),
            Some(_) | None => Arc::new(super::users::actor(self.conn, caller, self.at)?),
        };
        self.proved = Some(Arc::clone(&actor));
        let proof = decided::<A>(load(self.conn, &actor)?, &actor)?;
        self.actor = Some(caller.user.uuid());
        self.acting_for = proof.basis().acting_for.map(Id::uuid);
        Ok(proof)
    }

    /// Says that what follows is the caller's own affair, for which no policy is asked: the own password.
    ///
    /// # Errors
    /// That the caller is signed out by now.
    pub fn own(&mut self, caller: Caller) -> StoreResult<()> {
        super::users::actor(self.conn, caller, self.at)?;
        self.act_as(caller.user);
        Ok(())
    }

    /// Names who does what follows where nobody is signed in yet: an invitation being accepted.
    pub const fn act_as(&mut self, user: Id<User>) {
        self.actor = Some(user.uuid());
        self.acting_for = None;
    }

    /// Gives the reason of all that follows, where a change has none of its own.
    pub fn because(&mut self, reason: Option<String>) {
        self.reason = reason;
    }

    /// Adds a record of version 1, or replaces the version before.
    ///
    /// # Errors
    /// [`StoreError::Stale`] when the version before is not there, or a constraint.
    pub fn save<K: Kept>(&mut self, record: &K, change: Change) -> StoreResult<()> {
        if record.version() == 1 {
            record.insert(self.conn)?;
        } else if !record.replace(self.conn, record.version() - 1)? {
            return Err(StoreError::Stale);
        }
        self.note(record, change, true)
    }

    /// Deletes a record; the journal keeps that it was there.
    ///
    /// # Errors
    /// [`StoreError::Stale`] when it is not there in this version, or a constraint.
    pub fn remove<K: Kept>(&mut self, record: &K, change: Change) -> StoreResult<()> {
        if !record.delete(self.conn)? {
            return Err(StoreError::Stale);
        }
        self.note(record, change, false)
    }

    fn note<K: Record>(&mut self, record: &K, change: Change, there: bool) -> StoreResult<()> {
        let content = if there { Some(record.content().map_err(StoreError::json)?) } else { None };
        self.entries.push(Entry {
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

/// Runs a write: takes the journal's head, does the work, appends the entries, commits.
pub(super) fn transact<T, E: From<StoreError>>(
    conn: &mut Conn,
    env: &TxEnv,
    f: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
) -> Result<(T, Committed), E> {
    conn.begin()?;
    match body(conn, env, f) {
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

fn body<T, E: From<StoreError>>(
    conn: &mut Conn,
    env: &TxEnv,
    f: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
) -> Result<(T, Committed), E> {
    // The head is taken first: writers are serialised on both databases, so what a rule reads here cannot change before
    // the commit.
    let head = journal::take_head(conn)?;
    let before = if let Conn::Sqlite(_) = conn { changes(conn)? } else { 0 };
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
        if changes(conn)? != before + undone {
            return Err(StoreError::NotJournaled.into());
        }
        let committed = Committed { seq: head.seq, feed: head.feed, ..Committed::default() };
        return Ok((value, committed));
    }
    Ok((value, journal::append(conn, head, at, entries)?))
}
