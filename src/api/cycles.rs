//! Reporting cycles.

use actix_web::{get, patch, post, web::Data};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{
    answer::Answer,
    body::{Json, Optional},
    error::{ApiError, ApiResult},
    may::May,
    page::{Page, list_type},
    reports::NewTransition,
    state::State,
    views::patch::some,
};
use crate::{
    domain::{
        cycle::{CycleState, RawCycle, RawCyclePatch, ReportingCycle},
        policy::{AddCycle, ReadCycle, ReadReference, RunCycle},
        project::ProjectCode,
        report::ReportState,
        value::{Prose, Slug},
        workflow::IllegalTransition,
    },
    store::{Caller, Change, StoreError, Tx, cycles, reference, reports},
};

/// Registers the operations of this file.
pub(super) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(list_cycles)
        .service(create_cycle)
        .service(get_cycle)
        .service(edit_cycle)
        .service(open_cycle)
        .service(close_cycle);
}

/// A cycle to be added. It is scheduled until it is opened.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCycle {
    /// The public key, which never changes.
    #[schema(required, nullable = false, example = "me-2027")]
    pub cycle: Option<String>,
    /// The name.
    #[schema(required, nullable = false, example = "M&E 2027")]
    pub name: Option<String>,
    /// The plan cycle whose projects are reported, which never changes.
    #[schema(required, nullable = false, example = "2026-2035")]
    pub plan_cycle: Option<String>,
    /// First day on which it is meant to be open.
    #[schema(required, nullable = false, format = Date, example = "2027-07-01")]
    pub opens_on: Option<String>,
    /// Last day for submissions to be on time.
    #[schema(required, nullable = false, format = Date, example = "2027-12-31")]
    pub due_on: Option<String>,
    /// Last day for decisions to be on time.
    #[schema(format = Date, example = "2028-01-31")]
    pub review_due_on: Option<String>,
    /// The cut-off day that its figures are about: the later one tells which report of a project is its latest, so that no two
    /// cycles of a plan share one.
    #[schema(required, nullable = false, format = Date, example = "2027-12-31")]
    pub as_of: Option<String>,
}
impl From<NewCycle> for RawCycle {
    fn from(c: NewCycle) -> Self {
        Self {
            cycle: c.cycle,
            name: c.name,
            plan_cycle: c.plan_cycle,
            opens_on: c.opens_on,
            due_on: c.due_on,
            review_due_on: c.review_due_on,
            as_of: c.as_of,
        }
    }
}

/// A change of a cycle: absent members stay.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CyclePatch {
    /// The name.
    #[serde(default, deserialize_with = "some")]
    #[schema(value_type = Option<String>, nullable = false)]
    pub name: Option<Option<String>>,
    /// First day on which it is meant to be open.
    #[serde(default, deserialize_with = "some")]
    #[schema(value_type = Option<String>, nullable = false, format = Date)]
    pub opens_on: Option<Option<String>>,
    /// Last day for submissions to be on time.
    #[serde(default, deserialize_with = "some")]
    #[schema(value_type = Option<String>, nullable = false, format = Date, example = "2027-01-15")]
    pub due_on: Option<Option<String>>,
    /// Last day for decisions to be on time; null takes it away.
    #[serde(default, deserialize_with = "some")]
    #[schema(value_type = Option<String>, format = Date)]
    pub review_due_on: Option<Option<String>>,
    /// The cut-off day; it is fixed once the cycle was opened, because reports are approved under it.
    #[serde(default, deserialize_with = "some")]
    #[schema(value_type = Option<String>, nullable = false, format = Date)]
    pub as_of: Option<Option<String>>,
}
impl From<CyclePatch> for RawCyclePatch {
    fn from(p: CyclePatch) -> Self {
        Self {
            name: p.name,
            opens_on: p.opens_on,
            due_on: p.due_on,
            review_due_on: p.review_due_on,
            as_of: p.as_of,
        }
    }
}

/// A named window in which reports are filed; not a calendar year.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CycleView {
    /// The public key.
    #[schema(example = "me-2026")]
    pub cycle: String,
    /// The name.
    pub name: String,
    /// The plan cycle whose projects are reported.
    #[schema(example = "2018-2025")]
    pub plan_cycle: String,
    /// First day on which it is meant to be open; null for imported cycles.
    #[schema(required)]
    pub opens_on: Option<NaiveDate>,
    /// Last day for submissions to be on time; null for imported cycles.
    #[schema(required)]
    pub due_on: Option<NaiveDate>,
    /// Last day for decisions to be on time.
    #[schema(required)]
    pub review_due_on: Option<NaiveDate>,
    /// The cut-off day that its figures are about.
    pub as_of: NaiveDate,
    /// Where it stands; only acts of the secretariat move it.
    pub state: CycleState,
    /// Counts the changes of the cycle.
    pub version: i64,
}
list_type!(
    /// Cycles, by key.
    CycleList of CycleView
);
impl From<ReportingCycle> for CycleView {
    fn from(c: ReportingCycle) -> Self {
        Self {
            cycle: c.slug.to_string(),
            name: c.name.to_string(),
            plan_cycle: c.plan_cycle.to_string(),
            opens_on: c.opens_on,
            due_on: c.due_on,
            review_due_on: c.review_due_on,
            as_of: c.as_of,
            state: c.state,
            version: c.version,
        }
    }
}

/// A project that a cycle was closed without.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LeftOutItem {
    /// The project.
    #[schema(example = "da-nang-4")]
    pub project: String,
    /// Where its report stands; null when none was begun.
    #[schema(required)]
    pub state: Option<ReportState>,
}

/// A cycle that was closed, with what it leaves out.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ClosedCycleView {
    /// The public key.
    #[schema(example = "me-2026")]
    pub cycle: String,
    /// The name.
    pub name: String,
    /// The plan cycle whose projects are reported.
    #[schema(example = "2018-2025")]
    pub plan_cycle: String,
    /// First day on which it was meant to be open; null for imported cycles.
    #[schema(required)]
    pub opens_on: Option<NaiveDate>,
    /// Last day for submissions to be on time; null for imported cycles.
    #[schema(required)]
    pub due_on: Option<NaiveDate>,
    /// Last day for decisions to be on time.
    #[schema(required)]
    pub review_due_on: Option<NaiveDate>,
    /// The cut-off day that its figures are about.
    pub as_of: NaiveDate,
    /// Where it stands.
    pub state: CycleState,
    /// Counts the changes of the cycle.
    pub version: i64,
    /// The projects of the plan, archived ones aside, without an approved report in it, by city and number.
    pub left_out: Vec<LeftOutItem>,
}
impl ClosedCycleView {
    fn new(cycle: ReportingCycle, left_out: Vec<(ProjectCode, Option<ReportState>)>) -> Self {
        let c = CycleView::from(cycle);
        let item =
            |(code, state): (ProjectCode, _)| LeftOutItem { project: code.to_string(), state };
        Self {
            cycle: c.cycle,
            name: c.name,
            plan_cycle: c.plan_cycle,
            opens_on: c.opens_on,
            due_on: c.due_on,
            review_due_on: c.review_due_on,
            as_of: c.as_of,
            state: c.state,
            version: c.version,
            left_out: left_out.into_iter().map(item).collect(),
        }
    }
}

/// List cycles
///
/// All reporting cycles, by key.
#[utoipa::path(tag = "cycles", responses((status = 200, body = CycleList)))]
#[get("/cycles")]
async fn list_cycles(_may: May<ReadReference>, state: Data<State>) -> ApiResult<Answer> {
    let cycles = state.db.read(cycles::list).await.map_err(|e: StoreError| e)?;
    let items: Vec<CycleView> = cycles.into_iter().map(CycleView::from).collect();
    let total = i64::try_from(items.len()).unwrap_or(i64::MAX);
    Answer::of(&CycleList::from(Page { items, next: None, total }))
}

/// Read a cycle
///
/// With its dates and where it stands.
#[utoipa::path(tag = "cycles", responses((status = 200, body = CycleView)))]
#[get("/cycles/{cycle}")]
async fn get_cycle(may: May<ReadCycle>) -> ApiResult<Answer> {
    let view = CycleView::from(may.proof.into_on().cycle);
    Answer::record(view.version, &view)
}

/// Add a cycle
///
/// The secretariat plans a window of reporting. It takes reports once it is opened.
#[utoipa::path(tag = "cycles", request_body = NewCycle, responses((status = 201, body = CycleView)))]
#[post("/cycles")]
async fn create_cycle(may: May<AddCycle, Json<NewCycle>>, state: Data<State>) -> ApiResult<Answer> {
    may.precondition.absent()?;
    let (caller, Json(body)) = (may.caller, may.body);
    let view = state.db.write(move |tx| create(tx, caller, body)).await?;
    let location = format!("/api/v1/cycles/{}", view.cycle);
    Ok(Answer::record(view.version, &view)?.created(location))
}

fn create(tx: &mut Tx<'_>, caller: Caller, body: NewCycle) -> ApiResult<CycleView> {
    tx.prove::<AddCycle>(caller, &())?;
    if let Some(slug) = body.cycle.as_ref().and_then(|raw| Slug::parse(raw).ok())
        && cycles::find(tx.conn(), &slug)?.is_some()
    {
        return Err(ApiError::Conflict(format!("the cycle {slug} exists already")));
    }
    let plans: Vec<Slug> = reference::plan_cycles(tx.conn())?.into_iter().map(|p| p.slug).collect();
    let cycle = RawCycle::from(body).parse(&plans, &cycles::list(tx.conn())?)?;
    tx.save(&cycle, Change::plain("create"))?;
    Ok(cycle.into())
}

/// Edit a cycle
///
/// The secretariat moves its days or renames it. Its key and plan cycle never change, its cut-off no more once it was opened.
#[utoipa::path(tag = "cycles", request_body = CyclePatch, responses((status = 200, body = CycleView)))]
#[patch("/cycles/{cycle}")]
async fn edit_cycle(may: May<RunCycle, Json<CyclePatch>>, state: Data<State>) -> ApiResult<Answer> {
    let (caller, key, precondition, Json(body)) = (may.caller, may.key, may.precondition, may.body);
    let view = state
        .db
        .write(move |tx| {
            let cycle = tx.prove::<RunCycle>(caller, &key)?.into_on().cycle;
            precondition.required(tx, &cycle)?;
            let patch = RawCyclePatch::from(body);
            if patch.moves_cut_off(&cycle) {
                return Err(ApiError::Conflict("the cut-off is fixed once it was opened".into()));
            }
            let cycle = patch.apply(cycle, &cycles::list(tx.conn())?)?;
            tx.save(&cycle, Change::plain("edit"))?;
            Ok(CycleView::from(cycle))
        })
        .await?;
    Answer::record(view.version, &view)
}

/// What opening and closing make of a cycle.
type Turn = fn(ReportingCycle) -> Result<ReportingCycle, IllegalTransition>;

/// Turns a cycle inside a write transaction.
fn run(
    tx: &mut Tx<'_>,
    may: May<RunCycle, Optional<NewTransition>>,
    (turn, action): (Turn, &'static str),
) -> ApiResult<ReportingCycle> {
    let cycle = tx.prove::<RunCycle>(may.caller, &may.key)?.into_on().cycle;
    may.precondition.honoured(tx, &cycle)?;
    let cycle = turn(cycle)?;
    let reason = may.body.0.comment.map(Prose::parse).transpose();
    let reason = reason.map_err(|f| ApiError::invalid("/comment", f.code, f.detail))?;
    let reason = reason.as_ref().map(Prose::to_string);
    tx.save(&cycle, Change::because(action, reason))?;
    Ok(cycle)
}

/// Open a cycle
///
/// From now on cities write and submit reports in it; one that was closed can be opened again. A comment is optional.
#[utoipa::path(tag = "cycles", request_body = Option<NewTransition>, responses((status = 200, body = CycleView)))]
#[post("/cycles/{cycle}/open")]
async fn open_cycle(
    may: May<RunCycle, Optional<NewTransition>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let turn: (Turn, &str) = (ReportingCycle::open, "open");
    let cycle = state.db.write(move |tx| run(tx, may, turn)).await?;
    Answer::record(cycle.version, &CycleView::from(cycle))
}

/// Close a cycle
///
/// From now on reports in it can only be decided on, but for cities with an extension. The answer lists what the closing
/// leaves out: the projects of the plan without an approved report in it. A comment is optional.
#[utoipa::path(tag = "cycles", request_body = Option<NewTransition>, responses((status = 200, body = ClosedCycleView)))]
#[post("/cycles/{cycle}/close")]
async fn close_cycle(
    may: May<RunCycle, Optional<NewTransition>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let view = state
        .db
        .write(move |tx| {
            let cycle = run(tx, may, (ReportingCycle::close, "close"))?;
            let left_out = reports::left_out(tx.conn(), &cycle)?;
            Ok::<_, ApiError>(ClosedCycleView::new(cycle, left_out))
        })
        .await?;
    Answer::record(view.version, &view)
}
