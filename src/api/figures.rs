//! Figures: tables computed from approved reports.

use actix_web::{get, web::Data};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    answer::Answer,
    body::Query,
    cache::{Key, View},
    error::ApiResult,
    format::{TABLE, Tabular as _},
    may::May,
    state::State,
};
use crate::{
    domain::{
        figures::{Base, Question},
        policy::{ReadFigures, sight::Reachable},
    },
    store::{Conn, figures::Depth},
};

pub mod changes;
pub mod compare;
pub mod coverage;
pub mod flat;
pub mod map;
pub mod params;
pub mod progress;
pub mod trend;
pub mod views;

use params::{TableParams, ground};
use views::FiguresTable;

/// Registers the operations of this file and of those beside it.
pub(super) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(get_figures_table);
    progress::routes(cfg);
    trend::routes(cfg);
    coverage::routes(cfg);
    map::routes(cfg);
    compare::routes(cfg);
}

/// Count a table
///
/// Counts the approved reports of a cycle, or the latest one of each project up to a day, by one or two dimensions. Every
/// combination is there, zeros included; what a filter rules out is not. Parameters of one name mean any of their values,
/// different names mean all of them. A reader with a narrower scope gets the table of that scope. Beside an earlier cycle
/// (`compare`) each cell says what it was, and `changes` which projects make the difference.
#[utoipa::path(tag = "figures", params(TableParams), responses((status = 200, body = FiguresTable)))]
#[get("/figures/table")]
async fn get_figures_table(
    may: May<ReadFigures, Query<TableParams>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let Query(params) = &may.body;
    let question = params.question(may.language)?;
    let base = params::base(params.cycle.as_deref(), params.as_of.as_deref())?;
    let earlier = params.compare.as_deref().map(|raw| params::cycle("compare", Some(raw)));
    let earlier = earlier.transpose()?;
    let visible = may.actor.visible();
    let key = Key::new("figures/table", View::approved(&visible), params)?;
    let form = may.accept.choose(params.format.as_deref(), TABLE)?;
    let key = key.in_language(may.language).in_form(form);
    let bases = (base, earlier);
    let read = move |c: &mut Conn, version| {
        count(c, version, &visible.approved, &bases, &question)?.answer_in(form)
    };
    state.kept(key, read).await
}

fn count(
    conn: &mut Conn,
    version: i64,
    reach: &Reachable,
    (base, earlier): &(Base, Option<Base>),
    question: &Question,
) -> ApiResult<FiguresTable> {
    // The titles of projects stand in texts, and are told only where something is compared.
    let depth = if earlier.is_some() { Depth::Texts } else { Depth::Columns };
    let now = ground(conn, reach, ("cycle", base), (&question.filter, depth))?;
    let table = match earlier {
        None => now.table(question),
        Some(earlier) => {
            let earlier = ground(conn, reach, ("compare", earlier), (&question.filter, depth))?;
            return Ok(FiguresTable::since(&earlier, &now, question, version));
        }
    };
    Ok(FiguresTable::new(&now, question, table, version))
}
