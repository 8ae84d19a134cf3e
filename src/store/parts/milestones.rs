//! Milestones of projects.

use chrono::NaiveDate;
use diesel::prelude::*;

use crate::{
    domain::{
        id::Id,
        project::{Project, ProjectCode},
        project_parts::Milestone,
        value::{Slug, Title, fold_for_search},
    },
    store::{
        Conn, StoreError, StoreResult,
        conn::on,
        schema::{milestones, projects},
        tx::{impl_journaled_record, impl_record},
        types::StoredUuid,
    },
};

#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = milestones, treat_none_as_null = true)]
struct MilestoneRow {
    id: StoredUuid,
    project_id: StoredUuid,
    code: String,
    title: String,
    title_key: String,
    due_on: NaiveDate,
    weight: i64,
    completed_on: Option<NaiveDate>,
    version: i64,
}

impl TryFrom<&Milestone> for MilestoneRow {
    type Error = StoreError;
    fn try_from(m: &Milestone) -> StoreResult<Self> {
        Ok(Self {
            id: m.id.into(),
            project_id: m.project.into(),
            code: m.code.to_string(),
            title: m.title.to_string(),
            title_key: fold_for_search(m.title.as_str()),
            due_on: m.due_on,
            weight: m.weight,
            completed_on: m.completed_on,
            version: m.version,
        })
    }
}
impl TryFrom<MilestoneRow> for Milestone {
    type Error = StoreError;
    fn try_from(r: MilestoneRow) -> StoreResult<Self> {
        Ok(Self {
            id: r.id.into(),
            project: r.project_id.into(),
            code: ProjectCode::parse(r.code)?,
            title: Title::parse(r.title)?,
            due_on: r.due_on,
            weight: r.weight,
            completed_on: r.completed_on,
            version: r.version,
        })
    }
}
impl_journaled_record!(Milestone, MilestoneRow, milestones, |m| StoredUuid::from(m.id));
impl_record!(Milestone, "milestone", private, |r| format!("{}/{}", r.code, r.id));
/// Lists the milestones of a project, ordered by due day.
///
/// # Errors
/// Returns an error if the database fails.
pub fn list_milestones(conn: &mut Conn, project: Id<Project>) -> StoreResult<Vec<Milestone>> {
    let rows: Vec<MilestoneRow> = on!(conn, |c, DB| milestones::table
        .filter(milestones::project_id.eq(StoredUuid::from(project)))
        .order((milestones::due_on, milestones::id))
        .select(MilestoneRow::as_select())
        .load(c))?;
    rows.into_iter().map(Milestone::try_from).collect()
}

/// Lists the milestones of all projects of a city, ordered by due day.
///
/// # Errors
/// Returns an error if the database fails.
pub fn list_city_milestones(conn: &mut Conn, city: &Slug) -> StoreResult<Vec<Milestone>> {
    let rows: Vec<MilestoneRow> = on!(conn, |c, DB| milestones::table
        .inner_join(projects::table.on(projects::id.eq(milestones::project_id)))
        .filter(projects::city.eq(city.as_str()))
        .order((milestones::due_on, milestones::id))
        .select(MilestoneRow::as_select())
        .load(c))?;
    rows.into_iter().map(Milestone::try_from).collect()
}

/// Finds a milestone of a project.
///
/// # Errors
/// Returns an error if the database fails.
pub fn find_milestone(
    conn: &mut Conn,
    project: Id<Project>,
    id: Id<Milestone>,
) -> StoreResult<Option<Milestone>> {
    let row: Option<MilestoneRow> = on!(conn, |c, DB| milestones::table
        .find(StoredUuid::from(id))
        .filter(milestones::project_id.eq(StoredUuid::from(project)))
        .select(MilestoneRow::as_select())
        .get_result(c)
        .optional())?;
    row.map(Milestone::try_from).transpose()
}
