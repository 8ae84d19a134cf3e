//! The shape of a cell: a number with what it rests on, and what it was before.

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

/// A combination of row and column.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct CellView {
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
    /// The measured number; null where nobody states it, and for money, which is only added per currency.
    #[schema(required, value_type = Option<f64>, example = 9)]
    pub value: Option<JsonNumber>,
    /// How many of the reports state the measured thing.
    #[schema(example = 9)]
    pub known: i64,
    /// How many reports there are.
    #[schema(example = 9)]
    pub of: i64,
    /// The sums of money; only where `spent` is measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by_currency: Option<Vec<MoneyView>>,
    /// The share in whole percent: of the row, in a list of rows of the total. Shares are rounded by the largest remainder, so
    /// that they add up to exactly 100. Null where nothing is counted, and where a report counts in several of the cells;
    /// only where `projects` is measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i64>, example = 53)]
    pub share: Option<Option<i64>>,
    /// The codes of the projects behind the cell, in order; only with `receipts`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub projects: Option<Vec<String>>,
    /// Those among them whose last report is older than the last list of their plan; only with `receipts` and `as_of`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stale: Option<Vec<String>>,
    /// Which report of each of them it is, and how old; only with `receipts` and `as_of`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reports: Option<Vec<ReceiptView>>,
    /// What was in the cell earlier; only with `compare`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub earlier: Option<EarlierView>,
    /// How much more it is than earlier; null where one of the two is not known, and for money. Only with `compare`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<f64>)]
    pub difference: Option<Option<JsonNumber>>,
}

/// The report of a project behind a number.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ReceiptView {
    /// The project.
    #[schema(example = "da-nang-4")]
    pub project: String,
    /// The cycle that it was reported in.
    #[schema(example = "me-2024")]
    pub cycle: String,
    /// Days from that cycle's cut-off to the day of the figures.
    #[schema(minimum = 0, example = 365)]
    pub age_days: i64,
    /// Whether the project fell out of the list since.
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
    /// `dated` says whether reports of several cycles stand beside each other, so that some may be stale.
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
            by_currency: (measure == Measure::Spent).then(|| list_money_sums(&cell.figure)),
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
