//! Sessions and refresh tokens. Secrets are created and hashed elsewhere.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::{id::Id, user::User};

/// A session ends if it is not used for this time.
pub const IDLE: TimeDelta = TimeDelta::days(7);
/// A session ends after this time, even if it is used.
pub const LONGEST: TimeDelta = TimeDelta::days(30);
/// A refresh token works for this time after its first use, because the answer to that use may have been lost.
pub const OVERLAP: TimeDelta = TimeDelta::seconds(60);
/// An invitation is valid for this time.
pub const INVITATION: TimeDelta = TimeDelta::days(7);

/// A session of a signed-in user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoginSession {
    /// The identifier, which access tokens contain.
    pub id: Uuid,
    /// The signed-in user.
    pub user: Id<User>,
    /// When the session began.
    pub created_at: DateTime<Utc>,
    /// When the last access token was created.
    pub last_used_at: DateTime<Utc>,
    /// The latest end of the session.
    pub expires_at: DateTime<Utc>,
    /// When the session was ended; none if nobody ended it.
    pub ended_at: Option<DateTime<Utc>>,
    /// The name that the client program gave itself.
    pub client: Option<String>,
}

impl LoginSession {
    /// Starts a session.
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
    /// Returns the end of the session, if it is neither used nor ended before.
    #[must_use]
    pub fn open_until(&self) -> DateTime<Utc> {
        self.expires_at.min(self.last_used_at + IDLE)
    }
    /// Returns `true` if the session can still be used.
    #[must_use]
    pub fn is_open(&self, now: DateTime<Utc>) -> bool {
        self.ended_at.is_none() && now < self.open_until()
    }
}

/// A refresh token, without its secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefreshToken {
    /// When the token was first used.
    pub used_at: Option<DateTime<Utc>>,
    /// Whether the token is invalid: its successor was used, or a different successor of its predecessor.
    pub dead: bool,
}

/// What the use of a refresh token means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefreshTokenUse {
    /// The first use. The client has received the token, so its predecessor and siblings become invalid.
    FirstUse,
    /// A repeated use: the answer was lost, or two requests ran at once. The client gets a further successor.
    RepeatedUse,
    /// The client has received a newer token, so somebody has a copy of this one: the session ends.
    Replayed,
}

impl RefreshToken {
    /// Decides what the use of the token means. The use of a successor makes a token invalid, so a valid token has only
    /// unused successors.
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
