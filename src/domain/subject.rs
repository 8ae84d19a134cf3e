//! What rights are asked about: records with what the policy and the rules need to know beside them.

use super::{
    cycle::ReportingCycle,
    extension::DeadlineExtension,
    id::Id,
    plan::ActionPlan,
    policy::{Actor, PolicyResource, RecordCopy, Visibility},
    project::{ApprovedProject, Project, ProjectCode},
    reference::{City, Partner, PlanCycle},
    share::Share,
    user::{Grant, RecordPlace, Role, Scope, User},
    value::Slug,
};

pub(crate) mod project_part;
mod report;

pub use report::{CommentSubject, ReportSubject};

/// The network as a whole: what is listed, added or read without a record of its own.
#[derive(Debug, Clone, Copy)]
pub struct NetworkSubject;

impl PolicyResource for NetworkSubject {
    type Key = ();
    fn record_place(&self) -> RecordPlace {
        RecordPlace::Network
    }
    fn visibility_for(&self, _: &Actor) -> Visibility {
        Visibility::Readable(RecordCopy::Working)
    }
}

/// Says that something public is seen by everybody.
macro_rules! public {
    ($name:ident, $key:ty, |$self:ident| $place:expr) => {
        impl PolicyResource for $name {
            type Key = $key;
            fn record_place(&$self) -> RecordPlace {
                $place
            }
            fn visibility_for(&self, _: &Actor) -> Visibility {
                Visibility::Readable(RecordCopy::Working)
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
public!(CitySubject, Slug, |self| RecordPlace::City(self.city.slug.clone(), self.city.country));

/// A partner.
#[derive(Debug, Clone)]
pub struct PartnerSubject {
    /// Its entry.
    pub partner: Partner,
}
public!(PartnerSubject, Slug, |self| RecordPlace::Network);

/// A reporting cycle.
#[derive(Debug, Clone)]
pub struct CycleSubject {
    /// Its entry.
    pub cycle: ReportingCycle,
}
public!(CycleSubject, Slug, |self| RecordPlace::Network);

/// A city in a reporting cycle.
#[derive(Debug, Clone)]
pub struct CityCycleSubject {
    /// The city.
    pub city: City,
    /// The cycle.
    pub cycle: ReportingCycle,
}
public!(CityCycleSubject, (Slug, Slug), |self| RecordPlace::City(
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
    pub extension: Option<DeadlineExtension>,
}
public!(ExtensionSubject, (Slug, Slug), |self| RecordPlace::City(
    self.city.slug.clone(),
    self.city.country
));

impl ExtensionSubject {
    /// Returns the extension that holds.
    #[must_use]
    pub fn extension_in_force(&self) -> Option<&DeadlineExtension> {
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
public!(PlanSubject, (Slug, Slug), |self| RecordPlace::City(
    self.city.slug.clone(),
    self.city.country
));

/// A project with its approved copy.
#[derive(Debug, Clone)]
pub struct ProjectSubject {
    /// The working copy.
    pub project: Project,
    /// The approved copy, once there is one.
    pub approved: Option<ApprovedProject>,
}

impl PolicyResource for ProjectSubject {
    type Key = ProjectCode;
    fn record_place(&self) -> RecordPlace {
        RecordPlace::City(self.project.city.clone(), self.project.country)
    }
    fn visibility_for(&self, actor: &Actor) -> Visibility {
        let place = self.record_place();
        if actor.is_insider_at(&place) {
            Visibility::Readable(RecordCopy::Working)
        } else if self.approved.is_some() && actor.may_read_approved(&place) {
            Visibility::Readable(RecordCopy::Approved)
        } else {
            Visibility::Hidden
        }
    }
}

/// A share.
#[derive(Debug, Clone)]
pub struct ShareSubject {
    /// Its entry.
    pub share: Share,
}

impl PolicyResource for ShareSubject {
    type Key = Id<Share>;
    fn record_place(&self) -> RecordPlace {
        RecordPlace::Network
    }
    fn visibility_for(&self, actor: &Actor) -> Visibility {
        if actor.has_role_at(&[Role::Secretariat], &RecordPlace::Network) {
            Visibility::Readable(RecordCopy::Working)
        } else {
            Visibility::Hidden
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

impl PolicyResource for UserSubject {
    type Key = Id<User>;
    fn record_place(&self) -> RecordPlace {
        RecordPlace::Network
    }
    /// Secretariat and administrators see everybody, a representative the people of the own country.
    fn visibility_for(&self, actor: &Actor) -> Visibility {
        let known = actor.visible_people();
        let sees = known.everything
            || self.grants.iter().any(|held| match held.scope {
                Scope::Network => false,
                Scope::Country(c) | Scope::City(_, c) => known.countries.contains(&c),
            });
        if sees { Visibility::Readable(RecordCopy::Working) } else { Visibility::Hidden }
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

impl PolicyResource for GrantSubject {
    type Key = (Role, Scope);
    fn record_place(&self) -> RecordPlace {
        self.scope.as_place()
    }
    fn visibility_for(&self, _: &Actor) -> Visibility {
        Visibility::Readable(RecordCopy::Working)
    }
}
