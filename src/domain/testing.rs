//! Records for the tests of the rules: one project of Da Nang, its report in one cycle, and users of every role.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use uuid::Uuid;

use super::{
    contributor::Contributor,
    cycle::{CycleState, ReportingCycle},
    id::Id,
    policy::Actor,
    project::{Header, Project, ProjectCode, ProjectDetails},
    project_parts::Milestone,
    reference::{City, CountryCode, NamesByLanguage},
    report::{
        ApprovedReport, AuditStamp, PercentMethod, ProjectStatus, Report, ReportContent,
        ReportState,
    },
    subject::{CityCalendar, Loaded, ReportSubject},
    user::{Grant, Role, Scope, User},
    value::{Percent, Prose, Slug, Title},
};

/// The instant at which everything in these tests happens.
pub(crate) fn now() -> DateTime<Utc> {
    "2026-11-20T03:00:00Z".parse().unwrap()
}
/// A day.
pub(crate) fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}
/// A slug.
pub(crate) fn slug(text: &str) -> Slug {
    Slug::parse(text).unwrap()
}
/// A country.
pub(crate) fn country(code: &str) -> CountryCode {
    CountryCode::parse(code).unwrap()
}
/// The user with a number.
pub(crate) fn user(n: u128) -> Id<User> {
    Id::new(Uuid::from_u128(n))
}
/// A user who contributed to the report before its last submission.
pub(crate) fn contributor(n: u128) -> Contributor {
    Contributor { user: user(n), after_submission: false }
}
/// The officers' city.
pub(crate) fn city(slug_: &str, code: &str) -> Scope {
    Scope::City(slug(slug_), country(code))
}

/// A grant in force without an end.
pub(crate) fn grant(user: Id<User>, role: Role, scope: Scope) -> Grant {
    Grant {
        id: Id::new(Uuid::from_u128(9)),
        user,
        role,
        scope,
        from: None,
        until: None,
        acting_for: None,
        granted_by: None,
        granted_at: now(),
        version: 1,
    }
}

/// An actor with one grant.
pub(crate) fn actor(n: u128, role: Role, scope: Scope) -> Actor {
    Actor::new(user(n), vec![grant(user(n), role, scope)])
}
/// An officer of Da Nang.
pub(crate) fn officer(n: u128) -> Actor {
    actor(n, Role::CityOfficer, city("da-nang", "VN"))
}
/// A representative of Viet Nam.
pub(crate) fn representative(n: u128) -> Actor {
    actor(n, Role::NationalRepresentative, Scope::Country(country("VN")))
}
/// A user of the secretariat.
pub(crate) fn secretariat(n: u128) -> Actor {
    actor(n, Role::Secretariat, Scope::Network)
}

/// A city that is no pilot, in the time zone of Viet Nam.
pub(crate) fn town(key: &str, code: &str) -> City {
    City {
        slug: slug(key),
        names: NamesByLanguage::default(),
        aliases: Vec::new(),
        country: country(code),
        un_locode: None,
        time_zone: Tz::Asia__Ho_Chi_Minh,
        latitude: 0.0,
        longitude: 0.0,
        joined_year: 2018,
        pilot: false,
        note: None,
        version: 1,
    }
}

/// A project with everything that readiness asks for.
pub(crate) fn project() -> Project {
    Project {
        id: Id::new(Uuid::from_u128(100)),
        code: ProjectCode::parse("da-nang-4").unwrap(),
        city: slug("da-nang"),
        country: country("VN"),
        plan_cycle: slug("2018-2025"),
        details: ProjectDetails {
            title: Title::parse("Traffic control centre").unwrap(),
            title_local: None,
            summary: None,
            focus_area: Some(slug("built-infrastructure")),
            other_focus_areas: Vec::new(),
            sub_area: None,
            outcomes: Vec::new(),
            enablers: Vec::new(),
            sectors: Vec::new(),
            tags: Vec::new(),
            priority: false,
            starts_on: Some(day("2019-01-01")),
            ends_on: Some(day("2025-12-31")),
            dates_reason: None,
            budget: None,
            support_required: None,
            location: None,
            sdgs: Vec::new(),
            inclusion_note: None,
            continues: None,
            archived: false,
        },
        imported: None,
        import_key: None,
        created_at: now(),
        updated_at: now(),
        version: 3,
    }
}

/// A header of the project.
pub(crate) fn header() -> Header {
    project().freeze_header(Vec::new(), Vec::new(), Vec::new())
}

/// A milestone of the project.
pub(crate) fn milestone(n: u128) -> Milestone {
    Milestone {
        id: Id::new(Uuid::from_u128(n)),
        project: project().id,
        code: project().code,
        title: Title::parse("Opened").unwrap(),
        due_on: day("2025-06-30"),
        weight: 1,
        completed_on: None,
        version: 1,
    }
}

/// A cycle in a state, due at the end of 2026.
pub(crate) fn cycle(state: CycleState) -> ReportingCycle {
    ReportingCycle {
        slug: slug("me-2026"),
        name: Title::parse("M&E 2026").unwrap(),
        plan_cycle: slug("2018-2025"),
        opens_on: Some(day("2026-07-01")),
        due_on: Some(day("2026-12-31")),
        review_due_on: Some(day("2027-01-31")),
        as_of: day("2026-12-31"),
        state,
        imported: None,
        version: 2,
    }
}

/// Content that is ready for submission.
pub(crate) fn ready() -> ReportContent {
    let text = |t: &str| Some(Prose::parse(t).unwrap());
    ReportContent {
        status: Some(ProjectStatus::Ongoing),
        percent_complete: Percent::from_hundredths(6250),
        percent_method: Some(PercentMethod::SelfAssessed),
        achievements: text("The centre is in operation."),
        challenges: text("Spare parts arrived late."),
        next_steps: text("Connect two districts."),
        ..ReportContent::default()
    }
}

/// An audit stamp of a user.
pub(crate) fn deed(n: u128) -> AuditStamp {
    AuditStamp { by: user(n), acting_for: None, at: now() }
}

/// A report in a state. Every report except a draft was submitted.
pub(crate) fn report(state: ReportState) -> Report {
    let submitted = state != ReportState::Draft;
    let decided = matches!(state, ReportState::Returned | ReportState::Approved);
    Report {
        id: Id::new(Uuid::from_u128(200)),
        project: project().id,
        code: project().code,
        cycle: slug("me-2026"),
        country: country("VN"),
        state,
        content: ready(),
        header: submitted.then(header),
        ever_submitted: submitted,
        edited: Some(deed(1)),
        submitted: submitted.then(|| deed(1)),
        first_submission: None,
        decided: decided.then(|| deed(2)),
        imported: None,
        version: 5,
    }
}

/// The approved copy of a report.
pub(crate) fn approved() -> ApprovedReport {
    ApprovedReport {
        report: Id::new(Uuid::from_u128(200)),
        project: project().id,
        code: project().code,
        country: country("VN"),
        cycle: slug("me-2026"),
        as_of: day("2026-12-31"),
        content: ready(),
        header: header(),
        imported: None,
        submitted_at: Some(now()),
        late: None,
        decided_at: Some(now()),
        updated_at: now(),
        version: 1,
    }
}

/// A report with everything that its rules need, in an open cycle.
pub(crate) fn subject(report: Option<Report>) -> ReportSubject {
    let approved =
        report.as_ref().filter(|r| r.state == ReportState::Approved).map(|_r| approved());
    ReportSubject {
        project: project(),
        milestones: Loaded::Value(Vec::new()),
        indicators: Loaded::Value(Vec::new()),
        partnerships: Loaded::Value(Vec::new()),
        cycle: cycle(CycleState::Open),
        calendar: Loaded::Value(CityCalendar { zone: Tz::Asia__Ho_Chi_Minh, extension: None }),
        earlier_content: Loaded::Value(None),
        has_question: Loaded::Value(false),
        unanswered_comments: Loaded::Value(Vec::new()),
        report,
        approved: Loaded::Value(approved),
        previous_status: Loaded::Value(None),
        contributors: Loaded::Value(Vec::new()),
        missed_release: false,
        released_in: Loaded::Value(None),
    }
}
