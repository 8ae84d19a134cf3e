//! What hangs on a project: milestones, indicators, partnerships. Here is what they have in common; each file has the
//! shapes and operations of one of them.

use serde::{Serialize, de::DeserializeOwned};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    answer::Answer,
    body::Json,
    error::{ApiError, ApiResult},
    may::May,
    merge::Merge,
    page::Page,
    precondition::Precondition,
    state::State,
};
use crate::{
    clock,
    domain::{
        fault::Faults,
        id::Id,
        parts::parse::{Stub, Typed},
        policy::{EditProject, Face, ReadProject, Resource as _, Sight},
        project::{Project, ProjectCode},
        subject::part::{EditPart, ReadPart},
    },
    store::{
        Caller, Change, Conn, StoreError, StoreResult, Tx, error::Constraint, parts::StoredPart,
    },
};

mod indicators;
mod milestones;
mod partnerships;
mod values;

pub use indicators::{IndicatorList, IndicatorPatch, IndicatorView, NewIndicator, ReadingView};
pub use milestones::{MilestoneList, MilestonePatch, MilestoneView, NewMilestone};
pub use partnerships::{NewPartnership, PartnershipList, PartnershipPatch, PartnershipView};

/// Most milestones, indicators or partnerships of one project: a list is answered whole.
const PARTS_MAX: usize = 200;

/// Registers the operations of the files below.
pub(super) fn routes(cfg: &mut ServiceConfig) {
    milestones::routes(cfg);
    indicators::routes(cfg);
    partnerships::routes(cfg);
    values::routes(cfg);
}

/// A part with its shapes.
pub(super) trait Shaped: StoredPart + Typed<Raw: Default + PartialEq> {
    /// As it is answered.
    type View: From<Self> + Serialize + Send + 'static;
    /// A new one as typed.
    type New: Merge<Into = Self::Raw> + DeserializeOwned + Send + 'static;
    /// A patch of one.
    type Patch: Merge<Into = Self::Raw> + DeserializeOwned + Send + 'static;
    /// Its segment in the path.
    const SEGMENT: &'static str;

    /// Looks up what it refers to, noting what is not there.
    fn look_up(
        &self,
        _conn: &mut Conn,
        _before: Option<&Self>,
        _faults: &mut Faults,
    ) -> StoreResult<()> {
        Ok(())
    }
}

/// Lists the parts of a project, whole: those of the copy that the caller sees.
async fn list<P: Shaped>(may: May<ReadProject>, state: &State) -> ApiResult<Page<P::View>> {
    let on = may.proof.on();
    let id = on.project.id;
    let parts = if on.sight(may.proof.actor()) == Sight::Seen(Face::Working) {
        state.db.point(move |c| P::of(c, id)).await?
    } else {
        on.approved.as_ref().map(P::approved).unwrap_or_default()
    };
    let items: Vec<P::View> = parts.into_iter().map(P::View::from).collect();
    let total = i64::try_from(items.len()).unwrap_or(i64::MAX);
    Ok(Page { items, next: None, total })
}

/// Answers one part.
fn get<P: Shaped>(may: &May<ReadPart<P>>) -> ApiResult<Answer> {
    let part = may.proof.on().shown(may.proof.actor()).ok_or(ApiError::NotFound)?.clone();
    Answer::record(part.version(), &P::View::from(part))
}

/// Parses a part, and looks up what it refers to.
fn parse<P: Shaped>(conn: &mut Conn, raw: &P::Raw, stub: &Stub<'_, P>) -> ApiResult<P> {
    let mut faults = Faults::new();
    let part = P::parse(raw, stub, &mut faults);
    if let Some(part) = &part {
        part.look_up(conn, stub.before, &mut faults)?;
    }
    Ok(faults.build(part)?)
}

/// Saves a part, and says in words when the project has the same already.
fn save<P: Shaped>(tx: &mut Tx<'_>, part: &P, action: &'static str) -> ApiResult<()> {
    tx.save(part, Change::plain(action)).map_err(|e| match e {
        StoreError::Conflict(Constraint::Unique(_)) => {
            ApiError::Conflict(format!("the project has this among its {} already", P::SEGMENT))
        }
        other => other.into(),
    })
}

/// Adds a part to a project, inside a write transaction.
pub(super) fn create_in<P: Shaped>(
    tx: &mut Tx<'_>,
    caller: Caller,
    key: &ProjectCode,
    body: P::New,
    id: Id<P>,
) -> ApiResult<P> {
    let proof = tx.prove::<EditProject>(caller, key)?;
    let project: &Project = &proof.on().project;
    if P::of(tx.conn(), project.id)?.len() >= PARTS_MAX {
        let full = format!("a project has at most {PARTS_MAX} {}", P::SEGMENT);
        return Err(ApiError::Conflict(full));
    }
    let mut raw = P::Raw::default();
    body.merge(&mut raw);
    let stub = Stub { id, project, before: None, version: 1 };
    let part: P = parse(tx.conn(), &raw, &stub)?;
    save(tx, &part, "create")?;
    Ok(part)
}

/// Adds a part to a project.
async fn create<P: Shaped>(
    may: May<EditProject, Json<P::New>>,
    state: &State,
) -> ApiResult<Answer> {
    let (caller, key, Json(body)) = (may.caller, may.key, may.body);
    let place = format!("/api/v1/projects/{key}/{}", P::SEGMENT);
    let id = Id::new(clock::fresh_uuid());
    let part: P = state.db.write(move |tx| create_in(tx, caller, &key, body, id)).await?;
    Ok(Answer::record(part.version(), &P::View::from(part))?.created(format!("{place}/{id}")))
}

/// Edits a part, inside a write transaction. A patch that changes nothing writes nothing.
pub(super) fn edit_in<P: Shaped>(
    tx: &mut Tx<'_>,
    caller: Caller,
    key: &(ProjectCode, Id<P>),
    precondition: Precondition,
    patch: P::Patch,
) -> ApiResult<P> {
    let proof = tx.prove::<EditPart<P>>(caller, key)?;
    let before = proof.on().working.as_ref().ok_or(ApiError::NotFound)?;
    precondition.required(tx, before)?;
    let mut raw = P::Raw::from(before);
    patch.merge(&mut raw);
    let (project, version) = (&proof.on().project.project, before.version() + 1);
    let stub = Stub { id: before.id(), project, before: Some(before), version };
    let part: P = parse(tx.conn(), &raw, &stub)?;
    if P::Raw::from(&part) == P::Raw::from(before) {
        return Ok(before.clone());
    }
    save(tx, &part, "edit")?;
    Ok(part)
}

/// Edits a part.
async fn edit<P: Shaped>(
    may: May<EditPart<P>, Json<P::Patch>>,
    state: &State,
) -> ApiResult<Answer> {
    let (caller, key, precondition, Json(patch)) =
        (may.caller, may.key, may.precondition, may.body);
    let part: P = state.db.write(move |tx| edit_in(tx, caller, &key, precondition, patch)).await?;
    Answer::record(part.version(), &P::View::from(part))
}

/// Deletes a part; the answer is its last state.
async fn delete<P: Shaped>(may: May<EditPart<P>>, state: &State) -> ApiResult<Answer> {
    let (caller, key, precondition) = (may.caller, may.key, may.precondition);
    let part = state
        .db
        .write(move |tx| {
            let proof = tx.prove::<EditPart<P>>(caller, &key)?;
            let part = proof.into_on().working.ok_or(ApiError::NotFound)?;
            precondition.required(tx, &part)?;
            tx.remove(&part, Change::plain("delete"))?;
            Ok::<_, ApiError>(part)
        })
        .await?;
    Answer::record(part.version(), &P::View::from(part))
}
