//! Extensions: more time for one city in one cycle.

use actix_web::{delete, get, put, web::Data};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    answer::Answer,
    body::Json,
    error::{ApiError, ApiResult},
    may::May,
    page::{ListPage, list_type},
    precondition::Precondition,
    service_config::ServiceConfig,
    state::State,
};
use crate::{
    domain::{
        extension::{DeadlineExtension, RawExtension},
        policy::{ExtendDeadline, ListExtensions, ReadExtension},
        value::Slug,
    },
    store::{Caller, Change, Conn, StoreResult, Tx, extensions},
};

/// Registers the operations of this file.
pub(super) fn register_routes(cfg: &mut ServiceConfig) {
    cfg.service(list_extensions)
        .service(get_extension)
        .service(grant_extension)
        .service(withdraw_extension);
}

/// More time for a city.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewExtension {
    /// The last day, in the city's time zone; after the cycle's own due day.
    #[schema(required, nullable = false, format = Date, example = "2027-01-15")]
    pub due_on: Option<String>,
    /// Why.
    #[schema(required, nullable = false, example = "Offices were closed after the flood.")]
    pub reason: Option<String>,
}

/// A later due day of one city in one cycle.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ExtensionView {
    /// The cycle.
    #[schema(example = "me-2026")]
    pub cycle: String,
    /// The city.
    #[schema(example = "da-nang")]
    pub city: String,
    /// The city's country.
    #[schema(example = "VN")]
    pub country: String,
    /// The last day, in the city's time zone.
    pub due_on: NaiveDate,
    /// Why.
    pub reason: String,
    /// Counts the changes, from 1; it goes on when an extension is granted again.
    pub version: i64,
}
list_type!(
    /// The extensions of a cycle, all of them, by city.
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
/// Of a cycle, by city, as far as the caller works on the cities: officers see their own city's, representatives those of
/// their country, the secretariat all.
#[utoipa::path(tag = "cycles", responses((status = 200, body = ExtensionList)))]
#[get("/cycles/{cycle}/extensions")]
async fn list_extensions(may: May<ListExtensions>, state: Data<State>) -> ApiResult<Answer> {
    let (cycle, reach) = (may.key, may.actor.visible_rows().working);
    let all = state.db.read(move |c: &mut Conn| -> StoreResult<_> { extensions::list_in_force(c) });
    let seen = |e: &DeadlineExtension| e.cycle == cycle && reach.covers_city(e.country, &e.city);
    let items: Vec<ExtensionView> =
        all.await?.into_iter().filter(seen).map(ExtensionView::from).collect();
    let total = i64::try_from(items.len()).unwrap_or(i64::MAX);
    Answer::from_value(&ExtensionList::from(ListPage { items, next: None, total }))
}

/// Read an extension
///
/// For the city, its representative and the secretariat.
#[utoipa::path(tag = "cycles", responses((status = 200, body = ExtensionView)))]
#[get("/cycles/{cycle}/extensions/{city}")]
async fn get_extension(may: May<ReadExtension>) -> ApiResult<Answer> {
    let extension = may.proof.subject().extension_in_force().cloned().ok_or(ApiError::NotFound)?;
    let view = ExtensionView::from(extension);
    Answer::from_record(view.version, &view)
}

/// Who asks for which extension, on which condition.
struct ExtensionRequest {
    caller: Caller,
    key: (Slug, Slug),
    precondition: Precondition,
}

/// Grant an extension
///
/// The city's representative or the secretariat moves its due day, or grants another day than before. The city can file
/// until then even when the cycle is closed.
#[utoipa::path(
    tag = "cycles",
    request_body = NewExtension,
    responses((status = 200, body = ExtensionView), (status = 201, body = ExtensionView))
)]
#[put("/cycles/{cycle}/extensions/{city}")]
async fn grant_extension(
    may: May<ExtendDeadline, Json<NewExtension>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let asked =
        ExtensionRequest { caller: may.caller, key: may.key, precondition: may.precondition };
    let location = format!("/api/v1/cycles/{}/extensions/{}", asked.key.0, asked.key.1);
    let Json(body) = may.body;
    let (view, new) = state.db.write(move |tx| save_extension(tx, &asked, body)).await?;
    let answer = Answer::from_record(view.version, &view)?;
    Ok(if new { answer.mark_created(location) } else { answer })
}

fn save_extension(
    tx: &mut Tx<'_>,
    asked: &ExtensionRequest,
    body: NewExtension,
) -> ApiResult<(ExtensionView, bool)> {
    let on = tx.prove::<ExtendDeadline>(asked.caller, &asked.key)?.into_subject();
    match on.extension_in_force() {
        Some(before) => asked.precondition.check_required(tx, before)?,
        None => asked.precondition.check_absent()?,
    }
    if on.cycle.due_on.is_none() {
        return Err(ApiError::Conflict("an imported cycle has no due day to extend".into()));
    }
    let new = on.extension_in_force().is_none();
    let raw = RawExtension { due_on: body.due_on, reason: body.reason };
    let said = raw.parse(&on.cycle)?;
    let place = (&on.cycle.slug, &on.city.slug, on.city.country);
    let extension = DeadlineExtension::grant_or_replace(on.extension, place, said);
    let reason = Some(extension.reason.to_string());
    tx.save(&extension, Change::with_reason(if new { "grant" } else { "edit" }, reason))?;
    Ok((extension.into(), new))
}

/// Withdraw an extension
///
/// The cycle's own due day counts again. Answers the last state.
#[utoipa::path(tag = "cycles", responses((status = 200, body = ExtensionView)))]
#[delete("/cycles/{cycle}/extensions/{city}")]
async fn withdraw_extension(may: May<ExtendDeadline>, state: Data<State>) -> ApiResult<Answer> {
    let asked =
        ExtensionRequest { caller: may.caller, key: may.key, precondition: may.precondition };
    let view = state
        .db
        .write(move |tx| {
            let on = tx.prove::<ExtendDeadline>(asked.caller, &asked.key)?.into_subject();
            let before = on.extension_in_force().cloned().ok_or(ApiError::NotFound)?;
            asked.precondition.check_required(tx, &before)?;
            let after = before.withdraw();
            tx.save(&after, Change::without_reason("withdraw"))?;
            Ok::<_, ApiError>(ExtensionView::from(after))
        })
        .await?;
    Answer::from_record(view.version, &view)
}
