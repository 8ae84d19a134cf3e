//! A project before it is parsed, and the changes that a patch makes to it.

use crate::{
    app::merge::{MergeMembers, PatchMember, set},
    domain::project::{Project, parse::RawProjectDetails},
};

/// A project as the client sent it, or as a patch changes it.
#[derive(Debug, Clone, Default)]
pub(crate) struct RawProject {
    /// The slug of the city.
    pub(crate) city: Option<String>,
    /// The slug of the plan cycle.
    pub(crate) plan_cycle: Option<String>,
    pub(crate) details: RawProjectDetails,
}

impl From<&Project> for RawProject {
    fn from(project: &Project) -> Self {
        Self {
            city: Some(project.city.to_string()),
            plan_cycle: Some(project.plan_cycle.to_string()),
            details: RawProjectDetails::from(&project.details),
        }
    }
}

/// The changes of a project. City and plan cycle never change: only their present values are accepted.
#[derive(Debug, Clone)]
pub(crate) struct ProjectChanges<M> {
    pub(crate) city: PatchMember<String>,
    pub(crate) plan_cycle: PatchMember<String>,
    pub(crate) details: M,
}

impl<M: MergeMembers<Into = RawProjectDetails>> MergeMembers for ProjectChanges<M> {
    type Into = RawProject;
    fn merge(self, into: &mut RawProject) {
        set(&mut into.city, self.city);
        set(&mut into.plan_cycle, self.plan_cycle);
        self.details.merge(&mut into.details);
    }
}
