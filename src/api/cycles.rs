//! Reporting cycles: list, read, add, edit, open and close.

use actix_web::web::Data;

use super::{
    answer::Answer,
    body::{Json, OptionalJson, Query},
    error::ApiResult,
    may::May,
    page::WholeListParams,
    precondition::{VersionOptional, VersionRefused, VersionRequired},
    reports::NewTransition,
    service_config::ServiceConfig,
    state::State,
};
use crate::{
    app::{ChangeRequest, cycles},
    domain::{
        cycle::{RawCycle, RawCyclePatch},
        policy::{AddCycle, ReadCycle, ReadReference, RunCycle},
    },
    store::{self, StoreError},
};

mod views;

pub(crate) use views::{ClosedCycleView, CycleList, CyclePatch, CycleView, NewCycle};

pub(super) fn register_routes(cfg: &mut ServiceConfig) {
    cfg.get(operation!(list_cycles))
        .post(operation!(create_cycle))
        .get(operation!(get_cycle))
        .patch(operation!(edit_cycle))
        .post(operation!(open_cycle))
        .post(operation!(close_cycle));
}

/// List cycles
///
/// Lists all reporting cycles, ordered by key; with `limit` in pages. For every caller who holds a grant.
#[utoipa::path(get, path = "/cycles", tag = "cycles", params(WholeListParams),
    responses((status = 200, body = CycleList)))]
async fn list_cycles(
    may: May<ReadReference, Query<WholeListParams>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let cycles = state.db.read(store::cycles::list).await.map_err(|e: StoreError| e)?;
    let items = cycles.into_iter().map(|cycle| (cycle.slug.to_string(), CycleView::from(cycle)));
    may.body.0.answer_items::<CycleList, _, _>("/api/v1/cycles", items.collect())
}

/// Read a cycle
///
/// Returns the days and the state of the cycle. For every caller who holds a grant.
#[utoipa::path(get, path = "/cycles/{cycle}", tag = "cycles",
    responses((status = 200, body = CycleView)))]
async fn get_cycle(may: May<ReadCycle>) -> ApiResult<Answer> {
    let view = CycleView::from(may.proof.into_subject().cycle);
    Answer::from_record(view.version, &view)
}

/// Add a cycle
///
/// Adds a cycle in which cities report later: it accepts reports after it was opened. Only the secretariat may do this.
/// The answer is 409 if a cycle has this key already.
#[utoipa::path(post, path = "/cycles", tag = "cycles", request_body = NewCycle,
    responses((status = 201, body = CycleView)))]
async fn create_cycle(
    may: May<AddCycle, Json<NewCycle>, VersionRefused>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let (caller, raw) = (may.caller, RawCycle::from(may.body.0));
    let cycle = state.db.write(move |tx| cycles::create_cycle(tx, caller, raw)).await?;
    let view = CycleView::from(cycle);
    let location = format!("/api/v1/cycles/{}", view.cycle);
    Ok(Answer::from_record(view.version, &view)?.mark_created(location))
}

/// Edit a cycle
///
/// Changes the name and the days of a cycle. Only the secretariat may do this. Key and plan cycle never change. The
/// cut-off day cannot change after the cycle was opened, because reports are approved under it: the answer is 409. A
/// patch that changes nothing adds no version.
#[utoipa::path(patch, path = "/cycles/{cycle}", tag = "cycles", request_body = CyclePatch,
    responses((status = 200, body = CycleView)))]
async fn edit_cycle(
    may: May<RunCycle, Json<CyclePatch>, VersionRequired>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let (caller, key, precondition) = (may.caller, may.key, may.precondition.into());
    let request = ChangeRequest { caller, key, precondition };
    let patch = RawCyclePatch::from(may.body.0);
    let cycle = state.db.write(move |tx| cycles::edit_cycle(tx, &request, patch)).await?;
    Answer::from_record(cycle.version, &CycleView::from(cycle))
}

/// Open a cycle
///
/// Opens a scheduled or a closed cycle: cities may then write and submit reports in it. Only the secretariat may do
/// this. The answer is 409 if the cycle is open already. A comment is optional.
#[utoipa::path(post, path = "/cycles/{cycle}/open",
    tag = "cycles", request_body = Option<NewTransition>,
    responses((status = 200, body = CycleView)))]
async fn open_cycle(
    may: May<RunCycle, OptionalJson<NewTransition>, VersionOptional>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let (caller, key, precondition) = (may.caller, may.key, may.precondition.into());
    let request = ChangeRequest { caller, key, precondition };
    let comment = may.body.0.comment;
    let cycle = state.db.write(move |tx| cycles::open_cycle(tx, &request, comment)).await?;
    Answer::from_record(cycle.version, &CycleView::from(cycle))
}

/// Close a cycle
///
/// Closes an open cycle: from then on its reports can only be decided on, except those of cities with an extension.
/// Only the secretariat may do this. The answer lists the projects of the plan that have no approved report in the
/// cycle. It is 409 if the cycle is not open. A comment is optional.
#[utoipa::path(post, path = "/cycles/{cycle}/close",
    tag = "cycles", request_body = Option<NewTransition>,
    responses((status = 200, body = ClosedCycleView)))]
async fn close_cycle(
    may: May<RunCycle, OptionalJson<NewTransition>, VersionOptional>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let (caller, key, precondition) = (may.caller, may.key, may.precondition.into());
    let request = ChangeRequest { caller, key, precondition };
    let comment = may.body.0.comment;
    let closed = state.db.write(move |tx| cycles::close_cycle(tx, &request, comment)).await?;
    Answer::from_record(closed.cycle.version, &ClosedCycleView::from(closed))
}
