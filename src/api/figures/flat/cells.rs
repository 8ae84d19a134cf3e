//! Tables and trends as flat tables: one row for each cell, or for money one row for each cell and currency.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Number as JsonNumber;

use super::{
    KNOWN, LEAD, OF, build_file_name, describe_table, list_dimension_columns, list_measure_columns,
};
use crate::{
    api::{
        figures::{cells::CellView, table::FiguresTable, trend::FiguresTrend},
        format::TabularAnswer,
        views::MoneyView,
    },
    domain::figures::{Dimension, Measure},
    sheets::flat::{BETWEEN, Datum, DatumType, FlatTable, TableColumn, new_column},
};

pub(super) fn number_to_datum(value: Option<&JsonNumber>) -> Datum {
    match value {
        None => Datum::Empty,
        Some(n) => n.as_i64().map_or_else(|| n.as_f64().into(), Datum::Integer),
    }
}

/// Returns one row for each currency, in the order of the currency codes: the sum now, and in a comparison also the
/// earlier sum and the difference. If no report states a currency on one side, that sum is empty and not 0, because it
/// is unknown.
fn list_currency_sums(cell: &CellView, compared: bool) -> Vec<Vec<Datum>> {
    let of = |sums: Option<&[MoneyView]>| -> BTreeMap<String, i64> {
        sums.unwrap_or_default().iter().map(|m| (m.currency.clone(), m.amount_minor)).collect()
    };
    let now = of(cell.by_currency.as_deref());
    let then =
        of(cell.earlier.as_ref().filter(|_| compared).and_then(|e| e.by_currency.as_deref()));
    let row = |currency: &String| {
        let (now, then) = (now.get(currency).copied(), then.get(currency).copied());
        let mut row = vec![now.into(), currency.as_str().into()];
        if compared {
            let more = now.zip(then).and_then(|(now, then)| now.checked_sub(then));
            row.extend([then.into(), more.into()]);
        }
        row
    };
    let currencies: BTreeSet<&String> = now.keys().chain(then.keys()).collect();
    if currencies.is_empty() {
        return vec![vec![Datum::Empty; if compared { 4 } else { 2 }]];
    }
    currencies.into_iter().map(row).collect()
}

/// Returns the values of a cell in the columns of its measure: one list for each row of the flat table.
fn list_cell_values(cell: &CellView, measure: Measure, compared: bool) -> Vec<Vec<Datum>> {
    match measure {
        Measure::Projects => {
            vec![vec![number_to_datum(cell.value.as_ref()), cell.share.flatten().into()]]
        }
        Measure::PercentComplete => {
            vec![vec![cell.value.as_ref().and_then(JsonNumber::as_f64).into()]]
        }
        Measure::Spent | Measure::Budget => list_currency_sums(cell, compared),
    }
}

/// Determines the columns of a table of cells.
struct CellTableShape {
    rows: Dimension,
    columns: Option<Dimension>,
    measure: Measure,
    earlier: bool,
    receipts: bool,
}

impl CellTableShape {
    fn list_columns(&self) -> Vec<TableColumn> {
        let mut columns = LEAD.to_vec();
        columns.extend(list_dimension_columns(self.rows));
        columns.extend(self.columns.into_iter().flat_map(list_dimension_columns));
        columns.extend(list_measure_columns(self.measure));
        if self.earlier && self.measure.is_money() {
            let (then, more) = ("earlier_minor", "difference_minor");
            columns.extend([
                new_column(then, DatumType::Integer, "What it was; empty where nobody stated it."),
                new_column(
                    more,
                    DatumType::Integer,
                    "By how much it is more than it was; empty where one is not known.",
                ),
            ]);
        }
        columns.extend([KNOWN, OF]);
        if self.earlier && !self.measure.is_money() {
            columns.extend([
                new_column(
                    "earlier",
                    DatumType::Number,
                    "What it was; empty where nobody stated it.",
                ),
                new_column("difference", DatumType::Number, "By how much it is more than it was."),
            ]);
        }
        if self.receipts {
            let help = "The projects behind it, separated by ; and a space; in a workbook one a row of a sheet of their own.";
            columns
                .push(new_column("project_codes", DatumType::Text, help).with_item_name("project"));
        }
        columns
    }

    fn build_rows(&self, lead: &[Datum], cells: &[CellView]) -> Vec<Vec<Datum>> {
        let mut rows = Vec::new();
        for cell in cells {
            let mut head = lead.to_vec();
            head.extend([cell.row.as_str().into(), cell.row_name.as_str().into()]);
            if self.columns.is_some() {
                head.extend([cell.column.clone().into(), cell.column_name.clone().into()]);
            }
            for values in list_cell_values(cell, self.measure, self.earlier) {
                let mut row = head.clone();
                row.extend(values);
                row.extend([cell.known.into(), cell.of.into()]);
                if self.earlier && !self.measure.is_money() {
                    let earlier = cell.earlier.as_ref().and_then(|e| e.value.as_ref());
                    let difference = cell.difference.as_ref().and_then(Option::as_ref);
                    row.extend(
                        [earlier, difference].map(|n| n.and_then(JsonNumber::as_f64).into()),
                    );
                }
                if self.receipts {
                    row.push(cell.projects.as_deref().unwrap_or_default().join(BETWEEN).into());
                }
                rows.push(row);
            }
        }
        rows
    }
}

impl TabularAnswer for FiguresTable {
    fn to_table(&self) -> FlatTable {
        let shape = CellTableShape {
            rows: self.rows,
            columns: self.columns,
            measure: self.measure,
            earlier: self.changes.is_some(),
            receipts: self.cells.iter().any(|c| c.projects.is_some()),
        };
        let basis = &self.basis;
        let day = basis.as_of.to_string();
        let rests: [Option<&str>; 1] =
            [basis.release.as_deref().or(basis.cycle.as_deref()).or(Some(&day))];
        let dimensions: Vec<&str> =
            [Some(self.rows), self.columns].into_iter().flatten().map(Dimension::as_str).collect();
        let lead = [basis.cycle.clone().into(), basis.as_of.into(), basis.release.clone().into()];
        let notes = [
            ("formula", self.formula.clone()),
            ("data version", basis.seq.to_string()),
            (
                "cities reporting",
                format!("{} of {}", self.coverage.cities_reporting, self.coverage.cities_expected),
            ),
            ("status not stated", self.coverage.not_stated.to_string()),
            ("note", self.note.clone().unwrap_or_default()),
        ];
        FlatTable {
            metadata: describe_table(
                build_file_name(self.measure.as_str(), &dimensions, &rests),
                "Figures over approved reports",
                &notes,
            ),
            columns: shape.list_columns(),
            rows: shape.build_rows(&lead, &self.cells),
        }
    }
}

impl TabularAnswer for FiguresTrend {
    fn to_table(&self) -> FlatTable {
        let shape = CellTableShape {
            rows: self.rows,
            columns: self.columns,
            measure: self.measure,
            earlier: false,
            receipts: self.cells.iter().any(|c| c.projects.is_some()),
        };
        let dimensions: Vec<&str> = self.columns.into_iter().map(Dimension::as_str).collect();
        let mut rows = Vec::new();
        for cycle in &self.cycles {
            let cells: Vec<CellView> =
                self.cells.iter().filter(|c| c.row == cycle.cycle).cloned().collect();
            let lead =
                [cycle.cycle.as_str().into(), cycle.as_of.into(), cycle.release.clone().into()];
            rows.extend(shape.build_rows(&lead, &cells));
        }
        let notes =
            [("formula", self.formula.clone()), ("data version", self.basis.seq.to_string())];
        let rests = [self.basis.release.as_deref()];
        let title = "How figures developed, each cycle with the reports of its own";
        FlatTable {
            metadata: describe_table(
                build_file_name(&format!("{}-trend", self.measure), &dimensions, &rests),
                title,
                &notes,
            ),
            columns: shape.list_columns(),
            rows,
        }
    }
}
