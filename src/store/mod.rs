//! The store: two databases, each query written once. Not here: HTTP and rules.
//!
//! `db` runs closures on database threads. `tx` is a write transaction with its journal. Each other file stores one
//! kind of record.

pub(crate) mod agenda;
pub(crate) mod bootstrap;
pub(crate) mod comments;
pub(crate) mod condition;
pub(crate) mod conn;
pub mod cycles;
pub(crate) mod db;
pub(crate) mod deadline_revisions;
pub mod demo;
pub(crate) mod directory;
pub(crate) mod error;
pub(crate) mod extensions;
pub(crate) mod feed;
pub(crate) mod figures;
#[doc(hidden)]
pub mod fixtures;
pub(crate) mod history;
pub mod import;
pub mod journal;
pub(crate) mod json;
pub(crate) mod keys;
pub(crate) mod load;
pub mod parts;
pub(crate) mod plans;
pub mod projects;
mod record;
pub mod reference;
pub mod releases;
pub(crate) mod reports;
pub(crate) mod scale;
pub(crate) mod schema;
pub(crate) mod search;
pub mod seed;
pub(crate) mod shares;
pub(crate) mod sqlite_file;
mod static_update;
pub(crate) mod tx;
pub(crate) mod types;
pub mod unguarded;
pub mod upgrade;
pub mod users;
pub(crate) mod verify;
pub(crate) mod watch;

pub use conn::{Conn, DatabaseTarget};
pub use db::Db;
pub use error::{StoreError, StoreResult};
pub use tx::{
    Caller, Change, JournaledRecord, OwnAccountProof, PreviewRows, Record, RecordWriter, Tx,
    WriteProof,
};
