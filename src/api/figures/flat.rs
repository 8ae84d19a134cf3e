//! Figures as flat tables: one row a cell, with key and name beside each other, and what they rest on in each row.

use serde_json::Number as JsonNumber;

use super::{
    coverage::{CityCoverage, FiguresCoverage},
    map::CityCollection,
    progress::FiguresProgress,
    trend::FiguresTrend,
    views::{CellView, FiguresTable},
};
use crate::{
    api::format::Tabular,
    domain::figures::{Dimension, Grouping, Measure},
    sheets::flat::{About, Column, Datum, Type, Whole, column},
};

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

fn number(value: Option<&JsonNumber>) -> Datum {
    match value {
        None => Datum::Empty,
        Some(n) => n.as_i64().map_or_else(|| n.as_f64().into(), Datum::Integer),
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

/// Returns the values of a cell under the columns of its measure: one list for each row that it makes.
fn values(cell: &CellView, measure: Measure) -> Vec<Vec<Datum>> {
    match measure {
        Measure::Projects => vec![vec![number(cell.value.as_ref()), cell.share.flatten().into()]],
        Measure::PercentComplete => {
            vec![vec![cell.value.as_ref().and_then(JsonNumber::as_f64).into()]]
        }
        Measure::Spent => {
            let sums = cell.by_currency.as_deref().unwrap_or_default();
            if sums.is_empty() {
                return vec![vec![Datum::Empty, Datum::Empty]];
            }
            let row = |m: &crate::api::views::Money| {
                vec![m.amount_minor.into(), m.currency.as_str().into()]
            };
            sums.iter().map(row).collect()
        }
    }
}

/// What a table of cells has in its columns.
struct Shape {
    rows: Dimension,
    columns: Option<Dimension>,
    measure: Measure,
    earlier: bool,
    receipts: bool,
}

impl Shape {
    fn columns(&self) -> Vec<Column> {
        let mut columns = LEAD.to_vec();
        columns.extend(axis(self.rows));
        columns.extend(self.columns.into_iter().flat_map(axis));
        columns.extend(measured(self.measure));
        columns.extend([KNOWN, OF]);
        if self.earlier && self.measure != Measure::Spent {
            columns.extend([
                column("earlier", Type::Number, "What it was; empty where nobody stated it."),
                column("difference", Type::Number, "By how much it is more than it was."),
            ]);
        }
        if self.receipts {
            columns.push(column(
                "project_codes",
                Type::Text,
                "The projects behind it, separated by ; and a space.",
            ));
        }
        columns
    }

    fn rows(&self, lead: &[Datum], cells: &[CellView]) -> Vec<Vec<Datum>> {
        let mut rows = Vec::new();
        for cell in cells {
            let mut head = lead.to_vec();
            head.extend([cell.row.as_str().into(), cell.row_name.as_str().into()]);
            if self.columns.is_some() {
                head.extend([cell.column.clone().into(), cell.column_name.clone().into()]);
            }
            for values in values(cell, self.measure) {
                let mut row = head.clone();
                row.extend(values);
                row.extend([cell.known.into(), cell.of.into()]);
                if self.earlier && self.measure != Measure::Spent {
                    let earlier = cell.earlier.as_ref().and_then(|e| e.value.as_ref());
                    let difference = cell.difference.as_ref().and_then(Option::as_ref);
                    row.extend(
                        [earlier, difference].map(|n| n.and_then(JsonNumber::as_f64).into()),
                    );
                }
                if self.receipts {
                    row.push(cell.projects.as_deref().unwrap_or_default().join("; ").into());
                }
                rows.push(row);
            }
        }
        rows
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

impl Tabular for FiguresTable {
    fn table(&self) -> Whole {
        let shape = Shape {
            rows: self.rows,
            columns: self.columns,
            measure: self.measure,
            earlier: self.changes.is_some(),
            receipts: self.cells.iter().any(|c| c.projects.is_some()),
        };
        let basis = &self.basis;
        let day = basis.as_of.to_string();
        let rests: [Option<&str>; 1] =
            [basis.release.as_deref().or(basis.cycle.as_deref()).or(Some(&day))];
        let cut: Vec<&str> =
            [Some(self.rows), self.columns].into_iter().flatten().map(Dimension::as_str).collect();
        let lead = [basis.cycle.clone().into(), basis.as_of.into(), basis.release.clone().into()];
        let notes = [
            ("formula", self.formula.clone()),
            ("data version", basis.seq.to_string()),
            (
                "cities reporting",
                format!("{} of {}", self.coverage.cities_reporting, self.coverage.cities_expected),
            ),
            ("status not stated", self.coverage.not_stated.to_string()),
            ("note", self.note.clone().unwrap_or_default()),
        ];
        Whole {
            about: about(
                name(self.measure.as_str(), &cut, &rests),
                "Figures over approved reports",
                &notes,
            ),
            columns: shape.columns(),
            rows: shape.rows(&lead, &self.cells),
        }
    }
}

impl Tabular for FiguresTrend {
    fn table(&self) -> Whole {
        let shape = Shape {
            rows: self.rows,
            columns: self.columns,
            measure: self.measure,
            earlier: false,
            receipts: self.cells.iter().any(|c| c.projects.is_some()),
        };
        let cut: Vec<&str> = self.columns.into_iter().map(Dimension::as_str).collect();
        let mut rows = Vec::new();
        for cycle in &self.cycles {
            let cells: Vec<CellView> =
                self.cells.iter().filter(|c| c.row == cycle.cycle).cloned().collect();
            let lead = [cycle.cycle.as_str().into(), cycle.as_of.into(), Datum::Empty];
            rows.extend(shape.rows(&lead, &cells));
        }
        let notes =
            [("formula", self.formula.clone()), ("data version", self.basis.seq.to_string())];
        let title = "How figures developed, each cycle with the reports of its own";
        Whole {
            about: about(name(&format!("{}-trend", self.measure), &cut, &[]), title, &notes),
            columns: shape.columns(),
            rows,
        }
    }
}

impl Tabular for FiguresProgress {
    fn table(&self) -> Whole {
        let by = match self.by {
            Grouping::City => Dimension::City,
            Grouping::Country => Dimension::Country,
            Grouping::FocusArea => Dimension::FocusArea,
        };
        let mut columns = LEAD.to_vec();
        columns.extend(axis(by));
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
        let basis = &self.basis;
        let day = basis.as_of.to_string();
        let rests = [basis.release.as_deref().or(basis.cycle.as_deref()).or(Some(&day))];
        let row = |r: &super::progress::ProgressRow| {
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
        };
        let notes = [("formula", self.formula.clone()), ("data version", basis.seq.to_string())];
        Whole {
            about: about(
                name("progress", &[self.by.as_str()], &rests),
                "How far projects are; no ranking",
                &notes,
            ),
            columns,
            rows: self.rows.iter().map(row).collect(),
        }
    }
}

impl Tabular for FiguresCoverage {
    fn table(&self) -> Whole {
        let mut columns = LEAD.to_vec();
        columns.extend(axis(Dimension::City));
        columns.extend(axis(Dimension::Country));
        let counts = [
            ("expected", "Reports that are to be filed; empty where nobody wrote it down."),
            ("approved", "Accepted."),
            ("not_yet_approved", "Expected and not accepted."),
            (
                "to_write",
                "Not begun; empty where it is not for the caller to see, as what follows.",
            ),
            ("draft", "Being written and not handed in."),
            ("submitted", "Waiting for a decision."),
            ("returned", "Sent back to the city."),
            ("late", "Came late, or are late by now."),
            ("extended", "Whether the city was given more time."),
        ];
        columns.extend(counts.map(|(name, help)| column(name, Type::Integer, help)));
        columns.push(column(
            "last_activity",
            Type::Instant,
            "When a report was last edited, submitted or decided on.",
        ));
        let basis = &self.basis;
        let row = |c: &CityCoverage| {
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
        };
        let notes = [("formula", self.formula.clone()), ("data version", basis.seq.to_string())];
        Whole {
            about: about(
                name("coverage", &[], &[Some(&basis.cycle)]),
                "How far a cycle is",
                &notes,
            ),
            columns,
            rows: self.cities.iter().map(row).collect(),
        }
    }
}

impl Tabular for CityCollection {
    fn table(&self) -> Whole {
        let mut columns = LEAD.to_vec();
        columns.extend(axis(Dimension::City));
        columns.extend(axis(Dimension::Country));
        columns.extend([
            column("pilot", Type::Bool, "One of the pilot cities of 2018."),
            column("latitude", Type::Number, "WGS 84, degrees north."),
            column("longitude", Type::Number, "WGS 84, degrees east."),
        ]);
        let counts = [
            "projects",
            "planning",
            "ongoing",
            "completed",
            "suspended",
            "cancelled",
            "not_stated",
        ];
        columns.extend(
            counts.map(|name| {
                column(name, Type::Integer, "Approved reports, all or of that status.")
            }),
        );
        columns.extend(measured(Measure::PercentComplete));
        columns.extend([KNOWN, OF]);
        let row = |f: &super::map::CityFeature| {
            let p = &f.properties;
            let [longitude, latitude] =
                [0, 1].map(|i| f.geometry.coordinates.get(i).copied().into());
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
        };
        let day = self.basis.as_of.to_string();
        let rests = [self.basis.release.as_deref().or(self.basis.cycle.as_deref()).or(Some(&day))];
        let notes =
            [("formula", self.formula.clone()), ("data version", self.basis.seq.to_string())];
        Whole {
            about: about(name("cities", &[], &rests), "Cities with their figures", &notes),
            columns,
            rows: self.features.iter().map(row).collect(),
        }
    }
}
