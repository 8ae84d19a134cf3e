//! Refresh tokens, which prolong a session.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::{
    SecretDigest,
    sessions::{SessionRow, end_session},
};
use crate::{
    clock,
    domain::{
        session::{LoginSession, RefreshToken, RefreshTokenUse},
        user::UserState,
    },
    store::{
        Conn, StoreResult,
        conn::on,
        schema::{refresh_tokens, sessions, users},
        types::{StoredTimestamp, StoredUuid},
    },
};

pub(super) fn insert_refresh_token(
    conn: &mut Conn,
    session: Uuid,
    parent: Option<StoredUuid>,
    digest: &SecretDigest,
    now: DateTime<Utc>,
) -> StoreResult<()> {
    on!(conn, |c, DB| diesel::insert_into(refresh_tokens::table)
        .values((
            refresh_tokens::id.eq(StoredUuid(clock::generate_uuid())),
            refresh_tokens::session_id.eq(StoredUuid(session)),
            refresh_tokens::parent.eq(parent),
            refresh_tokens::digest.eq(digest.as_slice()),
            refresh_tokens::issued_at.eq(StoredTimestamp(now)),
            refresh_tokens::dead.eq(false),
        ))
        .execute(c))?;
    Ok(())
}

/// Exchanges a refresh token for its successor, and returns the session. `None` if the token is unknown or the
/// session is over. A replayed token, which is older than what its holder has received, ends the session.
///
/// # Errors
/// Returns an error if the database fails.
pub fn exchange_refresh_token(
    conn: &mut Conn,
    shown: &SecretDigest,
    successor: &SecretDigest,
    now: DateTime<Utc>,
) -> StoreResult<Option<LoginSession>> {
    let found: Option<StoredUuid> = on!(conn, |c, DB| refresh_tokens::table
        .filter(refresh_tokens::digest.eq(shown.as_slice()))
        .select(refresh_tokens::session_id)
        .get_result(c)
        .optional())?;
    let Some(id) = found else { return Ok(None) };
    // The session is locked before the token is read. If two requests show the token at once, the second one sees
    // what the first one did.
    let Some(mut session) = lock_open_session(conn, id, now)? else { return Ok(None) };
    let (token, parent, used_at, dead): (
        StoredUuid,
        Option<StoredUuid>,
        Option<StoredTimestamp>,
        bool,
    ) = on!(conn, |c, DB| refresh_tokens::table
        .filter(refresh_tokens::digest.eq(shown.as_slice()))
        .select((
            refresh_tokens::id,
            refresh_tokens::parent,
            refresh_tokens::used_at,
            refresh_tokens::dead,
        ))
        .get_result(c))?;
    match (RefreshToken { used_at: used_at.map(|t| t.0), dead }).classify_use(now) {
        RefreshTokenUse::FirstUse => record_first_use(conn, token, parent, now)?,
        RefreshTokenUse::RepeatedUse => {}
        RefreshTokenUse::Replayed => {
            end_session(conn, session.id, now)?;
            return Ok(None);
        }
    }
    insert_refresh_token(conn, session.id, Some(token), successor, now)?;
    on!(conn, |c, DB| diesel::update(sessions::table.find(id))
        .set(sessions::last_used_at.eq(StoredTimestamp(now)))
        .execute(c))?;
    session.last_used_at = now;
    Ok(Some(session))
}

/// Locks a session for this transaction, if it is open and its user is active.
fn lock_open_session(
    conn: &mut Conn,
    id: StoredUuid,
    now: DateTime<Utc>,
) -> StoreResult<Option<LoginSession>> {
    let query = sessions::table.find(id);
    let row: Option<SessionRow> = match conn {
        Conn::Pg(c) => {
            query.for_update().select(SessionRow::as_select()).get_result(c).optional()?
        }
        Conn::Sqlite(c) => query.select(SessionRow::as_select()).get_result(c).optional()?,
    };
    let Some(session) = row.map(LoginSession::from) else { return Ok(None) };
    let state: String = on!(conn, |c, DB| users::table
        .find(StoredUuid::from(session.user))
        .select(users::state)
        .get_result(c))?;
    Ok((state == UserState::Active.as_str() && session.is_open(now)).then_some(session))
}

/// Records the first use of a token. Its predecessor and its siblings stop working.
fn record_first_use(
    conn: &mut Conn,
    token: StoredUuid,
    parent: Option<StoredUuid>,
    now: DateTime<Utc>,
) -> StoreResult<()> {
    on!(conn, |c, DB| diesel::update(refresh_tokens::table.find(token))
        .set(refresh_tokens::used_at.eq(StoredTimestamp(now)))
        .execute(c))?;
    let Some(parent) = parent else { return Ok(()) };
    on!(conn, |c, DB| diesel::update(refresh_tokens::table.find(parent))
        .set(refresh_tokens::dead.eq(true))
        .execute(c))?;
    on!(conn, |c, DB| diesel::update(
        refresh_tokens::table
            .filter(refresh_tokens::parent.eq(parent))
            .filter(refresh_tokens::id.ne(token))
    )
    .set(refresh_tokens::dead.eq(true))
    .execute(c))?;
    Ok(())
}
