//! Releases: publishing a cycle, and reading what was published.

use actix_web::{get, post, web::Data};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    answer::Answer,
    body::{Json, Query},
    error::{ApiError, ApiResult},
    may::May,
    page::{ListParams, PageRequest},
    released::Released,
    state::State,
};
use crate::{
    domain::{
        fault::{Faults, ValueFault},
        policy::{Actor, PublishRelease},
        release::{self, Imprint, Release, Unpublishable},
        report::Deed,
        value::{Prose, Slug},
    },
    store::{
        Caller, Conn, Tx, cycles,
        releases::{self, made},
        users,
    },
};

pub(super) mod data;
mod figures;
mod report;
pub(super) mod reports;
mod views;

pub use reports::{ReleasedReportList, ReleasedReportParams};
pub use views::{
    CellChangeView, CheckedView, CountsView, ErratumView, FieldChangeView, ReleaseList,
    ReleaseVerification, ReleaseView,
};

/// Registers the operations of this file.
pub(super) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(list_releases)
        .service(publish_release)
        .service(get_release)
        .service(verify_release)
        .service(reports::list_release_reports)
        .service(data::get_release_data)
        .service(report::get_release_report);
    figures::routes(cfg);
}

/// A cycle to be published.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRelease {
    /// The cycle; it has to be closed.
    #[schema(required, nullable = false, example = "me-2026")]
    pub cycle: Option<String>,
    /// What readers should know about the release.
    #[schema(example = "The annual report of 2026, without the cities that asked for more time.")]
    pub note: Option<String>,
}

/// List releases
///
/// All of them, by cycle and number. Open to everybody where the service says so.
#[utoipa::path(tag = "releases", params(ListParams), responses((status = 200, body = ReleaseList)))]
#[get("/releases")]
async fn list_releases(
    released: Released<Query<ListParams>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let actor = released.actor.clone();
    let Query(params) = released.body()?;
    let request = PageRequest::<(String, i64)>::read(
        "/api/v1/releases",
        &(),
        params.cursor.as_deref(),
        params.limit,
    )?;
    let views = state
        .db
        .read(move |c| -> ApiResult<Vec<ReleaseView>> {
            let all = releases::list(c)?;
            all.into_iter().map(|release| show(c, release, actor.as_deref())).collect()
        })
        .await?;
    let list = ReleaseList::from(request.cut(views, |v| (v.cycle.clone(), v.number))?);
    request.answer(&list, list.next.as_deref())
}

/// Read a release
///
/// What it holds, counted; the row of the journal that it rests on; the SHA-256 of its canonical content; what became
/// another since the release before it. `latest` names the release of the cycle with the latest cut-off.
#[utoipa::path(tag = "releases", responses((status = 200, body = ReleaseView)))]
#[get("/releases/{release}")]
async fn get_release(released: Released<()>, state: Data<State>) -> ApiResult<Answer> {
    answer(released, &state).await
}

/// Answers the operation, and shares of it.
pub(super) async fn answer(released: Released<()>, state: &State) -> ApiResult<Answer> {
    let actor = released.actor.clone();
    let (named, ()) = released.named(state).await?;
    let view = state
        .db
        .point(move |c| -> ApiResult<ReleaseView> {
            let release = releases::find(c, &named.key)?.ok_or(ApiError::NotFound)?;
            show(c, release, actor.as_deref())
        })
        .await?;
    Answer::record(1, &view)
}

/// Shows a release; who published it is for the secretariat and administrators.
fn show(conn: &mut Conn, release: Release, actor: Option<&Actor>) -> ApiResult<ReleaseView> {
    let insider = actor.is_some_and(Actor::runs_the_network);
    let by = release.published.map(|d| d.by.uuid()).filter(|_| insider);
    let names = match by {
        Some(id) => users::names(conn, &[id])?,
        None => Vec::new(),
    };
    Ok(ReleaseView::new(release, names.into_iter().next()))
}

/// Publish a release
///
/// The secretariat freezes the approved reports of a closed cycle, under the next number. A second release of a cycle carries
/// the corrections that were approved since, and lists them with the reasons for which the reports were reopened: those
/// reasons become public with it. Nothing in a release ever changes.
#[utoipa::path(tag = "releases", request_body = NewRelease, responses((status = 201, body = ReleaseView)))]
#[post("/releases")]
async fn publish_release(
    may: May<PublishRelease, Json<NewRelease>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    may.precondition.absent()?;
    let (caller, Json(body), actor) = (may.caller, may.body, may.actor);
    let view = state
        .db
        .write(move |tx| {
            let release = publish(tx, caller, body)?;
            show(tx.conn(), release, Some(&actor))
        })
        .await?;
    let location = format!("/api/v1/releases/{}", view.release);
    Ok(Answer::record(1, &view)?.created(location))
}

fn publish(tx: &mut Tx<'_>, caller: Caller, body: NewRelease) -> ApiResult<Release> {
    let proof = tx.prove::<PublishRelease>(caller, &())?;
    let deed = Deed { by: caller.user, acting_for: proof.basis().acting_for, at: tx.at() };
    let known: Vec<Slug> = cycles::list(tx.conn())?.into_iter().map(|c| c.slug).collect();
    let (cycle, note) = parse(body, &known)?;
    let cycle = cycles::find(tx.conn(), &cycle)?.ok_or(ApiError::NotFound)?;
    let imprint =
        Imprint { note, published: Some(deed), at: tx.at(), recorded: made::recorded(tx.conn())? };
    let reports = made::reports(tx.conn(), &cycle.slug)?;
    let before = made::previous(tx.conn(), &cycle.slug, &reports)?;
    let frame = made::frame(tx.conn(), cycle)?;
    let edition = release::publish(imprint, frame, reports, before)?;
    releases::keep(tx, &edition, "publish")?;
    Ok(edition.release)
}

fn parse(body: NewRelease, known: &[Slug]) -> ApiResult<(Slug, Option<Prose>)> {
    let mut faults = Faults::new();
    let cycle = faults.need("/cycle", body.cycle, |raw| {
        known
            .iter()
            .find(|slug| slug.as_str() == raw)
            .cloned()
            .ok_or_else(|| ValueFault::unknown("cycle", known.iter().map(Slug::as_str)))
    });
    let note = faults.opt("/note", body.note, Prose::parse);
    Ok(faults.build(cycle.map(|cycle| (cycle, note)))?)
}

impl From<Unpublishable> for ApiError {
    fn from(why: Unpublishable) -> Self {
        match &why {
            Unpublishable::Json => Self::Internal(Box::new(why)),
            Unpublishable::Cycle(_)
            | Unpublishable::Empty
            | Unpublishable::Unchanged(_)
            | Unpublishable::Key(_) => Self::Conflict(why.to_string()),
        }
    }
}

/// Verify a release
///
/// Recomputes it from what it froze and from the journal: the hash of its content, its figures, and whether each report is
/// what was approved by then. One verification runs at a time; a few wait, and whoever comes then is told to try again (503).
#[utoipa::path(tag = "releases", responses((status = 200, body = ReleaseVerification)))]
#[get("/releases/{release}/verify")]
async fn verify_release(released: Released<()>, state: Data<State>) -> ApiResult<Answer> {
    let (named, ()) = released.named(&state).await?;
    let check = move |c: &mut Conn| -> ApiResult<ReleaseVerification> {
        let release = releases::find(c, &named.key)?.ok_or(ApiError::NotFound)?;
        let checked = made::verify(c, &release)?;
        Ok(ReleaseVerification::new(&release, checked))
    };
    Answer::of(&state.verify(check).await?)
}
