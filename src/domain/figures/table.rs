//! Counts a table, alone or beside an earlier one.

use super::{
    AxisLabel, CrossTable, Figure, FigureCell, FigureDataset, FigureQuery, FigureReceipts,
    FigureValue, Measure, ProjectReceipt, ReportFact,
    axis::TableAxes,
    change::{self, FactSelection},
    count::TableCounts,
    largest_remainder::to_whole_percents,
    tally::ReportTally,
};

impl FigureDataset {
    /// Counts a table.
    #[must_use]
    pub fn count_table(&self, question: &FigureQuery) -> CrossTable {
        self.count_with_earlier(None, question)
    }

    /// Counts a table with the figures of an earlier dataset in each cell, and the changes of projects since. The rows
    /// and columns come from both datasets.
    #[must_use]
    pub fn count_table_since(&self, earlier: &Self, question: &FigureQuery) -> CrossTable {
        self.count_with_earlier(Some(earlier), question)
    }

    fn count_with_earlier(&self, earlier: Option<&Self>, question: &FigureQuery) -> CrossTable {
        let (facts, coverage) = self.select_facts(&question.filter);
        let before = earlier.map(|dataset| dataset.select_facts(&question.filter).0);
        if self.basis.is_empty() {
            return CrossTable { coverage, ..CrossTable::default() };
        }
        let all: Vec<&ReportFact> = before.iter().flatten().chain(&facts).copied().collect();
        let datasets: Vec<&Self> = earlier.into_iter().chain([self]).collect();
        let axes = TableAxes::new(&datasets, question, &all);
        let now = TableCounts::new(&axes, &facts);
        let then = before.as_ref().map(|facts| TableCounts::new(&axes, facts));
        let changes = match (earlier, &before) {
            (Some(dataset), Some(before)) => change::compare_projects(
                FactSelection { dataset, facts: before },
                FactSelection { dataset: self, facts: &facts },
            ),
            (None, _) | (_, None) => Vec::new(),
        };
        let receipts = question.receipts.then_some(self);
        let mut table = assemble_table(question, axes, now, receipts);
        table.coverage = coverage;
        table.changes = changes.into_iter().filter(change::ProjectChange::is_list_change).collect();
        if let Some(then) = then {
            table.add_earlier_figures(question.measure, then);
        }
        table
    }
}

/// Lists the projects behind a cell.
fn list_receipts(dataset: &FigureDataset, facts: &[&ReportFact]) -> FigureReceipts {
    let codes = |facts: &mut dyn Iterator<Item = &&ReportFact>| {
        let mut codes: Vec<_> = facts.map(|fact| fact.code.clone()).collect();
        codes.sort();
        codes.dedup();
        codes
    };
    let receipt = |fact: &&ReportFact| ProjectReceipt {
        project: fact.code.clone(),
        cycle: fact.cycle.clone(),
        age_days: dataset.basis.age_days(fact),
        stale: dataset.basis.is_stale(fact),
    };
    let mut reports: Vec<ProjectReceipt> = facts.iter().map(receipt).collect();
    reports.sort_by(|a, b| (&a.project, &a.cycle).cmp(&(&b.project, &b.cycle)));
    reports.dedup();
    FigureReceipts {
        reports,
        projects: codes(&mut facts.iter()),
        stale: codes(&mut facts.iter().filter(|fact| dataset.basis.is_stale(fact))),
    }
}

fn assemble_table(
    question: &FigureQuery,
    axes: TableAxes,
    counted: TableCounts<'_>,
    dataset: Option<&FigureDataset>,
) -> CrossTable {
    let TableAxes { rows, columns } = axes;
    let measure = question.measure;
    let split = question.columns.is_some();
    let shares = compute_shares(question, &counted);
    let pairs = rows
        .labels()
        .iter()
        .flat_map(|row| columns.labels().iter().map(move |column| (row.clone(), column.clone())));
    let cell = |(((row, column), counter), share): (
        ((AxisLabel, AxisLabel), super::count::CellCounter<'_>),
        _,
    )| {
        FigureCell {
            row,
            column: split.then_some(column),
            receipts: dataset.map(|dataset| list_receipts(dataset, &counter.facts)),
            figure: counter.tally.into_figure(measure),
            share,
            earlier: None,
        }
    };
    let figures =
        |tallies: Vec<ReportTally>| tallies.into_iter().map(move |t| t.into_figure(measure));
    let cells = pairs.zip(counted.cells).zip(shares).map(cell).collect();
    CrossTable {
        cells,
        row_totals: rows.into_labels().into_iter().zip(figures(counted.rows)).collect(),
        column_totals: if split {
            columns.into_labels().into_iter().zip(figures(counted.columns)).collect()
        } else {
            Vec::new()
        },
        total: counted.total.into_figure(measure),
        ..CrossTable::default()
    }
}

/// Returns the share of each cell: of its row, or of the total in a list of rows.
fn compute_shares(question: &FigureQuery, counted: &TableCounts<'_>) -> Vec<Option<i64>> {
    let counts: Vec<i64> = counted.cells.iter().map(|cell| cell.tally.report_count()).collect();
    let (along, width) = match question.columns {
        Some(columns) => (columns, counted.columns.len()),
        None => (question.rows, counts.len()),
    };
    if question.measure != Measure::Projects || along.is_multiple() || width == 0 {
        return vec![None; counts.len()];
    }
    let spread = |row: &[i64]| match to_whole_percents(row) {
        Some(shares) => shares.into_iter().map(Some).collect(),
        None => vec![None; row.len()],
    };
    counts.chunks(width).flat_map(spread).collect()
}

impl CrossTable {
    /// Adds the earlier figure to each cell.
    fn add_earlier_figures(&mut self, measure: Measure, then: TableCounts<'_>) {
        for (cell, counter) in self.cells.iter_mut().zip(then.cells) {
            cell.earlier = Some(counter.tally.into_figure(measure));
        }
        self.earlier_total = Some(then.total.into_figure(measure));
    }
}

impl Figure {
    /// Returns the difference to an earlier figure; `FigureValue::None` if one of them is none or exists only per
    /// currency.
    #[must_use]
    pub fn difference_from(&self, earlier: &Self) -> FigureValue {
        match (self.value, earlier.value) {
            (FigureValue::Count(now), FigureValue::Count(then)) => FigureValue::Count(now - then),
            (FigureValue::Mean(now), FigureValue::Mean(then)) => FigureValue::Mean(now - then),
            (FigureValue::None | FigureValue::Count(_) | FigureValue::Mean(_), _) => {
                FigureValue::None
            }
        }
    }
}
