//! A project as it is answered: the working copy to those inside, the approved copy to strangers.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::{
    api::{
        answer::Answer,
        error::ApiResult,
        views::{AllowedAction, AllowedActions, MoneyView},
    },
    domain::{
        language::Language,
        policy::{
            AccessDenied, Actor, DeleteProject, EditProject, PolicyAction, PolicyResource as _,
            ReadProjectHistory, RecordCopy, Visibility,
        },
        project::{self, ApprovedProject, Header, LatestReport, Project, ProjectDetails},
        report::Status,
        subject::ProjectSubject,
        value::{Percent, Prose, Slug, Title},
    },
};

/// Where a project takes place.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct LocationView {
    /// WGS 84, degrees north.
    #[schema(required)]
    pub latitude: Option<f64>,
    /// WGS 84, degrees east.
    #[schema(required)]
    pub longitude: Option<f64>,
    /// In words.
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
    /// Its cycle.
    #[schema(example = "me-2025")]
    pub cycle: String,
    /// The status it states.
    pub status: Status,
    /// The percentage it states.
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

/// A project of a city's action plan.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ProjectView {
    /// The public code: the city and a number that is never reused.
    #[schema(example = "da-nang-4")]
    pub code: String,
    /// The city.
    #[schema(example = "da-nang")]
    pub city: String,
    /// The country.
    #[schema(example = "VN")]
    pub country: String,
    /// The plan cycle.
    #[schema(example = "2018-2025")]
    pub plan_cycle: String,
    /// Title in English.
    pub title: String,
    /// Title in the local language and script.
    #[schema(required)]
    pub title_local: Option<String>,
    /// What it is about; unknown for some imported projects.
    #[schema(required)]
    pub summary: Option<String>,
    /// The one focus area that official tables count it in; unknown for some imported projects.
    #[schema(required)]
    pub focus_area: Option<String>,
    /// Further focus areas.
    pub other_focus_areas: Vec<String>,
    /// A sub-area of its focus area.
    #[schema(required)]
    pub sub_area: Option<String>,
    /// Strategic outcomes of the framework.
    pub outcomes: Vec<String>,
    /// Enablers of the framework.
    pub enablers: Vec<String>,
    /// Sectors.
    pub sectors: Vec<String>,
    /// Tags of the country's own scheme.
    pub tags: Vec<String>,
    /// One of the plan's priority projects.
    pub priority: bool,
    /// First day; unknown for some imported projects.
    #[schema(required)]
    pub starts_on: Option<NaiveDate>,
    /// Last day; unknown for some imported projects.
    #[schema(required)]
    pub ends_on: Option<NaiveDate>,
    /// Why the dates lie outside the plan cycle, or what they are based on.
    #[schema(required)]
    pub dates_reason: Option<String>,
    /// The money planned for it.
    #[schema(required)]
    pub budget: Option<MoneyView>,
    /// Support the city looks for.
    #[schema(required)]
    pub support_required: Option<String>,
    /// Where it takes place.
    #[schema(required)]
    pub location: Option<LocationView>,
    /// Sustainable Development Goals.
    pub sdgs: Vec<i64>,
    /// Rights and inclusion.
    #[schema(required)]
    pub inclusion_note: Option<String>,
    /// The project that it grew out of.
    #[schema(required)]
    pub continues: Option<String>,
    /// No longer pursued or listed.
    pub archived: bool,
    /// What the published history says of it beyond these fields; null for projects that were recorded here.
    #[schema(required, value_type = Option<Object>)]
    pub imported: Option<Value>,
    /// The latest approved report; null before the first approval.
    #[schema(required)]
    pub latest: Option<LatestView>,
    /// Counts the changes of the copy that is shown.
    pub version: i64,
    /// When that copy was made.
    pub created_at: DateTime<Utc>,
    /// When that copy last changed.
    pub updated_at: DateTime<Utc>,
    /// What the caller may do: `edit`, `delete`, `read_history`.
    #[schema(inline)]
    pub allowed_actions: AllowedActions,
}

/// What a copy of a project holds, whichever it is.
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
    /// Shows a project as the actor sees it. `bound` says why it cannot be deleted, if so.
    #[must_use]
    pub(crate) fn new(on: &ProjectSubject, actor: &Actor, bound: Option<&'static str>) -> Self {
        let inside = on.visibility_for(actor) == Visibility::Readable(RecordCopy::Working);
        let copy = match &on.approved {
            Some(approved) if !inside => ProjectCopy::from_approved(&on.project, approved),
            Some(_) | None => ProjectCopy::from_working(&on.project),
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
            latest: on.approved.as_ref().map(|a| LatestView::from(&a.latest)),
            version: copy.version,
            created_at: copy.created_at,
            updated_at: copy.updated_at,
            allowed_actions: list_allowed_actions(on, actor, bound),
        }
    }

    /// Answers it with its reasons in a language.
    ///
    /// # Errors
    /// None: it has a JSON form.
    pub(super) fn into_answer(mut self, language: Language) -> ApiResult<Answer> {
        self.allowed_actions.translate_reasons(language);
        Ok(Answer::from_record(self.version, &self)?.in_language(language))
    }
}

/// Asks the policy, and then the state, what the actor may do.
fn list_allowed_actions(
    on: &ProjectSubject,
    actor: &Actor,
    bound: Option<&'static str>,
) -> AllowedActions {
    let delete = match (decide_action::<DeleteProject>(on, actor), bound) {
        (AllowedAction { allowed: true, .. }, Some(reason)) => AllowedAction::new_refused(reason),
        (answer, _) => answer,
    };
    [
        (EditProject::ACT, decide_action::<EditProject>(on, actor)),
        (DeleteProject::ACT, delete),
        (ReadProjectHistory::ACT, decide_action::<ReadProjectHistory>(on, actor)),
    ]
    .into_iter()
    .map(|(act, answer)| (act.as_str().to_owned(), answer))
    .collect()
}

fn decide_action<A: PolicyAction<Subject = ProjectSubject>>(
    on: &ProjectSubject,
    actor: &Actor,
) -> AllowedAction {
    match A::decide_access(actor, on) {
        Ok(_) => AllowedAction::new_allowed(),
        Err(AccessDenied::Forbidden(reason)) => AllowedAction::new_refused(reason),
        Err(AccessDenied::Hidden) => {
            AllowedAction::new_refused("there is nothing here that you may know of")
        }
    }
}
