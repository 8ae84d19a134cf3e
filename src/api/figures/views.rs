//! The shapes in which figures are answered.

use chrono::NaiveDate;
use serde::{Serialize, Serializer};
use serde_json::Number as JsonNumber;
use utoipa::ToSchema;

use super::changes::{EarlierView, FigureChangeView};
use crate::{
    api::views::Money,
    domain::{
        figures::{
            Basis, Cell, Coverage, Dimension, Figure, Ground, Label, Measure, Number, Question,
            Receipt, Table,
        },
        language::Language,
        project::ProjectCode,
        words,
    },
};

/// What is said where the day lies before the cut-off of every cycle.
const NOTHING: &str = "no cycle had its cut-off by this day";

/// What figures rest on.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BasisView {
    /// The cycle that was reported in; null for the latest reports up to a day.
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
    /// The cycles whose reports may count, in the order of their cut-offs; only where a day was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cycles: Option<Vec<String>>,
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
pub struct ReceiptView {
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

impl From<&Receipt> for ReceiptView {
    fn from(r: &Receipt) -> Self {
        Self {
            project: r.project.to_string(),
            cycle: r.cycle.to_string(),
            age_days: r.age_days,
            stale: r.stale,
        }
    }
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
    /// Reports counted whose project fell out of the list: they are older than the last list of its plan. Only where a day
    /// was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stale: Option<i64>,
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

/// Writes pairs as an object, in the order of the rows or columns.
pub(super) fn in_order<V: Serialize, S: Serializer>(
    pairs: &[(String, V)],
    s: S,
) -> Result<S::Ok, S::Error> {
    s.collect_map(pairs.iter().map(|(key, value)| (key, value)))
}

pub(super) fn number(value: Number) -> Option<JsonNumber> {
    match value {
        Number::None => None,
        Number::Count(n) => Some(n.into()),
        Number::Mean(mean) => JsonNumber::from_f64(mean),
    }
}

pub(super) fn currencies(figure: &Figure) -> Vec<Money> {
    figure.by_currency.iter().copied().map(Money::from).collect()
}

pub(super) fn codes(codes: &[ProjectCode]) -> Vec<String> {
    codes.iter().map(ToString::to_string).collect()
}

impl BasisView {
    pub(super) fn new(basis: &Basis, version: i64) -> Self {
        let cycles = || basis.cycles.iter().map(|c| c.slug.to_string()).collect();
        Self {
            cycle: basis.cycle.as_ref().map(ToString::to_string),
            as_of: basis.as_of,
            release: basis.release.as_ref().map(ToString::to_string),
            seq: version,
            cycles: basis.is_dated().then(cycles),
        }
    }
}

/// Says why there is nothing to count, where there is nothing.
pub(super) fn note(basis: &Basis, language: Language) -> Option<String> {
    basis.is_empty().then(|| words::say(language, NOTHING).into_owned())
}

impl CellView {
    /// `dated` says whether reports of several cycles stand beside each other, so that some may be stale.
    pub(super) fn new(cell: Cell, measure: Measure, dated: bool) -> Self {
        let (column, column_name) = cell.column.map(|l| (l.key, l.name)).unzip();
        let difference = cell.earlier.as_ref().map(|e| number(cell.figure.difference(e)));
        Self {
            row: cell.row.key,
            row_name: cell.row.name,
            column,
            column_name,
            value: number(cell.figure.value),
            known: cell.figure.known,
            of: cell.figure.of,
            by_currency: (measure == Measure::Spent).then(|| currencies(&cell.figure)),
            share: (measure == Measure::Projects).then_some(cell.share),
            projects: cell.receipts.as_ref().map(|r| codes(&r.projects)),
            stale: cell.receipts.as_ref().filter(|_| dated).map(|r| codes(&r.stale)),
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

impl CoverageView {
    /// `dated` says whether reports of several cycles stand beside each other, so that some may be stale.
    pub(super) fn new(c: Coverage, dated: bool) -> Self {
        Self {
            cities_reporting: c.cities_reporting,
            cities_expected: c.cities_expected,
            not_stated: c.not_stated,
            stale: dated.then_some(c.stale),
        }
    }
}

/// Writes totals by key.
pub(super) fn numbers(totals: &[(Label, Figure)]) -> Vec<(String, Option<JsonNumber>)> {
    totals.iter().map(|(l, f)| (l.key.clone(), number(f.value))).collect()
}

impl CurrencyTotals {
    /// Writes the totals of a table that measures money; none for others.
    pub(super) fn of(table: &Table, measure: Measure) -> Option<Self> {
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
    pub(in crate::api) fn new(
        ground: &Ground,
        question: &Question,
        table: Table,
        version: i64,
    ) -> Self {
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
    pub(in crate::api) fn since(
        earlier: &Ground,
        ground: &Ground,
        question: &Question,
        version: i64,
    ) -> Self {
        let mut table = ground.table_since(earlier, question);
        let changes = std::mem::take(&mut table.changes);
        let total = table.earlier_total.as_ref().map(|f| EarlierView::new(f, question.measure));
        Self {
            earlier_basis: Some(BasisView::new(&earlier.basis, version)),
            earlier_total: total,
            changes: Some(changes.into_iter().map(FigureChangeView::from).collect()),
            ..Self::new(ground, question, table, version)
        }
    }
}
