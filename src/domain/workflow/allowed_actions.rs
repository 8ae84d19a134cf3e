//! What a caller may do with a report now, and the reason if not. It asks the same policy and state rules as the
//! action.

use chrono::{DateTime, Utc};

use super::{TransitionKind, check_transition};
use crate::domain::{
    fault::FieldFault,
    message::{self, Message},
    policy::{
        AccessDenied, Act, Actor, ApproveReport, CommentReport, EditReport, PolicyAction,
        ReopenReport, ReturnReport, SubmitReport, WithdrawReport,
    },
    refusal::TransitionRefused,
    subject::{PartNotLoaded, ReportSubject},
};

/// An action, and the reason if the caller may not do it now.
pub type ActionVerdict = (Act, Result<(), Message>);

/// Returns every action on a report, each with the reason if it would be refused. `blockers` is what blocks the
/// submission of the report now; this function does not decide it again.
///
/// # Errors
/// Returns an error if a part that decides was not loaded.
pub fn list_allowed_actions(
    actor: &Actor,
    subject: &ReportSubject,
    blockers: &[FieldFault],
    at: DateTime<Utc>,
) -> Result<Vec<ActionVerdict>, PartNotLoaded> {
    let (submit, possible) =
        check_action::<SubmitReport>(actor, subject, Some(TransitionKind::Submit), at)?;
    [
        check_action::<EditReport>(actor, subject, Some(TransitionKind::Edit), at),
        Ok((submit, possible.and_then(|()| check_ready(blockers)))),
        check_action::<WithdrawReport>(actor, subject, Some(TransitionKind::Withdraw), at),
        check_action::<ReturnReport>(actor, subject, Some(TransitionKind::Return), at),
        check_action::<ApproveReport>(actor, subject, Some(TransitionKind::Approve), at),
        check_action::<ReopenReport>(actor, subject, Some(TransitionKind::Reopen), at),
        check_action::<CommentReport>(actor, subject, None, at),
    ]
    .into_iter()
    .collect()
}

/// Checks if a report can be commented on: it must exist. The policy decides who may comment on a draft.
///
/// # Errors
/// There is no report.
pub fn check_commentable(subject: &ReportSubject) -> Result<(), TransitionRefused> {
    if subject.report.is_some() { Ok(()) } else { Err(TransitionRefused::NoReport) }
}

fn check_action<A: PolicyAction<Subject = ReportSubject>>(
    actor: &Actor,
    subject: &ReportSubject,
    // None for a comment, which does not change the state.
    transition: Option<TransitionKind>,
    at: DateTime<Utc>,
) -> Result<ActionVerdict, PartNotLoaded> {
    match A::decide_access(actor, subject) {
        Ok(_basis) => {}
        Err(AccessDenied::Hidden) => {
            return Ok((A::ACT, Err(message::access::nothing_to_act_on())));
        }
        Err(AccessDenied::Forbidden(reason)) => return Ok((A::ACT, Err(reason))),
        Err(AccessDenied::Undecided(part)) => return Err(part),
    }
    let by_state = match transition {
        Some(t) => check_transition(t, subject, at).map(|_state| ()),
        None => check_commentable(subject),
    };
    match by_state {
        Ok(()) => Ok((A::ACT, Ok(()))),
        Err(refused) => Ok((A::ACT, Err(refused.into_message()?))),
    }
}

fn check_ready(blockers: &[FieldFault]) -> Result<(), Message> {
    if blockers.is_empty() {
        return Ok(());
    }
    let pointers: Vec<&str> = blockers.iter().map(|f| f.pointer.as_str()).collect();
    Err(message::report::not_ready_fields(&pointers.join(", ")))
}
