//! Brings a database up to date: migrations, and the columns that are computed from records.

use diesel::prelude::*;

use super::{
    Conn, JournaledRecord, StoreResult,
    conn::on,
    journal, projects,
    schema::{self, marks},
    types::StoredUuid,
};
use crate::domain::{
    reference::{City, Partner},
    user::User,
};

/// The mark with the version of the rules by which the columns of a database were computed.
const MARK: &str = "derived_columns";
/// The version of these rules. A program with a different version computes the columns anew. 2: search without marks.
const RULES: &str = "2";
/// The number of records in one transaction.
const SLICE: usize = 500;

/// Applies pending migrations and returns their number. Computes the columns and facets that depend on the rules of this
/// version, in slices and without journal entries, because no record changes. An interrupted run starts again.
///
/// # Errors
/// Returns an error if a migration fails or the database fails.
pub fn upgrade_database(conn: &mut Conn) -> StoreResult<usize> {
    let applied = conn.run_migrations()?;
    let found: Option<String> =
        on!(conn, |c, DB| marks::table.find(MARK).select(marks::value).get_result(c).optional())?;
    if found.as_deref() != Some(RULES) {
        rewrite_all::<City>(conn)?;
        rewrite_all::<Partner>(conn)?;
        rewrite_all::<User>(conn)?;
        rewrite_projects(conn)?;
        set_mark(conn)?;
    }
    Ok(applied)
}

fn set_mark(conn: &mut Conn) -> StoreResult<()> {
    run_slice(conn, |conn| {
        on!(conn, |c, DB| diesel::insert_into(marks::table)
            .values((marks::name.eq(MARK), marks::value.eq(RULES)))
            .on_conflict(marks::name)
            .do_update()
            .set(marks::value.eq(RULES))
            .execute(c))?;
        Ok(())
    })
}

/// Runs a part of the work in a transaction of its own. It waits for other writers.
fn run_slice(conn: &mut Conn, work: impl FnOnce(&mut Conn) -> StoreResult<()>) -> StoreResult<()> {
    conn.begin()?;
    match journal::lock_head(conn).and_then(|_head| work(conn)) {
        Ok(()) => conn.commit(),
        Err(failure) => {
            conn.rollback()?;
            Err(failure)
        }
    }
}

/// Writes the rows of every record of a kind again. The version stays, so that a change by a different instance of the
/// service is not overwritten.
fn rewrite_all<K: JournaledRecord>(conn: &mut Conn) -> StoreResult<()> {
    for slice in K::load_all(conn)?.chunks(SLICE) {
        run_slice(conn, |conn| {
            for record in slice {
                record.replace(conn, record.version())?;
            }
            Ok(())
        })?;
    }
    Ok(())
}

/// Writes both copies of every project again, with their facets. They are loaded in slices, because they are many.
fn rewrite_projects(conn: &mut Conn) -> StoreResult<()> {
    let ids: Vec<StoredUuid> = on!(conn, |c, DB| schema::projects::table
        .order(schema::projects::id)
        .select(schema::projects::id)
        .load(c))?;
    for slice in ids.chunks(SLICE) {
        run_slice(conn, |conn| projects::rewrite_copies(conn, slice))?;
    }
    Ok(())
}
