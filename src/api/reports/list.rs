//! Lists of reports: the queue, and those of one project.

use std::collections::HashMap;

use actix_web::{get, web::Data};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    api::{
        answer::Answer,
        body::Query,
        cache::AnswerKey,
        error::{ApiError, ApiResult, RequestFault},
        field_selection::{FieldSelection, LIST},
        format::{Form, refuse_paging},
        may::May,
        page::{PageRequest, list_type},
        state::State,
        views::PersonView,
    },
    domain::{
        fault::ValueFault,
        policy::{ListReports, ReadProject},
        project::ProjectCode,
        report::{ReportState, Status},
        value::Percent,
    },
    store::{
        Conn, StoreResult,
        reports::{
            self,
            queue::{self, QueueCursor, QueueFilter, QueueItem, QueueQuery, QueueSort},
        },
        users,
    },
};

/// Which reports.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ReportParams {
    /// Where they stand: `draft`, `submitted`, `returned`, `approved`.
    pub state: Vec<String>,
    /// Their cities.
    pub city: Vec<String>,
    /// Their countries.
    pub country: Vec<String>,
    /// Their cycles.
    pub cycle: Vec<String>,
    /// Late ones (handed in after the due day, or past it and not handed in), or those that are not.
    pub late: Option<bool>,
    /// Only these members of each item, repeated or separated by commas.
    pub fields: Vec<String>,
    /// The format, if not that of `Accept`: `json`, or `jsonl` for the whole list, one item a line.
    #[param(value_type = Form, required = false, inline)]
    pub format: Option<String>,
    /// `cycle`: by cycle, city and number, as by default. `submitted_at`: those that wait longest first.
    pub sort: Option<String>,
    /// Where to go on: `next` of the page before.
    pub cursor: Option<String>,
    /// Items on the page, 1 to 1000; 50 when absent.
    #[param(minimum = 1, maximum = 1000)]
    pub limit: Option<i64>,
}

/// Which page of a project's reports.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub(super) struct ProjectReportParams {
    /// Only these members of each item, repeated or separated by commas.
    pub fields: Vec<String>,
    /// Where to go on: `next` of the page before.
    pub cursor: Option<String>,
    /// Items on the page, 1 to 1000; 50 when absent.
    #[param(minimum = 1, maximum = 1000)]
    pub limit: Option<i64>,
}

/// A report in a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ReportItem {
    /// The project.
    #[schema(example = "da-nang-4")]
    pub project: String,
    /// The cycle.
    #[schema(example = "me-2026")]
    pub cycle: String,
    /// The project's city.
    #[schema(example = "da-nang")]
    pub city: String,
    /// The project's country.
    #[schema(example = "VN")]
    pub country: String,
    /// The project's title.
    pub title: String,
    /// Where the report stands.
    pub state: ReportState,
    /// The status that it states.
    #[schema(required)]
    pub status: Option<Status>,
    /// The percentage that it states.
    #[schema(required)]
    pub percent_complete: Option<f64>,
    /// Whether it was handed in after the due day, or is past it and not handed in.
    pub late: bool,
    /// Counts the changes of the copy that is shown.
    pub version: i64,
    /// When it was submitted.
    #[schema(required)]
    pub submitted_at: Option<DateTime<Utc>>,
    /// Who submitted it; null for strangers.
    #[schema(required)]
    pub submitted_by: Option<PersonView>,
    /// When it was last decided on.
    #[schema(required)]
    pub decided_at: Option<DateTime<Utc>>,
    /// Who did; null for strangers.
    #[schema(required)]
    pub decided_by: Option<PersonView>,
}
list_type!(
    /// Reports.
    ReportList of ReportItem
);

type PersonNames = HashMap<Uuid, String>;

impl ReportItem {
    fn new(item: QueueItem, names: &PersonNames) -> Self {
        let person = |id: Option<Uuid>| {
            let id = id?;
            Some(PersonView { id, name: names.get(&id)?.clone() })
        };
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
            submitted_by: person(item.submitted_by),
            decided_at: item.decided_at,
            decided_by: person(item.decided_by),
        }
    }
}

fn check_parameter<T>(name: &str, parsed: Result<T, ValueFault>) -> ApiResult<T> {
    parsed.map_err(|fault| {
        let mut answer = RequestFault::at_parameter(name, fault.code, fault.detail);
        answer.allowed = fault.allowed;
        ApiError::malformed(answer)
    })
}

impl ReportParams {
    fn parse_sort(&self) -> ApiResult<QueueSort> {
        match self.sort.as_deref() {
            None | Some("cycle") => Ok(QueueSort::Key),
            Some("submitted_at") => Ok(QueueSort::SubmittedAt),
            Some(_) => {
                check_parameter("sort", Err(ValueFault::unknown("sort", ["cycle", "submitted_at"])))
            }
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
/// The queue of those who work on them: each sees the working copies of the own city or country, drafts that were never
/// submitted only of the own city, and of all others what was approved.
#[utoipa::path(tag = "reports", params(ReportParams), responses((status = 200, body = ReportList)))]
#[get("/reports")]
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
    if form == Form::Lines {
        refuse_paging(params.cursor.as_deref(), params.limit)?;
    }
    let now = state.clock.now();
    let key = AnswerKey::for_records("reports", &may.actor, &params, now)?.with_format(form);
    let (visible, filter) = (may.actor.visible_rows(), params.parse_filter()?);
    let query = QueueQuery { visible, filter, sort, after: None, limit: 0, now };
    let read = move |c: &mut Conn, _| {
        if form == Form::Lines {
            render_lines(c, query, &fields)
        } else {
            load_page(c, query, &request, &fields)
        }
    };
    state.answer_cached(key, read).await
}

/// List the reports of a project
///
/// By cycle, each in the copy that the caller sees.
#[utoipa::path(tag = "reports", params(ProjectReportParams), responses((status = 200, body = ReportList)))]
#[get("/projects/{project}/reports")]
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

/// Answers a page of a list.
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

/// Answers a whole list, one report a line.
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
    let mut ids: Vec<Uuid> =
        items.iter().flat_map(|i| [i.submitted_by, i.decided_by]).flatten().collect();
    ids.sort_unstable();
    ids.dedup();
    let names = if ids.is_empty() { Vec::new() } else { users::list_names(conn, &ids)? };
    Ok((items, names.into_iter().collect()))
}
