//! Who may act, in memory: the accounts, their grants and the sessions that ended, so that authenticating a request does
//! no database work. Reloaded before the answer to a write that changed any of it, and by a poll on other instances.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use arc_swap::ArcSwap;
use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::{
    Caller, Conn, StoreResult,
    conn::on,
    schema::{epochs, sessions, users},
    types::{DbTs, DbUuid},
    users::{ZonedGrant, zoned_grants},
};
use crate::domain::{
    id::Id,
    policy::Actor,
    user::{User, UserState},
};

/// A session that ended is remembered longer than any access token of it lives (15 minutes and the leeway).
const REMEMBER: TimeDelta = TimeDelta::minutes(20);

/// Who may act, in memory.
#[derive(Debug, Default)]
pub struct Directory(ArcSwap<Snapshot>);

#[derive(Debug, Default)]
struct Snapshot {
    /// The grants of active users.
    users: HashMap<Id<User>, Vec<ZonedGrant>>,
    /// Sessions that ended not long ago.
    ended: HashSet<Uuid>,
}

impl Directory {
    /// Returns the caller with the grants in force, unless the account or the session is no longer good.
    pub fn actor(&self, caller: Caller, now: DateTime<Utc>) -> Option<Arc<Actor>> {
        let snapshot = self.0.load();
        if snapshot.ended.contains(&caller.session) {
            return None;
        }
        let grants = snapshot.users.get(&caller.user)?;
        let in_force = grants
            .iter()
            .filter(|g| g.grant.in_force(now, g.zone))
            .map(|g| g.grant.clone())
            .collect();
        Some(Arc::new(Actor::new(caller.user, in_force)))
    }

    /// Reads everything anew.
    ///
    /// # Errors
    /// Failures of the database; what was known stays.
    pub fn reload(&self, conn: &mut Conn, now: DateTime<Utc>) -> StoreResult<()> {
        let active: Vec<DbUuid> = on!(conn, |c, DB| users::table
            .filter(users::state.eq(UserState::Active.as_str()))
            .select(users::id)
            .load(c))?;
        let mut users: HashMap<Id<User>, Vec<ZonedGrant>> =
            active.into_iter().map(|id| (Id::from(id), Vec::new())).collect();
        for grant in zoned_grants(conn, None)? {
            if let Some(grants) = users.get_mut(&grant.grant.user) {
                grants.push(grant);
            }
        }
        let ended: Vec<DbUuid> = on!(conn, |c, DB| sessions::table
            .filter(sessions::ended_at.ge(DbTs(now - REMEMBER)))
            .select(sessions::id)
            .load(c))?;
        self.0
            .store(Arc::new(Snapshot { users, ended: ended.into_iter().map(|id| id.0).collect() }));
        Ok(())
    }

    /// Notes at once that sessions ended here.
    pub fn end(&self, sessions: &[Uuid]) {
        self.0.rcu(|old| {
            let mut ended = old.ended.clone();
            ended.extend(sessions);
            Snapshot { users: old.users.clone(), ended }
        });
    }
}

/// Reads the counter of ended sessions, which other instances poll.
///
/// # Errors
/// Failures of the database.
pub fn session_epoch(conn: &mut Conn) -> StoreResult<i64> {
    Ok(on!(conn, |c, DB| epochs::table.find("sessions").select(epochs::value).get_result(c))?)
}
