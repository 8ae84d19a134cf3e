//! Counting a table, alone or beside an earlier one.

use super::{
    Cell, Fact, Figure, Ground, Label, Measure, Number, Question, Receipt, Receipts, Table,
    axis::Axis, change, count::Counted, share::shares, tally::Tally,
};

impl Ground {
    /// Counts the table.
    #[must_use]
    pub fn table(&self, question: &Question) -> Table {
        self.count(None, question)
    }

    /// Counts the table with what each number was on an earlier ground, and what happened to projects since. Rows and
    /// columns are those of both.
    #[must_use]
    pub fn table_since(&self, earlier: &Self, question: &Question) -> Table {
        self.count(Some(earlier), question)
    }

    fn count(&self, earlier: Option<&Self>, question: &Question) -> Table {
        let (facts, coverage) = self.asked(&question.filter);
        let before = earlier.map(|ground| ground.asked(&question.filter).0);
        if self.basis.is_empty() {
            return Table { coverage, ..Table::default() };
        }
        let all: Vec<&Fact> = before.iter().flatten().chain(&facts).copied().collect();
        let grounds: Vec<&Self> = earlier.into_iter().chain([self]).collect();
        let rows = Axis::new(question.rows, &grounds, question, &all);
        let columns =
            question.columns.map_or_else(Axis::single, |c| Axis::new(c, &grounds, question, &all));
        let now = Counted::new(&rows, &columns, &facts);
        let then = before.as_ref().map(|facts| Counted::new(&rows, &columns, facts));
        let changes = match (earlier, &before) {
            (Some(ground), Some(before)) => change::between((ground, before), (self, &facts)),
            (None, _) | (_, None) => Vec::new(),
        };
        let receipts = question.receipts.then_some(self);
        let mut table = assemble(question, (rows, columns), now, receipts);
        table.coverage = coverage;
        table.changes = changes.into_iter().filter(change::Change::is_of_the_list).collect();
        if let Some(then) = then {
            table.put_beside(question.measure, then);
        }
        table
    }
}

/// Names the projects behind a cell.
fn receipts(ground: &Ground, facts: &[&Fact]) -> Receipts {
    let codes = |facts: &mut dyn Iterator<Item = &&Fact>| {
        let mut codes: Vec<_> = facts.map(|fact| fact.code.clone()).collect();
        codes.sort();
        codes.dedup();
        codes
    };
    let receipt = |fact: &&Fact| Receipt {
        project: fact.code.clone(),
        cycle: fact.cycle.clone(),
        age_days: ground.basis.age_days(fact),
        stale: ground.basis.is_stale(fact),
    };
    let mut reports: Vec<Receipt> = facts.iter().map(receipt).collect();
    reports.sort_by(|a, b| (&a.project, &a.cycle).cmp(&(&b.project, &b.cycle)));
    reports.dedup();
    Receipts {
        reports,
        projects: codes(&mut facts.iter()),
        stale: codes(&mut facts.iter().filter(|fact| ground.basis.is_stale(fact))),
    }
}

fn assemble(
    question: &Question,
    (rows, columns): (Axis, Axis),
    counted: Counted<'_>,
    ground: Option<&Ground>,
) -> Table {
    let measure = question.measure;
    let split = question.columns.is_some();
    let shares = shares_of(question, &counted);
    let pairs = rows
        .labels()
        .iter()
        .flat_map(|row| columns.labels().iter().map(move |column| (row.clone(), column.clone())));
    let cell =
        |(((row, column), counter), share): (((Label, Label), super::count::Counter<'_>), _)| {
            Cell {
                row,
                column: split.then_some(column),
                receipts: ground.map(|ground| receipts(ground, &counter.facts)),
                figure: counter.tally.figure(measure),
                share,
                earlier: None,
            }
        };
    let figures = |tallies: Vec<Tally>| tallies.into_iter().map(move |t| t.figure(measure));
    let cells = pairs.zip(counted.cells).zip(shares).map(cell).collect();
    Table {
        cells,
        row_totals: rows.into_labels().into_iter().zip(figures(counted.rows)).collect(),
        column_totals: if split {
            columns.into_labels().into_iter().zip(figures(counted.columns)).collect()
        } else {
            Vec::new()
        },
        total: counted.total.figure(measure),
        ..Table::default()
    }
}

/// Returns the share of each cell: of its row, in a list of rows of the total.
fn shares_of(question: &Question, counted: &Counted<'_>) -> Vec<Option<i64>> {
    let counts: Vec<i64> = counted.cells.iter().map(|cell| cell.tally.of()).collect();
    let (along, width) = match question.columns {
        Some(columns) => (columns, counted.columns.len()),
        None => (question.rows, counts.len()),
    };
    if question.measure != Measure::Projects || along.is_multiple() || width == 0 {
        return vec![None; counts.len()];
    }
    let spread = |row: &[i64]| match shares(row) {
        Some(shares) => shares.into_iter().map(Some).collect(),
        None => vec![None; row.len()],
    };
    counts.chunks(width).flat_map(spread).collect()
}

impl Table {
    /// Puts what the same cells were before beside them.
    fn put_beside(&mut self, measure: Measure, then: Counted<'_>) {
        for (cell, counter) in self.cells.iter_mut().zip(then.cells) {
            cell.earlier = Some(counter.tally.figure(measure));
        }
        self.earlier_total = Some(then.total.figure(measure));
    }
}

impl Figure {
    /// Returns by how much it is more than an earlier one; none where one of them is none, or only there per currency.
    #[must_use]
    pub fn difference(&self, earlier: &Self) -> Number {
        match (self.value, earlier.value) {
            (Number::Count(now), Number::Count(then)) => Number::Count(now - then),
            (Number::Mean(now), Number::Mean(then)) => Number::Mean(now - then),
            (Number::None | Number::Count(_) | Number::Mean(_), _) => Number::None,
        }
    }
}
