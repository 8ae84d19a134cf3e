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
        policy::{Actor, PolicyAction as _, ReadFigures},
        subject::NetworkSubject,
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
pub struct WaitingRequests {
    counts_by_user: Mutex<HashMap<Id<User>, usize>>,
    stop: watch::Sender<bool>,
}

/// A place among those who wait; given back when it is dropped.
#[derive(Debug)]
pub(super) struct WaitingPermit {
    waiting: Arc<WaitingRequests>,
    user: Id<User>,
}

impl WaitingRequests {
    /// Returns how many requests wait.
    #[must_use]
    pub fn count(&self) -> usize {
        self.counts_by_user.lock().unwrap_or_else(PoisonError::into_inner).values().sum()
    }

    /// Answers everybody who waits, and lets nobody wait any more: the server stops.
    pub fn stop_waiting(&self) {
        self.stop.send_replace(true);
    }

    /// Takes a seat.
    pub(super) fn acquire_permit(self: &Arc<Self>, user: Id<User>) -> ApiResult<WaitingPermit> {
        let mut seats = self.counts_by_user.lock().unwrap_or_else(PoisonError::into_inner);
        if seats.get(&user).is_some_and(|n| *n >= PER_CALLER) {
            return Err(ApiError::TooManyWaiting(RETRY_SECS));
        }
        if seats.values().sum::<usize>() >= IN_ALL {
            return Err(ApiError::Busy);
        }
        *seats.entry(user).or_default() += 1;
        Ok(WaitingPermit { waiting: Arc::clone(self), user })
    }
}

impl Drop for WaitingPermit {
    fn drop(&mut self) {
        let mut seats = self.waiting.counts_by_user.lock().unwrap_or_else(PoisonError::into_inner);
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
pub(super) enum WakeReason {
    /// The feed moved.
    FeedMoved,
    /// Rights of somebody changed.
    RightsChanged,
    /// The server stops.
    Stopped,
    /// The time is over.
    TimedOut,
}

/// One request that waits.
pub(super) struct FeedSubscription {
    /// What handlers share.
    pub(super) state: State,
    caller: Caller,
    until: DateTime<Utc>,
    feed: watch::Receiver<i64>,
    rights: watch::Receiver<u64>,
    stop: watch::Receiver<bool>,
    _permit: WaitingPermit,
}

impl FeedSubscription {
    /// Sits down. What changes from here on wakes it.
    pub(super) fn subscribe_caller(
        state: &State,
        caller: Caller,
        until: DateTime<Utc>,
    ) -> ApiResult<Self> {
        Ok(Self {
            caller,
            until,
            feed: state.heads.subscribe_feed(),
            rights: state.directory.subscribe_changes(),
            stop: state.waiting.stop.subscribe(),
            _permit: state.waiting.acquire_permit(caller.user)?,
            state: state.clone(),
        })
    }

    /// Waits for the feed to go beyond a number, at most so long.
    pub(super) async fn wait_beyond(&mut self, beyond: i64, at_most: Duration) -> WakeReason {
        tokio::select! {
            biased;
            _ = self.stop.wait_for(|stops| *stops) => WakeReason::Stopped,
            _ = self.rights.changed() => WakeReason::RightsChanged,
            _ = self.feed.wait_for(|last| *last > beyond) => WakeReason::FeedMoved,
            () = tokio::time::sleep(at_most) => WakeReason::TimedOut,
        }
    }

    /// Returns the caller with the grants in force now.
    ///
    /// # Errors
    /// That the session or the account is no longer good, or that no grant is left.
    pub(super) fn current_actor(&self) -> ApiResult<Arc<Actor>> {
        let (directory, now) = (&self.state.directory, self.state.clock.now());
        if !directory.is_current() {
            return Err(ApiError::Unavailable("who may act could not be read back".into()));
        }
        let actor = directory.resolve_actor(self.caller, now).ok_or(ApiError::Unauthenticated)?;
        ReadFigures::decide_access(&actor, &NetworkSubject)?;
        Ok(actor)
    }

    /// Returns how long the token still holds.
    pub(super) fn token_time_left(&self) -> Duration {
        (self.until - self.state.clock.now()).to_std().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::generate_uuid;

    #[test]
    fn seats_are_bounded_for_a_caller_and_for_all_and_given_back() {
        let waiting = Arc::new(WaitingRequests::default());
        let user = Id::new(generate_uuid());
        let mut seats: Vec<WaitingPermit> =
            (0..PER_CALLER).map(|_| waiting.acquire_permit(user).unwrap()).collect();
        assert!(matches!(waiting.acquire_permit(user), Err(ApiError::TooManyWaiting(_))));
        while seats.len() < IN_ALL {
            seats.push(waiting.acquire_permit(Id::new(generate_uuid())).unwrap());
        }
        assert!(matches!(waiting.acquire_permit(Id::new(generate_uuid())), Err(ApiError::Busy)));
        assert_eq!(waiting.count(), IN_ALL);
        drop(seats);
        assert_eq!(waiting.count(), 0);
        assert!(waiting.acquire_permit(user).is_ok());
        assert!(waiting.counts_by_user.lock().unwrap().is_empty());
    }
}
