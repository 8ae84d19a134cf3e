//! Finds projects by the key of duplicates, and fills the column of that key after a migration.

use diesel::prelude::*;

use crate::{
    domain::{duplicate::DuplicateKey, project::ProjectCode, value::Slug},
    store::{Conn, StoreResult, conn::on, schema::projects, types::StoredUuid},
};

/// The number of rows that one transaction fills.
const SLICE: i64 = 500;

/// Lists the projects of a city with this key, ordered by number, at most `limit`.
///
/// # Errors
/// Returns an error if the database fails.
pub(crate) fn list_by_duplicate_key(
    conn: &mut Conn,
    city: &Slug,
    key: &DuplicateKey,
    limit: i64,
) -> StoreResult<Vec<ProjectCode>> {
    let numbers: Vec<i64> = on!(conn, |c, DB| projects::table
        .filter(projects::city.eq(city.as_str()))
        .filter(projects::duplicate_key.eq(key.as_str()))
        .order(projects::number)
        .limit(limit)
        .select(projects::number)
        .load(c))?;
    Ok(numbers.into_iter().map(|number| ProjectCode::new(city.clone(), number)).collect())
}

/// Fills the key of the projects that were stored before the column existed, some at a time. It is derived from the
/// title, so the journal gets no entries. Returns the number of rows.
pub(in crate::store) fn fill_duplicate_keys(conn: &mut Conn) -> StoreResult<usize> {
    let mut filled = 0;
    loop {
        conn.begin()?;
        match fill_slice(conn) {
            Ok(0) => {
                conn.commit()?;
                return Ok(filled);
            }
            Ok(done) => {
                conn.commit()?;
                filled += done;
            }
            Err(e) => {
                conn.rollback()?;
                return Err(e);
            }
        }
    }
}

fn fill_slice(conn: &mut Conn) -> StoreResult<usize> {
    let rows: Vec<(StoredUuid, String)> = on!(conn, |c, DB| projects::table
        .filter(projects::duplicate_key.is_null())
        .order(projects::id)
        .limit(SLICE)
        .select((projects::id, projects::title))
        .load(c))?;
    for (id, title) in &rows {
        let key = DuplicateKey::from_title(title);
        on!(conn, |c, DB| diesel::update(projects::table.find(*id))
            .set(projects::duplicate_key.eq(key.as_str()))
            .execute(c))?;
    }
    Ok(rows.len())
}
