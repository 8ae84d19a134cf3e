//! The names of the workbook's sheets, and the results of an import for a row. The columns are defined in `sheets`.

use super::value::text_enum;

text_enum! {
    /// A sheet of the workbook. Each row of it is one record.
    #[schema(as = Sheet)]
    pub WorkbookSheet(sheet) {
        /// The city's projects.
        Projects = "projects",
        /// The reports on these projects in the cycle.
        Reports = "reports",
        /// The milestones of these projects.
        Milestones = "milestones",
        /// The milestones that the reports state as reached.
        Completions = "completions",
        /// The indicators of these projects.
        Indicators = "indicators",
        /// The indicator values that the reports state.
        Values = "values",
        /// The evidence links of the reports.
        Evidence = "evidence",
        /// The partnerships of these projects.
        Partnerships = "partnerships",
    }
}

text_enum! {
    /// The result of an import for one row.
    #[schema(as = Outcome)]
    pub(crate) ImportOutcome(import_outcome) {
        /// The row creates a record.
        New = "new",
        /// The row changes a record.
        Changed = "changed",
        /// The row changes nothing.
        Unchanged = "unchanged",
        /// The row is invalid or not allowed.
        Refused = "refused",
        /// The record was changed after the file was exported, so the row is not applied.
        Stale = "stale",
    }
}
