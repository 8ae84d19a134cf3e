//! The use cases: what happens inside one transaction, per resource.
//!
//! A use case asks the policy, checks the precondition, applies the rules of `domain`, and saves with the proof that the
//! policy gave. It takes plain values and returns records; `api` builds the answers. HTTP is not here.

pub(crate) mod account;
pub(crate) mod calendars;
mod change_request;
pub(crate) mod cities;
pub(crate) mod comments;
pub(crate) mod cycles;
pub(crate) mod extensions;
pub(crate) mod grants;
pub(crate) mod imports;
pub(crate) mod merge;
pub(crate) mod partners;
pub(crate) mod parts;
pub(crate) mod plans;
pub(crate) mod precondition;
pub(crate) mod projects;
pub(crate) mod refusal;
pub(crate) mod releases;
pub(crate) mod reports;
pub(crate) mod sessions;
pub(crate) mod shares;
pub(crate) mod users;
pub(crate) mod workbook;

pub(crate) use change_request::ChangeRequest;
pub(crate) use precondition::Precondition;
pub(crate) use refusal::{AppResult, LastChange, Refusal};
