//! Finds accounts: by address, and as a list.

use std::collections::HashMap;

use diesel::prelude::*;
use uuid::Uuid;

use super::{GrantRow, UserRow};
use crate::{
    domain::{
        id::Id,
        policy::visibility::ReadScope,
        subject::UserSubject,
        user::{EmailAddress, Grant, Role, User, UserState},
    },
    store::{
        Conn, StoreResult,
        conn::on,
        schema::{grants, users},
        search::to_like_pattern,
        types::StoredUuid,
    },
};

/// A filter for accounts.
#[derive(Debug, Clone, Default)]
pub struct UserFilter {
    /// The scope in which an account must hold a grant to be visible to the caller.
    pub seen: ReadScope,
    /// Accounts with any of these roles. One grant must match `roles`, `countries` and `cities` together.
    pub roles: Vec<Role>,
    /// Accounts with a grant on any of these countries, or on a city in them.
    pub countries: Vec<String>,
    /// Accounts with a grant on any of these cities.
    pub cities: Vec<String>,
    /// Accounts in any of these states.
    pub states: Vec<UserState>,
    /// A text that must occur in the name or the address.
    pub q: Option<String>,
}

/// The sort key of the list: the folded name and the id.
pub type UserCursor = (String, Uuid);

/// Builds the query of a filter. Used for the rows and for their number.
macro_rules! filtered {
    ($filter:expr, $db:ty) => {{
        let f: &UserFilter = $filter;
        let mut query = users::table.into_boxed::<$db>();
        if !f.seen.everything {
            let countries: Vec<String> = f.seen.countries.iter().map(ToString::to_string).collect();
            query = query.filter(
                users::id.eq_any(
                    grants::table
                        .filter(grants::scope_country.eq_any(countries))
                        .select(grants::user_id),
                ),
            );
        }
        if !(f.roles.is_empty() && f.countries.is_empty() && f.cities.is_empty()) {
            let mut holders = grants::table.select(grants::user_id).into_boxed::<$db>();
            if !f.roles.is_empty() {
                let roles: Vec<&str> = f.roles.iter().map(|r| r.as_str()).collect();
                holders = holders.filter(grants::role.eq_any(roles));
            }
            if !f.countries.is_empty() {
                holders = holders.filter(grants::scope_country.eq_any(&f.countries));
            }
            if !f.cities.is_empty() {
                holders = holders.filter(grants::scope_city.eq_any(&f.cities));
            }
            query = query.filter(users::id.eq_any(holders));
        }
        if !f.states.is_empty() {
            let states: Vec<&str> = f.states.iter().map(|s| s.as_str()).collect();
            query = query.filter(users::state.eq_any(states));
        }
        if let Some(like) = f.q.as_deref().and_then(to_like_pattern) {
            query = query.filter(
                users::name_key
                    .like(like.clone())
                    .escape('\\')
                    .or(users::email.like(like).escape('\\')),
            );
        }
        query
    }};
}

/// Returns a page of accounts, ordered by name, and the number of accounts on all pages.
///
/// # Errors
/// Returns an error if the database fails.
pub fn list_page(
    conn: &mut Conn,
    filter: &UserFilter,
    after: Option<UserCursor>,
    limit: i64,
) -> StoreResult<(Vec<(UserCursor, UserSubject)>, i64)> {
    let total = on!(conn, |c, DB| filtered!(filter, DB).count().get_result::<i64>(c))?;
    let rows: Vec<UserRow> = on!(conn, |c, DB| {
        let mut query = filtered!(filter, DB);
        if let Some((name, id)) = after {
            query = query.filter(
                users::name_key
                    .gt(name.clone())
                    .or(users::name_key.eq(name).and(users::id.gt(StoredUuid(id)))),
            );
        }
        query.order((users::name_key, users::id)).limit(limit).select(UserRow::as_select()).load(c)
    })?;
    let ids: Vec<StoredUuid> = rows.iter().map(|r| r.id).collect();
    let mut held = load_grants(conn, &ids)?;
    let subject = |row: UserRow| {
        let key = (row.name_key.clone(), row.id.0);
        let user = User::try_from(row)?;
        let grants = held.remove(&user.id).unwrap_or_default();
        Ok((key, UserSubject { user, grants }))
    };
    Ok((rows.into_iter().map(subject).collect::<StoreResult<_>>()?, total))
}

fn load_grants(conn: &mut Conn, ids: &[StoredUuid]) -> StoreResult<HashMap<Id<User>, Vec<Grant>>> {
    let mut held: HashMap<Id<User>, Vec<Grant>> = HashMap::new();
    for batch in ids.chunks(500) {
        let rows: Vec<GrantRow> = on!(conn, |c, DB| grants::table
            .filter(grants::user_id.eq_any(batch.iter().copied()))
            .order(grants::id)
            .select(GrantRow::as_select())
            .load(c))?;
        for row in rows {
            let grant = Grant::try_from(row)?;
            held.entry(grant.user).or_default().push(grant);
        }
    }
    Ok(held)
}

/// Finds an account by its address.
///
/// # Errors
/// Returns an error if the database fails.
pub fn find_by_email(conn: &mut Conn, email: &EmailAddress) -> StoreResult<Option<User>> {
    let row: Option<UserRow> = on!(conn, |c, DB| users::table
        .filter(users::email.eq(email.as_str()))
        .select(UserRow::as_select())
        .get_result(c)
        .optional())?;
    row.map(User::try_from).transpose()
}
