//! Progress as a flat table: one row a city, country or focus area.

use super::{KNOWN, LEAD, OF, about, axis, measured, name};
use crate::{
    api::{
        figures::{
            progress::{FiguresProgress, ProgressRow},
            views::BasisView,
        },
        format::Tabular,
    },
    domain::figures::{Grouping, Measure},
    sheets::flat::{Column, Datum, Type, Whole, column},
};

impl Tabular for FiguresProgress {
    fn table(&self) -> Whole {
        let basis = &self.basis;
        let day = basis.as_of.to_string();
        let rests = [basis.release.as_deref().or(basis.cycle.as_deref()).or(Some(&day))];
        let notes = [("formula", self.formula.clone()), ("data version", basis.seq.to_string())];
        let name = name("progress", &[self.by.as_str()], &rests);
        Whole {
            about: about(name, "How far projects are; no ranking", &notes),
            columns: columns(self.by),
            rows: self.rows.iter().map(|r| row(basis, r)).collect(),
        }
    }
}

fn columns(by: Grouping) -> Vec<Column> {
    let mut columns = LEAD.to_vec();
    columns.extend(axis(by.dimension()));
    columns.extend(measured(Measure::PercentComplete));
    columns.extend([
        KNOWN,
        OF,
        column("milestone_attainment", Type::Number, "The reached share of the milestones' weight, 0 to 1; empty where there are none."),
        column("milestone_known", Type::Integer, "Reports that have milestones."),
        column("outcome_attainment", Type::Number, "The plain mean of what outcome indicators attain, 1 at the target; empty where nothing is known."),
        column("outcome_known", Type::Integer, "Outcome indicators whose attainment is defined."),
        column("outcome_of", Type::Integer, "Outcome indicators."),
    ]);
    columns
}

fn row(basis: &BasisView, r: &ProgressRow) -> Vec<Datum> {
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
