//! Reporting cycles: adding, editing, opening and closing them.

use super::{AppResult, ChangeRequest, Refusal};
use crate::{
    domain::{
        cycle::{RawCycle, RawCyclePatch, ReportingCycle},
        message,
        policy::{AddCycle, RunCycle},
        project::ProjectCode,
        refusal::IllegalTransition,
        report::ReportState,
        value::{Prose, Slug},
    },
    store::{Caller, Change, RecordWriter as _, Tx, cycles, reference, reports},
};

/// Adds a scheduled cycle.
///
/// # Errors
/// Refuses a caller who may not do this, a key that a cycle has already, and values that are not acceptable.
pub(crate) fn create_cycle(
    tx: &mut Tx<'_>,
    caller: Caller,
    raw: RawCycle,
) -> AppResult<ReportingCycle> {
    let proof = tx.prove::<AddCycle>(caller, &())?;
    if let Some(slug) = raw.cycle.as_ref().and_then(|raw| Slug::parse(raw).ok())
        && cycles::find(tx.conn(), &slug)?.is_some()
    {
        return Err(Refusal::Conflict(message::reference::cycle_exists(slug.as_str())));
    }
    let plans: Vec<Slug> =
        reference::list_plan_cycles(tx.conn())?.into_iter().map(|p| p.slug).collect();
    let cycle = raw.parse(&plans, &cycles::list(tx.conn())?)?;
    proof.save(tx, &cycle, Change::without_reason("create"))?;
    Ok(cycle)
}

/// Edits the name and the days of a cycle. A patch that changes nothing saves nothing.
///
/// # Errors
/// Refuses a caller who may not do this, a stale precondition, a new cut-off of a cycle that was opened, and values that
/// are not acceptable.
pub(crate) fn edit_cycle(
    tx: &mut Tx<'_>,
    request: &ChangeRequest<Slug>,
    patch: RawCyclePatch,
) -> AppResult<ReportingCycle> {
    let proof = tx.prove::<RunCycle>(request.caller, &request.key)?;
    let before = &proof.subject().cycle;
    request.precondition.check_required(tx, before)?;
    if patch.moves_cut_off(before) {
        return Err(Refusal::Conflict(message::reference::cut_off_fixed()));
    }
    let cycle = patch.apply_to(before.clone(), &cycles::list(tx.conn())?)?;
    Ok(proof.replace(tx, before, cycle, Change::without_reason("edit"))?)
}

/// Opens a cycle.
///
/// # Errors
/// Refuses a caller who may not do this, a stale precondition, an open cycle, and a comment that is not acceptable.
pub(crate) fn open_cycle(
    tx: &mut Tx<'_>,
    request: &ChangeRequest<Slug>,
    comment: Option<String>,
) -> AppResult<ReportingCycle> {
    let opening = CycleTransition { apply: ReportingCycle::open_cycle, action: "open" };
    apply_transition(tx, request, comment, opening)
}

/// A closed cycle, with the projects that it leaves out.
#[derive(Debug, Clone)]
pub(crate) struct ClosedCycle {
    pub(crate) cycle: ReportingCycle,
    /// The projects of the plan without an approved report in the cycle, with the state of their report.
    pub(crate) left_out: Vec<(ProjectCode, Option<ReportState>)>,
}

/// Closes a cycle.
///
/// # Errors
/// Refuses a caller who may not do this, a stale precondition, a cycle that is not open, and a comment that is not
/// acceptable.
pub(crate) fn close_cycle(
    tx: &mut Tx<'_>,
    request: &ChangeRequest<Slug>,
    comment: Option<String>,
) -> AppResult<ClosedCycle> {
    let closing = CycleTransition { apply: ReportingCycle::close_cycle, action: "close" };
    let cycle = apply_transition(tx, request, comment, closing)?;
    let left_out = reports::list_unapproved_projects(tx.conn(), &cycle)?;
    Ok(ClosedCycle { cycle, left_out })
}

/// A transition of a cycle: opening or closing.
#[derive(Clone, Copy)]
struct CycleTransition {
    apply: fn(ReportingCycle) -> Result<ReportingCycle, IllegalTransition>,
    /// The action, as in the journal.
    action: &'static str,
}

fn apply_transition(
    tx: &mut Tx<'_>,
    request: &ChangeRequest<Slug>,
    comment: Option<String>,
    transition: CycleTransition,
) -> AppResult<ReportingCycle> {
    let proof = tx.prove::<RunCycle>(request.caller, &request.key)?;
    let before = &proof.subject().cycle;
    request.precondition.check_if_present(tx, before)?;
    let cycle = (transition.apply)(before.clone())?;
    let reason = comment.map(Prose::parse).transpose();
    let reason = reason.map_err(|fault| Refusal::invalid_value("/comment", fault))?;
    let reason = reason.as_ref().map(Prose::to_string);
    Ok(proof.replace(tx, before, cycle, Change::with_reason(transition.action, reason))?)
}
