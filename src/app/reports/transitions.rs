//! Moves a report from state to state.

use chrono::{DateTime, Utc};

use super::{
    detail::{ReportDetail, load_detail_after},
    request::ReportRequest,
};
use crate::{
    app::{
        comments::{ChangeComment, save_change_comment},
        precondition::Precondition,
        refusal::{AppResult, Refusal},
    },
    domain::{
        comment::{Comment, CommentKind},
        fault::{FaultList, FieldFault},
        id::Id,
        policy::{
            ApproveReport, Authorized, PolicyAction, PolicyResource as _, RecordCopy, ReopenReport,
            ReturnReport, Saves, SubmitReport, Visibility, WithdrawReport,
        },
        refusal::TransitionRefused,
        report::{ApprovedReport, Report},
        subject::ReportSubject,
        value::Prose,
        workflow::{self, TransitionKind},
    },
    store::{Change, RecordWriter as _, Tx, WriteProof, projects, reports},
};

/// A transition that a client may request: how it changes the report, and which comment it takes.
pub(crate) trait TransitionAction:
    PolicyAction<Subject = ReportSubject> + Saves<Report> + Saves<Comment> + Sized
{
    const TRANSITION: TransitionKind;
    /// The kind of the comment. `Return` and `Reopen` make the comment required.
    const KIND: CommentKind = CommentKind::Note;
    /// The records as they are after the transition.
    type Changes;
    /// Decides the transition: the state machine, the readiness, and the changed records. Nothing else decides them.
    fn decide_changes(
        proof: &Authorized<Self>,
        at: DateTime<Utc>,
    ) -> Result<Self::Changes, TransitionRefused>;
    /// Saves the changed report, and everything else that the transition changes.
    fn save_changes(
        tx: &mut Tx<'_>,
        proof: &WriteProof<Self>,
        changes: Self::Changes,
        change: Change,
    ) -> AppResult<Report>;
}

/// Implements [`TransitionAction`] for a transition that saves nothing but the report.
macro_rules! report_transition {
    ($action:ty, $transition:ident, $rule:path $(, $kind:ident)?) => {
        impl TransitionAction for $action {
            const TRANSITION: TransitionKind = TransitionKind::$transition;
            $(const KIND: CommentKind = CommentKind::$kind;)?
            type Changes = Report;
            fn decide_changes(
                proof: &Authorized<Self>,
                at: DateTime<Utc>,
            ) -> Result<Report, TransitionRefused> {
                $rule(proof, at)
            }
            fn save_changes(
                tx: &mut Tx<'_>,
                proof: &WriteProof<Self>,
                report: Report,
                change: Change,
            ) -> AppResult<Report> {
                Ok(proof.save_or_replace(tx, proof.subject().report.as_ref(), report, change)?)
            }
        }
    };
}
report_transition!(SubmitReport, Submit, workflow::submit_report);
report_transition!(WithdrawReport, Withdraw, workflow::withdraw_report);
report_transition!(ReturnReport, Return, workflow::return_report, Return);
report_transition!(ReopenReport, Reopen, workflow::reopen_report, Reopen);

impl TransitionAction for ApproveReport {
    const TRANSITION: TransitionKind = TransitionKind::Approve;
    const KIND: CommentKind = CommentKind::Approve;
    type Changes = (Report, ApprovedReport);
    fn decide_changes(
        proof: &Authorized<Self>,
        at: DateTime<Utc>,
    ) -> Result<Self::Changes, TransitionRefused> {
        workflow::approve_report(proof, at)
    }
    /// Also saves the approved copies: that of the report, and that of the project if no later cycle has an approved
    /// report.
    fn save_changes(
        tx: &mut Tx<'_>,
        proof: &WriteProof<Self>,
        changes: Self::Changes,
        change: Change,
    ) -> AppResult<Report> {
        let ((report, approved), subject) = (changes, proof.subject());
        let copied = Change::without_reason(TransitionKind::Approve.as_str());
        let report = proof.save_or_replace(tx, subject.report.as_ref(), report, change)?;
        let before = subject.approved.get()?.as_ref();
        let approved = proof.save_or_replace(tx, before, approved, copied.clone())?;
        if reports::is_latest(tx.conn(), &approved)? {
            let before = projects::find_approved(tx.conn(), approved.project)?;
            let project = workflow::build_approved_project(&approved, before.as_ref());
            proof.save_or_replace(tx, before.as_ref(), project, copied)?;
        }
        Ok(report)
    }
}

/// The comment of a transition as the client sent it, before validation.
#[derive(Debug, Clone)]
pub(crate) struct RawTransitionComment {
    pub(crate) id: Id<Comment>,
    pub(crate) text: Option<String>,
}

/// Applies a transition. Returns what an answer shows of the report after it.
pub(crate) fn transition_report<A: TransitionAction>(
    tx: &mut Tx<'_>,
    request: &ReportRequest,
    comment: RawTransitionComment,
) -> AppResult<ReportDetail> {
    let proof = tx.prove::<A>(request.caller, &request.key)?;
    let report = apply_transition(tx, &proof, request.precondition, comment)?;
    Ok(load_detail_after(tx, &proof, A::TRANSITION, report)?)
}

/// Applies a transition. Its comment is saved with the report, and is the reason in the journal.
pub(super) fn apply_transition<A: TransitionAction>(
    tx: &mut Tx<'_>,
    proof: &WriteProof<A>,
    precondition: Precondition,
    comment: RawTransitionComment,
) -> AppResult<Report> {
    check_precondition(tx, proof, precondition)?;
    let changes = A::decide_changes(proof, tx.at());
    let (text, changes) = join_faults(parse_comment(A::KIND, comment.text), changes)?;
    let reason = text.as_ref().map(Prose::to_string);
    let change = Change::with_reason(A::TRANSITION.as_str(), reason);
    let report = A::save_changes(tx, proof, changes, change)?;
    if let Some(text) = text {
        let comment = ChangeComment { id: comment.id, kind: A::KIND, text };
        save_change_comment(tx, proof, &report, comment)?;
    }
    Ok(report)
}

/// Checks the precondition for a caller who reads the working copy. Any other caller must not find out the version of a
/// draft by trying, so that the state alone decides for them.
fn check_precondition<A: TransitionAction>(
    tx: &mut Tx<'_>,
    proof: &Authorized<A>,
    precondition: Precondition,
) -> AppResult<()> {
    let subject = proof.subject();
    let Some(report) = &subject.report else { return Err(Refusal::NotFound) };
    match subject.visibility_for(proof.actor()) {
        Visibility::Readable(RecordCopy::Working) => precondition.check_if_present(tx, report),
        Visibility::Readable(RecordCopy::Approved)
        | Visibility::ExistenceOnly
        | Visibility::Hidden => Ok(()),
    }
}

/// Parses the comment, which a return and a reopening require.
fn parse_comment(
    kind: CommentKind,
    text: Option<String>,
) -> Result<Option<Prose>, Vec<FieldFault>> {
    let mut faults = FaultList::new();
    let needed = match kind {
        CommentKind::Return | CommentKind::Reopen => true,
        CommentKind::Note | CommentKind::Approve => false,
    };
    let text = if needed {
        faults.parse_required("/comment", text, Prose::parse)
    } else {
        faults.parse_optional("/comment", text, Prose::parse)
    };
    let faults = faults.into_vec();
    if faults.is_empty() { Ok(text) } else { Err(faults) }
}

/// Returns the comment and the changes, or all faults of both. A refusal by the state comes before any fault.
fn join_faults<T>(
    comment: Result<Option<Prose>, Vec<FieldFault>>,
    changes: Result<T, TransitionRefused>,
) -> AppResult<(Option<Prose>, T)> {
    match (comment, changes) {
        (Ok(text), Ok(changes)) => Ok((text, changes)),
        (Err(faults), Ok(_)) => Err(faults.into()),
        (Err(mut faults), Err(TransitionRefused::NotReady(found))) => {
            faults.extend(found);
            Err(faults.into())
        }
        (Ok(_) | Err(_), Err(refused)) => Err(refused.into()),
    }
}
