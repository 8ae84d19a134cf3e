//! What hangs on a project: milestones, indicators, partnerships. One file each.

mod indicators;
mod milestones;
mod partnerships;
mod subject;

pub use indicators::{find_indicator, indicators, indicators_of_city};
pub use milestones::{find_milestone, milestones, milestones_of_city};
pub use partnerships::{find_partnership, partnerships};
pub use subject::StoredPart;
