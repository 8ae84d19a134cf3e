//! Progress of projects, by city, country or focus area.

use actix_web::web::Data;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    dataset::{DatasetQuery, FrozenRelease},
    params::ProgressParams,
    response::{self, CountedFigures, FiguresResponse},
    views::{BasisView, CoverageView, explain_empty_basis, to_json_number},
};
use crate::{
    api::{
        answer::Answer, body::Query, error::ApiResult, may::May, service_config::ServiceConfig,
        state::State,
    },
    domain::{
        figures::{
            AxisLabel, FigureDataset, FigureFilter, MilestoneProgress, OutcomeProgress,
            ProgressGrouping, ProjectProgress, list_formulas,
        },
        language::Language,
        policy::ReadFigures,
    },
    store::{Conn, figures::FactDepth},
};

pub(super) fn register_routes(cfg: &mut ServiceConfig) {
    cfg.get(operation!(get_figures_progress));
}

/// The milestones of approved reports, as each report froze them.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct MilestoneProgressView {
    /// The weight of the reached milestones divided by the weight of all milestones, 0 to 1. Null if no report has
    /// milestones.
    #[schema(required, example = 0.4)]
    pub attainment: Option<f64>,
    /// The sum of the weights of the reached milestones.
    #[schema(example = 4)]
    pub completed_weight: i64,
    /// The sum of the weights of all milestones.
    #[schema(example = 10)]
    pub total_weight: i64,
    /// The number of reports that have milestones and are not cancelled. Only these are counted.
    #[schema(example = 2)]
    pub known: i64,
    /// The number of all reports.
    #[schema(example = 4)]
    pub of: i64,
}

/// The outcome indicators of approved reports, as each report froze them.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct OutcomeProgressView {
    /// The plain mean of the attainment of the indicators, (value − baseline) / (target − baseline): 0 at the baseline,
    /// 1 at the target. Null if no indicator has a defined attainment; it is never 0 for that reason.
    #[schema(required, example = 0.75)]
    pub attainment: Option<f64>,
    /// The number of indicators that have a value and a defined attainment. Only these are in the mean.
    #[schema(example = 1)]
    pub known: i64,
    /// The number of outcome indicators of reports that are not cancelled.
    #[schema(example = 3)]
    pub of: i64,
    /// The number of indicators that have a value, but no defined attainment: baseline or target is missing, both are
    /// equal, or the target is on the worse side of the baseline.
    #[schema(example = 1)]
    pub undefined: i64,
    /// The number of indicators for which the report states no value.
    #[schema(example = 1)]
    pub not_measured: i64,
}

/// The progress of a set of projects.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ProgressView {
    /// The plain mean of the stated percentages, 0 to 100. Null if no report states one.
    #[schema(required, example = 62.5)]
    pub percent_complete: Option<f64>,
    /// The number of reports that state a percentage and are not cancelled. Only these are in the mean.
    #[schema(example = 3)]
    pub known: i64,
    /// The number of all reports.
    #[schema(example = 4)]
    pub total: i64,
    /// The milestones, by weight.
    pub milestones: MilestoneProgressView,
    /// The outcome indicators.
    pub outcome_indicators: OutcomeProgressView,
}

/// The progress of the projects of a row.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ProgressRow {
    /// The key of the city, country or focus area; `unknown` for reports without one.
    #[schema(example = "da-nang")]
    pub key: String,
    /// The name of the row, in the language of the answer.
    #[schema(example = "Da Nang")]
    pub name: String,
    /// The plain mean of the stated percentages, 0 to 100. Null if no report states one.
    #[schema(required, example = 62.5)]
    pub percent_complete: Option<f64>,
    /// The number of reports that state a percentage and are not cancelled. Only these are in the mean.
    #[schema(example = 3)]
    pub known: i64,
    /// The number of all reports.
    #[schema(example = 4)]
    pub total: i64,
    /// The milestones, by weight.
    pub milestones: MilestoneProgressView,
    /// The outcome indicators.
    pub outcome_indicators: OutcomeProgressView,
}

/// Progress by city, country or focus area.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct FiguresProgress {
    /// The kind of record that each row is about.
    pub by: ProgressGrouping,
    /// The data that the figures are counted from.
    pub basis: BasisView,
    /// The rows in the alphabetical order of their names in the language of the answer; `unknown` is last. They cannot
    /// be sorted by a number, because progress is not a ranking.
    pub rows: Vec<ProgressRow>,
    /// The progress of all reports together. Each report counts once.
    pub total: ProgressView,
    /// How complete the figures are.
    pub coverage: CoverageView,
    /// How the numbers are calculated, as sentences in the language of the answer.
    pub formula: String,
    /// Why there is nothing to count. Present only if the day is before the cut-off of every cycle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Read the progress of projects
///
/// Returns three numbers for each city, country or focus area: the mean of the stated percentages, the reached share of
/// the weight of milestones, and the mean attainment of the outcome indicators. Each number comes with the count of
/// known values that it rests on. Missing values are left out and never count as zero. Give either `cycle` or `as_of`,
/// as for the table. The rows are in the order of their names, because progress is not a ranking.
///
/// Every signed-in user with a grant may call this. A reader whose grants cover some countries or cities gets the
/// figures of those. A missing or unknown value of a parameter is refused with 400.
#[utoipa::path(get, path = "/figures/progress", tag = "figures", params(ProgressParams),
    responses((status = 200, body = FiguresProgress)))]
async fn get_figures_progress(
    may: May<ReadFigures, Query<ProgressParams>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    response::answer_current_figures(may, &state).await
}

#[derive(Debug, Clone)]
pub(in crate::api) struct ProgressQuestion {
    pub(super) by: ProgressGrouping,
    pub(super) filter: FigureFilter,
    /// The language of the names of the rows.
    pub(super) language: Language,
}

impl FiguresResponse for FiguresProgress {
    type Question = ProgressQuestion;

    fn count_for_release(
        conn: &mut Conn,
        release: &FrozenRelease,
        question: &ProgressQuestion,
    ) -> ApiResult<Self> {
        Self::count_reports(conn, &release.select_own_reports(), question)
    }
}

impl CountedFigures for FiguresProgress {
    fn count_reports(
        conn: &mut Conn,
        from: &DatasetQuery,
        question: &ProgressQuestion,
    ) -> ApiResult<Self> {
        let dataset = from.load_dataset(conn, &question.filter, FactDepth::Texts)?;
        Ok(Self::new(&dataset, question, from.version))
    }
}

impl FiguresProgress {
    fn new(dataset: &FigureDataset, question: &ProgressQuestion, version: i64) -> Self {
        let ProgressQuestion { by, filter, language } = question;
        let table = dataset.measure_progress(*by, filter.clone(), *language);
        let formulas = list_formulas().map(|formula| formula.to_text(*language));
        Self {
            by: *by,
            basis: BasisView::new(&dataset.basis, version),
            total: ProgressView::from(&table.total),
            rows: table
                .rows
                .into_iter()
                .map(|(label, progress)| ProgressRow::new(label, &progress))
                .collect(),
            coverage: CoverageView::new(table.coverage, dataset.basis.is_dated()),
            formula: formulas.join("; "),
            note: explain_empty_basis(&dataset.basis, *language),
        }
    }
}

impl ProgressRow {
    fn new(label: AxisLabel, progress: &ProjectProgress) -> Self {
        let view = ProgressView::from(progress);
        Self {
            key: label.key,
            name: label.name,
            percent_complete: view.percent_complete,
            known: view.known,
            total: view.total,
            milestones: view.milestones,
            outcome_indicators: view.outcome_indicators,
        }
    }
}

impl From<&ProjectProgress> for ProgressView {
    fn from(p: &ProjectProgress) -> Self {
        Self {
            percent_complete: to_json_number(p.percent).and_then(|n| n.as_f64()),
            known: p.known,
            total: p.total,
            milestones: MilestoneProgressView::new(&p.milestones, p.total),
            outcome_indicators: OutcomeProgressView::from(&p.outcomes),
        }
    }
}

impl MilestoneProgressView {
    fn new(m: &MilestoneProgress, of: i64) -> Self {
        Self {
            attainment: m.reached_share(),
            completed_weight: m.weights.reached,
            total_weight: m.weights.total,
            known: m.known,
            of,
        }
    }
}

impl From<&OutcomeProgress> for OutcomeProgressView {
    fn from(o: &OutcomeProgress) -> Self {
        Self {
            attainment: o.mean_attainment(),
            known: o.count_defined(),
            of: o.of,
            undefined: o.undefined,
            not_measured: o.not_measured,
        }
    }
}
