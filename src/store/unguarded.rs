//! The few store functions that need no proof of rights. They are together so that a reviewer sees all of them:
//! credentials, sessions, refresh tokens, invitations and secret addresses.
//!
//! Only hashes and digests of secrets come here.

use diesel::prelude::*;

use super::{Conn, StoreResult, conn::on, schema::users, types::StoredUuid};
use crate::domain::{
    id::Id,
    user::{EmailAddress, User, UserState},
};

mod calendars;
mod invitations;
mod refresh;
mod sessions;
mod shares;

pub use calendars::{delete_calendar, find_calendar_created_at, find_calendar_user, set_calendar};
pub use invitations::{create_invitation, find_invited_user, is_invited, spend_invitation};
pub use refresh::exchange_refresh_token;
pub use sessions::{
    end_session, end_sessions, insert_session, list_open_sessions, start_verified_session,
};
pub use shares::{
    ShareUse, add_share_uses, find_share_by_secret, insert_share_secret, list_share_uses,
};

/// The SHA-256 of a secret.
pub type SecretDigest = [u8; 32];

/// The credentials that a sign-in with a password is checked against.
#[derive(Clone)]
pub struct PasswordCredentials {
    /// The user that they belong to.
    pub user: Id<User>,
    /// The hash of the password, in PHC format.
    pub phc: String,
}

/// Finds the credentials of an active account by its address.
///
/// # Errors
/// Returns an error if the database fails.
pub fn find_credentials(
    conn: &mut Conn,
    email: &EmailAddress,
) -> StoreResult<Option<PasswordCredentials>> {
    let row: Option<(StoredUuid, Option<String>)> = on!(conn, |c, DB| users::table
        .filter(users::email.eq(email.as_str()))
        .filter(users::state.eq(UserState::Active.as_str()))
        .select((users::id, users::password_hash))
        .get_result(c)
        .optional())?;
    Ok(row.and_then(|(id, phc)| Some(PasswordCredentials { user: id.into(), phc: phc? })))
}

/// Returns the hash of a user's password, if one was set.
///
/// # Errors
/// Returns an error if the database fails.
pub fn find_password_hash(conn: &mut Conn, user: Id<User>) -> StoreResult<Option<String>> {
    Ok(on!(conn, |c, DB| users::table
        .find(StoredUuid::from(user))
        .select(users::password_hash)
        .get_result::<Option<String>>(c)
        .optional())?
    .flatten())
}

/// Sets the hash of a user's password.
///
/// # Errors
/// Returns an error if the database fails.
pub fn set_password(conn: &mut Conn, user: Id<User>, phc: &str) -> StoreResult<()> {
    on!(conn, |c, DB| diesel::update(users::table.find(StoredUuid::from(user)))
        .set(users::password_hash.eq(phc))
        .execute(c))?;
    Ok(())
}

/// Removes a user's password, so that nobody can sign in with it.
///
/// # Errors
/// Returns an error if the database fails.
pub fn delete_password(conn: &mut Conn, user: Id<User>) -> StoreResult<()> {
    on!(conn, |c, DB| diesel::update(users::table.find(StoredUuid::from(user)))
        .set(users::password_hash.eq(None::<String>))
        .execute(c))?;
    Ok(())
}
