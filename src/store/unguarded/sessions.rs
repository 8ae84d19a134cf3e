//! Sessions and refresh tokens. No records: they are not journaled, and other instances learn of their end by an epoch.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::Credentials;
use crate::{
    clock,
    domain::{
        id::Id,
        session::{IDLE, RefreshToken, Session, Shown},
        user::{User, UserState},
    },
    store::{
        Conn, StoreResult,
        conn::on,
        schema::{epochs, refresh_tokens, sessions, users},
        types::{DbTs, DbUuid},
    },
};

/// The SHA-256 of a secret.
pub type Digest = [u8; 32];

/// What is over for longer is deleted when its user signs in again.
const KEEP: TimeDelta = TimeDelta::days(1);

#[derive(Queryable, Selectable)]
#[diesel(table_name = sessions)]
struct SessionRow {
    id: DbUuid,
    user_id: DbUuid,
    created_at: DbTs,
    last_used_at: DbTs,
    expires_at: DbTs,
    ended_at: Option<DbTs>,
    client: Option<String>,
}
impl From<SessionRow> for Session {
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

/// Begins a session if the account is still active and its password still the one that was checked: both may have changed
/// meanwhile. Returns whether they had not.
///
/// # Errors
/// Failures of the database.
pub fn start_session(
    conn: &mut Conn,
    checked: &Credentials,
    session: &Session,
    digest: &Digest,
) -> StoreResult<bool> {
    let Some((state, phc)) = lock_user(conn, checked.user)? else { return Ok(false) };
    if state != UserState::Active.as_str() || phc.as_ref() != Some(&checked.phc) {
        return Ok(false);
    }
    sweep(conn, checked.user, session.created_at)?;
    begin_session(conn, session, digest)?;
    Ok(true)
}

/// Begins a session with its first refresh token.
///
/// # Errors
/// Failures of the database.
pub fn begin_session(conn: &mut Conn, session: &Session, digest: &Digest) -> StoreResult<()> {
    on!(conn, |c, DB| diesel::insert_into(sessions::table)
        .values((
            sessions::id.eq(DbUuid(session.id)),
            sessions::user_id.eq(DbUuid::from(session.user)),
            sessions::created_at.eq(DbTs(session.created_at)),
            sessions::last_used_at.eq(DbTs(session.last_used_at)),
            sessions::expires_at.eq(DbTs(session.expires_at)),
            sessions::client.eq(session.client.as_deref()),
        ))
        .execute(c))?;
    issue(conn, session.id, None, digest, session.created_at)
}

/// Reads a user's state and password, and on PostgreSQL keeps others from changing them until the commit: whoever disables
/// the account ends the sessions that are there, so that none may begin beside.
fn lock_user(conn: &mut Conn, user: Id<User>) -> StoreResult<Option<(String, Option<String>)>> {
    let query = users::table.find(DbUuid::from(user)).select((users::state, users::password_hash));
    // SQLite has one writer and no such clause.
    Ok(match conn {
        Conn::Pg(c) => query.for_update().get_result(c).optional()?,
        Conn::Sqlite(c) => query.get_result(c).optional()?,
    })
}

fn issue(
    conn: &mut Conn,
    session: Uuid,
    parent: Option<DbUuid>,
    digest: &Digest,
    now: DateTime<Utc>,
) -> StoreResult<()> {
    on!(conn, |c, DB| diesel::insert_into(refresh_tokens::table)
        .values((
            refresh_tokens::id.eq(DbUuid(clock::fresh_uuid())),
            refresh_tokens::session_id.eq(DbUuid(session)),
            refresh_tokens::parent.eq(parent),
            refresh_tokens::digest.eq(digest.as_slice()),
            refresh_tokens::issued_at.eq(DbTs(now)),
            refresh_tokens::dead.eq(false),
        ))
        .execute(c))?;
    Ok(())
}

/// Exchanges a refresh token for its successor and returns the session as it is then. None when the token is unknown or
/// the session is over; a token that is older than what its holder has been given ends the session.
///
/// # Errors
/// Failures of the database.
pub fn refresh(
    conn: &mut Conn,
    shown: &Digest,
    successor: &Digest,
    now: DateTime<Utc>,
) -> StoreResult<Option<Session>> {
    let found: Option<DbUuid> = on!(conn, |c, DB| refresh_tokens::table
        .filter(refresh_tokens::digest.eq(shown.as_slice()))
        .select(refresh_tokens::session_id)
        .get_result(c)
        .optional())?;
    let Some(id) = found else { return Ok(None) };
    // The session is taken before the token is read: of two who show it at once, the second sees what the first did.
    let Some(mut session) = lock_open(conn, id, now)? else { return Ok(None) };
    let (token, parent, used_at, dead): (DbUuid, Option<DbUuid>, Option<DbTs>, bool) =
        on!(conn, |c, DB| refresh_tokens::table
            .filter(refresh_tokens::digest.eq(shown.as_slice()))
            .select((
                refresh_tokens::id,
                refresh_tokens::parent,
                refresh_tokens::used_at,
                refresh_tokens::dead,
            ))
            .get_result(c))?;
    match (RefreshToken { used_at: used_at.map(|t| t.0), dead }).show(now) {
        Shown::First => first_use(conn, token, parent, now)?,
        Shown::Again => {}
        Shown::Replayed => {
            end_session(conn, session.id, now)?;
            return Ok(None);
        }
    }
    issue(conn, session.id, Some(token), successor, now)?;
    on!(conn, |c, DB| diesel::update(sessions::table.find(id))
        .set(sessions::last_used_at.eq(DbTs(now)))
        .execute(c))?;
    session.last_used_at = now;
    Ok(Some(session))
}

/// Takes a session for this transaction, if it is open and its user active.
fn lock_open(conn: &mut Conn, id: DbUuid, now: DateTime<Utc>) -> StoreResult<Option<Session>> {
    let query = sessions::table.find(id);
    let row: Option<SessionRow> = match conn {
        Conn::Pg(c) => {
            query.for_update().select(SessionRow::as_select()).get_result(c).optional()?
        }
        Conn::Sqlite(c) => query.select(SessionRow::as_select()).get_result(c).optional()?,
    };
    let Some(session) = row.map(Session::from) else { return Ok(None) };
    let state: String = on!(conn, |c, DB| users::table
        .find(DbUuid::from(session.user))
        .select(users::state)
        .get_result(c))?;
    Ok((state == UserState::Active.as_str() && session.is_open(now)).then_some(session))
}

/// Notes the first use of a token: its predecessor and its siblings are dead from now on.
fn first_use(
    conn: &mut Conn,
    token: DbUuid,
    parent: Option<DbUuid>,
    now: DateTime<Utc>,
) -> StoreResult<()> {
    on!(conn, |c, DB| diesel::update(refresh_tokens::table.find(token))
        .set(refresh_tokens::used_at.eq(DbTs(now)))
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

/// Ends a session: refused at once on this instance, soon on the others.
///
/// # Errors
/// Failures of the database.
pub fn end_session(conn: &mut Conn, session: Uuid, now: DateTime<Utc>) -> StoreResult<()> {
    let n = on!(conn, |c, DB| diesel::update(
        sessions::table.find(DbUuid(session)).filter(sessions::ended_at.is_null())
    )
    .set(sessions::ended_at.eq(DbTs(now)))
    .execute(c))?;
    announce(conn, n)
}

/// Ends the open sessions of a user, but for one where that is meant, and returns them as they were.
///
/// # Errors
/// Failures of the database.
pub fn end_sessions(
    conn: &mut Conn,
    user: Id<User>,
    except: Option<Uuid>,
    now: DateTime<Utc>,
) -> StoreResult<Vec<Session>> {
    // Everybody takes the account before its sessions, so that no two wait for each other.
    lock_user(conn, user)?;
    let mut open = open_sessions(conn, user, now)?;
    open.retain(|s| Some(s.id) != except);
    let ids: Vec<DbUuid> = open.iter().map(|s| DbUuid(s.id)).collect();
    let mut ended = 0;
    for batch in ids.chunks(500) {
        ended += on!(conn, |c, DB| diesel::update(
            sessions::table
                .filter(sessions::id.eq_any(batch.iter().copied()))
                .filter(sessions::ended_at.is_null())
        )
        .set(sessions::ended_at.eq(DbTs(now)))
        .execute(c))?;
    }
    announce(conn, ended)?;
    Ok(open)
}

/// Counts that sessions ended, so that every instance reads them.
fn announce(conn: &mut Conn, ended: usize) -> StoreResult<()> {
    if ended > 0 {
        on!(conn, |c, DB| diesel::update(epochs::table.find("sessions"))
            .set(epochs::value.eq(epochs::value + 1))
            .execute(c))?;
    }
    Ok(())
}

/// Reads the open sessions of a user, the newest first.
///
/// # Errors
/// Failures of the database.
pub fn open_sessions(
    conn: &mut Conn,
    user: Id<User>,
    now: DateTime<Utc>,
) -> StoreResult<Vec<Session>> {
    let rows: Vec<SessionRow> = on!(conn, |c, DB| sessions::table
        .filter(sessions::user_id.eq(DbUuid::from(user)))
        .filter(sessions::ended_at.is_null())
        .filter(sessions::expires_at.gt(DbTs(now)))
        .filter(sessions::last_used_at.gt(DbTs(now - IDLE)))
        .order((sessions::created_at.desc(), sessions::id.desc()))
        .select(SessionRow::as_select())
        .load(c))?;
    Ok(rows.into_iter().map(Session::from).collect())
}

/// Deletes what is over of a user: a token of it is refused all the same, because it is unknown.
fn sweep(conn: &mut Conn, user: Id<User>, now: DateTime<Utc>) -> StoreResult<()> {
    let old = DbTs(now - KEEP);
    let ids: Vec<DbUuid> = on!(conn, |c, DB| sessions::table
        .filter(sessions::user_id.eq(DbUuid::from(user)))
        .filter(
            sessions::ended_at
                .lt(old)
                .or(sessions::expires_at.lt(old))
                .or(sessions::last_used_at.lt(DbTs(old.0 - IDLE))),
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
