//! What is done to reports inside a write transaction.

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
            ApproveReport, Authorized, EditReport, PolicyAction, ReopenReport, ReturnReport,
            SubmitReport, WithdrawReport,
        },
        project::ProjectCode,
        readiness,
        report::{RawReport, Report, ReportContent, ReportContext, carry_forward},
        subject::ReportSubject,
        value::{Prose, Slug},
        workflow::{self, TransitionKind},
    },
    store::{Caller, Change, Tx, projects, reports},
};

/// The project and the cycle of a report.
pub(in crate::api) type ReportKey = (ProjectCode, Slug);

/// A report that was written, and whether it is new.
pub(in crate::api) struct WrittenReport {
    /// The report as it is now.
    pub(in crate::api) view: ReportView,
    /// Whether it was not there before.
    pub(in crate::api) created: bool,
}

/// Who asks for which report, on which condition.
#[derive(Debug, Clone)]
pub(in crate::api) struct ReportRequest {
    /// Who.
    pub(in crate::api) caller: Caller,
    /// For which report.
    pub(in crate::api) key: ReportKey,
    /// On which condition.
    pub(in crate::api) precondition: Precondition,
}

/// Writes a report, making it if it is not there.
pub(in crate::api) fn upsert_report(
    tx: &mut Tx<'_>,
    asked: &ReportRequest,
    body: NewReport,
    id: Id<Report>,
) -> ApiResult<WrittenReport> {
    let proof = tx.prove::<EditReport>(asked.caller, &asked.key)?;
    let report = write_content(tx, &proof, asked.precondition, (id, None), |on| {
        let known = ReportContext {
            milestones: &on.milestones,
            indicators: &on.indicators,
            earlier: on.earlier_content.as_ref(),
        };
        Ok(RawReport::from(body).parse(known)?)
    })?;
    let created = report.version == 1;
    Ok(WrittenReport {
        view: render_after_transition(tx, &proof, TransitionKind::Edit, report)?,
        created,
    })
}

/// Writes what a report says, which is asked for when nothing else stands against writing it. The id is that of a report
/// that is not there yet.
pub(super) fn write_content(
    tx: &mut Tx<'_>,
    proof: &Authorized<EditReport>,
    precondition: Precondition,
    (id, reason): (Id<Report>, Option<String>),
    content: impl FnOnce(&ReportSubject) -> ApiResult<ReportContent>,
) -> ApiResult<Report> {
    let on = proof.subject();
    match &on.report {
        Some(report) => precondition.check_required(tx, report)?,
        None => precondition.check_absent()?,
    }
    workflow::check_transition(TransitionKind::Edit, on, tx.at())?;
    let content = content(on)?;
    let contradictions = carry_forward::find_contradictions(&content, on.earlier_content.as_ref());
    if !contradictions.is_empty() {
        return Err(contradictions.into());
    }
    let report = workflow::edit_report(proof, id, content, tx.at())?;
    let action = if report.version == 1 { reports::CREATE } else { TransitionKind::Edit.as_str() };
    tx.save(&report, Change::with_reason(action, reason))?;
    Ok(report)
}

/// Shows the report after a transition, from what this transaction saw and wrote.
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

/// A transition that a caller may ask for: what it makes of the report, and what else it writes.
pub(super) trait TransitionAction: PolicyAction<Subject = ReportSubject> {
    /// Which one.
    const TRANSITION: TransitionKind;
    /// The kind of comment that comes with it.
    const KIND: CommentKind = CommentKind::Note;
    /// Makes the changed report and writes it.
    fn write_change(tx: &mut Tx<'_>, proof: &Authorized<Self>, change: Change) -> ApiResult<Report>
    where
        Self: Sized;
    /// Says what the body's rules find wrong beside the comment.
    fn find_faults(_on: &ReportSubject, _at: DateTime<Utc>) -> Vec<FieldFault> {
        Vec::new()
    }
}

/// Implements [`TransitionAction`] for a transition that changes nothing but the report.
macro_rules! step {
    ($action:ty, $transition:ident, $rule:path $(, $kind:ident)?) => {
        impl TransitionAction for $action {
            const TRANSITION: TransitionKind = TransitionKind::$transition;
            $(const KIND: CommentKind = CommentKind::$kind;)?
            fn write_change(tx: &mut Tx<'_>, proof: &Authorized<Self>, change: Change) -> ApiResult<Report> {
                let report = $rule(proof, tx.at())?;
                tx.save(&report, change)?;
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
        proof: &Authorized<Self>,
        change: Change,
    ) -> ApiResult<Report> {
        let report = workflow::submit_report(proof, tx.at())?;
        tx.save(&report, change)?;
        Ok(report)
    }
    fn find_faults(on: &ReportSubject, at: DateTime<Utc>) -> Vec<FieldFault> {
        on.report.as_ref().map(|r| readiness::list_blockers(on, &r.content, at)).unwrap_or_default()
    }
}

impl TransitionAction for ApproveReport {
    const TRANSITION: TransitionKind = TransitionKind::Approve;
    /// Writes the copies that strangers see beside the report: of the report, and of the project when no later cycle is
    /// approved.
    fn write_change(
        tx: &mut Tx<'_>,
        proof: &Authorized<Self>,
        change: Change,
    ) -> ApiResult<Report> {
        let (report, approved) = workflow::approve_report(proof, tx.at())?;
        tx.save(&report, change)?;
        tx.save(&approved, Change::without_reason(TransitionKind::Approve.as_str()))?;
        if reports::is_latest(tx.conn(), &approved)? {
            let before = projects::find_approved(tx.conn(), approved.project)?;
            let project = workflow::build_approved_project(&approved, before.as_ref());
            tx.save(&project, Change::without_reason(TransitionKind::Approve.as_str()))?;
        }
        Ok(report)
    }
}

/// Takes a transition with its comment, and shows the report after it.
pub(super) fn transition_report<A: TransitionAction>(
    tx: &mut Tx<'_>,
    asked: &ReportRequest,
    body: NewTransition,
    comment: Id<Comment>,
) -> ApiResult<ReportView> {
    let proof = tx.prove::<A>(asked.caller, &asked.key)?;
    let report = apply_transition(tx, &proof, asked.precondition, body, comment)?;
    render_after_transition(tx, &proof, A::TRANSITION, report)
}

/// Takes a transition with its comment, which is the journal's reason and stays with the report.
pub(super) fn apply_transition<A: TransitionAction>(
    tx: &mut Tx<'_>,
    proof: &Authorized<A>,
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

/// Leaves a comment on a report that was just changed.
pub(super) fn add_comment<A: PolicyAction<Subject = ReportSubject>>(
    tx: &mut Tx<'_>,
    proof: &Authorized<A>,
    report: &Report,
    (id, kind, text): (Id<Comment>, CommentKind, Prose),
) -> ApiResult<()> {
    let by = determine_author(proof, tx.at());
    let comment = Comment::new(id, report, kind, CommentBody::about_whole_report(text), by);
    Ok(tx.save(&comment, Change::without_reason("create"))?)
}

/// Checks what the caller read. Who may only know of a draft has read nothing of it, and does not learn its version by trying:
/// for them the state alone decides.
fn check_precondition<A: TransitionAction>(
    tx: &mut Tx<'_>,
    proof: &Authorized<A>,
    precondition: Precondition,
) -> ApiResult<()> {
    use crate::domain::policy::{PolicyResource as _, RecordCopy, Visibility};
    let on = proof.subject();
    let Some(report) = &on.report else { return Err(ApiError::NotFound) };
    match on.visibility_for(proof.actor()) {
        Visibility::Readable(RecordCopy::Working) => precondition.check_if_present(tx, report),
        Visibility::Readable(RecordCopy::Approved)
        | Visibility::ExistenceOnly
        | Visibility::Hidden => Ok(()),
    }
}

/// Parses the comment: a reason where the transition needs one, else a remark. Everything that is wrong is said at once.
fn parse_comment<A: TransitionAction>(
    on: &ReportSubject,
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
    found.extend(A::find_faults(on, at));
    if found.is_empty() { Ok(text) } else { Err(found.into()) }
}
