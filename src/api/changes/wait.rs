//! Requests that wait for the feed. A change in the feed, a change of grants, or the stop of the server wakes them. A
//! waiting request holds a connection and a permit, but no database thread.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use chrono::{DateTime, Utc};
use tokio::sync::watch;

use crate::{
    api::error::{ApiError, ApiResult},
    clock::Clock,
    domain::{
        id::Id,
        policy::{Actor, PolicyAction as _, ReadFigures},
        subject::NetworkSubject,
        user::User,
    },
    store::{Caller, directory::AccountDirectory, watch::JournalHeads},
};

/// The maximum number of requests of one caller that wait at the same time. It is enough for two programs, each with
/// one more request that its client gave up and that the server still holds.
pub(super) const PER_CALLER: usize = 4;
/// The maximum number of requests of all callers that wait at the same time.
const IN_ALL: usize = 512;
/// `Retry-After` of the refusal, in seconds: by then one of the waiting requests has usually ended.
const RETRY_SECS: u64 = 5;

/// The requests that wait, counted for each user.
#[derive(Debug, Default)]
pub struct WaitingRequests {
    counts_by_user: Mutex<HashMap<Id<User>, usize>>,
    stop: watch::Sender<bool>,
}

/// Permission for a request to wait. Dropping it makes room for a different request.
#[derive(Debug)]
pub(super) struct WaitingPermit {
    waiting: Arc<WaitingRequests>,
    user: Id<User>,
}

impl WaitingRequests {
    /// Returns the number of waiting requests.
    #[must_use]
    pub fn count(&self) -> usize {
        self.counts_by_user.lock().unwrap_or_else(PoisonError::into_inner).values().sum()
    }

    /// Ends all waiting requests, and those that begin to wait later: the server stops.
    pub fn stop_waiting(&self) {
        self.stop.send_replace(true);
    }

    /// Takes a permit.
    ///
    /// # Errors
    /// [`ApiError::TooManyWaiting`] if the user has too many waiting requests, [`ApiError::Busy`] if there are too many
    /// in all.
    pub(super) fn acquire_permit(self: &Arc<Self>, user: Id<User>) -> ApiResult<WaitingPermit> {
        let mut counts = self.counts_by_user.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.get(&user).is_some_and(|n| *n >= PER_CALLER) {
            return Err(ApiError::TooManyWaiting(RETRY_SECS));
        }
        if counts.values().sum::<usize>() >= IN_ALL {
            return Err(ApiError::Busy);
        }
        *counts.entry(user).or_default() += 1;
        Ok(WaitingPermit { waiting: Arc::clone(self), user })
    }
}

impl Drop for WaitingPermit {
    fn drop(&mut self) {
        let mut counts = self.waiting.counts_by_user.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(n) = counts.get_mut(&self.user) {
            *n -= 1;
            if *n == 0 {
                counts.remove(&self.user);
            }
        }
    }
}

/// Why a waiting request continues.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WakeReason {
    /// The feed has a new change.
    FeedMoved,
    /// The grants of some user changed, perhaps not those of the caller.
    RightsChanged,
    Stopped,
    TimedOut,
}

/// What a waiting request needs of the service.
pub(super) struct SubscriptionSources<'s> {
    pub(super) heads: &'s JournalHeads,
    pub(super) directory: &'s Arc<AccountDirectory>,
    pub(super) waiting: &'s Arc<WaitingRequests>,
    pub(super) clock: &'s Clock,
}

/// A request that waits, with everything that can wake it.
pub(super) struct FeedSubscription {
    directory: Arc<AccountDirectory>,
    clock: Clock,
    caller: Caller,
    until: DateTime<Utc>,
    feed: watch::Receiver<i64>,
    rights: watch::Receiver<u64>,
    stop: watch::Receiver<bool>,
    _permit: WaitingPermit,
}

impl FeedSubscription {
    /// Takes a permit and subscribes. Every later change wakes the request.
    pub(super) fn subscribe_caller(
        sources: &SubscriptionSources<'_>,
        caller: Caller,
        until: DateTime<Utc>,
    ) -> ApiResult<Self> {
        Ok(Self {
            caller,
            until,
            feed: sources.heads.subscribe_feed(),
            rights: sources.directory.subscribe_changes(),
            stop: sources.waiting.stop.subscribe(),
            _permit: sources.waiting.acquire_permit(caller.user)?,
            directory: Arc::clone(sources.directory),
            clock: sources.clock.clone(),
        })
    }

    /// Waits until the feed is beyond a number, but not longer than `at_most`.
    pub(super) async fn wait_beyond(&mut self, beyond: i64, at_most: Duration) -> WakeReason {
        tokio::select! {
            biased;
            _ = self.stop.wait_for(|stops| *stops) => WakeReason::Stopped,
            _ = self.rights.changed() => WakeReason::RightsChanged,
            _ = self.feed.wait_for(|last| *last > beyond) => WakeReason::FeedMoved,
            () = tokio::time::sleep(at_most) => WakeReason::TimedOut,
        }
    }

    /// Returns the caller with the current grants.
    ///
    /// # Errors
    /// The session or the account is no longer valid, or the caller has no grant any more.
    pub(super) fn current_actor(&self) -> ApiResult<Arc<Actor>> {
        let (directory, now) = (&self.directory, self.clock.now());
        if !directory.is_current() {
            return Err(ApiError::Unavailable("who may act could not be read back".into()));
        }
        let actor = directory.resolve_actor(self.caller, now).ok_or(ApiError::InvalidToken)?;
        ReadFigures::decide_access(&actor, &NetworkSubject)?;
        Ok(actor)
    }

    /// Returns how long the access token is still valid.
    pub(super) fn token_time_left(&self) -> Duration {
        (self.until - self.clock.now()).to_std().unwrap_or_default()
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
