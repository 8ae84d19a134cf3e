//! Invitations: the way in for an account without a password.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::Digest;
use crate::{
    clock,
    domain::{
        id::Id,
        user::{User, UserState},
    },
    store::{
        Conn, StoreResult,
        conn::on,
        schema::{invitations, users},
        types::{DbTs, DbUuid},
    },
};

/// Invites a user until an instant; earlier invitations no longer work.
///
/// # Errors
/// Failures of the database.
pub fn invite(
    conn: &mut Conn,
    user: Id<User>,
    digest: &Digest,
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> StoreResult<()> {
    on!(conn, |c, DB| diesel::update(
        invitations::table
            .filter(invitations::user_id.eq(DbUuid::from(user)))
            .filter(invitations::spent_at.is_null())
    )
    .set(invitations::spent_at.eq(DbTs(now)))
    .execute(c))?;
    on!(conn, |c, DB| diesel::insert_into(invitations::table)
        .values((
            invitations::id.eq(DbUuid(clock::fresh_uuid())),
            invitations::user_id.eq(DbUuid::from(user)),
            invitations::digest.eq(digest.as_slice()),
            invitations::expires_at.eq(DbTs(expires_at)),
        ))
        .execute(c))?;
    Ok(())
}

/// Finds whom an invitation is for, if it can still be accepted.
///
/// # Errors
/// Failures of the database.
pub fn invitation(
    conn: &mut Conn,
    digest: &Digest,
    now: DateTime<Utc>,
) -> StoreResult<Option<Id<User>>> {
    let user: Option<DbUuid> = on!(conn, |c, DB| invitations::table
        .inner_join(users::table.on(invitations::user_id.eq(users::id)))
        .filter(invitations::digest.eq(digest.as_slice()))
        .filter(invitations::spent_at.is_null())
        .filter(invitations::expires_at.gt(DbTs(now)))
        .filter(users::state.eq(UserState::Invited.as_str()))
        .select(invitations::user_id)
        .get_result(c)
        .optional())?;
    Ok(user.map(Id::from))
}

/// Says whether a user has an invitation that can still be accepted.
///
/// # Errors
/// Failures of the database.
pub fn is_invited(conn: &mut Conn, user: Id<User>, now: DateTime<Utc>) -> StoreResult<bool> {
    let open: i64 = on!(conn, |c, DB| invitations::table
        .filter(invitations::user_id.eq(DbUuid::from(user)))
        .filter(invitations::spent_at.is_null())
        .filter(invitations::expires_at.gt(DbTs(now)))
        .count()
        .get_result(c))?;
    Ok(open > 0)
}

/// Spends an invitation: it is accepted once.
///
/// # Errors
/// Failures of the database.
pub fn spend(conn: &mut Conn, digest: &Digest, now: DateTime<Utc>) -> StoreResult<()> {
    on!(conn, |c, DB| diesel::update(
        invitations::table.filter(invitations::digest.eq(digest.as_slice()))
    )
    .set(invitations::spent_at.eq(DbTs(now)))
    .execute(c))?;
    Ok(())
}
