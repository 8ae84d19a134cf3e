//! Who may do what: `DESIGN.md` §3 as data and pure functions, and the proofs that come of it.
//!
//! A record is loaded as [`Unproved`]; only asking the policy opens it, and what comes out is [`Authorized`], which
//! every rule of `workflow` takes. So a handler that forgot to ask has nothing to pass on.

use std::{marker::PhantomData, sync::Arc};

use serde::Serialize;

use super::{
    id::Id,
    user::{Grant, RecordPlace, Role, Scope, User},
};

pub(crate) mod account_access;
pub(crate) mod permission_table;
#[cfg(test)]
mod tests;
pub(crate) mod visibility;

pub use permission_table::*;
pub use visibility::{RecordCopy, Visibility, VisibleRows};

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
    pub fn has_role_at(&self, roles: &[Role], place: &RecordPlace) -> bool {
        self.grants.iter().any(|g| roles.contains(&g.role) && g.scope.covers_place(place))
    }
    /// Says whether the actor runs the network: its cycles and releases, or its accounts.
    #[must_use]
    pub fn may_run_network(&self) -> bool {
        self.has_role_at(&[Role::Secretariat, Role::Administrator], &RecordPlace::Network)
    }
    /// Returns the scopes on which the actor holds a role.
    pub fn scopes_of_role(&self, role: Role) -> impl Iterator<Item = &Scope> {
        self.grants.iter().filter(move |g| g.role == role).map(|g| &g.scope)
    }
}

/// How far a permission reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PermissionReach {
    /// Only what the grant's scope covers.
    Own,
    /// Everything of its kind.
    Any,
}

/// Why something is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum AccessDenied {
    /// The caller may not even know that it exists: 404.
    Hidden,
    /// The caller may know of it, but not do this: 403, with the reason.
    Forbidden(&'static str),
}

/// The answer to those who may know of a draft but not read it.
const NOT_SUBMITTED: AccessDenied = AccessDenied::Forbidden("it has not been submitted yet");

/// By virtue of what something is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PermissionBasis {
    /// On whose behalf the caller acts.
    pub acting_for: Option<Id<User>>,
}

/// Something that rights are asked about.
pub trait PolicyResource: Sized + Send + 'static {
    /// What identifies it in a path.
    type Key: Clone + Send + Sync + 'static;
    /// Says where it lies.
    fn record_place(&self) -> RecordPlace;
    /// Says how much of it the actor sees.
    fn visibility_for(&self, actor: &Actor) -> Visibility;
    /// Says whether it is there already; one that is not can only be made.
    fn has_record(&self) -> bool {
        true
    }
    /// Names the users who had a hand in it since its last decision.
    fn contributors(&self) -> &[Id<User>] {
        &[]
    }
}

/// Something that a caller may want to do, as a type: `May<SubmitReport>` is a proof of it.
pub trait PolicyAction: Send + Sync + 'static {
    /// What it is done to.
    type Subject: PolicyResource;
    /// Its entry in the table of rights.
    const ACT: Act;
    /// Decides; pure.
    ///
    /// # Errors
    /// Hidden when the actor may not know of the resource, else forbidden with the reason.
    fn decide_access(actor: &Actor, on: &Self::Subject) -> Result<PermissionBasis, AccessDenied> {
        decide_by_permissions(Self::ACT, actor, on)
    }
}

/// Decides by the table of rights; what the actor does not see is hidden before anything is forbidden.
pub(crate) fn decide_by_permissions<R: PolicyResource>(
    act: Act,
    actor: &Actor,
    on: &R,
) -> Result<PermissionBasis, AccessDenied> {
    let place = on.record_place();
    let sight = on.visibility_for(actor);
    if sight == Visibility::Hidden || !(on.has_record() || act.can_create_record()) {
        return Err(AccessDenied::Hidden);
    }
    if sight == Visibility::ExistenceOnly && act.needs_working_copy() {
        return Err(NOT_SUBMITTED);
    }
    let mut refusal = AccessDenied::Forbidden("your role does not allow this");
    // An own grant before one on somebody's behalf: nobody stands in for another without need.
    let mut grants: Vec<&Grant> = actor.grants.iter().collect();
    grants.sort_by_key(|g| g.acting_for.is_some());
    for grant in grants {
        if !act.permits_role(grant.role, &grant.scope, &place) {
            continue;
        }
        if act.needs_two_keys() {
            if on.contributors().contains(&actor.user) {
                refusal = AccessDenied::Forbidden("you had a hand in it since its last decision");
                continue;
            }
            if grant.acting_for.is_some_and(|u| on.contributors().contains(&u)) {
                refusal = AccessDenied::Forbidden(
                    "the person you act for had a hand in it since its last decision",
                );
                continue;
            }
        }
        return Ok(PermissionBasis { acting_for: grant.acting_for });
    }
    Err(refusal)
}

/// A loaded resource that nobody may look into yet.
#[derive(Debug)]
pub struct Unproved<R>(R);

impl<R: PolicyResource> Unproved<R> {
    /// Seals a resource; only `store` does this.
    pub(crate) const fn seal_resource(resource: R) -> Self {
        Self(resource)
    }
    /// Opens the resource for an action by asking the policy.
    ///
    /// # Errors
    /// What the policy says.
    pub fn authorize<A: PolicyAction<Subject = R>>(
        self,
        actor: &Arc<Actor>,
    ) -> Result<Authorized<A>, AccessDenied> {
        let basis = A::decide_access(actor, &self.0)?;
        Ok(Authorized { subject: self.0, actor: Arc::clone(actor), basis, _action: PhantomData })
    }
}

/// The proof that the policy allows an action: the resource and the actor together. Made by [`Unproved::authorize`] alone.
#[derive(Debug)]
pub struct Authorized<A: PolicyAction> {
    subject: A::Subject,
    actor: Arc<Actor>,
    basis: PermissionBasis,
    _action: PhantomData<fn() -> A>,
}

impl<A: PolicyAction> Authorized<A> {
    /// Returns the resource.
    pub const fn subject(&self) -> &A::Subject {
        &self.subject
    }
    /// Gives the resource away.
    pub fn into_subject(self) -> A::Subject {
        self.subject
    }
    /// Returns the actor.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }
    /// Returns by virtue of what it is allowed.
    pub const fn basis(&self) -> PermissionBasis {
        self.basis
    }
}
