//! The records that an action may save. The policy allows an action for one resource, such as one report.
//! `permission_table` lists the kinds of record that the action saves. This module decides which records of such a kind
//! belong to the resource.

use super::{PolicyAction, PolicyResource};
use crate::domain::{
    comment::Comment,
    cycle::ReportingCycle,
    extension::DeadlineExtension,
    plan::ActionPlan,
    project::{ApprovedProject, Project},
    project_parts::{Indicator, Milestone, Partnership},
    reference::{City, Partner},
    release::Release,
    report::{ApprovedReport, Report},
    share::Share,
    subject::{
        CitySubject, CommentSubject, CycleSubject, ExtensionSubject, GrantSubject, NetworkSubject,
        PartnerSubject, PlanSubject, ProjectSubject, ReportSubject, ShareSubject, UserSubject,
        project_part::{EditPart, PartSubject, ProjectPart},
    },
    user::{Grant, User, UserState},
};

/// A resource of the policy to which records of the kind `K` can belong.
pub trait CoversRecord<K>: PolicyResource {
    /// Returns `true` if the record belongs to this resource. A proof for this resource saves no other record.
    fn covers_record(&self, record: &K) -> bool;
}

/// An action that may save records of the kind `K`. The permission table lists the kinds.
pub trait Saves<K>: PolicyAction<Subject: CoversRecord<K>> {}

macro_rules! impl_covers_record {
    ($($subject:ty: $kind:ty => |$s:ident, $record:ident| $covers:expr;)+) => {
        $(impl CoversRecord<$kind> for $subject {
            fn covers_record(&self, $record: &$kind) -> bool {
                let $s = self;
                $covers
            }
        })+
    };
}

impl_covers_record! {
    // The network covers new records only (version 1). To change one of them, an action needs the subject of that
    // record, such as `CitySubject`.
    NetworkSubject: City => |_network, record| record.version == 1;
    NetworkSubject: Partner => |_network, record| record.version == 1;
    NetworkSubject: ReportingCycle => |_network, record| record.version == 1;
    NetworkSubject: Release => |_network, record| record.version == 1;
    NetworkSubject: Share => |_network, record| record.version == 1;
    // An account can have a later version here: a person whose invitation expired is invited again.
    NetworkSubject: User => |_network, record| record.state == UserState::Invited;

    CitySubject: City => |subject, record| record.slug == subject.city.slug;
    CitySubject: Project => |subject, record| record.version == 1 && record.city == subject.city.slug;
    PartnerSubject: Partner => |subject, record| record.slug == subject.partner.slug;
    CycleSubject: ReportingCycle => |subject, record| record.slug == subject.cycle.slug;
    PlanSubject: ActionPlan => |subject, record|
        record.city == subject.city.slug && record.plan_cycle == subject.plan_cycle.slug;
    ExtensionSubject: DeadlineExtension => |subject, record|
        record.city == subject.city.slug && record.cycle == subject.cycle.slug;

    ProjectSubject: Project => |subject, record| record.id == subject.project.id;
    ProjectSubject: Milestone => |subject, record| record.project == subject.project.id;
    ProjectSubject: Indicator => |subject, record| record.project == subject.project.id;
    ProjectSubject: Partnership => |subject, record| record.project == subject.project.id;

    ReportSubject: Report => |subject, record|
        record.project == subject.project.id && record.cycle == subject.cycle.slug;
    ReportSubject: ApprovedReport => |subject, record|
        record.project == subject.project.id && record.cycle == subject.cycle.slug;
    ReportSubject: ApprovedProject => |subject, record| record.project == subject.project.id;
    ReportSubject: Comment => |subject, record|
        record.code == subject.project.code && record.cycle == subject.cycle.slug;
    CommentSubject: Comment => |subject, record| record.id == subject.comment.id;

    ShareSubject: Share => |subject, record| record.id == subject.share.id;
    UserSubject: User => |subject, record| record.id == subject.user.id;
    // Who edits a user revokes grants that the user holds. A new grant needs the proof of giving it.
    UserSubject: Grant => |subject, record| subject.grants.contains(record);
    GrantSubject: Grant => |subject, record|
        record.role == subject.role && record.scope == subject.scope;
}

impl<P: ProjectPart> CoversRecord<P> for PartSubject<P> {
    fn covers_record(&self, record: &P) -> bool {
        record.project_id() == self.project.project.id
            && self.working.as_ref().is_some_and(|part| part.part_id() == record.part_id())
    }
}
impl<P: ProjectPart> Saves<P> for EditPart<P> {}
