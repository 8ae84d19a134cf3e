//! Comparison of two datasets: the cells that differ, with the reports behind each difference.

use super::{
    AxisLabel, Dimension, Figure, FigureDataset, FigureQuery, Measure, ProjectChange,
    ProjectMovement, ReportFact, ReportingCoverage, ValueChange,
    axis::TableAxes,
    change::{self, FactSelection, ReportSides, index_by_code},
    count::{CellCounter, TableCounts},
};

/// A report that makes a cell differ.
#[derive(Debug, Clone, PartialEq)]
pub struct MovedReport {
    /// The change of the project. The movement describes this cell.
    pub change: ProjectChange,
    /// The rows in which the report counts, if they changed.
    pub rows: Option<ValueChange<Vec<String>>>,
    /// The columns in which the report counts, if they changed.
    pub columns: Option<ValueChange<Vec<String>>>,
}

/// A cell that differs between two datasets.
#[derive(Debug, Clone, PartialEq)]
pub struct DifferentCell {
    /// The row.
    pub row: AxisLabel,
    /// The column; none in a list of rows.
    pub column: Option<AxisLabel>,
    /// The earlier figure.
    pub a: Figure,
    /// The later figure.
    pub b: Figure,
    /// The reports behind the difference, ordered by code.
    pub reports: Vec<MovedReport>,
}

/// The differences between two datasets.
#[derive(Debug, Clone, PartialEq)]
pub struct DatasetComparison {
    /// The cells that differ, row by row.
    pub cells: Vec<DifferentCell>,
    /// The earlier and the later total.
    pub total: ValueChange<Figure>,
    /// The changes of projects, ordered by code.
    pub changes: Vec<ProjectChange>,
    /// How complete the reports are on both sides.
    pub coverage: ValueChange<ReportingCoverage>,
}

impl FigureDataset {
    /// Compares this dataset with an earlier one. A cell also differs if a project was replaced by a different one,
    /// although the number is the same.
    #[must_use]
    pub fn compare_with(&self, earlier: &Self, question: &FigureQuery) -> DatasetComparison {
        let (before, then_coverage) = earlier.select_facts(&question.filter);
        let (after, coverage) = self.select_facts(&question.filter);
        let all: Vec<&ReportFact> = before.iter().chain(&after).copied().collect();
        let datasets = [earlier, self];
        let axes = TableAxes::new(&datasets, question, &all);
        let then = TableCounts::new(&axes, &before);
        let now = TableCounts::new(&axes, &after);
        let measure = question.measure;
        let total = ValueChange {
            from: then.total.into_figure(measure),
            to: now.total.into_figure(measure),
        };
        let (rows, columns) = (axes.rows.labels(), axes.columns.labels());
        let labels = rows.iter().flat_map(|row| columns.iter().map(move |column| (row, column)));
        let comparer = CellComparer { question, earlier, later: self };
        let cells = labels.zip(then.cells).zip(now.cells);
        let changes = change::compare_projects(
            FactSelection { dataset: earlier, facts: &before },
            FactSelection { dataset: self, facts: &after },
        );
        DatasetComparison {
            cells: cells
                .filter_map(|(((row, column), a), b)| comparer.compare_cell(row, column, a, b))
                .collect(),
            total,
            changes: changes.into_iter().filter(ProjectChange::is_list_change).collect(),
            coverage: ValueChange { from: then_coverage, to: coverage },
        }
    }
}

struct CellComparer<'g> {
    question: &'g FigureQuery,
    earlier: &'g FigureDataset,
    later: &'g FigureDataset,
}

impl CellComparer<'_> {
    fn compare_cell(
        &self,
        row: &AxisLabel,
        column: &AxisLabel,
        a: CellCounter<'_>,
        b: CellCounter<'_>,
    ) -> Option<DifferentCell> {
        let measure = self.question.measure;
        let reports = self.find_moved_reports(&a.facts, &b.facts);
        let (a, b) = (a.tally.into_figure(measure), b.tally.into_figure(measure));
        (a != b || !reports.is_empty()).then(|| DifferentCell {
            row: row.clone(),
            column: self.question.columns.map(|_split| column.clone()),
            a,
            b,
            reports,
        })
    }

    /// Finds the reports that are in only one of the two cells, or whose measured value differs.
    fn find_moved_reports(&self, a: &[&ReportFact], b: &[&ReportFact]) -> Vec<MovedReport> {
        let (then, now) = (index_by_code(a.iter().copied()), index_by_code(b.iter().copied()));
        let mut codes: Vec<_> = then.keys().chain(now.keys()).copied().collect();
        codes.sort();
        codes.dedup();
        let (all_then, all_now) =
            (index_by_code(&self.earlier.facts), index_by_code(&self.later.facts));
        let moved = |code| {
            let movement = match (then.get(code), now.get(code)) {
                (None, _) => ProjectMovement::Entered,
                (Some(_), None) => ProjectMovement::Left,
                (Some(a), Some(b)) if has_same_measure(a, self.question.measure, b) => return None,
                (Some(_), Some(_)) => ProjectMovement::Changed,
            };
            let reports =
                ReportSides { then: all_then.get(code).copied(), now: all_now.get(code).copied() };
            let moved =
                |dimension: Option<Dimension>| change::compare_positions(dimension, reports);
            Some(MovedReport {
                change: ProjectChange::from_facts(code, movement, reports),
                rows: moved(Some(self.question.rows)),
                columns: moved(self.question.columns),
            })
        };
        codes.into_iter().filter_map(moved).collect()
    }
}

/// Returns `true` if both reports contribute the same value to a cell.
fn has_same_measure(a: &ReportFact, measure: Measure, b: &ReportFact) -> bool {
    match measure {
        Measure::Projects => true,
        Measure::PercentComplete => a.counted_percent() == b.counted_percent(),
        Measure::Spent => a.spent == b.spent,
        Measure::Budget => a.budget == b.budget,
    }
}
