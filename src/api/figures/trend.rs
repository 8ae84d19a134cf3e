//! How figures developed from cycle to cycle: of what is approved now, or of what was released until a release.

use actix_web::{get, web::Data};
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
        wording,
    },
    store::{Conn, figures::FactDepth},
};

/// Registers the operations of this file.
pub(super) fn register_routes(cfg: &mut ServiceConfig) {
    cfg.service(get_figures_trend);
}

/// A cycle of a trend.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct TrendCycle {
    /// The cycle.
    #[schema(example = "me-2022")]
    pub cycle: String,
    /// Its name.
    #[schema(example = "Monitoring and evaluation 2022")]
    pub cycle_name: String,
    /// Its cut-off day.
    #[schema(example = "2022-09-21")]
    pub as_of: NaiveDate,
    /// The release whose frozen reports are counted; null for what is approved now.
    #[schema(required)]
    pub release: Option<String>,
    /// Where it stands: what is open goes on changing.
    pub state: CycleState,
    /// How complete its numbers are.
    pub coverage: CoverageView,
}

/// What a trend rests on.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct TrendBasis {
    /// Null: there are several.
    #[schema(required)]
    pub cycle: Option<String>,
    /// The cut-off of the last cycle; null where there is none.
    #[schema(required, example = "2025-09-30")]
    pub as_of: Option<NaiveDate>,
    /// The release, for figures of one.
    #[schema(required)]
    pub release: Option<String>,
    /// The data version: the number of the last public change that is counted in.
    #[schema(example = 1312)]
    pub seq: i64,
    /// All cycles that were opened, or that were released until the release, in the order of their cut-offs.
    pub cycles: Vec<String>,
}

/// Sums of money per currency.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct TrendCurrencies {
    /// For each cycle, by key.
    #[serde(serialize_with = "in_order")]
    #[schema(value_type = BTreeMap<String, Vec<MoneyView>>)]
    pub rows: Vec<(String, Vec<MoneyView>)>,
}

/// A table with the cycles as rows, in the order of their cut-offs. A report counts in its own cycle; there are no totals
/// over cycles, because a project is reported in each again.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct FiguresTrend {
    /// What is measured.
    pub measure: Measure,
    /// What the rows are: cycles.
    pub rows: Dimension,
    /// What the columns are; null where there is one number for each cycle.
    #[schema(required)]
    pub columns: Option<Dimension>,
    /// What the trend rests on.
    pub basis: TrendBasis,
    /// The cycles, in order.
    pub cycles: Vec<TrendCycle>,
    /// The cells, row by row. `unknown` is the key of reports that do not tell; it is there only where it counts.
    pub cells: Vec<CellView>,
    /// The number for each cycle, by key; a report counts once.
    #[serde(serialize_with = "in_order")]
    #[schema(value_type = BTreeMap<String, Option<f64>>)]
    pub row_totals: Vec<(String, Option<JsonNumber>)>,
    /// The sums of money for each cycle; only where `spent` is measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub totals_by_currency: Option<TrendCurrencies>,
    /// How complete it is over all cycles: cities count that report in any.
    pub coverage: CoverageView,
    /// How the number is made.
    #[schema(example = "count of approved reports")]
    pub formula: String,
}

/// Read how figures developed
///
/// The cycles as rows, in the order of their cut-offs, each with the approved reports of its own: every row is that of the
/// table of its cycle. Cycles that were never opened are left out.
#[utoipa::path(tag = "figures", params(TrendParams), responses((status = 200, body = FiguresTrend)))]
#[get("/figures/trend")]
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
        render_release: &FrozenRelease,
        question: &FigureQuery,
    ) -> ApiResult<Self> {
        Self::count_reports(conn, &render_release.select_with_earlier_releases(), question)
    }
}

impl CountedFigures for FiguresTrend {
    fn count_reports(
        conn: &mut Conn,
        from: &DatasetQuery,
        question: &FigureQuery,
    ) -> ApiResult<Self> {
        let ground = from.load_dataset(conn, &question.filter, FactDepth::Columns)?;
        Ok(Self::new(&ground, question, from.version))
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
    fn new(ground: &FigureDataset, question: &FigureQuery, version: i64) -> Self {
        let measure = question.measure;
        let (table, cycles) = ground.count_trend(question);
        let cycles: Vec<TrendCycle> = cycles
            .into_iter()
            .map(|(cycle, coverage)| TrendCycle::new(cycle, &ground.basis, coverage))
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
                release: ground.basis.release.as_ref().map(ToString::to_string),
                seq: version,
                cycles: cycles.iter().map(|c| c.cycle.clone()).collect(),
            },
            cycles,
            row_totals: list_json_totals(&table.row_totals),
            totals_by_currency: (measure == Measure::Spent)
                .then(|| TrendCurrencies { rows: sums() }),
            cells: table.cells.into_iter().map(|c| CellView::new(c, measure, false)).collect(),
            coverage: CoverageView::new(table.coverage, false),
            formula: wording::translate_sentence(question.language, measure.formula()).into_owned(),
        }
    }
}
