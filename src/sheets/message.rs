//! The messages about uploaded files; `domain::message` says how messages are defined.

pub(crate) mod file;
pub(crate) mod import;
