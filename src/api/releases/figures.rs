//! Figures of a release: counted from what it froze, and from nothing else. How, `api/figures/kind.rs` says for all of them.

use actix_web::{get, web::Data};

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
    released::Released,
    service_config::ServiceConfig,
    state::State,
};

/// Registers the operations of this file.
pub(super) fn register_routes(cfg: &mut ServiceConfig) {
    cfg.service(get_release_table)
        .service(get_release_progress)
        .service(get_release_trend)
        .service(get_release_coverage)
        .service(get_release_map);
}

/// Count a table of a release
///
/// As `/figures/table`, of the reports that the release froze. `compare` takes another release.
#[utoipa::path(tag = "releases", params(ReleasedTableParams), responses((status = 200, body = FiguresTable)))]
#[get("/releases/{release}/figures/table")]
async fn get_release_table(
    released: Released<Query<ReleasedTableParams>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    answer_release_figures(released, &state).await
}

/// Read how far the projects of a release are
///
/// As `/figures/progress`, of the reports that the release froze.
#[utoipa::path(tag = "releases", params(ReleasedProgressParams), responses((status = 200, body = FiguresProgress)))]
#[get("/releases/{release}/figures/progress")]
async fn get_release_progress(
    released: Released<Query<ReleasedProgressParams>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    answer_release_figures(released, &state).await
}

/// Read how figures developed until a release
///
/// As `/figures/trend`, of frozen reports: one row for each cycle that was cut off before that of the release, with the last
/// release of that cycle by then, and the release itself as the last row. What is published later changes nothing in it.
/// Cities, countries and words are named as this release froze them.
#[utoipa::path(tag = "releases", params(TrendParams), responses((status = 200, body = FiguresTrend)))]
#[get("/releases/{release}/figures/trend")]
async fn get_release_trend(
    released: Released<Query<TrendParams>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    answer_release_figures(released, &state).await
}

/// Read what a release holds of each city
///
/// As `/figures/coverage`, of the reports that the release froze: how many it holds of each city, and how many of them were
/// last handed in after the due day of the cycle. A release does not tell what was expected, what was being written, and who
/// had been given more time, so that these are null.
#[utoipa::path(tag = "releases", params(ReleasedCoverageParams), responses((status = 200, body = FiguresCoverage)))]
#[get("/releases/{release}/figures/coverage")]
async fn get_release_coverage(
    released: Released<Query<ReleasedCoverageParams>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    answer_release_figures(released, &state).await
}

/// Read the figures of a release as a map
///
/// As `/figures/map`, of the reports that the release froze.
#[utoipa::path(tag = "releases", params(ReleasedMapParams),
    responses((status = 200, body = CityCollection, content_type = "application/geo+json")))]
#[get("/releases/{release}/figures/map")]
async fn get_release_map(
    released: Released<Query<ReleasedMapParams>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    answer_release_figures(released, &state).await
}
