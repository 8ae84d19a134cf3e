//! Shares: secret addresses that answer one request about a release. The secretariat creates, lists and revokes them.
//! Programs that cannot sign in read them: the address gives the right to this one answer and to nothing else.

use actix_web::{http::header, web::Data};
use chrono::NaiveDate;
use uuid::Uuid;

use super::{
    answer::{Answer, SecretAnswer},
    body::{Json, Query},
    error::{ApiError, ApiResult},
    may::{May, PublicRequest},
    page::{ListParams, PageRequest},
    precondition::VersionRefused,
    service_config::ServiceConfig,
    state::State,
};
use crate::{
    app::shares::{self, ShareDetail},
    auth::secret::digest_token,
    domain::{
        fault::FaultList,
        id::Id,
        policy::{CreateShare, ListShares, ReadShare, RevokeShare},
        share::{RawShare, Share, ShareFormat},
    },
    store::{StoreError, unguarded},
};

mod answers;
mod uses;
mod views;

pub(crate) use uses::ShareUseCounter;
pub(crate) use views::{MadeShareView, NewShare, ShareList, ShareView};

const PATH: &str = "/api/v1/shares";

pub(super) fn register_routes(cfg: &mut ServiceConfig) {
    cfg.get(operation!(list_shares))
        .post(operation!(create_share))
        .get(operation!(get_share))
        .delete(operation!(revoke_share));
}

/// Registers the address of shares, which is at the root and not under `/api/v1`.
pub(super) fn register_share_address(cfg: &mut ServiceConfig) {
    cfg.get(operation!(read_share));
}

/// List shares
///
/// Lists all shares in the order in which they were created, with the number of their uses. Expired and revoked shares
/// are included. Their addresses are not shown. Only the secretariat may call this.
#[utoipa::path(get, path = "/shares", tag = "shares", params(ListParams),
    responses((status = 200, body = ShareList)))]
async fn list_shares(
    may: May<ListShares, Query<ListParams>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let Query(params) = may.body;
    let request =
        PageRequest::<Uuid>::from_parameters(PATH, &(), params.cursor.as_deref(), params.limit)?;
    state.uses.write_uses().await;
    let (after, limit) = (request.after.map(Id::new), request.limit + 1);
    let (details, total) = state.db.read(move |c| shares::list_shares(c, after, limit)).await?;
    let id = |detail: &ShareDetail| detail.share.id.as_uuid();
    let list = ShareList::from(request.build_page(details, total, id, ShareView::from)?);
    request.answer_list(&list, list.next.as_deref())
}

/// Read a share
///
/// Returns what the share answers and how often it was used. If several instances of the service run, uses of the last
/// minute may be missing. The address is not shown again. Only the secretariat may call this.
#[utoipa::path(get, path = "/shares/{id}", tag = "shares",
    responses((status = 200, body = ShareView)))]
async fn get_share(may: May<ReadShare>, state: Data<State>) -> ApiResult<Answer> {
    state.uses.write_uses().await;
    let share = may.proof.into_subject().share;
    let detail = state.db.read_point(move |c| shares::load_share_detail(c, share)).await?;
    Answer::from_record(detail.share.version, &ShareView::from(detail))
}

/// Create a share
///
/// Creates a secret address that answers one path over a release in one format. Programs read it without signing in,
/// until `expires_on`. The path may name the release `latest`; then the share always answers the latest release. The
/// address is shown in this answer only.
///
/// Only the secretariat may call this. 422 if a field is not valid, for example if `expires_on` is in the past or more
/// than two years ahead. The service requests the path once before it creates the share: 422 also if the path has no
/// answer now, or no answer in this format.
#[utoipa::path(post, path = "/shares", tag = "shares", request_body = NewShare,
    responses((status = 201, body = MadeShareView)))]
async fn create_share(
    may: May<CreateShare, Json<NewShare>, VersionRefused>,
    state: Data<State>,
) -> ApiResult<SecretAnswer> {
    let (caller, mut faults) = (may.caller, FaultList::new());
    let parsed = RawShare::from(may.body.0).parse(current_day(&state), &mut faults);
    answers::check_answerable(&state, &parsed, &mut faults).await?;
    let terms = faults.finish_built(parsed.into_terms())?;
    let created = state.db.write(move |tx| shares::create_share(tx, caller, terms)).await?;
    let location = format!("{PATH}/{}", created.detail.share.id);
    let view = MadeShareView::from(created);
    Ok(Answer::from_value(&view)?.mark_created(location).mark_secret())
}

/// Revoke a share
///
/// The address stops working at once, on every instance of the service. Revoking a share again changes nothing. Only
/// the secretariat may call this.
#[utoipa::path(delete, path = "/shares/{id}", tag = "shares",
    responses((status = 200, body = ShareView)))]
async fn revoke_share(may: May<RevokeShare>, state: Data<State>) -> ApiResult<Answer> {
    let (caller, key) = (may.caller, may.key);
    let detail = state.db.write(move |tx| shares::revoke_share(tx, caller, key)).await?;
    Answer::from_record(detail.share.version, &ShareView::from(detail))
}

/// Read shared data
///
/// Returns the answer that the share was created for, in its format, from the current data: a share of the latest
/// release changes with the next release. The caller need not sign in. 404 if the address was never created, has
/// expired or was revoked; the answer does not tell which.
#[utoipa::path(
    get, path = "/s/{token}.{format}",
    tag = "shares",
    params(
        ("token" = String, Path, description = "The secret part of the address.", example = "9Jx0"),
        ("format" = ShareFormat, Path, description = "The format of the share.", example = "json")
    ),
    responses((status = 200, description = "The shared data.", content(
        (serde_json::Value = "application/json"), (String = "text/csv"),
        (serde_json::Value = "application/geo+json"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    )))
)]
async fn read_share(public: PublicRequest, state: Data<State>) -> ApiResult<Answer> {
    let [token, format] =
        <[String; 2]>::try_from(public.path).map_err(|_other| ApiError::NotFound)?;
    let share = find_open_share(&state, &token, &format).await?;
    let answer = answers::answer_share(&state, &share, public.language).await?;
    state.uses.count_use(share.id);
    Ok(answer
        .without_next_page()
        .with_header(header::CONTENT_DISPOSITION, views::build_disposition(&share))
        .with_header(header::HeaderName::from_static("x-robots-tag"), "noindex")
        // A share can be revoked, so every read must reach the server. This also replaces the header of public
        // releases, which permits caching for a year.
        .with_header(header::CACHE_CONTROL, "private, no-cache"))
}

/// Finds the share of a token, if it is open today and has this format.
async fn find_open_share(state: &State, token: &str, format: &str) -> ApiResult<Share> {
    let (digest, today) = (digest_token(token), current_day(state));
    let found = state.db.read_point(move |c| unguarded::find_share_by_secret(c, &digest)).await;
    found
        .map_err(|e: StoreError| e)?
        .filter(|share| share.is_open(today) && share.format.as_str() == format)
        .ok_or(ApiError::NotFound)
}

/// Returns the current day in UTC.
fn current_day(state: &State) -> NaiveDate {
    state.clock.now().date_naive()
}
