//! Who may see and manage which accounts. An account belongs to no place: the grants of its holder decide.

use super::{
    AccessDenied, Act, Actor, EditUser, GiveGrant, PermissionBasis, PolicyAction,
    PolicyResource as _, ReadUser, Visibility, permission_table::decide_read,
    visibility::ReadScope,
};
use crate::domain::{
    message,
    subject::{GrantSubject, UserSubject},
    user::{Grant, RecordPlace, Role, Scope},
};

impl Actor {
    /// Returns the places in which a user must hold a grant to be seen by the actor. The secretariat and administrators
    /// see everybody, also users without grants; a representative sees users with a grant in their own country.
    #[must_use]
    pub fn visible_people(&self) -> ReadScope {
        let mut seen = ReadScope::default();
        for grant in self.grants() {
            match grant.role {
                Role::Secretariat | Role::Administrator => seen.everything = true,
                Role::NationalRepresentative => seen.add_scope(&grant.scope),
                Role::CityOfficer | Role::Reader => {}
            }
        }
        seen
    }

    /// Returns `true` if the actor also manages accounts without grants, which belong to no country.
    #[must_use]
    pub fn may_manage_everybody(&self) -> bool {
        self.has_role_at(&[Role::Administrator], &RecordPlace::Network)
    }
}

impl PolicyAction for ReadUser {
    type Subject = UserSubject;
    const ACT: Act = Act::ReadUser;
    fn decide_access(
        actor: &Actor,
        subject: &UserSubject,
    ) -> Result<PermissionBasis, AccessDenied> {
        decide_read(subject.visibility_for(actor))
    }
}

impl PolicyAction for EditUser {
    type Subject = UserSubject;
    const ACT: Act = Act::EditUser;
    /// A representative manages only users whose every grant is one that the representative could have given.
    fn decide_access(
        actor: &Actor,
        subject: &UserSubject,
    ) -> Result<PermissionBasis, AccessDenied> {
        if subject.visibility_for(actor) == Visibility::Hidden {
            return Err(AccessDenied::Hidden);
        }
        if subject.user.id == actor.user() {
            return Err(AccessDenied::Forbidden(message::access::own_account()));
        }
        let manages = |by: &Grant| {
            by.role == Role::Administrator
                || (!subject.grants.is_empty()
                    && subject.grants.iter().all(|held| may_grant(by, held.role, &held.scope)))
        };
        find_basis(actor, manages)
            .ok_or_else(|| AccessDenied::Forbidden(message::access::role_forbids_person()))
    }
}

impl PolicyAction for GiveGrant {
    type Subject = GrantSubject;
    const ACT: Act = Act::GiveGrant;
    fn decide_access(
        actor: &Actor,
        subject: &GrantSubject,
    ) -> Result<PermissionBasis, AccessDenied> {
        find_basis(actor, |by| may_grant(by, subject.role, &subject.scope))
            .ok_or_else(|| AccessDenied::Forbidden(message::access::role_forbids_grant()))
    }
}

/// Finds a grant that allows something. The actor's own grants come before grants on behalf of a different user.
fn find_basis(actor: &Actor, allows: impl Fn(&Grant) -> bool) -> Option<PermissionBasis> {
    let allowing = actor.grants().iter().filter(|g| allows(g));
    allowing
        .min_by_key(|g| g.acting_for.is_some())
        .map(|g| PermissionBasis { acting_for: g.acting_for })
}

/// Returns `true` if a grant lets its holder give a role on a scope. An administrator gives any role; a representative
/// makes officers and readers in their own country.
#[must_use]
pub(crate) fn may_grant(by: &Grant, role: Role, scope: &Scope) -> bool {
    match by.role {
        Role::Administrator => true,
        Role::NationalRepresentative => match role {
            Role::CityOfficer | Role::Reader => by.scope.covers_place(&scope.as_place()),
            Role::NationalRepresentative | Role::Secretariat | Role::Administrator => false,
        },
        Role::CityOfficer | Role::Secretariat | Role::Reader => false,
    }
}

#[cfg(test)]
mod tests;
