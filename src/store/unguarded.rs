//! The few store functions that need no proof of rights, together where a reviewer sees them all: what establishes who
//! somebody is (passwords, sessions, refresh tokens, invitations) and whether the database is well.
//!
//! Of a secret only a hash or a digest comes here.

use diesel::prelude::*;

use super::{Conn, StoreResult, conn::on, schema::users, types::DbUuid};
use crate::domain::{
    id::Id,
    user::{Email, User, UserState},
};

mod calendars;
mod invitations;
mod refresh;
mod sessions;
mod shares;

pub use calendars::{calendar_made_at, calendar_of, end_calendar, set_calendar};
pub use invitations::{invitation, invite, is_invited, spend};
pub use refresh::refresh;
pub use sessions::{begin_session, end_session, end_sessions, open_sessions, start_session};
pub use shares::{ShareUse, count_uses, keep_secret, share_of, uses_of};

/// The SHA-256 of a secret.
pub type Digest = [u8; 32];

/// What a sign-in with a password is checked against.
#[derive(Clone)]
pub struct Credentials {
    /// Whose they are.
    pub user: Id<User>,
    /// The hash of the password, in PHC form.
    pub phc: String,
}

/// Finds the credentials of an active account by its address.
///
/// # Errors
/// Failures of the database.
pub fn credentials(conn: &mut Conn, email: &Email) -> StoreResult<Option<Credentials>> {
    let row: Option<(DbUuid, Option<String>)> = on!(conn, |c, DB| users::table
        .filter(users::email.eq(email.as_str()))
        .filter(users::state.eq(UserState::Active.as_str()))
        .select((users::id, users::password_hash))
        .get_result(c)
        .optional())?;
    Ok(row.and_then(|(id, phc)| Some(Credentials { user: id.into(), phc: phc? })))
}

/// Returns the hash of a user's password, if one was set.
///
/// # Errors
/// Failures of the database.
pub fn password(conn: &mut Conn, user: Id<User>) -> StoreResult<Option<String>> {
    Ok(on!(conn, |c, DB| users::table
        .find(DbUuid::from(user))
        .select(users::password_hash)
        .get_result::<Option<String>>(c)
        .optional())?
    .flatten())
}

/// Sets the hash of a user's password.
///
/// # Errors
/// Failures of the database.
pub fn set_password(conn: &mut Conn, user: Id<User>, phc: &str) -> StoreResult<()> {
    on!(conn, |c, DB| diesel::update(users::table.find(DbUuid::from(user)))
        .set(users::password_hash.eq(phc))
        .execute(c))?;
    Ok(())
}

/// Forgets a user's password: nobody signs in with it any more.
///
/// # Errors
/// Failures of the database.
pub fn forget_password(conn: &mut Conn, user: Id<User>) -> StoreResult<()> {
    on!(conn, |c, DB| diesel::update(users::table.find(DbUuid::from(user)))
        .set(users::password_hash.eq(None::<String>))
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
