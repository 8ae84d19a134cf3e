//! Loading parts with their project.

use super::{
    find_indicator, find_milestone, find_partnership, indicators, milestones, partnerships,
};
use crate::{
    domain::{
        id::Id,
        parts::{Indicator, Milestone, Partnership},
        project::{Project, ProjectCode},
        subject::{
            ProjectSubject,
            part::{Part, PartSubject},
        },
    },
    store::{Conn, Kept, StoreResult, load::Load},
};

/// A part that has a table.
pub trait StoredPart: Part + Kept {
    /// Reads those of a project, in their order.
    ///
    /// # Errors
    /// Failures of the database.
    fn of(conn: &mut Conn, project: Id<Project>) -> StoreResult<Vec<Self>>;
    /// Finds one of a project.
    ///
    /// # Errors
    /// Failures of the database.
    fn find(conn: &mut Conn, project: Id<Project>, id: Id<Self>) -> StoreResult<Option<Self>>;
}

macro_rules! stored {
    ($part:ty, $all:ident, $one:ident) => {
        impl StoredPart for $part {
            fn of(conn: &mut Conn, project: Id<Project>) -> StoreResult<Vec<Self>> {
                $all(conn, project)
            }
            fn find(
                conn: &mut Conn,
                project: Id<Project>,
                id: Id<Self>,
            ) -> StoreResult<Option<Self>> {
                $one(conn, project, id)
            }
        }
    };
}
stored!(Milestone, milestones, find_milestone);
stored!(Indicator, indicators, find_indicator);
stored!(Partnership, partnerships, find_partnership);

impl<P: StoredPart> Load for PartSubject<P> {
    fn load(conn: &mut Conn, (code, id): &(ProjectCode, Id<P>)) -> StoreResult<Option<Self>> {
        let Some(project) = ProjectSubject::load(conn, code)? else { return Ok(None) };
        let working = P::find(conn, project.project.id, *id)?;
        Ok(Some(Self::new(project, *id, working)))
    }
}
