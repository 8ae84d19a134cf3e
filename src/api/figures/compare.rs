//! Two cycles against each other.

use std::collections::BTreeMap;

use actix_web::{get, web::Data};
use serde::Serialize;
use serde_json::Number as JsonNumber;
use utoipa::ToSchema;

use super::{
    changes::{EarlierView, FigureChangeView},
    dataset::{find_data_version, load_dataset},
    params::CompareParams,
    questions,
    views::{BasisView, CoverageView, to_json_number},
};
use crate::{
    api::{
        answer::Answer,
        body::Query,
        cache::{AnswerKey, CacheAudience},
        error::ApiResult,
        may::May,
        service_config::ServiceConfig,
        state::State,
    },
    domain::{
        figures::{
            BasisRequest, DifferentCell, Dimension, Figure, FigureDataset, FigureQuery, Measure,
            MovedReport, ValueChange,
        },
        policy::{ReadFigures, visibility::ReadScope},
        wording,
    },
    store::{Conn, StoreResult, figures::FactDepth, releases},
};

/// Registers the operations of this file.
pub(super) fn register_routes(cfg: &mut ServiceConfig) {
    cfg.service(compare_figures);
}

/// Keys before and after.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct KeysStep {
    /// Before; empty where the project was not there, or did not tell.
    pub from: Vec<String>,
    /// After; empty where the project is not there, or does not tell.
    pub to: Vec<String>,
}

/// A report because of which a cell differs.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct MovedReportView {
    /// What happened to it; the movement is that of the cell.
    pub change: FigureChangeView,
    /// The rows in which it counts; null where they are the same.
    #[schema(required)]
    pub rows: Option<KeysStep>,
    /// The columns in which it counts; null where they are the same.
    #[schema(required)]
    pub columns: Option<KeysStep>,
}

/// A cell that differs.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct DifferentCellView {
    /// The key of the row.
    #[schema(example = "quality-environment")]
    pub row: String,
    /// The name of the row.
    #[schema(example = "Quality Environment")]
    pub row_name: String,
    /// The key of the column; null in a list of rows.
    #[schema(required, example = "ongoing")]
    pub column: Option<String>,
    /// The name of the column; null in a list of rows.
    #[schema(required, example = "On-going")]
    pub column_name: Option<String>,
    /// What it was.
    pub a: EarlierView,
    /// What it is.
    pub b: EarlierView,
    /// How much more it is; null where one of the two is not known, and for money.
    #[schema(required, value_type = Option<f64>, example = 1)]
    pub difference: Option<JsonNumber>,
    /// The reports behind that, by code of their project.
    pub reports: Vec<MovedReportView>,
}

/// What two sides rest on.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ComparedBasis {
    /// What it was.
    pub a: BasisView,
    /// What it is.
    pub b: BasisView,
}

/// How complete two sides are.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ComparedCoverage {
    /// What it was.
    pub a: CoverageView,
    /// What it is.
    pub b: CoverageView,
}

/// The totals of two sides.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ComparedTotal {
    /// What it was.
    pub a: EarlierView,
    /// What it is.
    pub b: EarlierView,
    /// How much more it is; null where one of the two is not known, and for money.
    #[schema(required, value_type = Option<f64>, example = 9)]
    pub difference: Option<JsonNumber>,
}

/// What differs between two cycles.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct FiguresComparison {
    /// What is measured.
    pub measure: Measure,
    /// What the rows are.
    pub rows: Dimension,
    /// What the columns are; null in a list of rows.
    #[schema(required)]
    pub columns: Option<Dimension>,
    /// What is compared.
    pub basis: ComparedBasis,
    /// The cells that differ, row by row: in their number, or in the projects behind it.
    pub cells: Vec<DifferentCellView>,
    /// The totals.
    pub total: ComparedTotal,
    /// The projects asked about that entered, left, or changed status, title or focus area, by code.
    pub changes: Vec<FigureChangeView>,
    /// How complete both are.
    pub coverage: ComparedCoverage,
    /// How the number is made.
    #[schema(example = "count of approved reports")]
    pub formula: String,
}

/// Compare two cycles or releases
///
/// The cells of a table that differ between two cycles, two releases, or a cycle and a release, with the reports behind each: which entered the cell, which left it, and
/// what changed about them. In the cells of one table, what entered less what left is the difference of the numbers.
#[utoipa::path(tag = "figures", params(CompareParams), responses((status = 200, body = FiguresComparison)))]
#[get("/figures/compare")]
async fn compare_figures(
    may: May<ReadFigures, Query<CompareParams>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let Query(params) = &may.body;
    let question = params.parse_question(may.language)?;
    let a = questions::parse_cycle_base("a", params.a.as_deref())?;
    let b = questions::parse_cycle_base("b", params.b.as_deref())?;
    let visible = may.actor.visible_rows();
    let key =
        AnswerKey::new("figures/compare", CacheAudience::for_approved_data(&visible), params)?;
    let key = key.in_language(may.language);
    state
        .answer_cached(key, move |c, version| {
            compare_bases(c, version, (&visible.approved, &a, &b), &question)
        })
        .await
}

fn compare_bases(
    conn: &mut Conn,
    now: i64,
    (reach, a, b): (&ReadScope, &BasisRequest, &BasisRequest),
    question: &FigureQuery,
) -> ApiResult<Answer> {
    let asked = (&question.filter, FactDepth::Texts);
    let a = load_dataset(conn, reach, ("a", a), asked)?;
    let b = load_dataset(conn, reach, ("b", b), asked)?;
    let reasons = load_reopening_reasons(conn, &a, &b)?;
    let rest_on = ValueChange {
        from: find_data_version(conn, &a, now)?,
        to: find_data_version(conn, &b, now)?,
    };
    Answer::from_value(&FiguresComparison::new(&a, &b, question, &rest_on).with_reasons(&reasons))
}

/// Reads why reports were taken up again between two releases of one cycle, by project.
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
    // A report that was added between the two was never taken up again: there is no reason, rather than an empty one.
    reasons.retain(|_, why| !why.is_empty());
    Ok(reasons.into_iter().map(|(project, why)| (project, why.join("; "))).collect())
}

impl FiguresComparison {
    /// Says of each report why it was taken up again, where that is known.
    fn with_reasons(mut self, reasons: &BTreeMap<String, String>) -> Self {
        let reports = self.cells.iter_mut().flat_map(|c| &mut c.reports).map(|r| &mut r.change);
        for change in reports.chain(&mut self.changes) {
            change.reason = reasons.get(&change.project).cloned();
        }
        self
    }

    fn new(
        a: &FigureDataset,
        b: &FigureDataset,
        question: &FigureQuery,
        rest_on: &ValueChange<i64>,
    ) -> Self {
        let measure = question.measure;
        let compared = b.compare_with(a, question);
        let cell = |cell| DifferentCellView::new(cell, measure);
        Self {
            measure,
            rows: question.rows,
            columns: question.columns,
            basis: ComparedBasis {
                a: BasisView::new(&a.basis, rest_on.from),
                b: BasisView::new(&b.basis, rest_on.to),
            },
            cells: compared.cells.into_iter().map(cell).collect(),
            total: ComparedTotal::new(&compared.total, measure),
            changes: compared.changes.into_iter().map(FigureChangeView::from).collect(),
            coverage: ComparedCoverage {
                a: CoverageView::new(compared.coverage.from, a.basis.is_dated()),
                b: CoverageView::new(compared.coverage.to, b.basis.is_dated()),
            },
            formula: wording::translate_sentence(question.language, measure.formula()).into_owned(),
        }
    }
}

impl ComparedTotal {
    fn new(total: &ValueChange<Figure>, measure: Measure) -> Self {
        Self {
            a: EarlierView::new(&total.from, measure),
            b: EarlierView::new(&total.to, measure),
            difference: to_json_number(total.to.difference_from(&total.from)),
        }
    }
}

impl DifferentCellView {
    fn new(cell: DifferentCell, measure: Measure) -> Self {
        let (column, column_name) = cell.column.map(|l| (l.key, l.name)).unzip();
        Self {
            row: cell.row.key,
            row_name: cell.row.name,
            column,
            column_name,
            difference: to_json_number(cell.b.difference_from(&cell.a)),
            a: EarlierView::new(&cell.a, measure),
            b: EarlierView::new(&cell.b, measure),
            reports: cell.reports.into_iter().map(MovedReportView::from).collect(),
        }
    }
}

impl From<MovedReport> for MovedReportView {
    fn from(moved: MovedReport) -> Self {
        let keys = |step: ValueChange<Vec<String>>| KeysStep { from: step.from, to: step.to };
        Self {
            change: moved.change.into(),
            rows: moved.rows.map(keys),
            columns: moved.columns.map(keys),
        }
    }
}
