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
        readiness,
        report::Report,
        subject::ReportSubject,
        value::Prose,
        workflow::{self, TransitionKind},
    },
    store::{Change, RecordWriter as _, Tx, WriteProof, projects, reports},
};

/// A transition that a client may request: how it changes the report, and which comment it takes.
pub(crate) trait TransitionAction:
    PolicyAction<Subject = ReportSubject> + Saves<Comment>
{
    const TRANSITION: TransitionKind;
    /// The kind of the comment. Every kind but `Note` makes the comment required.
    const KIND: CommentKind = CommentKind::Note;
    /// Saves the changed report, and everything else that the transition changes.
    fn write_change(tx: &mut Tx<'_>, proof: &WriteProof<Self>, change: Change) -> AppResult<Report>
    where
        Self: Sized;
    /// Lists the faults that are answered together with those of the comment.
    fn find_faults(_subject: &ReportSubject, _at: DateTime<Utc>) -> Vec<FieldFault> {
        Vec::new()
    }
}

/// Implements [`TransitionAction`] for a transition that saves nothing but the report.
macro_rules! step {
    ($action:ty, $transition:ident, $rule:path $(, $kind:ident)?) => {
        impl TransitionAction for $action {
            const TRANSITION: TransitionKind = TransitionKind::$transition;
            $(const KIND: CommentKind = CommentKind::$kind;)?
            fn write_change(tx: &mut Tx<'_>, proof: &WriteProof<Self>, change: Change) -> AppResult<Report> {
                let report = $rule(proof, tx.at())?;
                proof.save(tx, &report, change)?;
                Ok(report)
            }
        }
    };
}
step!(WithdrawReport, Withdraw, workflow::withdraw_report);
step!(ReturnReport, Return, workflow::return_report, Return);
step!(ReopenReport, Reopen, workflow::reopen_report, Reopen);

impl TransitionAction for SubmitReport {
    const TRANSITION: TransitionKind = TransitionKind::Submit;
    fn write_change(
        tx: &mut Tx<'_>,
        proof: &WriteProof<Self>,
        change: Change,
    ) -> AppResult<Report> {
        let report = workflow::submit_report(proof, tx.at())?;
        proof.save(tx, &report, change)?;
        Ok(report)
    }
    fn find_faults(subject: &ReportSubject, at: DateTime<Utc>) -> Vec<FieldFault> {
        subject
            .report
            .as_ref()
            .map(|r| readiness::list_blockers(subject, &r.content, at))
            .unwrap_or_default()
    }
}

impl TransitionAction for ApproveReport {
    const TRANSITION: TransitionKind = TransitionKind::Approve;
    /// Also saves the approved copies: that of the report, and that of the project if no later cycle has an approved
    /// report.
    fn write_change(
        tx: &mut Tx<'_>,
        proof: &WriteProof<Self>,
        change: Change,
    ) -> AppResult<Report> {
        let (report, approved) = workflow::approve_report(proof, tx.at())?;
        proof.save(tx, &report, change)?;
        proof.save(tx, &approved, Change::without_reason(TransitionKind::Approve.as_str()))?;
        if reports::is_latest(tx.conn(), &approved)? {
            let before = projects::find_approved(tx.conn(), approved.project)?;
            let project = workflow::build_approved_project(&approved, before.as_ref());
            proof.save(tx, &project, Change::without_reason(TransitionKind::Approve.as_str()))?;
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
    workflow::check_transition(A::TRANSITION, proof.subject(), tx.at())?;
    let text = parse_comment::<A>(proof.subject(), comment.text, tx.at())?;
    let reason = text.as_ref().map(Prose::to_string);
    let report = A::write_change(tx, proof, Change::with_reason(A::TRANSITION.as_str(), reason))?;
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

/// Parses the comment, which a return and a reopening require. Its faults are answered together with those of the
/// transition.
fn parse_comment<A: TransitionAction>(
    subject: &ReportSubject,
    text: Option<String>,
    at: DateTime<Utc>,
) -> AppResult<Option<Prose>> {
    let mut faults = FaultList::new();
    let needed = match A::KIND {
        CommentKind::Return | CommentKind::Reopen => true,
        CommentKind::Note => false,
    };
    let text = if needed {
        faults.parse_required("/comment", text, Prose::parse)
    } else {
        faults.parse_optional("/comment", text, Prose::parse)
    };
    let mut found = faults.into_vec();
    found.extend(A::find_faults(subject, at));
    if found.is_empty() { Ok(text) } else { Err(found.into()) }
}
