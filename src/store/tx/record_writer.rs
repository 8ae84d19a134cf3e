//! The proofs that save records. A transaction has no other way to change a record, so that nothing is written without a
//! proof, and the journal names the person of the proof that saved.

use std::ops::Deref;

use super::Tx;
use crate::{
    domain::{
        id::Id,
        policy::{Authorized, CoversRecord as _, PolicyAction, Saves},
        user::User,
    },
    store::{
        StoreError, StoreResult,
        record::{Change, JournaledRecord},
    },
};

/// The person whom the journal names for a change.
#[derive(Debug, Clone, Copy)]
pub(super) struct JournalAuthor {
    /// The person who made the change; none for the service itself.
    pub(super) actor: Option<Id<User>>,
    /// The person on whose behalf it was made.
    pub(super) acting_for: Option<Id<User>>,
}

/// A proof that saves and removes records of one kind.
pub trait RecordWriter<K: JournaledRecord> {
    /// Inserts a record of version 1, or replaces the version before.
    ///
    /// # Errors
    /// Returns [`StoreError::Stale`] if the version before does not exist, [`StoreError::NotCovered`] if the proof is
    /// for a different record, and an error if a constraint would be broken.
    fn save(&self, tx: &mut Tx<'_>, record: &K, change: Change) -> StoreResult<()>;

    /// Deletes a record. The journal keeps its history.
    ///
    /// # Errors
    /// Returns [`StoreError::Stale`] if the record does not exist in this version, [`StoreError::NotCovered`] if the
    /// proof is for a different record, and an error if a constraint would be broken.
    fn remove(&self, tx: &mut Tx<'_>, record: &K, change: Change) -> StoreResult<()>;
}

/// The policy's proof inside a write transaction. It saves the kinds of record that the permission table lists for the
/// action. Only [`Tx::prove`] creates it.
pub struct WriteProof<A: PolicyAction> {
    proof: Authorized<A>,
    /// The reason of changes that have no reason of their own.
    reason: Option<String>,
}

impl<A: PolicyAction> WriteProof<A> {
    pub(super) const fn new(proof: Authorized<A>) -> Self {
        Self { proof, reason: None }
    }

    /// Returns the proof with a reason for changes that have no reason of their own, such as that of an import.
    #[must_use]
    pub fn with_reason(self, reason: Option<String>) -> Self {
        Self { reason, ..self }
    }

    fn author(&self) -> JournalAuthor {
        JournalAuthor {
            actor: Some(self.proof.actor().user()),
            acting_for: self.proof.basis().acting_for,
        }
    }

    /// Checks that the record belongs to the resource of the proof, and adds the reason to the change.
    fn admit_change<K: JournaledRecord>(&self, record: &K, change: Change) -> StoreResult<Change>
    where
        A: Saves<K>,
    {
        if !self.proof.subject().covers_record(record) {
            return Err(StoreError::NotCovered { act: A::ACT.as_str(), entity: K::ENTITY });
        }
        Ok(Change { reason: change.reason.or_else(|| self.reason.clone()), ..change })
    }
}

impl<A: PolicyAction> Deref for WriteProof<A> {
    type Target = Authorized<A>;
    fn deref(&self) -> &Authorized<A> {
        &self.proof
    }
}

impl<A: Saves<K>, K: JournaledRecord> RecordWriter<K> for WriteProof<A> {
    fn save(&self, tx: &mut Tx<'_>, record: &K, change: Change) -> StoreResult<()> {
        let change = self.admit_change(record, change)?;
        tx.write_record(self.author(), record, change)
    }
    fn remove(&self, tx: &mut Tx<'_>, record: &K, change: Change) -> StoreResult<()> {
        let change = self.admit_change(record, change)?;
        tx.delete_record(self.author(), record, change)
    }
}

/// The proof that saves the account of the person who makes the request, for which no policy is asked.
#[derive(Debug)]
pub struct OwnAccountProof(Id<User>);

impl OwnAccountProof {
    pub(super) const fn new(user: Id<User>) -> Self {
        Self(user)
    }
    /// Returns the user of the account.
    #[must_use]
    pub const fn user(&self) -> Id<User> {
        self.0
    }
    fn admit_account(&self, user: &User) -> StoreResult<JournalAuthor> {
        if user.id == self.0 {
            Ok(JournalAuthor { actor: Some(self.0), acting_for: None })
        } else {
            Err(StoreError::NotCovered { act: "own_account", entity: "user" })
        }
    }
}

impl RecordWriter<User> for OwnAccountProof {
    fn save(&self, tx: &mut Tx<'_>, record: &User, change: Change) -> StoreResult<()> {
        let author = self.admit_account(record)?;
        tx.write_record(author, record, change)
    }
    fn remove(&self, tx: &mut Tx<'_>, record: &User, change: Change) -> StoreResult<()> {
        let author = self.admit_account(record)?;
        tx.delete_record(author, record, change)
    }
}

/// The proof of the service itself: for start-up, reference data, the published history and the demo. Only `store`
/// creates it.
#[derive(Debug)]
pub(in crate::store) struct ServiceProof(());

impl ServiceProof {
    pub(in crate::store) const fn new() -> Self {
        Self(())
    }
    const AUTHOR: JournalAuthor = JournalAuthor { actor: None, acting_for: None };
}

impl<K: JournaledRecord> RecordWriter<K> for ServiceProof {
    fn save(&self, tx: &mut Tx<'_>, record: &K, change: Change) -> StoreResult<()> {
        tx.write_record(Self::AUTHOR, record, change)
    }
    fn remove(&self, tx: &mut Tx<'_>, record: &K, change: Change) -> StoreResult<()> {
        tx.delete_record(Self::AUTHOR, record, change)
    }
}
