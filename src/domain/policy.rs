//! Access control: the permission table, the decisions, and the proofs that the decisions give.
//!
//! A record is loaded as [`Unproved`]. Only the policy opens it, and gives an [`Authorized`], which every rule of
//! `workflow` takes. A handler that does not ask the policy has nothing to pass to the rules, and does not compile.

use std::{marker::PhantomData, sync::Arc};

use super::{
    id::Id,
    message::{self, Message},
    subject::PartNotLoaded,
    user::{Grant, RecordPlace, Role, Scope, User},
};

pub(crate) mod account_access;
pub(crate) mod permission_table;
pub(crate) mod saving;
#[cfg(test)]
mod tests;
pub(crate) mod visibility;

pub use permission_table::*;
pub use saving::{CoversRecord, Saves};
pub use visibility::{RecordCopy, Visibility, VisibleRows};

/// A signed-in user with the grants that are in force now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    user: Id<User>,
    grants: Vec<Grant>,
}

impl Actor {
    /// Creates the actor of a user. The caller must leave out grants that are not in force.
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
    /// Returns `true` if the actor holds one of the roles on a scope that covers the place.
    #[must_use]
    pub fn has_role_at(&self, roles: &[Role], place: &RecordPlace) -> bool {
        self.grants.iter().any(|g| roles.contains(&g.role) && g.scope.covers_place(place))
    }
    /// Returns `true` if the actor manages the whole network: its cycles and releases, or its accounts.
    #[must_use]
    pub fn may_run_network(&self) -> bool {
        self.has_role_at(&[Role::Secretariat, Role::Administrator], &RecordPlace::Network)
    }
    /// Returns the scopes on which the actor holds a role.
    pub fn scopes_of_role(&self, role: Role) -> impl Iterator<Item = &Scope> {
        self.grants.iter().filter(move |g| g.role == role).map(|g| &g.scope)
    }
}

/// The records to which a permission applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PermissionReach {
    /// Only the records that the scope of the grant covers.
    Own,
    /// All records of the kind.
    Any,
}

/// Why an action is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccessDenied {
    /// The caller may not even know that the record exists: 404.
    Hidden,
    /// The caller may know of the record, but not do this: 403, with the reason.
    Forbidden(Message),
    /// A part that decides was not loaded: a fault of the service, and no verdict on the caller.
    Undecided(PartNotLoaded),
}

/// The grant that allows an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PermissionBasis {
    /// The user on whose behalf the caller acts, from the grant; none if the caller acts for themselves.
    pub acting_for: Option<Id<User>>,
}

/// A record for which the policy decides.
pub trait PolicyResource: Sized + Send + 'static {
    /// The key of the record in a path.
    type Key: Clone + Send + Sync + 'static;
    /// Returns the place of the record: a city, a country or the network.
    fn record_place(&self) -> RecordPlace;
    /// Returns how much of the record the actor may see.
    fn visibility_for(&self, actor: &Actor) -> Visibility;
    /// Returns `true` if the record exists. A record that does not exist can only be created.
    fn has_record(&self) -> bool {
        true
    }
    /// Returns `true` if there is a version that a caller can have read. A change that needs one is otherwise refused as
    /// for an unknown record.
    fn has_version(&self) -> bool {
        self.has_record()
    }
    /// Returns `true` if the user contributed to the record, and nobody else approved the contribution since.
    ///
    /// # Errors
    /// Returns an error if the contributors were not loaded.
    fn is_contributor(&self, _user: Id<User>) -> Result<bool, PartNotLoaded> {
        Ok(false)
    }
}

/// An action that a caller may want to do, as a type: [`Authorized<SubmitReport>`](Authorized) is the proof for one.
pub trait PolicyAction: Send + Sync + 'static {
    /// The record that the action changes or reads.
    type Subject: PolicyResource;
    /// The action's entry in the permission table.
    const ACT: Act;
    /// Decides if the actor may do this.
    ///
    /// # Errors
    /// [`AccessDenied::Hidden`] if the actor may not know of the record, else [`AccessDenied::Forbidden`] with the
    /// reason.
    fn decide_access(
        actor: &Actor,
        subject: &Self::Subject,
    ) -> Result<PermissionBasis, AccessDenied> {
        decide_by_permissions(Self::ACT, actor, subject)
    }
}

/// Decides by the permission table. A record that the actor may not see is hidden before any other refusal is given.
pub(crate) fn decide_by_permissions<R: PolicyResource>(
    act: Act,
    actor: &Actor,
    subject: &R,
) -> Result<PermissionBasis, AccessDenied> {
    let place = subject.record_place();
    let visibility = subject.visibility_for(actor);
    if visibility == Visibility::Hidden || !(subject.has_record() || act.can_create_record()) {
        return Err(AccessDenied::Hidden);
    }
    if visibility == Visibility::ExistenceOnly && act.needs_working_copy() {
        // The caller may know that a draft exists, but may not read it.
        return Err(AccessDenied::Forbidden(message::access::not_submitted()));
    }
    let mut refusal = AccessDenied::Forbidden(message::access::role_forbids());
    // The caller's own grants come first: nobody acts on behalf of a different user if their own grant is enough.
    let mut grants: Vec<&Grant> = actor.grants.iter().collect();
    grants.sort_by_key(|g| g.acting_for.is_some());
    for grant in grants {
        if !act.permits_role(grant.role, &grant.scope, &place) {
            continue;
        }
        if act.needs_two_keys() {
            let contributed = |user| subject.is_contributor(user).map_err(AccessDenied::Undecided);
            if contributed(actor.user)? {
                refusal = AccessDenied::Forbidden(message::access::caller_contributed());
                continue;
            }
            if grant.acting_for.map_or(Ok(false), contributed)? {
                refusal = AccessDenied::Forbidden(message::access::principal_contributed());
                continue;
            }
        }
        return Ok(PermissionBasis { acting_for: grant.acting_for });
    }
    Err(refusal)
}

/// A loaded record that nobody may read before the policy has decided.
#[derive(Debug)]
pub struct Unproved<R>(R);

impl<R: PolicyResource> Unproved<R> {
    /// Wraps a loaded record. Only `store` calls this.
    pub(crate) const fn seal_resource(resource: R) -> Self {
        Self(resource)
    }
    /// Opens the record for an action, if the policy allows it.
    ///
    /// # Errors
    /// The refusal of the policy.
    pub fn authorize<A: PolicyAction<Subject = R>>(
        self,
        actor: &Arc<Actor>,
    ) -> Result<Authorized<A>, AccessDenied> {
        let basis = A::decide_access(actor, &self.0)?;
        Ok(Authorized { subject: self.0, actor: Arc::clone(actor), basis, _action: PhantomData })
    }
}

/// The proof that the policy allows an action, with the record and the actor. Only [`Unproved::authorize`] creates it.
#[derive(Debug)]
pub struct Authorized<A: PolicyAction> {
    subject: A::Subject,
    actor: Arc<Actor>,
    basis: PermissionBasis,
    _action: PhantomData<fn() -> A>,
}

impl<A: PolicyAction> Authorized<A> {
    /// Returns the record.
    pub const fn subject(&self) -> &A::Subject {
        &self.subject
    }
    /// Returns the record and drops the proof.
    pub fn into_subject(self) -> A::Subject {
        self.subject
    }
    /// Returns the actor.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }
    /// Returns the grant that allows the action.
    pub const fn basis(&self) -> PermissionBasis {
        self.basis
    }
}
