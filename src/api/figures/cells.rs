//! The response shape of a cell: a number with the reports that it is counted from, and its earlier value.

use serde::Serialize;
use serde_json::Number as JsonNumber;
use utoipa::ToSchema;

use super::{
    changes::EarlierView,
    views::{list_money_sums, to_json_number},
};
use crate::{
    api::views::MoneyView,
    domain::{
        figures::{FigureCell, Measure, ProjectReceipt},
        project::ProjectCode,
    },
};

/// A cell of a table: the number for one row and one column.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct CellView {
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
    /// The measured number. Null if no report in the cell states it, and for money, which is in `by_currency`.
    #[schema(required, value_type = Option<f64>, example = 9)]
    pub value: Option<JsonNumber>,
    /// The number of reports in the cell that state the measured value. It shows how much `value` rests on.
    #[schema(example = 9)]
    pub known: i64,
    /// The number of reports in the cell.
    #[schema(example = 9)]
    pub of: i64,
    /// The sums of money in the cell, one amount for each currency. Present only if `spent` or `budget` is measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by_currency: Option<Vec<MoneyView>>,
    /// The share in whole percent, 0 to 100: of the row, or of the total if the table is a list of rows. Shares are
    /// rounded by the method of the largest remainder, so that they add up to exactly 100. Null if nothing is counted,
    /// and if a report can count in several of the cells. Present only if `projects` is measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i64>, example = 53)]
    pub share: Option<Option<i64>>,
    /// The codes of the projects that are counted in the cell, in order. Present only if `receipts` is `true`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub projects: Option<Vec<String>>,
    /// The codes of the stale projects in the cell: a later cycle of their plan is closed and has no report of them.
    /// Present only if `receipts` is `true` and `as_of` was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stale: Option<Vec<String>>,
    /// The report that is counted for each project, and its age. Present only if `receipts` is `true` and `as_of` was
    /// given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reports: Option<Vec<ReceiptView>>,
    /// The earlier number of the cell. Present only if `compare` was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub earlier: Option<EarlierView>,
    /// The number minus the earlier number. Null if one of the two is unknown, and for money. Present only if `compare`
    /// was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<f64>)]
    pub difference: Option<Option<JsonNumber>>,
}

/// A report that is counted in a cell.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ReceiptView {
    /// The code of the project.
    #[schema(example = "da-nang-4")]
    pub project: String,
    /// The key of the cycle of the report.
    #[schema(example = "me-2024")]
    pub cycle: String,
    /// The age of the report in days: from the cut-off of its cycle to the day of the figures.
    #[schema(minimum = 0, example = 365)]
    pub age_days: i64,
    /// Whether the project is stale: a later cycle of its plan is closed and has no report of it.
    pub stale: bool,
}

impl From<&ProjectReceipt> for ReceiptView {
    fn from(r: &ProjectReceipt) -> Self {
        Self {
            project: r.project.to_string(),
            cycle: r.cycle.to_string(),
            age_days: r.age_days,
            stale: r.stale,
        }
    }
}

fn to_code_strings(codes: &[ProjectCode]) -> Vec<String> {
    codes.iter().map(ToString::to_string).collect()
}

impl CellView {
    /// `dated` is true if reports of several cycles are counted together. Only then can a report be stale.
    pub(super) fn new(cell: FigureCell, measure: Measure, dated: bool) -> Self {
        let (column, column_name) = cell.column.map(|l| (l.key, l.name)).unzip();
        let difference =
            cell.earlier.as_ref().map(|e| to_json_number(cell.figure.difference_from(e)));
        Self {
            row: cell.row.key,
            row_name: cell.row.name,
            column,
            column_name,
            value: to_json_number(cell.figure.value),
            known: cell.figure.known,
            of: cell.figure.report_count,
            by_currency: measure.is_money().then(|| list_money_sums(&cell.figure)),
            share: (measure == Measure::Projects).then_some(cell.share),
            projects: cell.receipts.as_ref().map(|r| to_code_strings(&r.projects)),
            stale: cell.receipts.as_ref().filter(|_| dated).map(|r| to_code_strings(&r.stale)),
            reports: cell
                .receipts
                .as_ref()
                .filter(|_| dated)
                .map(|r| r.reports.iter().map(ReceiptView::from).collect()),
            earlier: cell.earlier.map(|figure| EarlierView::new(&figure, measure)),
            difference,
        }
    }
}
