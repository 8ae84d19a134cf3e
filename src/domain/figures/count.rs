//! Counts reports into the cells of a table.

use super::{ReportFact, axis::TableAxes, tally::ReportTally};

/// A cell while it is counted: the sums, and the counted reports.
#[derive(Debug, Clone, Default)]
pub(super) struct CellCounter<'f> {
    pub(super) tally: ReportTally,
    pub(super) facts: Vec<&'f ReportFact>,
}

impl<'f> CellCounter<'f> {
    fn add_fact(&mut self, fact: &'f ReportFact) {
        self.tally.add_fact(fact);
        self.facts.push(fact);
    }
}

/// The sums of the cells, rows, columns and of all reports. A report counts once in each.
pub(super) struct TableCounts<'f> {
    /// Row by row.
    pub(super) cells: Vec<CellCounter<'f>>,
    pub(super) rows: Vec<ReportTally>,
    pub(super) columns: Vec<ReportTally>,
    pub(super) total: ReportTally,
}

impl<'f> TableCounts<'f> {
    pub(super) fn new(axes: &TableAxes, facts: &[&'f ReportFact]) -> Self {
        let TableAxes { rows, columns } = axes;
        let mut counted = Self {
            cells: vec![CellCounter::default(); rows.len() * columns.len()],
            rows: vec![ReportTally::default(); rows.len()],
            columns: vec![ReportTally::default(); columns.len()],
            total: ReportTally::default(),
        };
        for fact in facts {
            counted.add_fact(fact, &rows.find_positions(fact), &columns.find_positions(fact));
        }
        counted
    }

    fn add_fact(&mut self, fact: &'f ReportFact, rows: &[usize], columns: &[usize]) {
        let width = self.columns.len();
        let count =
            |tally: Option<&mut ReportTally>| tally.into_iter().for_each(|t| t.add_fact(fact));
        for row in rows {
            count(self.rows.get_mut(*row));
            for column in columns {
                if let Some(cell) = self.cells.get_mut(row * width + column) {
                    cell.add_fact(fact);
                }
            }
        }
        for column in columns {
            count(self.columns.get_mut(*column));
        }
        self.total.add_fact(fact);
    }
}
