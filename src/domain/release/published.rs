//! The figures that are published with a release. They contain keys and no names, so that they can be recomputed from
//! the frozen data and compared with the next release, in any language.

use std::{collections::BTreeMap, sync::Arc};

use serde::{Deserialize, Serialize};

use super::ReleaseReference;
use crate::domain::{
    cycle::ReportingCycle,
    figures::{
        CityRows, CountingRules, CrossTable, Dimension, FigureBasis, FigureDataset, FigureFilter,
        FigureQuery, FigureValue, Measure, ReportFact,
    },
    language::Language,
    policy::visibility::ReadScope,
    value::Slug,
};

/// The tables of a release: the measure, the rows and the columns.
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
    pub measure: Measure,
    pub rows: Dimension,
    pub columns: Dimension,
    /// Every combination of row and column, zeros included.
    pub cells: Vec<PublishedCell>,
}

/// A cell of a published table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PublishedCell {
    /// The key of the row.
    pub row: String,
    /// The key of the column.
    pub column: String,
    /// The number; none if no report states the measured value.
    pub value: Option<f64>,
    /// Number of reports that state the measured value.
    pub known: i64,
    /// Number of reports in the cell.
    pub of: i64,
}

/// A published figure that changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CellChange {
    pub measure: Measure,
    pub rows: Dimension,
    pub columns: Dimension,
    /// The key of the row.
    pub row: String,
    /// The key of the column.
    pub column: String,
    /// The earlier number; none if there was no such cell, or if it had no number.
    pub from: Option<f64>,
    /// The later number; none if there is no such cell, or if it has no number.
    pub to: Option<f64>,
}

impl ReleaseReference {
    /// Builds the dataset for the figures of a release.
    #[must_use]
    pub fn build_dataset(&self, release: &Slug, facts: Vec<ReportFact>) -> FigureDataset {
        self.build_dataset_on(FigureBasis::from_release(release, self.cycle.clone()), facts)
    }

    /// Builds the dataset for the trend up to a release. `before` contains the earlier releases in order, each with its
    /// cycle as frozen; `facts` contains the reports of all of them. The names are those that this release froze.
    #[must_use]
    pub fn build_trend_dataset(
        &self,
        release: &Slug,
        mut before: Vec<(Slug, ReportingCycle)>,
        mut facts: Vec<ReportFact>,
    ) -> FigureDataset {
        before.push((release.clone(), self.cycle.clone()));
        // The sort is stable: the reports of a project stay ordered by cut-off.
        facts.sort_by(|a, b| (&a.city, a.code.number()).cmp(&(&b.city, b.code.number())));
        self.build_dataset_on(FigureBasis::from_release_series(before), facts)
    }

    fn build_dataset_on(&self, basis: FigureBasis, mut facts: Vec<ReportFact>) -> FigureDataset {
        for fact in &mut facts {
            fact.add_partner_types(&self.partner_types);
        }
        FigureDataset {
            basis,
            facts,
            countries: self.countries.clone(),
            cities: self.cities.clone(),
            city_rows: self.list_city_rows(),
            vocabulary: Arc::new(self.vocabulary.clone()),
            // Everybody who may read a release may read all of it.
            reach: ReadScope { everything: true, ..ReadScope::default() },
        }
    }

    fn list_city_rows(&self) -> CityRows {
        match self.rules {
            CountingRules::PilotCities => CityRows::PilotsAnd(self.with_project.clone()),
            CountingRules::ExpectedCities => CityRows::Expected,
        }
    }
}

/// Counts the published tables of a release from the facts of its reports.
#[must_use]
pub(crate) fn count_tables(
    release: &Slug,
    reference: &ReleaseReference,
    facts: Vec<ReportFact>,
) -> Vec<PublishedTable> {
    let dataset = reference.build_dataset(release, facts);
    let table = |(measure, rows, columns): &(Measure, Dimension, Dimension)| {
        count_published_table(&dataset, *measure, *rows, *columns)
    };
    TABLES.iter().map(table).collect()
}

fn count_published_table(
    dataset: &FigureDataset,
    measure: Measure,
    rows: Dimension,
    columns: Dimension,
) -> PublishedTable {
    let question = FigureQuery {
        rows,
        columns: Some(columns),
        measure,
        filter: FigureFilter::default(),
        // The language does not matter: only keys are stored.
        language: Language::En,
        receipts: false,
    };
    let CrossTable { cells, .. } = dataset.count_table(&question);
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

/// Lists the figures that changed, in the order of the tables. A new cell has no earlier number, a removed cell has no
/// later one. Cells without reports on both sides are left out: a new city without a report is no changed figure.
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
        let (earlier, later) = (old.map(index_cells).unwrap_or_default(), index_cells(new));
        let gone =
            old.into_iter().flat_map(|t| &t.cells).filter(|c| !later.contains_key(&cell_key(c)));
        for cell in new.cells.iter().chain(gone) {
            let at = cell_key(cell);
            let (earlier, later) = (earlier.get(&at).copied(), later.get(&at).copied());
            let value = |of: Option<&PublishedCell>| of.and_then(|c| c.value);
            let (from, to) = (value(earlier), value(later));
            let counts = earlier.into_iter().chain(later).any(|c| c.of > 0);
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

/// The cells of a table, by row and column.
type CellsByKey<'a> = BTreeMap<(&'a str, &'a str), &'a PublishedCell>;

fn cell_key(cell: &PublishedCell) -> (&str, &str) {
    (&cell.row, &cell.column)
}

fn index_cells(table: &PublishedTable) -> CellsByKey<'_> {
    table.cells.iter().map(|c| (cell_key(c), c)).collect()
}
