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
        error::{ApiError, ApiResult},
        field_selection::{FieldSelection, LIST},
        format::{AnswerFormat, refuse_paging},
        may::May,
        page::{PageRequest, list_type},
        state::State,
        views::PersonView,
    },
    domain::{
        fault::ValueFault,
        id::Id,
        message::thing,
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

/// Filters, order and page of the list of reports. A repeated parameter matches any of its values.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ReportParams {
    /// States: `draft`, `submitted`, `returned` or `approved`.
    pub state: Vec<String>,
    /// Slugs of cities.
    pub city: Vec<String>,
    /// Codes of countries.
    pub country: Vec<String>,
    /// Slugs of cycles.
    pub cycle: Vec<String>,
    /// `true` for reports that were first submitted after the due day, or are not submitted although it has passed;
    /// `false` for all others.
    pub late: Option<bool>,
    /// Members to return of each item, repeated or separated by commas; all when absent.
    pub fields: Vec<String>,
    /// Format of the answer, which wins over `Accept`: `json`, or `jsonl` for the whole list with one item per line.
    #[param(value_type = AnswerFormat, required = false, inline)]
    pub format: Option<String>,
    /// Order: `cycle` for cycle, city and number (the default), or `submitted_at` for the oldest submission first.
    pub sort: Option<String>,
    /// Cursor of the page: `next` of the previous page, with the same filters and order.
    pub cursor: Option<String>,
    /// Number of items on the page, 1 to 1000; 50 when absent.
    #[param(minimum = 1, maximum = 1000)]
    pub limit: Option<i64>,
}

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
    /// Time of the last decision: an approval, a return or a reopening. Null if there is none.
    #[schema(required)]
    pub decided_at: Option<DateTime<Utc>>,
    /// Person who made that decision; null in the approved copy.
    #[schema(required)]
    pub decided_by: Option<PersonView>,
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
            late: item.late,
            version: item.version,
            submitted_at: item.submitted_at,
            first_submitted_at: item.first_submitted_at,
            submitted_by: person(item.submitted_by),
            decided_at: item.decided_at,
            decided_by: person(item.decided_by),
        }
    }
}

fn check_parameter<T>(name: &str, parsed: Result<T, ValueFault>) -> ApiResult<T> {
    parsed.map_err(|fault| ApiError::invalid_parameter(name, fault))
}

impl ReportParams {
    fn parse_sort(&self) -> ApiResult<QueueSort> {
        match self.sort.as_deref() {
            None | Some("cycle") => Ok(QueueSort::Key),
            Some("submitted_at") => Ok(QueueSort::SubmittedAt),
            Some(_) => check_parameter(
                "sort",
                Err(ValueFault::unknown(thing::sort(), ["cycle", "submitted_at"])),
            ),
        }
    }

    fn parse_filter(self) -> ApiResult<QueueFilter> {
        let states =
            self.state.iter().map(|word| check_parameter("state", ReportState::parse(word)));
        Ok(QueueFilter {
            project: None,
            states: states.collect::<ApiResult<_>>()?,
            cities: self.city,
            countries: self.country,
            cycles: self.cycle,
            late: self.late,
        })
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
    let (visible, filter) = (may.actor.visible_rows(), params.parse_filter()?);
    let query = QueueQuery { visible, filter, sort, after: None, limit: 0, now };
    let read = move |c: &mut Conn, _| {
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
    let request = PageRequest::from_parameters(&path, &(), params.cursor.as_deref(), params.limit)?;
    let filter = QueueFilter { project: Some(code), ..QueueFilter::default() };
    let fields = FieldSelection::from_names("ReportItem", &params.fields)?;
    let (visible, now) = (may.actor.visible_rows(), state.clock.now());
    let query = QueueQuery { visible, filter, sort: QueueSort::Key, after: None, limit: 0, now };
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
    let people = items.iter().flat_map(|item| [item.submitted_by, item.decided_by]).flatten();
    let names = users::load_names(conn, people.map(Id::new))?;
    Ok((items, names))
}
