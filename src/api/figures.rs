//! Figures: tables, trends, progress, maps, coverage and comparisons, computed from approved reports.

use super::service_config::ServiceConfig;

pub(crate) mod cells;
pub(crate) mod changes;
pub(crate) mod compare;
pub(crate) mod coverage;
mod dataset;
mod flat;
pub(crate) mod map;
pub(crate) mod params;
pub(crate) mod progress;
mod questions;
pub(super) mod response;
pub(crate) mod table;
pub(crate) mod trend;
pub(crate) mod views;

/// Registers the operations on the reports that are approved now. `api/releases/figures.rs` registers those on
/// releases.
pub(super) fn register_routes(cfg: &mut ServiceConfig) {
    table::register_routes(cfg);
    progress::register_routes(cfg);
    trend::register_routes(cfg);
    coverage::register_routes(cfg);
    map::register_routes(cfg);
    compare::register_routes(cfg);
}
