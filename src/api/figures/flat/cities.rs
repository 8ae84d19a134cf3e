//! A map as a flat table: one row for each city, with its coordinates.

use super::{
    KNOWN, LEAD, OF, build_file_name, describe_table, list_dimension_columns, list_measure_columns,
};
use crate::{
    api::{
        figures::map::{CityCollection, CityFeature},
        format::TabularAnswer,
    },
    domain::figures::{Dimension, Measure},
    sheets::flat::{Datum, DatumType, FlatTable, TableColumn, new_column},
};

/// The columns of counts: all projects of a city, and its projects by status.
const COUNTS: [&str; 7] =
    ["projects", "planning", "ongoing", "completed", "suspended", "cancelled", "not_stated"];

impl TabularAnswer for CityCollection {
    fn to_table(&self) -> FlatTable {
        let basis = &self.basis;
        let day = basis.as_of.to_string();
        let rests = [basis.release.as_deref().or(basis.cycle.as_deref()).or(Some(&day))];
        let notes = [("formula", self.formula.clone()), ("data version", basis.seq.to_string())];
        FlatTable {
            metadata: describe_table(
                build_file_name("cities", &[], &rests),
                "Cities with their figures",
                &notes,
            ),
            columns: list_columns(),
            rows: self.features.iter().map(build_row).collect(),
        }
    }
}

fn list_columns() -> Vec<TableColumn> {
    let count =
        |name| new_column(name, DatumType::Integer, "Approved reports, all or of that status.");
    let mut columns = LEAD.to_vec();
    columns.extend(list_dimension_columns(Dimension::City));
    columns.extend(list_dimension_columns(Dimension::Country));
    columns.extend([
        new_column("pilot", DatumType::Bool, "One of the pilot cities of 2018."),
        new_column("latitude", DatumType::Number, "WGS 84, degrees north."),
        new_column("longitude", DatumType::Number, "WGS 84, degrees east."),
    ]);
    columns.extend(COUNTS.map(count));
    columns.extend(list_measure_columns(Measure::PercentComplete));
    columns.extend([KNOWN, OF]);
    columns
}

fn build_row(feature: &CityFeature) -> Vec<Datum> {
    let p = &feature.properties;
    let [longitude, latitude] = [0, 1].map(|i| feature.geometry.coordinates.get(i).copied().into());
    vec![
        p.cycle.clone().into(),
        p.as_of.into(),
        p.release.clone().into(),
        p.city.as_str().into(),
        p.city_name.as_str().into(),
        p.country.as_str().into(),
        p.country_name.as_str().into(),
        p.pilot.into(),
        latitude,
        longitude,
        p.projects.into(),
        p.planning.into(),
        p.ongoing.into(),
        p.completed.into(),
        p.suspended.into(),
        p.cancelled.into(),
        p.not_stated.into(),
        p.percent_complete.into(),
        p.known.into(),
        p.of.into(),
    ]
}
