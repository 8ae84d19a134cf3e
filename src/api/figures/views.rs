//! The shapes in which figures are answered.

use chrono::NaiveDate;
use serde::{Serialize, Serializer};
use serde_json::Number as JsonNumber;
use utoipa::ToSchema;

use crate::{
    api::views::Money,
    domain::{
        figures::{
            Cell, Coverage, Dimension, Figure, Ground, Label, Measure, Number, Question, Table,
        },
        words,
    },
};

/// What a table rests on.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BasisView {
    /// The cycle that was reported in.
    #[schema(required, example = "me-2022")]
    pub cycle: Option<String>,
    /// The cut-off day.
    #[schema(example = "2022-09-21")]
    pub as_of: NaiveDate,
    /// The release, for figures of one.
    #[schema(required)]
    pub release: Option<String>,
    /// The data version: the number of the last public change that is counted in.
    #[schema(example = 1312)]
    pub seq: i64,
}

/// A combination of row and column.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CellView {
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
    pub by_currency: Option<Vec<Money>>,
}

/// How much of what could have been reported was.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CoverageView {
    /// Cities asked about with an approved report in the cycle.
    #[schema(example = 26)]
    pub cities_reporting: i64,
    /// Cities asked about that joined in a year before that of the cut-off, or report all the same.
    #[schema(example = 26)]
    pub cities_expected: i64,
    /// Reports asked about whose status the source does not tell, whatever status is asked for.
    #[schema(example = 2)]
    pub not_stated: i64,
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

/// Writes pairs as an object, in the order of the rows or columns.
fn in_order<V: Serialize, S: Serializer>(pairs: &[(String, V)], s: S) -> Result<S::Ok, S::Error> {
    s.collect_map(pairs.iter().map(|(key, value)| (key, value)))
}

fn number(value: Number) -> Option<JsonNumber> {
    match value {
        Number::None => None,
        Number::Count(n) => Some(n.into()),
        Number::Mean(mean) => JsonNumber::from_f64(mean),
    }
}

fn currencies(figure: &Figure) -> Vec<Money> {
    figure.by_currency.iter().copied().map(Money::from).collect()
}

impl CellView {
    fn new(cell: Cell, measure: Measure) -> Self {
        let (column, column_name) = cell.column.map(|l| (l.key, l.name)).unzip();
        Self {
            row: cell.row.key,
            row_name: cell.row.name,
            column,
            column_name,
            value: number(cell.figure.value),
            known: cell.figure.known,
            of: cell.figure.of,
            by_currency: (measure == Measure::Spent).then(|| currencies(&cell.figure)),
        }
    }
}

impl From<Coverage> for CoverageView {
    fn from(c: Coverage) -> Self {
        Self {
            cities_reporting: c.cities_reporting,
            cities_expected: c.cities_expected,
            not_stated: c.not_stated,
        }
    }
}

impl FiguresTable {
    pub(super) fn new(ground: &Ground, question: &Question, table: Table, version: i64) -> Self {
        let numbers = |totals: &[(Label, Figure)]| {
            totals.iter().map(|(l, f)| (l.key.clone(), number(f.value))).collect()
        };
        let sums = |totals: &[(Label, Figure)]| {
            totals.iter().map(|(l, f)| (l.key.clone(), currencies(f))).collect()
        };
        let measure = question.measure;
        Self {
            measure,
            rows: question.rows,
            columns: question.columns,
            basis: BasisView {
                cycle: ground.basis.cycle.as_ref().map(ToString::to_string),
                as_of: ground.basis.as_of,
                release: ground.basis.release.as_ref().map(ToString::to_string),
                seq: version,
            },
            row_totals: numbers(&table.row_totals),
            column_totals: numbers(&table.column_totals),
            total: number(table.total.value),
            totals_by_currency: (measure == Measure::Spent).then(|| CurrencyTotals {
                rows: sums(&table.row_totals),
                columns: sums(&table.column_totals),
                total: currencies(&table.total),
            }),
            cells: table.cells.into_iter().map(|cell| CellView::new(cell, measure)).collect(),
            coverage: table.coverage.into(),
            formula: words::say(question.language, measure.formula()).into_owned(),
        }
    }
}
