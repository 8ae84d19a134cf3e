//! Accounts and grants. What proves a person (passwords, sessions, invitations) is in `unguarded.rs`.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use diesel::prelude::*;
use uuid::Uuid;

use super::{
    Caller, Conn, StoreError, StoreResult,
    conn::on,
    load::Load,
    schema::{cities, countries, grants, sessions, users},
    types::{DbTs, DbUuid},
};
use crate::domain::{
    id::Id,
    policy::Actor,
    reference::time_zone,
    subject::{GrantSubject, UserSubject},
    user::{Grant, Role, Scope, User, UserState},
};

mod list;
mod rows;

pub use list::{UserFilter, UserKey, find_by_email, list};
use rows::{GrantRow, UserRow};

/// As many names are asked for one by one.
const FEW: usize = 4;

/// A grant with the time zone in which its days begin and end.
#[derive(Debug, Clone)]
pub struct ZonedGrant {
    /// The grant.
    pub grant: Grant,
    /// The zone of its scope: the city's, the country's, or UTC.
    pub zone: Tz,
}

type ZonedRow = (GrantRow, Option<String>, Option<String>);

fn zoned((row, country, city): ZonedRow) -> StoreResult<ZonedGrant> {
    let zone = match city.or(country) {
        Some(name) => time_zone(name)?,
        None => Tz::UTC,
    };
    Ok(ZonedGrant { grant: row.try_into()?, zone })
}

/// Reads the grants of a user, or of everybody.
///
/// # Errors
/// Failures of the database.
pub fn zoned_grants(conn: &mut Conn, user: Option<Id<User>>) -> StoreResult<Vec<ZonedGrant>> {
    let rows: Vec<ZonedRow> = on!(conn, |c, DB| {
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
            Some(user) => query.filter(grants::user_id.eq(DbUuid::from(user))).load(c),
            None => query.load(c),
        }
    })?;
    rows.into_iter().map(zoned).collect()
}

/// Loads a caller's actor: the account active, the session alive, the grants in force at that instant.
///
/// # Errors
/// [`StoreError::SignedOut`] when the account or the session is no longer good.
pub fn actor(conn: &mut Conn, caller: Caller, at: DateTime<Utc>) -> StoreResult<Actor> {
    let alive: Option<(DbUuid, Option<DbTs>, DbTs)> = on!(conn, |c, DB| sessions::table
        .inner_join(users::table.on(sessions::user_id.eq(users::id)))
        .filter(sessions::id.eq(DbUuid(caller.session)))
        .filter(users::state.eq(UserState::Active.as_str()))
        .select((sessions::user_id, sessions::ended_at, sessions::expires_at))
        .get_result(c)
        .optional())?;
    match alive {
        Some((user, None, expires)) if Id::from(user) == caller.user && at < expires.0 => {}
        Some(_) | None => return Err(StoreError::SignedOut),
    }
    let grants = zoned_grants(conn, Some(caller.user))?;
    Ok(Actor::new(
        caller.user,
        grants.into_iter().filter(|g| g.grant.in_force(at, g.zone)).map(|g| g.grant).collect(),
    ))
}

/// Reads the names of users.
///
/// # Errors
/// Failures of the database.
pub fn names(conn: &mut Conn, ids: &[Uuid]) -> StoreResult<Vec<(Uuid, String)>> {
    let mut out = Vec::with_capacity(ids.len());
    // A list is a statement of its own length, which SQLite prepares anew: few names are quicker one by one.
    if ids.len() <= FEW {
        for id in ids {
            let name: Option<String> = on!(conn, |c, DB| users::table
                .find(DbUuid(*id))
                .select(users::name)
                .get_result(c)
                .optional())?;
            out.extend(name.map(|name| (*id, name)));
        }
        return Ok(out);
    }
    for batch in ids.chunks(500) {
        let batch: Vec<DbUuid> = batch.iter().copied().map(DbUuid).collect();
        let rows: Vec<(DbUuid, String)> = on!(conn, |c, DB| users::table
            .filter(users::id.eq_any(&batch))
            .select((users::id, users::name))
            .load(c))?;
        out.extend(rows.into_iter().map(|(id, name)| (id.0, name)));
    }
    Ok(out)
}

/// Finds an account.
///
/// # Errors
/// Failures of the database.
pub fn find(conn: &mut Conn, id: Id<User>) -> StoreResult<Option<User>> {
    let row: Option<UserRow> = on!(conn, |c, DB| users::table
        .find(DbUuid::from(id))
        .select(UserRow::as_select())
        .get_result(c)
        .optional())?;
    row.map(User::try_from).transpose()
}

/// Finds an account with its grants.
///
/// # Errors
/// Failures of the database.
pub fn account(conn: &mut Conn, id: Id<User>) -> StoreResult<Option<UserSubject>> {
    let Some(user) = find(conn, id)? else { return Ok(None) };
    let grants = zoned_grants(conn, Some(id))?.into_iter().map(|g| g.grant).collect();
    Ok(Some(UserSubject { user, grants }))
}

/// Says whether a user is active and holds a role on a scope in their own name at an instant.
///
/// # Errors
/// Failures of the database.
pub fn holds(
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
            && g.grant.in_force(at, g.zone)
    };
    Ok(active && zoned_grants(conn, Some(id))?.iter().any(fits))
}

impl Load for UserSubject {
    fn load(conn: &mut Conn, key: &Id<User>) -> StoreResult<Option<Self>> {
        account(conn, *key)
    }
}

/// What is to be given is not kept anywhere yet.
impl Load for GrantSubject {
    fn load(_: &mut Conn, (role, scope): &(Role, Scope)) -> StoreResult<Option<Self>> {
        Ok(Some(Self { role: *role, scope: scope.clone() }))
    }
}
