//! The record of the ASEAN Smart Cities Network's action plans, as a REST service.

pub mod auth;
pub mod cli;
pub mod clock;
pub mod config;
pub mod telemetry;
