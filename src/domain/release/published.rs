//! The figures that are published with a release, in words of no language, so that they can be recomputed from what it
//! froze, and compared with those of the next one.

use std::{collections::BTreeMap, sync::Arc};

use serde::{Deserialize, Serialize};

use super::ReleaseReference;
use crate::domain::{
    cycle::ReportingCycle,
    figures::{
        CrossTable, Dimension, FigureBasis, FigureDataset, FigureFilter, FigureQuery, FigureValue,
        Measure, ReportFact,
    },
    language::Language,
    policy::visibility::ReadScope,
    value::Slug,
};

/// The tables that are published with a release: what is measured, by what.
const TABLES: &[(Measure, Dimension, Dimension)] = &[
    (Measure::Projects, Dimension::FocusArea, Dimension::Status),
    (Measure::Projects, Dimension::Country, Dimension::Status),
    (Measure::Projects, Dimension::City, Dimension::Status),
    (Measure::Projects, Dimension::City, Dimension::FocusArea),
    (Measure::PercentComplete, Dimension::FocusArea, Dimension::Status),
];

/// A published table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PublishedTable {
    /// What is measured.
    pub measure: Measure,
    /// What the rows are.
    pub rows: Dimension,
    /// What the columns are.
    pub columns: Dimension,
    /// Every combination of row and column, zeros included.
    pub cells: Vec<PublishedCell>,
}

/// A cell of a published table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PublishedCell {
    /// The row.
    pub row: String,
    /// The column.
    pub column: String,
    /// The number; none where no report states what is measured.
    pub value: Option<f64>,
    /// The reports that state it.
    pub known: i64,
    /// The reports that were looked at.
    pub of: i64,
}

/// A published figure that became another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CellChange {
    /// What is measured.
    pub measure: Measure,
    /// What the rows are.
    pub rows: Dimension,
    /// What the columns are.
    pub columns: Dimension,
    /// The row.
    pub row: String,
    /// The column.
    pub column: String,
    /// What it was; none where there was no such cell, or nothing stated.
    pub from: Option<f64>,
    /// What it is.
    pub to: Option<f64>,
}

impl ReleaseReference {
    /// Returns what the figures of a release are counted from.
    #[must_use]
    pub fn build_dataset(&self, release: &Slug, facts: Vec<ReportFact>) -> FigureDataset {
        self.build_dataset_on(FigureBasis::from_release(release, self.cycle.clone()), facts)
    }

    /// Returns what the trend until a release is counted from: the releases before it in order, each with its cycle as it
    /// froze it, and their reports with its own. Cities, countries and words are named as this release froze them.
    #[must_use]
    pub fn build_trend_dataset(
        &self,
        release: &Slug,
        mut before: Vec<(Slug, ReportingCycle)>,
        mut facts: Vec<ReportFact>,
    ) -> FigureDataset {
        before.push((release.clone(), self.cycle.clone()));
        // Those of a project stay in the order of their cut-offs.
        facts.sort_by(|a, b| (&a.city, a.code.number()).cmp(&(&b.city, b.code.number())));
        self.build_dataset_on(FigureBasis::from_release_series(before), facts)
    }

    fn build_dataset_on(&self, basis: FigureBasis, facts: Vec<ReportFact>) -> FigureDataset {
        FigureDataset {
            basis,
            facts,
            countries: self.countries.clone(),
            cities: self.cities.clone(),
            with_project: self.with_project.clone(),
            vocabulary: Arc::new(self.vocabulary.clone()),
            // A release is read whole by everybody who may read it.
            reach: ReadScope { everything: true, ..ReadScope::default() },
        }
    }
}

/// Counts the published tables out of what a release freezes: the facts are those of its reports.
#[must_use]
pub(crate) fn count_tables(
    release: &Slug,
    frame: &ReleaseReference,
    facts: Vec<ReportFact>,
) -> Vec<PublishedTable> {
    let ground = frame.build_dataset(release, facts);
    TABLES.iter().map(|table| count_published_table(&ground, *table)).collect()
}

fn count_published_table(
    ground: &FigureDataset,
    (measure, rows, columns): (Measure, Dimension, Dimension),
) -> PublishedTable {
    let question = FigureQuery {
        rows,
        columns: Some(columns),
        measure,
        filter: FigureFilter::default(),
        // Keys are kept, and no names.
        language: Language::En,
        receipts: false,
    };
    let CrossTable { cells, .. } = ground.count_table(&question);
    let cells = cells.into_iter().map(|cell| PublishedCell {
        row: cell.row.key,
        column: cell.column.map(|c| c.key).unwrap_or_default(),
        value: match cell.figure.value {
            FigureValue::None => None,
            FigureValue::Count(n) => i32::try_from(n).ok().map(f64::from),
            FigureValue::Mean(mean) => Some(mean),
        },
        known: cell.figure.known,
        of: cell.figure.report_count,
    });
    PublishedTable { measure, rows, columns, cells: cells.collect() }
}

/// Lists the figures that became others, in the order of the tables. A cell that is new has nothing before it, one that is
/// gone nothing after it. Where nothing was counted and nothing is, no figure became another: a city that came without a
/// report has a row of zeros.
#[must_use]
pub(crate) fn list_cell_changes(
    before: &[PublishedTable],
    after: &[PublishedTable],
) -> Vec<CellChange> {
    let mut found = Vec::new();
    for new in after {
        let old = before
            .iter()
            .find(|t| (t.measure, t.rows, t.columns) == (new.measure, new.rows, new.columns));
        let (was, is) = (old.map(index_cells).unwrap_or_default(), index_cells(new));
        let gone =
            old.into_iter().flat_map(|t| &t.cells).filter(|c| !is.contains_key(&cell_key(c)));
        for cell in new.cells.iter().chain(gone) {
            let at = cell_key(cell);
            let (was, is) = (was.get(&at).copied(), is.get(&at).copied());
            let value = |of: Option<&PublishedCell>| of.and_then(|c| c.value);
            let (from, to) = (value(was), value(is));
            let counts = was.into_iter().chain(is).any(|c| c.of > 0);
            if from != to && counts {
                found.push(CellChange {
                    measure: new.measure,
                    rows: new.rows,
                    columns: new.columns,
                    row: cell.row.clone(),
                    column: cell.column.clone(),
                    from,
                    to,
                });
            }
        }
    }
    found
}

/// The cells of a table by row and column.
type CellsByKey<'a> = BTreeMap<(&'a str, &'a str), &'a PublishedCell>;

fn cell_key(cell: &PublishedCell) -> (&str, &str) {
    (&cell.row, &cell.column)
}

fn index_cells(table: &PublishedTable) -> CellsByKey<'_> {
    table.cells.iter().map(|c| (cell_key(c), c)).collect()
}
