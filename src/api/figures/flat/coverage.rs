//! Coverage as a flat table: one row a city.

use super::{LEAD, about, axis, name};
use crate::{
    api::{
        figures::coverage::{CityCoverage, CoverageBasis, FiguresCoverage},
        format::Tabular,
    },
    domain::figures::Dimension,
    sheets::flat::{Column, Datum, Type, Whole, column},
};

/// The counts of a row.
const COUNTS: [(&str, &str); 9] = [
    ("expected", "Reports that are to be filed; empty where nobody wrote it down."),
    ("approved", "Accepted; of a release the reports that it holds."),
    ("not_yet_approved", "Expected and not accepted."),
    (
        "to_write",
        "Not begun; empty where it is not for the caller to see, and of a release, as what follows.",
    ),
    ("draft", "Being written and not handed in."),
    ("submitted", "Waiting for a decision."),
    ("returned", "Sent back to the city."),
    ("late", "Came late, or are late by now; of a release, without regard to extensions."),
    ("extended", "Whether the city was given more time."),
];

impl Tabular for FiguresCoverage {
    fn table(&self) -> Whole {
        let basis = &self.basis;
        let notes = [("formula", self.formula.clone()), ("data version", basis.seq.to_string())];
        let rests = basis.release.as_deref().unwrap_or(&basis.cycle);
        let title =
            if basis.release.is_some() { "What a release holds" } else { "How far a cycle is" };
        Whole {
            about: about(name("coverage", &[], &[Some(rests)]), title, &notes),
            columns: columns(),
            rows: self.cities.iter().map(|city| row(basis, city)).collect(),
        }
    }
}

fn columns() -> Vec<Column> {
    let mut columns = LEAD.to_vec();
    columns.extend(axis(Dimension::City));
    columns.extend(axis(Dimension::Country));
    columns.extend(COUNTS.map(|(name, help)| column(name, Type::Integer, help)));
    let help = "When a report was last edited, submitted or decided on.";
    columns.push(column("last_activity", Type::Instant, help));
    columns
}

fn row(basis: &CoverageBasis, c: &CityCoverage) -> Vec<Datum> {
    vec![
        basis.cycle.as_str().into(),
        basis.as_of.into(),
        basis.release.clone().into(),
        c.city.as_str().into(),
        c.city_name.as_str().into(),
        c.country.as_str().into(),
        c.country_name.as_str().into(),
        c.expected.into(),
        c.approved.into(),
        c.not_yet_approved.into(),
        c.to_write.into(),
        c.draft.into(),
        c.submitted.into(),
        c.returned.into(),
        c.late.into(),
        c.extended.into(),
        c.last_activity.into(),
    ]
}
