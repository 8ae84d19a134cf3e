//! The reports that a release froze.

use actix_web::{get, web::Data};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use crate::{
    api::{
        answer::Answer,
        body::Query,
        error::{ApiError, ApiResult},
        format::Form,
        page::{PageRequest, list_type},
        released::Released,
        reports::ApprovedReportView,
        state::State,
    },
    domain::{fault::ValueFault, report::Status, value::Slug},
    store::{
        Conn, StoreResult,
        releases::frozen::{self, FrozenFilter, FrozenRow},
    },
};

/// The formats.
pub(in crate::api) const FORMS: &[Form] = &[Form::Json];

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

list_type!(
    /// The reports of a release, by city and number.
    ReleasedReportList of ApprovedReportView
);

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
    answer(released, &state).await
}

/// Answers the operation, and shares of it.
pub(in crate::api) async fn answer(
    released: Released<Query<ReleasedReportParams>>,
    state: &State,
) -> ApiResult<Answer> {
    released
        .answer(state, "releases/reports", |conn, release, Query(params), _language| {
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
    let read = |row: FrozenRow| -> StoreResult<((String, i64), ApprovedReportView)> {
        Ok((row.key(), ApprovedReportView::from(&row.report()?)))
    };
    let items = rows.into_iter().map(read).collect::<StoreResult<Vec<_>>>()?;
    let page = request.page(items, total, |(key, _)| key.clone(), |(_, view)| view)?;
    let list = ReleasedReportList::from(page);
    request.answer(&list, list.next.as_deref())
}
