//! Projects: the working copies, which insiders see, and the approved copies, which everybody else sees.

use std::collections::BTreeSet;

use diesel::prelude::*;

use super::{
    Conn, StoreResult,
    conn::on,
    load::LoadByKey,
    schema::{approved_projects, projects},
    types::StoredUuid,
};
use crate::domain::{
    id::Id,
    project::{ApprovedProject, Project, ProjectCode},
    subject::ProjectSubject,
    value::Slug,
};

mod approved;
mod batch;
mod duplicates;
mod facets;
mod lineage;
mod list;
mod numbers;
mod working;

use approved::ApprovedProjectRow;
pub(super) use batch::rewrite_copies;
pub use batch::{find_deletion_blocker, find_deletion_blockers};
pub(super) use duplicates::fill_duplicate_keys;
pub(crate) use duplicates::list_by_duplicate_key;
pub(super) use facets::rewrite_partner_facets;
pub use facets::{PARTNER, SDG};
pub(crate) use lineage::list_lineage;
pub use lineage::parse_continued_project;
pub use list::{
    PartnershipFilter, ProjectCursor, ProjectFilter, ProjectPageQuery, ProjectSort, ProjectSortKey,
    count_visible, find_unlisted_code, load_page,
};
pub use numbers::next_number;
use working::ProjectRow;
pub(super) use working::parse_money;

/// Finds a project by its code.
///
/// # Errors
/// Returns an error if the database fails.
pub fn find(conn: &mut Conn, code: &ProjectCode) -> StoreResult<Option<Project>> {
    let row: Option<ProjectRow> = on!(conn, |c, DB| projects::table
        .filter(projects::city.eq(code.city().as_str()))
        .filter(projects::number.eq(code.number()))
        .select(ProjectRow::as_select())
        .get_result(c)
        .optional())?;
    row.map(Project::try_from).transpose()
}

/// Lists the projects of a city in a plan cycle, ordered by number.
///
/// # Errors
/// Returns an error if the database fails.
pub fn list_for_city(conn: &mut Conn, city: &Slug, plan_cycle: &Slug) -> StoreResult<Vec<Project>> {
    let rows: Vec<ProjectRow> = on!(conn, |c, DB| projects::table
        .filter(projects::city.eq(city.as_str()))
        .filter(projects::plan_cycle.eq(plan_cycle.as_str()))
        .order(projects::number)
        .select(ProjectRow::as_select())
        .load(c))?;
    rows.into_iter().map(Project::try_from).collect()
}

/// Finds the project that was imported with this key.
///
/// # Errors
/// Returns an error if the database fails.
pub fn find_imported(conn: &mut Conn, import_key: &str) -> StoreResult<Option<Project>> {
    let row: Option<ProjectRow> = on!(conn, |c, DB| projects::table
        .filter(projects::import_key.eq(import_key))
        .select(ProjectRow::as_select())
        .get_result(c)
        .optional())?;
    row.map(Project::try_from).transpose()
}

/// Lists the cities with an approved project in any cycle.
///
/// # Errors
/// Returns an error if the database fails.
pub fn list_cities_with_approved(conn: &mut Conn) -> StoreResult<BTreeSet<Slug>> {
    let cities: Vec<String> = on!(conn, |c, DB| approved_projects::table
        .select(approved_projects::city)
        .distinct()
        .load(c))?;
    Ok(cities.into_iter().map(Slug::parse).collect::<Result<_, _>>()?)
}

/// Finds the approved copy of a project.
///
/// # Errors
/// Returns an error if the database fails.
pub fn find_approved(conn: &mut Conn, id: Id<Project>) -> StoreResult<Option<ApprovedProject>> {
    let row: Option<ApprovedProjectRow> = on!(conn, |c, DB| approved_projects::table
        .find(StoredUuid::from(id))
        .select(ApprovedProjectRow::as_select())
        .get_result(c)
        .optional())?;
    row.map(ApprovedProject::try_from).transpose()
}

impl LoadByKey for ProjectSubject {
    fn load_by_key(conn: &mut Conn, code: &ProjectCode) -> StoreResult<Option<Self>> {
        let Some(project) = find(conn, code)? else { return Ok(None) };
        let approved = find_approved(conn, project.id)?;
        Ok(Some(Self { project, approved }))
    }
}
