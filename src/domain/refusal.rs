//! The refusals of state machines: of reports and of reporting cycles.

use super::{
    fault::FieldFault,
    message::{self, Message},
    subject::PartNotLoaded,
};

/// A transition that the state of a record forbids.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message())]
pub struct IllegalTransition {
    /// The requested action.
    pub action: Message,
    /// The current state, as it completes the sentence "while it is …".
    pub state: Message,
}

impl IllegalTransition {
    /// Returns the reason for the caller.
    #[must_use]
    pub fn message(&self) -> Message {
        message::transition::impossible(self.action.clone(), self.state.clone())
    }
}

/// Why a transition is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TransitionRefused {
    /// The report does not exist.
    #[error("{}", message::report::no_report())]
    NoReport,
    /// The state of the report or of its cycle forbids the transition.
    #[error(transparent)]
    IllegalState(#[from] IllegalTransition),
    /// The content does not satisfy the rules for a submission.
    #[error("{}", message::report::not_ready())]
    NotReady(Vec<FieldFault>),
    /// A part that decides was not loaded: a fault of the service.
    #[error(transparent)]
    NotLoaded(#[from] PartNotLoaded),
}

impl TransitionRefused {
    /// Returns the reason for the caller.
    ///
    /// # Errors
    /// Returns an error if a part that decides was not loaded: that is no reason for the caller.
    pub fn into_message(self) -> Result<Message, PartNotLoaded> {
        match self {
            Self::NoReport => Ok(message::report::no_report()),
            Self::IllegalState(illegal) => Ok(illegal.message()),
            Self::NotReady(_) => Ok(message::report::not_ready()),
            Self::NotLoaded(part) => Err(part),
        }
    }
}
