//! The proofs that save records. A record is changed only through one of these proofs. The journal names the person of
//! the proof.

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

/// The author of a change, as the journal names it.
#[derive(Debug, Clone, Copy)]
pub(super) struct JournalAuthor {
    /// The person who made the change; none for the service itself.
    pub(super) actor: Option<Id<User>>,
    /// The person on whose behalf the change was made, if the author acts for somebody.
    pub(super) acting_for: Option<Id<User>>,
}

/// A proof that saves and removes records of the kind `K`.
pub trait RecordWriter<K: JournaledRecord> {
    /// Inserts a new record, of version 1.
    ///
    /// # Errors
    /// Returns [`StoreError::NotCovered`] if the proof is for a different record, [`StoreError::NotNew`] for a later
    /// version, and an error if a constraint would be broken.
    fn save(&self, tx: &mut Tx<'_>, record: &K, change: Change) -> StoreResult<()>;

    /// Replaces a record by its next version, and returns the record as it is stored then.
    ///
    /// If the content is the same as before, nothing is written: the version and the stamps of the last edit stay, and
    /// the journal and the feed get no entry. The returned record is then the record before.
    ///
    /// # Errors
    /// Returns [`StoreError::Stale`] if no row has the version before, [`StoreError::NotCovered`] if the proof is for a
    /// different record, and an error if a constraint would be broken.
    fn replace(&self, tx: &mut Tx<'_>, before: &K, after: K, change: Change) -> StoreResult<K>;

    /// Replaces the record before, or inserts a new record if there is none. Returns the record as it is stored then.
    ///
    /// # Errors
    /// Returns the errors of [`RecordWriter::save`] and [`RecordWriter::replace`].
    fn save_or_replace(
        &self,
        tx: &mut Tx<'_>,
        before: Option<&K>,
        after: K,
        change: Change,
    ) -> StoreResult<K> {
        if let Some(before) = before {
            return self.replace(tx, before, after, change);
        }
        self.save(tx, &after, change)?;
        Ok(after)
    }

    /// Deletes a record. Its journal rows stay.
    ///
    /// # Errors
    /// Returns [`StoreError::Stale`] if the record does not exist in this version, [`StoreError::NotCovered`] if the
    /// proof is for a different record, and an error if a constraint would be broken.
    fn remove(&self, tx: &mut Tx<'_>, record: &K, change: Change) -> StoreResult<()>;
}

/// The proof that the policy allowed the action `A` inside this write transaction. It saves the kinds of record that
/// the permission table lists for the action. Only [`Tx::prove`] and its variant for one of many records create it.
pub struct WriteProof<A: PolicyAction> {
    proof: Authorized<A>,
    /// The reason for the journal if a change has no reason of its own.
    reason: Option<String>,
}

impl<A: PolicyAction> WriteProof<A> {
    pub(super) const fn new(proof: Authorized<A>) -> Self {
        Self { proof, reason: None }
    }

    /// Sets the reason for the journal if a change has no reason of its own. For example, an import has one reason for
    /// all of its changes.
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

    /// Checks that the record belongs to the resource of the proof. Adds the reason of the proof if the change has
    /// none.
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
        tx.insert_record(self.author(), record, change)
    }
    fn replace(&self, tx: &mut Tx<'_>, before: &K, after: K, change: Change) -> StoreResult<K> {
        let change = self.admit_change(&after, change)?;
        tx.replace_record(self.author(), before, after, change)
    }
    fn remove(&self, tx: &mut Tx<'_>, record: &K, change: Change) -> StoreResult<()> {
        let change = self.admit_change(record, change)?;
        tx.delete_record(self.author(), record, change)
    }
}

/// The proof that a person may save their own account: a signed-in person, or a person who accepts an invitation. The
/// policy is not asked, because it has no rule for this.
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
        tx.insert_record(author, record, change)
    }
    fn replace(
        &self,
        tx: &mut Tx<'_>,
        before: &User,
        after: User,
        change: Change,
    ) -> StoreResult<User> {
        let author = self.admit_account(&after)?;
        tx.replace_record(author, before, after, change)
    }
    fn remove(&self, tx: &mut Tx<'_>, record: &User, change: Change) -> StoreResult<()> {
        let author = self.admit_account(record)?;
        tx.delete_record(author, record, change)
    }
}

/// The proof that the service itself saves records: at start-up, and for the reference data, the published history and
/// the demo. It saves every kind of record. Only `store` creates it.
#[derive(Debug)]
pub(in crate::store) struct ServiceProof(());

impl ServiceProof {
    pub(in crate::store) const fn new() -> Self {
        Self(())
    }
    const AUTHOR: JournalAuthor = JournalAuthor { actor: None, acting_for: None };

    /// Writes a version of a record, whatever the content before was. For the fixtures of tests.
    pub(in crate::store) fn write_version<K: JournaledRecord>(
        tx: &mut Tx<'_>,
        record: &K,
        change: Change,
    ) -> StoreResult<()> {
        tx.write_version(Self::AUTHOR, record, change)
    }
}

impl<K: JournaledRecord> RecordWriter<K> for ServiceProof {
    fn save(&self, tx: &mut Tx<'_>, record: &K, change: Change) -> StoreResult<()> {
        tx.insert_record(Self::AUTHOR, record, change)
    }
    fn replace(&self, tx: &mut Tx<'_>, before: &K, after: K, change: Change) -> StoreResult<K> {
        tx.replace_record(Self::AUTHOR, before, after, change)
    }
    fn remove(&self, tx: &mut Tx<'_>, record: &K, change: Change) -> StoreResult<()> {
        tx.delete_record(Self::AUTHOR, record, change)
    }
}
