//! Writes the content of a report.

use super::{
    detail::{ReportDetail, load_detail, load_detail_after},
    request::ReportRequest,
};
use crate::{
    app::{precondition::Precondition, refusal::AppResult},
    domain::{
        id::Id,
        policy::EditReport,
        report::{RawReport, Report, ReportContent, ReportContext, carry_forward},
        subject::ReportSubject,
        workflow::{ReportEdit, TransitionKind},
    },
    store::{Change, RecordWriter as _, Tx, WriteProof, reports},
};

/// A report after its content was written.
pub(crate) struct WrittenReport {
    pub(crate) detail: ReportDetail,
    /// `true` if the report did not exist before.
    pub(crate) created: bool,
}

/// Creates the report, or replaces its content. The same content saves nothing. `id` is used only if the report is new.
pub(crate) fn upsert_report(
    tx: &mut Tx<'_>,
    request: &ReportRequest,
    raw: RawReport,
    id: Id<Report>,
) -> AppResult<WrittenReport> {
    let proof = tx.prove::<EditReport>(request.caller, &request.key)?;
    let report = write_report(tx, &proof, request.precondition, raw, id)?;
    let before = proof.subject().report.as_ref();
    let created = before.is_none();
    // Without a change the caller does not become a contributor.
    let detail = if before.is_some_and(|before| before.version == report.version) {
        let now = tx.at();
        load_detail(tx.conn(), proof.subject().clone(), proof.actor(), now)?
    } else {
        load_detail_after(tx, &proof, TransitionKind::Edit, report)?
    };
    Ok(WrittenReport { detail, created })
}

/// Writes a report as a client sent it. `id` is used only if the report is new.
pub(crate) fn write_report(
    tx: &mut Tx<'_>,
    proof: &WriteProof<EditReport>,
    precondition: Precondition,
    raw: RawReport,
    id: Id<Report>,
) -> AppResult<Report> {
    let request = ContentRequest { id, precondition, reason: None };
    write_content(tx, proof, request, |subject| {
        let known = ReportContext {
            milestones: subject.milestones.get()?,
            indicators: subject.indicators.get()?,
            cut_off: subject.cycle.as_of,
            earlier: subject.earlier_content.get()?.as_ref(),
        };
        Ok(raw.parse(known)?)
    })
}

/// A request to write the content of a report.
pub(super) struct ContentRequest {
    /// The id of the report if it is new.
    pub(super) id: Id<Report>,
    pub(super) precondition: Precondition,
    /// The reason for the journal.
    pub(super) reason: Option<String>,
}

/// Writes the content of a report. The same content saves nothing, and the report before is returned.
///
/// `content` runs after the precondition and the state are checked, so that 412, 428 and 409 come before 422.
pub(super) fn write_content(
    tx: &mut Tx<'_>,
    proof: &WriteProof<EditReport>,
    request: ContentRequest,
    content: impl FnOnce(&ReportSubject) -> AppResult<ReportContent>,
) -> AppResult<Report> {
    let subject = proof.subject();
    match &subject.report {
        Some(report) => request.precondition.check_required(tx, report)?,
        None => request.precondition.check_absent()?,
    }
    let edit = ReportEdit::begin(proof, tx.at())?;
    let content = content(subject)?;
    let contradictions =
        carry_forward::find_contradictions(&content, subject.earlier_content.get()?.as_ref());
    if !contradictions.is_empty() {
        return Err(contradictions.into());
    }
    let (before, report) = (subject.report.as_ref(), edit.write_content(request.id, content));
    let action = if before.is_none() { reports::CREATE } else { TransitionKind::Edit.as_str() };
    let change = Change::with_reason(action, request.reason);
    Ok(proof.save_or_replace(tx, before, report, change)?)
}
