//! The use cases of milestones, indicators and partnerships, the parts of a project: create, edit and delete.

use super::{AppResult, Precondition, Refusal, merge::MergeMembers};
use crate::{
    clock,
    domain::{
        duplicate::{DuplicablePart, find_duplicate_part},
        fault::{FaultList, ValueFault},
        id::Id,
        message::{self, Message},
        policy::{EditProject, Saves},
        project::{Project, ProjectCode},
        project_parts::{
            Indicator, Milestone, Partnership,
            parse::{ParsablePart, PartContext, RawPartnership},
        },
        subject::project_part::EditPart,
        value::Slug,
    },
    store::{
        Caller, Change, Conn, RecordWriter as _, StoreError, StoreResult, Tx, WriteProof,
        error::ConstraintViolation, parts::StoredPart, reference,
    },
};

/// The most milestones, indicators or partnerships of one project. There is a limit because their lists have no pages.
const PARTS_MAX: usize = 200;

/// A kind of part.
pub(crate) trait EditablePart:
    StoredPart + DuplicablePart + ParsablePart<Raw: Default + PartialEq>
{
    /// The name of the list of all parts of this kind, such as `milestones`. It is also the segment of their path.
    const LIST_NAME: &'static str;

    /// Returns the name of several such parts, for a message.
    fn name_several() -> Message;

    /// Looks up the records that the part refers to, and adds a fault for each that is missing.
    /// The part may have faults of its own.
    fn check_references(
        _conn: &mut Conn,
        _raw: &Self::Raw,
        _before: Option<&Self>,
        _faults: &mut FaultList,
    ) -> StoreResult<()> {
        Ok(())
    }
}

impl EditablePart for Milestone {
    const LIST_NAME: &'static str = "milestones";

    fn name_several() -> Message {
        message::thing::milestones()
    }
}

impl EditablePart for Indicator {
    const LIST_NAME: &'static str = "indicators";

    fn name_several() -> Message {
        message::thing::indicators()
    }
}

impl EditablePart for Partnership {
    const LIST_NAME: &'static str = "partnerships";

    fn name_several() -> Message {
        message::thing::partnerships()
    }

    fn check_references(
        conn: &mut Conn,
        raw: &RawPartnership,
        before: Option<&Self>,
        faults: &mut FaultList,
    ) -> StoreResult<()> {
        // A partner that is no slug has its fault already.
        let Some(Ok(partner)) = raw.partner.as_deref().map(Slug::parse) else { return Ok(()) };
        let unchanged = before.is_some_and(|b| b.partner.as_ref() == Some(&partner));
        if !unchanged && reference::find_partner(conn, &partner)?.is_none() {
            faults.add("/partner", ValueFault::unknown(message::thing::partner(), None::<String>));
        }
        Ok(())
    }
}

/// A request about one part.
#[derive(Debug, Clone)]
pub(crate) struct PartRequest<P> {
    pub(crate) caller: Caller,
    pub(crate) key: (ProjectCode, Id<P>),
    pub(crate) precondition: Precondition,
}

/// A part that is not saved yet.
pub(super) struct NewPart<P> {
    pub(super) part: P,
    /// The first part of the project that says the same.
    pub(super) duplicate_of: Option<Id<P>>,
}

/// A part that was saved.
pub(crate) struct CreatedPart<P> {
    pub(crate) part: P,
    /// The first part that the project had before and that says the same.
    pub(crate) duplicate_of: Option<Id<P>>,
}

/// Adds a part to a project. A duplicate is added too, and named in the result.
///
/// # Errors
/// The refusals of the policy, every fault of the values, and [`Refusal::Conflict`] if the database takes no second part
/// like this one, or if the project has too many of its kind.
pub(crate) fn create_part<P: EditablePart>(
    tx: &mut Tx<'_>,
    caller: Caller,
    project: &ProjectCode,
    members: impl MergeMembers<Into = P::Raw>,
) -> AppResult<CreatedPart<P>>
where
    EditProject: Saves<P>,
{
    let proof = tx.prove::<EditProject>(caller, project)?;
    let NewPart { part, duplicate_of } = build_part(tx, &proof, members)?;
    save_new_part(tx, &proof, &part)?;
    Ok(CreatedPart { part, duplicate_of })
}

/// Builds a new part for the project of the proof.
pub(super) fn build_part<P: EditablePart>(
    tx: &mut Tx<'_>,
    proof: &WriteProof<EditProject>,
    members: impl MergeMembers<Into = P::Raw>,
) -> AppResult<NewPart<P>> {
    let mut raw = P::Raw::default();
    members.merge(&mut raw);
    build_raw_part(tx.conn(), &proof.subject().project, &raw)
}

fn build_raw_part<P: EditablePart>(
    conn: &mut Conn,
    project: &Project,
    raw: &P::Raw,
) -> AppResult<NewPart<P>> {
    let there = P::list_for_project(conn, project.id)?;
    if there.len() >= PARTS_MAX {
        let full = message::project::part_limit(PARTS_MAX, P::name_several());
        return Err(Refusal::Conflict(full));
    }
    let id = Id::new(clock::generate_uuid());
    let context = PartContext { id, project, before: None, version: 1 };
    let part: P = parse_part(conn, raw, &context)?;
    let duplicate_of = find_duplicate_part(&part, &there).map(P::part_id);
    Ok(NewPart { part, duplicate_of })
}

/// Saves a new part of the project of the proof.
pub(super) fn save_new_part<P: EditablePart>(
    tx: &mut Tx<'_>,
    proof: &WriteProof<EditProject>,
    part: &P,
) -> AppResult<()>
where
    EditProject: Saves<P>,
{
    proof.save(tx, part, Change::without_reason("create")).map_err(name_conflict::<P>)
}

/// Edits a part.
///
/// # Errors
/// The refusals of the policy and of the precondition, every fault of the values, and [`Refusal::Conflict`] if the
/// project has the same part already.
pub(crate) fn edit_part<P: EditablePart>(
    tx: &mut Tx<'_>,
    request: &PartRequest<P>,
    patch: impl MergeMembers<Into = P::Raw>,
) -> AppResult<P> {
    let proof = tx.prove::<EditPart<P>>(request.caller, &request.key)?;
    patch_part(tx, &proof, request.precondition, patch)
}

/// Edits the part of the proof. A patch that changes nothing saves nothing.
pub(super) fn patch_part<P: EditablePart>(
    tx: &mut Tx<'_>,
    proof: &WriteProof<EditPart<P>>,
    precondition: Precondition,
    patch: impl MergeMembers<Into = P::Raw>,
) -> AppResult<P> {
    let before = proof.subject().working.as_ref().ok_or(Refusal::NotFound)?;
    precondition.check_required(tx, before)?;
    let mut raw = P::Raw::from(before);
    patch.merge(&mut raw);
    save_edited_part(tx, proof, before, &raw)
}

fn save_edited_part<P: EditablePart>(
    tx: &mut Tx<'_>,
    proof: &WriteProof<EditPart<P>>,
    before: &P,
    raw: &P::Raw,
) -> AppResult<P> {
    let (project, version) = (&proof.subject().project.project, before.version() + 1);
    let context = PartContext { id: before.part_id(), project, before: Some(before), version };
    let part: P = parse_part(tx.conn(), raw, &context)?;
    let saved = proof.replace(tx, before, part, Change::without_reason("edit"));
    saved.map_err(name_conflict::<P>)
}

/// Deletes a part, and returns its last state.
///
/// # Errors
/// The refusals of the policy and of the precondition.
pub(crate) fn delete_part<P: EditablePart>(
    tx: &mut Tx<'_>,
    request: &PartRequest<P>,
) -> AppResult<P> {
    let proof = tx.prove::<EditPart<P>>(request.caller, &request.key)?;
    let part = proof.subject().working.clone().ok_or(Refusal::NotFound)?;
    request.precondition.check_required(tx, &part)?;
    proof.remove(tx, &part, Change::without_reason("delete"))?;
    Ok(part)
}

/// Parses a part, and checks what it refers to.
fn parse_part<P: EditablePart>(
    conn: &mut Conn,
    raw: &P::Raw,
    context: &PartContext<'_, P>,
) -> AppResult<P> {
    let mut faults = FaultList::new();
    let part = P::parse_part(raw, context, &mut faults);
    P::check_references(conn, raw, context.before, &mut faults)?;
    Ok(faults.finish_built(part)?)
}

/// Returns the refusal for a part that cannot be saved. If the project has the same part already, this is a conflict
/// with a reason.
fn name_conflict<P: EditablePart>(error: StoreError) -> Refusal {
    match error {
        StoreError::Conflict(ConstraintViolation::Unique(_)) => {
            Refusal::Conflict(message::project::part_exists(P::name_several()))
        }
        other => other.into(),
    }
}
