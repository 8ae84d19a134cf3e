//! The common code of milestones, indicators and partnerships, the parts of a project. Each of them has its shapes and
//! operations in its own file.

use serde::{Serialize, de::DeserializeOwned};

use super::{
    answer::Answer,
    body::Json,
    error::{ApiError, ApiResult},
    may::May,
    merge::MergeMembers,
    page::ListPage,
    precondition::Precondition,
    service_config::ServiceConfig,
    state::State,
};
use crate::{
    clock,
    domain::{
        fault::FaultList,
        id::Id,
        policy::{EditProject, PolicyResource as _, ReadProject, RecordCopy, Saves, Visibility},
        project::Project,
        project_parts::parse::{ParsablePart, PartContext},
        subject::project_part::{EditPart, ReadPart},
    },
    store::{
        Change, Conn, RecordWriter, StoreError, StoreResult, Tx, WriteProof,
        error::ConstraintViolation, parts::StoredPart,
    },
};

mod indicators;
mod milestones;
mod partnerships;
mod values;

pub(crate) use indicators::IndicatorView;
pub(crate) use milestones::MilestoneView;
pub(crate) use partnerships::PartnershipView;

/// Most milestones, indicators or partnerships of one project. There is a limit because their lists have no pages.
const PARTS_MAX: usize = 200;

pub(super) fn register_routes(cfg: &mut ServiceConfig) {
    milestones::register_routes(cfg);
    indicators::register_routes(cfg);
    partnerships::register_routes(cfg);
    values::register_routes(cfg);
}

/// A kind of part, with its request and response shapes.
pub(super) trait PartResource: StoredPart + ParsablePart<Raw: Default + PartialEq> {
    type View: From<Self> + Serialize + Send + 'static;
    type New: MergeMembers<Into = Self::Raw> + DeserializeOwned + Send + 'static;
    type Patch: MergeMembers<Into = Self::Raw> + DeserializeOwned + Send + 'static;
    /// The segment of its paths.
    const SEGMENT: &'static str;

    /// Looks up the records that the part refers to, and adds a fault for each that is missing.
    fn check_references(
        &self,
        _conn: &mut Conn,
        _before: Option<&Self>,
        _faults: &mut FaultList,
    ) -> StoreResult<()> {
        Ok(())
    }
}

/// Lists all parts of the copy of the project that the caller reads.
async fn list_parts<P: PartResource>(
    may: May<ReadProject>,
    state: &State,
) -> ApiResult<ListPage<P::View>> {
    let subject = may.proof.subject();
    let id = subject.project.id;
    let parts =
        if subject.visibility_for(may.proof.actor()) == Visibility::Readable(RecordCopy::Working) {
            state.db.read_point(move |c| P::list_for_project(c, id)).await?
        } else {
            subject.approved.as_ref().map(P::from_approved_copy).unwrap_or_default()
        };
    let items: Vec<P::View> = parts.into_iter().map(P::View::from).collect();
    let total = i64::try_from(items.len()).unwrap_or(i64::MAX);
    Ok(ListPage { items, next: None, total })
}

fn get_part<P: PartResource>(may: &May<ReadPart<P>>) -> ApiResult<Answer> {
    let part =
        may.proof.subject().visible_copy(may.proof.actor()).ok_or(ApiError::NotFound)?.clone();
    Answer::from_record(part.version(), &P::View::from(part))
}

/// Parses a part, and checks what it refers to.
fn parse_part<P: PartResource>(
    conn: &mut Conn,
    raw: &P::Raw,
    context: &PartContext<'_, P>,
) -> ApiResult<P> {
    let mut faults = FaultList::new();
    let part = P::parse_part(raw, context, &mut faults);
    if let Some(part) = &part {
        part.check_references(conn, context.before, &mut faults)?;
    }
    Ok(faults.finish_built(part)?)
}

/// Saves a part. If the project has the same part already, the answer is a conflict with a reason.
fn save_part<P: PartResource>(
    tx: &mut Tx<'_>,
    proof: &impl RecordWriter<P>,
    part: &P,
    action: &'static str,
) -> ApiResult<()> {
    proof.save(tx, part, Change::without_reason(action)).map_err(|e| match e {
        StoreError::Conflict(ConstraintViolation::Unique(_)) => {
            ApiError::Conflict(format!("the project has this among its {} already", P::SEGMENT))
        }
        other => other.into(),
    })
}

/// Adds a part to a project, inside a write transaction.
pub(super) fn insert_part<P: PartResource>(
    tx: &mut Tx<'_>,
    proof: &WriteProof<EditProject>,
    body: P::New,
    id: Id<P>,
) -> ApiResult<P>
where
    EditProject: Saves<P>,
{
    let project: &Project = &proof.subject().project;
    if P::list_for_project(tx.conn(), project.id)?.len() >= PARTS_MAX {
        let full = format!("a project has at most {PARTS_MAX} {}", P::SEGMENT);
        return Err(ApiError::Conflict(full));
    }
    let mut raw = P::Raw::default();
    body.merge(&mut raw);
    let context = PartContext { id, project, before: None, version: 1 };
    let part: P = parse_part(tx.conn(), &raw, &context)?;
    save_part(tx, proof, &part, "create")?;
    Ok(part)
}

async fn create_part<P: PartResource>(
    may: May<EditProject, Json<P::New>>,
    state: &State,
) -> ApiResult<Answer>
where
    EditProject: Saves<P>,
{
    let (caller, key, Json(body)) = (may.caller, may.key, may.body);
    let place = format!("/api/v1/projects/{key}/{}", P::SEGMENT);
    let id = Id::new(clock::generate_uuid());
    let part: P = state
        .db
        .write(move |tx| {
            let proof = tx.prove::<EditProject>(caller, &key)?;
            insert_part(tx, &proof, body, id)
        })
        .await?;
    Ok(Answer::from_record(part.version(), &P::View::from(part))?
        .mark_created(format!("{place}/{id}")))
}

/// Edits a part, inside a write transaction. A patch that changes nothing saves nothing.
pub(super) fn patch_part<P: PartResource>(
    tx: &mut Tx<'_>,
    proof: &WriteProof<EditPart<P>>,
    precondition: Precondition,
    patch: P::Patch,
) -> ApiResult<P> {
    let before = proof.subject().working.as_ref().ok_or(ApiError::NotFound)?;
    precondition.check_required(tx, before)?;
    let mut raw = P::Raw::from(before);
    patch.merge(&mut raw);
    let (project, version) = (&proof.subject().project.project, before.version() + 1);
    let context = PartContext { id: before.part_id(), project, before: Some(before), version };
    let part: P = parse_part(tx.conn(), &raw, &context)?;
    if P::Raw::from(&part) == P::Raw::from(before) {
        return Ok(before.clone());
    }
    save_part(tx, proof, &part, "edit")?;
    Ok(part)
}

async fn edit_part<P: PartResource>(
    may: May<EditPart<P>, Json<P::Patch>>,
    state: &State,
) -> ApiResult<Answer> {
    let (caller, key, precondition, Json(patch)) =
        (may.caller, may.key, may.precondition, may.body);
    let part: P = state
        .db
        .write(move |tx| {
            let proof = tx.prove::<EditPart<P>>(caller, &key)?;
            patch_part(tx, &proof, precondition, patch)
        })
        .await?;
    Answer::from_record(part.version(), &P::View::from(part))
}

/// Deletes a part, and answers its last state.
async fn delete_part<P: PartResource>(may: May<EditPart<P>>, state: &State) -> ApiResult<Answer> {
    let (caller, key, precondition) = (may.caller, may.key, may.precondition);
    let part = state
        .db
        .write(move |tx| {
            let proof = tx.prove::<EditPart<P>>(caller, &key)?;
            let part = proof.subject().working.clone().ok_or(ApiError::NotFound)?;
            precondition.check_required(tx, &part)?;
            proof.remove(tx, &part, Change::without_reason("delete"))?;
            Ok::<_, ApiError>(part)
        })
        .await?;
    Answer::from_record(part.version(), &P::View::from(part))
}
