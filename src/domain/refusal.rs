//! The refusals of state machines: of reports and of reporting cycles.

use serde::Serialize;

use super::{fault::FieldFault, subject::PartNotLoaded};

/// A transition that the state of a record forbids.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{action} is not possible while it is {from}")]
pub struct IllegalTransition {
    /// The current state.
    pub from: &'static str,
    /// The requested action.
    pub action: &'static str,
}

/// Why a transition is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TransitionRefused {
    /// The report does not exist.
    #[error("there is no such report")]
    NoReport,
    /// The state of the report or of its cycle forbids the transition.
    #[error(transparent)]
    IllegalState(#[from] IllegalTransition),
    /// The content does not satisfy the rules for a submission.
    #[error("the report is not ready")]
    NotReady(Vec<FieldFault>),
    /// A part that decides was not loaded: a fault of the service.
    #[error(transparent)]
    NotLoaded(#[from] PartNotLoaded),
}
