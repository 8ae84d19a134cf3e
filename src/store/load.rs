//! Loads the resources that the policy decides on. Each resource defines how it is found by its key.

use super::{Conn, StoreResult};
use crate::domain::{
    policy::{Act, Actor, PolicyResource},
    subject::NetworkSubject,
};

/// A resource that can be loaded by its key.
pub trait LoadByKey: PolicyResource {
    /// Loads the resource. `None` if it does not exist.
    fn load_by_key(conn: &mut Conn, key: &Self::Key) -> StoreResult<Option<Self>>;

    /// Returns the resource if it can be built without the database. Its proof then costs no database work.
    fn build_without_database(_key: &Self::Key) -> Option<Self> {
        None
    }

    /// Loads the resource for an act of an actor. A resource of many parts leaves out the parts that neither the
    /// decision nor the rules of that act need.
    fn load_for_act(
        conn: &mut Conn,
        key: &Self::Key,
        _act: Act,
        _actor: &Actor,
    ) -> StoreResult<Option<Self>> {
        Self::load_by_key(conn, key)
    }

    /// Loads only what the policy needs to decide whether an act may be tried. A write loads the resource again in its
    /// transaction, because the rules need the other parts.
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
