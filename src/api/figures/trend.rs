//! Trends: figures from cycle to cycle, of the reports that are approved now or of the releases up to one release.

use actix_web::web::Data;
use chrono::NaiveDate;
use serde::Serialize;
use serde_json::Number as JsonNumber;
use utoipa::ToSchema;

use super::{
    cells::CellView,
    dataset::{DatasetQuery, FrozenRelease},
    params::TrendParams,
    response::{self, CountedFigures, FiguresResponse},
    views::{CoverageView, in_order, list_json_totals, list_money_sums},
};
use crate::{
    api::{
        answer::Answer, body::Query, error::ApiResult, may::May, service_config::ServiceConfig,
        state::State, views::MoneyView,
    },
    domain::{
        cycle::{CycleState, ReportingCycle},
        figures::{Dimension, FigureBasis, FigureDataset, FigureQuery, Measure, ReportingCoverage},
        policy::ReadFigures,
    },
    store::{Conn, figures::FactDepth},
};

pub(super) fn register_routes(cfg: &mut ServiceConfig) {
    cfg.get(operation!(get_figures_trend));
}

/// A cycle in a trend.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct TrendCycle {
    /// The key of the cycle.
    #[schema(example = "me-2022")]
    pub cycle: String,
    /// The name of the cycle.
    #[schema(example = "Monitoring and evaluation 2022")]
    pub cycle_name: String,
    /// The cut-off day of the cycle.
    #[schema(example = "2022-09-21")]
    pub as_of: NaiveDate,
    /// The key of the release whose frozen reports are counted. Null if the reports that are approved now are counted.
    #[schema(required)]
    pub release: Option<String>,
    /// The state of the cycle. The numbers of an open cycle can still change.
    pub state: CycleState,
    /// How complete the numbers of the cycle are.
    pub coverage: CoverageView,
}

/// The data that a trend is counted from.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct TrendBasis {
    /// Always null, because a trend has several cycles.
    #[schema(required)]
    pub cycle: Option<String>,
    /// The cut-off day of the last cycle. Null if there is no cycle.
    #[schema(required, example = "2025-09-30")]
    pub as_of: Option<NaiveDate>,
    /// The key of the release that the trend ends with. Null if the reports that are approved now are counted.
    #[schema(required)]
    pub release: Option<String>,
    /// The data version: the number in the feed of changes (`feed`) of the last public change that is included.
    #[schema(example = 1312)]
    pub seq: i64,
    /// The keys of the cycles, in the order of their cut-off days: all cycles that were opened, or for a release the
    /// cycles that had a release by then.
    pub cycles: Vec<String>,
}

/// Sums of money, one amount for each currency.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct TrendCurrencies {
    /// The sums of each cycle, by key.
    #[serde(serialize_with = "in_order")]
    #[schema(value_type = BTreeMap<String, Vec<MoneyView>>)]
    pub rows: Vec<(String, Vec<MoneyView>)>,
}

/// A table with cycles as rows, in the order of their cut-off days. A report counts in its own cycle. There are no
/// totals over several cycles, because a project is reported again in each of them.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct FiguresTrend {
    /// The number that is measured.
    pub measure: Measure,
    /// The dimension of the rows: always `cycle`.
    pub rows: Dimension,
    /// The dimension of the columns. Null if there is one number for each cycle.
    #[schema(required)]
    pub columns: Option<Dimension>,
    /// The data that the trend is counted from.
    pub basis: TrendBasis,
    /// The cycles, in the order of the rows.
    pub cycles: Vec<TrendCycle>,
    /// The cells, row by row. The key `unknown` stands for reports that do not state the dimension. It is present only
    /// if such a report is counted.
    pub cells: Vec<CellView>,
    /// The number of each cycle, by key. A report counts once in its cycle, even if it is in several of its cells.
    #[serde(serialize_with = "in_order")]
    #[schema(value_type = BTreeMap<String, Option<f64>>)]
    pub row_totals: Vec<(String, Option<JsonNumber>)>,
    /// The sums of money of each cycle. Present only if `spent` or `budget` is measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub totals_by_currency: Option<TrendCurrencies>,
    /// How complete the trend is over all cycles. A city counts as reporting if it has a report in any of them.
    pub coverage: CoverageView,
    /// How the number is calculated, as a sentence in the language of the answer.
    #[schema(example = "count of approved reports")]
    pub formula: String,
}

/// Read figures as a trend
///
/// Returns a table with the cycles as rows, in the order of their cut-off days. Each row counts the approved reports of
/// its cycle and has the same numbers as the table of that cycle (`/figures/table`). Cycles that were never opened are
/// left out.
///
/// Every signed-in user with a grant may call this. A reader whose grants cover some countries or cities gets the
/// figures of those. An unknown value of a parameter is refused with 400.
#[utoipa::path(get, path = "/figures/trend", tag = "figures", params(TrendParams),
    responses((status = 200, body = FiguresTrend)))]
async fn get_figures_trend(
    may: May<ReadFigures, Query<TrendParams>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    response::answer_current_figures(may, &state).await
}

impl FiguresResponse for FiguresTrend {
    type Question = FigureQuery;

    fn count_for_release(
        conn: &mut Conn,
        release: &FrozenRelease,
        question: &FigureQuery,
    ) -> ApiResult<Self> {
        Self::count_reports(conn, &release.select_with_earlier_releases(), question)
    }
}

impl CountedFigures for FiguresTrend {
    fn count_reports(
        conn: &mut Conn,
        from: &DatasetQuery,
        question: &FigureQuery,
    ) -> ApiResult<Self> {
        let dataset =
            from.load_dataset(conn, &question.filter, FactDepth::for_question(question))?;
        Ok(Self::new(&dataset, question, from.version))
    }
}

impl TrendCycle {
    fn new(cycle: &ReportingCycle, basis: &FigureBasis, coverage: ReportingCoverage) -> Self {
        Self {
            cycle: cycle.slug.to_string(),
            cycle_name: cycle.name.to_string(),
            as_of: cycle.as_of,
            release: basis.releases.get(&cycle.slug).map(ToString::to_string),
            state: cycle.state,
            coverage: CoverageView::new(coverage, false),
        }
    }
}

impl FiguresTrend {
    fn new(dataset: &FigureDataset, question: &FigureQuery, version: i64) -> Self {
        let measure = question.measure;
        let (table, cycles) = dataset.count_trend(question);
        let cycles: Vec<TrendCycle> = cycles
            .into_iter()
            .map(|(cycle, coverage)| TrendCycle::new(cycle, &dataset.basis, coverage))
            .collect();
        let sums =
            || table.row_totals.iter().map(|(l, f)| (l.key.clone(), list_money_sums(f))).collect();
        Self {
            measure,
            rows: question.rows,
            columns: question.columns,
            basis: TrendBasis {
                cycle: None,
                as_of: cycles.last().map(|c| c.as_of),
                release: dataset.basis.release.as_ref().map(ToString::to_string),
                seq: version,
                cycles: cycles.iter().map(|c| c.cycle.clone()).collect(),
            },
            cycles,
            row_totals: list_json_totals(&table.row_totals),
            totals_by_currency: measure.is_money().then(|| TrendCurrencies { rows: sums() }),
            cells: table.cells.into_iter().map(|c| CellView::new(c, measure, false)).collect(),
            coverage: CoverageView::new(table.coverage, false),
            formula: measure.formula().to_text(question.language),
        }
    }
}
