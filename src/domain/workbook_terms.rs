//! The words of the spreadsheet: its sheets, and what an import makes of a row. What stands in the sheets is told in `sheets`.

use super::value::words;

words! {
    /// A sheet: one row a record.
    pub Sheet("sheet") {
        /// The city's projects.
        Projects = "projects",
        /// Their reports in the cycle.
        Reports = "reports",
        /// Their milestones.
        Milestones = "milestones",
        /// The milestones that the reports call reached.
        Completions = "completions",
        /// Their indicators.
        Indicators = "indicators",
        /// The values that the reports state.
        Values = "values",
        /// The links of the reports.
        Evidence = "evidence",
        /// Their partnerships.
        Partnerships = "partnerships",
    }
}

words! {
    /// What an import makes of a row.
    pub Outcome("outcome") {
        /// It becomes a new record.
        New = "new",
        /// It changes a record.
        Changed = "changed",
        /// Nothing is to change.
        Unchanged = "unchanged",
        /// It cannot be taken as it is.
        Refused = "refused",
        /// It changes a record that was changed meanwhile.
        Stale = "stale",
    }
}
