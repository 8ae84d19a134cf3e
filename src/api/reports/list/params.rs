//! The parameters of the list of reports.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;
use uuid::Uuid;

use crate::{
    api::{
        closed_list::define_closed_list,
        error::{ApiError, ApiResult},
        field_selection::ListFormats,
        filter_values::{check_keys, check_projects, check_terms, parse_values},
        message::parameter,
        page::{list_order_names, parse_order},
    },
    domain::{
        fault::ValueFault,
        message::thing,
        project::ProjectCode,
        reference::Vocabulary,
        report::{ProjectStatus, ReportState},
        value::parse_day,
    },
    store::{
        Conn,
        keys::KeyKind,
        reports::queue::{self, QueueFilter, QueueQuery, QueueSort, QueueSortKey},
    },
};

/// The values of `sort`, without the sign of the direction; the first one is the default.
const SORTS: &[(&str, QueueSortKey)] = &[
    ("cycle", QueueSortKey::Cycle),
    ("project", QueueSortKey::Project),
    ("submitted_at", QueueSortKey::SubmittedAt),
    ("decided_at", QueueSortKey::DecidedAt),
];
define_closed_list!(
    /// The names of [`SORTS`], with and without `-`.
    ReportSortNames: list_order_names(SORTS)
);

/// Filters, order and page of the list of reports. A repeated parameter matches any of its values.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ReportParams {
    /// States: `draft`, `submitted`, `returned` or `approved`.
    #[param(value_type = Vec<ReportState>, inline)]
    pub state: Vec<String>,
    /// Slugs of cities.
    pub city: Vec<String>,
    /// Codes of countries.
    pub country: Vec<String>,
    /// Slugs of cycles.
    pub cycle: Vec<String>,
    /// Codes of projects.
    pub project: Vec<String>,
    /// Statuses of the project that the reports state.
    #[param(value_type = Vec<ProjectStatus>, inline)]
    pub status: Vec<String>,
    /// Slugs of the focus areas of the projects.
    pub focus_area: Vec<String>,
    /// Identifiers of the persons who made the last decision. An approved copy names nobody.
    pub decided_by: Vec<String>,
    /// Reports that were submitted on this day (UTC) or later.
    #[param(value_type = Option<String>, format = Date)]
    pub submitted_on_gte: Option<String>,
    /// Reports that were submitted on this day (UTC) or earlier.
    #[param(value_type = Option<String>, format = Date)]
    pub submitted_on_lte: Option<String>,
    /// Reports whose last decision was made on this day (UTC) or later.
    #[param(value_type = Option<String>, format = Date)]
    pub decided_on_gte: Option<String>,
    /// Reports whose last decision was made on this day (UTC) or earlier.
    #[param(value_type = Option<String>, format = Date)]
    pub decided_on_lte: Option<String>,
    /// `true` for reports that were first submitted after the due day, or are not submitted although it has passed;
    /// `false` for all others.
    pub late: Option<bool>,
    /// Members to return of each item, repeated or separated by commas; all when absent.
    pub fields: Vec<String>,
    /// Format of the answer, which wins over `Accept`: `json`, or `jsonl` for the whole list with one item per line.
    #[param(value_type = Option<ListFormats>, inline)]
    pub format: Option<String>,
    /// Order: `cycle` for cycle, city and number (the default), `project` for city, number and cycle, `submitted_at` or
    /// `decided_at`; with `-` before it descending. Reports without the time come last.
    #[param(value_type = Option<ReportSortNames>, inline)]
    pub sort: Option<String>,
    /// Cursor of the page: `next` of the previous page. It carries filters and order; different ones beside it are refused.
    pub cursor: Option<String>,
    /// Number of items on the page, 1 to 1000; 50 when absent.
    #[param(minimum = 1, maximum = 1000)]
    pub limit: Option<i64>,
}

/// The first instant of a span of time, and the first instant after it. Each may be missing.
type InstantBounds = (Option<DateTime<Utc>>, Option<DateTime<Utc>>);

/// Parses the bounds of a span of days in UTC, given as its first and its last day.
fn parse_day_span(
    first: (&str, Option<&String>),
    last: (&str, Option<&String>),
) -> ApiResult<InstantBounds> {
    let parse = |(name, raw): (&str, Option<&String>)| -> ApiResult<Option<NaiveDate>> {
        raw.map(parse_day).transpose().map_err(|fault| ApiError::invalid_parameter(name, fault))
    };
    let midnight = |day: NaiveDate| day.and_time(NaiveTime::MIN).and_utc();
    let next_day = |day: NaiveDate| day.checked_add_days(Days::new(1)).unwrap_or(day);
    Ok((parse(first)?.map(midnight), parse(last)?.map(next_day).map(midnight)))
}

fn parse_user(raw: &str) -> Result<Uuid, ValueFault> {
    Uuid::parse_str(raw).map_err(|_e| ValueFault::new("type", parameter::user_id()))
}

impl ReportParams {
    /// Parses the order.
    ///
    /// # Errors
    /// 400 for an unknown order.
    pub(super) fn parse_sort(&self) -> ApiResult<QueueSort> {
        let (key, descending) = parse_order(self.sort.as_deref(), SORTS)?;
        Ok(QueueSort { key, descending })
    }

    /// Refuses keys that do not exist, and projects and persons that the caller's list does not show.
    ///
    /// # Errors
    /// 400 for the first unknown value. Failures of the database.
    pub(super) fn check_keys(&self, conn: &mut Conn, query: &QueueQuery) -> ApiResult<()> {
        check_keys(
            conn,
            &[
                ("city", KeyKind::City, &self.city),
                ("country", KeyKind::Country, &self.country),
                ("cycle", KeyKind::Cycle, &self.cycle),
            ],
        )?;
        check_projects(conn, &query.visible, "project", &self.project)?;
        let deciders = &query.filter.decided_by;
        match queue::find_unknown_decider(conn, &query.visible, deciders)? {
            None => Ok(()),
            Some((unknown, known)) => {
                let known = known.iter().map(Uuid::to_string);
                let fault = ValueFault::unknown(thing::user(), known);
                let fault = fault.with_nearest(&unknown.to_string());
                Err(ApiError::invalid_parameter("decided_by", fault))
            }
        }
    }

    /// Parses the filter.
    ///
    /// # Errors
    /// 400 for the first value that is not valid.
    pub(super) fn parse_filter(&self, words: &Vocabulary) -> ApiResult<QueueFilter> {
        let (submitted, decided) = (&self.submitted_on_gte, &self.decided_on_gte);
        check_terms("focus_area", thing::focus_area(), &words.focus_areas, &self.focus_area)?;
        Ok(QueueFilter {
            // A text that is no code is refused as an unknown project before the list is read.
            projects: self.project.iter().filter_map(|raw| ProjectCode::parse(raw).ok()).collect(),
            states: parse_values("state", &self.state, ReportState::parse)?,
            cities: self.city.clone(),
            countries: self.country.clone(),
            cycles: self.cycle.clone(),
            statuses: parse_values("status", &self.status, ProjectStatus::parse)?,
            focus_areas: self.focus_area.clone(),
            decided_by: parse_values("decided_by", &self.decided_by, parse_user)?,
            submitted: parse_day_span(
                ("submitted_on_gte", submitted.as_ref()),
                ("submitted_on_lte", self.submitted_on_lte.as_ref()),
            )?,
            decided: parse_day_span(
                ("decided_on_gte", decided.as_ref()),
                ("decided_on_lte", self.decided_on_lte.as_ref()),
            )?,
            late: self.late,
        })
    }
}
