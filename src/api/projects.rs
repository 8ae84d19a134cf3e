//! Projects: read, create, edit and delete one project. The list is in `list.rs`.

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
    store::{Change, Conn, RecordWriter as _, StoreResult, history::HistoryFilter, projects},
};

mod input;
mod list;
mod view;
mod writes;

pub(crate) use input::{NewProject, ProjectPatch};
pub(crate) use view::{LatestView, LocationView, ProjectView};
pub(super) use writes::{build_project, patch_project};

pub(super) fn register_routes(cfg: &mut ServiceConfig) {
    cfg.service(list::list_projects)
        .service(create_project)
        .service(get_project)
        .service(edit_project)
        .service(delete_project)
        .service(list_project_history);
}

fn load_project_view(
    conn: &mut Conn,
    subject: &ProjectSubject,
    actor: &Actor,
) -> StoreResult<ProjectView> {
    // The query is needed only if the rights of the caller allow the deletion.
    let deletable = DeleteProject::decide_access(actor, subject).is_ok();
    let bound =
        if deletable { projects::find_deletion_blocker(conn, &subject.project)? } else { None };
    Ok(ProjectView::new(subject, actor, bound))
}

/// Read a project
///
/// Returns the working copy to officers of the project's city, to the national representative of its country and to the
/// secretariat. All other callers get the approved copy, readers within their scope only; the answer is 404 if there is
/// none.
#[utoipa::path(tag = "projects", responses((status = 200, body = ProjectView)))]
#[get("/projects/{project}")]
async fn get_project(may: May<ReadProject>, state: Data<State>) -> ApiResult<Answer> {
    let proof = may.proof;
    let view =
        state.db.read_point(move |c| load_project_view(c, proof.subject(), proof.actor())).await?;
    view.into_answer(may.language)
}

/// Create a project
///
/// Adds a project to the plan of a city. Only officers of that city may do this. The project gets the next number of
/// the city, which is never used again. If the body is not valid, the answer is 422 and lists all faults.
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
            proof.save(tx, &project, Change::without_reason("create"))?;
            let subject = ProjectSubject { project, approved: None };
            Ok::<_, ApiError>(load_project_view(tx.conn(), &subject, proof.actor())?)
        })
        .await?;
    let location = format!("/api/v1/projects/{}", view.code);
    Ok(view.into_answer(may.language)?.mark_created(location))
}

/// Edit a project
///
/// Changes the members that the patch contains (RFC 7396), and validates the whole project again. Only officers of the
/// project's city may do this. City, plan cycle and code never change: another value for them is refused with 422. A
/// patch that changes nothing adds no version.
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
            let subject = writes::patch_project(tx, &proof, patch, &words)?;
            Ok::<_, ApiError>(load_project_view(tx.conn(), &subject, proof.actor())?)
        })
        .await?;
    view.into_answer(may.language)
}

/// Delete a project
///
/// Deletes a project with its milestones, indicators and partnerships. Only officers of the project's city may do this.
/// The answer is 409 if the project has a report or another project continues it; otherwise it is the last state of the
/// project. The number of the project is never used again.
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
/// Lists every change of the project and of its milestones, indicators and partnerships, the newest first. For officers
/// of the project's city, the national representative of its country and the secretariat.
#[utoipa::path(tag = "projects", params(HistoryParams), responses((status = 200, body = HistoryList)))]
#[get("/projects/{project}/history")]
async fn list_project_history(
    may: May<ReadProjectHistory, Query<HistoryParams>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let path = format!("/api/v1/projects/{}/history", may.key);
    history::answer_page(&state, &path, HistoryFilter::for_project(&may.key), may.body.0).await
}
