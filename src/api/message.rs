//! The messages about requests; `domain::message` says how messages are defined.

pub(crate) mod body;
pub(crate) mod calendar;
pub(crate) mod parameter;
pub(crate) mod request;
#[cfg(test)]
mod tests;
