//! What is kept, and how: two databases, each query once. Not here: HTTP, rules.
//!
//! [`db`] runs closures on database threads, [`tx`] is a write transaction with its journal, and each other file keeps
//! one kind of record.

pub mod agenda;
pub mod bootstrap;
pub mod comments;
pub mod conn;
pub mod cycles;
pub mod db;
pub mod demo;
pub mod directory;
pub mod error;
pub mod extensions;
pub mod feed;
pub mod figures;
pub mod history;
pub mod import;
pub mod journal;
pub mod json;
pub mod load;
pub mod parts;
pub mod plans;
pub mod projects;
pub mod record;
pub mod reference;
pub mod releases;
pub mod reports;
pub mod scale;
pub mod schema;
pub mod search;
pub mod seed;
pub mod shares;
pub mod sqlite_file;
mod static_update;
pub mod tx;
pub mod types;
pub mod unguarded;
pub mod users;
pub mod verify;
pub mod watch;

pub use conn::{Conn, DatabaseTarget};
pub use db::Db;
pub use error::{StoreError, StoreResult};
pub use tx::{Caller, Change, JournaledRecord, Record, Tx};
