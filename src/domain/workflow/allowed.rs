//! What a caller may do with a report now, and why not: the policy and the states that guard each act, asked beforehand.

use chrono::{DateTime, Utc};

use super::{IllegalTransition, Refused, Transition, possible};
use crate::domain::{
    policy::{
        Act, Action, Actor, ApproveReport, CommentReport, Denied, EditReport, ReopenReport,
        ReturnReport, SubmitReport, WithdrawReport,
    },
    readiness,
    subject::ReportSubject,
};

/// Returns each act with the reason of its refusal, if it would be refused.
#[must_use]
pub fn allowed(
    actor: &Actor,
    on: &ReportSubject,
    at: DateTime<Utc>,
) -> Vec<(Act, Result<(), String>)> {
    vec![
        ask::<EditReport>(actor, on, Some(Transition::Edit), at),
        ask::<SubmitReport>(actor, on, Some(Transition::Submit), at),
        ask::<WithdrawReport>(actor, on, Some(Transition::Withdraw), at),
        ask::<ReturnReport>(actor, on, Some(Transition::Return), at),
        ask::<ApproveReport>(actor, on, Some(Transition::Approve), at),
        ask::<ReopenReport>(actor, on, Some(Transition::Reopen), at),
        ask::<CommentReport>(actor, on, None, at),
    ]
}

/// Says whether a report can be commented on: only what was handed in at least once is talked about.
///
/// # Errors
/// No report, or one that was never submitted.
pub const fn may_comment(on: &ReportSubject) -> Result<(), Refused> {
    match &on.report {
        None => Err(Refused::Missing),
        Some(report) if report.ever_submitted => Ok(()),
        Some(_) => Err(Refused::State(IllegalTransition {
            from: "a draft that was never submitted",
            action: "comment",
        })),
    }
}

fn ask<A: Action<On = ReportSubject>>(
    actor: &Actor,
    on: &ReportSubject,
    // None is a comment, which moves the report nowhere.
    transition: Option<Transition>,
    at: DateTime<Utc>,
) -> (Act, Result<(), String>) {
    let by_policy = A::decide(actor, on).map(|_basis| ()).map_err(|denied| match denied {
        Denied::Hidden => "there is nothing to do it to".to_owned(),
        Denied::Forbidden(reason) => reason.to_owned(),
    });
    let by_state = || match transition {
        Some(t) => possible(t, on, at).map(|_state| ()).map_err(|refused| reason(&refused)),
        None => may_comment(on).map_err(|refused| reason(&refused)),
    };
    let by_content = || if A::ACT == Act::SubmitReport { ready(on, at) } else { Ok(()) };
    (A::ACT, by_policy.and_then(|()| by_state()).and_then(|()| by_content()))
}

fn reason(refused: &Refused) -> String {
    refused.to_string()
}

fn ready(on: &ReportSubject, at: DateTime<Utc>) -> Result<(), String> {
    let missing = on.report.as_ref().map(|r| readiness::of(on, &r.content, at)).unwrap_or_default();
    if missing.is_empty() {
        return Ok(());
    }
    let pointers: Vec<&str> = missing.iter().map(|f| f.pointer.as_str()).collect();
    Err(format!("not ready: {}", pointers.join(", ")))
}
