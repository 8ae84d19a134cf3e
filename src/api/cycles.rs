//! Reporting cycles: list, read, add, edit, open and close.

use actix_web::{get, patch, post, web::Data};

use super::{
    answer::Answer,
    body::{Json, OptionalJson},
    error::{ApiError, ApiResult},
    may::May,
    page::ListPage,
    reports::NewTransition,
    service_config::ServiceConfig,
    state::State,
};
use crate::{
    domain::{
        cycle::{RawCycle, RawCyclePatch, ReportingCycle},
        policy::{AddCycle, ReadCycle, ReadReference, RunCycle},
        refusal::IllegalTransition,
        value::{Prose, Slug},
    },
    store::{Caller, Change, RecordWriter as _, StoreError, Tx, cycles, reference, reports},
};

mod views;

pub(crate) use views::{ClosedCycleView, CycleList, CyclePatch, CycleView, NewCycle};

pub(super) fn register_routes(cfg: &mut ServiceConfig) {
    cfg.service(list_cycles)
        .service(create_cycle)
        .service(get_cycle)
        .service(edit_cycle)
        .service(open_cycle)
        .service(close_cycle);
}

/// List cycles
///
/// Lists all reporting cycles, ordered by key. For every caller who holds a grant.
#[utoipa::path(tag = "cycles", responses((status = 200, body = CycleList)))]
#[get("/cycles")]
async fn list_cycles(_may: May<ReadReference>, state: Data<State>) -> ApiResult<Answer> {
    let cycles = state.db.read(cycles::list).await.map_err(|e: StoreError| e)?;
    let items: Vec<CycleView> = cycles.into_iter().map(CycleView::from).collect();
    let total = i64::try_from(items.len()).unwrap_or(i64::MAX);
    Answer::from_value(&CycleList::from(ListPage { items, next: None, total }))
}

/// Read a cycle
///
/// Returns the days and the state of the cycle. For every caller who holds a grant.
#[utoipa::path(tag = "cycles", responses((status = 200, body = CycleView)))]
#[get("/cycles/{cycle}")]
async fn get_cycle(may: May<ReadCycle>) -> ApiResult<Answer> {
    let view = CycleView::from(may.proof.into_subject().cycle);
    Answer::from_record(view.version, &view)
}

/// Add a cycle
///
/// Adds a cycle in which cities report later: it accepts reports after it was opened. Only the secretariat may do this.
/// The answer is 409 if a cycle has this key already.
#[utoipa::path(tag = "cycles", request_body = NewCycle, responses((status = 201, body = CycleView)))]
#[post("/cycles")]
async fn create_cycle(may: May<AddCycle, Json<NewCycle>>, state: Data<State>) -> ApiResult<Answer> {
    may.precondition.check_absent()?;
    let (caller, Json(body)) = (may.caller, may.body);
    let view = state.db.write(move |tx| add_cycle(tx, caller, body)).await?;
    let location = format!("/api/v1/cycles/{}", view.cycle);
    Ok(Answer::from_record(view.version, &view)?.mark_created(location))
}

fn add_cycle(tx: &mut Tx<'_>, caller: Caller, body: NewCycle) -> ApiResult<CycleView> {
    let proof = tx.prove::<AddCycle>(caller, &())?;
    if let Some(slug) = body.cycle.as_ref().and_then(|raw| Slug::parse(raw).ok())
        && cycles::find(tx.conn(), &slug)?.is_some()
    {
        return Err(ApiError::Conflict(format!("the cycle {slug} exists already")));
    }
    let plans: Vec<Slug> =
        reference::list_plan_cycles(tx.conn())?.into_iter().map(|p| p.slug).collect();
    let cycle = RawCycle::from(body).parse(&plans, &cycles::list(tx.conn())?)?;
    proof.save(tx, &cycle, Change::without_reason("create"))?;
    Ok(cycle.into())
}

/// Edit a cycle
///
/// Changes the name and the days of a cycle. Only the secretariat may do this. Key and plan cycle never change. The
/// cut-off day cannot change after the cycle was opened, because reports are approved under it: the answer is 409.
#[utoipa::path(tag = "cycles", request_body = CyclePatch, responses((status = 200, body = CycleView)))]
#[patch("/cycles/{cycle}")]
async fn edit_cycle(may: May<RunCycle, Json<CyclePatch>>, state: Data<State>) -> ApiResult<Answer> {
    let (caller, key, precondition, Json(body)) = (may.caller, may.key, may.precondition, may.body);
    let view = state
        .db
        .write(move |tx| {
            let proof = tx.prove::<RunCycle>(caller, &key)?;
            let cycle = proof.subject().cycle.clone();
            precondition.check_required(tx, &cycle)?;
            let patch = RawCyclePatch::from(body);
            if patch.moves_cut_off(&cycle) {
                return Err(ApiError::Conflict("the cut-off is fixed once it was opened".into()));
            }
            let cycle = patch.apply_to(cycle, &cycles::list(tx.conn())?)?;
            proof.save(tx, &cycle, Change::without_reason("edit"))?;
            Ok(CycleView::from(cycle))
        })
        .await?;
    Answer::from_record(view.version, &view)
}

/// A transition of a cycle: opening or closing.
type CycleTransition = fn(ReportingCycle) -> Result<ReportingCycle, IllegalTransition>;

/// Applies a transition, inside a write transaction.
fn apply_transition(
    tx: &mut Tx<'_>,
    may: May<RunCycle, OptionalJson<NewTransition>>,
    (turn, action): (CycleTransition, &'static str),
) -> ApiResult<ReportingCycle> {
    let proof = tx.prove::<RunCycle>(may.caller, &may.key)?;
    let cycle = proof.subject().cycle.clone();
    may.precondition.check_if_present(tx, &cycle)?;
    let cycle = turn(cycle)?;
    let reason = may.body.0.comment.map(Prose::parse).transpose();
    let reason = reason.map_err(|f| ApiError::invalid_value("/comment", f.code, f.detail))?;
    let reason = reason.as_ref().map(Prose::to_string);
    proof.save(tx, &cycle, Change::with_reason(action, reason))?;
    Ok(cycle)
}

/// Open a cycle
///
/// Opens a scheduled or a closed cycle: cities may then write and submit reports in it. Only the secretariat may do
/// this. The answer is 409 if the cycle is open already. A comment is optional.
#[utoipa::path(tag = "cycles", request_body = Option<NewTransition>, responses((status = 200, body = CycleView)))]
#[post("/cycles/{cycle}/open")]
async fn open_cycle(
    may: May<RunCycle, OptionalJson<NewTransition>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let turn: (CycleTransition, &str) = (ReportingCycle::open_cycle, "open");
    let cycle = state.db.write(move |tx| apply_transition(tx, may, turn)).await?;
    Answer::from_record(cycle.version, &CycleView::from(cycle))
}

/// Close a cycle
///
/// Closes an open cycle: from then on its reports can only be decided on, except those of cities with an extension.
/// Only the secretariat may do this. The answer lists the projects of the plan that have no approved report in the
/// cycle. It is 409 if the cycle is not open. A comment is optional.
#[utoipa::path(tag = "cycles", request_body = Option<NewTransition>, responses((status = 200, body = ClosedCycleView)))]
#[post("/cycles/{cycle}/close")]
async fn close_cycle(
    may: May<RunCycle, OptionalJson<NewTransition>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let view = state
        .db
        .write(move |tx| {
            let cycle = apply_transition(tx, may, (ReportingCycle::close_cycle, "close"))?;
            let left_out = reports::list_unapproved_projects(tx.conn(), &cycle)?;
            Ok::<_, ApiError>(ClosedCycleView::new(cycle, left_out))
        })
        .await?;
    Answer::from_record(view.version, &view)
}
