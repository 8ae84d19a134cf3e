//! The secret addresses of calendars. They are not records and are not journaled.

use chrono::{DateTime, Utc};

use super::{AppResult, Refusal};
use crate::{
    auth::secret::generate_token,
    domain::{id::Id, user::User},
    store::{Conn, unguarded},
};

/// Creates the secret of a user's calendar address, and returns it. Only its digest is stored. An earlier address of the
/// user stops working.
///
/// # Errors
/// Returns an error if the database fails.
pub(crate) fn create_calendar(
    conn: &mut Conn,
    user: Id<User>,
    at: DateTime<Utc>,
) -> AppResult<String> {
    let (token, digest) = generate_token();
    unguarded::set_calendar(conn, user, &digest, at)?;
    Ok(token)
}

/// Deletes a user's calendar address.
///
/// # Errors
/// Refuses if there is none.
pub(crate) fn delete_calendar(conn: &mut Conn, user: Id<User>) -> AppResult<()> {
    if unguarded::delete_calendar(conn, user)? { Ok(()) } else { Err(Refusal::NotFound) }
}
