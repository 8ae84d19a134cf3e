//! Which failure of the API an error of another room becomes.

use super::ApiError;
use crate::{
    app::Refusal,
    auth::{password::PasswordError, token::TokenError},
    domain::{
        fault::FieldFault, policy::AccessDenied, refusal::TransitionRefused, subject::PartNotLoaded,
    },
    store::{StoreError, error::ConstraintViolation},
};

impl From<StoreError> for ApiError {
    fn from(e: StoreError) -> Self {
        match e {
            StoreError::Stale => Self::Stale(None),
            StoreError::Denied(denied) => denied.into(),
            StoreError::SignedOut => Self::InvalidToken,
            StoreError::Busy => Self::Busy,
            conflict @ StoreError::Conflict(
                ConstraintViolation::Unique(_) | ConstraintViolation::ForeignKey,
            ) => Refusal::from(conflict).into(),
            e @ StoreError::Unavailable(_) => Self::Unavailable(Box::new(e)),
            e @ (StoreError::Conflict(ConstraintViolation::Check(_))
            | StoreError::NotJournaled
            | StoreError::NotCovered { .. }
            | StoreError::NotNew { .. }
            | StoreError::Corrupt(_)
            | StoreError::Database(_)) => Self::Internal(Box::new(e)),
        }
    }
}
impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Denied(denied) => denied.into(),
            Refusal::NotFound => Self::NotFound,
            Refusal::InvalidParameter(name, fault) => Self::invalid_parameter(name, fault),
            Refusal::PreconditionRequired => Self::PreconditionRequired,
            Refusal::Stale(change) => Self::Stale(change.map(|c| Box::new((*c).into()))),
            Refusal::UnusableTag => Self::UnusableTag,
            Refusal::UnexpectedTag => Self::UnexpectedTag,
            Refusal::IllegalTransition(state) => Self::IllegalTransition(state),
            Refusal::Conflict(detail) => Self::Conflict(detail),
            Refusal::Invalid(faults) => Self::Invalid(faults),
            Refusal::Store(error) => error.into(),
            Refusal::Internal(error) => Self::Internal(error),
        }
    }
}
impl From<AccessDenied> for ApiError {
    fn from(denied: AccessDenied) -> Self {
        match denied {
            AccessDenied::Hidden => Self::NotFound,
            AccessDenied::Forbidden(reason) => Self::Forbidden(reason),
            AccessDenied::Undecided(part) => part.into(),
        }
    }
}
impl From<PartNotLoaded> for ApiError {
    fn from(part: PartNotLoaded) -> Self {
        Self::Internal(Box::new(part))
    }
}
impl From<TransitionRefused> for ApiError {
    fn from(refused: TransitionRefused) -> Self {
        match refused {
            TransitionRefused::NoReport => Self::NotFound,
            TransitionRefused::IllegalState(state) => Self::IllegalTransition(state),
            TransitionRefused::NotReady(faults) => Self::Invalid(faults),
            TransitionRefused::NotLoaded(part) => part.into(),
        }
    }
}
impl From<Vec<FieldFault>> for ApiError {
    fn from(faults: Vec<FieldFault>) -> Self {
        Self::Invalid(faults)
    }
}
impl From<TokenError> for ApiError {
    fn from(e: TokenError) -> Self {
        Self::Internal(Box::new(e))
    }
}
impl From<PasswordError> for ApiError {
    fn from(e: PasswordError) -> Self {
        match e {
            PasswordError::Busy => Self::Busy,
            other @ PasswordError::Internal(_) => Self::Internal(Box::new(other)),
        }
    }
}
