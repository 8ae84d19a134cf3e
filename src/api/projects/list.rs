//! The list of projects.

use std::sync::Arc;

use actix_web::web::Data;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use super::ProjectView;
use crate::{
    api::{
        answer::Answer,
        body::Query,
        cache::AnswerKey,
        error::{ApiError, ApiResult},
        field_selection::{FieldSelection, LIST},
        format::{AnswerFormat, refuse_paging},
        may::May,
        message::parameter,
        page::{PageRequest, list_type},
        state::State,
    },
    domain::{
        fault::ValueFault,
        language::Language,
        message::thing,
        policy::{Actor, DeleteProject, ListProjects, PolicyAction as _},
        reference::{TermKind, Vocabulary, VocabularyTerm},
        report::ProjectStatus,
        subject::ProjectSubject,
        value::parse_day,
    },
    store::{
        Conn, StoreResult,
        projects::{self, ProjectCursor, ProjectFilter, ProjectPageQuery, ProjectSort},
    },
};

const PATH: &str = "/api/v1/projects";
/// The values of `sort`.
const SORTS: &[(&str, ProjectSort)] = &[
    ("title", ProjectSort::Title),
    ("-title", ProjectSort::TitleDown),
    ("updated_at", ProjectSort::Updated),
    ("-updated_at", ProjectSort::UpdatedDown),
];

/// Filters, order and page of the list of projects. A repeated parameter matches any of its values.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ProjectParams {
    /// Slugs of cities.
    #[param(required = false, example = json!(["da-nang"]))]
    pub city: Vec<String>,
    /// Codes of countries.
    #[param(required = false)]
    pub country: Vec<String>,
    /// Slugs of focus areas.
    #[param(required = false)]
    pub focus_area: Vec<String>,
    /// Slugs of sub-areas.
    #[param(required = false)]
    pub sub_area: Vec<String>,
    /// Statuses in the latest approved report.
    #[param(required = false)]
    pub status: Vec<String>,
    /// Slugs of plan cycles.
    #[param(required = false)]
    pub plan_cycle: Vec<String>,
    /// Slugs of partners of the reference data.
    #[param(required = false)]
    pub partner: Vec<String>,
    /// Slugs of sectors.
    #[param(required = false)]
    pub sector: Vec<String>,
    /// Slugs of tags of national schemes.
    #[param(required = false)]
    pub tag: Vec<String>,
    /// Slugs of strategic outcomes.
    #[param(required = false)]
    pub outcome: Vec<String>,
    /// `true` for priority projects, `false` for all others.
    pub priority: Option<bool>,
    /// `true` for archived projects, `false` for all others.
    pub archived: Option<bool>,
    /// Projects that changed at this time (RFC 3339) or later.
    #[param(value_type = Option<String>, format = DateTime)]
    pub updated_since: Option<String>,
    /// Projects that start on this day or later.
    #[param(value_type = Option<String>, format = Date)]
    pub starts_on_gte: Option<String>,
    /// Projects that start on this day or earlier.
    #[param(value_type = Option<String>, format = Date)]
    pub starts_on_lte: Option<String>,
    /// Projects that end on this day or later.
    #[param(value_type = Option<String>, format = Date)]
    pub ends_on_gte: Option<String>,
    /// Projects that end on this day or earlier.
    #[param(value_type = Option<String>, format = Date)]
    pub ends_on_lte: Option<String>,
    /// Words that must all occur in the titles or the summary, in any script.
    pub q: Option<String>,
    /// Order: `title`, `-title`, `updated_at` or `-updated_at`, where `-` means descending; by city and number when
    /// absent.
    pub sort: Option<String>,
    /// Members to return of each item, repeated or separated by commas; all when absent.
    #[param(required = false)]
    pub fields: Vec<String>,
    /// Format of the answer, which wins over `Accept`: `json`, or `jsonl` for the whole list with one item per line.
    #[param(value_type = AnswerFormat, required = false, inline)]
    pub format: Option<String>,
    /// Cursor of the page: `next` of the previous page, with the same filters and order.
    pub cursor: Option<String>,
    /// Number of items on the page, 1 to 1000; 50 when absent.
    #[param(minimum = 1, maximum = 1000)]
    pub limit: Option<i64>,
}
list_type!(
    /// A page of projects.
    ProjectList of ProjectView
);

fn parse_terms(
    name: &'static str,
    terms: &[VocabularyTerm],
    values: &[String],
) -> ApiResult<Vec<String>> {
    values
        .iter()
        .map(|raw| {
            let known = terms.iter().find(|term| term.slug == *raw);
            known.map(|term| term.slug.clone()).ok_or_else(|| {
                let fault = ValueFault::new("unknown", parameter::no_such_value(name))
                    .with_allowed(terms.iter().map(|term| term.slug.as_str()));
                ApiError::invalid_parameter(name, fault)
            })
        })
        .collect()
}

fn parse_day_parameter(name: &str, raw: Option<&String>) -> ApiResult<Option<NaiveDate>> {
    raw.map(parse_day).transpose().map_err(|fault| ApiError::invalid_parameter(name, fault))
}

impl ProjectParams {
    fn parse_filter(&self, words: &Vocabulary) -> ApiResult<ProjectFilter> {
        let statuses: Result<Vec<ProjectStatus>, ValueFault> =
            self.status.iter().map(ProjectStatus::parse).collect();
        let statuses = statuses.map_err(|fault| ApiError::invalid_parameter("status", fault))?;
        let facets = vec![
            (TermKind::Sector.as_str(), parse_terms("sector", &words.sectors, &self.sector)?),
            (TermKind::Tag.as_str(), parse_terms("tag", &words.tags, &self.tag)?),
            (TermKind::Outcome.as_str(), parse_terms("outcome", &words.outcomes, &self.outcome)?),
            (projects::PARTNER, self.partner.clone()),
        ];
        let since = self.updated_since.as_deref().map(DateTime::parse_from_rfc3339).transpose();
        let since = since.map_err(|_reason| {
            let fault = ValueFault::new("instant", parameter::instant());
            ApiError::invalid_parameter("updated_since", fault)
        })?;
        Ok(ProjectFilter {
            cities: self.city.clone(),
            countries: self.country.clone(),
            focus_areas: parse_terms("focus_area", &words.focus_areas, &self.focus_area)?,
            sub_areas: parse_terms("sub_area", &words.sub_areas, &self.sub_area)?,
            statuses: statuses.iter().map(ToString::to_string).collect(),
            plan_cycles: self.plan_cycle.clone(),
            priority: self.priority,
            archived: self.archived,
            facets,
            updated_since: since.map(|at| at.with_timezone(&Utc)),
            starts: (
                parse_day_parameter("starts_on_gte", self.starts_on_gte.as_ref())?,
                parse_day_parameter("starts_on_lte", self.starts_on_lte.as_ref())?,
            ),
            ends: (
                parse_day_parameter("ends_on_gte", self.ends_on_gte.as_ref())?,
                parse_day_parameter("ends_on_lte", self.ends_on_lte.as_ref())?,
            ),
            q: self.q.clone(),
        })
    }

    fn parse_sort(&self) -> ApiResult<ProjectSort> {
        let Some(wanted) = self.sort.as_deref() else { return Ok(ProjectSort::Code) };
        let known = SORTS.iter().find(|(name, _)| *name == wanted).map(|(_, sort)| *sort);
        let names = SORTS.iter().map(|(name, _)| *name);
        known.ok_or_else(|| {
            ApiError::invalid_parameter("sort", ValueFault::unknown(thing::sort(), names))
        })
    }

    fn read_page_request(&self, sort: ProjectSort) -> ApiResult<PageRequest<ProjectCursor>> {
        let page = PageRequest::from_parameters(PATH, self, self.cursor.as_deref(), self.limit)?;
        if page.after.as_ref().is_some_and(|cursor| !sort.accepts_cursor(cursor)) {
            let fault = ValueFault::new("cursor", parameter::cursor());
            return Err(ApiError::invalid_parameter("cursor", fault));
        }
        Ok(page)
    }
}

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
