//! Milestones.

use actix_web::{delete, get, patch, post, web::Data};
use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::PartResource;
use crate::{
    api::{
        answer::Answer, body::Json, error::ApiResult, may::May, merge::typed, page::list_type,
        service_config::ServiceConfig, state::State,
    },
    domain::{
        policy::{EditProject, ReadProject},
        project_parts::{Milestone, parse::RawMilestone},
        subject::project_part::{EditPart, ReadPart},
    },
};

/// Registers the operations of this file.
pub(super) fn register_routes(cfg: &mut ServiceConfig) {
    cfg.service(list_milestones)
        .service(get_milestone)
        .service(create_milestone)
        .service(edit_milestone)
        .service(delete_milestone);
}

/// A step of a project with a day by which it is due.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct MilestoneView {
    /// Its identifier.
    pub id: Uuid,
    /// What is reached.
    #[schema(example = "Control centre in service")]
    pub title: String,
    /// By when.
    pub due_on: NaiveDate,
    /// Its share in the project's progress, from 1 to 1,000.
    #[schema(minimum = 1, maximum = 1000)]
    pub weight: i64,
    /// When it was reached.
    #[schema(required)]
    pub completed_on: Option<NaiveDate>,
    /// Counts the changes, from 1; in an approved copy, those of the copy.
    pub version: i64,
}
list_type!(
    /// The milestones of a project, all of them.
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
            version: m.version,
        }
    }
}

typed! {
    /// A new milestone.
    #[schema(example = json!({"title": "Control centre in service", "due_on": "2024-06-30", "weight": 3}))]
    NewMilestone {}
    /// What changes of a milestone (RFC 7396).
    #[schema(example = json!({"due_on": "2024-09-30"}))]
    MilestonePatch {}
    RawMilestone {
        /// What is reached, one line of at most 300 characters.
        set title: String = String,
        /// By when.
        set due_on: String = NaiveDate,
        /// Its share in the project's progress, from 1 to 1,000; 1 when absent.
        set weight: i64 = Option<i64>,
        /// When it was reached.
        set completed_on: String = Option<NaiveDate>,
    }
}

impl PartResource for Milestone {
    type View = MilestoneView;
    type New = NewMilestone;
    type Patch = MilestonePatch;
    const SEGMENT: &'static str = "milestones";
}

/// List milestones
///
/// In the order of the days by which they are due. Strangers read them as they were last approved.
#[utoipa::path(tag = "projects", responses((status = 200, body = MilestoneList)))]
#[get("/projects/{project}/milestones")]
async fn list_milestones(may: May<ReadProject>, state: Data<State>) -> ApiResult<Answer> {
    Answer::from_value(&MilestoneList::from(super::list_parts::<Milestone>(may, &state).await?))
}

/// Read a milestone
///
/// Strangers read it as it was last approved.
#[utoipa::path(tag = "projects", responses((status = 200, body = MilestoneView)))]
#[get("/projects/{project}/milestones/{id}")]
async fn get_milestone(may: May<ReadPart<Milestone>>) -> ApiResult<Answer> {
    super::get_part(&may)
}

/// Add a milestone
///
/// A project has a milestone of one title on one day only once.
#[utoipa::path(tag = "projects", request_body = NewMilestone, responses((status = 201, body = MilestoneView)))]
#[post("/projects/{project}/milestones")]
async fn create_milestone(
    may: May<EditProject, Json<NewMilestone>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    super::create_part::<Milestone>(may, &state).await
}

/// Edit a milestone
///
/// Changes what the patch names; the whole is checked again.
#[utoipa::path(tag = "projects", request_body = MilestonePatch, responses((status = 200, body = MilestoneView)))]
#[patch("/projects/{project}/milestones/{id}")]
async fn edit_milestone(
    may: May<EditPart<Milestone>, Json<MilestonePatch>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    super::edit_part(may, &state).await
}

/// Delete a milestone
///
/// Answers its last state. What was approved with it stays as it was approved.
#[utoipa::path(tag = "projects", responses((status = 200, body = MilestoneView)))]
#[delete("/projects/{project}/milestones/{id}")]
async fn delete_milestone(may: May<EditPart<Milestone>>, state: Data<State>) -> ApiResult<Answer> {
    super::delete_part(may, &state).await
}
