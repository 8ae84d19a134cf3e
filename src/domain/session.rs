//! Sessions and the tokens that prolong them. Pure: the secrets themselves are made and digested elsewhere.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::{id::Id, user::User};

/// A session that is not used for so long ends.
pub const IDLE: TimeDelta = TimeDelta::days(7);
/// A session ends after so long, used or not.
pub const LONGEST: TimeDelta = TimeDelta::days(30);
/// A refresh token whose answer was lost works for so long after its first use.
pub const OVERLAP: TimeDelta = TimeDelta::seconds(60);
/// An invitation is good for so long.
pub const INVITATION: TimeDelta = TimeDelta::days(7);

/// A time of being signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoginSession {
    /// Its identifier, named by access tokens.
    pub id: Uuid,
    /// Who is signed in.
    pub user: Id<User>,
    /// When it began.
    pub created_at: DateTime<Utc>,
    /// When its last access token was made.
    pub last_used_at: DateTime<Utc>,
    /// When it ends at the latest.
    pub expires_at: DateTime<Utc>,
    /// When it was ended.
    pub ended_at: Option<DateTime<Utc>>,
    /// What the program that signed in calls itself.
    pub client: Option<String>,
}

impl LoginSession {
    /// Begins a session.
    #[must_use]
    pub fn start_session(
        id: Uuid,
        user: Id<User>,
        client: Option<String>,
        now: DateTime<Utc>,
    ) -> Self {
        let expires_at = now + LONGEST;
        Self { id, user, created_at: now, last_used_at: now, expires_at, ended_at: None, client }
    }
    /// Returns until when it can be prolonged.
    #[must_use]
    pub fn open_until(&self) -> DateTime<Utc> {
        self.expires_at.min(self.last_used_at + IDLE)
    }
    /// Says whether it can be prolonged.
    #[must_use]
    pub fn is_open(&self, now: DateTime<Utc>) -> bool {
        self.ended_at.is_none() && now < self.open_until()
    }
}

/// A refresh token, without its secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefreshToken {
    /// When it was first used.
    pub used_at: Option<DateTime<Utc>>,
    /// Whether its successor, or another successor of its predecessor, was used.
    pub dead: bool,
}

/// What the showing of a refresh token means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefreshTokenUse {
    /// It is used for the first time: its holder has it, so its predecessor and its siblings die.
    FirstUse,
    /// Its answer was lost, or two asked at once: it gets another successor.
    RepeatedUse,
    /// It is older than what its holder has been given: somebody has a copy, and the session ends.
    Replayed,
}

impl RefreshToken {
    /// Decides what showing it means. A successor that was used has killed it, so that a live one has unused successors.
    #[must_use]
    pub fn classify_use(self, now: DateTime<Utc>) -> RefreshTokenUse {
        match self.used_at {
            _ if self.dead => RefreshTokenUse::Replayed,
            None => RefreshTokenUse::FirstUse,
            Some(first) if now - first <= OVERLAP => RefreshTokenUse::RepeatedUse,
            Some(_) => RefreshTokenUse::Replayed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(secs: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + secs, 0).unwrap()
    }

    #[test]
    fn a_refresh_token_overlaps_its_successors_for_a_minute() {
        let used = |secs| RefreshToken { used_at: Some(at(secs)), dead: false };
        assert_eq!(
            RefreshToken { used_at: None, dead: false }.classify_use(at(0)),
            RefreshTokenUse::FirstUse
        );
        assert_eq!(used(0).classify_use(at(0)), RefreshTokenUse::RepeatedUse);
        assert_eq!(used(0).classify_use(at(60)), RefreshTokenUse::RepeatedUse);
        assert_eq!(used(0).classify_use(at(61)), RefreshTokenUse::Replayed);
        assert_eq!(
            RefreshToken { used_at: None, dead: true }.classify_use(at(0)),
            RefreshTokenUse::Replayed
        );
        assert_eq!(
            RefreshToken { used_at: Some(at(0)), dead: true }.classify_use(at(1)),
            RefreshTokenUse::Replayed
        );
    }

    #[test]
    fn a_session_ends_idle_after_7_days_and_at_all_after_30() {
        let mut s = LoginSession::start_session(Uuid::nil(), Id::new(Uuid::nil()), None, at(0));
        let day = 86_400;
        assert!(s.is_open(at(7 * day - 1)));
        assert!(!s.is_open(at(7 * day)));
        s.last_used_at = at(29 * day);
        assert!(s.is_open(at(30 * day - 1)));
        assert!(!s.is_open(at(30 * day)));
        s.ended_at = Some(at(0));
        assert!(!s.is_open(at(1)));
    }
}
