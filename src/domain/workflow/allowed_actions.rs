//! What a caller may do with a report now, and the reason if not. It asks the same policy and state rules as the
//! action.

use chrono::{DateTime, Utc};

use super::{TransitionKind, check_transition};
use crate::domain::{
    fault::FieldFault,
    policy::{
        AccessDenied, Act, Actor, ApproveReport, CommentReport, EditReport, PolicyAction,
        ReopenReport, ReturnReport, SubmitReport, WithdrawReport,
    },
    refusal::{IllegalTransition, TransitionRefused},
    subject::ReportSubject,
};

/// Returns every action on a report, each with the reason if it would be refused. `blockers` is what blocks the
/// submission of the report now; this function does not decide it again.
#[must_use]
pub fn list_allowed_actions(
    actor: &Actor,
    subject: &ReportSubject,
    blockers: &[FieldFault],
    at: DateTime<Utc>,
) -> Vec<(Act, Result<(), String>)> {
    let (submit, possible) =
        check_action::<SubmitReport>(actor, subject, Some(TransitionKind::Submit), at);
    vec![
        check_action::<EditReport>(actor, subject, Some(TransitionKind::Edit), at),
        (submit, possible.and_then(|()| check_ready(blockers))),
        check_action::<WithdrawReport>(actor, subject, Some(TransitionKind::Withdraw), at),
        check_action::<ReturnReport>(actor, subject, Some(TransitionKind::Return), at),
        check_action::<ApproveReport>(actor, subject, Some(TransitionKind::Approve), at),
        check_action::<ReopenReport>(actor, subject, Some(TransitionKind::Reopen), at),
        check_action::<CommentReport>(actor, subject, None, at),
    ]
}

/// Checks if a report can be commented on: it must have been submitted at least once.
///
/// # Errors
/// There is no report, or it was never submitted.
pub const fn check_commentable(subject: &ReportSubject) -> Result<(), TransitionRefused> {
    match &subject.report {
        None => Err(TransitionRefused::NoReport),
        Some(report) if report.ever_submitted => Ok(()),
        Some(_) => Err(TransitionRefused::IllegalState(IllegalTransition {
            from: "a draft that was never submitted",
            action: "comment",
        })),
    }
}

fn check_action<A: PolicyAction<Subject = ReportSubject>>(
    actor: &Actor,
    subject: &ReportSubject,
    // None for a comment, which does not change the state.
    transition: Option<TransitionKind>,
    at: DateTime<Utc>,
) -> (Act, Result<(), String>) {
    let by_policy =
        A::decide_access(actor, subject).map(|_basis| ()).map_err(|denied| match denied {
            AccessDenied::Hidden => "there is nothing to do it to".to_owned(),
            AccessDenied::Forbidden(reason) => reason.to_owned(),
        });
    let by_state = || match transition {
        Some(t) => check_transition(t, subject, at)
            .map(|_state| ())
            .map_err(|refused| refusal_reason(&refused)),
        None => check_commentable(subject).map_err(|refused| refusal_reason(&refused)),
    };
    (A::ACT, by_policy.and_then(|()| by_state()))
}

fn refusal_reason(refused: &TransitionRefused) -> String {
    refused.to_string()
}

fn check_ready(blockers: &[FieldFault]) -> Result<(), String> {
    if blockers.is_empty() {
        return Ok(());
    }
    let pointers: Vec<&str> = blockers.iter().map(|f| f.pointer.as_str()).collect();
    Err(format!("not ready: {}", pointers.join(", ")))
}
