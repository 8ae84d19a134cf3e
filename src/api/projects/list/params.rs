//! The parameters of the list of projects.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use super::PATH;
use crate::{
    api::{
        closed_list::define_closed_list,
        error::{ApiError, ApiResult},
        field_selection::ListFormats,
        filter_values::{
            check_keys, check_projects, check_terms, check_values, parse_search, parse_values,
        },
        message::parameter,
        page::{PageRequest, list_order_names, parse_order},
    },
    domain::{
        fault::ValueFault,
        message::{self, thing},
        policy::VisibleRows,
        project_parts::{PartnerRole, PartnerStage},
        reference::{TermKind, Vocabulary},
        report::ProjectStatus,
        value::{CurrencyCode, Percent, parse_day, parse_minor_units},
    },
    store::{
        Conn,
        keys::KeyKind,
        projects::{
            self, PartnershipFilter, ProjectCursor, ProjectFilter, ProjectSort, ProjectSortKey,
        },
    },
};

/// The values of `sort`, without the sign of the direction; the first one is the default.
const SORTS: &[(&str, ProjectSortKey)] = &[
    ("code", ProjectSortKey::Code),
    ("title", ProjectSortKey::Title),
    ("starts_on", ProjectSortKey::StartsOn),
    ("ends_on", ProjectSortKey::EndsOn),
    ("updated_at", ProjectSortKey::UpdatedAt),
];
define_closed_list!(
    /// The names of [`SORTS`], with and without `-`.
    ProjectSortNames: list_order_names(SORTS)
);

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
    #[param(value_type = Vec<ProjectStatus>, required = false, inline)]
    pub status: Vec<String>,
    /// Slugs of plan cycles.
    #[param(required = false)]
    pub plan_cycle: Vec<String>,
    /// Slugs of partners of the reference data. Together with `role` and `stage`, one partnership must match all of them.
    #[param(required = false)]
    pub partner: Vec<String>,
    /// Roles of partners, such as `funder`.
    #[param(value_type = Vec<PartnerRole>, required = false, inline)]
    pub role: Vec<String>,
    /// Stages of partnerships, such as `mou`.
    #[param(value_type = Vec<PartnerStage>, required = false, inline)]
    pub stage: Vec<String>,
    /// Slugs of sectors.
    #[param(required = false)]
    pub sector: Vec<String>,
    /// Slugs of tags of national schemes.
    #[param(required = false)]
    pub tag: Vec<String>,
    /// Slugs of strategic outcomes.
    #[param(required = false)]
    pub outcome: Vec<String>,
    /// Slugs of enablers.
    #[param(required = false)]
    pub enabler: Vec<String>,
    /// Numbers of Sustainable Development Goals, 1 to 17.
    #[param(required = false)]
    pub sdg: Vec<String>,
    /// Codes of projects: the projects that continue one of them.
    #[param(required = false)]
    pub continues: Vec<String>,
    /// `true` for projects whose city looks for support, `false` for all others.
    pub support: Option<bool>,
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
    /// Projects whose latest approved report states this percentage or more.
    #[param(minimum = 0, maximum = 100)]
    pub percent_complete_gte: Option<f64>,
    /// Projects whose latest approved report states this percentage or less.
    #[param(minimum = 0, maximum = 100)]
    pub percent_complete_lte: Option<f64>,
    /// Projects with a budget of this amount or more, in minor units of `budget_currency`.
    #[param(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub budget_gte: Option<i64>,
    /// Projects with a budget of this amount or less, in minor units of `budget_currency`.
    #[param(minimum = 0, maximum = 9_007_199_254_740_991_i64)]
    pub budget_lte: Option<i64>,
    /// ISO 4217 code: projects with a budget in this currency. Required with `budget_gte` and `budget_lte`, because
    /// amounts in different currencies are not compared.
    pub budget_currency: Option<String>,
    /// Words that must all occur in the code, the titles, the summary, the support required or the names of the partners,
    /// in any script; at most 200 characters. Case and the marks on letters do not matter.
    pub q: Option<String>,
    /// Order: `code` for city and number (the default), `title`, `starts_on`, `ends_on` or `updated_at`; with `-` before it
    /// descending. Projects without the day come last.
    #[param(value_type = Option<ProjectSortNames>, inline)]
    pub sort: Option<String>,
    /// Members to return of each item, repeated or separated by commas; all when absent.
    #[param(required = false)]
    pub fields: Vec<String>,
    /// Format of the answer, which wins over `Accept`: `json`, or `jsonl` for the whole list with one item per line.
    #[param(value_type = Option<ListFormats>, inline)]
    pub format: Option<String>,
    /// Cursor of the page: `next` of the previous page. It carries filters and order; different ones beside it are refused.
    pub cursor: Option<String>,
    /// Number of items on the page, 1 to 1000; 50 when absent.
    #[param(minimum = 1, maximum = 1000)]
    pub limit: Option<i64>,
}
/// The first and the last amount in minor units. Each may be missing.
type AmountRange = (Option<i64>, Option<i64>);

fn parse_goal(raw: &str) -> Result<String, ValueFault> {
    let goals: Vec<String> = (1..=17).map(|goal: i64| goal.to_string()).collect();
    if goals.iter().any(|goal| goal == raw) {
        return Ok(raw.to_owned());
    }
    Err(ValueFault::new("unknown", message::project::goal()).with_allowed(goals))
}

fn parse_percent(name: &str, raw: Option<f64>) -> ApiResult<Option<Percent>> {
    raw.map(Percent::parse).transpose().map_err(|fault| ApiError::invalid_parameter(name, fault))
}

fn parse_instant(name: &str, raw: Option<&str>) -> ApiResult<Option<DateTime<Utc>>> {
    let at = raw.map(DateTime::parse_from_rfc3339).transpose();
    let at = at.map_err(|_reason| {
        ApiError::invalid_parameter(name, ValueFault::new("instant", parameter::instant()))
    })?;
    Ok(at.map(|at| at.with_timezone(&Utc)))
}

fn parse_day_parameter(name: &str, raw: Option<&String>) -> ApiResult<Option<NaiveDate>> {
    raw.map(parse_day).transpose().map_err(|fault| ApiError::invalid_parameter(name, fault))
}

impl ProjectParams {
    /// Parses the filter.
    ///
    /// # Errors
    /// 400 for the first value that is not valid.
    pub(super) fn parse_filter(&self, words: &Vocabulary) -> ApiResult<ProjectFilter> {
        let statuses = parse_values("status", &self.status, ProjectStatus::parse)?;
        check_terms("focus_area", thing::focus_area(), &words.focus_areas, &self.focus_area)?;
        check_terms("sub_area", thing::sub_area(), &words.sub_areas, &self.sub_area)?;
        check_terms("sector", thing::sector(), &words.sectors, &self.sector)?;
        check_terms("tag", thing::tag(), &words.tags, &self.tag)?;
        check_terms("outcome", thing::outcome(), &words.outcomes, &self.outcome)?;
        check_terms("enabler", thing::enabler(), &words.enablers, &self.enabler)?;
        let facets = vec![
            (TermKind::Sector.as_str(), self.sector.clone()),
            (TermKind::Tag.as_str(), self.tag.clone()),
            (TermKind::Outcome.as_str(), self.outcome.clone()),
            (TermKind::Enabler.as_str(), self.enabler.clone()),
            (projects::SDG, parse_values("sdg", &self.sdg, parse_goal)?),
        ];
        let (budget, budget_currency) = self.parse_budget()?;
        Ok(ProjectFilter {
            cities: self.city.clone(),
            countries: self.country.clone(),
            focus_areas: self.focus_area.clone(),
            sub_areas: self.sub_area.clone(),
            statuses: statuses.iter().map(ToString::to_string).collect(),
            plan_cycles: self.plan_cycle.clone(),
            priority: self.priority,
            archived: self.archived,
            facets,
            partnership: PartnershipFilter {
                partners: self.partner.clone(),
                roles: parse_values("role", &self.role, PartnerRole::parse)?,
                stages: parse_values("stage", &self.stage, PartnerStage::parse)?,
            },
            continues: self.continues.clone(),
            support: self.support,
            percent: (
                parse_percent("percent_complete_gte", self.percent_complete_gte)?,
                parse_percent("percent_complete_lte", self.percent_complete_lte)?,
            ),
            budget,
            budget_currency,
            updated_since: parse_instant("updated_since", self.updated_since.as_deref())?,
            starts: (
                parse_day_parameter("starts_on_gte", self.starts_on_gte.as_ref())?,
                parse_day_parameter("starts_on_lte", self.starts_on_lte.as_ref())?,
            ),
            ends: (
                parse_day_parameter("ends_on_gte", self.ends_on_gte.as_ref())?,
                parse_day_parameter("ends_on_lte", self.ends_on_lte.as_ref())?,
            ),
            q: parse_search(self.q.as_ref())?,
        })
    }

    /// Refuses keys that do not exist.
    ///
    /// # Errors
    /// 400 for the first unknown key. Failures of the database.
    pub(super) fn check_keys(&self, conn: &mut Conn, visible: &VisibleRows) -> ApiResult<()> {
        check_projects(conn, visible, "continues", &self.continues)?;
        check_keys(
            conn,
            &[
                ("city", KeyKind::City, &self.city),
                ("country", KeyKind::Country, &self.country),
                ("plan_cycle", KeyKind::PlanCycle, &self.plan_cycle),
                ("partner", KeyKind::Partner, &self.partner),
            ],
        )
    }

    /// Parses the order.
    ///
    /// # Errors
    /// 400 for an unknown order.
    pub(super) fn parse_sort(&self) -> ApiResult<ProjectSort> {
        let (key, descending) = parse_order(self.sort.as_deref(), SORTS)?;
        Ok(ProjectSort { key, descending })
    }

    /// Parses the range of the budget, and its currency.
    fn parse_budget(&self) -> ApiResult<(AmountRange, Option<String>)> {
        let bound = |name: &str, amount: Option<i64>| {
            let parsed = amount.map(parse_minor_units).transpose();
            parsed.map_err(|fault| ApiError::invalid_parameter(name, fault))
        };
        let range = (bound("budget_gte", self.budget_gte)?, bound("budget_lte", self.budget_lte)?);
        let currency = self.budget_currency.clone();
        let known: Vec<&str> =
            CurrencyCode::all_active().iter().map(CurrencyCode::as_str).collect();
        check_values("budget_currency", thing::currency(), currency.as_slice(), &known)?;
        if currency.is_none() && range != (None, None) {
            return Err(ApiError::invalid_parameter("budget_currency", ValueFault::required()));
        }
        Ok((range, currency))
    }

    /// Reads the page.
    ///
    /// # Errors
    /// 400 for a cursor of a different list, or a limit out of range.
    pub(super) fn read_page_request(
        &self,
        sort: ProjectSort,
    ) -> ApiResult<PageRequest<ProjectCursor>> {
        let page = PageRequest::from_parameters(PATH, self, self.cursor.as_deref(), self.limit)?;
        if page.after.as_ref().is_some_and(|cursor| !sort.accepts_cursor(cursor)) {
            let fault = ValueFault::new("cursor", parameter::cursor());
            return Err(ApiError::invalid_parameter("cursor", fault));
        }
        Ok(page)
    }
}
