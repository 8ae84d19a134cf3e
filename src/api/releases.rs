//! Releases: publishes a cycle, and lists, shows and verifies releases. The submodules answer what a release holds.

use actix_web::{get, post, web::Data};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    answer::Answer,
    body::{Json, Query},
    error::{ApiError, ApiResult},
    may::May,
    page::{ListParams, PageRequest},
    released::Released,
    service_config::ServiceConfig,
    state::State,
    views::PersonView,
};
use crate::{
    domain::{
        fault::{FaultList, ValueFault},
        policy::{Actor, PublishRelease},
        release::{self, PublishError, Release, ReleaseMetadata},
        report::AuditStamp,
        value::{Prose, Slug},
    },
    store::{
        Caller, Conn, Tx, cycles,
        releases::{self, assembly},
        users,
    },
};

mod annual_report;
pub(super) mod data_archive;
mod figures;
pub(super) mod reports;
mod views;

pub(crate) use views::{ReleaseList, ReleaseVerification, ReleaseView};

pub(super) fn register_routes(cfg: &mut ServiceConfig) {
    cfg.service(list_releases)
        .service(publish_release)
        .service(get_release)
        .service(verify_release)
        .service(reports::list_release_reports)
        .service(data_archive::get_release_data)
        .service(annual_report::get_release_report);
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
    #[schema(example = "The annual report of 2026, without the cities that asked for more time.")]
    pub note: Option<String>,
}

/// List releases
///
/// Lists all releases, ordered by the key of the cycle and by number.
///
/// Every signed-in user with a grant may call this. If the operator of the service has made releases public, callers
/// need not sign in. `published_by` is shown to the secretariat and to administrators only.
#[utoipa::path(tag = "releases", params(ListParams), responses((status = 200, body = ReleaseList)))]
#[get("/releases")]
async fn list_releases(
    released: Released<Query<ListParams>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let actor = released.actor.clone();
    let Query(params) = released.into_input()?;
    let request = PageRequest::<(String, i64)>::from_parameters(
        "/api/v1/releases",
        &(),
        params.cursor.as_deref(),
        params.limit,
    )?;
    let views = state
        .db
        .read(move |c| -> ApiResult<Vec<ReleaseView>> {
            let all = releases::list(c)?;
            all.into_iter().map(|release| load_release_view(c, release, actor.as_deref())).collect()
        })
        .await?;
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
#[utoipa::path(tag = "releases", responses((status = 200, body = ReleaseView)))]
#[get("/releases/{release}")]
async fn get_release(released: Released<()>, state: Data<State>) -> ApiResult<Answer> {
    answer_release(released, &state).await
}

/// Answers the operation, and shares of it.
pub(super) async fn answer_release(released: Released<()>, state: &State) -> ApiResult<Answer> {
    let actor = released.actor.clone();
    let (named, ()) = released.find_release(state).await?;
    let view = state
        .db
        .read_point(move |c| -> ApiResult<ReleaseView> {
            let release = releases::find(c, &named.key)?.ok_or(ApiError::NotFound)?;
            load_release_view(c, release, actor.as_deref())
        })
        .await?;
    Answer::from_record(1, &view)
}

/// Builds the view of a release. Only the secretariat and administrators see who published it.
fn load_release_view(
    conn: &mut Conn,
    release: Release,
    actor: Option<&Actor>,
) -> ApiResult<ReleaseView> {
    let insider = actor.is_some_and(Actor::may_run_network);
    let publisher = release.published.map(|stamp| stamp.by).filter(|_| insider);
    let names = users::load_names(conn, publisher)?;
    let published_by = publisher.and_then(|id| PersonView::from_names(&names, id));
    Ok(ReleaseView::new(release, published_by))
}

/// Publish a release
///
/// Freezes the approved reports of a closed cycle under the next release number. A release never changes. A later
/// release of the same cycle holds the corrections that were approved since the previous one. It lists them as errata
/// with the reasons for which the reports were reopened, so these reasons become public.
///
/// Only the secretariat may publish. 409 if the cycle is not closed, if no report in it is approved, or if nothing was
/// approved in it since its last release. 422 if the cycle is unknown or the note is not acceptable.
#[utoipa::path(tag = "releases", request_body = NewRelease, responses((status = 201, body = ReleaseView)))]
#[post("/releases")]
async fn publish_release(
    may: May<PublishRelease, Json<NewRelease>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    may.precondition.check_absent()?;
    let (caller, Json(body), actor) = (may.caller, may.body, may.actor);
    let view = state
        .db
        .write(move |tx| {
            let release = publish_cycle(tx, caller, body)?;
            load_release_view(tx.conn(), release, Some(&actor))
        })
        .await?;
    let location = format!("/api/v1/releases/{}", view.release);
    Ok(Answer::from_record(1, &view)?.mark_created(location))
}

fn publish_cycle(tx: &mut Tx<'_>, caller: Caller, body: NewRelease) -> ApiResult<Release> {
    let proof = tx.prove::<PublishRelease>(caller, &())?;
    let deed = AuditStamp { by: caller.user, acting_for: proof.basis().acting_for, at: tx.at() };
    let known: Vec<Slug> = cycles::list(tx.conn())?.into_iter().map(|c| c.slug).collect();
    let (cycle, note) = parse_new_release(body, &known)?;
    let cycle = cycles::find(tx.conn(), &cycle)?.ok_or(ApiError::NotFound)?;
    let imprint = ReleaseMetadata {
        note,
        published: Some(deed),
        at: tx.at(),
        recorded: assembly::load_journal_position(tx.conn())?,
    };
    let reports = assembly::list_reports(tx.conn(), &cycle.slug)?;
    let before = assembly::load_previous_release(tx.conn(), &cycle.slug, &reports)?;
    let frame = assembly::build_reference(tx.conn(), cycle)?;
    let edition = release::publish_release(imprint, frame, reports, before)?;
    releases::insert_full_release(tx, &proof, &edition, "publish")?;
    Ok(edition.release)
}

fn parse_new_release(body: NewRelease, known: &[Slug]) -> ApiResult<(Slug, Option<Prose>)> {
    let mut faults = FaultList::new();
    let cycle = faults.parse_required("/cycle", body.cycle, |raw| {
        known
            .iter()
            .find(|slug| slug.as_str() == raw)
            .cloned()
            .ok_or_else(|| ValueFault::unknown("cycle", known.iter().map(Slug::as_str)))
    });
    let note = faults.parse_optional("/note", body.note, Prose::parse);
    Ok(faults.finish_built(cycle.map(|cycle| (cycle, note)))?)
}

impl From<PublishError> for ApiError {
    fn from(why: PublishError) -> Self {
        match &why {
            PublishError::Json => Self::Internal(Box::new(why)),
            PublishError::Cycle(_)
            | PublishError::Empty
            | PublishError::Unchanged(_)
            | PublishError::Key(_) => Self::Conflict(why.to_string()),
        }
    }
}

/// Verify a release
///
/// Recomputes the release from its frozen content and from the journal. It checks the hash of the content, the
/// published figures, and for each report that the journal holds it as the approved copy of that time.
///
/// Every signed-in user with a grant may call this. If the operator of the service has made releases public, callers
/// need not sign in. One verification runs at a time and a few can wait. If too many wait, the request is refused with
/// 503; try again later.
#[utoipa::path(tag = "releases", responses((status = 200, body = ReleaseVerification)))]
#[get("/releases/{release}/verify")]
async fn verify_release(released: Released<()>, state: Data<State>) -> ApiResult<Answer> {
    let (named, ()) = released.find_release(&state).await?;
    let check = move |c: &mut Conn| -> ApiResult<ReleaseVerification> {
        let release = releases::find(c, &named.key)?.ok_or(ApiError::NotFound)?;
        let checked = assembly::verify_release(c, &release)?;
        Ok(ReleaseVerification::new(&release, checked))
    };
    Answer::from_value(&state.verifying.run_verification(check).await?)
}
