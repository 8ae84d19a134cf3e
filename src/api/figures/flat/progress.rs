//! Progress as a flat table: one row for each city, country or focus area.

use super::{
    KNOWN, LEAD, OF, build_file_name, describe_table, list_dimension_columns, list_measure_columns,
};
use crate::{
    api::{
        figures::{
            progress::{FiguresProgress, ProgressRow},
            views::BasisView,
        },
        format::TabularAnswer,
    },
    domain::figures::{Measure, ProgressGrouping},
    sheets::flat::{Datum, DatumType, FlatTable, TableColumn, new_column},
};

impl TabularAnswer for FiguresProgress {
    fn to_table(&self) -> FlatTable {
        let basis = &self.basis;
        let day = basis.as_of.to_string();
        let rests = [basis.release.as_deref().or(basis.cycle.as_deref()).or(Some(&day))];
        let notes = [("formula", self.formula.clone()), ("data version", basis.seq.to_string())];
        let name = build_file_name("progress", &[self.by.as_str()], &rests);
        FlatTable {
            metadata: describe_table(name, "How far projects are; no ranking", &notes),
            columns: list_columns(self.by),
            rows: self.rows.iter().map(|r| build_row(basis, r)).collect(),
        }
    }
}

fn list_columns(by: ProgressGrouping) -> Vec<TableColumn> {
    let mut columns = LEAD.to_vec();
    columns.extend(list_dimension_columns(by.dimension()));
    columns.extend(list_measure_columns(Measure::PercentComplete));
    columns.extend([
        KNOWN,
        OF,
        new_column("milestone_attainment", DatumType::Number, "The reached share of the milestones' weight, 0 to 1; empty where there are none."),
        new_column("milestone_known", DatumType::Integer, "Reports that have milestones."),
        new_column("outcome_attainment", DatumType::Number, "The plain mean of what outcome indicators attain, 1 at the target; empty where nothing is known."),
        new_column("outcome_known", DatumType::Integer, "Outcome indicators whose attainment is defined."),
        new_column("outcome_of", DatumType::Integer, "Outcome indicators."),
    ]);
    columns
}

fn build_row(basis: &BasisView, r: &ProgressRow) -> Vec<Datum> {
    vec![
        basis.cycle.clone().into(),
        basis.as_of.into(),
        basis.release.clone().into(),
        r.key.as_str().into(),
        r.name.as_str().into(),
        r.percent_complete.into(),
        r.known.into(),
        r.total.into(),
        r.milestones.attainment.into(),
        r.milestones.known.into(),
        r.outcome_indicators.attainment.into(),
        r.outcome_indicators.known.into(),
        r.outcome_indicators.of.into(),
    ]
}
