//! Accounts and grants. Passwords, sessions and invitations are in `unguarded.rs`.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use diesel::prelude::*;

use super::{
    Caller, Conn, StoreError, StoreResult,
    conn::on,
    load::LoadByKey,
    schema::{cities, countries, grants, sessions, users},
    types::{StoredTimestamp, StoredUuid},
};
use crate::domain::{
    id::Id,
    policy::Actor,
    reference::parse_time_zone,
    subject::{GrantSubject, UserSubject},
    user::{Grant, Role, Scope, User, UserState},
};

mod list;
mod names;
mod rows;

pub use list::{UserCursor, UserFilter, find_by_email, list_page};
pub(crate) use names::{PersonNames, load_names};
use rows::{GrantRow, UserRow};

/// A grant with the time zone in which its days begin and end.
#[derive(Debug, Clone)]
pub struct ZonedGrant {
    /// The grant.
    pub grant: Grant,
    /// The zone of its scope: the city's, the country's, or UTC.
    pub zone: Tz,
}

/// The columns of a grant, with the time zones of its country and of its city.
#[derive(Queryable)]
struct ZonedGrantRow {
    grant: GrantRow,
    country_zone: Option<String>,
    city_zone: Option<String>,
}

impl TryFrom<ZonedGrantRow> for ZonedGrant {
    type Error = StoreError;
    fn try_from(row: ZonedGrantRow) -> StoreResult<Self> {
        let zone = match row.city_zone.or(row.country_zone) {
            Some(name) => parse_time_zone(name)?,
            None => Tz::UTC,
        };
        Ok(Self { grant: row.grant.try_into()?, zone })
    }
}

/// Lists the grants of a user, or of all users.
///
/// # Errors
/// Returns an error if the database fails.
pub fn list_zoned_grants(conn: &mut Conn, user: Option<Id<User>>) -> StoreResult<Vec<ZonedGrant>> {
    let rows: Vec<ZonedGrantRow> = on!(conn, |c, DB| {
        let query = grants::table
            .left_join(countries::table.on(grants::scope_country.eq(countries::code.nullable())))
            .left_join(cities::table.on(grants::scope_city.eq(cities::slug.nullable())))
            .order(grants::id)
            .select((
                GrantRow::as_select(),
                countries::time_zone.nullable(),
                cities::time_zone.nullable(),
            ));
        match user {
            Some(user) => query.filter(grants::user_id.eq(StoredUuid::from(user))).load(c),
            None => query.load(c),
        }
    })?;
    rows.into_iter().map(ZonedGrant::try_from).collect()
}

/// Loads the actor of a caller, with the grants in force at `at`.
///
/// # Errors
/// Returns [`StoreError::SignedOut`] if the account is not active or the session is over, and an error if the
/// database fails.
pub fn load_actor(conn: &mut Conn, caller: Caller, at: DateTime<Utc>) -> StoreResult<Actor> {
    let alive: Option<(StoredUuid, Option<StoredTimestamp>, StoredTimestamp)> =
        on!(conn, |c, DB| sessions::table
            .inner_join(users::table.on(sessions::user_id.eq(users::id)))
            .filter(sessions::id.eq(StoredUuid(caller.session)))
            .filter(users::state.eq(UserState::Active.as_str()))
            .select((sessions::user_id, sessions::ended_at, sessions::expires_at))
            .get_result(c)
            .optional())?;
    match alive {
        Some((user, None, expires)) if Id::from(user) == caller.user && at < expires.0 => {}
        Some(_) | None => return Err(StoreError::SignedOut),
    }
    let grants = list_zoned_grants(conn, Some(caller.user))?;
    Ok(Actor::new(
        caller.user,
        grants.into_iter().filter(|g| g.grant.is_in_force(at, g.zone)).map(|g| g.grant).collect(),
    ))
}

/// Finds an account by its id.
///
/// # Errors
/// Returns an error if the database fails.
pub fn find(conn: &mut Conn, id: Id<User>) -> StoreResult<Option<User>> {
    let row: Option<UserRow> = on!(conn, |c, DB| users::table
        .find(StoredUuid::from(id))
        .select(UserRow::as_select())
        .get_result(c)
        .optional())?;
    row.map(User::try_from).transpose()
}

/// Finds an account with its grants.
///
/// # Errors
/// Returns an error if the database fails.
pub fn find_with_grants(conn: &mut Conn, id: Id<User>) -> StoreResult<Option<UserSubject>> {
    let Some(user) = find(conn, id)? else { return Ok(None) };
    let grants = list_zoned_grants(conn, Some(id))?.into_iter().map(|g| g.grant).collect();
    Ok(Some(UserSubject { user, grants }))
}

/// Returns `true` if a user is active and, at an instant, holds a role on a scope in their own name.
///
/// # Errors
/// Returns an error if the database fails.
pub fn has_role(
    conn: &mut Conn,
    id: Id<User>,
    role: Role,
    scope: &Scope,
    at: DateTime<Utc>,
) -> StoreResult<bool> {
    let active = find(conn, id)?.is_some_and(|u| u.state == UserState::Active);
    let fits = |g: &ZonedGrant| {
        g.grant.role == role
            && g.grant.scope == *scope
            && g.grant.acting_for.is_none()
            && g.grant.is_in_force(at, g.zone)
    };
    Ok(active && list_zoned_grants(conn, Some(id))?.iter().any(fits))
}

impl LoadByKey for UserSubject {
    fn load_by_key(conn: &mut Conn, key: &Id<User>) -> StoreResult<Option<Self>> {
        find_with_grants(conn, *key)
    }
}

/// A grant that is to be given is not stored yet, so there is nothing to load.
impl LoadByKey for GrantSubject {
    fn load_by_key(_: &mut Conn, (role, scope): &(Role, Scope)) -> StoreResult<Option<Self>> {
        Ok(Some(Self { role: *role, scope: scope.clone() }))
    }
}
