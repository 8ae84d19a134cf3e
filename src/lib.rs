//! The record behind the ASEAN Smart Cities Network: city officers file, national representatives
//! decide, the secretariat publishes, dashboards read. `ARCHITECTURE.md` is the map.

// A release build serves the checked-in contract, so its annotations make nothing there (see `ARCHITECTURE.md`).
#![cfg_attr(not(debug_assertions), expect(unused_imports, reason = "annotations alone use them"))]

#[cfg(not(debug_assertions))]
extern crate utoipa_off as utoipa;

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
