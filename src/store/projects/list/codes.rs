//! The codes of the projects that a caller's list of projects has.

use diesel::prelude::*;

use super::select_visible;
use crate::{
    domain::{policy::VisibleRows, project::ProjectCode},
    store::{Conn, StoreResult, condition::Condition, conn::on, schema::project_faces},
};

/// The most codes among which the nearest ones are looked for.
const CODES_MAX: i64 = 1000;

fn load_codes(conn: &mut Conn, rows: Condition) -> StoreResult<Vec<String>> {
    let rows: Vec<(String, i64)> = on!(conn, |c, DB| project_faces::table
        .filter(rows)
        .order((project_faces::city, project_faces::number))
        .limit(CODES_MAX)
        .select((project_faces::city, project_faces::number))
        .load(c))?;
    Ok(rows.into_iter().map(|(city, number)| format!("{city}-{number}")).collect())
}

/// Returns the first of the codes that is not on the caller's list, and codes that are: those of the same city, or else
/// the first ones of the list.
///
/// # Errors
/// Returns an error if the database fails.
pub fn find_unlisted_code<'c>(
    conn: &mut Conn,
    visible: &VisibleRows,
    codes: &'c [String],
) -> StoreResult<Option<(&'c String, Vec<String>)>> {
    if codes.is_empty() {
        return Ok(None);
    }
    let asked = codes.iter().filter_map(|code| ProjectCode::parse(code).ok()).map(|code| {
        Condition::all([
            Condition::equals(project_faces::city, code.city().as_str()),
            Condition::equals(project_faces::number, code.number()),
        ])
    });
    let asked = Condition::all([select_visible(visible), Condition::any(asked)]);
    let found = load_codes(conn, asked)?;
    let Some(unknown) = codes.iter().find(|code| !found.contains(code)) else { return Ok(None) };
    let city = unknown.rsplit_once('-').map_or(unknown.as_str(), |(city, _)| city);
    let in_city = Condition::equals(project_faces::city, city);
    let known = load_codes(conn, Condition::all([select_visible(visible), in_city]))?;
    if !known.is_empty() {
        return Ok(Some((unknown, known)));
    }
    Ok(Some((unknown, load_codes(conn, select_visible(visible))?)))
}
