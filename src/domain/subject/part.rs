//! Milestones, indicators and partnerships as rights are asked about them: those of their project.

use std::marker::PhantomData;

use super::ProjectSubject;
use crate::domain::{
    id::Id,
    parts::{Indicator, Milestone, Partnership},
    policy::{Act, Action, Actor, Basis, Denied, Face, Resource, Sight},
    project::{ApprovedProject, Header, ProjectCode},
    user::Place,
};

/// Something that hangs on a project and is frozen into its header.
pub trait Part: Clone + Send + Sync + 'static {
    /// Returns its identifier.
    fn id(&self) -> Id<Self>;
    /// Returns those of a frozen project.
    fn frozen(header: Header) -> Vec<Self>;

    /// Returns those of a project's approved copy, as strangers see them.
    #[must_use]
    fn approved(copy: &ApprovedProject) -> Vec<Self> {
        Self::frozen(copy.header.clone().in_copy(copy.version))
    }
}
impl Part for Milestone {
    fn id(&self) -> Id<Self> {
        self.id
    }
    fn frozen(header: Header) -> Vec<Self> {
        header.milestones
    }
}
impl Part for Indicator {
    fn id(&self) -> Id<Self> {
        self.id
    }
    fn frozen(header: Header) -> Vec<Self> {
        header.indicators
    }
}
impl Part for Partnership {
    fn id(&self) -> Id<Self> {
        self.id
    }
    fn frozen(header: Header) -> Vec<Self> {
        header.partnerships
    }
}

/// A part with its project. It may stand in the working copy, in the approved copy, or in both.
#[derive(Debug, Clone)]
pub struct PartSubject<P> {
    /// The project.
    pub project: ProjectSubject,
    /// The part as it stands now.
    pub working: Option<P>,
    /// The part as last approved.
    pub approved: Option<P>,
}

impl<P: Part> PartSubject<P> {
    /// Makes the subject of the part with that identifier.
    #[must_use]
    pub fn new(project: ProjectSubject, id: Id<P>, working: Option<P>) -> Self {
        let approved = project.approved.as_ref().map(P::approved).unwrap_or_default();
        let approved = approved.into_iter().find(|p| p.id() == id);
        Self { project, working, approved }
    }

    /// Returns the copy that the actor sees.
    #[must_use]
    pub fn shown(&self, actor: &Actor) -> Option<&P> {
        match self.project.sight(actor) {
            Sight::Seen(Face::Working) => self.working.as_ref(),
            Sight::Seen(Face::Approved) => self.approved.as_ref(),
            Sight::Known | Sight::Hidden => None,
        }
    }
}

impl<P: Part> Resource for PartSubject<P> {
    type Key = (ProjectCode, Id<P>);
    fn place(&self) -> Place {
        self.project.place()
    }
    fn sight(&self, actor: &Actor) -> Sight {
        if self.shown(actor).is_some() { self.project.sight(actor) } else { Sight::Hidden }
    }
}

/// Reads a part of a project: the right to read the project.
#[derive(Debug, Clone, Copy)]
pub struct ReadPart<P>(PhantomData<fn() -> P>);

impl<P: Part> Action for ReadPart<P> {
    type On = PartSubject<P>;
    const ACT: Act = Act::ReadProject;
    fn decide(actor: &Actor, on: &Self::On) -> Result<Basis, Denied> {
        if on.shown(actor).is_some() { Ok(Basis { acting_for: None }) } else { Err(Denied::Hidden) }
    }
}

/// Edits or deletes a part of a project: the right to edit the project.
#[derive(Debug, Clone, Copy)]
pub struct EditPart<P>(PhantomData<fn() -> P>);

impl<P: Part> Action for EditPart<P> {
    type On = PartSubject<P>;
    const ACT: Act = Act::EditProject;
}
