//! The permission table: each action, and the roles that may do it.

use super::{
    AccessDenied, Actor, PermissionBasis, PermissionReach, PolicyAction, PolicyResource, Saves,
    Visibility, decide_by_permissions,
};
use crate::domain::{
    comment::Comment,
    cycle::ReportingCycle,
    extension::DeadlineExtension,
    message,
    plan::ActionPlan,
    project::{ApprovedProject, Project},
    project_parts::{Indicator, Milestone, Partnership},
    reference::{City, Partner},
    release::Release,
    report::{ApprovedReport, Report},
    share::Share,
    subject::{
        CityCycleSubject, CitySubject, CommentSubject, CycleSubject, ExtensionSubject,
        NetworkSubject, PartnerSubject, PlanSubject, ProjectSubject, ReportSubject, ShareSubject,
    },
    user::{Grant, RecordPlace, Role, Scope, User},
};
use PermissionReach::{Any, Own};
use Role::{Administrator, CityOfficer, NationalRepresentative, Reader, Secretariat};

/// Every role, anywhere: the caller is signed in and holds at least one grant in force.
const EVERYBODY: &[(Role, PermissionReach)] = &[
    (CityOfficer, Any),
    (NationalRepresentative, Any),
    (Secretariat, Any),
    (Administrator, Any),
    (Reader, Any),
];
const CITY: &[(Role, PermissionReach)] = &[(CityOfficer, Own)];
const OFFICERS: &[(Role, PermissionReach)] = &[(CityOfficer, Any)];
const REVIEW: &[(Role, PermissionReach)] = &[(NationalRepresentative, Own)];
const REOPEN: &[(Role, PermissionReach)] = &[(NationalRepresentative, Own), (Secretariat, Any)];
const INSIDE: &[(Role, PermissionReach)] =
    &[(CityOfficer, Own), (NationalRepresentative, Own), (Secretariat, Any)];
/// Roles that work on reports, of any city or country.
const WORKERS: &[(Role, PermissionReach)] =
    &[(CityOfficer, Any), (NationalRepresentative, Any), (Secretariat, Any)];
/// Roles that file reports or decide on them, in any city or country.
const FILERS: &[(Role, PermissionReach)] = &[(CityOfficer, Any), (NationalRepresentative, Any)];
const NETWORK: &[(Role, PermissionReach)] = &[(Secretariat, Any)];
const USERS_READ: &[(Role, PermissionReach)] =
    &[(NationalRepresentative, Any), (Secretariat, Any), (Administrator, Any)];
const USERS_WRITE: &[(Role, PermissionReach)] =
    &[(NationalRepresentative, Any), (Administrator, Any)];
const AUDIT: &[(Role, PermissionReach)] = &[(Secretariat, Any), (Administrator, Any)];

/// Declares the actions. Each line names the action and its subject, the kinds of record that it may save, its name in the
/// contract, and the roles that may do it.
macro_rules! define_acts {
    ($($(#[$doc:meta])* $name:ident($on:ty) $(saves [$($kind:ty),+])? = $word:literal, $table:expr;)+) => {
        /// Every action of the permission table.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Act { $($(#[$doc])* $name),+ }
        impl Act {
            /// Every action, in order.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];
            /// Returns the name in `allowed_actions` and in the permission matrix.
            #[must_use]
            pub const fn as_str(self) -> &'static str { match self { $(Self::$name => $word),+ } }
            /// Returns the roles that may do the action, and for which records.
            #[must_use]
            pub const fn permitted(self) -> &'static [(Role, PermissionReach)] { match self { $(Self::$name => $table),+ } }
        }
        $($(#[$doc])* #[derive(Debug, Clone, Copy)] pub struct $name;)+
        $($($(impl Saves<$kind> for $name {})+)?)+
        define_acts!(@impl $($name($on)),+);
    };
    (@impl $($name:ident($on:ty)),+) => { $(define_acts!(@one $name($on));)+ };
    // Reading has its own decision below: it depends on the visibility of the record, not only on the role.
    (@one ReadProject($on:ty)) => {};
    (@one ReadReport($on:ty)) => {};
    (@one ReadPlan($on:ty)) => {};
    (@one ListComments($on:ty)) => {};
    (@one ReadComment($on:ty)) => {};
    (@one ReadUser($on:ty)) => {};
    (@one EditUser($on:ty)) => {};
    (@one GiveGrant($on:ty)) => {};
    (@one $name:ident($on:ty)) => { impl PolicyAction for $name { type Subject = $on; const ACT: Act = Act::$name; } };
}

define_acts! {
    /// Reads reference data, plans and cycles.
    ReadReference(NetworkSubject) = "read_reference", EVERYBODY;
    /// Reads a city's reference data.
    ReadCity(CitySubject) = "read_city", EVERYBODY;
    /// Reads a cycle.
    ReadCycle(CycleSubject) = "read_cycle", EVERYBODY;
    /// Reads a partner.
    ReadPartner(PartnerSubject) = "read_partner", EVERYBODY;
    /// Reads figures and other approved data.
    ReadFigures(NetworkSubject) = "read_figures", EVERYBODY;
    /// Adds cities and partners.
    AddReference(NetworkSubject) saves [City, Partner] = "add_reference", NETWORK;
    /// Edits a city.
    EditCity(CitySubject) saves [City] = "edit_city", NETWORK;
    /// Edits a partner.
    EditPartner(PartnerSubject) saves [Partner] = "edit_partner", NETWORK;
    /// Reads a city's action plan.
    ReadPlan(PlanSubject) = "read_plan", EVERYBODY;
    /// Writes a city's action plan.
    WritePlan(PlanSubject) saves [ActionPlan] = "write_plan", CITY;
    /// Adds a cycle.
    AddCycle(NetworkSubject) saves [ReportingCycle] = "add_cycle", NETWORK;
    /// Edits, opens and closes a cycle.
    RunCycle(CycleSubject) saves [ReportingCycle] = "run_cycle", NETWORK;
    /// Reads a city's checklist of a cycle.
    ReadCityCycle(CityCycleSubject) = "read_city_cycle", INSIDE;
    /// Reads a city's checklist of a cycle as a workbook.
    ReadWorkbook(CityCycleSubject) = "read_workbook", INSIDE;
    /// Imports records into at least one of the caller's cities.
    ImportRecords(NetworkSubject) = "import_records", OFFICERS;
    /// Imports records into this city.
    ImportInto(CityCycleSubject) = "import_into", CITY;
    /// Lists the extensions that the caller may see.
    ListExtensions(CycleSubject) = "list_extensions", WORKERS;
    /// Reads a city's extension.
    ReadExtension(ExtensionSubject) = "read_extension", INSIDE;
    /// Grants a city an extension or withdraws it.
    ExtendDeadline(ExtensionSubject) saves [DeadlineExtension] = "extend", REOPEN;
    /// Downloads a city's workbook, for any cycle.
    OpenWorkbook(CitySubject) = "open_workbook", INSIDE;
    /// Lists projects.
    ListProjects(NetworkSubject) = "list_projects", EVERYBODY;
    /// Reads a project.
    ReadProject(ProjectSubject) = "read", EVERYBODY;
    /// Creates projects in at least one of the caller's cities.
    CreateProjects(NetworkSubject) = "create_projects", OFFICERS;
    /// Creates a project in this city.
    CreateProjectIn(CitySubject) saves [Project] = "create_project", CITY;
    /// Edits a project, its milestones, indicators and partnerships.
    EditProject(ProjectSubject) saves [Project, Milestone, Indicator, Partnership] = "edit", CITY;
    /// Deletes a project that has no report.
    DeleteProject(ProjectSubject) saves [Project, Milestone, Indicator, Partnership] = "delete", CITY;
    /// Reads the history of a project.
    ReadProjectHistory(ProjectSubject) = "read_history", INSIDE;
    /// Lists reports.
    ListReports(NetworkSubject) = "list_reports", EVERYBODY;
    /// Submits or decides on several reports at once. The policy decides on each report as well.
    BulkReports(NetworkSubject) = "bulk_reports", FILERS;
    /// Reads a report.
    ReadReport(ReportSubject) = "read", EVERYBODY;
    /// Writes a report.
    EditReport(ReportSubject) saves [Report, Comment] = "edit", CITY;
    /// Submits a report to the national representative.
    SubmitReport(ReportSubject) saves [Report, Comment] = "submit", CITY;
    /// Withdraws a submission.
    WithdrawReport(ReportSubject) saves [Report, Comment] = "withdraw", CITY;
    /// Returns a report to its city.
    ReturnReport(ReportSubject) saves [Report, Comment] = "return", REVIEW;
    /// Approves a report.
    ApproveReport(ReportSubject) saves [Report, ApprovedReport, ApprovedProject, Comment] = "approve", REVIEW;
    /// Reopens an approved report.
    ReopenReport(ReportSubject) saves [Report, Comment] = "reopen", REOPEN;
    /// Reads the readiness, the history and the differences of a report.
    ReadReportInside(ReportSubject) = "read_inside", INSIDE;
    /// Lists the comments on a report.
    ListComments(ReportSubject) = "list_comments", INSIDE;
    /// Comments on a report.
    CommentReport(ReportSubject) saves [Comment] = "comment", INSIDE;
    /// Reads a comment.
    ReadComment(CommentSubject) = "read_comment", INSIDE;
    /// Resolves a comment, or opens it again.
    ResolveComment(CommentSubject) saves [Comment] = "resolve_comment", INSIDE;
    /// Reads releases.
    ReadReleases(NetworkSubject) = "read_releases", EVERYBODY;
    /// Publishes a release.
    PublishRelease(NetworkSubject) saves [Release] = "publish_release", NETWORK;
    /// Lists shares.
    ListShares(NetworkSubject) = "list_shares", NETWORK;
    /// Creates a share.
    CreateShare(NetworkSubject) saves [Share] = "create_share", NETWORK;
    /// Reads a share.
    ReadShare(ShareSubject) = "read_share", NETWORK;
    /// Revokes a share.
    RevokeShare(ShareSubject) saves [Share] = "revoke_share", NETWORK;
    /// Lists the users that the caller may see.
    ListUsers(NetworkSubject) = "list_users", USERS_READ;
    /// Reads a user's account.
    ReadUser(UserSubject) = "read_user", USERS_READ;
    /// Invites a user.
    InviteUsers(NetworkSubject) saves [User] = "invite_users", USERS_WRITE;
    /// Gives a user a role on a scope.
    GiveGrant(GrantSubject) saves [Grant] = "give_grant", USERS_WRITE;
    /// Renames and disables a user, gives and revokes their grants.
    EditUser(UserSubject) saves [User, Grant] = "edit_user", USERS_WRITE;
    /// Reads the whole journal.
    ReadJournal(NetworkSubject) = "read_journal", AUDIT;
}

impl Act {
    /// Returns `true` if a role on a scope permits the action for a record in the place.
    #[must_use]
    pub fn permits_role(self, role: Role, scope: &Scope, place: &RecordPlace) -> bool {
        self.permitted().iter().any(|(r, reach)| {
            *r == role
                && match reach {
                    Any => true,
                    Own => scope.covers_place(place),
                }
        })
    }

    /// Returns `true` if the action may create its record.
    #[must_use]
    pub const fn can_create_record(self) -> bool {
        matches!(self, Self::EditReport)
    }

    /// Returns `true` if the action shows the content of the working copy. Knowing that the copy exists is then not
    /// enough.
    #[must_use]
    pub const fn needs_working_copy(self) -> bool {
        matches!(self, Self::ReadReportInside | Self::CommentReport | Self::ResolveComment)
    }

    /// Returns `true` if the action decides on a report. A second person must do that: nobody decides on their own
    /// work.
    #[must_use]
    pub const fn needs_two_keys(self) -> bool {
        matches!(self, Self::ReturnReport | Self::ApproveReport)
    }
}

impl PolicyAction for ReadProject {
    type Subject = ProjectSubject;
    const ACT: Act = Act::ReadProject;
    fn decide_access(
        actor: &Actor,
        subject: &ProjectSubject,
    ) -> Result<PermissionBasis, AccessDenied> {
        decide_read(subject.visibility_for(actor))
    }
}

impl PolicyAction for ReadReport {
    type Subject = ReportSubject;
    const ACT: Act = Act::ReadReport;
    fn decide_access(
        actor: &Actor,
        subject: &ReportSubject,
    ) -> Result<PermissionBasis, AccessDenied> {
        // A report that was never begun is missing for everybody.
        if subject.report.is_none() {
            Err(AccessDenied::Hidden)
        } else {
            decide_read(subject.visibility_for(actor))
        }
    }
}

impl PolicyAction for ListComments {
    type Subject = ReportSubject;
    const ACT: Act = Act::ListComments;
    /// A reviewer reads nothing on a report that was never submitted, unless its city asks something.
    fn decide_access(
        actor: &Actor,
        subject: &ReportSubject,
    ) -> Result<PermissionBasis, AccessDenied> {
        if subject.shows_only_questions(actor) {
            let asked = subject.has_question.get().map_err(AccessDenied::Undecided)?;
            require_question(*asked)?;
        }
        decide_by_permissions(Self::ACT, actor, subject)
    }
}

impl PolicyAction for ReadComment {
    type Subject = CommentSubject;
    const ACT: Act = Act::ReadComment;
    /// On a report that was never submitted, a reviewer reads the questions of its city.
    fn decide_access(
        actor: &Actor,
        subject: &CommentSubject,
    ) -> Result<PermissionBasis, AccessDenied> {
        if subject.report_subject.shows_only_questions(actor) {
            require_question(subject.comment.question)?;
        }
        decide_by_permissions(Self::ACT, actor, subject)
    }
}

fn require_question(question: bool) -> Result<(), AccessDenied> {
    if question { Ok(()) } else { Err(AccessDenied::Forbidden(message::access::not_submitted())) }
}

impl PolicyAction for ReadPlan {
    type Subject = PlanSubject;
    const ACT: Act = Act::ReadPlan;
    fn decide_access(
        actor: &Actor,
        subject: &PlanSubject,
    ) -> Result<PermissionBasis, AccessDenied> {
        // A plan that was never written is missing for everybody.
        if subject.plan.is_none() {
            Err(AccessDenied::Hidden)
        } else {
            decide_read(subject.visibility_for(actor))
        }
    }
}

pub(super) fn decide_read(visibility: Visibility) -> Result<PermissionBasis, AccessDenied> {
    match visibility {
        Visibility::Hidden => Err(AccessDenied::Hidden),
        Visibility::ExistenceOnly => Err(AccessDenied::Forbidden(message::access::not_submitted())),
        Visibility::Readable(_) => Ok(PermissionBasis { acting_for: None }),
    }
}
