//! How far projects are, by city, country or focus area.

use actix_web::{get, web::Data};
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
            AxisLabel, FORMULAS, FigureDataset, FigureFilter, Grouping, MilestoneProgress,
            OutcomeProgress, ProjectProgress,
        },
        language::Language,
        policy::ReadFigures,
        wording,
    },
    store::{Conn, figures::FactDepth},
};

/// Registers the operations of this file.
pub(super) fn register_routes(cfg: &mut ServiceConfig) {
    cfg.service(get_figures_progress);
}

/// Milestones of approved reports, as the reports froze them.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct MilestoneProgressView {
    /// The reached share of the weight: 0 to 1; null where no report has milestones.
    #[schema(required, example = 0.4)]
    pub attainment: Option<f64>,
    /// The weights of the reached milestones, added.
    #[schema(example = 4)]
    pub completed_weight: i64,
    /// The weights of all milestones, added.
    #[schema(example = 10)]
    pub total_weight: i64,
    /// Reports that have milestones and are not cancelled.
    #[schema(example = 2)]
    pub known: i64,
    /// All reports.
    #[schema(example = 4)]
    pub of: i64,
}

/// Outcome indicators of approved reports, as the reports froze them.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct OutcomeProgressView {
    /// The plain mean of what they attain: 0 at the baseline, 1 at the target, in their declared direction; null where nothing
    /// defined is known, never 0 for that.
    #[schema(required, example = 0.75)]
    pub attainment: Option<f64>,
    /// Indicators with a value whose attainment is defined.
    #[schema(example = 1)]
    pub known: i64,
    /// Outcome indicators of reports that are not cancelled.
    #[schema(example = 3)]
    pub of: i64,
    /// Indicators with a value whose attainment is undefined: no baseline, no target, both the same, or the target on the worse
    /// side.
    #[schema(example = 1)]
    pub undefined: i64,
    /// Indicators for which the report states no value.
    #[schema(example = 1)]
    pub not_measured: i64,
}

/// How far some projects are.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ProgressView {
    /// The plain mean of what the reports state, 0 to 100; null where none states it.
    #[schema(required, example = 62.5)]
    pub percent_complete: Option<f64>,
    /// Reports that state it and are not cancelled.
    #[schema(example = 3)]
    pub known: i64,
    /// All reports.
    #[schema(example = 4)]
    pub total: i64,
    /// Milestones, by weight.
    pub milestones: MilestoneProgressView,
    /// Outcome indicators.
    pub outcome_indicators: OutcomeProgressView,
}

/// How far the projects of a row are.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ProgressRow {
    /// The key of the city, country or focus area.
    #[schema(example = "da-nang")]
    pub key: String,
    /// Its name.
    #[schema(example = "Da Nang")]
    pub name: String,
    /// The plain mean of what the reports state, 0 to 100; null where none states it.
    #[schema(required, example = 62.5)]
    pub percent_complete: Option<f64>,
    /// Reports that state it and are not cancelled.
    #[schema(example = 3)]
    pub known: i64,
    /// All reports.
    #[schema(example = 4)]
    pub total: i64,
    /// Milestones, by weight.
    pub milestones: MilestoneProgressView,
    /// Outcome indicators.
    pub outcome_indicators: OutcomeProgressView,
}

/// Progress by city, country or focus area.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct FiguresProgress {
    /// What the rows are.
    pub by: Grouping,
    /// What the figures rest on.
    pub basis: BasisView,
    /// The rows in the order of their names as they are written here; `unknown` last. They cannot be sorted by a number.
    pub rows: Vec<ProgressRow>,
    /// All reports, each counted once.
    pub total: ProgressView,
    /// How complete the figures are.
    pub coverage: CoverageView,
    /// How the numbers are made.
    pub formula: String,
    /// Why there is nothing to count; only where the day lies before the cut-off of every cycle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Read how far projects are
///
/// For each city, country or focus area the mean of the stated percentages, the reached weight of the milestones and what the
/// outcome indicators attain, each with how many are known of how many. Nothing is zero because it is missing. The order is
/// that of the names: this is no ranking.
#[utoipa::path(tag = "figures", params(ProgressParams), responses((status = 200, body = FiguresProgress)))]
#[get("/figures/progress")]
async fn get_figures_progress(
    may: May<ReadFigures, Query<ProgressParams>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    response::answer_current_figures(may, &state).await
}

/// What progress is asked for.
#[derive(Debug, Clone)]
pub(in crate::api) struct ProgressQuestion {
    /// What the rows are.
    pub(super) by: Grouping,
    /// Which reports count.
    pub(super) filter: FigureFilter,
    /// In which language the rows are named.
    pub(super) language: Language,
}

impl FiguresResponse for FiguresProgress {
    type Question = ProgressQuestion;

    fn count_for_release(
        conn: &mut Conn,
        render_release: &FrozenRelease,
        question: &ProgressQuestion,
    ) -> ApiResult<Self> {
        Self::count_reports(conn, &render_release.select_own_reports(), question)
    }
}

impl CountedFigures for FiguresProgress {
    fn count_reports(
        conn: &mut Conn,
        from: &DatasetQuery,
        question: &ProgressQuestion,
    ) -> ApiResult<Self> {
        let ground = from.load_dataset(conn, &question.filter, FactDepth::Texts)?;
        Ok(Self::new(&ground, question, from.version))
    }
}

impl FiguresProgress {
    fn new(ground: &FigureDataset, question: &ProgressQuestion, version: i64) -> Self {
        let ProgressQuestion { by, filter, language } = question;
        let table = ground.measure_progress(*by, filter.clone(), *language);
        let formulas =
            FORMULAS.map(|formula| wording::translate_sentence(*language, formula).into_owned());
        Self {
            by: *by,
            basis: BasisView::new(&ground.basis, version),
            total: ProgressView::from(&table.total),
            rows: table.rows.into_iter().map(ProgressRow::from).collect(),
            coverage: CoverageView::new(table.coverage, ground.basis.is_dated()),
            formula: formulas.join("; "),
            note: explain_empty_basis(&ground.basis, *language),
        }
    }
}

impl From<(AxisLabel, ProjectProgress)> for ProgressRow {
    fn from((label, progress): (AxisLabel, ProjectProgress)) -> Self {
        let view = ProgressView::from(&progress);
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
