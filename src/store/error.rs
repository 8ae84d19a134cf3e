//! The errors of the store. They know nothing of HTTP.

use diesel::result::{DatabaseErrorKind, Error};

use crate::domain::{fault::ValueFault, policy::AccessDenied, subject::PartNotLoaded};

/// The result of a store function.
pub type StoreResult<T> = Result<T, StoreError>;

/// A constraint of the database that a change would break.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConstraintViolation {
    /// An equal value exists. The text names the constraint (PostgreSQL) or the columns (SQLite).
    Unique(String),
    /// The row refers to something that does not exist, or something refers to the row.
    ForeignKey,
    /// A value is outside the limits of the schema. The domain should have refused it before.
    Check(String),
}

/// An error of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The row was changed or removed since it was read.
    #[error("the record changed since it was read")]
    Stale,
    /// A constraint of the database would be broken.
    #[error("a constraint would be broken: {0:?}")]
    Conflict(ConstraintViolation),
    /// The policy refuses the act.
    #[error("the policy refuses: {0:?}")]
    Denied(AccessDenied),
    /// The caller's session ended or the account was disabled.
    #[error("the caller is signed out")]
    SignedOut,
    /// Too many jobs wait for the database.
    #[error("the database queue is full")]
    Busy,
    /// The database cannot be reached, or the commit failed. Nothing was written.
    #[error("the database is unavailable")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A transaction changed rows without a journal entry. It was rolled back.
    #[error("a write journaled nothing")]
    NotJournaled,
    /// A proof for one record was to save a different one.
    #[error("the proof of {act} does not cover this {entity}")]
    NotCovered {
        /// The action of the proof.
        act: &'static str,
        /// The kind of the record.
        entity: &'static str,
    },
    /// A later version of a record was to be saved as a new record.
    #[error("version {version} of a {entity} is not new")]
    NotNew {
        /// The kind of the record.
        entity: &'static str,
        /// The version of the record.
        version: i64,
    },
    /// A stored row cannot be parsed.
    #[error("a stored row cannot be understood: {0}")]
    Corrupt(String),
    /// Any other failure of the database.
    #[error("the database failed")]
    Database(#[source] Error),
}

impl StoreError {
    #[expect(clippy::needless_pass_by_value, reason = "it is passed to `map_err` by its name")]
    pub(crate) fn from_json(e: serde_json::Error) -> Self {
        Self::Corrupt(e.to_string())
    }
    /// Returns `true` if the error is a unique constraint whose name or columns contain `word`.
    #[must_use]
    pub fn is_duplicate(&self, word: &str) -> bool {
        matches!(self, Self::Conflict(ConstraintViolation::Unique(c)) if c.contains(word))
    }
}

/// A rule that reads a part that was not loaded is a fault of the service.
impl From<PartNotLoaded> for StoreError {
    fn from(part: PartNotLoaded) -> Self {
        Self::Corrupt(part.to_string())
    }
}

impl From<AccessDenied> for StoreError {
    fn from(denied: AccessDenied) -> Self {
        match denied {
            AccessDenied::Undecided(part) => part.into(),
            AccessDenied::Hidden | AccessDenied::Forbidden(_) => Self::Denied(denied),
        }
    }
}

/// A stored value that cannot be parsed was not written by this service.
impl From<ValueFault> for StoreError {
    fn from(fault: ValueFault) -> Self {
        Self::Corrupt(format!("{}: {}", fault.code, fault.message))
    }
}

impl From<Error> for StoreError {
    fn from(e: Error) -> Self {
        use DatabaseErrorKind as K;
        match e {
            Error::DatabaseError(K::UniqueViolation, ref info) => {
                let name = info.constraint_name().unwrap_or_else(|| info.message());
                Self::Conflict(ConstraintViolation::Unique(name.to_owned()))
            }
            Error::DatabaseError(K::ForeignKeyViolation, _) => {
                Self::Conflict(ConstraintViolation::ForeignKey)
            }
            Error::DatabaseError(K::CheckViolation | K::NotNullViolation, ref info) => {
                Self::Conflict(ConstraintViolation::Check(info.message().to_owned()))
            }
            Error::DatabaseError(K::ClosedConnection | K::UnableToSendCommand, _)
            | Error::BrokenTransactionManager
            | Error::NotInTransaction
            | Error::RollbackErrorOnCommit { .. } => Self::Unavailable(Box::new(e)),
            Error::DatabaseError(_, ref info) if is_temporary_failure(info.message()) => {
                Self::Unavailable(Box::new(e))
            }
            other => Self::Database(other),
        }
    }
}

/// Returns `true` for failures that can succeed at a later attempt, although the database reports them as ordinary
/// errors. Examples are a lock timeout on PostgreSQL and a full disk on both.
///
/// If the disk is full, SQLite rolls back the whole transaction by itself. Then the savepoints in it are gone, and diesel
/// reports [`Error::NotInTransaction`].
fn is_temporary_failure(message: &str) -> bool {
    [
        "terminating connection",
        "the database system is",
        "canceling statement due to",
        "lock timeout",
        "database is locked",
        "database or disk is full",
        "disk I/O error",
        "unable to open database file",
        "attempt to write a readonly database",
        "out of memory",
        "no such savepoint",
        "no transaction is active",
        "No space left on device",
        "could not extend file",
        "connection closed",
        "read-only transaction",
    ]
    .iter()
    .any(|m| message.contains(m))
}

/// Joins the texts of an error and of its sources, for the log.
pub(crate) fn format_error_chain(e: &dyn std::error::Error) -> String {
    let mut text = e.to_string();
    let mut source = e.source();
    while let Some(s) = source {
        text.push_str(": ");
        text.push_str(&s.to_string());
        source = s.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    // The texts of both databases for a full disk, and for what SQLite says about a savepoint afterwards.
    #[test]
    fn full_disk_is_a_temporary_failure() {
        for text in [
            "database or disk is full",
            "disk I/O error",
            "no such savepoint: diesel_savepoint_1",
            "cannot commit - no transaction is active",
            "could not extend file \"base/16384/16400\": No space left on device",
        ] {
            let error = Error::DatabaseError(DatabaseErrorKind::Unknown, Box::new(text.to_owned()));
            assert!(matches!(StoreError::from(error), StoreError::Unavailable(_)), "{text}");
        }
        assert!(matches!(Error::NotInTransaction.into(), StoreError::Unavailable(_)));
    }
}
