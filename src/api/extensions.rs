//! Extensions: a later due day for one city in one cycle.

use actix_web::web::Data;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    answer::Answer,
    body::{Json, Query},
    error::{ApiError, ApiResult},
    may::May,
    page::{WholeListParams, list_type},
    precondition::{VersionIfExists, VersionRequired},
    service_config::ServiceConfig,
    state::State,
};
use crate::{
    app::{self, extensions::ExtensionRequest},
    domain::{
        extension::{DeadlineExtension, RawExtension},
        policy::{ExtendDeadline, ListExtensions, ReadExtension},
    },
    store::{Conn, StoreResult, extensions},
};

pub(super) fn register_routes(cfg: &mut ServiceConfig) {
    cfg.get(operation!(list_extensions))
        .get(operation!(get_extension))
        .put(operation!(grant_extension))
        .delete(operation!(withdraw_extension));
}

/// An extension for a city.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewExtension {
    /// Last day to submit on time, in the city's time zone. It must be after the due day of the cycle.
    #[schema(required, nullable = false, format = Date, example = "2027-01-15")]
    pub due_on: Option<String>,
    /// Reason for the extension, at most 10,000 characters.
    #[schema(
        max_length = 10_000,
        required,
        nullable = false,
        example = "Offices were closed after the flood."
    )]
    pub reason: Option<String>,
}

impl From<NewExtension> for RawExtension {
    fn from(e: NewExtension) -> Self {
        Self { due_on: e.due_on, reason: e.reason }
    }
}

/// A later due day for one city in one cycle.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ExtensionView {
    /// Slug of the cycle.
    #[schema(example = "me-2026")]
    pub cycle: String,
    /// Slug of the city.
    #[schema(example = "da-nang")]
    pub city: String,
    /// Code of the city's country.
    #[schema(example = "VN")]
    pub country: String,
    /// Last day to submit on time, in the city's time zone.
    pub due_on: NaiveDate,
    /// Reason for the extension.
    pub reason: String,
    /// Version of the extension, from 1. It continues if a withdrawn extension is granted again.
    pub version: i64,
}
list_type!(
    /// All extensions of a cycle, ordered by city.
    ExtensionList of ExtensionView
);
impl From<DeadlineExtension> for ExtensionView {
    fn from(e: DeadlineExtension) -> Self {
        Self {
            cycle: e.cycle.to_string(),
            city: e.city.to_string(),
            country: e.country.to_string(),
            due_on: e.due_on,
            reason: e.reason.to_string(),
            version: e.version,
        }
    }
}

/// List extensions
///
/// Lists the extensions of a cycle, ordered by city; with `limit` in pages. Officers see those of their own city, national representatives
/// those of their country, the secretariat all. Other roles get 403.
#[utoipa::path(get, path = "/cycles/{cycle}/extensions", tag = "cycles", params(WholeListParams),
    responses((status = 200, body = ExtensionList)))]
async fn list_extensions(
    may: May<ListExtensions, Query<WholeListParams>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let (cycle, reach) = (may.key, may.actor.visible_rows().working);
    let all = state.db.read(move |c: &mut Conn| -> StoreResult<_> { extensions::list_in_force(c) });
    let visible = |e: &DeadlineExtension| e.cycle == cycle && reach.covers_city(e.country, &e.city);
    let items = all.await?.into_iter().filter(visible);
    let items = items.map(|e| (e.city.to_string(), ExtensionView::from(e))).collect();
    let path = format!("/api/v1/cycles/{cycle}/extensions");
    may.body.0.answer_items::<ExtensionList, _, _>(&path, items)
}

/// Read an extension
///
/// Returns the extension of a city in a cycle; the answer is 404 if there is none. For officers of the city, the
/// national representative of its country and the secretariat.
#[utoipa::path(get, path = "/cycles/{cycle}/extensions/{city}", tag = "cycles",
    responses((status = 200, body = ExtensionView)))]
async fn get_extension(may: May<ReadExtension>) -> ApiResult<Answer> {
    let extension = may.proof.subject().extension_in_force().cloned().ok_or(ApiError::NotFound)?;
    let view = ExtensionView::from(extension);
    Answer::from_record(view.version, &view)
}

/// Grant an extension
///
/// Gives a city a later due day in a cycle, or replaces the day that it was given before. The city may write and submit
/// reports until then, even if the cycle is closed. The national representative of the city's country and the
/// secretariat may do this. The answer is 409 for an imported cycle, which has no due day. `If-Match` is required to
/// replace an extension, and refused if there is none. The same day with the same reason adds no version.
#[utoipa::path(
    put, path = "/cycles/{cycle}/extensions/{city}",
    tag = "cycles",
    request_body = NewExtension,
    responses((status = 200, body = ExtensionView), (status = 201, body = ExtensionView))
)]
async fn grant_extension(
    may: May<ExtendDeadline, Json<NewExtension>, VersionIfExists>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let request = ExtensionRequest {
        caller: may.caller,
        key: may.key,
        precondition: may.precondition.into(),
    };
    let location = format!("/api/v1/cycles/{}/extensions/{}", request.key.0, request.key.1);
    let Json(body) = may.body;
    let write =
        state.db.write(move |tx| app::extensions::grant_extension(tx, &request, body.into()));
    let granted = write.await?;
    let view = ExtensionView::from(granted.extension);
    let answer = Answer::from_record(view.version, &view)?;
    Ok(if granted.created { answer.mark_created(location) } else { answer })
}

/// Withdraw an extension
///
/// The due day of the cycle counts for the city again. The national representative of the city's country and the
/// secretariat may do this. The answer is the last state of the extension.
#[utoipa::path(delete, path = "/cycles/{cycle}/extensions/{city}", tag = "cycles",
    responses((status = 200, body = ExtensionView)))]
async fn withdraw_extension(
    may: May<ExtendDeadline, (), VersionRequired>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let request = ExtensionRequest {
        caller: may.caller,
        key: may.key,
        precondition: may.precondition.into(),
    };
    let after = state.db.write(move |tx| app::extensions::withdraw_extension(tx, &request)).await?;
    let view = ExtensionView::from(after);
    Answer::from_record(view.version, &view)
}
