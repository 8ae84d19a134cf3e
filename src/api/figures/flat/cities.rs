//! A map as a flat table: one row a city, with where it lies.

use super::{KNOWN, LEAD, OF, about, axis, measured, name};
use crate::{
    api::{
        figures::map::{CityCollection, CityFeature},
        format::Tabular,
    },
    domain::figures::{Dimension, Measure},
    sheets::flat::{Column, Datum, Type, Whole, column},
};

/// How many projects a city has, and how many of them stand where.
const COUNTS: [&str; 7] =
    ["projects", "planning", "ongoing", "completed", "suspended", "cancelled", "not_stated"];

impl Tabular for CityCollection {
    fn table(&self) -> Whole {
        let basis = &self.basis;
        let day = basis.as_of.to_string();
        let rests = [basis.release.as_deref().or(basis.cycle.as_deref()).or(Some(&day))];
        let notes = [("formula", self.formula.clone()), ("data version", basis.seq.to_string())];
        Whole {
            about: about(name("cities", &[], &rests), "Cities with their figures", &notes),
            columns: columns(),
            rows: self.features.iter().map(row).collect(),
        }
    }
}

fn columns() -> Vec<Column> {
    let count = |name| column(name, Type::Integer, "Approved reports, all or of that status.");
    let mut columns = LEAD.to_vec();
    columns.extend(axis(Dimension::City));
    columns.extend(axis(Dimension::Country));
    columns.extend([
        column("pilot", Type::Bool, "One of the pilot cities of 2018."),
        column("latitude", Type::Number, "WGS 84, degrees north."),
        column("longitude", Type::Number, "WGS 84, degrees east."),
    ]);
    columns.extend(COUNTS.map(count));
    columns.extend(measured(Measure::PercentComplete));
    columns.extend([KNOWN, OF]);
    columns
}

fn row(feature: &CityFeature) -> Vec<Datum> {
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
