//! Coverage: the reports that a cycle expects of each city and the state of those reports, limited to what the caller
//! may see; and the reports that a release holds.

use std::sync::Arc;

use actix_web::web::Data;
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
        language::Language,
        message,
        policy::{Actor, ReadFigures},
        release::coverage::FrozenSubmission,
        value::Slug,
    },
    store::{Conn, StoreResult, cycles, figures, journal, releases::frozen},
};

mod views;

use views::CoverageInput;
pub(crate) use views::{CityCoverage, CoverageBasis, FiguresCoverage};

pub(super) fn register_routes(cfg: &mut ServiceConfig) {
    cfg.get(operation!(get_figures_coverage));
}

/// Read the coverage of a cycle
///
/// Returns for each city, for each country and for all cities how many reports the cycle expects, and in which state
/// those reports are.
///
/// Every signed-in user with a grant may call this and sees how many reports are approved, how many of these were first
/// submitted late, and how many reports are not approved. The other counts of a city are for those who work on its
/// reports: its city officers, its national representative and the secretariat. For other callers these counts are
/// null, because work in progress is not public. The representative and the secretariat see that there is a draft that
/// was never submitted, but `last_activity` does not tell them when it was edited.
///
/// A reader whose grants cover some countries or cities gets those only. 400 if `cycle` is missing or unknown.
#[utoipa::path(get, path = "/figures/coverage", tag = "figures", params(CoverageParams),
    responses((status = 200, body = FiguresCoverage)))]
async fn get_figures_coverage(
    may: May<ReadFigures, Query<CoverageParams>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let Query(params) = &may.body;
    let cycle = parse_param("cycle", params.cycle.as_deref(), Slug::parse)?
        .ok_or_else(|| ApiError::invalid_parameter("cycle", ValueFault::required()))?;
    let form = may.accept.choose_format(params.format.as_deref(), FiguresCoverage::FORMS)?;
    // Coverage also counts working copies if the caller may see any. Then the cache key depends on the caller and on
    // the day; keys of other figures never do.
    let (now, language, actor) = (state.clock.now(), may.language, may.actor);
    let key = AnswerKey::for_records("figures/coverage", &actor, params, now)?;
    let key = key.in_language(language).with_format(form);
    let query = CoverageQuery { cycle, actor, now, language };
    let read = move |c: &mut Conn, _| count_coverage(c, &query)?.render_answer(form);
    state.cache.answer(key, read).await
}

/// A request for the coverage of a cycle as it is now.
struct CoverageQuery {
    cycle: Slug,
    actor: Arc<Actor>,
    now: DateTime<Utc>,
    language: Language,
}

fn count_coverage(conn: &mut Conn, query: &CoverageQuery) -> ApiResult<FiguresCoverage> {
    let Some(cycle) = cycles::find(conn, &query.cycle)? else {
        return Err(refuse_unknown_cycle(conn, "cycle", query.cycle.as_str()));
    };
    let version = journal::load_head(conn)?.feed;
    let files = figures::load_coverage_dataset(conn, cycle)?;
    let standings = files.count_coverage(&query.actor, query.now);
    let formula = message::figure::coverage();
    let input = CoverageInput { standings: &standings, release: None, version, formula };
    Ok(FiguresCoverage::new(&input, query.language))
}

impl FiguresResponse for FiguresCoverage {
    type Question = Language;

    fn count_for_release(
        conn: &mut Conn,
        release: &FrozenRelease,
        language: &Language,
    ) -> ApiResult<Self> {
        let reference = frozen::load_reference(conn, &release.key)?;
        let mut reports = Vec::new();
        frozen::for_each_report(conn, &release.key, |row| -> StoreResult<()> {
            reports.push(FrozenSubmission::from(&row.parse_report()?));
            Ok(())
        })?;
        let input = CoverageInput {
            standings: &reference.count_coverage(&reports),
            release: Some(&release.key),
            version: release.version,
            formula: message::figure::released_coverage(),
        };
        Ok(Self::new(&input, *language))
    }
}
