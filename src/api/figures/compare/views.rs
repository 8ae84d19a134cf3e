//! Response shapes of comparisons: the cells that differ, and the reports behind each difference.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Number as JsonNumber;
use utoipa::ToSchema;

use crate::{
    api::figures::{
        changes::{EarlierView, FigureChangeView},
        views::{BasisView, CoverageView, to_json_number},
    },
    domain::figures::{
        DifferentCell, Dimension, Figure, FigureDataset, FigureQuery, Measure, MovedReport,
        ValueChange,
    },
};

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

impl FiguresComparison {
    /// Sets the reason of each changed report that was reopened.
    pub(super) fn with_reasons(mut self, reasons: &BTreeMap<String, String>) -> Self {
        let reports = self.cells.iter_mut().flat_map(|c| &mut c.reports).map(|r| &mut r.change);
        for change in reports.chain(&mut self.changes) {
            change.reason = reasons.get(&change.project).cloned();
        }
        self
    }

    pub(super) fn new(
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
