//! Projects: read, create, edit and delete one project. The list is in `list.rs`.

use actix_web::web::Data;

use super::{
    answer::Answer,
    body::{Json, Query},
    error::ApiResult,
    history::{self, HistoryList, HistoryParams},
    may::May,
    precondition::VersionRequired,
    service_config::ServiceConfig,
    state::State,
};
use crate::{
    app::projects::{self, ProjectChanges, ProjectRequest, RawProject},
    domain::policy::{CreateProjects, DeleteProject, EditProject, ReadProject, ReadProjectHistory},
    store::{Conn, StoreResult, history::HistoryFilter},
};

mod input;
mod list;
mod view;

pub(crate) use input::{NewProject, ProjectPatch};
pub(crate) use view::{LatestView, LocationView, ProjectView};

pub(super) fn register_routes(cfg: &mut ServiceConfig) {
    cfg.get(operation!(list::list_projects))
        .post(operation!(create_project))
        .get(operation!(get_project))
        .patch(operation!(edit_project))
        .delete(operation!(delete_project))
        .get(operation!(list_project_history));
}

/// Read a project
///
/// Returns the working copy to officers of the project's city, to the national representative of its country and to the
/// secretariat. All other callers get the approved copy, readers within their scope only; the answer is 404 if there is
/// none.
#[utoipa::path(get, path = "/projects/{project}", tag = "projects",
    responses((status = 200, body = ProjectView)))]
async fn get_project(may: May<ReadProject>, state: Data<State>) -> ApiResult<Answer> {
    let proof = may.proof;
    let read = move |c: &mut Conn| -> StoreResult<ProjectView> {
        let (subject, actor) = (proof.subject(), proof.actor());
        let blocker = projects::find_deletion_blocker(c, subject, actor)?;
        Ok(ProjectView::new(subject, actor, blocker))
    };
    state.db.read_point(read).await?.into_answer(may.language)
}

/// Create a project
///
/// Adds a project to the plan of a city. Only officers of that city may do this. The project gets the next number of
/// the city, which is never used again. If the body is not valid, the answer is 422 and lists all faults. If the city has a
/// project of this title already, the project is created, and `warnings` names the one that is there. Titles are compared
/// without case and spaces. A project that continues the other one is no duplicate of it.
#[utoipa::path(post, path = "/projects", tag = "projects", request_body = NewProject,
    responses((status = 201, body = ProjectView)))]
async fn create_project(
    may: May<CreateProjects, Json<NewProject>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let (caller, Json(body)) = (may.caller, may.body);
    let (raw, words) = (RawProject::from(body), state.vocabulary.load_full());
    let write = state.db.write(move |tx| projects::create_project(tx, caller, &raw, &words));
    let view = ProjectView::from(write.await?);
    let location = format!("/api/v1/projects/{}", view.code);
    Ok(view.into_answer(may.language)?.mark_created(location))
}

/// Edit a project
///
/// Changes the members that the patch contains (RFC 7396), and validates the whole project again. Only officers of the
/// project's city may do this. City, plan cycle and code never change: another value for them is refused with 422. A
/// patch that changes nothing adds no version.
#[utoipa::path(patch, path = "/projects/{project}", tag = "projects", request_body = ProjectPatch,
    responses((status = 200, body = ProjectView)))]
async fn edit_project(
    may: May<EditProject, Json<ProjectPatch>, VersionRequired>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let (caller, key, precondition, Json(patch)) =
        (may.caller, may.key, may.precondition.into(), may.body);
    let request = ProjectRequest { caller, key, precondition };
    let (changes, words) = (ProjectChanges::from(patch), state.vocabulary.load_full());
    let write = state.db.write(move |tx| projects::edit_project(tx, &request, changes, &words));
    ProjectView::from(write.await?).into_answer(may.language)
}

/// Delete a project
///
/// Deletes a project with its milestones, indicators and partnerships. Only officers of the project's city may do this.
/// The answer is 409 if the project has a report or another project continues it; otherwise it is the last state of the
/// project. The number of the project is never used again.
#[utoipa::path(delete, path = "/projects/{project}", tag = "projects",
    responses((status = 200, body = ProjectView)))]
async fn delete_project(
    may: May<DeleteProject, (), VersionRequired>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let (caller, key, precondition) = (may.caller, may.key, may.precondition.into());
    let request = ProjectRequest { caller, key, precondition };
    let deleted = state.db.write(move |tx| projects::delete_project(tx, &request)).await?;
    ProjectView::from(deleted).into_answer(may.language)
}

/// Read the history of a project
///
/// Lists every change of the project and of its milestones, indicators and partnerships, the newest first. For officers
/// of the project's city, the national representative of its country and the secretariat.
#[utoipa::path(get, path = "/projects/{project}/history", tag = "projects", params(HistoryParams),
    responses((status = 200, body = HistoryList)))]
async fn list_project_history(
    may: May<ReadProjectHistory, Query<HistoryParams>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let path = format!("/api/v1/projects/{}/history", may.key);
    history::answer_page(&state, &path, HistoryFilter::for_project(&may.key), may.body.0).await
}
