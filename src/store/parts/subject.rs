//! Loads parts together with their project.

use super::{
    find_indicator, find_milestone, find_partnership, list_indicators, list_milestones,
    list_partnerships,
};
use crate::{
    domain::{
        id::Id,
        project::{Project, ProjectCode},
        project_parts::{Indicator, Milestone, Partnership},
        subject::{
            ProjectSubject,
            project_part::{PartSubject, ProjectPart},
        },
    },
    store::{Conn, JournaledRecord, StoreResult, load::LoadByKey},
};

/// A part of a project that has its own table.
pub trait StoredPart: ProjectPart + JournaledRecord {
    /// Lists the parts of a project, in their usual order.
    ///
    /// # Errors
    /// Returns an error if the database fails.
    fn list_for_project(conn: &mut Conn, project: Id<Project>) -> StoreResult<Vec<Self>>;
    /// Finds a part of a project.
    ///
    /// # Errors
    /// Returns an error if the database fails.
    fn find_in_project(
        conn: &mut Conn,
        project: Id<Project>,
        id: Id<Self>,
    ) -> StoreResult<Option<Self>>;
}

macro_rules! impl_stored_part {
    ($part:ty, $all:ident, $one:ident) => {
        impl StoredPart for $part {
            fn list_for_project(conn: &mut Conn, project: Id<Project>) -> StoreResult<Vec<Self>> {
                $all(conn, project)
            }
            fn find_in_project(
                conn: &mut Conn,
                project: Id<Project>,
                id: Id<Self>,
            ) -> StoreResult<Option<Self>> {
                $one(conn, project, id)
            }
        }
    };
}
impl_stored_part!(Milestone, list_milestones, find_milestone);
impl_stored_part!(Indicator, list_indicators, find_indicator);
impl_stored_part!(Partnership, list_partnerships, find_partnership);

impl<P: StoredPart> LoadByKey for PartSubject<P> {
    fn load_by_key(
        conn: &mut Conn,
        (code, id): &(ProjectCode, Id<P>),
    ) -> StoreResult<Option<Self>> {
        let Some(project) = ProjectSubject::load_by_key(conn, code)? else { return Ok(None) };
        let working = P::find_in_project(conn, project.project.id, *id)?;
        Ok(Some(Self::new(project, *id, working)))
    }
}
