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
        condition::{BindValue, Condition, ConditionList, ListOrder, SideRows, SortColumn},
        conn::on,
        schema::{grants, users},
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
    /// Words that must all occur in the name or the address.
    pub q: Option<String>,
}

/// The sort key of the list: the folded name and the id.
pub type UserCursor = (String, Uuid);

impl UserFilter {
    fn to_condition(&self) -> Condition {
        let mut all = ConditionList::default();
        if !self.seen.everything {
            let countries = self.seen.countries.iter().map(ToString::to_string);
            all.add([holds_grant(Condition::one_of(grants::scope_country, countries))]);
        }
        all.add(self.to_grant_condition().map(holds_grant));
        if !self.states.is_empty() {
            let states = self.states.iter().map(|state| state.as_str());
            all.add([Condition::one_of(users::state, states)]);
        }
        all.add([Condition::has_words(users::search_key, self.q.as_deref())]);
        all.into_condition()
    }

    /// Returns the condition that one grant of the account must meet, if there is any.
    fn to_grant_condition(&self) -> Option<Condition> {
        let mut all = ConditionList::default();
        if !self.roles.is_empty() {
            let roles = self.roles.iter().map(|role| role.as_str());
            all.add([Condition::one_of(grants::role, roles)]);
        }
        all.add_list(grants::scope_country, &self.countries);
        all.add_list(grants::scope_city, &self.cities);
        all.into_optional()
    }
}

/// Accepts the accounts that hold a grant which meets a condition.
fn holds_grant(grant: Condition) -> Condition {
    Condition::in_rows(users::id, SideRows::new("grants", grants::user_id, grant))
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
    let all = filter.to_condition();
    let order =
        ListOrder::new(vec![SortColumn::new(users::name_key), SortColumn::new(users::id)], false);
    let after = after.map(|(name, id)| {
        order.after(&[Some(BindValue::Text(name)), Some(BindValue::Id(StoredUuid(id)))])
    });
    let page = Condition::all([all.clone()].into_iter().chain(after));
    let total = on!(conn, |c, DB| users::table.filter(all).count().get_result::<i64>(c))?;
    let rows: Vec<UserRow> = on!(conn, |c, DB| users::table
        .filter(page)
        .order(order)
        .limit(limit)
        .select(UserRow::as_select())
        .load(c))?;
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
