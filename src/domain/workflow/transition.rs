//! The transitions of a report, and when the states of report and cycle let them happen.

use chrono::{DateTime, Utc};

use super::{IllegalTransition, TransitionRefused};
use crate::domain::{
    cycle::{CycleState, calendar_day},
    report::ReportState,
    subject::ReportSubject,
};

/// What can be done to a report, beside reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TransitionKind {
    /// Write it.
    Edit,
    /// Hand it in.
    Submit,
    /// Take it back.
    Withdraw,
    /// Send it back.
    Return,
    /// Accept it.
    Approve,
    /// Take the acceptance up again.
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

    /// Says whether the transition is the city's own, which needs the cycle to accept reports.
    #[must_use]
    pub const fn is_filing(self) -> bool {
        match self {
            Self::Edit | Self::Submit | Self::Withdraw => true,
            Self::Return | Self::Approve | Self::Reopen => false,
        }
    }

    /// Says whether the transition is on the way to a release: no report goes it any more that the release went out without.
    #[must_use]
    pub const fn leads_to_release(self) -> bool {
        match self {
            Self::Edit | Self::Submit | Self::Return | Self::Approve => true,
            Self::Withdraw | Self::Reopen => false,
        }
    }

    /// Decides every pair of state and transition: the state that follows.
    ///
    /// # Errors
    /// When the state forbids the transition.
    pub const fn next_state(self, state: ReportState) -> Result<ReportState, IllegalTransition> {
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
                Err(IllegalTransition { from: state.as_str(), action: self.as_str() })
            }
        }
    }
}

/// Says whether the states of the cycle and of the report let a transition happen now; the policy is asked elsewhere.
///
/// # Errors
/// No report, a cycle that does not accept reports, or a state that forbids it.
pub fn check_transition(
    transition: TransitionKind,
    on: &ReportSubject,
    at: DateTime<Utc>,
) -> Result<ReportState, TransitionRefused> {
    // A report that is not there can only be written.
    let state = match (&on.report, transition) {
        (Some(report), _) => report.state,
        (None, TransitionKind::Edit) => ReportState::Draft,
        (None, _) => return Err(TransitionRefused::NoReport),
    };
    if transition.is_filing() {
        if on.project.plan_cycle != on.cycle.plan_cycle {
            return Err(TransitionRefused::IllegalState(IllegalTransition {
                from: "in another plan cycle than the reporting cycle",
                action: transition.as_str(),
            }));
        }
        if !on.cycle.accepts_reports(on.extension, calendar_day(at, on.zone)) {
            let from = match on.cycle.state {
                CycleState::Scheduled => "in a cycle that is not open yet",
                CycleState::Open | CycleState::Closed => "in a cycle that is closed",
            };
            return Err(TransitionRefused::IllegalState(IllegalTransition {
                from,
                action: transition.as_str(),
            }));
        }
    }
    let state = transition.next_state(state)?;
    // After a release only what was approved before is taken up anew: that is an amendment, for the next release.
    if transition.leads_to_release() && on.missed_release {
        return Err(TransitionRefused::IllegalState(IllegalTransition {
            from: "in a cycle that is closed and released without it, until the secretariat opens that again",
            action: transition.as_str(),
        }));
    }
    Ok(state)
}
