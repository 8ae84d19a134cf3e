//! The names of persons, which answers show beside their ids.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;

use crate::{
    domain::{id::Id, user::User},
    store::{Conn, StoreResult, conn::on, schema::users, types::StoredUuid},
};

/// Up to this many names are queried one by one.
const FEW: usize = 4;

/// The names of some persons, by id.
#[derive(Debug, Clone, Default)]
pub(crate) struct PersonNames(BTreeMap<Id<User>, String>);

impl PersonNames {
    /// Returns the name of a person; `None` if it was not loaded, or if there is no such account.
    pub(crate) fn name_of(&self, id: Id<User>) -> Option<&str> {
        self.0.get(&id).map(String::as_str)
    }
}

/// Loads the names of persons. An id may repeat; unknown ids are left out.
///
/// # Errors
/// Returns an error if the database fails.
pub(crate) fn load_names(
    conn: &mut Conn,
    ids: impl IntoIterator<Item = Id<User>>,
) -> StoreResult<PersonNames> {
    load_distinct_names(conn, &ids.into_iter().collect())
}

fn load_distinct_names(conn: &mut Conn, ids: &BTreeSet<Id<User>>) -> StoreResult<PersonNames> {
    let mut names = BTreeMap::new();
    // A list makes a statement of its own length, which SQLite prepares anew. A few names are faster one by one.
    if ids.len() <= FEW {
        for id in ids {
            let name: Option<String> = on!(conn, |c, DB| users::table
                .find(StoredUuid::from(*id))
                .select(users::name)
                .get_result(c)
                .optional())?;
            names.extend(name.map(|name| (*id, name)));
        }
        return Ok(PersonNames(names));
    }
    let ids: Vec<StoredUuid> = ids.iter().copied().map(StoredUuid::from).collect();
    for batch in ids.chunks(500) {
        let rows: Vec<(StoredUuid, String)> = on!(conn, |c, DB| users::table
            .filter(users::id.eq_any(batch.iter().copied()))
            .select((users::id, users::name))
            .load(c))?;
        names.extend(rows.into_iter().map(|(id, name)| (Id::from(id), name)));
    }
    Ok(PersonNames(names))
}
