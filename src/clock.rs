//! The only source of time and randomness, apart from argon2, which makes its own salts. Days in the time zone of a
//! city are computed in `domain`.

use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use uuid::Uuid;

/// A clock. Clones of a clock for tests share their time.
#[derive(Clone, Debug)]
pub struct Clock(TimeSource);

#[derive(Clone, Debug)]
enum TimeSource {
    Real,
    Set(Arc<Mutex<DateTime<Utc>>>),
}

impl Clock {
    /// Returns a clock with the time of the system.
    #[must_use]
    pub fn real() -> Self {
        Self(TimeSource::Real)
    }

    /// Returns a clock for tests that shows `at` until it is moved.
    #[must_use]
    pub fn fixed_at(at: DateTime<Utc>) -> Self {
        Self(TimeSource::Set(Arc::new(Mutex::new(at))))
    }

    /// Returns the current time, truncated to whole microseconds. That is the precision of PostgreSQL, so a value is
    /// the same after it was stored and read.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        let now = match &self.0 {
            #[expect(clippy::disallowed_methods, reason = "this is where time comes from")]
            TimeSource::Real => Utc::now(),
            TimeSource::Set(time) => *time.lock().unwrap_or_else(PoisonError::into_inner),
        };
        now.trunc_subsecs(6)
    }

    /// Moves this clock and all its clones to `at`.
    ///
    /// # Panics
    /// If this is the system clock: a test that cannot move the time must not continue.
    pub fn set(&self, at: DateTime<Utc>) {
        self.change_time(|time| *time = at);
    }

    /// Moves this clock and all its clones by `by`, which may be negative.
    ///
    /// # Panics
    /// If this is the system clock, as in [`Clock::set`].
    pub fn advance(&self, by: TimeDelta) {
        self.change_time(|time| *time += by);
    }

    fn change_time(&self, change: impl FnOnce(&mut DateTime<Utc>)) {
        match &self.0 {
            TimeSource::Real => panic!("only a clock made by Clock::fixed_at can be moved"),
            TimeSource::Set(time) => {
                change(&mut time.lock().unwrap_or_else(PoisonError::into_inner));
            }
        }
    }
}

/// Returns a new UUIDv7. Within this process, later ones are greater.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "this is where ids come from")]
pub fn generate_uuid() -> Uuid {
    Uuid::now_v7()
}

/// Returns 32 random bytes from the operating system.
///
/// # Panics
/// If the operating system cannot provide randomness: a predictable secret would be worse.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "this is where randomness comes from")]
pub fn random_bytes() -> [u8; 32] {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).expect("the operating system must provide randomness");
    bytes
}

/// Returns a new secret of 256 random bits, as 43 characters that are safe in a URL.
///
/// # Panics
/// In the same case as [`random_bytes`].
#[must_use]
pub fn random_token() -> String {
    URL_SAFE_NO_PAD.encode(random_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_of_a_set_clock_move_together() {
        let start = DateTime::from_timestamp(1_767_225_600, 0).unwrap();
        let clock = Clock::fixed_at(start);
        let other = clock.clone();
        clock.advance(TimeDelta::minutes(15));
        assert_eq!(other.now(), start + TimeDelta::minutes(15));
        other.set(start);
        assert_eq!(clock.now(), start);
    }

    #[test]
    fn time_is_cut_to_microseconds() {
        let clock = Clock::fixed_at(DateTime::from_timestamp(1_767_225_600, 123_456_789).unwrap());
        assert_eq!(clock.now().timestamp_subsec_nanos(), 123_456_000);
        assert_eq!(Clock::real().now().timestamp_subsec_nanos() % 1_000, 0);
    }

    #[test]
    #[should_panic(expected = "Clock::fixed_at")]
    fn the_real_clock_is_not_moved() {
        Clock::real().advance(TimeDelta::seconds(1));
    }

    #[test]
    fn ids_come_in_order_and_tokens_differ() {
        let ids: Vec<Uuid> = (0..1_000).map(|_| generate_uuid()).collect();
        assert!(ids.is_sorted());
        assert_eq!(ids[0].get_version_num(), 7);
        let token = random_token();
        assert_eq!(token.len(), 43);
        assert_ne!(token, random_token());
    }
}
