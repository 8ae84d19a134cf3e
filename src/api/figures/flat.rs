//! Figures as flat tables: one row a cell, with key and name beside each other, and what they rest on in each row. Here is what
//! the kinds share; how each is written stands below.

use crate::{
    domain::figures::{Dimension, Measure},
    sheets::flat::{About, Column, Type, column},
};

mod cells;
mod cities;
mod coverage;
mod progress;

/// What every row begins with.
const LEAD: [Column; 3] = [
    column("cycle", Type::Text, "The reporting cycle; empty for the latest reports up to a day."),
    column("as_of", Type::Day, "The cut-off day."),
    column("release", Type::Text, "The release; empty for what is approved now."),
];
const KNOWN: Column = column("known", Type::Integer, "Reports that state what is measured.");
const OF: Column = column("of", Type::Integer, "Reports that were looked at.");

/// Names the columns of a dimension: its keys and its names.
const fn axis(dimension: Dimension) -> [Column; 2] {
    const fn pair(key: &'static str, name: &'static str, help: &'static str) -> [Column; 2] {
        [column(key, Type::Text, help), column(name, Type::Text, "Its name.")]
    }
    match dimension {
        Dimension::FocusArea => {
            pair("focus_area", "focus_area_name", "The focus area; unknown where it is not told.")
        }
        Dimension::SubArea => {
            pair("sub_area", "sub_area_name", "The sub-area; unknown where it is not told.")
        }
        Dimension::Status => pair("status", "status_name", "Where the project stands."),
        Dimension::Country => pair("country", "country_name", "The country, ISO 3166-1 alpha-2."),
        Dimension::City => pair("city", "city_name", "The city."),
        Dimension::Cycle => pair("reported_in", "reported_in_name", "The cycle of the row."),
        Dimension::Outcome => pair(
            "outcome",
            "outcome_name",
            "The strategic outcome; a report counts in each of its own.",
        ),
        Dimension::Enabler => {
            pair("enabler", "enabler_name", "The enabler; a report counts in each of its own.")
        }
        Dimension::Sector => {
            pair("sector", "sector_name", "The sector; a report counts in each of its own.")
        }
    }
}

/// Names the columns of a measure.
fn measured(measure: Measure) -> Vec<Column> {
    match measure {
        Measure::Projects => vec![
            column(
                "projects",
                Type::Integer,
                "The number of approved reports, one for each project.",
            ),
            column(
                "share_percent",
                Type::Integer,
                "The share of the row, or of the total in a list of rows; whole percents that add up to 100.",
            ),
        ],
        Measure::PercentComplete => vec![column(
            "percent_complete",
            Type::Number,
            "The plain mean of the stated percentages; empty where none is stated.",
        )],
        Measure::Spent => vec![
            column(
                "spent_minor",
                Type::Integer,
                "The sum of the money spent, in minor units; one row for each currency.",
            ),
            column("spent_currency", Type::Text, "The currency, ISO 4217."),
        ],
    }
}

/// Names a file by what it holds: the figure, its cut, and what it rests on.
fn name(figure: &str, cut: &[&str], basis: &[Option<&str>]) -> String {
    let parts =
        [figure].into_iter().chain(cut.iter().copied()).chain(basis.iter().copied().flatten());
    let words: Vec<String> = parts.map(|part| part.replace('_', "-")).collect();
    format!("ascn-{}", words.join("-"))
}

fn about(name: String, title: &str, notes: &[(&str, String)]) -> About {
    let notes = notes.iter().map(|(name, what)| ((*name).to_owned(), what.clone())).collect();
    About { name, title: title.to_owned(), notes }
}
