//! Subjects of the policy: records with everything that the policy and the rules need to decide about them.

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

mod loaded;
pub(crate) mod project_part;
mod report;

pub use loaded::{Loaded, PartNotLoaded};
pub use report::{CityCalendar, CommentSubject, ReportSubject};

/// The network as a whole, for actions that do not concern a single record.
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

/// Implements [`PolicyResource`] for a record that everybody may read.
macro_rules! impl_public_resource {
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
    /// The record.
    pub city: City,
}
impl_public_resource!(CitySubject, Slug, |self| RecordPlace::City(
    self.city.slug.clone(),
    self.city.country
));

/// A partner.
#[derive(Debug, Clone)]
pub struct PartnerSubject {
    /// The record.
    pub partner: Partner,
}
impl_public_resource!(PartnerSubject, Slug, |self| RecordPlace::Network);

/// A reporting cycle.
#[derive(Debug, Clone)]
pub struct CycleSubject {
    /// The record.
    pub cycle: ReportingCycle,
}
impl_public_resource!(CycleSubject, Slug, |self| RecordPlace::Network);

/// A city in a reporting cycle.
#[derive(Debug, Clone)]
pub struct CityCycleSubject {
    /// The city.
    pub city: City,
    /// The cycle.
    pub cycle: ReportingCycle,
}
impl_public_resource!(CityCycleSubject, (Slug, Slug), |self| RecordPlace::City(
    self.city.slug.clone(),
    self.city.country
));

/// A city's extension in a cycle, whether it exists or not.
#[derive(Debug, Clone)]
pub struct ExtensionSubject {
    /// The cycle.
    pub cycle: ReportingCycle,
    /// The city.
    pub city: City,
    /// The extension, even if it was withdrawn.
    pub extension: Option<DeadlineExtension>,
}

impl PolicyResource for ExtensionSubject {
    type Key = (Slug, Slug);
    fn record_place(&self) -> RecordPlace {
        RecordPlace::City(self.city.slug.clone(), self.city.country)
    }
    fn visibility_for(&self, _: &Actor) -> Visibility {
        Visibility::Readable(RecordCopy::Working)
    }
    fn has_version(&self) -> bool {
        self.extension_in_force().is_some()
    }
}

impl ExtensionSubject {
    /// Returns the extension unless it was withdrawn.
    #[must_use]
    pub fn extension_in_force(&self) -> Option<&DeadlineExtension> {
        self.extension.as_ref().filter(|e| !e.withdrawn)
    }
}

/// A city's action plan for a plan cycle, whether it exists or not.
#[derive(Debug, Clone)]
pub struct PlanSubject {
    /// The city.
    pub city: City,
    /// The plan cycle.
    pub plan_cycle: PlanCycle,
    /// The plan, if it exists.
    pub plan: Option<ActionPlan>,
}
impl_public_resource!(PlanSubject, (Slug, Slug), |self| RecordPlace::City(
    self.city.slug.clone(),
    self.city.country
));

/// A project with its approved copy.
#[derive(Debug, Clone)]
pub struct ProjectSubject {
    /// The working copy.
    pub project: Project,
    /// The approved copy, if it exists.
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
    /// The record.
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

/// A user with all grants that were given and not revoked, whether they are in force today or not.
#[derive(Debug, Clone)]
pub struct UserSubject {
    /// The account.
    pub user: User,
    /// The grants of the user.
    pub grants: Vec<Grant>,
}

impl PolicyResource for UserSubject {
    type Key = Id<User>;
    fn record_place(&self) -> RecordPlace {
        RecordPlace::Network
    }
    /// The secretariat and administrators see everybody; a representative sees the users of their own country.
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

/// A role on a scope that the caller wants to give to a user.
#[derive(Debug, Clone)]
pub struct GrantSubject {
    /// The role.
    pub role: Role,
    /// The scope.
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
