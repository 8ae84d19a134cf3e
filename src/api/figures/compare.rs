//! Two cycles against each other.

use std::collections::BTreeMap;

use actix_web::{get, web::Data};
use serde::Serialize;
use serde_json::Number as JsonNumber;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    asked,
    changes::{EarlierView, FigureChangeView},
    params::CompareParams,
    source::{ground, version},
    views::{BasisView, CoverageView, number},
};
use crate::{
    api::{
        answer::Answer,
        body::Query,
        cache::{Key, View},
        error::ApiResult,
        may::May,
        state::State,
    },
    domain::{
        figures::{
            Base, DifferentCell, Dimension, Figure, Ground, Measure, MovedReport, Question, Step,
        },
        policy::{ReadFigures, sight::Reachable},
        words,
    },
    store::{Conn, StoreResult, figures::Depth, releases},
};

/// Registers the operations of this file.
pub(super) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(compare_figures);
}

/// Keys before and after.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct KeysStep {
    /// Before; empty where the project was not there, or did not tell.
    pub from: Vec<String>,
    /// After; empty where the project is not there, or does not tell.
    pub to: Vec<String>,
}

/// A report because of which a cell differs.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MovedReportView {
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
pub struct DifferentCellView {
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
pub struct ComparedBasis {
    /// What it was.
    pub a: BasisView,
    /// What it is.
    pub b: BasisView,
}

/// How complete two sides are.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ComparedCoverage {
    /// What it was.
    pub a: CoverageView,
    /// What it is.
    pub b: CoverageView,
}

/// The totals of two sides.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ComparedTotal {
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
pub struct FiguresComparison {
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
    let question = params.question(may.language)?;
    let a = asked::cycle("a", params.a.as_deref())?;
    let b = asked::cycle("b", params.b.as_deref())?;
    let visible = may.actor.visible();
    let key = Key::new("figures/compare", View::approved(&visible), params)?;
    let key = key.in_language(may.language);
    state
        .kept(key, move |c, version| compare(c, version, (&visible.approved, &a, &b), &question))
        .await
}

fn compare(
    conn: &mut Conn,
    now: i64,
    (reach, a, b): (&Reachable, &Base, &Base),
    question: &Question,
) -> ApiResult<Answer> {
    let asked = (&question.filter, Depth::Texts);
    let a = ground(conn, reach, ("a", a), asked)?;
    let b = ground(conn, reach, ("b", b), asked)?;
    let reasons = reasons(conn, &a, &b)?;
    let rest_on = Step { from: version(conn, &a, now)?, to: version(conn, &b, now)? };
    Answer::of(&FiguresComparison::new(&a, &b, question, &rest_on).because(&reasons))
}

/// Reads why reports were taken up again between two releases of one cycle, by project.
fn reasons(conn: &mut Conn, a: &Ground, b: &Ground) -> StoreResult<BTreeMap<String, String>> {
    let (Some(a), Some(b)) = (&a.basis.release, &b.basis.release) else {
        return Ok(BTreeMap::new());
    };
    let mut reasons: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for erratum in releases::errata_between(conn, a, b)? {
        reasons.entry(erratum.project.to_string()).or_default().extend(erratum.reasons);
    }
    // A report that was added between the two was never taken up again: there is no reason, rather than an empty one.
    reasons.retain(|_, why| !why.is_empty());
    Ok(reasons.into_iter().map(|(project, why)| (project, why.join("; "))).collect())
}

impl FiguresComparison {
    /// Says of each report why it was taken up again, where that is known.
    fn because(mut self, reasons: &BTreeMap<String, String>) -> Self {
        let reports = self.cells.iter_mut().flat_map(|c| &mut c.reports).map(|r| &mut r.change);
        for change in reports.chain(&mut self.changes) {
            change.reason = reasons.get(&change.project).cloned();
        }
        self
    }

    fn new(a: &Ground, b: &Ground, question: &Question, rest_on: &Step<i64>) -> Self {
        let measure = question.measure;
        let compared = b.against(a, question);
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
            formula: words::say(question.language, measure.formula()).into_owned(),
        }
    }
}

impl ComparedTotal {
    fn new(total: &Step<Figure>, measure: Measure) -> Self {
        Self {
            a: EarlierView::new(&total.from, measure),
            b: EarlierView::new(&total.to, measure),
            difference: number(total.to.difference(&total.from)),
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
            difference: number(cell.b.difference(&cell.a)),
            a: EarlierView::new(&cell.a, measure),
            b: EarlierView::new(&cell.b, measure),
            reports: cell.reports.into_iter().map(MovedReportView::from).collect(),
        }
    }
}

impl From<MovedReport> for MovedReportView {
    fn from(moved: MovedReport) -> Self {
        let keys = |step: Step<Vec<String>>| KeysStep { from: step.from, to: step.to };
        Self {
            change: moved.change.into(),
            rows: moved.rows.map(keys),
            columns: moved.columns.map(keys),
        }
    }
}
