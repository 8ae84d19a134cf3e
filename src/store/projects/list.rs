//! The list of projects: filters, sort orders and keyset pages over the copy of each project that the caller sees.

use diesel::{dsl, prelude::*};

use super::batch::load_subjects;
use crate::{
    domain::{
        id::Id,
        policy::{RecordCopy, VisibleRows, visibility::ReadScope},
        subject::ProjectSubject,
    },
    store::{
        Conn, StoreResult,
        conn::on,
        schema::{approved_projects, project_faces, project_facets, projects},
        search,
        types::StoredTimestamp,
    },
};

mod query;

use query::{ProjectCopyRow, parse_cursor_instant};
pub use query::{ProjectCursor, ProjectFilter, ProjectPageQuery, ProjectSort};

/// Returns the countries and the cities of a scope, as column values.
fn to_column_values(reach: &ReadScope) -> (Vec<String>, Vec<String>) {
    let countries = reach.countries.iter().map(ToString::to_string).collect();
    (countries, reach.cities.iter().map(ToString::to_string).collect())
}

/// Restricts a query to the rows within a read scope.
macro_rules! within {
    ($query:expr, $table:ident, $reach:expr) => {{
        let reach: &ReadScope = $reach;
        let (countries, cities) = to_column_values(reach);
        if reach.everything {
            $query
        } else if countries.is_empty() {
            $query.filter($table::city.eq_any(cities))
        } else {
            $query.filter($table::country.eq_any(countries).or($table::city.eq_any(cities)))
        }
    }};
}

/// Restricts a query to the copies that the caller sees: working copies where the caller is an insider, approved
/// copies elsewhere.
macro_rules! seen {
    ($query:expr, $visible:expr) => {{
        let (query, v): (_, &VisibleRows) = ($query, $visible);
        let (working, approved) = (
            project_faces::face.eq(RecordCopy::Working.as_str()),
            project_faces::face.eq(RecordCopy::Approved.as_str()),
        );
        let (countries, cities) = to_column_values(&v.working);
        let inside =
            || project_faces::country.eq_any(countries.clone()).or(project_faces::city.eq_any(cities.clone()));
        if v.working.everything {
            query.filter(working)
        } else if v.working.is_empty() {
            within!(query.filter(approved), project_faces, &v.approved)
        } else {
            let (countries, cities) = to_column_values(&v.approved);
            let read = project_faces::country.eq_any(countries).or(project_faces::city.eq_any(cities));
            let elsewhere = approved.and(dsl::not(inside()));
            // An insider usually reads every approved copy. If the policy restricts this, the restriction holds here
            // too.
            if v.approved.everything {
                query.filter(working.and(inside()).or(elsewhere))
            } else {
                query.filter(working.and(inside()).or(elsewhere.and(read)))
            }
        }
    }};
}

/// Applies a filter to a query.
macro_rules! filtered {
    ($query:expr, $table:ident as $face:expr, $filter:expr) => {{
        let (mut query, f): (_, &ProjectFilter) = ($query, $filter);
        filtered!(@any query, $table, f, cities => city, countries => country, focus_areas => focus_area,
            sub_areas => sub_area, plan_cycles => plan_cycle);
        if let Some(priority) = f.priority {
            query = query.filter($table::priority.eq(priority));
        }
        if let Some(archived) = f.archived {
            query = query.filter($table::archived.eq(archived));
        }
        if let Some(since) = f.updated_since {
            query = query.filter($table::updated_at.ge(StoredTimestamp(since)));
        }
        filtered!(@day query, $table, f.starts.0, starts_on, ge);
        filtered!(@day query, $table, f.starts.1, starts_on, le);
        filtered!(@day query, $table, f.ends.0, ends_on, ge);
        filtered!(@day query, $table, f.ends.1, ends_on, le);
        for word in f.q.iter().flat_map(|q| q.split_whitespace()).filter_map(search::to_like_pattern) {
            query = query.filter($table::search_key.like(word).escape('\\'));
        }
        for (kind, values) in f.facets.iter().filter(|(_, values)| !values.is_empty()) {
            query = query.filter(dsl::exists(
                project_facets::table
                    .filter(project_facets::project_id.eq($table::id))
                    .filter(project_facets::face.eq($face))
                    .filter(project_facets::kind.eq(*kind))
                    .filter(project_facets::value.eq_any(values.clone())),
            ));
        }
        query
    }};
    (@any $query:ident, $t:ident, $f:ident, $($field:ident => $column:ident),+) => {
        $(if !$f.$field.is_empty() {
            $query = $query.filter($t::$column.eq_any($f.$field.clone()));
        })+
    };
    (@day $query:ident, $t:ident, $day:expr, $column:ident, $op:ident) => {
        if let Some(day) = $day {
            $query = $query.filter($t::$column.$op(day));
        }
    };
}

/// Sorts a query and starts it after a cursor. The first comparison lets an index find the position.
macro_rules! paged {
    ($query:expr, $sort:expr, $after:expr) => {{
        let query = $query;
        match $sort {
            ProjectSort::Code => {
                let query = match $after {
                    Some(ProjectCursor(_, city, number)) => query.filter(
                        project_faces::city.ge(city.clone()).and(
                            project_faces::city
                                .gt(city.clone())
                                .or(project_faces::number.gt(*number)),
                        ),
                    ),
                    None => query,
                };
                query.order((project_faces::city.asc(), project_faces::number.asc()))
            }
            ProjectSort::Title => {
                paged!(@by query, $after, title_key, |p: &ProjectCursor| Some(p.0.clone()), ge, gt, asc)
            }
            ProjectSort::TitleDown => {
                paged!(@by query, $after, title_key, |p: &ProjectCursor| Some(p.0.clone()), le, lt, desc)
            }
            ProjectSort::Updated => paged!(@by query, $after, updated_at, parse_cursor_instant, ge, gt, asc),
            ProjectSort::UpdatedDown => paged!(@by query, $after, updated_at, parse_cursor_instant, le, lt, desc),
        }
    }};
    (@by $query:ident, $after:expr, $column:ident, $value:expr, $reach:ident, $pass:ident, $order:ident) => {{
        let query = match $after.and_then(|p| Some(($value(p)?, p.1.clone(), p.2))) {
            Some((value, city, number)) => $query.filter(
                project_faces::$column.$reach(value.clone()).and(
                    project_faces::$column
                        .$pass(value)
                        .or(project_faces::city.$pass(city.clone()))
                        .or(project_faces::city.eq(city).and(project_faces::number.$pass(number))),
                ),
            ),
            None => $query,
        };
        query.order((
            project_faces::$column.$order(),
            project_faces::city.$order(),
            project_faces::number.$order(),
        ))
    }};
}

/// Returns the projects of a page, each with its own cursor.
///
/// # Errors
/// Returns an error if the database fails.
pub fn load_page(
    conn: &mut Conn,
    query: &ProjectPageQuery<'_>,
) -> StoreResult<Vec<(ProjectCursor, ProjectSubject)>> {
    let ProjectPageQuery { visible, filter, sort, after, limit } = *query;
    let rows: Vec<ProjectCopyRow> = on!(conn, |c, DB| {
        let all = seen!(project_faces::table.into_boxed::<DB>(), visible);
        let mut asked = filtered!(all, project_faces as project_faces::face, filter);
        if !filter.statuses.is_empty() {
            asked = asked.filter(project_faces::latest_status.eq_any(&filter.statuses));
        }
        paged!(asked, sort, after).limit(limit).select(ProjectCopyRow::as_select()).load(c)?
    });
    let mut found = load_subjects(conn, rows.iter().map(|row| row.id))?;
    let place =
        |row: ProjectCopyRow| Some((sort.make_cursor(&row), found.remove(&Id::from(row.id))?));
    Ok(rows.into_iter().filter_map(place).collect())
}

/// Counts the projects on all pages. Each copy is counted in its own table, where an index answers alone: the
/// approved copies, minus those of projects that the caller works on, plus the working copies of these.
///
/// # Errors
/// Returns an error if the database fails.
pub fn count_visible(
    conn: &mut Conn,
    visible: &VisibleRows,
    filter: &ProjectFilter,
) -> StoreResult<i64> {
    let (inside, read) = (&visible.working, &visible.approved);
    if inside.everything {
        return count_working(conn, inside, filter);
    }
    let all = count_approved(conn, &[read], filter)?;
    if inside.is_empty() {
        return Ok(all);
    }
    Ok(all - count_approved(conn, &[read, inside], filter)? + count_working(conn, inside, filter)?)
}

/// Counts the approved copies that are within all of the given scopes.
fn count_approved(
    conn: &mut Conn,
    reaches: &[&ReadScope],
    filter: &ProjectFilter,
) -> StoreResult<i64> {
    Ok(on!(conn, |c, DB| {
        let mut all = approved_projects::table.into_boxed::<DB>();
        for reach in reaches {
            all = within!(all, approved_projects, reach);
        }
        let mut asked = filtered!(all, approved_projects as RecordCopy::Approved.as_str(), filter);
        if !filter.statuses.is_empty() {
            asked = asked.filter(approved_projects::latest_status.eq_any(&filter.statuses));
        }
        asked.count().get_result(c)
    })?)
}

/// Counts the working copies within a scope.
fn count_working(conn: &mut Conn, reach: &ReadScope, filter: &ProjectFilter) -> StoreResult<i64> {
    Ok(on!(conn, |c, DB| {
        let all = within!(projects::table.into_boxed::<DB>(), projects, reach);
        let mut asked = filtered!(all, projects as RecordCopy::Working.as_str(), filter);
        if !filter.statuses.is_empty() {
            let stated = approved_projects::table
                .filter(approved_projects::latest_status.eq_any(&filter.statuses))
                .select(approved_projects::id);
            asked = asked.filter(projects::id.eq_any(stated));
        }
        asked.count().get_result(c)
    })?)
}
