//! Tables: reports counted by one or two dimensions, alone or beside an earlier cycle.

use actix_web::{get, web::Data};
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
        wording,
    },
    store::{Conn, figures::FactDepth},
};

/// Registers the operation of this file.
pub(super) fn register_routes(cfg: &mut ServiceConfig) {
    cfg.service(get_figures_table);
}

/// What a table is asked for.
#[derive(Debug, Clone)]
pub(in crate::api) struct TableQuestion {
    /// Its rows, columns and measure, and which reports count.
    pub(super) question: FigureQuery,
    /// What it is compared with.
    pub(super) earlier: Option<BasisRequest>,
}

/// A table of figures: every combination of rows and columns that is asked about, zeros included.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct FiguresTable {
    /// What is measured.
    pub measure: Measure,
    /// What the rows are.
    pub rows: Dimension,
    /// What the columns are; null in a list of rows.
    #[schema(required)]
    pub columns: Option<Dimension>,
    /// What the table rests on.
    pub basis: BasisView,
    /// The cells, row by row. `unknown` is the key of reports that do not tell; it is there only where it counts.
    pub cells: Vec<CellView>,
    /// The number for each row, by key; a report counts once.
    #[serde(serialize_with = "in_order")]
    #[schema(value_type = BTreeMap<String, Option<f64>>)]
    pub row_totals: Vec<(String, Option<JsonNumber>)>,
    /// The number for each column, by key; a report counts once. Empty in a list of rows.
    #[serde(serialize_with = "in_order")]
    #[schema(value_type = BTreeMap<String, Option<f64>>)]
    pub column_totals: Vec<(String, Option<JsonNumber>)>,
    /// The number for all reports, each counted once.
    #[schema(required, value_type = Option<f64>, example = 77)]
    pub total: Option<JsonNumber>,
    /// The sums of money for rows, columns and all; only where `spent` is measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub totals_by_currency: Option<CurrencyTotals>,
    /// How complete the table is.
    pub coverage: CoverageView,
    /// How the number is made.
    #[schema(example = "count of approved reports")]
    pub formula: String,
    /// What the table is compared with; only with `compare`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub earlier_basis: Option<BasisView>,
    /// What the total was earlier; only with `compare`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub earlier_total: Option<EarlierView>,
    /// The projects asked about that entered, left, or changed status, title or focus area, by code; only with `compare`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changes: Option<Vec<FigureChangeView>>,
    /// Why there is nothing to count; only where the day lies before the cut-off of every cycle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Sums of money per currency.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct CurrencyTotals {
    /// For each row, by key.
    #[serde(serialize_with = "in_order")]
    #[schema(value_type = BTreeMap<String, Vec<MoneyView>>)]
    pub rows: Vec<(String, Vec<MoneyView>)>,
    /// For each column, by key.
    #[serde(serialize_with = "in_order")]
    #[schema(value_type = BTreeMap<String, Vec<MoneyView>>)]
    pub columns: Vec<(String, Vec<MoneyView>)>,
    /// For all reports.
    pub total: Vec<MoneyView>,
}

/// Count a table
///
/// Counts the approved reports of a cycle, or the latest one of each project up to a day, by one or two dimensions. Every
/// combination is there, zeros included; what a filter rules out is not. Parameters of one name mean any of their values,
/// different names mean all of them. A reader with a narrower scope gets the table of that scope. Beside an earlier cycle
/// (`compare`) each cell says what it was, and `changes` which projects make the difference.
#[utoipa::path(tag = "figures", params(TableParams), responses((status = 200, body = FiguresTable)))]
#[get("/figures/table")]
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
        render_release: &FrozenRelease,
        question: &TableQuestion,
    ) -> ApiResult<Self> {
        Self::count_reports(conn, &render_release.select_own_reports(), question)
    }
}

impl CountedFigures for FiguresTable {
    fn count_reports(
        conn: &mut Conn,
        from: &DatasetQuery,
        asked: &TableQuestion,
    ) -> ApiResult<Self> {
        let TableQuestion { question, earlier } = asked;
        // The titles of projects stand in texts, and are told only where something is compared.
        let depth = if earlier.is_some() { FactDepth::Texts } else { FactDepth::Columns };
        let now = from.load_dataset(conn, &question.filter, depth)?;
        let Some(earlier) = earlier else {
            return Ok(Self::new(&now, question, now.count_table(question), from.version));
        };
        let earlier = from.load_earlier_dataset(conn, earlier, (&question.filter, depth))?;
        let then = find_data_version(conn, &earlier, from.version)?;
        Ok(Self::new_with_earlier((&earlier, then), (&now, from.version), question))
    }
}

impl CurrencyTotals {
    /// Writes the totals of a table that measures money; none for others.
    fn from_table(table: &CrossTable, measure: Measure) -> Option<Self> {
        let sums = |totals: &[(AxisLabel, Figure)]| {
            totals.iter().map(|(l, f)| (l.key.clone(), list_money_sums(f))).collect()
        };
        (measure == Measure::Spent).then(|| Self {
            rows: sums(&table.row_totals),
            columns: sums(&table.column_totals),
            total: list_money_sums(&table.total),
        })
    }
}

impl FiguresTable {
    fn new(
        ground: &FigureDataset,
        question: &FigureQuery,
        table: CrossTable,
        version: i64,
    ) -> Self {
        let (measure, basis) = (question.measure, &ground.basis);
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
            formula: wording::translate_sentence(question.language, measure.formula()).into_owned(),
            earlier_basis: None,
            earlier_total: None,
            changes: None,
            note: explain_empty_basis(basis, question.language),
        }
    }

    /// Writes a table beside an earlier one.
    fn new_with_earlier(
        (earlier, then): (&FigureDataset, i64),
        (ground, version): (&FigureDataset, i64),
        question: &FigureQuery,
    ) -> Self {
        let mut table = ground.count_table_since(earlier, question);
        let changes = std::mem::take(&mut table.changes);
        let total = table.earlier_total.as_ref().map(|f| EarlierView::new(f, question.measure));
        Self {
            earlier_basis: Some(BasisView::new(&earlier.basis, then)),
            earlier_total: total,
            changes: Some(changes.into_iter().map(FigureChangeView::from).collect()),
            ..Self::new(ground, question, table, version)
        }
    }
}
