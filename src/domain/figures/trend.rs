//! How figures developed: the cycles as rows, each with the reports of its own.

use super::{Basis, Coverage, Fact, Ground, Question, Table};
use crate::domain::cycle::ReportingCycle;

impl Ground {
    /// Counts the table, and says how complete each of its cycles is, in order.
    #[must_use]
    pub fn trend(&self, question: &Question) -> (Table, Vec<(&ReportingCycle, Coverage)>) {
        let coverage = |cycle: &ReportingCycle| {
            let facts: Vec<&Fact> = self.facts.iter().filter(|f| f.cycle == cycle.slug).collect();
            self.asked_of(&Basis::of_cycle(cycle.clone()), &facts, &question.filter).1
        };
        let cycles = self.basis.cycles.iter().map(|cycle| (cycle, coverage(cycle))).collect();
        (self.table(question), cycles)
    }
}
