//! What rights are asked about: records with what the policy and the rules need to know beside them.

use super::{
    cycle::ReportingCycle,
    extension::Extension,
    id::Id,
    plan::ActionPlan,
    policy::{Actor, Face, Resource, Sight},
    project::{ApprovedProject, Project, ProjectCode},
    reference::{City, Partner, PlanCycle},
    share::Share,
    user::{Grant, Place, Role, Scope, User},
    value::Slug,
};

pub mod part;
mod report;

pub use report::{CommentSubject, ReportSubject};

/// The network as a whole: what is listed, added or read without a record of its own.
#[derive(Debug, Clone, Copy)]
pub struct Network;

impl Resource for Network {
    type Key = ();
    fn place(&self) -> Place {
        Place::Network
    }
    fn sight(&self, _: &Actor) -> Sight {
        Sight::Seen(Face::Working)
    }
}

/// Says that something public is seen by everybody.
macro_rules! public {
    ($name:ident, $key:ty, |$self:ident| $place:expr) => {
        impl Resource for $name {
            type Key = $key;
            fn place(&$self) -> Place {
                $place
            }
            fn sight(&self, _: &Actor) -> Sight {
                Sight::Seen(Face::Working)
            }
        }
    };
}

/// A city.
#[derive(Debug, Clone)]
pub struct CitySubject {
    /// Its entry.
    pub city: City,
}
public!(CitySubject, Slug, |self| Place::City(self.city.slug.clone(), self.city.country));

/// A partner.
#[derive(Debug, Clone)]
pub struct PartnerSubject {
    /// Its entry.
    pub partner: Partner,
}
public!(PartnerSubject, Slug, |self| Place::Network);

/// A reporting cycle.
#[derive(Debug, Clone)]
pub struct CycleSubject {
    /// Its entry.
    pub cycle: ReportingCycle,
}
public!(CycleSubject, Slug, |self| Place::Network);

/// A city in a reporting cycle.
#[derive(Debug, Clone)]
pub struct CityCycleSubject {
    /// The city.
    pub city: City,
    /// The cycle.
    pub cycle: ReportingCycle,
}
public!(CityCycleSubject, (Slug, Slug), |self| Place::City(
    self.city.slug.clone(),
    self.city.country
));

/// A city's extension in a cycle, granted or not.
#[derive(Debug, Clone)]
pub struct ExtensionSubject {
    /// The cycle.
    pub cycle: ReportingCycle,
    /// The city.
    pub city: City,
    /// The extension, also one that was withdrawn.
    pub extension: Option<Extension>,
}
public!(ExtensionSubject, (Slug, Slug), |self| Place::City(
    self.city.slug.clone(),
    self.city.country
));

impl ExtensionSubject {
    /// Returns the extension that holds.
    #[must_use]
    pub fn in_force(&self) -> Option<&Extension> {
        self.extension.as_ref().filter(|e| !e.withdrawn)
    }
}

/// A city's action plan for a plan cycle, written or not.
#[derive(Debug, Clone)]
pub struct PlanSubject {
    /// The city.
    pub city: City,
    /// The plan cycle.
    pub plan_cycle: PlanCycle,
    /// The plan, once there is one.
    pub plan: Option<ActionPlan>,
}
public!(PlanSubject, (Slug, Slug), |self| Place::City(self.city.slug.clone(), self.city.country));

/// A project with its approved copy.
#[derive(Debug, Clone)]
pub struct ProjectSubject {
    /// The working copy.
    pub project: Project,
    /// The approved copy, once there is one.
    pub approved: Option<ApprovedProject>,
}

impl Resource for ProjectSubject {
    type Key = ProjectCode;
    fn place(&self) -> Place {
        Place::City(self.project.city.clone(), self.project.country)
    }
    fn sight(&self, actor: &Actor) -> Sight {
        let place = self.place();
        if actor.is_inside(&place) {
            Sight::Seen(Face::Working)
        } else if self.approved.is_some() && actor.reads_approved(&place) {
            Sight::Seen(Face::Approved)
        } else {
            Sight::Hidden
        }
    }
}

/// A share.
#[derive(Debug, Clone)]
pub struct ShareSubject {
    /// Its entry.
    pub share: Share,
}

impl Resource for ShareSubject {
    type Key = Id<Share>;
    fn place(&self) -> Place {
        Place::Network
    }
    fn sight(&self, actor: &Actor) -> Sight {
        if actor.is(&[Role::Secretariat], &Place::Network) {
            Sight::Seen(Face::Working)
        } else {
            Sight::Hidden
        }
    }
}

/// A person with the grants that were given and not taken back, whether in force today or not.
#[derive(Debug, Clone)]
pub struct UserSubject {
    /// The account.
    pub user: User,
    /// Its grants.
    pub grants: Vec<Grant>,
}

impl Resource for UserSubject {
    type Key = Id<User>;
    fn place(&self) -> Place {
        Place::Network
    }
    /// Secretariat and administrators see everybody, a representative the people of the own country.
    fn sight(&self, actor: &Actor) -> Sight {
        let known = actor.acquaintances();
        let sees = known.everything
            || self.grants.iter().any(|held| match held.scope {
                Scope::Network => false,
                Scope::Country(c) | Scope::City(_, c) => known.countries.contains(&c),
            });
        if sees { Sight::Seen(Face::Working) } else { Sight::Hidden }
    }
}

/// A role on a scope that is to be given to somebody.
#[derive(Debug, Clone)]
pub struct GrantSubject {
    /// As what.
    pub role: Role,
    /// Where.
    pub scope: Scope,
}

impl Resource for GrantSubject {
    type Key = (Role, Scope);
    fn place(&self) -> Place {
        self.scope.place()
    }
    fn sight(&self, _: &Actor) -> Sight {
        Sight::Seen(Face::Working)
    }
}
