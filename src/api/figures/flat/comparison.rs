//! A comparison as a flat table: one row for each cell that differs, or for money one row for each cell and currency.

use std::collections::{BTreeMap, BTreeSet};

use super::{build_file_name, cells::number_to_datum, describe_table, list_dimension_columns};
use crate::{
    api::{
        figures::{
            changes::EarlierView,
            compare::{DifferentCellView, FiguresComparison},
            views::{BasisView, CoverageView},
        },
        format::TabularAnswer,
    },
    domain::figures::{Dimension, Measure, ProjectMovement},
    sheets::flat::{BETWEEN, Datum, DatumType, FlatTable, TableColumn, new_column},
};

/// The first columns: the basis of both sides.
const SIDES: [TableColumn; 6] = [
    new_column("a_cycle", DatumType::Text, "The reporting cycle of the earlier side."),
    new_column("a_as_of", DatumType::Day, "The cut-off day of the earlier side."),
    new_column(
        "a_release",
        DatumType::Text,
        "The release of the earlier side; empty for what is approved now.",
    ),
    new_column("b_cycle", DatumType::Text, "The reporting cycle of the later side."),
    new_column("b_as_of", DatumType::Day, "The cut-off day of the later side."),
    new_column(
        "b_release",
        DatumType::Text,
        "The release of the later side; empty for what is approved now.",
    ),
];

/// The last columns that are no lists: how many reports the two numbers rest on.
const COUNTS: [TableColumn; 4] = [
    new_column("a_known", DatumType::Integer, "Reports of the earlier side that state the number."),
    new_column("a_of", DatumType::Integer, "Reports of the earlier side in the cell."),
    new_column("b_known", DatumType::Integer, "Reports of the later side that state the number."),
    new_column("b_of", DatumType::Integer, "Reports of the later side in the cell."),
];

/// The lists of projects, with the movement that each lists.
const MOVEMENTS: [(ProjectMovement, &str, &str); 3] = [
    (ProjectMovement::Entered, "entered", "The projects that the later side has more in the cell."),
    (ProjectMovement::Left, "left", "The projects that only the earlier side has in the cell."),
    (ProjectMovement::Changed, "changed", "The projects in both whose number changed."),
];

impl TabularAnswer for FiguresComparison {
    fn to_table(&self) -> FlatTable {
        let (a, b) = (&self.basis.a, &self.basis.b);
        let dimensions: Vec<&str> =
            [Some(self.rows), self.columns].into_iter().flatten().map(Dimension::as_str).collect();
        let reporting =
            |c: &CoverageView| format!("{} of {}", c.cities_reporting, c.cities_expected);
        let notes = [
            ("formula", self.formula.clone()),
            ("data version of the earlier side", a.seq.to_string()),
            ("data version of the later side", b.seq.to_string()),
            ("cities reporting on the earlier side", reporting(&self.coverage.a)),
            ("cities reporting on the later side", reporting(&self.coverage.b)),
        ];
        let name = build_file_name(
            &format!("{}-comparison", self.measure),
            &dimensions,
            &[name_side(a), name_side(b)],
        );
        FlatTable {
            metadata: describe_table(name, "What differs between two sides", &notes),
            columns: list_columns(self),
            rows: self.cells.iter().flat_map(|cell| build_rows(self, cell)).collect(),
        }
    }
}

/// Returns the key by which a side was requested.
fn name_side(basis: &BasisView) -> Option<&str> {
    basis.release.as_deref().or(basis.cycle.as_deref())
}

fn list_columns(comparison: &FiguresComparison) -> Vec<TableColumn> {
    let mut columns = SIDES.to_vec();
    columns.extend(list_dimension_columns(comparison.rows));
    columns.extend(comparison.columns.into_iter().flat_map(list_dimension_columns));
    let values = match comparison.measure {
        Measure::Projects => list_value_columns(["a", "b", "difference"], DatumType::Integer),
        Measure::PercentComplete => list_value_columns(["a", "b", "difference"], DatumType::Number),
        Measure::Spent | Measure::Budget => {
            list_value_columns(["a_minor", "b_minor", "difference_minor"], DatumType::Integer)
        }
    };
    columns.extend(values);
    if comparison.measure.is_money() {
        columns.push(new_column("currency", DatumType::Text, "The currency, ISO 4217."));
    }
    columns.extend(COUNTS);
    columns.extend(
        MOVEMENTS.map(|(_, name, help)| {
            new_column(name, DatumType::Text, help).with_item_name("project")
        }),
    );
    columns
}

fn list_value_columns(names: [&'static str; 3], kind: DatumType) -> [TableColumn; 3] {
    let [a, b, difference] = names;
    [
        new_column(a, kind, "The earlier number; empty where nobody stated it."),
        new_column(b, kind, "The later number; empty where nobody states it."),
        new_column(
            difference,
            kind,
            "The later number minus the earlier; empty where one is not known.",
        ),
    ]
}

/// Builds the rows of a cell: one, or for money one for each currency.
fn build_rows(comparison: &FiguresComparison, cell: &DifferentCellView) -> Vec<Vec<Datum>> {
    let mut head: Vec<Datum> = Vec::new();
    for basis in [&comparison.basis.a, &comparison.basis.b] {
        head.extend([basis.cycle.clone().into(), basis.as_of.into(), basis.release.clone().into()]);
    }
    head.extend([cell.row.as_str().into(), cell.row_name.as_str().into()]);
    if comparison.columns.is_some() {
        head.extend([cell.column.clone().into(), cell.column_name.clone().into()]);
    }
    let counts = [cell.a.known, cell.a.of, cell.b.known, cell.b.of].map(Datum::from);
    let projects = MOVEMENTS.map(|(movement, ..)| list_projects(cell, movement));
    let row = |values: Vec<Datum>| {
        let tail = counts.iter().chain(&projects).cloned();
        head.iter().cloned().chain(values).chain(tail).collect()
    };
    list_values(comparison.measure, cell).into_iter().map(row).collect()
}

/// Returns the values of a cell: one list for each row of the flat table.
fn list_values(measure: Measure, cell: &DifferentCellView) -> Vec<Vec<Datum>> {
    match measure {
        Measure::Projects | Measure::PercentComplete => {
            let values = [&cell.a.value, &cell.b.value, &cell.difference];
            vec![values.map(|n| number_to_datum(n.as_ref())).to_vec()]
        }
        Measure::Spent | Measure::Budget => list_currency_values(&cell.a, &cell.b),
    }
}

/// Returns both sums and their difference for each currency, in the order of the currency codes. A sum that no report
/// states is empty and not 0, because it is unknown.
fn list_currency_values(a: &EarlierView, b: &EarlierView) -> Vec<Vec<Datum>> {
    let sums = |side: &EarlierView| -> BTreeMap<String, i64> {
        let all = side.by_currency.iter().flatten();
        all.map(|money| (money.currency.clone(), money.amount_minor)).collect()
    };
    let (a, b) = (sums(a), sums(b));
    let currencies: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
    if currencies.is_empty() {
        return vec![vec![Datum::Empty; 4]];
    }
    let values = |currency: &String| {
        let (a, b) = (a.get(currency).copied(), b.get(currency).copied());
        let difference = a.zip(b).and_then(|(a, b)| b.checked_sub(a));
        vec![a.into(), b.into(), difference.into(), currency.as_str().into()]
    };
    currencies.into_iter().map(values).collect()
}

/// Lists the codes of the projects that moved in one way.
fn list_projects(cell: &DifferentCellView, movement: ProjectMovement) -> Datum {
    let moved = cell.reports.iter().filter(|report| report.change.movement == movement);
    let codes: Vec<&str> = moved.map(|report| report.change.project.as_str()).collect();
    codes.join(BETWEEN).into()
}
