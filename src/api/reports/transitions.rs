//! Writes and transitions of reports inside a write transaction.

use chrono::{DateTime, Utc};

use super::{NewReport, NewTransition, ReportView, load_report_view};
use crate::{
    api::{
        comments::determine_author,
        error::{ApiError, ApiResult},
        precondition::Precondition,
    },
    domain::{
        comment::{Comment, CommentBody, CommentKind},
        fault::{FaultList, FieldFault},
        id::Id,
        policy::{
            ApproveReport, Authorized, EditReport, PolicyAction, ReopenReport, ReturnReport, Saves,
            SubmitReport, WithdrawReport,
        },
        project::ProjectCode,
        readiness,
        report::{RawReport, Report, ReportContent, ReportContext, carry_forward},
        subject::ReportSubject,
        value::{Prose, Slug},
        workflow::{self, TransitionKind},
    },
    store::{Caller, Change, RecordWriter as _, Tx, WriteProof, projects, reports},
};

/// The code of the project and the slug of the cycle.
pub(in crate::api) type ReportKey = (ProjectCode, Slug);

pub(in crate::api) struct WrittenReport {
    pub(in crate::api) view: ReportView,
    /// `true` if the report did not exist before.
    pub(in crate::api) created: bool,
}

#[derive(Debug, Clone)]
pub(in crate::api) struct ReportRequest {
    pub(in crate::api) caller: Caller,
    pub(in crate::api) key: ReportKey,
    pub(in crate::api) precondition: Precondition,
}

/// Creates the report, or replaces its content.
pub(in crate::api) fn upsert_report(
    tx: &mut Tx<'_>,
    request: &ReportRequest,
    body: NewReport,
    id: Id<Report>,
) -> ApiResult<WrittenReport> {
    let proof = tx.prove::<EditReport>(request.caller, &request.key)?;
    let report = write_report_body(tx, &proof, request.precondition, body, id)?;
    let created = report.version == 1;
    Ok(WrittenReport {
        view: render_after_transition(tx, &proof, TransitionKind::Edit, report)?,
        created,
    })
}

/// Writes a report from the body of a request. `id` is used only if the report is new.
pub(in crate::api) fn write_report_body(
    tx: &mut Tx<'_>,
    proof: &WriteProof<EditReport>,
    precondition: Precondition,
    body: NewReport,
    id: Id<Report>,
) -> ApiResult<Report> {
    write_content(tx, proof, precondition, (id, None), |subject| {
        let known = ReportContext {
            milestones: &subject.milestones,
            indicators: &subject.indicators,
            earlier: subject.earlier_content.as_ref(),
        };
        Ok(RawReport::from(body).parse(known)?)
    })
}

/// Writes the content of a report. `id` is used only if the report is new.
///
/// `content` runs after the precondition and the state are checked, so that 412, 428 and 409 come before 422.
pub(super) fn write_content(
    tx: &mut Tx<'_>,
    proof: &WriteProof<EditReport>,
    precondition: Precondition,
    (id, reason): (Id<Report>, Option<String>),
    content: impl FnOnce(&ReportSubject) -> ApiResult<ReportContent>,
) -> ApiResult<Report> {
    let subject = proof.subject();
    match &subject.report {
        Some(report) => precondition.check_required(tx, report)?,
        None => precondition.check_absent()?,
    }
    workflow::check_transition(TransitionKind::Edit, subject, tx.at())?;
    let content = content(subject)?;
    let contradictions =
        carry_forward::find_contradictions(&content, subject.earlier_content.as_ref());
    if !contradictions.is_empty() {
        return Err(contradictions.into());
    }
    let report = workflow::edit_report(proof, id, content, tx.at())?;
    let action = if report.version == 1 { reports::CREATE } else { TransitionKind::Edit.as_str() };
    proof.save(tx, &report, Change::with_reason(action, reason))?;
    Ok(report)
}

/// Builds the view of the report after a transition from the records of this transaction, because the journal is not
/// written yet.
fn render_after_transition<A: PolicyAction<Subject = ReportSubject>>(
    tx: &mut Tx<'_>,
    proof: &Authorized<A>,
    transition: TransitionKind,
    report: Report,
) -> ApiResult<ReportView> {
    let (at, basis) = (tx.at(), proof.basis());
    let after = proof.subject().clone().after_transition(transition, report, proof.actor(), basis);
    load_report_view(tx.conn(), &after, proof.actor(), at)
}

/// A transition that the API offers: how it changes the report, and which comment it takes.
pub(super) trait TransitionAction:
    PolicyAction<Subject = ReportSubject> + Saves<Comment>
{
    const TRANSITION: TransitionKind;
    /// The kind of the comment. Every kind but `Note` makes the comment required.
    const KIND: CommentKind = CommentKind::Note;
    /// Saves the changed report, and everything else that the transition changes.
    fn write_change(tx: &mut Tx<'_>, proof: &WriteProof<Self>, change: Change) -> ApiResult<Report>
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
            fn write_change(tx: &mut Tx<'_>, proof: &WriteProof<Self>, change: Change) -> ApiResult<Report> {
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
    ) -> ApiResult<Report> {
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
    ) -> ApiResult<Report> {
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

/// Applies a transition and returns the view of the report after it.
pub(super) fn transition_report<A: TransitionAction>(
    tx: &mut Tx<'_>,
    request: &ReportRequest,
    body: NewTransition,
    comment: Id<Comment>,
) -> ApiResult<ReportView> {
    let proof = tx.prove::<A>(request.caller, &request.key)?;
    let report = apply_transition(tx, &proof, request.precondition, body, comment)?;
    render_after_transition(tx, &proof, A::TRANSITION, report)
}

/// Applies a transition. Its comment is saved with the report, and is the reason in the journal.
pub(super) fn apply_transition<A: TransitionAction>(
    tx: &mut Tx<'_>,
    proof: &WriteProof<A>,
    precondition: Precondition,
    body: NewTransition,
    comment: Id<Comment>,
) -> ApiResult<Report> {
    check_precondition(tx, proof, precondition)?;
    workflow::check_transition(A::TRANSITION, proof.subject(), tx.at())?;
    let text = parse_comment::<A>(proof.subject(), body, tx.at())?;
    let reason = text.as_ref().map(Prose::to_string);
    let report = A::write_change(tx, proof, Change::with_reason(A::TRANSITION.as_str(), reason))?;
    if let Some(text) = text {
        add_comment(tx, proof, &report, (comment, A::KIND, text))?;
    }
    Ok(report)
}

pub(super) fn add_comment<A: PolicyAction<Subject = ReportSubject> + Saves<Comment>>(
    tx: &mut Tx<'_>,
    proof: &WriteProof<A>,
    report: &Report,
    (id, kind, text): (Id<Comment>, CommentKind, Prose),
) -> ApiResult<()> {
    let by = determine_author(proof, tx.at());
    let comment = Comment::new(id, report, kind, CommentBody::about_whole_report(text), by);
    Ok(proof.save(tx, &comment, Change::without_reason("create"))?)
}

/// Checks `If-Match` for a caller who reads the working copy. Any other caller must not find out the version of a draft
/// by trying, so that the state alone decides for them.
fn check_precondition<A: TransitionAction>(
    tx: &mut Tx<'_>,
    proof: &Authorized<A>,
    precondition: Precondition,
) -> ApiResult<()> {
    use crate::domain::policy::{PolicyResource as _, RecordCopy, Visibility};
    let subject = proof.subject();
    let Some(report) = &subject.report else { return Err(ApiError::NotFound) };
    match subject.visibility_for(proof.actor()) {
        Visibility::Readable(RecordCopy::Working) => Ok(precondition.check_if_present(tx, report)?),
        Visibility::Readable(RecordCopy::Approved)
        | Visibility::ExistenceOnly
        | Visibility::Hidden => Ok(()),
    }
}

/// Parses the comment, which a return and a reopening require. Its faults are answered together with those of the
/// transition.
fn parse_comment<A: TransitionAction>(
    subject: &ReportSubject,
    body: NewTransition,
    at: DateTime<Utc>,
) -> ApiResult<Option<Prose>> {
    let mut faults = FaultList::new();
    let needed = match A::KIND {
        CommentKind::Return | CommentKind::Reopen => true,
        CommentKind::Note => false,
    };
    let text = if needed {
        faults.parse_required("/comment", body.comment, Prose::parse)
    } else {
        faults.parse_optional("/comment", body.comment, Prose::parse)
    };
    let mut found = faults.into_vec();
    found.extend(A::find_faults(subject, at));
    if found.is_empty() { Ok(text) } else { Err(found.into()) }
}
