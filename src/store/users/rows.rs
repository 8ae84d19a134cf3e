//! The rows of accounts and grants, and what the journal holds of an account.

use chrono::NaiveDate;
use diesel::prelude::*;

use crate::{
    domain::{
        id::Id,
        journal::to_canonical_json,
        reference::CountryCode,
        user::{EmailAddress, Grant, Role, Scope, ScopeKind, User, UserState},
        value::{Slug, Title, fold_for_search},
    },
    store::{
        Record, StoreError, StoreResult,
        schema::{grants, users},
        search,
        tx::{impl_journaled_record, impl_record},
        types::{StoredTimestamp, StoredUuid},
    },
};

/// The row does not include the password. `search_key` holds the name and the address, folded.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = users, treat_none_as_null = true)]
pub(super) struct UserRow {
    pub(super) id: StoredUuid,
    email: String,
    name: String,
    pub(super) name_key: String,
    state: String,
    created_at: StoredTimestamp,
    version: i64,
    search_key: String,
}

impl TryFrom<&User> for UserRow {
    type Error = StoreError;
    fn try_from(u: &User) -> StoreResult<Self> {
        Ok(Self {
            id: u.id.into(),
            email: u.email.as_str().to_owned(),
            name: u.name.to_string(),
            name_key: fold_for_search(u.name.as_str()),
            state: u.state.to_string(),
            created_at: StoredTimestamp(u.created_at),
            version: u.version,
            search_key: search::to_search_key([u.name.as_str(), u.email.as_str()]),
        })
    }
}
impl TryFrom<UserRow> for User {
    type Error = StoreError;
    fn try_from(r: UserRow) -> StoreResult<Self> {
        Ok(Self {
            id: r.id.into(),
            email: EmailAddress::parse(r.email)?,
            name: Title::parse(r.name)?,
            state: UserState::parse(r.state)?,
            created_at: r.created_at.0,
            version: r.version,
        })
    }
}
impl_journaled_record!(User, UserRow, users, |u| StoredUuid::from(u.id));
impl Record for User {
    const ENTITY: &'static str = "user";
    const PUBLIC: bool = false;
    fn key(&self) -> String {
        self.id.to_string()
    }
    fn version(&self) -> i64 {
        self.version
    }
    /// The journal holds a person's id and neither the name nor the address.
    fn journal_content(&self) -> Result<String, serde_json::Error> {
        to_canonical_json(&serde_json::json!({ "id": self.id, "state": self.state }))
    }
    fn has_content_of(&self, before: &Self) -> bool {
        Self { version: before.version, ..self.clone() } == *before
    }
}

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = grants, treat_none_as_null = true)]
pub(super) struct GrantRow {
    pub(super) id: StoredUuid,
    user_id: StoredUuid,
    role: String,
    scope_kind: String,
    scope_country: Option<String>,
    scope_city: Option<String>,
    from_on: Option<NaiveDate>,
    until_on: Option<NaiveDate>,
    acting_for: Option<StoredUuid>,
    granted_by: Option<StoredUuid>,
    granted_at: StoredTimestamp,
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
            acting_for: g.acting_for.map(StoredUuid::from),
            granted_by: g.granted_by.map(StoredUuid::from),
            granted_at: StoredTimestamp(g.granted_at),
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
impl_journaled_record!(Grant, GrantRow, grants, |g| StoredUuid::from(g.id));
impl_record!(Grant, "grant", private, |r| r.id.to_string());
