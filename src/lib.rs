//! The record behind the ASEAN Smart Cities Network: city officers file, national representatives
//! decide, the secretariat publishes, dashboards read. `ARCHITECTURE.md` is the map.

pub mod api;
pub mod auth;
mod canonical;
pub mod cli;
pub mod clock;
pub mod commands;
pub mod config;
pub mod domain;
pub mod sheets;
pub mod startup;
pub mod store;
pub(crate) mod telemetry;
