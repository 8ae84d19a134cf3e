//! Coverage as a flat table: one row for each city.

use super::{LEAD, build_file_name, describe_table, list_dimension_columns};
use crate::{
    api::{
        figures::coverage::{CityCoverage, CoverageBasis, FiguresCoverage},
        format::TabularAnswer,
    },
    domain::figures::Dimension,
    sheets::flat::{Datum, DatumType, FlatTable, TableColumn, new_column},
};

/// The columns of counts, with their descriptions.
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
    (
        "late",
        "Were first submitted late, or are late by now; of a release, and elsewhere of cities that the caller does not work on, the approved ones that were first submitted late.",
    ),
    ("extended", "Whether the city was given more time."),
];

impl TabularAnswer for FiguresCoverage {
    fn to_table(&self) -> FlatTable {
        let basis = &self.basis;
        let notes = [("formula", self.formula.clone()), ("data version", basis.seq.to_string())];
        let rests = basis.release.as_deref().unwrap_or(&basis.cycle);
        let title =
            if basis.release.is_some() { "What a release holds" } else { "How far a cycle is" };
        FlatTable {
            metadata: describe_table(
                build_file_name("coverage", &[], &[Some(rests)]),
                title,
                &notes,
            ),
            columns: list_columns(),
            rows: self.cities.iter().map(|city| build_row(basis, city)).collect(),
        }
    }
}

fn list_columns() -> Vec<TableColumn> {
    let mut columns = LEAD.to_vec();
    columns.extend(list_dimension_columns(Dimension::City));
    columns.extend(list_dimension_columns(Dimension::Country));
    columns.extend(COUNTS.map(|(name, help)| new_column(name, DatumType::Integer, help)));
    let help = "When a report was last edited, submitted or decided on, in UTC.";
    columns.push(new_column("last_activity", DatumType::Instant, help));
    columns
}

fn build_row(basis: &CoverageBasis, c: &CityCoverage) -> Vec<Datum> {
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
