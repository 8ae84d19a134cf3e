//! Lists of reports: those of all projects, and those of one project.

use actix_web::web::Data;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

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
        views::PersonView,
    },
    domain::{
        id::Id,
        policy::{ListReports, ReadProject},
        project::ProjectCode,
        report::{ProjectStatus, ReportState},
        value::Percent,
    },
    store::{
        Conn, StoreResult,
        reports::{
            self,
            queue::{self, QueueCursor, QueueFilter, QueueItem, QueueQuery, QueueSort},
        },
        users::{self, PersonNames},
    },
};

mod params;

pub(crate) use params::ReportParams;

/// Members and page of the list of a project's reports.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub(super) struct ProjectReportParams {
    /// Members to return of each item, repeated or separated by commas; all when absent.
    pub fields: Vec<String>,
    /// Cursor of the page: `next` of the previous page.
    pub cursor: Option<String>,
    /// Number of items on the page, 1 to 1000; 50 when absent.
    #[param(minimum = 1, maximum = 1000)]
    pub limit: Option<i64>,
}

/// A report in a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ReportItem {
    /// Code of the project.
    #[schema(example = "da-nang-4")]
    pub project: String,
    /// Slug of the cycle.
    #[schema(example = "me-2026")]
    pub cycle: String,
    /// Slug of the project's city.
    #[schema(example = "da-nang")]
    pub city: String,
    /// Code of the project's country.
    #[schema(example = "VN")]
    pub country: String,
    /// Title of the project; after a submission, the title at that time.
    pub title: String,
    /// State of the report.
    pub state: ReportState,
    /// Status of the project in the report; null if not stated.
    #[schema(required)]
    pub status: Option<ProjectStatus>,
    /// Completed share of the project in percent, 0 to 100; null if not stated.
    #[schema(required)]
    pub percent_complete: Option<f64>,
    /// Status in the project's latest approved report of an earlier cycle; a report that states none is skipped. Null
    /// if there is none.
    #[schema(required)]
    pub earlier_status: Option<ProjectStatus>,
    /// Completed share of the project in its latest approved report of an earlier cycle, in percent, 0 to 100. Null if
    /// there is no such report, or if it states none.
    #[schema(required)]
    pub earlier_percent_complete: Option<f64>,
    /// Support that the city asks for in the report; null if none.
    #[schema(required)]
    pub support_needed: Option<String>,
    /// `true` if the report was first submitted after the due day then in force, or is not submitted although the due
    /// day has passed.
    pub late: bool,
    /// Version of the copy in this answer. It increases with every change of that copy.
    pub version: i64,
    /// Time of the submission; null if the report is not submitted, or was imported.
    #[schema(required)]
    pub submitted_at: Option<DateTime<Utc>>,
    /// Time of the first submission in the cycle, which decides whether the report is late. Null before it, and in the
    /// approved copy.
    #[schema(required)]
    pub first_submitted_at: Option<DateTime<Utc>>,
    /// Person who submitted the report; null in the approved copy.
    #[schema(required)]
    pub submitted_by: Option<PersonView>,
    /// Person on whose behalf `submitted_by` acted; null if none, and in the approved copy.
    #[schema(required)]
    pub submitted_for: Option<PersonView>,
    /// Time of the last decision: an approval, a return or a reopening. Null if there is none.
    #[schema(required)]
    pub decided_at: Option<DateTime<Utc>>,
    /// Person who made that decision; null in the approved copy.
    #[schema(required)]
    pub decided_by: Option<PersonView>,
    /// Person on whose behalf `decided_by` acted; null if none, and in the approved copy.
    #[schema(required)]
    pub decided_for: Option<PersonView>,
}
list_type!(
    /// A page of reports.
    ReportList of ReportItem
);

impl ReportItem {
    fn new(item: QueueItem, names: &PersonNames) -> Self {
        let person = |id: Option<Uuid>| PersonView::from_names(names, Id::new(id?));
        Self {
            project: item.code.to_string(),
            cycle: item.cycle.to_string(),
            city: item.code.city().to_string(),
            country: item.country.to_string(),
            title: item.title,
            state: item.state,
            status: item.status,
            percent_complete: item.percent_complete.map(Percent::value),
            earlier_status: item.earlier_status,
            earlier_percent_complete: item.earlier_percent_complete.map(Percent::value),
            support_needed: item.support_needed,
            late: item.late,
            version: item.version,
            submitted_at: item.submitted_at,
            first_submitted_at: item.first_submitted_at,
            submitted_by: person(item.submitted_by),
            submitted_for: person(item.submitted_for),
            decided_at: item.decided_at,
            decided_by: person(item.decided_by),
            decided_for: person(item.decided_for),
        }
    }
}

/// List reports
///
/// Lists every report that the caller may read, each in one copy. Officers, national representatives and the
/// secretariat get the working copy of the reports in their city, their country or the network. Drafts that were never
/// submitted are listed for officers of their city only. All other reports are listed in their approved copy.
#[utoipa::path(get, path = "/reports", tag = "reports", params(ReportParams),
    responses((status = 200, body = ReportList)))]
pub(super) async fn list_reports(
    may: May<ListReports, Query<ReportParams>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let params = may.body.0;
    let cursor = params.cursor.as_deref();
    let request = PageRequest::from_parameters("/api/v1/reports", &params, cursor, params.limit)?;
    let (sort, fields) =
        (params.parse_sort()?, FieldSelection::from_names("ReportItem", &params.fields)?);
    let form = may.accept.choose_format(params.format.as_deref(), LIST)?;
    if form == AnswerFormat::Lines {
        refuse_paging(params.cursor.as_deref(), params.limit)?;
    }
    let now = state.clock.now();
    let key = AnswerKey::for_records("reports", &may.actor, &params, now)?.with_format(form);
    let (visible, filter) =
        (may.actor.visible_rows(), params.parse_filter(&state.vocabulary.load())?);
    let query = QueueQuery { visible, filter, sort, after: None, limit: 0, now };
    let read = move |c: &mut Conn, _| {
        params.check_keys(c, &query)?;
        if form == AnswerFormat::Lines {
            render_lines(c, query, &fields)
        } else {
            load_page(c, query, &request, &fields)
        }
    };
    state.cache.answer(key, read).await
}

/// List the reports of a project
///
/// Lists the reports by cycle, each in the copy that the caller may read.
#[utoipa::path(get, path = "/projects/{project}/reports",
    tag = "reports", params(ProjectReportParams), responses((status = 200, body = ReportList)))]
pub(super) async fn list_project_reports(
    may: May<ReadProject, Query<ProjectReportParams>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let (code, params): (ProjectCode, _) = (may.key, may.body.0);
    let path = format!("/api/v1/projects/{code}/reports");
    let request =
        PageRequest::from_parameters(&path, &params, params.cursor.as_deref(), params.limit)?;
    let filter = QueueFilter { projects: vec![code], ..QueueFilter::default() };
    let fields = FieldSelection::from_names("ReportItem", &params.fields)?;
    let (visible, now) = (may.actor.visible_rows(), state.clock.now());
    let query =
        QueueQuery { visible, filter, sort: QueueSort::default(), after: None, limit: 0, now };
    state.db.read(move |c| load_page(c, query, &request, &fields)).await
}

fn load_page(
    conn: &mut Conn,
    query: QueueQuery,
    request: &PageRequest<QueueCursor>,
    fields: &FieldSelection,
) -> ApiResult<Answer> {
    let query = QueueQuery { after: request.after.clone(), limit: request.limit + 1, ..query };
    let total = reports::count_visible(conn, &query)?;
    let (items, names) = read_items(conn, &query)?;
    let page = request
        .build_page(items, total, QueueItem::to_cursor, |item| ReportItem::new(item, &names))?;
    fields.answer_page::<_, _, ReportList>(request, page)
}

fn render_lines(
    conn: &mut Conn,
    mut query: QueueQuery,
    fields: &FieldSelection,
) -> ApiResult<Answer> {
    fields.answer_lines("reports", |after: Option<&QueueCursor>, limit| {
        query.after = after.cloned();
        query.limit = limit;
        let (items, names) = read_items(conn, &query)?;
        Ok(items.into_iter().map(|i| (i.to_cursor(), ReportItem::new(i, &names))).collect())
    })
}

fn read_items(conn: &mut Conn, query: &QueueQuery) -> StoreResult<(Vec<QueueItem>, PersonNames)> {
    let items = queue::load_page(conn, query)?;
    let names = users::load_names(conn, items.iter().flat_map(QueueItem::persons).map(Id::new))?;
    Ok((items, names))
}
