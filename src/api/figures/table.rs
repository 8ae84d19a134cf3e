//! Tables: reports counted by one or two dimensions, alone or beside an earlier cycle.

use actix_web::{get, web::Data};
use serde::Serialize;
use serde_json::Number as JsonNumber;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    cells::CellView,
    changes::{EarlierView, FigureChangeView},
    kind::{self, Counted, Figures},
    params::TableParams,
    source::{Frozen, Reports, version},
    views::{BasisView, CoverageView, currencies, in_order, note, number, numbers},
};
use crate::{
    api::{answer::Answer, body::Query, error::ApiResult, may::May, state::State, views::Money},
    domain::{
        figures::{Base, Dimension, Figure, Ground, Label, Measure, Question, Table},
        policy::ReadFigures,
        words,
    },
    store::{Conn, figures::Depth},
};

/// Registers the operation of this file.
pub(super) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(get_figures_table);
}

/// What a table is asked for.
#[derive(Debug, Clone)]
pub(in crate::api) struct TableQuestion {
    /// Its rows, columns and measure, and which reports count.
    pub(super) question: Question,
    /// What it is compared with.
    pub(super) earlier: Option<Base>,
}

/// A table of figures: every combination of rows and columns that is asked about, zeros included.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FiguresTable {
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
pub struct CurrencyTotals {
    /// For each row, by key.
    #[serde(serialize_with = "in_order")]
    #[schema(value_type = BTreeMap<String, Vec<Money>>)]
    pub rows: Vec<(String, Vec<Money>)>,
    /// For each column, by key.
    #[serde(serialize_with = "in_order")]
    #[schema(value_type = BTreeMap<String, Vec<Money>>)]
    pub columns: Vec<(String, Vec<Money>)>,
    /// For all reports.
    pub total: Vec<Money>,
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
    kind::answer(may, &state).await
}

impl Figures for FiguresTable {
    type Question = TableQuestion;

    fn of_release(conn: &mut Conn, release: &Frozen, question: &TableQuestion) -> ApiResult<Self> {
        Self::count(conn, &release.alone(), question)
    }
}

impl Counted for FiguresTable {
    fn count(conn: &mut Conn, from: &Reports, asked: &TableQuestion) -> ApiResult<Self> {
        let TableQuestion { question, earlier } = asked;
        // The titles of projects stand in texts, and are told only where something is compared.
        let depth = if earlier.is_some() { Depth::Texts } else { Depth::Columns };
        let now = from.ground(conn, &question.filter, depth)?;
        let Some(earlier) = earlier else {
            return Ok(Self::new(&now, question, now.table(question), from.version));
        };
        let earlier = from.earlier(conn, earlier, (&question.filter, depth))?;
        let then = version(conn, &earlier, from.version)?;
        Ok(Self::since((&earlier, then), (&now, from.version), question))
    }
}

impl CurrencyTotals {
    /// Writes the totals of a table that measures money; none for others.
    fn of(table: &Table, measure: Measure) -> Option<Self> {
        let sums = |totals: &[(Label, Figure)]| {
            totals.iter().map(|(l, f)| (l.key.clone(), currencies(f))).collect()
        };
        (measure == Measure::Spent).then(|| Self {
            rows: sums(&table.row_totals),
            columns: sums(&table.column_totals),
            total: currencies(&table.total),
        })
    }
}

impl FiguresTable {
    fn new(ground: &Ground, question: &Question, table: Table, version: i64) -> Self {
        let (measure, basis) = (question.measure, &ground.basis);
        let dated = basis.is_dated();
        Self {
            measure,
            rows: question.rows,
            columns: question.columns,
            basis: BasisView::new(basis, version),
            row_totals: numbers(&table.row_totals),
            column_totals: numbers(&table.column_totals),
            total: number(table.total.value),
            totals_by_currency: CurrencyTotals::of(&table, measure),
            cells: table.cells.into_iter().map(|c| CellView::new(c, measure, dated)).collect(),
            coverage: CoverageView::new(table.coverage, dated),
            formula: words::say(question.language, measure.formula()).into_owned(),
            earlier_basis: None,
            earlier_total: None,
            changes: None,
            note: note(basis, question.language),
        }
    }

    /// Writes a table beside an earlier one.
    fn since(
        (earlier, then): (&Ground, i64),
        (ground, version): (&Ground, i64),
        question: &Question,
    ) -> Self {
        let mut table = ground.table_since(earlier, question);
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
