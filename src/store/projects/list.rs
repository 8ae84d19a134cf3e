//! The list of projects: filters, sort orders and keyset pages over the copy of each project that the caller sees.

use diesel::prelude::*;

use super::batch::load_subjects;
use crate::{
    domain::{
        id::Id,
        policy::{RecordCopy, VisibleRows, visibility::ReadScope},
        subject::ProjectSubject,
    },
    store::{
        Conn, StoreResult,
        condition::Condition,
        conn::on,
        schema::{approved_projects, project_faces, projects},
    },
};

mod codes;
mod filter;
mod query;

pub use codes::find_unlisted_code;
use filter::CopyTable;
pub use filter::{PartnershipFilter, ProjectFilter};
use query::ProjectCopyRow;
pub use query::{ProjectCursor, ProjectPageQuery, ProjectSort, ProjectSortKey};

/// Accepts the copies that the caller sees: working copies where the caller is an insider, approved copies elsewhere.
fn select_visible(visible: &VisibleRows) -> Condition {
    let copy = |copy: RecordCopy| Condition::equals(project_faces::face, copy.as_str());
    let read = Condition::within_scope(&visible.approved);
    if visible.working.everything {
        return copy(RecordCopy::Working);
    }
    if visible.working.is_empty() {
        return Condition::all([copy(RecordCopy::Approved), read]);
    }
    let inside = Condition::within_scope(&visible.working);
    let elsewhere = Condition::all([copy(RecordCopy::Approved), inside.clone().not(), read]);
    Condition::any([Condition::all([copy(RecordCopy::Working), inside]), elsewhere])
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
    let order = sort.to_order();
    let after = after.and_then(|cursor| sort.read_position(cursor));
    let rows = Condition::all(
        [select_visible(visible), filter.to_condition(CopyTable::BOTH)]
            .into_iter()
            .chain(after.map(|position| order.after(&position))),
    );
    let rows: Vec<ProjectCopyRow> = on!(conn, |c, DB| project_faces::table
        .filter(rows)
        .order(order)
        .limit(limit)
        .select(ProjectCopyRow::as_select())
        .load(c))?;
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
    let scopes = reaches.iter().map(|reach| Condition::within_scope(reach));
    let rows = Condition::all(scopes.chain([filter.to_condition(CopyTable::APPROVED)]));
    Ok(on!(conn, |c, DB| approved_projects::table.filter(rows).count().get_result(c))?)
}

/// Counts the working copies within a scope.
fn count_working(conn: &mut Conn, reach: &ReadScope, filter: &ProjectFilter) -> StoreResult<i64> {
    let within = Condition::within_scope(reach);
    let rows = Condition::all([within, filter.to_condition(CopyTable::WORKING)]);
    Ok(on!(conn, |c, DB| projects::table.filter(rows).count().get_result(c))?)
}
