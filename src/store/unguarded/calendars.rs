//! The secret addresses of calendars. Anybody who knows an address reads the deadlines of its user, and nothing else.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::SecretDigest;
use crate::{
    domain::{id::Id, user::User},
    store::{
        Conn, StoreResult,
        conn::on,
        schema::calendars,
        types::{StoredTimestamp, StoredUuid},
    },
};

/// Gives a user a new address. The address before stops working.
///
/// # Errors
/// Returns an error if the database fails.
pub fn set_calendar(
    conn: &mut Conn,
    user: Id<User>,
    digest: &SecretDigest,
    now: DateTime<Utc>,
) -> StoreResult<()> {
    delete_calendar(conn, user)?;
    on!(conn, |c, DB| diesel::insert_into(calendars::table)
        .values((
            calendars::user_id.eq(StoredUuid::from(user)),
            calendars::digest.eq(digest.as_slice()),
            calendars::made_at.eq(StoredTimestamp(now)),
        ))
        .execute(c))?;
    Ok(())
}

/// Deletes a user's address. Returns `true` if there was one.
///
/// # Errors
/// Returns an error if the database fails.
pub fn delete_calendar(conn: &mut Conn, user: Id<User>) -> StoreResult<bool> {
    let n = on!(conn, |c, DB| diesel::delete(calendars::table.find(StoredUuid::from(user)))
        .execute(c))?;
    Ok(n > 0)
}

/// Returns when a user's address was created. `None` if there is none.
///
/// # Errors
/// Returns an error if the database fails.
pub fn find_calendar_created_at(
    conn: &mut Conn,
    user: Id<User>,
) -> StoreResult<Option<DateTime<Utc>>> {
    let at: Option<StoredTimestamp> = on!(conn, |c, DB| calendars::table
        .find(StoredUuid::from(user))
        .select(calendars::made_at)
        .get_result(c)
        .optional())?;
    Ok(at.map(|at| at.0))
}

/// Finds the user of an address.
///
/// # Errors
/// Returns an error if the database fails.
pub fn find_calendar_user(conn: &mut Conn, digest: &SecretDigest) -> StoreResult<Option<Id<User>>> {
    let user: Option<StoredUuid> = on!(conn, |c, DB| calendars::table
        .filter(calendars::digest.eq(digest.as_slice()))
        .select(calendars::user_id)
        .get_result(c)
        .optional())?;
    Ok(user.map(Id::from))
}
