//! Comparisons of two cycles or releases, cell by cell.

use std::collections::BTreeMap;

use actix_web::web::Data;

use super::{
    dataset::{DatasetRequest, find_data_version, load_dataset},
    params::CompareParams,
    questions,
};
use crate::{
    api::{
        answer::Answer,
        body::Query,
        cache::{AnswerKey, CacheAudience},
        error::ApiResult,
        filter_values::UnknownValues,
        format::{TABLE, TabularAnswer as _},
        may::May,
        service_config::ServiceConfig,
        state::State,
    },
    domain::{
        figures::{BasisRequest, FigureDataset, FigureQuery, ValueChange},
        policy::{ReadFigures, visibility::ReadScope},
    },
    store::{Conn, StoreResult, figures::FactDepth, releases},
};

mod views;

pub(crate) use views::{DifferentCellView, FiguresComparison};

pub(super) fn register_routes(cfg: &mut ServiceConfig) {
    cfg.get(operation!(compare_figures));
}

/// Compare two cycles or releases
///
/// Returns the cells of a table that differ between `a`, the earlier side, and `b`, the later side. Each side is a
/// cycle or a release; a cycle means the reports that are approved now. Each cell lists the reports that make it
/// differ: those that entered it, those that left it, and those that changed their value. A cell also differs if one
/// project replaced a different one and the number is the same. If `projects` is measured, the number of reports that
/// entered minus the number that left is the difference of the cell.
///
/// Every signed-in user with a grant may call this. A reader whose grants cover some countries or cities gets the
/// comparison of those. A missing or unknown value of a parameter is refused with 400.
///
/// As CSV, XLSX or JSON lines the answer has one row for each cell that differs, with both numbers, their difference, and
/// the projects that entered, left or changed. Money has one row for each cell and currency.
#[utoipa::path(get, path = "/figures/compare", tag = "figures", params(CompareParams),
    responses((status = 200, body = FiguresComparison)))]
async fn compare_figures(
    may: May<ReadFigures, Query<CompareParams>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let Query(params) = &may.body;
    let question = params.parse_question(may.language)?;
    let a = questions::parse_cycle_base("a", params.a.as_deref())?;
    let b = questions::parse_cycle_base("b", params.b.as_deref())?;
    let form = may.accept.choose_format(params.format.as_deref(), TABLE)?;
    let visible = may.actor.visible_rows();
    let key =
        AnswerKey::new("figures/compare", CacheAudience::for_approved_data(&visible), params)?;
    let key = key.in_language(may.language).with_format(form);
    let sides = ComparedSides { reach: visible.approved, a, b };
    let read = move |c: &mut Conn, version| {
        compare_bases(c, version, &sides, &question)?.answer_in_format(form)
    };
    state.cache.answer(key, read).await
}

/// Selects the two sides of a comparison.
struct ComparedSides {
    /// The countries and cities whose approved data the caller may read.
    reach: ReadScope,
    a: BasisRequest,
    b: BasisRequest,
}

/// Compares two bases. `now` is the current data version.
fn compare_bases(
    conn: &mut Conn,
    now: i64,
    sides: &ComparedSides,
    question: &FigureQuery,
) -> ApiResult<FiguresComparison> {
    let request = |parameter, base| DatasetRequest {
        reach: &sides.reach,
        parameter,
        base,
        filter: &question.filter,
        depth: FactDepth::Texts,
        unknown_values: UnknownValues::Refuse,
    };
    let a = load_dataset(conn, &request("a", &sides.a))?;
    let b = load_dataset(conn, &request("b", &sides.b))?;
    let reasons = load_reopening_reasons(conn, &a, &b)?;
    let versions = ValueChange {
        from: find_data_version(conn, &a, now)?,
        to: find_data_version(conn, &b, now)?,
    };
    Ok(FiguresComparison::new(&a, &b, question, &versions).with_reasons(&reasons))
}

/// Loads the reasons why reports were reopened between two releases of one cycle, by project. Empty for other sides.
fn load_reopening_reasons(
    conn: &mut Conn,
    a: &FigureDataset,
    b: &FigureDataset,
) -> StoreResult<BTreeMap<String, String>> {
    let (Some(a), Some(b)) = (&a.basis.release, &b.basis.release) else {
        return Ok(BTreeMap::new());
    };
    let mut reasons: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for erratum in releases::list_errata_between(conn, a, b)? {
        reasons.entry(erratum.project.to_string()).or_default().extend(erratum.reasons);
    }
    // A report that was added between the two releases was never reopened. It must have no reason, and not an empty
    // one.
    reasons.retain(|_, why| !why.is_empty());
    Ok(reasons.into_iter().map(|(project, why)| (project, why.join("; "))).collect())
}
