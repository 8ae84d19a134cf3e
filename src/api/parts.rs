//! The common code of milestones, indicators and partnerships, the parts of a project. Each of them has its shapes and
//! operations in its own file.

use serde::{Serialize, de::DeserializeOwned};

use super::{
    answer::Answer,
    body::{Json, Query},
    error::{ApiError, ApiResult},
    may::May,
    merge::MergeMembers,
    page::{ListPage, WholeListParams},
    precondition::VersionRequired,
    service_config::ServiceConfig,
    state::State,
    views::RecordWarning,
};
use crate::{
    app::parts::{self, CreatedPart, EditablePart, PartRequest},
    domain::{
        id::Id,
        policy::{EditProject, PolicyResource as _, ReadProject, RecordCopy, Saves, Visibility},
        project::Project,
        subject::project_part::{EditPart, ReadPart},
    },
    store::{Conn, StoreResult},
};

mod indicators;
mod milestones;
mod partnerships;
mod values;

pub(crate) use indicators::IndicatorView;
pub(crate) use milestones::MilestoneView;
pub(crate) use partnerships::PartnershipView;

pub(super) fn register_routes(cfg: &mut ServiceConfig) {
    milestones::register_routes(cfg);
    indicators::register_routes(cfg);
    partnerships::register_routes(cfg);
    values::register_routes(cfg);
}

/// A kind of part, with its request and response shapes.
pub(super) trait PartResource: EditablePart {
    type View: Serialize + Send + 'static;
    /// What the view shows of a project's parts besides their own records.
    type Context: Send + 'static;
    type New: MergeMembers<Into = Self::Raw> + DeserializeOwned + Send + 'static;
    type Patch: MergeMembers<Into = Self::Raw> + DeserializeOwned + Send + 'static;
    type List: From<ListPage<Self::View>> + Serialize;

    /// Loads the context of the parts of a project.
    fn load_context(conn: &mut Conn, project: Id<Project>) -> StoreResult<Self::Context>;

    /// Builds the view of a part.
    fn into_view(self, context: &Self::Context) -> Self::View;

    /// Adds doubts about a part that was just created to its view.
    fn with_warnings(view: Self::View, warnings: Vec<RecordWarning>) -> Self::View;

    /// Returns the key by which the parts of a project are sorted.
    fn sort_key(&self) -> String;
}

async fn load_view<P: PartResource>(part: P, state: &State) -> ApiResult<P::View> {
    let project = part.project_id();
    let context = state.db.read_point(move |c| P::load_context(c, project)).await?;
    Ok(part.into_view(&context))
}

async fn answer_part<P: PartResource>(part: P, state: &State) -> ApiResult<Answer> {
    Answer::from_record(part.version(), &load_view(part, state).await?)
}

/// Lists all parts of the copy of the project that the caller reads, or a page of them.
async fn list_parts<P: PartResource>(
    may: May<ReadProject, Query<WholeListParams>>,
    state: &State,
) -> ApiResult<Answer> {
    let subject = may.proof.subject();
    let id = subject.project.id;
    let inside =
        subject.visibility_for(may.proof.actor()) == Visibility::Readable(RecordCopy::Working);
    let approved = subject.approved.as_ref().map(P::from_approved_copy).unwrap_or_default();
    let read = move |c: &mut Conn| -> StoreResult<_> {
        let parts = if inside { P::list_for_project(c, id)? } else { approved };
        Ok((parts, P::load_context(c, id)?))
    };
    let (parts, context) = state.db.read_point(read).await?;
    let items = parts.into_iter().map(|part| (part.sort_key(), part.into_view(&context))).collect();
    let path = format!("/api/v1/projects/{}/{}", may.key, P::LIST_NAME);
    may.body.0.answer_items::<P::List, _, _>(&path, items)
}

async fn get_part<P: PartResource>(may: May<ReadPart<P>>, state: &State) -> ApiResult<Answer> {
    let part = may.proof.subject().visible_copy(may.proof.actor()).cloned();
    answer_part(part.ok_or(ApiError::NotFound)?, state).await
}

async fn create_part<P: PartResource>(
    may: May<EditProject, Json<P::New>>,
    state: &State,
) -> ApiResult<Answer>
where
    EditProject: Saves<P>,
{
    let (caller, key, Json(body)) = (may.caller, may.key, may.body);
    let list = format!("/api/v1/projects/{key}/{}", P::LIST_NAME);
    let write = state.db.write(move |tx| parts::create_part::<P>(tx, caller, &key, body));
    let CreatedPart { part, duplicate_of } = write.await?;
    let location = format!("{list}/{}", part.part_id());
    let (version, warnings) = (part.version(), RecordWarning::list_duplicate(duplicate_of));
    let view = P::with_warnings(load_view(part, state).await?, warnings);
    Ok(Answer::from_record(version, &view)?.mark_created(location))
}

async fn edit_part<P: PartResource>(
    may: May<EditPart<P>, Json<P::Patch>, VersionRequired>,
    state: &State,
) -> ApiResult<Answer> {
    let (caller, key, precondition, Json(patch)) =
        (may.caller, may.key, may.precondition.into(), may.body);
    let request = PartRequest { caller, key, precondition };
    let part: P = state.db.write(move |tx| parts::edit_part(tx, &request, patch)).await?;
    answer_part(part, state).await
}

/// Deletes a part, and answers its last state.
async fn delete_part<P: PartResource>(
    may: May<EditPart<P>, (), VersionRequired>,
    state: &State,
) -> ApiResult<Answer> {
    let (caller, key, precondition) = (may.caller, may.key, may.precondition.into());
    let request = PartRequest { caller, key, precondition };
    let part: P = state.db.write(move |tx| parts::delete_part(tx, &request)).await?;
    answer_part(part, state).await
}
