//! Figures as flat tables for CSV, workbooks and JSON lines: one row for each cell, with its keys, its names and its
//! basis. This file has what the kinds of figures share; the submodules build the table of each kind.

use crate::{
    domain::figures::{Dimension, Measure},
    sheets::flat::{DatumType, TableColumn, TableMetadata, new_column},
};

mod cells;
mod cities;
mod comparison;
mod coverage;
mod progress;

/// The first columns of every table: the basis.
const LEAD: [TableColumn; 3] = [
    new_column(
        "cycle",
        DatumType::Text,
        "The reporting cycle; empty for the latest reports up to a day.",
    ),
    new_column("as_of", DatumType::Day, "The cut-off day."),
    new_column("release", DatumType::Text, "The release; empty for what is approved now."),
];
const KNOWN: TableColumn =
    new_column("known", DatumType::Integer, "Reports that state what is measured.");
const OF: TableColumn = new_column("of", DatumType::Integer, "Reports that were looked at.");

/// Returns the two columns of a dimension: key and name.
const fn list_dimension_columns(dimension: Dimension) -> [TableColumn; 2] {
    const fn key_and_name_columns(
        key: &'static str,
        name: &'static str,
        help: &'static str,
    ) -> [TableColumn; 2] {
        [new_column(key, DatumType::Text, help), new_column(name, DatumType::Text, "Its name.")]
    }
    match dimension {
        Dimension::FocusArea => key_and_name_columns(
            "focus_area",
            "focus_area_name",
            "The focus area; unknown where it is not told.",
        ),
        Dimension::SubArea => key_and_name_columns(
            "sub_area",
            "sub_area_name",
            "The sub-area; unknown where it is not told.",
        ),
        Dimension::Status => {
            key_and_name_columns("status", "status_name", "Where the project stands.")
        }
        Dimension::Country => {
            key_and_name_columns("country", "country_name", "The country, ISO 3166-1 alpha-2.")
        }
        Dimension::City => key_and_name_columns("city", "city_name", "The city."),
        Dimension::Cycle => {
            key_and_name_columns("reported_in", "reported_in_name", "The cycle of the row.")
        }
        Dimension::Outcome => key_and_name_columns(
            "outcome",
            "outcome_name",
            "The strategic outcome; a report counts in each of its own.",
        ),
        Dimension::Enabler => key_and_name_columns(
            "enabler",
            "enabler_name",
            "The enabler; a report counts in each of its own.",
        ),
        Dimension::Sector => key_and_name_columns(
            "sector",
            "sector_name",
            "The sector; a report counts in each of its own.",
        ),
        Dimension::Tag => key_and_name_columns(
            "tag",
            "tag_name",
            "The tag of a national scheme; a report counts in each of its own.",
        ),
        Dimension::Sdg => key_and_name_columns(
            "sdg",
            "sdg_name",
            "The Sustainable Development Goal by number; a report counts in each of its own.",
        ),
        Dimension::PartnerType => key_and_name_columns(
            "partner_type",
            "partner_type_name",
            "The type of partner; a report counts in the type of each partner.",
        ),
    }
}

fn list_measure_columns(measure: Measure) -> Vec<TableColumn> {
    match measure {
        Measure::Projects => vec![
            new_column(
                "projects",
                DatumType::Integer,
                "The number of approved reports, one for each project.",
            ),
            new_column(
                "share_percent",
                DatumType::Integer,
                "The share of the row, or of the total in a list of rows; whole percents that add up to 100.",
            ),
        ],
        Measure::PercentComplete => vec![new_column(
            "percent_complete",
            DatumType::Number,
            "The plain mean of the stated percentages; empty where none is stated.",
        )],
        Measure::Spent => vec![
            new_column(
                "spent_minor",
                DatumType::Integer,
                "The sum of the money spent, in minor units; one row for each currency.",
            ),
            new_column("spent_currency", DatumType::Text, "The currency, ISO 4217."),
        ],
        Measure::Budget => vec![
            new_column(
                "budget_minor",
                DatumType::Integer,
                "The sum of the planned money, in minor units; one row for each currency.",
            ),
            new_column("budget_currency", DatumType::Text, "The currency, ISO 4217."),
        ],
    }
}

/// Builds the name of a file from the figure, its dimensions and its basis.
fn build_file_name(figure: &str, dimensions: &[&str], basis: &[Option<&str>]) -> String {
    let parts = [figure]
        .into_iter()
        .chain(dimensions.iter().copied())
        .chain(basis.iter().copied().flatten());
    let words: Vec<String> = parts.map(|part| part.replace('_', "-")).collect();
    format!("ascn-{}", words.join("-"))
}

fn describe_table(name: String, title: &str, notes: &[(&str, String)]) -> TableMetadata {
    let notes = notes.iter().map(|(name, what)| ((*name).to_owned(), what.clone())).collect();
    TableMetadata { name, title: title.to_owned(), notes }
}
