//! Coverage: what a cycle expects of each city, and how far that is, as far as the caller sees it; and what a release holds.

use actix_web::{get, web::Data};
use chrono::{DateTime, Utc};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    asked::parse,
    kind::Figures,
    params::CoverageParams,
    source::{Frozen, no_such_cycle},
};
use crate::{
    api::{
        answer::Answer,
        body::Query,
        cache::Key,
        error::{ApiError, ApiResult},
        may::May,
        state::State,
    },
    domain::{
        fault::ValueFault,
        figures::coverage::FORMULA,
        language::Language,
        policy::{Actor, ReadFigures},
        release::coverage::{FORMULA as FORMULA_RELEASED, Handed},
        value::Slug,
    },
    store::{Conn, StoreResult, cycles, figures, journal, releases::frozen},
};

mod views;

use views::Told;
pub use views::{
    CitiesCoverage, CityCoverage, CountryCoverage, CoverageBasis, FiguresCoverage, StandingView,
};

/// Registers the operation of this file.
pub(super) fn routes(cfg: &mut ServiceConfig) {
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
    let cycle = parse("cycle", params.cycle.as_deref(), Slug::parse)?
        .ok_or_else(|| ApiError::parameter("cycle", ValueFault::required()))?;
    let form = may.accept.choose(params.format.as_deref(), FiguresCoverage::FORMS)?;
    // Unlike other figures it is made of working copies for those who work on them.
    let (now, language, actor) = (state.clock.now(), may.language, may.actor);
    let key = Key::of_records("figures/coverage", &actor, params, now)?;
    let key = key.in_language(language).in_form(form);
    let read = move |c: &mut Conn, _| count(c, &cycle, (&actor, now), language)?.told_in(form);
    state.kept(key, read).await
}

fn count(
    conn: &mut Conn,
    cycle: &Slug,
    (actor, now): (&Actor, DateTime<Utc>),
    language: Language,
) -> ApiResult<FiguresCoverage> {
    let Some(cycle) = cycles::find(conn, cycle)? else {
        return Err(no_such_cycle(conn, "cycle"));
    };
    let version = journal::head(conn)?.feed;
    let files = figures::files(conn, cycle)?;
    let standings = files.standings(actor, now);
    let told = Told { standings: &standings, release: None, version, formula: FORMULA };
    Ok(FiguresCoverage::new(&told, language))
}

impl Figures for FiguresCoverage {
    type Question = Language;

    fn of_release(conn: &mut Conn, release: &Frozen, language: &Language) -> ApiResult<Self> {
        let frame = frozen::frame(conn, &release.key)?;
        let mut reports = Vec::new();
        frozen::each(conn, &release.key, |row| -> StoreResult<()> {
            reports.push(Handed::from(&row.report()?));
            Ok(())
        })?;
        let told = Told {
            standings: &frame.standings(&reports),
            release: Some(&release.key),
            version: release.version,
            formula: FORMULA_RELEASED,
        };
        Ok(Self::new(&told, *language))
    }
}
