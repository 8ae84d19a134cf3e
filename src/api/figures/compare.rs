//! Comparisons of two cycles or releases, cell by cell.

use std::collections::BTreeMap;

use actix_web::web::Data;
use serde::Serialize;
use serde_json::Number as JsonNumber;
use utoipa::ToSchema;

use super::{
    changes::{EarlierView, FigureChangeView},
    dataset::{DatasetRequest, find_data_version, load_dataset},
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
        filter_values::UnknownValues,
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
    },
    store::{Conn, StoreResult, figures::FactDepth, releases},
};

pub(super) fn register_routes(cfg: &mut ServiceConfig) {
    cfg.get(operation!(compare_figures));
}

/// The keys of rows or columns before and after.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct KeysStep {
    /// The earlier keys. Empty if the earlier side has no report of the project, or if that report does not state the
    /// dimension.
    pub from: Vec<String>,
    /// The later keys. Empty if the later side has no report of the project, or if that report does not state the
    /// dimension.
    pub to: Vec<String>,
}

/// A report that makes a cell differ.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct MovedReportView {
    /// The changes of the project. `movement` is about this cell: the report entered the cell, left it, or changed
    /// within it.
    pub change: FigureChangeView,
    /// The rows that the report counts in. Null if they are the same on both sides.
    #[schema(required)]
    pub rows: Option<KeysStep>,
    /// The columns that the report counts in. Null if they are the same on both sides.
    #[schema(required)]
    pub columns: Option<KeysStep>,
}

/// A cell that differs between the two sides.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct DifferentCellView {
    /// The key of the row.
    #[schema(example = "quality-environment")]
    pub row: String,
    /// The name of the row, in the language of the answer.
    #[schema(example = "Quality Environment")]
    pub row_name: String,
    /// The key of the column. Null if the table is a list of rows.
    #[schema(required, example = "ongoing")]
    pub column: Option<String>,
    /// The name of the column, in the language of the answer. Null if the table is a list of rows.
    #[schema(required, example = "On-going")]
    pub column_name: Option<String>,
    /// The number on the earlier side.
    pub a: EarlierView,
    /// The number on the later side.
    pub b: EarlierView,
    /// The later number minus the earlier number. Null if one of the two is unknown, and for money.
    #[schema(required, value_type = Option<f64>, example = 1)]
    pub difference: Option<JsonNumber>,
    /// The reports that make the cell differ, in the order of the codes of their projects.
    pub reports: Vec<MovedReportView>,
}

/// The data that the two sides are counted from.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ComparedBasis {
    /// The basis of the earlier side.
    pub a: BasisView,
    /// The basis of the later side.
    pub b: BasisView,
}

/// How complete the two sides are.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ComparedCoverage {
    /// The coverage of the earlier side.
    pub a: CoverageView,
    /// The coverage of the later side.
    pub b: CoverageView,
}

/// The totals of the two sides.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ComparedTotal {
    /// The total of the earlier side.
    pub a: EarlierView,
    /// The total of the later side.
    pub b: EarlierView,
    /// The later total minus the earlier total. Null if one of the two is unknown, and for money.
    #[schema(required, value_type = Option<f64>, example = 9)]
    pub difference: Option<JsonNumber>,
}

/// The differences between two cycles or releases.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct FiguresComparison {
    /// The number that is measured.
    pub measure: Measure,
    /// The dimension of the rows.
    pub rows: Dimension,
    /// The dimension of the columns. Null if the table is a list of rows.
    #[schema(required)]
    pub columns: Option<Dimension>,
    /// The data that the two sides are counted from.
    pub basis: ComparedBasis,
    /// The cells that differ, row by row: in their number, or in the projects that are counted in them.
    pub cells: Vec<DifferentCellView>,
    /// The totals of the two sides, and their difference.
    pub total: ComparedTotal,
    /// The matching projects that entered or left, or changed status, title or focus area, in the order of their codes.
    pub changes: Vec<FigureChangeView>,
    /// How complete the two sides are.
    pub coverage: ComparedCoverage,
    /// How the number is calculated, as a sentence in the language of the answer.
    #[schema(example = "count of approved reports")]
    pub formula: String,
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
    let visible = may.actor.visible_rows();
    let key =
        AnswerKey::new("figures/compare", CacheAudience::for_approved_data(&visible), params)?;
    let key = key.in_language(may.language);
    let sides = ComparedSides { reach: visible.approved, a, b };
    state.cache.answer(key, move |c, version| compare_bases(c, version, &sides, &question)).await
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
) -> ApiResult<Answer> {
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
    Answer::from_value(&FiguresComparison::new(&a, &b, question, &versions).with_reasons(&reasons))
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

impl FiguresComparison {
    /// Sets the reason of each changed report that was reopened.
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
        versions: &ValueChange<i64>,
    ) -> Self {
        let measure = question.measure;
        let compared = b.compare_with(a, question);
        let cell = |cell| DifferentCellView::new(cell, measure);
        Self {
            measure,
            rows: question.rows,
            columns: question.columns,
            basis: ComparedBasis {
                a: BasisView::new(&a.basis, versions.from),
                b: BasisView::new(&b.basis, versions.to),
            },
            cells: compared.cells.into_iter().map(cell).collect(),
            total: ComparedTotal::new(&compared.total, measure),
            changes: compared.changes.into_iter().map(FigureChangeView::from).collect(),
            coverage: ComparedCoverage {
                a: CoverageView::new(compared.coverage.from, a.basis.is_dated()),
                b: CoverageView::new(compared.coverage.to, b.basis.is_dated()),
            },
            formula: measure.formula().to_text(question.language),
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
