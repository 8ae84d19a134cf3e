//! Extensions: a later due day for one city in one cycle.

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

pub(super) fn register_routes(cfg: &mut ServiceConfig) {
    cfg.service(list_extensions)
        .service(get_extension)
        .service(grant_extension)
        .service(withdraw_extension);
}

/// An extension for a city.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewExtension {
    /// Last day to submit on time, in the city's time zone. It must be after the due day of the cycle.
    #[schema(required, nullable = false, format = Date, example = "2027-01-15")]
    pub due_on: Option<String>,
    /// Reason for the extension, at most 10,000 characters.
    #[schema(required, nullable = false, example = "Offices were closed after the flood.")]
    pub reason: Option<String>,
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
/// Lists the extensions of a cycle, ordered by city. Officers see those of their own city, national representatives
/// those of their country, the secretariat all. Other roles get 403.
#[utoipa::path(tag = "cycles", responses((status = 200, body = ExtensionList)))]
#[get("/cycles/{cycle}/extensions")]
async fn list_extensions(may: May<ListExtensions>, state: Data<State>) -> ApiResult<Answer> {
    let (cycle, reach) = (may.key, may.actor.visible_rows().working);
    let all = state.db.read(move |c: &mut Conn| -> StoreResult<_> { extensions::list_in_force(c) });
    let visible = |e: &DeadlineExtension| e.cycle == cycle && reach.covers_city(e.country, &e.city);
    let items: Vec<ExtensionView> =
        all.await?.into_iter().filter(visible).map(ExtensionView::from).collect();
    let total = i64::try_from(items.len()).unwrap_or(i64::MAX);
    Answer::from_value(&ExtensionList::from(ListPage { items, next: None, total }))
}

/// Read an extension
///
/// Returns the extension of a city in a cycle; the answer is 404 if there is none. For officers of the city, the
/// national representative of its country and the secretariat.
#[utoipa::path(tag = "cycles", responses((status = 200, body = ExtensionView)))]
#[get("/cycles/{cycle}/extensions/{city}")]
async fn get_extension(may: May<ReadExtension>) -> ApiResult<Answer> {
    let extension = may.proof.subject().extension_in_force().cloned().ok_or(ApiError::NotFound)?;
    let view = ExtensionView::from(extension);
    Answer::from_record(view.version, &view)
}

struct ExtensionRequest {
    caller: Caller,
    key: (Slug, Slug),
    precondition: Precondition,
}

/// Grant an extension
///
/// Gives a city a later due day in a cycle, or replaces the day that it was given before. The city may write and submit
/// reports until then, even if the cycle is closed. The national representative of the city's country and the
/// secretariat may do this. The answer is 409 for an imported cycle, which has no due day. `If-Match` is required to
/// replace an extension, and refused if there is none.
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
    let request =
        ExtensionRequest { caller: may.caller, key: may.key, precondition: may.precondition };
    let location = format!("/api/v1/cycles/{}/extensions/{}", request.key.0, request.key.1);
    let Json(body) = may.body;
    let (view, new) = state.db.write(move |tx| save_extension(tx, &request, body)).await?;
    let answer = Answer::from_record(view.version, &view)?;
    Ok(if new { answer.mark_created(location) } else { answer })
}

fn save_extension(
    tx: &mut Tx<'_>,
    request: &ExtensionRequest,
    body: NewExtension,
) -> ApiResult<(ExtensionView, bool)> {
    let subject = tx.prove::<ExtendDeadline>(request.caller, &request.key)?.into_subject();
    match subject.extension_in_force() {
        Some(before) => request.precondition.check_required(tx, before)?,
        None => request.precondition.check_absent()?,
    }
    if subject.cycle.due_on.is_none() {
        return Err(ApiError::Conflict("an imported cycle has no due day to extend".into()));
    }
    let new = subject.extension_in_force().is_none();
    let raw = RawExtension { due_on: body.due_on, reason: body.reason };
    let terms = raw.parse(&subject.cycle)?;
    let extension = DeadlineExtension::grant_or_replace(
        subject.extension,
        &subject.cycle.slug,
        &subject.city,
        terms,
    );
    let reason = Some(extension.reason.to_string());
    tx.save(&extension, Change::with_reason(if new { "grant" } else { "edit" }, reason))?;
    Ok((extension.into(), new))
}

/// Withdraw an extension
///
/// The due day of the cycle counts for the city again. The national representative of the city's country and the
/// secretariat may do this. The answer is the last state of the extension.
#[utoipa::path(tag = "cycles", responses((status = 200, body = ExtensionView)))]
#[delete("/cycles/{cycle}/extensions/{city}")]
async fn withdraw_extension(may: May<ExtendDeadline>, state: Data<State>) -> ApiResult<Answer> {
    let request =
        ExtensionRequest { caller: may.caller, key: may.key, precondition: may.precondition };
    let view = state
        .db
        .write(move |tx| {
            let subject = tx.prove::<ExtendDeadline>(request.caller, &request.key)?.into_subject();
            let before = subject.extension_in_force().cloned().ok_or(ApiError::NotFound)?;
            request.precondition.check_required(tx, &before)?;
            let after = before.withdraw();
            tx.save(&after, Change::without_reason("withdraw"))?;
            Ok::<_, ApiError>(ExtensionView::from(after))
        })
        .await?;
    Answer::from_record(view.version, &view)
}
