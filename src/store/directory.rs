//! The account directory in memory: active accounts, their grants, and the sessions that ended. With it,
//! authenticating a request needs no database work. `watch.rs` reloads it before the answer to a write that changed
//! any of these.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use arc_swap::ArcSwap;
use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use tokio::sync::watch;
use uuid::Uuid;

use super::{
    Caller, Conn, StoreResult,
    conn::on,
    schema::{epochs, sessions, users},
    types::{StoredTimestamp, StoredUuid},
    users::{ZonedGrant, list_zoned_grants},
};
use crate::domain::{
    id::Id,
    policy::Actor,
    user::{Role, Scope, User, UserState},
};

/// An ended session is remembered for longer than its access tokens are valid (15 minutes and the leeway).
const REMEMBER: TimeDelta = TimeDelta::minutes(20);

#[derive(Debug, Default)]
pub struct AccountDirectory {
    snapshot: ArcSwap<DirectorySnapshot>,
    /// Held while reading, so that of two readings at once the newer one stays. Holds the epoch of ended sessions.
    reading: Mutex<Option<i64>>,
    current: AtomicBool,
    /// Counts the readings, for streams that outlive one answer.
    changed: watch::Sender<u64>,
}

#[derive(Debug, Clone, Default)]
struct DirectorySnapshot {
    /// The grants of active users.
    users: Arc<HashMap<Id<User>, Vec<ZonedGrant>>>,
    /// Sessions that ended recently.
    ended: Arc<HashSet<Uuid>>,
}

impl AccountDirectory {
    /// Returns the caller with the grants in force. `None` if the account is not active or the session ended.
    pub fn resolve_actor(&self, caller: Caller, now: DateTime<Utc>) -> Option<Arc<Actor>> {
        let snapshot = self.snapshot.load();
        if snapshot.ended.contains(&caller.session) {
            return None;
        }
        let grants = snapshot.users.get(&caller.user)?;
        let in_force = grants
            .iter()
            .filter(|g| g.grant.is_in_force(now, g.zone))
            .map(|g| g.grant.clone())
            .collect();
        Some(Arc::new(Actor::new(caller.user, in_force)))
    }

    /// Returns the rights of an account without a session, for a secret address that stands for the account. `None`
    /// if the account is not active.
    pub fn resolve_account(&self, user: Id<User>, now: DateTime<Utc>) -> Option<Arc<Actor>> {
        let snapshot = self.snapshot.load();
        let grants = snapshot.users.get(&user)?;
        let in_force = grants.iter().filter(|g| g.grant.is_in_force(now, g.zone));
        Some(Arc::new(Actor::new(user, in_force.map(|g| g.grant.clone()).collect())))
    }

    /// Returns the roles that active users hold at an instant, each with its scope.
    pub fn list_held_roles(&self, now: DateTime<Utc>) -> BTreeSet<(Role, Scope)> {
        let snapshot = self.snapshot.load();
        let in_force =
            snapshot.users.values().flatten().filter(|g| g.grant.is_in_force(now, g.zone));
        in_force.map(|g| (g.grant.role, g.grant.scope.clone())).collect()
    }

    /// Returns `true` if the directory contains everything that was written by this instance. While it does not,
    /// nobody is admitted, because a revoked right could still be in it.
    #[must_use]
    pub fn is_current(&self) -> bool {
        self.current.load(Ordering::Acquire)
    }

    /// Reloads everything. If this succeeds, the directory is current.
    pub fn reload_all(&self, conn: &mut Conn, now: DateTime<Utc>) -> StoreResult<()> {
        self.replace_snapshot(true, |known| {
            let users = Arc::new(load_active_users(conn)?);
            *known = Some(load_session_epoch(conn)?);
            Ok(Some(DirectorySnapshot { users, ended: Arc::new(load_ended_sessions(conn, now)?) }))
        })
    }

    /// Reloads the ended sessions, if any ended since the last reading.
    pub fn reload_sessions(&self, conn: &mut Conn, now: DateTime<Utc>) -> StoreResult<()> {
        self.replace_snapshot(false, |known| {
            let epoch = load_session_epoch(conn)?;
            if *known == Some(epoch) {
                return Ok(None);
            }
            *known = Some(epoch);
            let users = Arc::clone(&self.snapshot.load().users);
            Ok(Some(DirectorySnapshot { users, ended: Arc::new(load_ended_sessions(conn, now)?) }))
        })
    }

    /// Marks the directory as outdated, because something was written that could not be read back.
    pub(super) fn mark_outdated(&self) {
        // A reading that runs now may have begun before that write. This waits for it, or it would mark the directory
        // as current.
        let _after = self.reading.lock().unwrap_or_else(PoisonError::into_inner);
        self.current.store(false, Ordering::Release);
        self.changed.send_modify(|n| *n += 1);
    }

    /// Returns a receiver that reports each change of accounts, grants or sessions. A stream then checks its rights
    /// again.
    #[must_use]
    pub fn subscribe_changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    fn replace_snapshot(
        &self,
        all: bool,
        f: impl FnOnce(&mut Option<i64>) -> StoreResult<Option<DirectorySnapshot>>,
    ) -> StoreResult<()> {
        let mut known = self.reading.lock().unwrap_or_else(PoisonError::into_inner);
        match f(&mut known) {
            Ok(snapshot) => {
                let changes = snapshot.is_some();
                if let Some(snapshot) = snapshot {
                    self.snapshot.store(Arc::new(snapshot));
                }
                if all {
                    self.current.store(true, Ordering::Release);
                }
                if changes {
                    self.changed.send_modify(|n| *n += 1);
                }
                Ok(())
            }
            Err(e) => {
                // The epoch may be known although its sessions were not read.
                *known = None;
                Err(e)
            }
        }
    }
}

fn load_active_users(conn: &mut Conn) -> StoreResult<HashMap<Id<User>, Vec<ZonedGrant>>> {
    let ids: Vec<StoredUuid> = on!(conn, |c, DB| users::table
        .filter(users::state.eq(UserState::Active.as_str()))
        .select(users::id)
        .load(c))?;
    let mut users: HashMap<Id<User>, Vec<ZonedGrant>> =
        ids.into_iter().map(|id| (Id::from(id), Vec::new())).collect();
    for grant in list_zoned_grants(conn, None)? {
        if let Some(grants) = users.get_mut(&grant.grant.user) {
            grants.push(grant);
        }
    }
    Ok(users)
}

fn load_ended_sessions(conn: &mut Conn, now: DateTime<Utc>) -> StoreResult<HashSet<Uuid>> {
    let ids: Vec<StoredUuid> = on!(conn, |c, DB| sessions::table
        .filter(sessions::ended_at.ge(StoredTimestamp(now - REMEMBER)))
        .select(sessions::id)
        .load(c))?;
    Ok(ids.into_iter().map(|id| id.0).collect())
}

/// Returns the counter of ended sessions, which other instances poll.
fn load_session_epoch(conn: &mut Conn) -> StoreResult<i64> {
    Ok(on!(conn, |c, DB| epochs::table.find("sessions").select(epochs::value).get_result(c))?)
}
