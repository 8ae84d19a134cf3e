//! Counting reports into the cells of a table.

use super::{Cell, Coverage, Fact, Question, Table, axis::Axis, tally::Tally};

/// A table while it is counted.
pub(super) struct Counted {
    width: usize,
    cells: Vec<Tally>,
    rows: Vec<Tally>,
    columns: Vec<Tally>,
    total: Tally,
}

impl Counted {
    pub(super) fn new(rows: &Axis, columns: &Axis) -> Self {
        Self {
            width: columns.len(),
            cells: vec![Tally::default(); rows.len() * columns.len()],
            rows: vec![Tally::default(); rows.len()],
            columns: vec![Tally::default(); columns.len()],
            total: Tally::default(),
        }
    }

    pub(super) fn add(&mut self, fact: &Fact, rows: &[usize], columns: &[usize]) {
        let count = |tally: Option<&mut Tally>| tally.into_iter().for_each(|t| t.add(fact));
        for row in rows {
            count(self.rows.get_mut(*row));
            for column in columns {
                count(self.cells.get_mut(row * self.width + column));
            }
        }
        for column in columns {
            count(self.columns.get_mut(*column));
        }
        self.total.add(fact);
    }

    pub(super) fn finish(
        self,
        question: &Question,
        rows: Axis,
        columns: Axis,
        coverage: Coverage,
    ) -> Table {
        let measure = question.measure;
        let figures = |tallies: Vec<Tally>| tallies.into_iter().map(move |t| t.figure(measure));
        let pairs = rows.labels().iter().flat_map(|row| {
            columns.labels().iter().map(move |column| (row.clone(), column.clone()))
        });
        let split = question.columns.is_some();
        Table {
            cells: pairs
                .zip(figures(self.cells))
                .map(|((row, column), figure)| Cell {
                    row,
                    column: split.then_some(column),
                    figure,
                })
                .collect(),
            row_totals: rows.into_labels().into_iter().zip(figures(self.rows)).collect(),
            column_totals: if split {
                columns.into_labels().into_iter().zip(figures(self.columns)).collect()
            } else {
                Vec::new()
            },
            total: self.total.figure(measure),
            coverage,
        }
    }
}
