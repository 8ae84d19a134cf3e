//! The list of projects.

use std::sync::Arc;

use actix_web::web::Data;

use super::ProjectView;
use crate::{
    api::{
        answer::Answer,
        body::Query,
        cache::AnswerKey,
        error::ApiResult,
        field_selection::{FieldSelection, LIST},
        format::{AnswerFormat, refuse_paging},
        may::May,
        page::{PageRequest, list_type},
        state::State,
    },
    domain::{
        language::Language,
        policy::{Actor, DeleteProject, ListProjects, PolicyAction as _},
        subject::ProjectSubject,
    },
    store::{
        Conn, StoreResult,
        projects::{self, ProjectCursor, ProjectFilter, ProjectPageQuery, ProjectSort},
    },
};

mod params;

pub(crate) use params::ProjectParams;

const PATH: &str = "/api/v1/projects";
list_type!(
    /// A page of projects.
    ProjectList of ProjectView
);

/// List projects
///
/// Lists every project that the caller may read: the working copy of the projects that the caller works on, the
/// approved copy of all others. The filter `status` takes the status in the latest approved report.
#[utoipa::path(get, path = "/projects", tag = "projects", params(ProjectParams),
    responses((status = 200, body = ProjectList)))]
pub(super) async fn list_projects(
    may: May<ListProjects, Query<ProjectParams>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let Query(params) = may.body;
    let filter = params.parse_filter(&state.vocabulary.load())?;
    let sort = params.parse_sort()?;
    let request = params.read_page_request(sort)?;
    let fields = FieldSelection::from_names("ProjectView", &params.fields)?;
    let form = may.accept.choose_format(params.format.as_deref(), LIST)?;
    if form == AnswerFormat::Lines {
        refuse_paging(params.cursor.as_deref(), params.limit)?;
    }
    let key = AnswerKey::for_records("projects", &may.actor, &params, state.clock.now())?;
    let key = key.with_format(form).in_language(may.language);
    let query = ProjectListQuery { actor: may.actor, language: may.language, filter, sort };
    let read = move |c: &mut Conn, _| {
        params.check_keys(c, &query.actor.visible_rows())?;
        if form == AnswerFormat::Lines {
            let read = |after: Option<&_>, limit| Ok(load_rows(c, &query, after, limit)?);
            return fields.answer_lines("projects", read);
        }
        load_page(c, &query, &request, &fields)
    };
    state.cache.answer(key, read).await
}

/// A request for the list: the caller, and the projects to list.
struct ProjectListQuery {
    actor: Arc<Actor>,
    language: Language,
    filter: ProjectFilter,
    sort: ProjectSort,
}

fn load_page(
    conn: &mut Conn,
    query: &ProjectListQuery,
    request: &PageRequest<ProjectCursor>,
    fields: &FieldSelection,
) -> ApiResult<Answer> {
    let total = projects::count_visible(conn, &query.actor.visible_rows(), &query.filter)?;
    let rows = load_rows(conn, query, request.after.as_ref(), request.limit + 1)?;
    let page = request.build_page(rows, total, |(cursor, _)| cursor.clone(), |(_, view)| view)?;
    fields.answer_page::<_, _, ProjectList>(request, page)
}

type ProjectRows = Vec<(ProjectCursor, ProjectView)>;

/// Loads at most `limit` projects after a cursor.
fn load_rows(
    conn: &mut Conn,
    query: &ProjectListQuery,
    after: Option<&ProjectCursor>,
    limit: i64,
) -> StoreResult<ProjectRows> {
    let ProjectListQuery { actor, language, filter, sort } = query;
    let page =
        ProjectPageQuery { visible: &actor.visible_rows(), filter, sort: *sort, after, limit };
    let rows = projects::load_page(conn, &page)?;
    let may_delete =
        |subject: &ProjectSubject| DeleteProject::decide_access(actor, subject).is_ok();
    let listed =
        rows.iter().filter(|(_, subject)| may_delete(subject)).map(|(_, subject)| &subject.project);
    let listed: Vec<_> = listed.collect();
    let bound = projects::find_deletion_blockers(conn, &listed)?;
    let view = |(cursor, subject): (_, ProjectSubject)| {
        let reason = bound.get(&subject.project.id).copied();
        let mut view = ProjectView::new(&subject, actor, reason);
        view.allowed_actions.word_reasons(*language);
        (cursor, view)
    };
    Ok(rows.into_iter().map(view).collect())
}
