//! Shares: how the secretariat makes, lists and takes back secret addresses over releases, and what stands at one. Programs
//! that cannot sign in read there; the address is the right to one thing, and to nothing else.

use actix_web::{delete, get, http::header, post, web::Data};
use chrono::NaiveDate;
use uuid::Uuid;

use super::{
    answer::Answer,
    body::{Json, Query},
    error::{ApiError, ApiResult},
    may::{May, PublicRequest},
    page::{ListPage, ListParams, PageRequest},
    service_config::ServiceConfig,
    state::State,
};
use crate::{
    auth::secret::{digest_token, generate_token},
    clock,
    domain::{
        id::Id,
        policy::{CreateShare, ListShares, ReadShare, RevokeShare},
        share::{RawShare, Share, ShareFormat},
    },
    store::{
        Caller, Change, Conn, StoreError, StoreResult, Tx, shares,
        unguarded::{self, ShareUse},
        users,
    },
};

mod answers;
mod uses;
mod views;

pub(crate) use uses::{ShareUseCounter, write_uses};
pub(crate) use views::{MadeShareView, NewShare, ShareList, ShareView};

const PATH: &str = "/api/v1/shares";

/// Registers the operations of this file.
pub(super) fn register_routes(cfg: &mut ServiceConfig) {
    cfg.service(list_shares).service(create_share).service(get_share).service(revoke_share);
}

/// Registers the addresses themselves, at the root.
pub(super) fn register_share_address(cfg: &mut ServiceConfig) {
    cfg.service(read_share);
}

/// List shares
///
/// All that were ever made, in the order of their making, with how often they were used. The secretariat's.
#[utoipa::path(tag = "shares", params(ListParams), responses((status = 200, body = ShareList)))]
#[get("/shares")]
async fn list_shares(
    may: May<ListShares, Query<ListParams>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let Query(params) = may.body;
    let request =
        PageRequest::<Uuid>::from_parameters(PATH, &(), params.cursor.as_deref(), params.limit)?;
    write_uses(&state).await;
    let list = state
        .db
        .read(move |c| -> ApiResult<(ShareList, PageRequest<Uuid>)> {
            let (found, total) = shares::list(c, request.after.map(Id::new), request.limit + 1)?;
            let views = load_share_views(c, &found)?;
            let page: ListPage<ShareView> = request.build_page(views, total, |v| v.id, |v| v)?;
            Ok((page.into(), request))
        })
        .await;
    let (list, request) = list?;
    request.answer_list(&list, list.next.as_deref())
}

/// Read a share
///
/// What it gives and how often it was used; uses of the last minute may be missing where the service runs more than once.
/// Its address is not told again.
#[utoipa::path(tag = "shares", responses((status = 200, body = ShareView)))]
#[get("/shares/{id}")]
async fn get_share(may: May<ReadShare>, state: Data<State>) -> ApiResult<Answer> {
    write_uses(&state).await;
    let share = may.proof.into_subject().share;
    let view = state.db.read_point(move |c| load_share_view(c, &share)).await?;
    Answer::from_record(view.version, &view)
}

/// Make a share
///
/// A path over releases, `latest` included, becomes an address that is read without signing in, in one format, until a day
/// at most two years ahead. The address is shown in this answer alone. A path that is not answered now is refused.
#[utoipa::path(tag = "shares", request_body = NewShare, responses((status = 201, body = MadeShareView)))]
#[post("/shares")]
async fn create_share(
    may: May<CreateShare, Json<NewShare>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    may.precondition.check_absent()?;
    let (caller, Json(body)) = (may.caller, may.body);
    let terms = RawShare::from(body).parse(current_day(&state))?;
    answers::check_answerable(&state, &terms).await?;
    let (token, digest) = generate_token();
    let write = move |tx: &mut Tx<'_>| -> ApiResult<ShareView> {
        tx.prove::<CreateShare>(caller, &())?;
        let share = Share::create(Id::new(clock::generate_uuid()), terms, caller.user, tx.at());
        tx.save(&share, Change::without_reason("create"))?;
        unguarded::insert_share_secret(tx.conn(), share.id, &digest)?;
        Ok(load_share_view(tx.conn(), &share)?)
    };
    let view = state.db.write(write).await?;
    let location = format!("{PATH}/{}", view.id);
    let view = MadeShareView::new(view, &token);
    Ok(Answer::from_value(&view)?.mark_created(location).mark_secret())
}

/// Take a share back
///
/// Its address no longer works from now on, here and on every other instance. Taking it back again changes nothing.
#[utoipa::path(tag = "shares", responses((status = 200, body = ShareView)))]
#[delete("/shares/{id}")]
async fn revoke_share(may: May<RevokeShare>, state: Data<State>) -> ApiResult<Answer> {
    let (caller, key) = (may.caller, may.key);
    let view = state.db.write(move |tx| revoke_and_save(tx, caller, key)).await?;
    Answer::from_record(view.version, &view)
}

fn revoke_and_save(tx: &mut Tx<'_>, caller: Caller, key: Id<Share>) -> ApiResult<ShareView> {
    let share = tx.prove::<RevokeShare>(caller, &key)?.into_subject().share;
    let share = match share.clone().revoke() {
        Some(revoked) => {
            tx.save(&revoked, Change::without_reason("revoke"))?;
            revoked
        }
        None => share,
    };
    Ok(load_share_view(tx.conn(), &share)?)
}

/// Read what is shared
///
/// What the share was made for, in its format, as it is at the moment: a share of the latest release follows the next one.
/// An address that was never made, that is past its last day or that was taken back is 404, each in the same words.
#[utoipa::path(
    tag = "shares",
    security(()),
    params(
        ("token" = String, Path, description = "The secret part of the address.", example = "9Jx0"),
        ("format" = ShareFormat, Path, description = "The format that the share was made in.", example = "json")
    ),
    responses((status = 200, description = "What is shared.", content(
        (serde_json::Value = "application/json"), (String = "text/csv"),
        (serde_json::Value = "application/geo+json"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    )))
)]
#[get("/s/{token}.{format}")]
async fn read_share(public: PublicRequest, state: Data<State>) -> ApiResult<Answer> {
    let [token, format] =
        <[String; 2]>::try_from(public.path).map_err(|_other| ApiError::NotFound)?;
    let share = find_open_share(&state, &token, &format).await?;
    let answer = answers::answer_path(&state, &share.path, share.format, public.language).await?;
    uses::count_share_use(&state, share.id);
    Ok(answer
        .without_next_page()
        .with_header(header::CONTENT_DISPOSITION, views::build_disposition(&share))
        .with_header(header::HeaderName::from_static("x-robots-tag"), "noindex")
        // What can be taken back is asked for each time, also where releases themselves may be kept for good.
        .with_header(header::CACHE_CONTROL, "private, no-cache"))
}

/// Finds the share of a secret, if it is answered today and in that format.
async fn find_open_share(state: &State, token: &str, format: &str) -> ApiResult<Share> {
    let (digest, today) = (digest_token(token), current_day(state));
    let found = state.db.read_point(move |c| unguarded::find_share_by_secret(c, &digest)).await;
    found
        .map_err(|e: StoreError| e)?
        .filter(|share| share.is_open(today) && share.format.as_str() == format)
        .ok_or(ApiError::NotFound)
}

/// Returns the day that it is in UTC.
fn current_day(state: &State) -> NaiveDate {
    state.clock.now().date_naive()
}

fn load_share_view(conn: &mut Conn, share: &Share) -> StoreResult<ShareView> {
    let lost = || StoreError::Corrupt("a share without its secret".into());
    load_share_views(conn, std::slice::from_ref(share))?.into_iter().next().ok_or_else(lost)
}

/// Shows shares with their makers' names and how often they were used.
fn load_share_views(conn: &mut Conn, found: &[Share]) -> StoreResult<Vec<ShareView>> {
    let ids: Vec<Id<Share>> = found.iter().map(|s| s.id).collect();
    let mut makers: Vec<Uuid> = found.iter().map(|s| s.created_by.as_uuid()).collect();
    makers.sort_unstable();
    makers.dedup();
    let (uses, names) =
        (unguarded::list_share_uses(conn, &ids)?, users::list_names(conn, &makers)?);
    let view = |share: &Share| {
        let counted: Option<&ShareUse> = uses.iter().find(|u| u.share == share.id);
        let name = names.iter().find(|(id, _)| *id == share.created_by.as_uuid());
        Some(ShareView::new(share, counted?, &name?.1))
    };
    Ok(found.iter().filter_map(view).collect())
}
