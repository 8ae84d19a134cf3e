//! Who may see and manage whom. Accounts belong to no place: what counts are the grants that a person holds.

use super::{
    Act, Action, Actor, Basis, Denied, EditUser, GiveGrant, ReadUser, Resource as _, Sight,
    acts::read, sight::Reachable,
};
use crate::domain::{
    subject::{GrantSubject, UserSubject},
    user::{Grant, Place, Role, Scope},
};

impl Actor {
    /// Returns where somebody must hold a grant to be seen by the actor: anywhere or nowhere at all for secretariat and
    /// administrators, in the own country for a representative.
    #[must_use]
    pub fn acquaintances(&self) -> Reachable {
        let mut seen = Reachable::default();
        for grant in self.grants() {
            match grant.role {
                Role::Secretariat | Role::Administrator => seen.everything = true,
                Role::NationalRepresentative => seen.add(&grant.scope),
                Role::CityOfficer | Role::Reader => {}
            }
        }
        seen
    }

    /// Says whether the actor manages accounts that hold no grant: nobody's country is to decide on them.
    #[must_use]
    pub fn manages_everybody(&self) -> bool {
        self.is(&[Role::Administrator], &Place::Network)
    }
}

impl Action for ReadUser {
    type On = UserSubject;
    const ACT: Act = Act::ReadUser;
    fn decide(actor: &Actor, on: &UserSubject) -> Result<Basis, Denied> {
        read(on.sight(actor))
    }
}

impl Action for EditUser {
    type On = UserSubject;
    const ACT: Act = Act::EditUser;
    /// A representative manages only people whose every grant is one they could have given themselves.
    fn decide(actor: &Actor, on: &UserSubject) -> Result<Basis, Denied> {
        if on.sight(actor) == Sight::Hidden {
            return Err(Denied::Hidden);
        }
        if on.user.id == actor.user() {
            return Err(Denied::Forbidden("nobody manages their own account"));
        }
        let manages = |by: &Grant| {
            by.role == Role::Administrator
                || (!on.grants.is_empty()
                    && on.grants.iter().all(|held| may_grant(by, held.role, &held.scope)))
        };
        by_virtue(actor, manages)
            .ok_or(Denied::Forbidden("your role does not allow this for this person"))
    }
}

impl Action for GiveGrant {
    type On = GrantSubject;
    const ACT: Act = Act::GiveGrant;
    fn decide(actor: &Actor, on: &GrantSubject) -> Result<Basis, Denied> {
        by_virtue(actor, |by| may_grant(by, on.role, &on.scope))
            .ok_or(Denied::Forbidden("your role does not allow you to give this one there"))
    }
}

/// Finds the grant that allows something: an own one before one on somebody's behalf.
fn by_virtue(actor: &Actor, allows: impl Fn(&Grant) -> bool) -> Option<Basis> {
    let allowing = actor.grants().iter().filter(|g| allows(g));
    allowing.min_by_key(|g| g.acting_for.is_some()).map(|g| Basis { acting_for: g.acting_for })
}

/// Says whether a grant lets its holder give that role on that scope: an administrator any, a representative the
/// officers and readers of the own country.
#[must_use]
pub fn may_grant(by: &Grant, role: Role, scope: &Scope) -> bool {
    match by.role {
        Role::Administrator => true,
        Role::NationalRepresentative => match role {
            Role::CityOfficer | Role::Reader => by.scope.covers(&scope.place()),
            Role::NationalRepresentative | Role::Secretariat | Role::Administrator => false,
        },
        Role::CityOfficer | Role::Secretariat | Role::Reader => false,
    }
}

#[cfg(test)]
mod tests;
