//! Tables about the release as a whole: its cities, its errata and its published figures.

use serde_json::Value;

use super::{
    ReleaseTable, ReleaseTableRow, RowContext, RowSource, reports::join_items, table_columns,
};
use crate::{domain::value::Prose, sheets::flat::Datum};

/// One row per city of the network, with or without a report.
pub(crate) const CITIES: ReleaseTable = ReleaseTable {
    name: "cities",
    title: "Cities of the network when the release was published",
    columns: table_columns![
        ("city", Text, "The city."),
        ("city_name", Text, "The city's name in English."),
        (
            "city_name_local",
            Text,
            "The city's name in the local script, where it has one of its own."
        ),
        ("country", Text, "The country, ISO 3166-1 alpha-2."),
        ("country_name", Text, "The country's name in English."),
        ("pilot", Bool, "One of the pilot cities of 2018."),
        ("joined_year", Integer, "Year of joining the network."),
        ("latitude", Number, "WGS 84, degrees north."),
        ("longitude", Number, "WGS 84, degrees east."),
        ("un_locode", Text, "UN/LOCODE, where there is one."),
        ("aliases", Text, "Other names in use, separated by ; and a space."),
        ("time_zone", Text, "The IANA time zone in which the city's days end."),
        ("note", Text, "A remark on the entry."),
    ],
    key: &["city"],
    foreign_keys: &[],
    rows: RowSource::PerRelease(build_city_rows),
};

/// One row per field that changed since the release before.
pub(crate) const ERRATA: ReleaseTable = ReleaseTable {
    name: "errata",
    title: "What became another since the release before it; empty in the first of a cycle",
    columns: table_columns![
        ("project", Text, "The project."),
        ("change", Text, "Whether the report was added, removed or changed."),
        ("pointer", Text, "The field as a JSON pointer; empty where the report came or went."),
        ("from", Text, "What it said, as JSON."),
        ("to", Text, "What it says, as JSON."),
        ("reasons", Text, "Why it was taken up again, separated by ; and a space."),
    ],
    key: &[],
    // A removed report is in no table, so a row about it could not reference anything.
    foreign_keys: &[],
    rows: RowSource::PerRelease(build_erratum_rows),
};

/// One row per cell of a published table.
pub(crate) const FIGURES: ReleaseTable = ReleaseTable {
    name: "figures",
    title: "The figures that are published with the release, zeros included",
    columns: table_columns![
        ("measure", Text, "What is measured: projects or percent_complete."),
        ("rows", Text, "What the rows of the table are."),
        ("columns", Text, "What the columns of the table are."),
        ("row", Text, "The row."),
        ("column", Text, "The column."),
        ("value", Number, "The number; empty where no report states what is measured."),
        ("known", Integer, "The reports that state it."),
        ("of", Integer, "The reports that were looked at."),
        ("row_key", Text, "The key of the row, as `row`: SQL reserves that word."),
        ("column_key", Text, "The key of the column, as `column`: SQL reserves that word."),
    ],
    key: &["measure", "rows", "columns", "row", "column"],
    foreign_keys: &[],
    rows: RowSource::PerRelease(build_figure_rows),
};

fn build_city_rows(context: &RowContext<'_>) -> Vec<ReleaseTableRow> {
    let one = |c: &crate::domain::reference::City| {
        let mut row = context.leading_values();
        row.extend([
            c.slug.as_str().into(),
            context.city_name(c.slug.as_str()),
            c.names.get("local").cloned().into(),
            c.country.as_str().into(),
            context.country_name(c.country.as_str()),
            c.pilot.into(),
            i64::from(c.joined_year).into(),
            c.latitude.into(),
            c.longitude.into(),
            c.un_locode.clone().into(),
            join_items(c.aliases.iter().cloned()),
            c.time_zone.to_string().into(),
            c.note.as_ref().map(Prose::to_string).into(),
        ]);
        row
    };
    context.reference.cities.iter().map(one).collect()
}

fn build_erratum_rows(context: &RowContext<'_>) -> Vec<ReleaseTableRow> {
    let mut rows = Vec::new();
    for erratum in &context.release.errata {
        let mut head = context.leading_values();
        head.extend([erratum.project.to_string().into(), erratum.change.as_str().into()]);
        let reasons = || erratum.reasons.join("; ").into();
        let json = |value: &Value| Datum::Text(value.to_string());
        if erratum.fields.is_empty() {
            let nothing = [Datum::Empty, Datum::Empty, Datum::Empty];
            rows.push(head.iter().cloned().chain(nothing).chain([reasons()]).collect());
        }
        for field in &erratum.fields {
            let values =
                [field.pointer.clone().into(), json(&field.from), json(&field.to), reasons()];
            rows.push(head.iter().cloned().chain(values).collect());
        }
    }
    rows
}

fn build_figure_rows(context: &RowContext<'_>) -> Vec<ReleaseTableRow> {
    let mut rows = Vec::new();
    for table in &context.release.figures {
        for cell in &table.cells {
            let mut row = context.leading_values();
            row.extend([
                table.measure.as_str().into(),
                table.rows.as_str().into(),
                table.columns.as_str().into(),
                cell.row.clone().into(),
                cell.column.clone().into(),
                cell.value.into(),
                cell.known.into(),
                cell.of.into(),
                cell.row.clone().into(),
                cell.column.clone().into(),
            ]);
            rows.push(row);
        }
    }
    rows
}
