//! Who may do what: `DESIGN.md` §3 as data and pure functions, and the proofs that come of it.
//!
//! A record is loaded as [`Unproved`]; only asking the policy opens it, and what comes out is [`Authorized`], which
//! every rule of `workflow` takes. So a handler that forgot to ask has nothing to pass on.

use std::{marker::PhantomData, sync::Arc};

use serde::Serialize;

use super::{
    id::Id,
    user::{Grant, Place, Role, Scope, User},
};

pub mod acts;
pub mod people;
pub mod sight;
#[cfg(test)]
mod tests;

pub use acts::*;
pub use sight::{Face, Sight, Visible};

/// A signed-in person with the grants in force now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    user: Id<User>,
    grants: Vec<Grant>,
}

impl Actor {
    /// Makes the actor of a user; the caller has left out grants that are not in force.
    #[must_use]
    pub const fn new(user: Id<User>, grants: Vec<Grant>) -> Self {
        Self { user, grants }
    }
    /// Returns the user.
    #[must_use]
    pub const fn user(&self) -> Id<User> {
        self.user
    }
    /// Returns the grants in force.
    #[must_use]
    pub fn grants(&self) -> &[Grant] {
        &self.grants
    }
    /// Says whether the actor holds any of the roles where the place lies.
    #[must_use]
    pub fn is(&self, roles: &[Role], place: &Place) -> bool {
        self.grants.iter().any(|g| roles.contains(&g.role) && g.scope.covers(place))
    }
    /// Says whether the actor runs the network: its cycles and releases, or its accounts.
    #[must_use]
    pub fn runs_the_network(&self) -> bool {
        self.is(&[Role::Secretariat, Role::Administrator], &Place::Network)
    }
    /// Returns the scopes on which the actor holds a role.
    pub fn scopes(&self, role: Role) -> impl Iterator<Item = &Scope> {
        self.grants.iter().filter(move |g| g.role == role).map(|g| &g.scope)
    }
}

/// How far a permission reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Only what the grant's scope covers.
    Own,
    /// Everything of its kind.
    Any,
}

/// Why something is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Denied {
    /// The caller may not even know that it exists: 404.
    Hidden,
    /// The caller may know of it, but not do this: 403, with the reason.
    Forbidden(&'static str),
}

/// The answer to those who may know of a draft but not read it.
const NOT_SUBMITTED: Denied = Denied::Forbidden("it has not been submitted yet");

/// By virtue of what something is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Basis {
    /// On whose behalf the caller acts.
    pub acting_for: Option<Id<User>>,
}

/// Something that rights are asked about.
pub trait Resource: Sized + Send + 'static {
    /// What identifies it in a path.
    type Key: Clone + Send + Sync + 'static;
    /// Says where it lies.
    fn place(&self) -> Place;
    /// Says how much of it the actor sees.
    fn sight(&self, actor: &Actor) -> Sight;
    /// Says whether it is there already; one that is not can only be made.
    fn is_there(&self) -> bool {
        true
    }
    /// Names the users who had a hand in it since its last decision.
    fn hands(&self) -> &[Id<User>] {
        &[]
    }
}

/// Something that a caller may want to do, as a type: `May<SubmitReport>` is a proof of it.
pub trait Action: Send + Sync + 'static {
    /// What it is done to.
    type On: Resource;
    /// Its entry in the table of rights.
    const ACT: Act;
    /// Decides; pure.
    ///
    /// # Errors
    /// Hidden when the actor may not know of the resource, else forbidden with the reason.
    fn decide(actor: &Actor, on: &Self::On) -> Result<Basis, Denied> {
        decide(Self::ACT, actor, on)
    }
}

/// Decides by the table of rights; what the actor does not see is hidden before anything is forbidden.
pub(crate) fn decide<R: Resource>(act: Act, actor: &Actor, on: &R) -> Result<Basis, Denied> {
    let place = on.place();
    let sight = on.sight(actor);
    if sight == Sight::Hidden || !(on.is_there() || act.makes()) {
        return Err(Denied::Hidden);
    }
    if sight == Sight::Known && act.looks_inside() {
        return Err(NOT_SUBMITTED);
    }
    let mut refusal = Denied::Forbidden("your role does not allow this");
    // An own grant before one on somebody's behalf: nobody stands in for another without need.
    let mut grants: Vec<&Grant> = actor.grants.iter().collect();
    grants.sort_by_key(|g| g.acting_for.is_some());
    for grant in grants {
        if !act.permits(grant.role, &grant.scope, &place) {
            continue;
        }
        if act.two_keys() {
            if on.hands().contains(&actor.user) {
                refusal = Denied::Forbidden("you had a hand in it since its last decision");
                continue;
            }
            if grant.acting_for.is_some_and(|u| on.hands().contains(&u)) {
                refusal = Denied::Forbidden(
                    "the person you act for had a hand in it since its last decision",
                );
                continue;
            }
        }
        return Ok(Basis { acting_for: grant.acting_for });
    }
    Err(refusal)
}

/// A loaded resource that nobody may look into yet.
#[derive(Debug)]
pub struct Unproved<R>(R);

impl<R: Resource> Unproved<R> {
    /// Seals a resource; only `store` does this.
    pub(crate) const fn seal(resource: R) -> Self {
        Self(resource)
    }
    /// Opens the resource for an action by asking the policy.
    ///
    /// # Errors
    /// What the policy says.
    pub fn authorize<A: Action<On = R>>(self, actor: &Arc<Actor>) -> Result<Authorized<A>, Denied> {
        let basis = A::decide(actor, &self.0)?;
        Ok(Authorized { on: self.0, actor: Arc::clone(actor), basis, _action: PhantomData })
    }
}

/// The proof that the policy allows an action: the resource and the actor together. Made by [`Unproved::authorize`] alone.
#[derive(Debug)]
pub struct Authorized<A: Action> {
    on: A::On,
    actor: Arc<Actor>,
    basis: Basis,
    _action: PhantomData<fn() -> A>,
}

impl<A: Action> Authorized<A> {
    /// Returns the resource.
    pub const fn on(&self) -> &A::On {
        &self.on
    }
    /// Gives the resource away.
    pub fn into_on(self) -> A::On {
        self.on
    }
    /// Returns the actor.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }
    /// Returns by virtue of what it is allowed.
    pub const fn basis(&self) -> Basis {
        self.basis
    }
}
