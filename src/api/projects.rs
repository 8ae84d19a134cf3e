//! Projects: one by its code, and how it is recorded, edited and deleted. The list is in `list.rs`.

use actix_web::{delete, get, patch, post, web::Data};

use super::{
    answer::Answer,
    body::{Json, Query},
    error::{ApiError, ApiResult},
    history::{self, HistoryList, HistoryParams},
    may::May,
    service_config::ServiceConfig,
    state::State,
};
use crate::{
    clock,
    domain::{
        id::Id,
        policy::{
            Actor, CreateProjects, DeleteProject, EditProject, PolicyAction as _, ReadProject,
            ReadProjectHistory,
        },
        subject::ProjectSubject,
    },
    store::{Change, Conn, StoreResult, history::HistoryFilter, projects},
};

mod input;
mod list;
mod view;
mod writes;

pub(crate) use input::{NewProject, ProjectPatch};
pub(crate) use view::{LatestView, LocationView, ProjectView};
pub(super) use writes::{build_project, patch_project};

/// Registers the operations of this file.
pub(super) fn register_routes(cfg: &mut ServiceConfig) {
    cfg.service(list::list_projects)
        .service(create_project)
        .service(get_project)
        .service(edit_project)
        .service(delete_project)
        .service(list_project_history);
}

/// Shows a project as the actor sees it.
fn load_project_view(
    conn: &mut Conn,
    on: &ProjectSubject,
    actor: &Actor,
) -> StoreResult<ProjectView> {
    // Only asked where rights alone would allow it.
    let deletable = DeleteProject::decide_access(actor, on).is_ok();
    let bound = if deletable { projects::find_deletion_blocker(conn, &on.project)? } else { None };
    Ok(ProjectView::new(on, actor, bound))
}

/// Read a project
///
/// Its city, its representative and the secretariat see the working copy; everybody else what was last approved.
#[utoipa::path(tag = "projects", responses((status = 200, body = ProjectView)))]
#[get("/projects/{project}")]
async fn get_project(may: May<ReadProject>, state: Data<State>) -> ApiResult<Answer> {
    let proof = may.proof;
    let view =
        state.db.read_point(move |c| load_project_view(c, proof.subject(), proof.actor())).await?;
    view.into_answer(may.language)
}

/// Record a project
///
/// A city's officer adds a project to the city's plan. It gets the city's next number, which is never reused.
#[utoipa::path(tag = "projects", request_body = NewProject, responses((status = 201, body = ProjectView)))]
#[post("/projects")]
async fn create_project(
    may: May<CreateProjects, Json<NewProject>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let (caller, Json(body)) = (may.caller, may.body);
    let (words, id) = (state.vocabulary.load_full(), Id::new(clock::generate_uuid()));
    let view = state
        .db
        .write(move |tx| {
            let (proof, project) = writes::build_project(tx, caller, body, &words, id)?;
            tx.save(&project, Change::without_reason("create"))?;
            let on = ProjectSubject { project, approved: None };
            Ok::<_, ApiError>(load_project_view(tx.conn(), &on, proof.actor())?)
        })
        .await?;
    let location = format!("/api/v1/projects/{}", view.code);
    Ok(view.into_answer(may.language)?.mark_created(location))
}

/// Edit a project
///
/// Changes what the patch names; the whole is checked again. City, plan cycle and code never change.
#[utoipa::path(tag = "projects", request_body = ProjectPatch, responses((status = 200, body = ProjectView)))]
#[patch("/projects/{project}")]
async fn edit_project(
    may: May<EditProject, Json<ProjectPatch>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let (caller, key, precondition, Json(patch)) =
        (may.caller, may.key, may.precondition, may.body);
    let words = state.vocabulary.load_full();
    let view = state
        .db
        .write(move |tx| {
            let proof = tx.prove::<EditProject>(caller, &key)?;
            precondition.check_required(tx, &proof.subject().project)?;
            let on = writes::patch_project(tx, &proof, patch, &words)?;
            Ok::<_, ApiError>(load_project_view(tx.conn(), &on, proof.actor())?)
        })
        .await?;
    view.into_answer(may.language)
}

/// Delete a project
///
/// Only while it has no report and no other project continues it. Its number is not given out again.
#[utoipa::path(tag = "projects", responses((status = 200, body = ProjectView)))]
#[delete("/projects/{project}")]
async fn delete_project(may: May<DeleteProject>, state: Data<State>) -> ApiResult<Answer> {
    let (caller, key, precondition) = (may.caller, may.key, may.precondition);
    let view = state
        .db
        .write(move |tx| {
            let proof = tx.prove::<DeleteProject>(caller, &key)?;
            precondition.check_required(tx, &proof.subject().project)?;
            let view = load_project_view(tx.conn(), proof.subject(), proof.actor())?;
            writes::remove_project(tx, &proof)?;
            Ok::<_, ApiError>(view)
        })
        .await?;
    view.into_answer(may.language)
}

/// Read the history of a project
///
/// Every change of the project, its milestones, indicators and partnerships, newest first: for its city, its
/// representative and the secretariat.
#[utoipa::path(tag = "projects", params(HistoryParams), responses((status = 200, body = HistoryList)))]
#[get("/projects/{project}/history")]
async fn list_project_history(
    may: May<ReadProjectHistory, Query<HistoryParams>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let path = format!("/api/v1/projects/{}/history", may.key);
    history::answer_page(&state, &path, HistoryFilter::for_project(&may.key), may.body.0).await
}
