//! Queries about many projects at once, for lists.

use std::collections::{BTreeSet, HashMap};

use diesel::prelude::*;

use super::{approved::ApprovedProjectRow, facets::rewrite_partner_facets, working::ProjectRow};
use crate::{
    domain::{
        id::Id,
        project::{ApprovedProject, DeletionBlocker, Project},
        subject::ProjectSubject,
    },
    store::{
        Conn, StoreResult,
        conn::on,
        record::StoredRows as _,
        schema::{approved_projects, projects, reports},
        types::StoredUuid,
    },
};

/// The number of ids in one query. It is below the parameter limits of both databases.
const CHUNK: usize = 500;

/// Loads the working and the approved copies of projects.
pub(super) fn load_subjects(
    conn: &mut Conn,
    ids: impl Iterator<Item = StoredUuid>,
) -> StoreResult<HashMap<Id<Project>, ProjectSubject>> {
    let ids: Vec<StoredUuid> = ids.collect();
    let mut out = HashMap::with_capacity(ids.len());
    for ids in ids.chunks(CHUNK) {
        let working: Vec<ProjectRow> = on!(conn, |c, DB| projects::table
            .filter(projects::id.eq_any(ids))
            .select(ProjectRow::as_select())
            .load(c))?;
        for row in working {
            let project = Project::try_from(row)?;
            out.insert(project.id, ProjectSubject { project, approved: None });
        }
        let approved: Vec<ApprovedProjectRow> = on!(conn, |c, DB| approved_projects::table
            .filter(approved_projects::id.eq_any(ids))
            .select(ApprovedProjectRow::as_select())
            .load(c))?;
        for row in approved {
            let approved = ApprovedProject::try_from(row)?;
            if let Some(subject) = out.get_mut(&approved.project) {
                subject.approved = Some(approved);
            }
        }
    }
    Ok(out)
}

/// Writes the rows of projects again, without a journal entry: both copies, and their facets.
pub(in crate::store) fn rewrite_copies(conn: &mut Conn, ids: &[StoredUuid]) -> StoreResult<()> {
    for ProjectSubject { project, approved } in
        load_subjects(conn, ids.iter().copied())?.into_values()
    {
        project.replace(conn, project.version)?;
        rewrite_partner_facets(conn, project.id)?;
        if let Some(approved) = approved {
            approved.replace(conn, approved.version)?;
        }
    }
    Ok(())
}

/// Returns the reason why a project cannot be deleted. `None` if it can.
///
/// # Errors
/// Returns an error if the database fails.
pub fn find_deletion_blocker(
    conn: &mut Conn,
    project: &Project,
) -> StoreResult<Option<DeletionBlocker>> {
    let id = StoredUuid::from(project.id);
    let reported: Option<StoredUuid> = on!(conn, |c, DB| reports::table
        .filter(reports::project_id.eq(id))
        .select(reports::id)
        .limit(1)
        .get_result(c)
        .optional())?;
    if reported.is_some() {
        return Ok(Some(DeletionBlocker::Report));
    }
    let code = project.code.to_string();
    let continued: Option<StoredUuid> = on!(conn, |c, DB| projects::table
        .filter(projects::continues.eq(&code))
        .select(projects::id)
        .limit(1)
        .get_result(c)
        .optional())?;
    Ok(continued.map(|_id| DeletionBlocker::Successor))
}

/// Returns the reasons for those of the projects that cannot be deleted.
///
/// # Errors
/// Returns an error if the database fails.
pub fn find_deletion_blockers(
    conn: &mut Conn,
    of: &[&Project],
) -> StoreResult<HashMap<Id<Project>, DeletionBlocker>> {
    let mut out = HashMap::new();
    for chunk in of.chunks(CHUNK) {
        let codes: Vec<String> = chunk.iter().map(|p| p.code.to_string()).collect();
        let continued: Vec<Option<String>> = on!(conn, |c, DB| projects::table
            .filter(projects::continues.eq_any(&codes))
            .select(projects::continues)
            .load(c))?;
        let continued: BTreeSet<String> = continued.into_iter().flatten().collect();
        for project in chunk.iter().filter(|p| continued.contains(&p.code.to_string())) {
            out.insert(project.id, DeletionBlocker::Successor);
        }
        let ids: Vec<StoredUuid> = chunk.iter().map(|p| p.id.into()).collect();
        let reported: Vec<StoredUuid> = on!(conn, |c, DB| reports::table
            .filter(reports::project_id.eq_any(&ids))
            .select(reports::project_id)
            .distinct()
            .load(c))?;
        out.extend(reported.into_iter().map(|id| (id.into(), DeletionBlocker::Report)));
    }
    Ok(out)
}
