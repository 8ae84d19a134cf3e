//! Coverage: what a cycle expects of each city, and how far that is, as far as the caller sees it; and what a release holds.

use actix_web::{get, web::Data};
use chrono::{DateTime, Utc};

use super::{
    dataset::{FrozenRelease, refuse_unknown_cycle},
    params::CoverageParams,
    questions::parse_param,
    response::FiguresResponse,
};
use crate::{
    api::{
        answer::Answer,
        body::Query,
        cache::AnswerKey,
        error::{ApiError, ApiResult},
        may::May,
        service_config::ServiceConfig,
        state::State,
    },
    domain::{
        fault::ValueFault,
        figures::coverage::FORMULA,
        language::Language,
        policy::{Actor, ReadFigures},
        release::coverage::{FORMULA as FORMULA_RELEASED, FrozenSubmission},
        value::Slug,
    },
    store::{Conn, StoreResult, cycles, figures, journal, releases::frozen},
};

mod views;

use views::CoverageInput;
pub(crate) use views::{CityCoverage, CoverageBasis, FiguresCoverage};

/// Registers the operation of this file.
pub(super) fn register_routes(cfg: &mut ServiceConfig) {
    cfg.service(get_figures_coverage);
}

/// Read how far a cycle is
///
/// What is expected of each city in a cycle, and where that stands. Every reader learns what is approved and what is not yet.
/// Where the rest stands, what is late and when something last happened is for the city, its representative and the
/// secretariat; to everybody else it is null. That there is a draft that was never submitted is counted for the latter two,
/// when it was touched is not told.
#[utoipa::path(tag = "figures", params(CoverageParams), responses((status = 200, body = FiguresCoverage)))]
#[get("/figures/coverage")]
async fn get_figures_coverage(
    may: May<ReadFigures, Query<CoverageParams>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let Query(params) = &may.body;
    let cycle = parse_param("cycle", params.cycle.as_deref(), Slug::parse)?
        .ok_or_else(|| ApiError::invalid_parameter("cycle", ValueFault::required()))?;
    let form = may.accept.choose_format(params.format.as_deref(), FiguresCoverage::FORMS)?;
    // Unlike other figures it is made of working copies for those who work on them.
    let (now, language, actor) = (state.clock.now(), may.language, may.actor);
    let key = AnswerKey::for_records("figures/coverage", &actor, params, now)?;
    let key = key.in_language(language).with_format(form);
    let read = move |c: &mut Conn, _| {
        count_coverage(c, &cycle, (&actor, now), language)?.render_answer(form)
    };
    state.answer_cached(key, read).await
}

fn count_coverage(
    conn: &mut Conn,
    cycle: &Slug,
    (actor, now): (&Actor, DateTime<Utc>),
    language: Language,
) -> ApiResult<FiguresCoverage> {
    let Some(cycle) = cycles::find(conn, cycle)? else {
        return Err(refuse_unknown_cycle(conn, "cycle"));
    };
    let version = journal::load_head(conn)?.feed;
    let files = figures::load_coverage_dataset(conn, cycle)?;
    let standings = files.count_coverage(actor, now);
    let told = CoverageInput { standings: &standings, release: None, version, formula: FORMULA };
    Ok(FiguresCoverage::new(&told, language))
}

impl FiguresResponse for FiguresCoverage {
    type Question = Language;

    fn count_for_release(
        conn: &mut Conn,
        render_release: &FrozenRelease,
        language: &Language,
    ) -> ApiResult<Self> {
        let frame = frozen::load_reference(conn, &render_release.key)?;
        let mut reports = Vec::new();
        frozen::for_each_report(conn, &render_release.key, |row| -> StoreResult<()> {
            reports.push(FrozenSubmission::from(&row.parse_report()?));
            Ok(())
        })?;
        let told = CoverageInput {
            standings: &frame.count_coverage(&reports),
            release: Some(&render_release.key),
            version: render_release.version,
            formula: FORMULA_RELEASED,
        };
        Ok(Self::new(&told, *language))
    }
}
