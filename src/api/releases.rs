//! Releases: publishes a cycle, and lists, shows and verifies releases. The submodules answer what a release holds.

use actix_web::web::Data;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    answer::Answer,
    body::{Json, Query},
    error::{ApiError, ApiResult},
    may::May,
    page::{ListParams, PageRequest},
    precondition::VersionRefused,
    release_request::ReleaseRequest,
    service_config::ServiceConfig,
    state::State,
};
use crate::{
    app::releases,
    domain::{policy::PublishRelease, release::raw_release::RawRelease},
    store::{self, Conn, StoreError, releases::assembly},
};

mod annual_report;
pub(super) mod data_archive;
mod figures;
pub(super) mod reports;
mod views;

pub(crate) use views::{ReleaseList, ReleaseVerification, ReleaseView};

const PATH: &str = "/api/v1/releases";

pub(super) fn register_routes(cfg: &mut ServiceConfig) {
    cfg.get(operation!(list_releases))
        .post(operation!(publish_release))
        .get(operation!(get_release))
        .get(operation!(verify_release))
        .get(operation!(reports::list_release_reports))
        .get(operation!(data_archive::get_release_data))
        .get(operation!(annual_report::get_release_report));
    figures::register_routes(cfg);
}

/// A request to publish a release.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewRelease {
    /// The key of the cycle. The cycle must be closed.
    #[schema(required, nullable = false, example = "me-2026")]
    pub cycle: Option<String>,
    /// A note for readers of the release.
    #[schema(
        max_length = 10_000,
        example = "The annual report of 2026, without the cities that asked for more time."
    )]
    pub note: Option<String>,
}

impl From<NewRelease> for RawRelease {
    fn from(body: NewRelease) -> Self {
        Self { cycle: body.cycle, note: body.note }
    }
}

/// List releases
///
/// Lists all releases, ordered by the key of the cycle and by number.
///
/// Every signed-in user with a grant may call this. If the operator of the service has made releases public, callers
/// need not sign in. `published_by` is shown to the secretariat and to administrators only.
#[utoipa::path(get, path = "/releases", tag = "releases", params(ListParams),
    responses((status = 200, body = ReleaseList)))]
async fn list_releases(
    released: ReleaseRequest<Query<ListParams>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let actor = released.actor.clone();
    let Query(params) = released.into_input()?;
    let request: PageRequest<(String, i64)> =
        PageRequest::from_parameters(PATH, &(), params.cursor.as_deref(), params.limit)?;
    let load = move |c: &mut Conn| releases::list_releases(c, actor.as_deref());
    let details = state.db.read(load).await.map_err(|e: StoreError| e)?;
    let views = details.into_iter().map(ReleaseView::from).collect();
    let list = ReleaseList::from(request.cut_page(views, |v| (v.cycle.clone(), v.number))?);
    request.answer_list(&list, list.next.as_deref())
}

/// Read a release
///
/// Returns the counts of what the release holds, the entry of the journal that it rests on, the SHA-256 of its
/// canonical content, and what changed since the previous release of its cycle. The key `latest` names the last release
/// of the cycle with the latest cut-off day.
///
/// Every signed-in user with a grant may call this. If the operator of the service has made releases public, callers
/// need not sign in. `published_by` is shown to the secretariat and to administrators only.
#[utoipa::path(get, path = "/releases/{release}", tag = "releases",
    responses((status = 200, body = ReleaseView)))]
async fn get_release(released: ReleaseRequest<()>, state: Data<State>) -> ApiResult<Answer> {
    answer_release(released, &state).await
}

/// Answers the operation, and shares of it.
pub(super) async fn answer_release(
    released: ReleaseRequest<()>,
    state: &State,
) -> ApiResult<Answer> {
    let actor = released.actor.clone();
    let (named, ()) = released.find_release(state).await?;
    let key = named.key.clone();
    let view = state
        .db
        .read_point(move |c| -> ApiResult<ReleaseView> {
            let release = store::releases::find(c, &key)?.ok_or(ApiError::NotFound)?;
            Ok(releases::load_release_detail(c, release, actor.as_deref())?.into())
        })
        .await?;
    Ok(named.add_content_location(Answer::from_record(1, &view)?))
}

/// Publish a release
///
/// Freezes the approved reports of a closed cycle under the next release number. A release never changes. A later
/// release of the same cycle holds the corrections that were approved since the previous one. It lists them as errata
/// with the reasons for which the reports were reopened, so these reasons become public.
///
/// Only the secretariat may publish. 409 if the cycle is not closed, if no report in it is approved, or if nothing was
/// approved in it since its last release. 422 if the cycle is unknown or the note is not acceptable.
#[utoipa::path(post, path = "/releases", tag = "releases", request_body = NewRelease,
    responses((status = 201, body = ReleaseView)))]
async fn publish_release(
    may: May<PublishRelease, Json<NewRelease>, VersionRefused>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let (caller, raw) = (may.caller, RawRelease::from(may.body.0));
    let detail = state.db.write(move |tx| releases::publish_release(tx, caller, raw)).await?;
    let view = ReleaseView::from(detail);
    let location = format!("{PATH}/{}", view.release);
    Ok(Answer::from_record(1, &view)?.mark_created(location))
}

/// Verify a release
///
/// Recomputes the release from its frozen content and from the journal. It checks the hash of the content, the
/// published figures, and for each report that the journal holds it as the approved copy of that time.
///
/// Every signed-in user with a grant may call this. If the operator of the service has made releases public, callers
/// need not sign in. One verification runs at a time and a few can wait. If too many wait, the request is refused with
/// 503; try again later.
#[utoipa::path(get, path = "/releases/{release}/verify", tag = "releases",
    responses((status = 200, body = ReleaseVerification)))]
async fn verify_release(released: ReleaseRequest<()>, state: Data<State>) -> ApiResult<Answer> {
    let (named, ()) = released.find_release(&state).await?;
    let key = named.key.clone();
    let check = move |c: &mut Conn| -> ApiResult<ReleaseVerification> {
        let release = store::releases::find(c, &key)?.ok_or(ApiError::NotFound)?;
        let checked = assembly::verify_release(c, &release)?;
        Ok(ReleaseVerification::new(&release, checked))
    };
    let checked = state.verifying.run_verification(check).await?;
    Ok(named.add_content_location(Answer::from_value(&checked)?))
}
