//! Two grounds against each other: the cells that differ, with the reports behind each.

use super::{
    Change, Coverage, Dimension, Fact, Figure, Ground, Label, Measure, Movement, Question, Step,
    axis::Axis,
    change::{self, by_code},
    count::{Counted, Counter},
};

/// A report because of which a cell differs.
#[derive(Debug, Clone, PartialEq)]
pub struct MovedReport {
    /// What happened to it; the movement is that of this cell.
    pub change: Change,
    /// In which rows it counts.
    pub rows: Option<Step<Vec<String>>>,
    /// In which columns it counts.
    pub columns: Option<Step<Vec<String>>>,
}

/// A cell that differs.
#[derive(Debug, Clone, PartialEq)]
pub struct DifferentCell {
    /// The row.
    pub row: Label,
    /// The column; none in a list of rows.
    pub column: Option<Label>,
    /// What it was.
    pub a: Figure,
    /// What it is.
    pub b: Figure,
    /// The reports behind that, in the order of their codes.
    pub reports: Vec<MovedReport>,
}

/// What differs between two grounds.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// The cells that differ, row by row.
    pub cells: Vec<DifferentCell>,
    /// The totals: what it was, and what it is.
    pub total: Step<Figure>,
    /// What happened to projects, in the order of their codes.
    pub changes: Vec<Change>,
    /// How complete both are.
    pub coverage: Step<Coverage>,
}

impl Ground {
    /// Says in which cells this ground differs from an earlier one. A cell in which one project took another's place
    /// differs too, though its number is the same.
    #[must_use]
    pub fn against(&self, earlier: &Self, question: &Question) -> Comparison {
        let (before, then_coverage) = earlier.asked(&question.filter);
        let (after, coverage) = self.asked(&question.filter);
        let all: Vec<&Fact> = before.iter().chain(&after).copied().collect();
        let grounds = [earlier, self];
        let rows = Axis::new(question.rows, &grounds, question, &all);
        let columns =
            question.columns.map_or_else(Axis::single, |c| Axis::new(c, &grounds, question, &all));
        let then = Counted::new(&rows, &columns, &before);
        let now = Counted::new(&rows, &columns, &after);
        let measure = question.measure;
        let total = Step { from: then.total.figure(measure), to: now.total.figure(measure) };
        let labels =
            rows.labels().iter().flat_map(|row| columns.labels().iter().map(move |c| (row, c)));
        let compare = Comparer { question, earlier, later: self };
        let cells = labels.zip(then.cells).zip(now.cells);
        let changes = change::between((earlier, &before), (self, &after));
        Comparison {
            cells: cells.filter_map(|((at, a), b)| compare.cell(at, a, b)).collect(),
            total,
            changes: changes.into_iter().filter(Change::is_of_the_list).collect(),
            coverage: Step { from: then_coverage, to: coverage },
        }
    }
}

/// Compares cell by cell.
struct Comparer<'g> {
    question: &'g Question,
    earlier: &'g Ground,
    later: &'g Ground,
}

impl Comparer<'_> {
    fn cell(
        &self,
        (row, column): (&Label, &Label),
        a: Counter<'_>,
        b: Counter<'_>,
    ) -> Option<DifferentCell> {
        let measure = self.question.measure;
        let reports = self.reports(&a.facts, &b.facts);
        let (a, b) = (a.tally.figure(measure), b.tally.figure(measure));
        (a != b || !reports.is_empty()).then(|| DifferentCell {
            row: row.clone(),
            column: self.question.columns.map(|_split| column.clone()),
            a,
            b,
            reports,
        })
    }

    /// Finds the reports that are in one of the cells alone, or give it another value.
    fn reports(&self, a: &[&Fact], b: &[&Fact]) -> Vec<MovedReport> {
        let (then, now) = (by_code(a.iter().copied()), by_code(b.iter().copied()));
        let mut codes: Vec<_> = then.keys().chain(now.keys()).copied().collect();
        codes.sort();
        codes.dedup();
        let (all_then, all_now) = (by_code(&self.earlier.facts), by_code(&self.later.facts));
        let moved = |code| {
            let movement = match (then.get(code), now.get(code)) {
                (None, _) => Movement::Entered,
                (Some(_), None) => Movement::Left,
                (Some(a), Some(b)) if gives(a, self.question.measure, b) => return None,
                (Some(_), Some(_)) => Movement::Changed,
            };
            let sides = (all_then.get(code).copied(), all_now.get(code).copied());
            let moved = |dimension: Option<Dimension>| change::moved(dimension, sides);
            Some(MovedReport {
                change: Change::of(code, movement, sides),
                rows: moved(Some(self.question.rows)),
                columns: moved(self.question.columns),
            })
        };
        codes.into_iter().filter_map(moved).collect()
    }
}

/// Says whether two reports give a cell the same.
fn gives(a: &Fact, measure: Measure, b: &Fact) -> bool {
    match measure {
        Measure::Projects => true,
        Measure::PercentComplete => a.counted_percent() == b.counted_percent(),
        Measure::Spent => a.spent == b.spent,
    }
}
