//! The development of figures: each report counts in its own cycle.

use super::{CrossTable, FigureBasis, FigureDataset, FigureQuery, ReportFact, ReportingCoverage};
use crate::domain::cycle::ReportingCycle;

impl FigureDataset {
    /// Counts the table, and returns how complete each of its cycles is, in order.
    #[must_use]
    pub fn count_trend(
        &self,
        question: &FigureQuery,
    ) -> (CrossTable, Vec<(&ReportingCycle, ReportingCoverage)>) {
        let coverage = |cycle: &ReportingCycle| {
            let facts: Vec<&ReportFact> =
                self.facts.iter().filter(|f| f.cycle == cycle.slug).collect();
            self.select_facts_from(
                &FigureBasis::from_cycle(cycle.clone()),
                &facts,
                &question.filter,
            )
            .1
        };
        let cycles = self.basis.cycles.iter().map(|cycle| (cycle, coverage(cycle))).collect();
        (self.count_table(question), cycles)
    }
}
