//! The parts of a project: milestones, indicators and partnerships. Each has its own file.

mod indicators;
mod milestones;
mod partnerships;
mod subject;

pub use indicators::{find_indicator, list_city_indicators, list_indicators};
pub use milestones::{find_milestone, list_city_milestones, list_milestones};
pub use partnerships::{find_partnership, list_city_partnerships, list_partnerships};
pub use subject::StoredPart;
