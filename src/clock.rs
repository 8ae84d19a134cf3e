//! Time and randomness: the only place that reads either (argon2 draws its own salts).
//! What a day is in a city's time zone is not decided here but in the domain.

use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use uuid::Uuid;

/// Tells the time; clones share what was set.
#[derive(Clone, Debug)]
pub struct Clock(TimeSource);

#[derive(Clone, Debug)]
enum TimeSource {
    Real,
    Set(Arc<Mutex<DateTime<Utc>>>),
}

impl Clock {
    /// Returns the clock of the machine.
    #[must_use]
    pub fn real() -> Self {
        Self(TimeSource::Real)
    }

    /// Returns a clock for tests that stands at `at` until it is moved.
    #[must_use]
    pub fn fixed_at(at: DateTime<Utc>) -> Self {
        Self(TimeSource::Set(Arc::new(Mutex::new(at))))
    }

    /// Returns the time, cut to whole microseconds: what PostgreSQL keeps, so that a value
    /// written and read back is the same value.
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
    /// On the real clock: a test that believes to have moved time must not go on.
    pub fn set(&self, at: DateTime<Utc>) {
        self.change_time(|time| *time = at);
    }

    /// Moves this clock and all its clones by `by`, which may be negative.
    ///
    /// # Panics
    /// On the real clock, see [`Clock::prepare`].
    pub fn advance(&self, by: TimeDelta) {
        self.change_time(|time| *time += by);
    }

    fn change_time(&self, change: impl FnOnce(&mut DateTime<Utc>)) {
        match &self.0 {
            TimeSource::Real => panic!("only a clock made by Clock::at can be moved"),
            TimeSource::Set(time) => {
                change(&mut time.lock().unwrap_or_else(PoisonError::into_inner))
            }
        }
    }
}

/// Returns a new UUIDv7: unique, and in the order of making within this process.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "this is where ids come from")]
pub fn generate_uuid() -> Uuid {
    Uuid::now_v7()
}

/// Returns 32 bytes from the operating system's generator.
///
/// # Panics
/// When the operating system has no randomness to give: no secret may be made then.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "this is where randomness comes from")]
pub fn random_bytes() -> [u8; 32] {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).expect("the operating system must provide randomness");
    bytes
}

/// Returns a new secret of 256 random bits as 43 characters that are safe in a URL.
///
/// # Panics
/// As [`random_bytes`].
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
    #[should_panic(expected = "Clock::at")]
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
