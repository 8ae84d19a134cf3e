//! Figures of a release: counted from what it froze, and from nothing else.

use actix_web::{get, web::Data};

use crate::{
    api::{
        answer::Answer,
        body::Query,
        error::{ApiError, ApiResult},
        figures::{
            map::{CityCollection, MAP},
            params::{ReleasedMapParams, ReleasedProgressParams, ReleasedTableParams, parse},
            progress::FiguresProgress,
            views::FiguresTable,
        },
        format::{TABLE, Tabular as _},
        released::Released,
        state::State,
    },
    domain::{
        fault::ValueFault,
        figures::{Filter, Ground},
        language::Language,
        value::Slug,
    },
    store::{
        Conn,
        releases::{self, frozen},
    },
};

/// Reads what the figures of a release are counted from, and its data version; refuses a filter for something that it does
/// not know.
fn ground(conn: &mut Conn, release: &Slug, filter: &Filter) -> ApiResult<(Ground, i64)> {
    let version = releases::find(conn, release)?.ok_or(ApiError::NotFound)?.feed;
    let ground = frozen::ground(conn, release)?.ok_or(ApiError::NotFound)?;
    ground
        .check(filter)
        .map_err(|(dimension, fault)| ApiError::parameter(dimension.as_str(), fault))?;
    Ok((ground, version))
}

/// Count a table of a release
///
/// As `/figures/table`, of the reports that the release froze. `compare` takes another release.
#[utoipa::path(tag = "releases", params(ReleasedTableParams), responses((status = 200, body = FiguresTable)))]
#[get("/releases/{release}/figures/table")]
pub(super) async fn get_release_table(
    released: Released<Query<ReleasedTableParams>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    answer_table(released, &state).await
}

/// Answers the operation, and shares of it.
pub(in crate::api) async fn answer_table(
    released: Released<Query<ReleasedTableParams>>,
    state: &State,
) -> ApiResult<Answer> {
    let form = released.form(|Query(params)| params.format.as_deref(), TABLE);
    let form = released.said(state, form).await?;
    released
        .answer_in(state, ("releases/table", form), move |conn, key, Query(params), language| {
            table(conn, key, &params, language)?.answer_in(form)
        })
        .await
}

fn table(
    conn: &mut Conn,
    key: &Slug,
    params: &ReleasedTableParams,
    language: Language,
) -> ApiResult<FiguresTable> {
    let question = params.question(language)?;
    let (now, version) = ground(conn, key, &question.filter)?;
    let Some(other) = parse("compare", params.compare.as_deref(), Slug::parse)? else {
        let table = now.table(&question);
        return Ok(FiguresTable::new(&now, &question, table, version));
    };
    // A release alone: what a cycle holds beyond its releases is not for everybody who reads this.
    let Some(earlier) = frozen::ground(conn, &other)? else {
        let keys = releases::keys(conn)?;
        let fault = ValueFault::unknown("release", keys.iter().map(Slug::as_str));
        return Err(ApiError::parameter("compare", fault));
    };
    Ok(FiguresTable::since(&earlier, &now, &question, version))
}

/// Read how far the projects of a release are
///
/// As `/figures/progress`, of the reports that the release froze.
#[utoipa::path(tag = "releases", params(ReleasedProgressParams), responses((status = 200, body = FiguresProgress)))]
#[get("/releases/{release}/figures/progress")]
pub(super) async fn get_release_progress(
    released: Released<Query<ReleasedProgressParams>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    answer_progress(released, &state).await
}

/// Answers the operation, and shares of it.
pub(in crate::api) async fn answer_progress(
    released: Released<Query<ReleasedProgressParams>>,
    state: &State,
) -> ApiResult<Answer> {
    let form = released.form(|Query(params)| params.format.as_deref(), TABLE);
    let form = released.said(state, form).await?;
    released
        .answer_in(state, ("releases/progress", form), move |conn, key, Query(params), language| {
            let (by, filter) = (params.by()?, params.filter());
            let (ground, version) = ground(conn, key, &filter)?;
            FiguresProgress::new(&ground, (by, filter, language), version).answer_in(form)
        })
        .await
}

/// Read the figures of a release as a map
///
/// As `/figures/map`, of the reports that the release froze.
#[utoipa::path(tag = "releases", params(ReleasedMapParams),
    responses((status = 200, body = CityCollection, content_type = "application/geo+json")))]
#[get("/releases/{release}/figures/map")]
pub(super) async fn get_release_map(
    released: Released<Query<ReleasedMapParams>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    answer_map(released, &state).await
}

/// Answers the operation, and shares of it.
pub(in crate::api) async fn answer_map(
    released: Released<Query<ReleasedMapParams>>,
    state: &State,
) -> ApiResult<Answer> {
    let form = released.form(|Query(params)| params.format.as_deref(), MAP);
    let form = released.said(state, form).await?;
    released
        .answer_in(state, ("releases/map", form), move |conn, key, Query(params), language| {
            let question = params.question(language);
            let (ground, version) = ground(conn, key, &question.filter)?;
            CityCollection::new(&ground, &question, version).drawn_in(form)
        })
        .await
}
