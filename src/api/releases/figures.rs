//! Figures of a release, counted from its frozen reports alone. `api/figures/response.rs` has the code that all of them
//! share.

use actix_web::web::Data;

use crate::api::{
    answer::Answer,
    body::Query,
    error::ApiResult,
    figures::{
        coverage::FiguresCoverage,
        map::CityCollection,
        params::{
            ReleasedCoverageParams, ReleasedMapParams, ReleasedProgressParams, ReleasedTableParams,
            TrendParams,
        },
        progress::FiguresProgress,
        response::answer_release_figures,
        table::FiguresTable,
        trend::FiguresTrend,
    },
    release_request::ReleaseRequest,
    service_config::ServiceConfig,
    state::State,
};

pub(super) fn register_routes(cfg: &mut ServiceConfig) {
    cfg.get(operation!(get_release_table))
        .get(operation!(get_release_progress))
        .get(operation!(get_release_trend))
        .get(operation!(get_release_coverage))
        .get(operation!(get_release_map));
}

/// Count reports of a release in a table
///
/// Like `/figures/table`, but counts the reports that the release froze. `compare` takes the key of a release; a cycle
/// is refused with 400.
///
/// Every signed-in user with a grant may call this and gets the figures of the whole release. If the operator of the
/// service has made releases public, callers need not sign in.
#[utoipa::path(get, path = "/releases/{release}/figures/table",
    tag = "releases", params(ReleasedTableParams), responses((status = 200, body = FiguresTable)))]
async fn get_release_table(
    released: ReleaseRequest<Query<ReleasedTableParams>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    answer_release_figures(released, &state).await
}

/// Read the progress of the projects of a release
///
/// Like `/figures/progress`, but counts the reports that the release froze.
///
/// Every signed-in user with a grant may call this and gets the figures of the whole release. If the operator of the
/// service has made releases public, callers need not sign in.
#[utoipa::path(get, path = "/releases/{release}/figures/progress",
    tag = "releases", params(ReleasedProgressParams),
    responses((status = 200, body = FiguresProgress)))]
async fn get_release_progress(
    released: ReleaseRequest<Query<ReleasedProgressParams>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    answer_release_figures(released, &state).await
}

/// Read figures up to a release as a trend
///
/// Like `/figures/trend`, but counts frozen reports. The last row is the release itself. Each row before it is an
/// earlier cycle, with the last release of that cycle that was published before this release. Releases that are
/// published later do not change the answer. Cities, countries and terms have the names that this release froze.
///
/// Every signed-in user with a grant may call this and gets the figures of the whole release. If the operator of the
/// service has made releases public, callers need not sign in.
#[utoipa::path(get, path = "/releases/{release}/figures/trend",
    tag = "releases", params(TrendParams), responses((status = 200, body = FiguresTrend)))]
async fn get_release_trend(
    released: ReleaseRequest<Query<TrendParams>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    answer_release_figures(released, &state).await
}

/// Read the coverage of a release
///
/// Like `/figures/coverage`, but counts the reports that the release froze: how many reports it holds for each city,
/// and how many of them were first submitted late. A release does not record which reports were expected, which were in
/// progress and which cities had more time, so these values are null.
///
/// Every signed-in user with a grant may call this and gets the figures of the whole release. If the operator of the
/// service has made releases public, callers need not sign in.
#[utoipa::path(get, path = "/releases/{release}/figures/coverage",
    tag = "releases", params(ReleasedCoverageParams),
    responses((status = 200, body = FiguresCoverage)))]
async fn get_release_coverage(
    released: ReleaseRequest<Query<ReleasedCoverageParams>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    answer_release_figures(released, &state).await
}

/// Read figures of a release as a map
///
/// Like `/figures/map`, but counts the reports that the release froze.
///
/// Every signed-in user with a grant may call this and gets the figures of the whole release. If the operator of the
/// service has made releases public, callers need not sign in.
#[utoipa::path(get, path = "/releases/{release}/figures/map", tag = "releases", params(ReleasedMapParams),
    responses((status = 200, body = CityCollection, content_type = "application/geo+json")))]
async fn get_release_map(
    released: ReleaseRequest<Query<ReleasedMapParams>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    answer_release_figures(released, &state).await
}
