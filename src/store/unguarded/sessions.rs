//! Sessions. They are not records and are not journaled. Other instances learn from an epoch that sessions ended.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::{PasswordCredentials, SecretDigest, refresh::insert_refresh_token};
use crate::{
    domain::{
        id::Id,
        session::{IDLE, LoginSession},
        user::{User, UserState},
    },
    store::{
        Conn, StoreResult,
        conn::on,
        schema::{epochs, refresh_tokens, sessions, users},
        types::{StoredTimestamp, StoredUuid},
    },
};

/// Sessions that have been over for longer are deleted when their user signs in again.
const KEEP: TimeDelta = TimeDelta::days(1);

#[derive(Queryable, Selectable)]
#[diesel(table_name = sessions)]
pub(super) struct SessionRow {
    id: StoredUuid,
    user_id: StoredUuid,
    created_at: StoredTimestamp,
    last_used_at: StoredTimestamp,
    expires_at: StoredTimestamp,
    ended_at: Option<StoredTimestamp>,
    client: Option<String>,
}
impl From<SessionRow> for LoginSession {
    fn from(r: SessionRow) -> Self {
        Self {
            id: r.id.0,
            user: r.user_id.into(),
            created_at: r.created_at.0,
            last_used_at: r.last_used_at.0,
            expires_at: r.expires_at.0,
            ended_at: r.ended_at.map(|t| t.0),
            client: r.client,
        }
    }
}

/// Starts a session if the account is still active and its password is still the one that was checked. Both may have
/// changed meanwhile. Returns `true` if the session was started.
///
/// # Errors
/// Returns an error if the database fails.
pub fn start_verified_session(
    conn: &mut Conn,
    checked: &PasswordCredentials,
    session: &LoginSession,
    digest: &SecretDigest,
) -> StoreResult<bool> {
    let Some((state, phc)) = lock_user(conn, checked.user)? else { return Ok(false) };
    if state != UserState::Active.as_str() || phc.as_ref() != Some(&checked.phc) {
        return Ok(false);
    }
    delete_old_sessions(conn, checked.user, session.created_at)?;
    insert_session(conn, session, digest)?;
    Ok(true)
}

/// Stores a session with its first refresh token.
///
/// # Errors
/// Returns an error if the database fails.
pub fn insert_session(
    conn: &mut Conn,
    session: &LoginSession,
    digest: &SecretDigest,
) -> StoreResult<()> {
    on!(conn, |c, DB| diesel::insert_into(sessions::table)
        .values((
            sessions::id.eq(StoredUuid(session.id)),
            sessions::user_id.eq(StoredUuid::from(session.user)),
            sessions::created_at.eq(StoredTimestamp(session.created_at)),
            sessions::last_used_at.eq(StoredTimestamp(session.last_used_at)),
            sessions::expires_at.eq(StoredTimestamp(session.expires_at)),
            sessions::client.eq(session.client.as_deref()),
        ))
        .execute(c))?;
    insert_refresh_token(conn, session.id, None, digest, session.created_at)
}

/// Returns the state and the password of a user. On PostgreSQL it locks the row until the commit: disabling an
/// account ends its sessions, and no new session may start at the same time.
fn lock_user(conn: &mut Conn, user: Id<User>) -> StoreResult<Option<(String, Option<String>)>> {
    let query =
        users::table.find(StoredUuid::from(user)).select((users::state, users::password_hash));
    // SQLite has one writer and no such clause.
    Ok(match conn {
        Conn::Pg(c) => query.for_update().get_result(c).optional()?,
        Conn::Sqlite(c) => query.get_result(c).optional()?,
    })
}

/// Ends a session. This instance refuses it at once, other instances soon after.
///
/// # Errors
/// Returns an error if the database fails.
pub fn end_session(conn: &mut Conn, session: Uuid, now: DateTime<Utc>) -> StoreResult<()> {
    let n = on!(conn, |c, DB| diesel::update(
        sessions::table.find(StoredUuid(session)).filter(sessions::ended_at.is_null())
    )
    .set(sessions::ended_at.eq(StoredTimestamp(now)))
    .execute(c))?;
    increment_session_epoch(conn, n)
}

/// Ends the open sessions of a user, except one if given, and returns them as they were.
///
/// # Errors
/// Returns an error if the database fails.
pub fn end_sessions(
    conn: &mut Conn,
    user: Id<User>,
    except: Option<Uuid>,
    now: DateTime<Utc>,
) -> StoreResult<Vec<LoginSession>> {
    // Every transaction locks the account before its sessions, so that no two wait for each other.
    lock_user(conn, user)?;
    let mut open = list_open_sessions(conn, user, now)?;
    open.retain(|s| Some(s.id) != except);
    let ids: Vec<StoredUuid> = open.iter().map(|s| StoredUuid(s.id)).collect();
    let mut ended = 0;
    for batch in ids.chunks(500) {
        ended += on!(conn, |c, DB| diesel::update(
            sessions::table
                .filter(sessions::id.eq_any(batch.iter().copied()))
                .filter(sessions::ended_at.is_null())
        )
        .set(sessions::ended_at.eq(StoredTimestamp(now)))
        .execute(c))?;
    }
    increment_session_epoch(conn, ended)?;
    Ok(open)
}

/// Increments the epoch if sessions ended, so that every instance reloads them.
fn increment_session_epoch(conn: &mut Conn, ended: usize) -> StoreResult<()> {
    if ended > 0 {
        on!(conn, |c, DB| diesel::update(epochs::table.find("sessions"))
            .set(epochs::value.eq(epochs::value + 1))
            .execute(c))?;
    }
    Ok(())
}

/// Lists the open sessions of a user, newest first.
///
/// # Errors
/// Returns an error if the database fails.
pub fn list_open_sessions(
    conn: &mut Conn,
    user: Id<User>,
    now: DateTime<Utc>,
) -> StoreResult<Vec<LoginSession>> {
    let rows: Vec<SessionRow> = on!(conn, |c, DB| sessions::table
        .filter(sessions::user_id.eq(StoredUuid::from(user)))
        .filter(sessions::ended_at.is_null())
        .filter(sessions::expires_at.gt(StoredTimestamp(now)))
        .filter(sessions::last_used_at.gt(StoredTimestamp(now - IDLE)))
        .order((sessions::created_at.desc(), sessions::id.desc()))
        .select(SessionRow::as_select())
        .load(c))?;
    Ok(rows.into_iter().map(LoginSession::from).collect())
}

/// Deletes the old sessions of a user. Their tokens are still refused, because they are unknown.
fn delete_old_sessions(conn: &mut Conn, user: Id<User>, now: DateTime<Utc>) -> StoreResult<()> {
    let old = StoredTimestamp(now - KEEP);
    let ids: Vec<StoredUuid> = on!(conn, |c, DB| sessions::table
        .filter(sessions::user_id.eq(StoredUuid::from(user)))
        .filter(
            sessions::ended_at
                .lt(old)
                .or(sessions::expires_at.lt(old))
                .or(sessions::last_used_at.lt(StoredTimestamp(old.0 - IDLE))),
        )
        .select(sessions::id)
        .limit(500)
        .load(c))?;
    on!(conn, |c, DB| diesel::delete(
        refresh_tokens::table.filter(refresh_tokens::session_id.eq_any(ids.iter().copied()))
    )
    .execute(c))?;
    on!(conn, |c, DB| diesel::delete(
        sessions::table.filter(sessions::id.eq_any(ids.iter().copied()))
    )
    .execute(c))?;
    Ok(())
}
