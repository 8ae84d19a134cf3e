//! Accounts and grants. What proves a person (passwords, sessions, invitations) is in `unguarded.rs`.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use diesel::prelude::*;
use serde_json::Value;
use uuid::Uuid;

use super::{
    Caller, Conn, Record, StoreError, StoreResult,
    conn::on,
    load::Load,
    schema::{cities, countries, grants, sessions, users},
    tx::kept,
    types::{DbTs, DbUuid},
};
use crate::domain::{
    id::Id,
    policy::Actor,
    reference::{CountryCode, time_zone},
    subject::{GrantSubject, UserSubject},
    user::{Email, Grant, Role, Scope, ScopeKind, User, UserState},
    value::{Slug, Title, fold},
};

mod list;

pub use list::{UserFilter, UserKey, find_by_email, list};

/// An account's row, without its password.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = users, treat_none_as_null = true)]
struct UserRow {
    id: DbUuid,
    email: String,
    name: String,
    name_key: String,
    state: String,
    created_at: DbTs,
    version: i64,
}

impl TryFrom<&User> for UserRow {
    type Error = StoreError;
    fn try_from(u: &User) -> StoreResult<Self> {
        Ok(Self {
            id: u.id.into(),
            email: u.email.as_str().to_owned(),
            name: u.name.to_string(),
            name_key: fold(u.name.as_str()),
            state: u.state.to_string(),
            created_at: DbTs(u.created_at),
            version: u.version,
        })
    }
}
impl TryFrom<UserRow> for User {
    type Error = StoreError;
    fn try_from(r: UserRow) -> StoreResult<Self> {
        Ok(Self {
            id: r.id.into(),
            email: Email::parse(r.email)?,
            name: Title::parse(r.name)?,
            state: UserState::parse(r.state)?,
            created_at: r.created_at.0,
            version: r.version,
        })
    }
}
kept!(User, UserRow, users, |u| DbUuid::from(u.id));
impl Record for User {
    const ENTITY: &'static str = "user";
    const PUBLIC: bool = false;
    fn key(&self) -> String {
        self.id.to_string()
    }
    fn version(&self) -> i64 {
        self.version
    }
    /// A person is an id in the journal: neither name nor address.
    fn content(&self) -> Result<Value, serde_json::Error> {
        Ok(serde_json::json!({ "id": self.id, "state": self.state }))
    }
}

/// A grant's row.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = grants, treat_none_as_null = true)]
struct GrantRow {
    id: DbUuid,
    user_id: DbUuid,
    role: String,
    scope_kind: String,
    scope_country: Option<String>,
    scope_city: Option<String>,
    from_on: Option<NaiveDate>,
    until_on: Option<NaiveDate>,
    acting_for: Option<DbUuid>,
    granted_by: Option<DbUuid>,
    granted_at: DbTs,
    version: i64,
}

impl TryFrom<&Grant> for GrantRow {
    type Error = StoreError;
    fn try_from(g: &Grant) -> StoreResult<Self> {
        let (country, city) = match &g.scope {
            Scope::Network => (None, None),
            Scope::Country(c) => (Some(c.to_string()), None),
            Scope::City(s, c) => (Some(c.to_string()), Some(s.to_string())),
        };
        Ok(Self {
            id: g.id.into(),
            user_id: g.user.into(),
            role: g.role.to_string(),
            scope_kind: g.scope.kind().to_string(),
            scope_country: country,
            scope_city: city,
            from_on: g.from,
            until_on: g.until,
            acting_for: g.acting_for.map(DbUuid::from),
            granted_by: g.granted_by.map(DbUuid::from),
            granted_at: DbTs(g.granted_at),
            version: g.version,
        })
    }
}
impl TryFrom<GrantRow> for Grant {
    type Error = StoreError;
    fn try_from(r: GrantRow) -> StoreResult<Self> {
        let country = r.scope_country.map(CountryCode::parse).transpose()?;
        let city = r.scope_city.map(Slug::parse).transpose()?;
        let scope = match (ScopeKind::parse(r.scope_kind)?, country, city) {
            (ScopeKind::Network, None, None) => Scope::Network,
            (ScopeKind::Country, Some(c), None) => Scope::Country(c),
            (ScopeKind::City, Some(c), Some(s)) => Scope::City(s, c),
            (ScopeKind::Network | ScopeKind::Country | ScopeKind::City, _, _) => {
                return Err(StoreError::Corrupt("a grant's scope".into()));
            }
        };
        Ok(Self {
            id: r.id.into(),
            user: r.user_id.into(),
            role: Role::parse(r.role)?,
            scope,
            from: r.from_on,
            until: r.until_on,
            acting_for: r.acting_for.map(Id::from),
            granted_by: r.granted_by.map(Id::from),
            granted_at: r.granted_at.0,
            version: r.version,
        })
    }
}
kept!(Grant, GrantRow, grants, |g| DbUuid::from(g.id));
impl Record for Grant {
    const ENTITY: &'static str = "grant";
    const PUBLIC: bool = false;
    fn key(&self) -> String {
        self.id.to_string()
    }
    fn version(&self) -> i64 {
        self.version
    }
    fn content(&self) -> Result<Value, serde_json::Error> {
        serde_json::to_value(self)
    }
}

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
        let mut query = grants::table
            .left_join(countries::table.on(grants::scope_country.eq(countries::code.nullable())))
            .left_join(cities::table.on(grants::scope_city.eq(cities::slug.nullable())))
            .order(grants::id)
            .select((
                GrantRow::as_select(),
                countries::time_zone.nullable(),
                cities::time_zone.nullable(),
            ))
            .into_boxed::<DB>();
        if let Some(user) = user {
            query = query.filter(grants::user_id.eq(DbUuid::from(user)));
        }
        query.load(c)
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
