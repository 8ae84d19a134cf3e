//! Who waits for the feed to move, and what wakes them: a move of the feed, a change of their rights, the stop of the server.
//! A waiting request holds a connection and a seat here, and no thread of the database.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use chrono::{DateTime, Utc};
use tokio::sync::watch;

use crate::{
    api::{
        error::{ApiError, ApiResult},
        state::State,
    },
    domain::{
        id::Id,
        policy::{Action as _, Actor, ReadFigures},
        subject::Network,
        user::User,
    },
    store::Caller,
};

/// Requests of one caller that wait at once: two programs, each with one that its client gave up and that is not noticed yet.
pub(super) const PER_CALLER: usize = 4;
/// Requests that wait at once.
const IN_ALL: usize = 512;
/// Seconds after which one of a caller's requests has ended, as a rule.
const RETRY_SECS: u64 = 5;

/// Everybody who waits.
#[derive(Debug, Default)]
pub struct Waiting {
    seats: Mutex<HashMap<Id<User>, usize>>,
    stop: watch::Sender<bool>,
}

/// A place among those who wait; given back when it is dropped.
#[derive(Debug)]
pub(super) struct Seat {
    of: Arc<Waiting>,
    user: Id<User>,
}

impl Waiting {
    /// Returns how many requests wait.
    #[must_use]
    pub fn count(&self) -> usize {
        self.seats.lock().unwrap_or_else(PoisonError::into_inner).values().sum()
    }

    /// Answers everybody who waits, and lets nobody wait any more: the server stops.
    pub fn stop(&self) {
        self.stop.send_replace(true);
    }

    /// Takes a seat.
    pub(super) fn enter(self: &Arc<Self>, user: Id<User>) -> ApiResult<Seat> {
        let mut seats = self.seats.lock().unwrap_or_else(PoisonError::into_inner);
        if seats.get(&user).is_some_and(|n| *n >= PER_CALLER) {
            return Err(ApiError::TooMany(RETRY_SECS));
        }
        if seats.values().sum::<usize>() >= IN_ALL {
            return Err(ApiError::Busy);
        }
        *seats.entry(user).or_default() += 1;
        Ok(Seat { of: Arc::clone(self), user })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut seats = self.of.seats.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(n) = seats.get_mut(&self.user) {
            *n -= 1;
            if *n == 0 {
                seats.remove(&self.user);
            }
        }
    }
}

/// Why somebody who waited goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Woken {
    /// The feed moved.
    Moved,
    /// Rights of somebody changed.
    Rights,
    /// The server stops.
    Stopped,
    /// The time is over.
    Time,
}

/// One request that waits.
pub(super) struct Follow {
    /// What handlers share.
    pub(super) state: State,
    caller: Caller,
    until: DateTime<Utc>,
    feed: watch::Receiver<i64>,
    rights: watch::Receiver<u64>,
    stop: watch::Receiver<bool>,
    _seat: Seat,
}

impl Follow {
    /// Sits down. What changes from here on wakes it.
    pub(super) fn begin(state: &State, caller: Caller, until: DateTime<Utc>) -> ApiResult<Self> {
        Ok(Self {
            caller,
            until,
            feed: state.heads.follow(),
            rights: state.directory.follow(),
            stop: state.waiting.stop.subscribe(),
            _seat: state.waiting.enter(caller.user)?,
            state: state.clone(),
        })
    }

    /// Waits for the feed to go beyond a number, at most so long.
    pub(super) async fn wait(&mut self, beyond: i64, at_most: Duration) -> Woken {
        tokio::select! {
            biased;
            _ = self.stop.wait_for(|stops| *stops) => Woken::Stopped,
            _ = self.rights.changed() => Woken::Rights,
            _ = self.feed.wait_for(|last| *last > beyond) => Woken::Moved,
            () = tokio::time::sleep(at_most) => Woken::Time,
        }
    }

    /// Returns the caller with the grants in force now.
    ///
    /// # Errors
    /// That the session or the account is no longer good, or that no grant is left.
    pub(super) fn actor(&self) -> ApiResult<Arc<Actor>> {
        let (directory, now) = (&self.state.directory, self.state.clock.now());
        if !directory.is_current() {
            return Err(ApiError::Unavailable("who may act could not be read back".into()));
        }
        let actor = directory.actor(self.caller, now).ok_or(ApiError::Unauthenticated)?;
        ReadFigures::decide(&actor, &Network)?;
        Ok(actor)
    }

    /// Returns how long the token still holds.
    pub(super) fn holds_for(&self) -> Duration {
        (self.until - self.state.clock.now()).to_std().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::fresh_uuid;

    #[test]
    fn seats_are_bounded_for_a_caller_and_for_all_and_given_back() {
        let waiting = Arc::new(Waiting::default());
        let user = Id::new(fresh_uuid());
        let mut seats: Vec<Seat> = (0..PER_CALLER).map(|_| waiting.enter(user).unwrap()).collect();
        assert!(matches!(waiting.enter(user), Err(ApiError::TooMany(_))));
        while seats.len() < IN_ALL {
            seats.push(waiting.enter(Id::new(fresh_uuid())).unwrap());
        }
        assert!(matches!(waiting.enter(Id::new(fresh_uuid())), Err(ApiError::Busy)));
        assert_eq!(waiting.count(), IN_ALL);
        drop(seats);
        assert_eq!(waiting.count(), 0);
        assert!(waiting.enter(user).is_ok());
        assert!(waiting.seats.lock().unwrap().is_empty());
    }
}
