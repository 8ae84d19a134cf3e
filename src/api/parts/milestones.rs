//! The milestones of projects.

use actix_web::web::Data;
use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::PartResource;
use crate::{
    api::{
        answer::Answer,
        body::{Json, Query},
        error::ApiResult,
        may::May,
        merge::define_request_shapes,
        page::{WholeListParams, list_type},
        precondition::VersionRequired,
        service_config::ServiceConfig,
        state::State,
        views::RecordWarning,
    },
    domain::{
        id::Id,
        policy::{EditProject, ReadProject},
        project::Project,
        project_parts::{Milestone, parse::RawMilestone},
        subject::project_part::{EditPart, ReadPart},
    },
    store::{
        Conn, StoreResult,
        reports::{self, ReachedDays},
    },
};

pub(super) fn register_routes(cfg: &mut ServiceConfig) {
    cfg.get(operation!(list_milestones))
        .get(operation!(get_milestone))
        .post(operation!(create_milestone))
        .patch(operation!(edit_milestone))
        .delete(operation!(delete_milestone));
}

/// A step of a project, with the day by which it is due.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct MilestoneView {
    /// Identifier of the milestone.
    pub id: Uuid,
    /// Title: the step that is to be reached.
    #[schema(example = "Control centre in service")]
    pub title: String,
    /// Day by which the milestone is due.
    pub due_on: NaiveDate,
    /// Weight of the milestone in the project's progress, 1 to 1000.
    #[schema(minimum = 1, maximum = 1000)]
    pub weight: i64,
    /// Day on which the milestone was reached, as the city keeps it on the project's own record; null if it is not
    /// reached. In the header of a report, null also if that day is after the cut-off of the cycle.
    #[schema(required)]
    pub completed_on: Option<NaiveDate>,
    /// Day on which the milestone was reached, as stated by the project's approved report with the latest cut-off; null
    /// if that report states none, or if there is no approved report. Absent in the header of a report.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<NaiveDate>)]
    pub reached_on: Option<Option<NaiveDate>>,
    /// Version of the milestone, from 1. In the approved copy of a project or report, the version of that copy.
    pub version: i64,
    /// Doubts about a record that was just created. Absent if there are none, and in every answer but that of `POST`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<RecordWarning>,
}
list_type!(
    /// All milestones of a project.
    MilestoneList of MilestoneView
);

impl From<Milestone> for MilestoneView {
    fn from(m: Milestone) -> Self {
        Self {
            id: m.id.as_uuid(),
            title: m.title.to_string(),
            due_on: m.due_on,
            weight: m.weight,
            completed_on: m.completed_on,
            reached_on: None,
            version: m.version,
            warnings: Vec::new(),
        }
    }
}

define_request_shapes! {
    /// A new milestone. A null member is the same as an absent one.
    #[schema(example = json!({"title": "Control centre in service", "due_on": "2024-06-30", "weight": 3}))]
    NewMilestone {}
    /// A patch of a milestone (RFC 7396): an absent member stays, null clears it.
    #[schema(example = json!({"due_on": "2024-09-30"}))]
    MilestonePatch {}
    RawMilestone {
        /// Title: the step that is to be reached, one line of at most 300 characters.
        #[schema(max_length = 300)]
        set title: String = String,
        /// Day by which the milestone is due.
        set due_on: String = NaiveDate,
        /// Weight of the milestone in the project's progress, 1 to 1000; 1 when absent.
        #[schema(minimum = 1, maximum = 1000)]
        set weight: i64 = Option<i64>,
        /// Day on which the milestone was reached.
        set completed_on: String = Option<NaiveDate>,
    }
}

impl PartResource for Milestone {
    type View = MilestoneView;
    type New = NewMilestone;
    type Patch = MilestonePatch;
    type List = MilestoneList;
    type Context = ReachedDays;

    fn load_context(conn: &mut Conn, project: Id<Project>) -> StoreResult<ReachedDays> {
        reports::load_reached_days(conn, project)
    }

    fn into_view(self, reached: &ReachedDays) -> MilestoneView {
        let reached_on = reached.get(&self.id).copied();
        MilestoneView { reached_on: Some(reached_on), ..self.into() }
    }

    fn with_warnings(view: MilestoneView, warnings: Vec<RecordWarning>) -> MilestoneView {
        MilestoneView { warnings, ..view }
    }

    fn sort_key(&self) -> String {
        format!("{} {}", self.due_on, self.id)
    }
}

/// List milestones
///
/// Lists all milestones of the project, ordered by due day. Callers who read the approved copy of the project get the
/// milestones of that copy.
#[utoipa::path(get, path = "/projects/{project}/milestones", tag = "projects",
    params(WholeListParams), responses((status = 200, body = MilestoneList)))]
async fn list_milestones(
    may: May<ReadProject, Query<WholeListParams>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    super::list_parts::<Milestone>(may, &state).await
}

/// Read a milestone
///
/// Returns one milestone of the project. Callers who read the approved copy of the project get the milestone of that
/// copy.
#[utoipa::path(get, path = "/projects/{project}/milestones/{id}", tag = "projects",
    responses((status = 200, body = MilestoneView)))]
async fn get_milestone(may: May<ReadPart<Milestone>>, state: Data<State>) -> ApiResult<Answer> {
    super::get_part(may, &state).await
}

/// Add a milestone
///
/// Adds a milestone to the project. Only officers of the project's city may do this. The answer is 409 if the project
/// has a milestone with this title on this day already, or has 200 milestones. If the project has the title on another
/// day, the milestone is added, and `warnings` names the one that is there.
#[utoipa::path(post, path = "/projects/{project}/milestones",
    tag = "projects", request_body = NewMilestone,
    responses((status = 201, body = MilestoneView)))]
async fn create_milestone(
    may: May<EditProject, Json<NewMilestone>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    super::create_part::<Milestone>(may, &state).await
}

/// Edit a milestone
///
/// Changes the members that the patch contains (RFC 7396), and validates the whole milestone again. Only officers of
/// the project's city may do this. A patch that changes nothing adds no version.
#[utoipa::path(patch, path = "/projects/{project}/milestones/{id}",
    tag = "projects", request_body = MilestonePatch,
    responses((status = 200, body = MilestoneView)))]
async fn edit_milestone(
    may: May<EditPart<Milestone>, Json<MilestonePatch>, VersionRequired>,
    state: Data<State>,
) -> ApiResult<Answer> {
    super::edit_part(may, &state).await
}

/// Delete a milestone
///
/// Deletes the milestone and answers its last state. Only officers of the project's city may do this. Approved copies
/// that contain the milestone do not change.
#[utoipa::path(delete, path = "/projects/{project}/milestones/{id}", tag = "projects",
    responses((status = 200, body = MilestoneView)))]
async fn delete_milestone(
    may: May<EditPart<Milestone>, (), VersionRequired>,
    state: Data<State>,
) -> ApiResult<Answer> {
    super::delete_part(may, &state).await
}
