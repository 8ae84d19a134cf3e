//! The transitions of a report, and the states of the report and the cycle that allow them.

use chrono::{DateTime, Utc};

use crate::domain::{
    cycle::{CycleState, calendar_day},
    message::{self, Message},
    refusal::{IllegalTransition, TransitionRefused},
    report::ReportState,
    subject::ReportSubject,
};

/// An action that changes a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TransitionKind {
    /// Write the report.
    Edit,
    /// Submit it.
    Submit,
    /// Withdraw the submission.
    Withdraw,
    /// Return it to the city.
    Return,
    /// Approve it.
    Approve,
    /// Reopen it after the approval.
    Reopen,
}

impl TransitionKind {
    /// Every transition, in the order of a report's life.
    pub const ALL: &'static [Self] =
        &[Self::Edit, Self::Submit, Self::Withdraw, Self::Return, Self::Approve, Self::Reopen];

    /// Returns the name used in the API and the journal.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Edit => "edit",
            Self::Submit => "submit",
            Self::Withdraw => "withdraw",
            Self::Return => "return",
            Self::Approve => "approve",
            Self::Reopen => "reopen",
        }
    }

    /// Returns the name as it begins a sentence about the transition.
    fn describe_as_action(self) -> Message {
        match self {
            Self::Edit => message::transition::edit(),
            Self::Submit => message::transition::submit(),
            Self::Withdraw => message::transition::withdraw(),
            Self::Return => message::transition::return_report(),
            Self::Approve => message::transition::approve(),
            Self::Reopen => message::transition::reopen(),
        }
    }

    /// Returns the refusal of this transition in a state.
    fn refuse_in(self, state: Message) -> IllegalTransition {
        IllegalTransition { action: self.describe_as_action(), state }
    }

    /// Returns `true` for transitions by the city. They need a cycle that accepts reports.
    #[must_use]
    pub const fn is_filing(self) -> bool {
        match self {
            Self::Edit | Self::Submit | Self::Withdraw => true,
            Self::Return | Self::Approve | Self::Reopen => false,
        }
    }

    /// Returns `true` if the transition brings a report closer to a release. It is refused once the cycle was released
    /// without the report.
    #[must_use]
    pub const fn leads_to_release(self) -> bool {
        match self {
            Self::Edit | Self::Submit | Self::Return | Self::Approve => true,
            Self::Withdraw | Self::Reopen => false,
        }
    }

    /// Returns the state after this transition from a state.
    ///
    /// # Errors
    /// The state forbids the transition.
    pub fn next_state(self, state: ReportState) -> Result<ReportState, IllegalTransition> {
        use ReportState::{Approved, Draft, Returned, Submitted};
        match (self, state) {
            (Self::Edit, Draft) | (Self::Withdraw, Submitted) => Ok(Draft),
            (Self::Edit, Returned) | (Self::Return, Submitted) | (Self::Reopen, Approved) => {
                Ok(Returned)
            }
            (Self::Submit, Draft | Returned) => Ok(Submitted),
            (Self::Approve, Submitted) => Ok(Approved),
            (Self::Edit | Self::Submit, Submitted | Approved)
            | (Self::Withdraw | Self::Return | Self::Approve, Draft | Returned | Approved)
            | (Self::Reopen, Draft | Returned | Submitted) => {
                Err(self.refuse_in(describe_as_state(state)))
            }
        }
    }
}

/// Returns a state of a report as it completes a sentence about a transition.
fn describe_as_state(state: ReportState) -> Message {
    match state {
        ReportState::Draft => message::transition::in_draft(),
        ReportState::Submitted => message::transition::in_submitted(),
        ReportState::Returned => message::transition::in_returned(),
        ReportState::Approved => message::transition::in_approved(),
    }
}

/// Checks if the states of the cycle and the report allow a transition now. The policy is checked separately.
///
/// # Errors
/// There is no report, the cycle accepts no reports, or the state forbids the transition.
pub fn check_transition(
    transition: TransitionKind,
    subject: &ReportSubject,
    at: DateTime<Utc>,
) -> Result<ReportState, TransitionRefused> {
    // A report that does not exist can only be written.
    let state = match (&subject.report, transition) {
        (Some(report), _) => report.state,
        (None, TransitionKind::Edit) => ReportState::Draft,
        (None, _) => return Err(TransitionRefused::NoReport),
    };
    if transition.is_filing() {
        if subject.project.plan_cycle != subject.cycle.plan_cycle {
            return Err(transition.refuse_in(message::transition::in_other_plan_cycle()).into());
        }
        let calendar = subject.calendar.get()?;
        if !subject.cycle.accepts_reports(calendar.extension, calendar_day(at, calendar.zone)) {
            let state = match subject.cycle.state {
                CycleState::Scheduled => message::transition::in_unopened_cycle(),
                CycleState::Open | CycleState::Closed => message::transition::in_closed_cycle(),
            };
            return Err(transition.refuse_in(state).into());
        }
    }
    let state = transition.next_state(state)?;
    // After a release, a report can only be changed if it was approved before: that is an amendment for the next
    // release.
    if transition.leads_to_release() && subject.missed_release {
        return Err(transition.refuse_in(message::transition::in_released_cycle()).into());
    }
    Ok(state)
}
