//! The values of the change feed: which kind of public record changed, and how. The store decides what is public.

use super::value::text_enum;

text_enum! {
    /// A kind of record whose changes are in the feed.
    pub(crate) FeedEntity(record_kind) {
        /// The approved copy of a report.
        Report = "report",
        /// The approved copy of a project.
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

text_enum! {
    /// How a public record changed.
    pub(crate) FeedAction(action_in_feed) {
        /// The record was approved: from now on this copy is public.
        Approved = "approved",
        /// The record is new.
        Added = "added",
        /// The record changed.
        Changed = "changed",
        /// The record is no longer public.
        Removed = "removed",
    }
}
