//! Figures: tables, trends, progress, maps and coverage, computed from approved reports.

use utoipa_actix_web::service_config::ServiceConfig;

mod asked;
pub mod cells;
pub mod changes;
pub mod compare;
pub mod coverage;
mod flat;
pub(super) mod kind;
pub mod map;
pub mod params;
pub mod progress;
mod source;
pub mod table;
pub mod trend;
pub mod views;

/// Registers the operations over what is approved now. Those of releases stand with the releases.
pub(super) fn routes(cfg: &mut ServiceConfig) {
    table::routes(cfg);
    progress::routes(cfg);
    trend::routes(cfg);
    coverage::routes(cfg);
    map::routes(cfg);
    compare::routes(cfg);
}
