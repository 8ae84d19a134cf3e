//! Invitations, with which an account without a password gets one.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::SecretDigest;
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
        types::{StoredTimestamp, StoredUuid},
    },
};

/// Invites a user until `expires_at`. Earlier invitations stop working.
///
/// # Errors
/// Returns an error if the database fails.
pub fn create_invitation(
    conn: &mut Conn,
    user: Id<User>,
    digest: &SecretDigest,
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> StoreResult<()> {
    on!(conn, |c, DB| diesel::update(
        invitations::table
            .filter(invitations::user_id.eq(StoredUuid::from(user)))
            .filter(invitations::spent_at.is_null())
    )
    .set(invitations::spent_at.eq(StoredTimestamp(now)))
    .execute(c))?;
    on!(conn, |c, DB| diesel::insert_into(invitations::table)
        .values((
            invitations::id.eq(StoredUuid(clock::generate_uuid())),
            invitations::user_id.eq(StoredUuid::from(user)),
            invitations::digest.eq(digest.as_slice()),
            invitations::expires_at.eq(StoredTimestamp(expires_at)),
        ))
        .execute(c))?;
    Ok(())
}

/// Finds the user of an invitation that can still be accepted.
///
/// # Errors
/// Returns an error if the database fails.
pub fn find_invited_user(
    conn: &mut Conn,
    digest: &SecretDigest,
    now: DateTime<Utc>,
) -> StoreResult<Option<Id<User>>> {
    let user: Option<StoredUuid> = on!(conn, |c, DB| invitations::table
        .inner_join(users::table.on(invitations::user_id.eq(users::id)))
        .filter(invitations::digest.eq(digest.as_slice()))
        .filter(invitations::spent_at.is_null())
        .filter(invitations::expires_at.gt(StoredTimestamp(now)))
        .filter(users::state.eq(UserState::Invited.as_str()))
        .select(invitations::user_id)
        .get_result(c)
        .optional())?;
    Ok(user.map(Id::from))
}

/// Returns `true` if a user has an invitation that can still be accepted.
///
/// # Errors
/// Returns an error if the database fails.
pub fn is_invited(conn: &mut Conn, user: Id<User>, now: DateTime<Utc>) -> StoreResult<bool> {
    let open: i64 = on!(conn, |c, DB| invitations::table
        .filter(invitations::user_id.eq(StoredUuid::from(user)))
        .filter(invitations::spent_at.is_null())
        .filter(invitations::expires_at.gt(StoredTimestamp(now)))
        .count()
        .get_result(c))?;
    Ok(open > 0)
}

/// Marks an invitation as accepted. It works only once.
///
/// # Errors
/// Returns an error if the database fails.
pub fn spend_invitation(
    conn: &mut Conn,
    digest: &SecretDigest,
    now: DateTime<Utc>,
) -> StoreResult<()> {
    on!(conn, |c, DB| diesel::update(
        invitations::table.filter(invitations::digest.eq(digest.as_slice()))
    )
    .set(invitations::spent_at.eq(StoredTimestamp(now)))
    .execute(c))?;
    Ok(())
}
