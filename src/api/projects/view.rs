//! The view of a project: the working copy for callers who work on it, the approved copy for all others.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::{
    api::{
        answer::Answer,
        error::ApiResult,
        views::{AllowedAction, AllowedActions, MoneyView, RecordWarning},
    },
    app::projects::ProjectDetail,
    domain::{
        language::Language,
        message,
        policy::{
            AccessDenied, Actor, DeleteProject, EditProject, PolicyAction, PolicyResource as _,
            ReadProjectHistory, RecordCopy, Visibility,
        },
        project::{
            self, ApprovedProject, DeletionBlocker, Header, LatestReport, Project, ProjectDetails,
        },
        report::ProjectStatus,
        subject::ProjectSubject,
        value::{Percent, Prose, Slug, Title},
    },
};

/// Location of a project.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct LocationView {
    /// Latitude in degrees north (WGS 84); null if not stated.
    #[schema(required)]
    pub latitude: Option<f64>,
    /// Longitude in degrees east (WGS 84); null if not stated.
    #[schema(required)]
    pub longitude: Option<f64>,
    /// Location in words; null if not stated.
    #[schema(required)]
    pub text: Option<String>,
}
impl From<project::ProjectLocation> for LocationView {
    fn from(l: project::ProjectLocation) -> Self {
        Self {
            latitude: l.latitude,
            longitude: l.longitude,
            text: l.text.as_ref().map(Title::to_string),
        }
    }
}

/// The project's latest approved report, in short.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct LatestView {
    /// Slug of its cycle.
    #[schema(example = "me-2025")]
    pub cycle: String,
    /// Status of the project in that report.
    pub status: ProjectStatus,
    /// Completed share of the project in percent in that report, 0 to 100; null if not stated.
    #[schema(required)]
    pub percent_complete: Option<f64>,
}
impl From<&LatestReport> for LatestView {
    fn from(l: &LatestReport) -> Self {
        Self {
            cycle: l.cycle.to_string(),
            status: l.status,
            percent_complete: l.percent_complete.map(Percent::value),
        }
    }
}

/// A project of a city's action plan. Officers of the project's city, the national representative of its country and
/// the secretariat get the working copy; all other callers get the approved copy.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ProjectView {
    /// Public code: the slug of the city and a number that is never reused.
    #[schema(example = "da-nang-4")]
    pub code: String,
    /// Slug of the city.
    #[schema(example = "da-nang")]
    pub city: String,
    /// ISO 3166-1 alpha-2 code of the country.
    #[schema(example = "VN")]
    pub country: String,
    /// Slug of the plan cycle.
    #[schema(example = "2018-2025")]
    pub plan_cycle: String,
    /// Title in English.
    pub title: String,
    /// Title in the local language and script; null if none.
    #[schema(required)]
    pub title_local: Option<String>,
    /// Summary of the project; null for some imported projects.
    #[schema(required)]
    pub summary: Option<String>,
    /// Slug of the one focus area under which official tables count the project; null for some imported projects.
    #[schema(required)]
    pub focus_area: Option<String>,
    /// Slugs of further focus areas.
    pub other_focus_areas: Vec<String>,
    /// Slug of a sub-area of `focus_area`; null if none.
    #[schema(required)]
    pub sub_area: Option<String>,
    /// Slugs of strategic outcomes of the framework.
    pub outcomes: Vec<String>,
    /// Slugs of enablers of the framework.
    pub enablers: Vec<String>,
    /// Slugs of sectors.
    pub sectors: Vec<String>,
    /// Slugs of tags of the country's own scheme.
    pub tags: Vec<String>,
    /// `true` if the project is one of the plan's priority projects.
    pub priority: bool,
    /// First day of the project; null for some imported projects.
    #[schema(required)]
    pub starts_on: Option<NaiveDate>,
    /// Last day of the project; null for some imported projects.
    #[schema(required)]
    pub ends_on: Option<NaiveDate>,
    /// Reason for dates outside the plan cycle, or the basis of the dates; null if not stated.
    #[schema(required)]
    pub dates_reason: Option<String>,
    /// Money that is planned for the project; null if not stated.
    #[schema(required)]
    pub budget: Option<MoneyView>,
    /// Support that the city looks for; null if none.
    #[schema(required)]
    pub support_required: Option<String>,
    /// Location of the project; null if not stated.
    #[schema(required)]
    pub location: Option<LocationView>,
    /// Numbers of Sustainable Development Goals, 1 to 17.
    pub sdgs: Vec<i64>,
    /// Note on rights and inclusion: who is reached, and who might be left out. Null if none.
    #[schema(required)]
    pub inclusion_note: Option<String>,
    /// Code of the project that this project continues; null if none.
    #[schema(required)]
    pub continues: Option<String>,
    /// `true` if the project is no longer pursued or listed.
    pub archived: bool,
    /// Facts of the published history that have no field of their own; null for projects that were recorded in this
    /// service.
    #[schema(required, value_type = Option<Object>)]
    pub imported: Option<Value>,
    /// The latest approved report; null before the first approval.
    #[schema(required)]
    pub latest: Option<LatestView>,
    /// Version of the copy in this answer. It increases with every change of that copy.
    pub version: i64,
    /// Time at which this copy was created.
    pub created_at: DateTime<Utc>,
    /// Time of the last change of this copy.
    pub updated_at: DateTime<Utc>,
    /// Actions that the caller may take now, each with the reason if it is refused: `edit`, `delete`, `read_history`.
    #[schema(
        value_type = BTreeMap<String, AllowedAction>,
        example = json!({"edit": {"allowed": true}, "delete": {"allowed": false, "reason": "it has a report"}})
    )]
    pub allowed_actions: AllowedActions,
    /// Doubts about a record that was just created. Absent if there are none, and in every answer but that of `POST`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<RecordWarning>,
}

/// The data that both copies of a project have in common.
struct ProjectCopy<'a> {
    project: &'a Project,
    plan_cycle: &'a Slug,
    details: &'a ProjectDetails,
    imported: Option<&'a Value>,
    version: i64,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl<'a> ProjectCopy<'a> {
    fn from_working(project: &'a Project) -> Self {
        Self {
            project,
            plan_cycle: &project.plan_cycle,
            details: &project.details,
            imported: project.imported.as_ref(),
            version: project.version,
            created_at: project.created_at,
            updated_at: project.updated_at,
        }
    }
    fn from_approved(project: &'a Project, approved: &'a ApprovedProject) -> Self {
        let header: &Header = &approved.header;
        Self {
            project,
            plan_cycle: &header.plan_cycle,
            details: &header.details,
            imported: header.imported.as_ref(),
            version: approved.version,
            created_at: approved.created_at,
            updated_at: approved.updated_at,
        }
    }
}

fn to_strings(slugs: &[Slug]) -> Vec<String> {
    slugs.iter().map(Slug::to_string).collect()
}

impl ProjectView {
    /// Builds the view of the copy that the actor reads. `bound` is the reason why the project cannot be deleted, if
    /// there is one.
    #[must_use]
    pub(crate) fn new(
        subject: &ProjectSubject,
        actor: &Actor,
        bound: Option<DeletionBlocker>,
    ) -> Self {
        let inside = subject.visibility_for(actor) == Visibility::Readable(RecordCopy::Working);
        let copy = match &subject.approved {
            Some(approved) if !inside => ProjectCopy::from_approved(&subject.project, approved),
            Some(_) | None => ProjectCopy::from_working(&subject.project),
        };
        let d = copy.details;
        Self {
            code: copy.project.code.to_string(),
            city: copy.project.city.to_string(),
            country: copy.project.country.to_string(),
            plan_cycle: copy.plan_cycle.to_string(),
            title: d.title.to_string(),
            title_local: d.title_local.as_ref().map(Title::to_string),
            summary: d.summary.as_ref().map(Prose::to_string),
            focus_area: d.focus_area.as_ref().map(Slug::to_string),
            other_focus_areas: to_strings(&d.other_focus_areas),
            sub_area: d.sub_area.as_ref().map(Slug::to_string),
            outcomes: to_strings(&d.outcomes),
            enablers: to_strings(&d.enablers),
            sectors: to_strings(&d.sectors),
            tags: to_strings(&d.tags),
            priority: d.priority,
            starts_on: d.starts_on,
            ends_on: d.ends_on,
            dates_reason: d.dates_reason.as_ref().map(Prose::to_string),
            budget: d.budget.map(MoneyView::from),
            support_required: d.support_required.as_ref().map(Prose::to_string),
            location: d.location.clone().map(LocationView::from),
            sdgs: d.sdgs.clone(),
            inclusion_note: d.inclusion_note.as_ref().map(Prose::to_string),
            continues: d.continues.as_ref().map(ToString::to_string),
            archived: d.archived,
            imported: copy.imported.cloned(),
            latest: subject.approved.as_ref().map(|a| LatestView::from(&a.latest)),
            version: copy.version,
            created_at: copy.created_at,
            updated_at: copy.updated_at,
            allowed_actions: list_allowed_actions(subject, actor, bound),
            warnings: Vec::new(),
        }
    }

    /// Puts the reasons into words, and builds the answer.
    pub(super) fn into_answer(mut self, language: Language) -> ApiResult<Answer> {
        self.allowed_actions.word_reasons(language);
        Ok(Answer::from_record(self.version, &self)?.in_language(language))
    }
}

impl From<ProjectDetail> for ProjectView {
    fn from(detail: ProjectDetail) -> Self {
        let view = Self::new(&detail.subject, &detail.actor, detail.deletion_blocker);
        Self { warnings: RecordWarning::list_duplicate(detail.duplicate_of), ..view }
    }
}

/// Asks the policy first, and then whether the state of the project allows the action.
fn list_allowed_actions(
    subject: &ProjectSubject,
    actor: &Actor,
    bound: Option<DeletionBlocker>,
) -> AllowedActions {
    let delete = match (decide_action::<DeleteProject>(subject, actor), bound) {
        (AllowedAction { allowed: true, .. }, Some(blocker)) => {
            AllowedAction::new_refused(blocker.message())
        }
        (answer, _) => answer,
    };
    [
        (EditProject::ACT, decide_action::<EditProject>(subject, actor)),
        (DeleteProject::ACT, delete),
        (ReadProjectHistory::ACT, decide_action::<ReadProjectHistory>(subject, actor)),
    ]
    .into_iter()
    .map(|(act, answer)| (act.as_str().to_owned(), answer))
    .collect()
}

fn decide_action<A: PolicyAction<Subject = ProjectSubject>>(
    subject: &ProjectSubject,
    actor: &Actor,
) -> AllowedAction {
    match A::decide_access(actor, subject) {
        Ok(_) => AllowedAction::new_allowed(),
        Err(AccessDenied::Forbidden(reason)) => AllowedAction::new_refused(reason),
        // No part of a project is ever left out, so that the policy always decides.
        Err(AccessDenied::Hidden | AccessDenied::Undecided(_)) => {
            AllowedAction::new_refused(message::access::nothing_visible())
        }
    }
}
