//! Tables: reports counted by one or two dimensions, alone or compared with an earlier cycle or release.

use actix_web::web::Data;
use serde::Serialize;
use serde_json::Number as JsonNumber;
use utoipa::ToSchema;

use super::{
    cells::CellView,
    changes::{EarlierView, FigureChangeView},
    dataset::{DatasetQuery, FrozenRelease, find_data_version},
    params::TableParams,
    response::{self, CountedFigures, FiguresResponse},
    views::{
        BasisView, CoverageView, explain_empty_basis, in_order, list_json_totals, list_money_sums,
        to_json_number,
    },
};
use crate::{
    api::{
        answer::Answer, body::Query, error::ApiResult, may::May, service_config::ServiceConfig,
        state::State, views::MoneyView,
    },
    domain::{
        figures::{
            AxisLabel, BasisRequest, CrossTable, Dimension, Figure, FigureDataset, FigureQuery,
            Measure,
        },
        policy::ReadFigures,
    },
    store::{Conn, figures::FactDepth},
};

pub(super) fn register_routes(cfg: &mut ServiceConfig) {
    cfg.get(operation!(get_figures_table));
}

#[derive(Debug, Clone)]
pub(in crate::api) struct TableQuestion {
    pub(super) question: FigureQuery,
    /// The basis that `compare` names.
    pub(super) earlier: Option<BasisRequest>,
}

/// A table of figures. It has a cell for every combination of a row and a column, also if its count is 0. Values that a
/// filter excludes have no cell.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct FiguresTable {
    /// The number that is measured.
    pub measure: Measure,
    /// The dimension of the rows.
    pub rows: Dimension,
    /// The dimension of the columns. Null if the table is a list of rows.
    #[schema(required)]
    pub columns: Option<Dimension>,
    /// The data that the table is counted from.
    pub basis: BasisView,
    /// The cells, row by row. The key `unknown` stands for reports that do not state the dimension. It is present only
    /// if such a report is counted.
    pub cells: Vec<CellView>,
    /// The number of each row, by key. A report counts once in a row, even if it is in several of its cells. Null like
    /// `value` of a cell.
    #[serde(serialize_with = "in_order")]
    #[schema(value_type = BTreeMap<String, Option<f64>>)]
    pub row_totals: Vec<(String, Option<JsonNumber>)>,
    /// The number of each column, by key. A report counts once in a column, even if it is in several of its cells.
    /// Empty if the table is a list of rows.
    #[serde(serialize_with = "in_order")]
    #[schema(value_type = BTreeMap<String, Option<f64>>)]
    pub column_totals: Vec<(String, Option<JsonNumber>)>,
    /// The number for all reports. Each report counts once. Null if no report states the number, and for money, which
    /// is in `totals_by_currency`.
    #[schema(required, value_type = Option<f64>, example = 77)]
    pub total: Option<JsonNumber>,
    /// The sums of money of the rows, the columns and the whole table. Present only if `spent` or `budget` is measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub totals_by_currency: Option<CurrencyTotals>,
    /// How complete the table is.
    pub coverage: CoverageView,
    /// How the number is calculated, as a sentence in the language of the answer.
    #[schema(example = "count of approved reports")]
    pub formula: String,
    /// The data that the table is compared with. Present only if `compare` was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub earlier_basis: Option<BasisView>,
    /// The earlier total. Present only if `compare` was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub earlier_total: Option<EarlierView>,
    /// The matching projects that entered or left the table, or changed status, title or focus area, in the order of
    /// their codes. Present only if `compare` was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changes: Option<Vec<FigureChangeView>>,
    /// Why there is nothing to count. Present only if the day is before the cut-off of every cycle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Sums of money, one amount for each currency. Amounts in different currencies are never added.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct CurrencyTotals {
    /// The sums of each row, by key.
    #[serde(serialize_with = "in_order")]
    #[schema(value_type = BTreeMap<String, Vec<MoneyView>>)]
    pub rows: Vec<(String, Vec<MoneyView>)>,
    /// The sums of each column, by key. Empty if the table is a list of rows.
    #[serde(serialize_with = "in_order")]
    #[schema(value_type = BTreeMap<String, Vec<MoneyView>>)]
    pub columns: Vec<(String, Vec<MoneyView>)>,
    /// The sums of all reports.
    pub total: Vec<MoneyView>,
}

/// Count reports in a table
///
/// Counts approved reports by one or two dimensions. Give either `cycle`, for the reports of one cycle, or `as_of`, for
/// the latest approved report of each project up to a day. The table has a cell for every combination of a row and a
/// column, also if its count is 0; values that a filter excludes have no cell. Several values of one parameter select
/// reports with any of them; different parameters must all match. With `compare`, each cell also has its earlier
/// number, and `changes` lists the projects that changed.
///
/// Every signed-in user with a grant may call this. A reader whose grants cover some countries or cities gets the table
/// of those. A missing or unknown value of a parameter is refused with 400; the problem lists the values that are
/// allowed.
#[utoipa::path(get, path = "/figures/table", tag = "figures", params(TableParams),
    responses((status = 200, body = FiguresTable)))]
async fn get_figures_table(
    may: May<ReadFigures, Query<TableParams>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    response::answer_current_figures(may, &state).await
}

impl FiguresResponse for FiguresTable {
    type Question = TableQuestion;

    fn count_for_release(
        conn: &mut Conn,
        release: &FrozenRelease,
        question: &TableQuestion,
    ) -> ApiResult<Self> {
        Self::count_reports(conn, &release.select_own_reports(), question)
    }
}

impl CountedFigures for FiguresTable {
    fn count_reports(
        conn: &mut Conn,
        from: &DatasetQuery,
        asked: &TableQuestion,
    ) -> ApiResult<Self> {
        let TableQuestion { question, earlier } = asked;
        // The titles of projects are in the texts of reports. They are read only for a comparison, because only it
        // returns them.
        let counted = FactDepth::for_question(question);
        let depth = if earlier.is_some() { FactDepth::Texts } else { counted };
        let now = from.load_dataset(conn, &question.filter, depth)?;
        let Some(earlier) = earlier else {
            return Ok(Self::new(&now, question, now.count_table(question), from.version));
        };
        let earlier = from.load_earlier_dataset(conn, earlier, &question.filter)?;
        let version = find_data_version(conn, &earlier, from.version)?;
        let earlier = VersionedDataset { dataset: &earlier, version };
        let now = VersionedDataset { dataset: &now, version: from.version };
        Ok(Self::new_with_earlier(earlier, now, question))
    }
}

impl CurrencyTotals {
    /// Returns `None` if the table does not measure money.
    fn from_table(table: &CrossTable, measure: Measure) -> Option<Self> {
        let sums = |totals: &[(AxisLabel, Figure)]| {
            totals.iter().map(|(l, f)| (l.key.clone(), list_money_sums(f))).collect()
        };
        measure.is_money().then(|| Self {
            rows: sums(&table.row_totals),
            columns: sums(&table.column_totals),
            total: list_money_sums(&table.total),
        })
    }
}

/// A dataset with its data version.
#[derive(Clone, Copy)]
struct VersionedDataset<'d> {
    dataset: &'d FigureDataset,
    version: i64,
}

impl FiguresTable {
    fn new(
        dataset: &FigureDataset,
        question: &FigureQuery,
        table: CrossTable,
        version: i64,
    ) -> Self {
        let (measure, basis) = (question.measure, &dataset.basis);
        let dated = basis.is_dated();
        Self {
            measure,
            rows: question.rows,
            columns: question.columns,
            basis: BasisView::new(basis, version),
            row_totals: list_json_totals(&table.row_totals),
            column_totals: list_json_totals(&table.column_totals),
            total: to_json_number(table.total.value),
            totals_by_currency: CurrencyTotals::from_table(&table, measure),
            cells: table.cells.into_iter().map(|c| CellView::new(c, measure, dated)).collect(),
            coverage: CoverageView::new(table.coverage, dated),
            formula: measure.formula().to_text(question.language),
            earlier_basis: None,
            earlier_total: None,
            changes: None,
            note: explain_empty_basis(basis, question.language),
        }
    }

    /// Builds a table that also has the earlier number in each cell.
    fn new_with_earlier(
        earlier: VersionedDataset<'_>,
        now: VersionedDataset<'_>,
        question: &FigureQuery,
    ) -> Self {
        let mut table = now.dataset.count_table_since(earlier.dataset, question);
        let changes = std::mem::take(&mut table.changes);
        let total = table.earlier_total.as_ref().map(|f| EarlierView::new(f, question.measure));
        Self {
            earlier_basis: Some(BasisView::new(&earlier.dataset.basis, earlier.version)),
            earlier_total: total,
            changes: Some(changes.into_iter().map(FigureChangeView::from).collect()),
            ..Self::new(now.dataset, question, table, now.version)
        }
    }
}
