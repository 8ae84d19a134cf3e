//! The records of the network and the rules about them, as pure functions over plain data.
//!
//! HTTP, SQL, the clock, randomness and I/O are not used here: the caller of a rule provides the time and identifiers.

pub(crate) mod account;
pub(crate) mod agenda;
pub(crate) mod alphabet;
pub(crate) mod attainment;
pub(crate) mod city_checklist;
pub(crate) mod comment;
pub mod contributor;
pub(crate) mod cycle;
pub(crate) mod duplicate;
pub(crate) mod expected_city;
pub(crate) mod extension;
pub(crate) mod fault;
pub(crate) mod feed;
pub mod figures;
pub mod history;
pub mod id;
pub mod journal;
pub mod language;
pub mod message;
pub(crate) mod plan;
pub mod policy;
pub mod project;
pub mod project_parts;
pub(crate) mod quality;
pub(crate) mod raw_values;
pub(crate) mod readiness;
pub mod reference;
pub(crate) mod reference_input;
pub(crate) mod refusal;
pub(crate) mod release;
pub mod report;
pub(crate) mod seed;
pub mod session;
pub(crate) mod share;
pub mod subject;
#[cfg(test)]
pub(crate) mod testing;
pub mod user;
pub mod value;
pub mod wording;
pub(crate) mod workbook_terms;
pub mod workflow;
