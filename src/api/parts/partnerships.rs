//! The partnerships of projects.

use actix_web::web::Data;

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::PartResource;
use crate::{
    api::{
        answer::Answer,
        body::{Json, Query},
        error::ApiResult,
        may::May,
        merge::{MoneyInput, define_request_shapes},
        page::{WholeListParams, list_type},
        precondition::VersionRequired,
        service_config::ServiceConfig,
        state::State,
        views::{MoneyView, RecordWarning},
    },
    domain::{
        id::Id,
        policy::{EditProject, ReadProject},
        project::Project,
        project_parts::{PartnerRole, PartnerStage, Partnership, parse::RawPartnership},
        subject::project_part::{EditPart, ReadPart},
        value::{Prose, Slug, Title},
    },
    store::{Conn, StoreResult},
};

pub(super) fn register_routes(cfg: &mut ServiceConfig) {
    cfg.get(operation!(list_partnerships))
        .get(operation!(get_partnership))
        .post(operation!(create_partnership))
        .patch(operation!(edit_partnership))
        .delete(operation!(delete_partnership));
}

/// The part that a partner has in a project.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct PartnershipView {
    /// Identifier of the partnership.
    pub id: Uuid,
    /// Slug of the partner; null if it is not in the reference data.
    #[schema(required, example = "japan-international-cooperation-agency-jica")]
    pub partner: Option<String>,
    /// Name of the partner as a source states it; null if not stated.
    #[schema(required)]
    pub as_stated: Option<String>,
    /// Role of the partner; null for some imported partnerships.
    #[schema(required)]
    pub role: Option<PartnerRole>,
    /// Stage of the partnership; null for some imported partnerships.
    #[schema(required)]
    pub stage: Option<PartnerStage>,
    /// Money that the partnership is about; null if not stated.
    #[schema(required)]
    pub amount: Option<MoneyView>,
    /// Further remarks; null if none.
    #[schema(required)]
    pub note: Option<String>,
    /// Version of the partnership, from 1. In the approved copy of a project or report, the version of that copy.
    pub version: i64,
    /// Doubts about a record that was just created. Absent if there are none, and in every answer but that of `POST`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<RecordWarning>,
}
list_type!(
    /// All partnerships of a project.
    PartnershipList of PartnershipView
);

impl From<Partnership> for PartnershipView {
    fn from(p: Partnership) -> Self {
        Self {
            id: p.id.as_uuid(),
            partner: p.partner.as_ref().map(Slug::to_string),
            as_stated: p.as_stated.as_ref().map(Title::to_string),
            role: p.role,
            stage: p.stage,
            amount: p.amount.map(MoneyView::from),
            note: p.note.as_ref().map(Prose::to_string),
            version: p.version,
            warnings: Vec::new(),
        }
    }
}

define_request_shapes! {
    /// A new partnership. At least one of `partner` and `as_stated` is required. A null member is the same as an absent
    /// one.
    #[schema(example = json!({
        "partner": "japan-international-cooperation-agency-jica", "role": "technical", "stage": "study",
        "amount": {"amount_minor": 25_000_000, "currency": "JPY"}, "note": "Feasibility study"
    }))]
    NewPartnership {}
    /// A patch of a partnership (RFC 7396): an absent member stays, null clears it.
    #[schema(example = json!({"stage": "agreement"}))]
    PartnershipPatch {}
    RawPartnership {
        /// Slug of the partner in the reference data.
        set partner: String = Option<String>,
        /// Name of the partner as a source states it, one line of at most 300 characters.
        #[schema(max_length = 300)]
        set as_stated: String = Option<String>,
        /// Role of the partner.
        set role: String = PartnerRole,
        /// Stage of the partnership.
        set stage: String = PartnerStage,
        /// Money that the partnership is about.
        nest amount: MoneyInput = Option<MoneyInput>,
        /// Further remarks, at most 10,000 characters.
        #[schema(max_length = 10_000)]
        set note: String = Option<String>,
    }
}

impl PartResource for Partnership {
    type View = PartnershipView;
    type New = NewPartnership;
    type Patch = PartnershipPatch;
    type List = PartnershipList;
    type Context = ();

    fn load_context(_conn: &mut Conn, _project: Id<Project>) -> StoreResult<()> {
        Ok(())
    }

    fn into_view(self, (): &()) -> PartnershipView {
        self.into()
    }

    fn with_warnings(view: PartnershipView, warnings: Vec<RecordWarning>) -> PartnershipView {
        PartnershipView { warnings, ..view }
    }

    fn sort_key(&self) -> String {
        self.id.to_string()
    }
}

/// List partnerships
///
/// Lists all partnerships of the project, in the order in which they were added. Callers who read the approved copy of
/// the project get the partnerships of that copy.
#[utoipa::path(get, path = "/projects/{project}/partnerships", tag = "projects",
    params(WholeListParams), responses((status = 200, body = PartnershipList)))]
async fn list_partnerships(
    may: May<ReadProject, Query<WholeListParams>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    super::list_parts::<Partnership>(may, &state).await
}

/// Read a partnership
///
/// Returns one partnership of the project. Callers who read the approved copy of the project get the partnership of
/// that copy.
#[utoipa::path(get, path = "/projects/{project}/partnerships/{id}", tag = "projects",
    responses((status = 200, body = PartnershipView)))]
async fn get_partnership(may: May<ReadPart<Partnership>>, state: Data<State>) -> ApiResult<Answer> {
    super::get_part(may, &state).await
}

/// Add a partnership
///
/// Adds a partnership to the project. Only officers of the project's city may do this. The partner is named by its
/// slug, by a name as stated, or by both. The answer is 409 if the project has 200 partnerships. If the project has a partnership
/// with the same partner, role, stage and note, the partnership is added, and `warnings` names the one that is there.
#[utoipa::path(post, path = "/projects/{project}/partnerships",
    tag = "projects", request_body = NewPartnership,
    responses((status = 201, body = PartnershipView)))]
async fn create_partnership(
    may: May<EditProject, Json<NewPartnership>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    super::create_part::<Partnership>(may, &state).await
}

/// Edit a partnership
///
/// Changes the members that the patch contains (RFC 7396), and validates the whole partnership again. Only officers of
/// the project's city may do this. A patch that changes nothing adds no version.
#[utoipa::path(patch, path = "/projects/{project}/partnerships/{id}",
    tag = "projects", request_body = PartnershipPatch,
    responses((status = 200, body = PartnershipView)))]
async fn edit_partnership(
    may: May<EditPart<Partnership>, Json<PartnershipPatch>, VersionRequired>,
    state: Data<State>,
) -> ApiResult<Answer> {
    super::edit_part(may, &state).await
}

/// Delete a partnership
///
/// Deletes the partnership and answers its last state. Only officers of the project's city may do this. Approved copies
/// that contain the partnership do not change.
#[utoipa::path(delete, path = "/projects/{project}/partnerships/{id}", tag = "projects",
    responses((status = 200, body = PartnershipView)))]
async fn delete_partnership(
    may: May<EditPart<Partnership>, (), VersionRequired>,
    state: Data<State>,
) -> ApiResult<Answer> {
    super::delete_part(may, &state).await
}
