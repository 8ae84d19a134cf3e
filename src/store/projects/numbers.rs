//! The numbers of a city's projects. A number is never used again, so that a code always means the same project.

use diesel::{prelude::*, query_dsl::methods::FilterDsl as _, upsert::excluded};

use crate::{
    domain::{project::ProjectCode, value::Slug},
    store::{Conn, StoreResult, conn::on, schema::project_numbers},
};

/// Returns the number of a city's next project: one more than the highest that a project of the city ever had. Writers
/// are serialised, so no two callers get the same number. The cost does not depend on the number of projects.
///
/// # Errors
/// Returns an error if the database fails.
pub fn next_number(conn: &mut Conn, city: &Slug) -> StoreResult<i64> {
    let last: Option<i64> = on!(conn, |c, DB| project_numbers::table
        .find(city.as_str())
        .select(project_numbers::last_number)
        .get_result(c)
        .optional())?;
    Ok(last.unwrap_or(0) + 1)
}

/// Notes the number of a new project. A lower number than the last one changes nothing.
pub(super) fn note_number(conn: &mut Conn, code: &ProjectCode) -> StoreResult<()> {
    let row = (
        project_numbers::city.eq(code.city().as_str()),
        project_numbers::last_number.eq(code.number()),
    );
    let higher = project_numbers::last_number.lt(excluded(project_numbers::last_number));
    on!(conn, |c, DB| diesel::insert_into(project_numbers::table)
        .values(row)
        .on_conflict(project_numbers::city)
        .do_update()
        .set(project_numbers::last_number.eq(excluded(project_numbers::last_number)))
        .filter(higher)
        .execute(c))?;
    Ok(())
}
