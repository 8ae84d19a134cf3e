//! Counting reports into the cells of a table.

use super::{Fact, axis::Axis, tally::Tally};

/// A cell while it is counted: what its reports add up to, and the reports.
#[derive(Debug, Clone, Default)]
pub(super) struct Counter<'f> {
    pub(super) tally: Tally,
    pub(super) facts: Vec<&'f Fact>,
}

impl<'f> Counter<'f> {
    fn add(&mut self, fact: &'f Fact) {
        self.tally.add(fact);
        self.facts.push(fact);
    }
}

/// Reports counted into cells, rows, columns and all. A report counts once in each.
pub(super) struct Counted<'f> {
    /// Row by row.
    pub(super) cells: Vec<Counter<'f>>,
    pub(super) rows: Vec<Tally>,
    pub(super) columns: Vec<Tally>,
    pub(super) total: Tally,
}

impl<'f> Counted<'f> {
    pub(super) fn new(rows: &Axis, columns: &Axis, facts: &[&'f Fact]) -> Self {
        let mut counted = Self {
            cells: vec![Counter::default(); rows.len() * columns.len()],
            rows: vec![Tally::default(); rows.len()],
            columns: vec![Tally::default(); columns.len()],
            total: Tally::default(),
        };
        for fact in facts {
            counted.add(fact, &rows.places(fact), &columns.places(fact));
        }
        counted
    }

    fn add(&mut self, fact: &'f Fact, rows: &[usize], columns: &[usize]) {
        let width = self.columns.len();
        let count = |tally: Option<&mut Tally>| tally.into_iter().for_each(|t| t.add(fact));
        for row in rows {
            count(self.rows.get_mut(*row));
            for column in columns {
                if let Some(cell) = self.cells.get_mut(row * width + column) {
                    cell.add(fact);
                }
            }
        }
        for column in columns {
            count(self.columns.get_mut(*column));
        }
        self.total.add(fact);
    }
}
