//! What is true: the network's records and the rules about them, as plain functions over plain data.
//!
//! Not here: HTTP, SQL, the clock, randomness, I/O. Whoever calls a rule brings the time and the identifiers.

pub mod account;
pub mod agenda;
pub mod alphabet;
pub mod attainment;
pub mod city_checklist;
pub mod comment;
pub mod cycle;
pub mod extension;
pub mod fault;
pub mod feed;
pub mod figures;
pub mod history;
pub mod id;
pub mod journal;
pub mod language;
pub mod plan;
pub mod policy;
pub mod project;
pub mod project_parts;
pub mod raw_values;
pub mod readiness;
pub mod reference;
pub mod reference_input;
pub mod release;
pub mod report;
pub mod seed;
pub mod session;
pub mod share;
pub mod subject;
#[cfg(test)]
pub(crate) mod testing;
pub mod user;
pub mod value;
pub mod wording;
pub mod workbook_terms;
pub mod workflow;
