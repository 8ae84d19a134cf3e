//! The words of the feed: what kind of public record changed, and how. What of it is public is decided where it is kept.

use super::value::words;

words! {
    /// A kind of record whose changes the feed tells.
    pub(crate) FeedEntity("kind of record") {
        /// A report's approved copy.
        Report = "report",
        /// A project's approved copy.
        Project = "project",
        /// A reporting cycle.
        Cycle = "cycle",
        /// A city's action plan.
        Plan = "plan",
        /// A city.
        City = "city",
        /// A partner.
        Partner = "partner",
        /// A country.
        Country = "country",
        /// A plan cycle.
        PlanCycle = "plan_cycle",
        /// A release.
        Release = "release",
        /// A document of the reference data, such as the framework.
        Document = "document",
    }
}

words! {
    /// What became of a public record.
    pub(crate) FeedAction("change") {
        /// It was approved: this copy is what strangers read from now on.
        Approved = "approved",
        /// It is new.
        Added = "added",
        /// It is another than before.
        Changed = "changed",
        /// It left public sight.
        Removed = "removed",
    }
}
