//! Loading what rights are asked about. Each resource says how it is found by its key.

use super::{Conn, StoreResult};
use crate::domain::{
    policy::{Act, Actor, PolicyResource},
    subject::NetworkSubject,
};

/// A resource that can be loaded by its key.
pub trait LoadByKey: PolicyResource {
    /// Loads it, or finds that there is none.
    ///
    /// # Errors
    /// Failures of the database.
    fn load_by_key(conn: &mut Conn, key: &Self::Key) -> StoreResult<Option<Self>>;

    /// Returns it where no database needs to be asked: such a read costs no database work for its proof.
    fn build_without_database(_key: &Self::Key) -> Option<Self> {
        None
    }

    /// Loads it for an act of an actor. A resource of many parts leaves out those that neither the decision nor the rules
    /// of that act look at.
    ///
    /// # Errors
    /// Failures of the database.
    fn load_for_act(
        conn: &mut Conn,
        key: &Self::Key,
        _act: Act,
        _actor: &Actor,
    ) -> StoreResult<Option<Self>> {
        Self::load_by_key(conn, key)
    }

    /// Loads it for the decision alone whether an act may be tried: a write loads it again in its transaction, where the
    /// rules look at the rest.
    ///
    /// # Errors
    /// Failures of the database.
    fn load_for_admission(
        conn: &mut Conn,
        key: &Self::Key,
        act: Act,
        actor: &Actor,
    ) -> StoreResult<Option<Self>> {
        Self::load_for_act(conn, key, act, actor)
    }
}

impl LoadByKey for NetworkSubject {
    fn load_by_key(_: &mut Conn, (): &()) -> StoreResult<Option<Self>> {
        Ok(Some(Self))
    }
    fn build_without_database((): &()) -> Option<Self> {
        Some(Self)
    }
}
