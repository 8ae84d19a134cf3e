//! The few store functions that need no proof of rights, together where a reviewer sees them all: what establishes who
//! somebody is (passwords, sessions, refresh tokens, invitations) and whether the database is well.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use super::{
    Conn, StoreResult,
    conn::on,
    schema::{sessions, users},
    types::{DbTs, DbUuid},
};
use crate::domain::{id::Id, user::User};

/// Opens a session of a user.
///
/// # Errors
/// Failures of the database.
pub fn open_session(
    conn: &mut Conn,
    session: Uuid,
    user: Id<User>,
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> StoreResult<()> {
    on!(conn, |c, DB| diesel::insert_into(sessions::table)
        .values((
            sessions::id.eq(DbUuid(session)),
            sessions::user_id.eq(DbUuid::from(user)),
            sessions::created_at.eq(DbTs(now)),
            sessions::last_used_at.eq(DbTs(now)),
            sessions::expires_at.eq(DbTs(expires_at)),
        ))
        .execute(c))?;
    Ok(())
}

/// Sets the hash of a user's password.
///
/// # Errors
/// Failures of the database.
pub fn set_password(conn: &mut Conn, user: Id<User>, hash: &str) -> StoreResult<()> {
    on!(conn, |c, DB| diesel::update(users::table.find(DbUuid::from(user)))
        .set(users::password_hash.eq(hash))
        .execute(c))?;
    Ok(())
}

/// Asks the database for something that is always there.
///
/// # Errors
/// Failures of the database.
pub fn is_well(conn: &mut Conn) -> StoreResult<()> {
    super::journal::head(conn).map(|_head| ())
}
