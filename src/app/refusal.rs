//! The reasons why a use case was refused.

use chrono::{DateTime, Utc};

use crate::{
    domain::{
        fault::{FaultList, FieldFault, ValueFault},
        id::Id,
        message::{self, Message},
        policy::AccessDenied,
        refusal::{IllegalTransition, TransitionRefused},
        subject::PartNotLoaded,
        user::User,
    },
    store::{StoreError, error::ConstraintViolation},
};

/// The result of a use case.
pub(crate) type AppResult<T> = Result<T, Refusal>;

/// A refusal, or a failure of the store. The transaction is rolled back. A refusal has no HTTP status: `api` chooses
/// it.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// The policy refuses the act.
    Denied(AccessDenied),
    /// The record does not exist, or the caller may not know that it does.
    NotFound,
    /// A query parameter has a value that is not acceptable.
    InvalidParameter(&'static str, ValueFault),
    /// The use case changes an existing record, and the caller named no version of it.
    PreconditionRequired,
    /// The record changed since the caller read it; with the last change, if the caller may know it.
    Stale(Option<Box<LastChange>>),
    /// The precondition is not a version, so it matches no record.
    UnusableTag,
    /// The caller sent a precondition, but the record does not exist yet.
    UnexpectedTag,
    /// The state of the record does not allow the transition.
    IllegalTransition(IllegalTransition),
    /// A similar record exists already, or a different record depends on this one.
    Conflict(Message),
    /// Some values are not acceptable.
    Invalid(Vec<FieldFault>),
    /// The caller is signed out, the database is busy or unavailable, or the store found a fault.
    Store(StoreError),
    /// A fault of the service.
    Internal(Box<dyn std::error::Error + Send + Sync>),
}

/// The last change of a record.
#[derive(Debug, Clone)]
pub(crate) struct LastChange {
    /// The current version of the record.
    pub(crate) version: i64,
    pub(crate) at: DateTime<Utc>,
    /// The action, as in the journal.
    pub(crate) action: String,
    /// The person who made the change, with their name; none if the service itself made it.
    pub(crate) by: Option<(Id<User>, String)>,
}

impl Refusal {
    /// Refuses one value. `pointer` is its JSON pointer.
    pub(crate) fn invalid_value(pointer: &str, fault: ValueFault) -> Self {
        let mut faults = FaultList::new();
        faults.add(pointer, fault);
        Self::Invalid(faults.into_vec())
    }

    /// Makes the refusal for a value that cannot be written as JSON. This is a fault of the service.
    #[expect(clippy::needless_pass_by_value, reason = "it is passed to `map_err` by its name")]
    pub(crate) fn from_json(error: serde_json::Error) -> Self {
        Self::Internal(error.to_string().into())
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Stale => Self::Stale(None),
            StoreError::Denied(denied) => Self::Denied(denied),
            StoreError::Conflict(ConstraintViolation::Unique(_)) => {
                Self::Conflict(message::reference::exists())
            }
            StoreError::Conflict(ConstraintViolation::ForeignKey) => {
                Self::Conflict(message::reference::depends())
            }
            // `api` chooses the status of these: 401, 500 or 503.
            other @ (StoreError::Conflict(ConstraintViolation::Check(_))
            | StoreError::SignedOut
            | StoreError::Busy
            | StoreError::Unavailable(_)
            | StoreError::NotJournaled
            | StoreError::NotCovered { .. }
            | StoreError::NotNew { .. }
            | StoreError::Corrupt(_)
            | StoreError::Database(_)) => Self::Store(other),
        }
    }
}
impl From<AccessDenied> for Refusal {
    fn from(denied: AccessDenied) -> Self {
        Self::Denied(denied)
    }
}
impl From<PartNotLoaded> for Refusal {
    fn from(part: PartNotLoaded) -> Self {
        Self::Store(part.into())
    }
}
impl From<IllegalTransition> for Refusal {
    fn from(state: IllegalTransition) -> Self {
        Self::IllegalTransition(state)
    }
}
impl From<TransitionRefused> for Refusal {
    fn from(refused: TransitionRefused) -> Self {
        match refused {
            TransitionRefused::NoReport => Self::NotFound,
            TransitionRefused::IllegalState(state) => Self::IllegalTransition(state),
            TransitionRefused::NotReady(faults) => Self::Invalid(faults),
            TransitionRefused::NotLoaded(part) => part.into(),
        }
    }
}
impl From<Vec<FieldFault>> for Refusal {
    fn from(faults: Vec<FieldFault>) -> Self {
        Self::Invalid(faults)
    }
}
