//! Milestones, indicators and partnerships as subjects of the policy. The rights are those of their project.

use std::marker::PhantomData;

use super::ProjectSubject;
use crate::domain::{
    id::Id,
    policy::{
        AccessDenied, Act, Actor, PermissionBasis, PolicyAction, PolicyResource, RecordCopy,
        Visibility,
    },
    project::{ApprovedProject, Header, Project, ProjectCode},
    project_parts::{Indicator, Milestone, Partnership},
    user::RecordPlace,
};

/// A part of a project that is frozen in its header.
pub trait ProjectPart: Clone + Send + Sync + 'static {
    /// Returns the identifier.
    fn part_id(&self) -> Id<Self>;
    /// Returns the identifier of the project.
    fn project_id(&self) -> Id<Project>;
    /// Returns the parts in a frozen header.
    fn from_header(header: Header) -> Vec<Self>;

    /// Returns the parts in a project's approved copy, as the public sees them.
    #[must_use]
    fn from_approved_copy(copy: &ApprovedProject) -> Vec<Self> {
        Self::from_header(copy.header.clone().into_approved_copy(copy.version))
    }
}
impl ProjectPart for Milestone {
    fn part_id(&self) -> Id<Self> {
        self.id
    }
    fn project_id(&self) -> Id<Project> {
        self.project
    }
    fn from_header(header: Header) -> Vec<Self> {
        header.milestones
    }
}
impl ProjectPart for Indicator {
    fn part_id(&self) -> Id<Self> {
        self.id
    }
    fn project_id(&self) -> Id<Project> {
        self.project
    }
    fn from_header(header: Header) -> Vec<Self> {
        header.indicators
    }
}
impl ProjectPart for Partnership {
    fn part_id(&self) -> Id<Self> {
        self.id
    }
    fn project_id(&self) -> Id<Project> {
        self.project
    }
    fn from_header(header: Header) -> Vec<Self> {
        header.partnerships
    }
}

/// A part with its project. The part is in the working copy, in the approved copy, or in both.
#[derive(Debug, Clone)]
pub(crate) struct PartSubject<P> {
    pub project: ProjectSubject,
    /// The part in the working copy.
    pub working: Option<P>,
    /// The part in the approved copy.
    pub approved: Option<P>,
}

impl<P: ProjectPart> PartSubject<P> {
    /// Creates the subject of the part with this identifier.
    #[must_use]
    pub(crate) fn new(project: ProjectSubject, id: Id<P>, working: Option<P>) -> Self {
        let approved = project.approved.as_ref().map(P::from_approved_copy).unwrap_or_default();
        let approved = approved.into_iter().find(|p| p.part_id() == id);
        Self { project, working, approved }
    }

    /// Returns the copy that the actor may see.
    #[must_use]
    pub(crate) fn visible_copy(&self, actor: &Actor) -> Option<&P> {
        match self.project.visibility_for(actor) {
            Visibility::Readable(RecordCopy::Working) => self.working.as_ref(),
            Visibility::Readable(RecordCopy::Approved) => self.approved.as_ref(),
            Visibility::ExistenceOnly | Visibility::Hidden => None,
        }
    }
}

impl<P: ProjectPart> PolicyResource for PartSubject<P> {
    type Key = (ProjectCode, Id<P>);
    fn record_place(&self) -> RecordPlace {
        self.project.record_place()
    }
    fn visibility_for(&self, actor: &Actor) -> Visibility {
        if self.visible_copy(actor).is_some() {
            self.project.visibility_for(actor)
        } else {
            Visibility::Hidden
        }
    }
}

/// Reads a part of a project. It takes the right to read the project.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ReadPart<P>(PhantomData<fn() -> P>);

impl<P: ProjectPart> PolicyAction for ReadPart<P> {
    type Subject = PartSubject<P>;
    const ACT: Act = Act::ReadProject;
    fn decide_access(
        actor: &Actor,
        subject: &Self::Subject,
    ) -> Result<PermissionBasis, AccessDenied> {
        if subject.visible_copy(actor).is_some() {
            Ok(PermissionBasis { acting_for: None })
        } else {
            Err(AccessDenied::Hidden)
        }
    }
}

/// Edits or deletes a part of a project. It takes the right to edit the project.
#[derive(Debug, Clone, Copy)]
pub(crate) struct EditPart<P>(PhantomData<fn() -> P>);

impl<P: ProjectPart> PolicyAction for EditPart<P> {
    type Subject = PartSubject<P>;
    const ACT: Act = Act::EditProject;
}
