//! Partnerships.

use actix_web::{delete, get, patch, post, web::Data};

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::PartResource;
use crate::{
    api::{
        answer::Answer,
        body::Json,
        error::ApiResult,
        may::May,
        merge::{MoneyInput, typed},
        page::list_type,
        service_config::ServiceConfig,
        state::State,
        views::MoneyView,
    },
    domain::{
        fault::{FaultList, ValueFault},
        policy::{EditProject, ReadProject},
        project_parts::{PartnerRole, PartnerStage, Partnership, parse::RawPartnership},
        subject::project_part::{EditPart, ReadPart},
        value::{Prose, Slug, Title},
    },
    store::{Conn, StoreResult, reference},
};

/// Registers the operations of this file.
pub(super) fn register_routes(cfg: &mut ServiceConfig) {
    cfg.service(list_partnerships)
        .service(get_partnership)
        .service(create_partnership)
        .service(edit_partnership)
        .service(delete_partnership);
}

/// A partner's part in a project.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct PartnershipView {
    /// Its identifier.
    pub id: Uuid,
    /// The partner, when it is one of the reference data.
    #[schema(required, example = "japan-international-cooperation-agency-jica")]
    pub partner: Option<String>,
    /// The partner as a source names it.
    #[schema(required)]
    pub as_stated: Option<String>,
    /// What it does; unknown for imported ones.
    #[schema(required)]
    pub role: Option<PartnerRole>,
    /// How far it has come; unknown for imported ones.
    #[schema(required)]
    pub stage: Option<PartnerStage>,
    /// The money involved.
    #[schema(required)]
    pub amount: Option<MoneyView>,
    /// What else is to be said.
    #[schema(required)]
    pub note: Option<String>,
    /// Counts the changes, from 1; in an approved copy, those of the copy.
    pub version: i64,
}
list_type!(
    /// The partnerships of a project, all of them.
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
        }
    }
}

typed! {
    /// A new partnership: a partner of the reference data, or its name as stated, or both.
    #[schema(example = json!({
        "partner": "japan-international-cooperation-agency-jica", "role": "technical", "stage": "study",
        "amount": {"amount_minor": 25_000_000, "currency": "JPY"}, "note": "Feasibility study"
    }))]
    NewPartnership {}
    /// What changes of a partnership (RFC 7396).
    #[schema(example = json!({"stage": "agreement"}))]
    PartnershipPatch {}
    RawPartnership {
        /// The partner, by its slug.
        set partner: String = Option<String>,
        /// The partner's name, when it is none of the reference data.
        set as_stated: String = Option<String>,
        /// What it does.
        set role: String = PartnerRole,
        /// How far it has come.
        set stage: String = PartnerStage,
        /// The money involved.
        nest amount: MoneyInput = Option<MoneyInput>,
        /// What else is to be said, at most 10,000 characters.
        set note: String = Option<String>,
    }
}

impl PartResource for Partnership {
    type View = PartnershipView;
    type New = NewPartnership;
    type Patch = PartnershipPatch;
    const SEGMENT: &'static str = "partnerships";

    fn check_references(
        &self,
        conn: &mut Conn,
        before: Option<&Self>,
        faults: &mut FaultList,
    ) -> StoreResult<()> {
        let Some(partner) = &self.partner else { return Ok(()) };
        let stands = before.is_some_and(|b| b.partner.as_ref() == Some(partner));
        if !stands && reference::find_partner(conn, partner)?.is_none() {
            faults.add("/partner", ValueFault::unknown("partner", Vec::<String>::new()));
        }
        Ok(())
    }
}

/// List partnerships
///
/// In the order in which they were added. Strangers read them as they were last approved.
#[utoipa::path(tag = "projects", responses((status = 200, body = PartnershipList)))]
#[get("/projects/{project}/partnerships")]
async fn list_partnerships(may: May<ReadProject>, state: Data<State>) -> ApiResult<Answer> {
    Answer::from_value(&PartnershipList::from(super::list_parts::<Partnership>(may, &state).await?))
}

/// Read a partnership
///
/// Strangers read it as it was last approved.
#[utoipa::path(tag = "projects", responses((status = 200, body = PartnershipView)))]
#[get("/projects/{project}/partnerships/{id}")]
async fn get_partnership(may: May<ReadPart<Partnership>>) -> ApiResult<Answer> {
    super::get_part(&may)
}

/// Add a partnership
///
/// The partner is one of the reference data, or a name as stated.
#[utoipa::path(tag = "projects", request_body = NewPartnership, responses((status = 201, body = PartnershipView)))]
#[post("/projects/{project}/partnerships")]
async fn create_partnership(
    may: May<EditProject, Json<NewPartnership>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    super::create_part::<Partnership>(may, &state).await
}

/// Edit a partnership
///
/// Changes what the patch names; the whole is checked again.
#[utoipa::path(tag = "projects", request_body = PartnershipPatch, responses((status = 200, body = PartnershipView)))]
#[patch("/projects/{project}/partnerships/{id}")]
async fn edit_partnership(
    may: May<EditPart<Partnership>, Json<PartnershipPatch>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    super::edit_part(may, &state).await
}

/// Delete a partnership
///
/// Answers its last state. What was approved with it stays as it was approved.
#[utoipa::path(tag = "projects", responses((status = 200, body = PartnershipView)))]
#[delete("/projects/{project}/partnerships/{id}")]
async fn delete_partnership(
    may: May<EditPart<Partnership>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    super::delete_part(may, &state).await
}
