//! The reports that a release froze.

use actix_web::{get, web::Data};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use crate::{
    api::{
        answer::Answer,
        body::Query,
        error::{ApiError, ApiResult},
        page::{PageRequest, list_type},
        released::Released,
        reports::{EvidenceView, HeaderView, IndicatorValueView, MilestoneDoneView},
        state::State,
        views::Money,
    },
    domain::{
        fault::ValueFault,
        report::{ApprovedReport, PercentMethod, Status},
        value::{Percent, Prose, Slug},
    },
    store::{
        Conn, StoreResult,
        releases::frozen::{self, FrozenFilter, FrozenRow},
    },
};

/// Which reports of a release.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub struct ReleasedReportParams {
    /// Of these cities.
    pub city: Vec<String>,
    /// Of these countries, by ISO 3166-1 alpha-2 code.
    pub country: Vec<String>,
    /// Of these focus areas.
    pub focus_area: Vec<String>,
    /// With one of these statuses.
    pub status: Vec<String>,
    /// Where to go on: `next` of the page before.
    pub cursor: Option<String>,
    /// Items on the page, 1 to 1000; 50 when absent.
    #[param(minimum = 1, maximum = 1000)]
    pub limit: Option<i64>,
}

/// A report as a release froze it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ReleasedReportView {
    /// The release.
    #[schema(example = "me-2025-r1")]
    pub release: String,
    /// The project.
    #[schema(example = "da-nang-4")]
    pub project: String,
    /// The cycle.
    #[schema(example = "me-2025")]
    pub cycle: String,
    /// The cycle's cut-off day.
    pub as_of: NaiveDate,
    /// The version of the approved copy that was frozen.
    pub version: i64,
    /// Where the project stands.
    #[schema(required)]
    pub status: Option<Status>,
    /// Why, where the step from the previous status had to be explained.
    #[schema(required)]
    pub status_reason: Option<String>,
    /// How much is done, 0 to 100.
    #[schema(required)]
    pub percent_complete: Option<f64>,
    /// How that was found.
    #[schema(required)]
    pub percent_method: Option<PercentMethod>,
    /// What was reached.
    #[schema(required)]
    pub achievements: Option<String>,
    /// What stood in the way.
    #[schema(required)]
    pub challenges: Option<String>,
    /// What comes next.
    #[schema(required)]
    pub next_steps: Option<String>,
    /// What the city asks for.
    #[schema(required)]
    pub support_needed: Option<String>,
    /// Money spent to date.
    #[schema(required)]
    pub spent: Option<Money>,
    /// Milestones that were reached.
    pub milestones: Vec<MilestoneDoneView>,
    /// Values that were measured.
    pub indicator_values: Vec<IndicatorValueView>,
    /// Where it can be looked up.
    pub evidence: Vec<EvidenceView>,
    /// An explicit statement that nothing changed.
    pub unchanged: bool,
    /// The project as frozen at the submission.
    pub header: HeaderView,
    /// Source and basis of an imported report.
    #[schema(required, value_type = Option<Object>)]
    pub imported: Option<Value>,
    /// When it was submitted; null for imported ones.
    #[schema(required)]
    pub submitted_at: Option<DateTime<Utc>>,
    /// When it was approved; null for imported ones.
    #[schema(required)]
    pub decided_at: Option<DateTime<Utc>>,
}
list_type!(
    /// The reports of a release, by city and number.
    ReleasedReportList of ReleasedReportView
);

impl ReleasedReportView {
    fn new(release: &Slug, r: &ApprovedReport) -> Self {
        let text = |prose: &Option<Prose>| prose.as_ref().map(Prose::to_string);
        let c = &r.content;
        Self {
            release: release.to_string(),
            project: r.code.to_string(),
            cycle: r.cycle.to_string(),
            as_of: r.as_of,
            version: r.version,
            status: c.status,
            status_reason: text(&c.status_reason),
            percent_complete: c.percent_complete.map(Percent::value),
            percent_method: c.percent_method,
            achievements: text(&c.achievements),
            challenges: text(&c.challenges),
            next_steps: text(&c.next_steps),
            support_needed: text(&c.support_needed),
            spent: c.spent.map(Money::from),
            milestones: c.milestones.iter().map(MilestoneDoneView::from).collect(),
            indicator_values: c.indicator_values.iter().map(IndicatorValueView::from).collect(),
            evidence: c.evidence.iter().map(EvidenceView::from).collect(),
            unchanged: c.unchanged,
            header: HeaderView::from(&r.header),
            imported: r.imported.clone(),
            submitted_at: r.submitted_at,
            decided_at: r.decided_at,
        }
    }
}

impl ReleasedReportParams {
    /// Refuses a filter for something that the release does not know: an empty list would look like an answer.
    fn filter(&self, conn: &mut Conn, release: &Slug) -> ApiResult<FrozenFilter> {
        let frame = frozen::frame(conn, release)?;
        let cities: Vec<&str> = frame.cities.iter().map(|c| c.slug.as_str()).collect();
        let countries: Vec<&str> = frame.countries.iter().map(|c| c.code.as_str()).collect();
        let areas: Vec<&str> =
            frame.vocabulary.focus_areas.iter().map(|t| t.slug.as_str()).collect();
        let statuses: Vec<&str> = Status::ALL.iter().map(|s| s.as_str()).collect();
        for (name, given, known) in [
            ("city", &self.city, &cities),
            ("country", &self.country, &countries),
            ("focus_area", &self.focus_area, &areas),
            ("status", &self.status, &statuses),
        ] {
            if given.iter().any(|word| !known.contains(&word.as_str())) {
                let what = name.replace('_', " ");
                let fault = ValueFault::unknown(&what, known.iter().copied());
                return Err(ApiError::parameter(name, fault));
            }
        }
        Ok(FrozenFilter {
            cities: self.city.clone(),
            countries: self.country.clone(),
            focus_areas: self.focus_area.clone(),
            statuses: self.status.clone(),
        })
    }
}

/// List the reports of a release
///
/// As they were frozen, by city and number.
#[utoipa::path(tag = "releases", params(ReleasedReportParams), responses((status = 200, body = ReleasedReportList)))]
#[get("/releases/{release}/reports")]
pub(super) async fn list_release_reports(
    released: Released<Query<ReleasedReportParams>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    released
        .answer(&state, "releases/reports", |conn, release, Query(params), _language| {
            page(conn, release, &params)
        })
        .await
}

fn page(conn: &mut Conn, release: &Slug, params: &ReleasedReportParams) -> ApiResult<Answer> {
    let path = format!("/api/v1/releases/{release}/reports");
    let cursor = params.cursor.as_deref();
    let request = PageRequest::<(String, i64)>::read(&path, params, cursor, params.limit)?;
    let filter = params.filter(conn, release)?;
    let rows = frozen::page(conn, release, &filter, (request.after.clone(), request.limit + 1))?;
    let total = frozen::count(conn, release, &filter)?;
    let read = |row: FrozenRow| -> StoreResult<((String, i64), ReleasedReportView)> {
        Ok((row.key(), ReleasedReportView::new(release, &row.report()?)))
    };
    let items = rows.into_iter().map(read).collect::<StoreResult<Vec<_>>>()?;
    let page = request.page(items, total, |(key, _)| key.clone(), |(_, view)| view)?;
    let list = ReleasedReportList::from(page);
    request.answer(&list, list.next.as_deref())
}
