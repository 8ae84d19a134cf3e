//! What is done to reports inside a write transaction.

use chrono::{DateTime, Utc};

use super::{NewReport, NewTransition, ReportView, show};
use crate::{
    api::{
        comments::saying,
        error::{ApiError, ApiResult},
        precondition::Precondition,
    },
    domain::{
        comment::{Comment, CommentKind, Said},
        fault::{Faults, FieldFault},
        id::Id,
        policy::{
            Action, ApproveReport, Authorized, EditReport, ReopenReport, ReturnReport,
            SubmitReport, WithdrawReport,
        },
        project::ProjectCode,
        readiness,
        report::{Content, Known, RawReport, Report, carry},
        subject::ReportSubject,
        value::{Prose, Slug},
        workflow::{self, Transition},
    },
    store::{Caller, Change, Tx, projects, reports},
};

/// The project and the cycle of a report.
pub(in crate::api) type Key = (ProjectCode, Slug);

/// A report that was written, and whether it is new.
pub(in crate::api) struct Written {
    /// The report as it is now.
    pub(in crate::api) view: ReportView,
    /// Whether it was not there before.
    pub(in crate::api) created: bool,
}

/// Who asks for which report, on which condition.
#[derive(Debug, Clone)]
pub(in crate::api) struct Asked {
    /// Who.
    pub(in crate::api) caller: Caller,
    /// For which report.
    pub(in crate::api) key: Key,
    /// On which condition.
    pub(in crate::api) precondition: Precondition,
}

/// Writes a report, making it if it is not there.
pub(in crate::api) fn write(
    tx: &mut Tx<'_>,
    asked: &Asked,
    body: NewReport,
    id: Id<Report>,
) -> ApiResult<Written> {
    let proof = tx.prove::<EditReport>(asked.caller, &asked.key)?;
    let report = put(tx, &proof, asked.precondition, (id, None), |on| {
        let known = Known {
            milestones: &on.milestones,
            indicators: &on.indicators,
            earlier: on.earlier.as_ref(),
        };
        Ok(RawReport::from(body).parse(known)?)
    })?;
    let created = report.version == 1;
    Ok(Written { view: answer(tx, &proof, Transition::Edit, report)?, created })
}

/// Writes what a report says, which is asked for when nothing else stands against writing it. The id is that of a report
/// that is not there yet.
pub(super) fn put(
    tx: &mut Tx<'_>,
    proof: &Authorized<EditReport>,
    precondition: Precondition,
    (id, reason): (Id<Report>, Option<String>),
    content: impl FnOnce(&ReportSubject) -> ApiResult<Content>,
) -> ApiResult<Report> {
    let on = proof.on();
    match &on.report {
        Some(report) => precondition.required(tx, report)?,
        None => precondition.absent()?,
    }
    workflow::possible(Transition::Edit, on, tx.at())?;
    let content = content(on)?;
    let contradictions = carry::contradictions(&content, on.earlier.as_ref());
    if !contradictions.is_empty() {
        return Err(contradictions.into());
    }
    let report = workflow::edit(proof, id, content, tx.at())?;
    let action = if report.version == 1 { reports::CREATE } else { Transition::Edit.as_str() };
    tx.save(&report, Change::because(action, reason))?;
    Ok(report)
}

/// Shows the report after a transition, from what this transaction saw and wrote.
fn answer<A: Action<On = ReportSubject>>(
    tx: &mut Tx<'_>,
    proof: &Authorized<A>,
    transition: Transition,
    report: Report,
) -> ApiResult<ReportView> {
    let (at, basis) = (tx.at(), proof.basis());
    let after = proof.on().clone().after(transition, report, proof.actor(), basis);
    show(tx.conn(), &after, proof.actor(), at)
}

/// A transition that a caller may ask for: what it makes of the report, and what else it writes.
pub(super) trait Step: Action<On = ReportSubject> {
    /// Which one.
    const TRANSITION: Transition;
    /// The kind of comment that comes with it.
    const KIND: CommentKind = CommentKind::Note;
    /// Makes the changed report and writes it.
    fn take(tx: &mut Tx<'_>, proof: &Authorized<Self>, change: Change) -> ApiResult<Report>
    where
        Self: Sized;
    /// Says what the body's rules find wrong beside the comment.
    fn faults(_on: &ReportSubject, _at: DateTime<Utc>) -> Vec<FieldFault> {
        Vec::new()
    }
}

/// Implements [`Step`] for a transition that changes nothing but the report.
macro_rules! step {
    ($action:ty, $transition:ident, $rule:path $(, $kind:ident)?) => {
        impl Step for $action {
            const TRANSITION: Transition = Transition::$transition;
            $(const KIND: CommentKind = CommentKind::$kind;)?
            fn take(tx: &mut Tx<'_>, proof: &Authorized<Self>, change: Change) -> ApiResult<Report> {
                let report = $rule(proof, tx.at())?;
                tx.save(&report, change)?;
                Ok(report)
            }
        }
    };
}
step!(WithdrawReport, Withdraw, workflow::withdraw);
step!(ReturnReport, Return, workflow::send_back, Return);
step!(ReopenReport, Reopen, workflow::reopen, Reopen);

impl Step for SubmitReport {
    const TRANSITION: Transition = Transition::Submit;
    fn take(tx: &mut Tx<'_>, proof: &Authorized<Self>, change: Change) -> ApiResult<Report> {
        let report = workflow::submit(proof, tx.at())?;
        tx.save(&report, change)?;
        Ok(report)
    }
    fn faults(on: &ReportSubject, at: DateTime<Utc>) -> Vec<FieldFault> {
        on.report.as_ref().map(|r| readiness::of(on, &r.content, at)).unwrap_or_default()
    }
}

impl Step for ApproveReport {
    const TRANSITION: Transition = Transition::Approve;
    /// Writes the copies that strangers see beside the report: of the report, and of the project when no later cycle is
    /// approved.
    fn take(tx: &mut Tx<'_>, proof: &Authorized<Self>, change: Change) -> ApiResult<Report> {
        let (report, approved) = workflow::approve(proof, tx.at())?;
        tx.save(&report, change)?;
        tx.save(&approved, Change::plain(Transition::Approve.as_str()))?;
        if reports::is_latest(tx.conn(), &approved)? {
            let before = projects::find_approved(tx.conn(), approved.project)?;
            let project = workflow::show(&approved, before.as_ref());
            tx.save(&project, Change::plain(Transition::Approve.as_str()))?;
        }
        Ok(report)
    }
}

/// Takes a transition with its comment, and shows the report after it.
pub(super) fn transition<A: Step>(
    tx: &mut Tx<'_>,
    asked: &Asked,
    body: NewTransition,
    comment: Id<Comment>,
) -> ApiResult<ReportView> {
    let proof = tx.prove::<A>(asked.caller, &asked.key)?;
    let report = go(tx, &proof, asked.precondition, body, comment)?;
    answer(tx, &proof, A::TRANSITION, report)
}

/// Takes a transition with its comment, which is the journal's reason and stays with the report.
pub(super) fn go<A: Step>(
    tx: &mut Tx<'_>,
    proof: &Authorized<A>,
    precondition: Precondition,
    body: NewTransition,
    comment: Id<Comment>,
) -> ApiResult<Report> {
    check(tx, proof, precondition)?;
    workflow::possible(A::TRANSITION, proof.on(), tx.at())?;
    let text = text::<A>(proof.on(), body, tx.at())?;
    let reason = text.as_ref().map(Prose::to_string);
    let report = A::take(tx, proof, Change::because(A::TRANSITION.as_str(), reason))?;
    if let Some(text) = text {
        say(tx, proof, &report, (comment, A::KIND, text))?;
    }
    Ok(report)
}

/// Leaves a comment on a report that was just changed.
pub(super) fn say<A: Action<On = ReportSubject>>(
    tx: &mut Tx<'_>,
    proof: &Authorized<A>,
    report: &Report,
    (id, kind, text): (Id<Comment>, CommentKind, Prose),
) -> ApiResult<()> {
    let by = saying(proof, tx.at());
    let comment = Comment::new(id, report, kind, Said::plainly(text), by);
    Ok(tx.save(&comment, Change::plain("create"))?)
}

/// Checks what the caller read. Who may only know of a draft has read nothing of it, and does not learn its version by trying:
/// for them the state alone decides.
fn check<A: Step>(
    tx: &mut Tx<'_>,
    proof: &Authorized<A>,
    precondition: Precondition,
) -> ApiResult<()> {
    use crate::domain::policy::{Face, Resource as _, Sight};
    let on = proof.on();
    let Some(report) = &on.report else { return Err(ApiError::NotFound) };
    match on.sight(proof.actor()) {
        Sight::Seen(Face::Working) => precondition.honoured(tx, report),
        Sight::Seen(Face::Approved) | Sight::Known | Sight::Hidden => Ok(()),
    }
}

/// Parses the comment: a reason where the transition needs one, else a remark. Everything that is wrong is said at once.
fn text<A: Step>(
    on: &ReportSubject,
    body: NewTransition,
    at: DateTime<Utc>,
) -> ApiResult<Option<Prose>> {
    let mut faults = Faults::new();
    let needed = match A::KIND {
        CommentKind::Return | CommentKind::Reopen => true,
        CommentKind::Note => false,
    };
    let text = if needed {
        faults.need("/comment", body.comment, Prose::parse)
    } else {
        faults.opt("/comment", body.comment, Prose::parse)
    };
    let mut found = faults.into_vec();
    found.extend(A::faults(on, at));
    if found.is_empty() { Ok(text) } else { Err(found.into()) }
}
