//! The formulas of figures, and their notes.

use super::define_messages;

define_messages! { "figure";
    count_of_reports();
    mean_percent();
    sum_of_spending();
    sum_of_budgets();
    milestones_reached();
    outcome_attainment();
    coverage();
    released_coverage();
    no_cut_off_yet();
}
