//! Sessions: starting and refreshing them. They are not records and are not journaled.

use chrono::{DateTime, Utc};

use super::AppResult;
use crate::{
    auth::secret::{digest_token, generate_token},
    clock::generate_uuid,
    domain::{id::Id, session::LoginSession, user::User},
    store::{
        Conn, StoreResult,
        unguarded::{self, PasswordCredentials},
    },
};

/// A session with the secret that prolongs it.
pub(crate) struct IssuedSession {
    pub(crate) session: LoginSession,
    /// The refresh token. Only its digest is stored.
    pub(crate) refresh_token: String,
}

/// Starts a session after the password was checked. Returns `None` if the account was disabled or the password changed
/// meanwhile.
///
/// # Errors
/// Returns an error if the database fails.
pub(crate) fn start_session(
    conn: &mut Conn,
    checked: &PasswordCredentials,
    client: Option<String>,
    now: DateTime<Utc>,
) -> AppResult<Option<IssuedSession>> {
    let session = LoginSession::start_session(generate_uuid(), checked.user, client, now);
    let (refresh_token, digest) = generate_token();
    let started = unguarded::start_verified_session(conn, checked, &session, &digest)?;
    Ok(started.then_some(IssuedSession { session, refresh_token }))
}

/// Starts the first session of a user whose account the transaction activates.
///
/// # Errors
/// Returns an error if the database fails.
pub(super) fn start_first_session(
    conn: &mut Conn,
    user: Id<User>,
    client: Option<String>,
    now: DateTime<Utc>,
) -> StoreResult<IssuedSession> {
    let session = LoginSession::start_session(generate_uuid(), user, client, now);
    let (refresh_token, digest) = generate_token();
    unguarded::insert_session(conn, &session, &digest)?;
    Ok(IssuedSession { session, refresh_token })
}

/// Exchanges a refresh token for its successor. Returns `None` if the token is unknown or the session is over. A token
/// that is older than what its holder has received ends the session.
///
/// # Errors
/// Returns an error if the database fails.
pub(crate) fn refresh_session(
    conn: &mut Conn,
    presented: &str,
    now: DateTime<Utc>,
) -> AppResult<Option<IssuedSession>> {
    let (refresh_token, successor) = generate_token();
    let presented = digest_token(presented);
    let session = unguarded::exchange_refresh_token(conn, &presented, &successor, now)?;
    Ok(session.map(|session| IssuedSession { session, refresh_token }))
}
