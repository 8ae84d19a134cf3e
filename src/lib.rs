//! The service behind the ASEAN Smart Cities Network: city officers file reports, national representatives approve or
//! return them, the secretariat publishes releases, and dashboards read them. `ARCHITECTURE.md` describes the modules.

pub mod api;
pub(crate) mod app;
pub mod auth;
mod canonical;
pub mod cli;
pub mod clock;
pub mod commands;
pub mod config;
pub mod domain;
mod pages;
pub mod sheets;
pub mod startup;
pub mod store;
pub(crate) mod telemetry;
mod web;
