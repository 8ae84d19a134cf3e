//! HTML pages, made from plain values with `maud`, which escapes every text that it inserts. The rooms above load what a
//! page shows, and put the page into an answer.

pub(crate) mod annual_report;
mod components;
pub(crate) mod integrate;
pub(crate) mod introduction;
pub(crate) mod layout;
pub(crate) mod problems;
pub(crate) mod recipes;
