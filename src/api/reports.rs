//! Reports and their life: reading, writing, and the transitions. The lists are in `list.rs`.

use actix_web::{get, post, put, web::Data};

use super::{
    answer::Answer,
    body::{Json, OptionalJson, Query},
    error::{ApiError, ApiResult},
    history::{self, HistoryList, HistoryParams},
    may::May,
    service_config::ServiceConfig,
    state::State,
};
use crate::{
    clock,
    domain::{
        id::Id,
        policy::{
            ApproveReport, EditReport, ReadReport, ReadReportInside, ReopenReport, ReturnReport,
            SubmitReport, WithdrawReport,
        },
        readiness,
        report::{Report, report_key},
    },
    store::{Record as _, history::HistoryFilter},
};

mod approved;
mod bulk;
mod content_views;
mod diff;
mod header;
mod input;
mod list;
mod report_copy;
mod transitions;
mod view;

pub(crate) use approved::ApprovedReportView;
pub(crate) use bulk::BulkView;
pub(crate) use content_views::{MissingView, PrefillView, ReadinessView};
pub(crate) use header::HeaderView;
pub(crate) use input::{NewReport, NewTransition};
use transitions::{ReportKey, TransitionAction};
pub(super) use transitions::{ReportRequest, upsert_report};
pub(crate) use view::ReportView;
use view::load_report_view;

/// Registers the operations on many reports.
pub(super) fn list_routes(cfg: &mut ServiceConfig) {
    cfg.service(list::list_reports).service(bulk::change_reports);
}

/// Registers the operations of this file: on the reports of a project.
pub(super) fn register_routes(cfg: &mut ServiceConfig) {
    cfg.service(get_report)
        .service(list::list_project_reports)
        .service(write_report)
        .service(get_readiness)
        .service(get_prefill)
        .service(diff::get_report_diff)
        .service(list_report_history)
        .service(submit_report)
        .service(withdraw_report)
        .service(return_report)
        .service(approve_report)
        .service(reopen_report);
}

fn report_path((project, cycle): &ReportKey) -> String {
    format!("/api/v1/projects/{project}/reports/{cycle}")
}

/// Read a report
///
/// Its city reads the working copy from the first draft on, its representative and the secretariat once it was submitted;
/// everybody else reads what was last approved.
#[utoipa::path(tag = "reports", responses((status = 200, body = ReportView)))]
#[get("/projects/{project}/reports/{cycle}")]
async fn get_report(may: May<ReadReport>, state: Data<State>) -> ApiResult<Answer> {
    let (proof, at) = (may.proof, state.clock.now());
    let view = state
        .db
        .read_point(move |c| load_report_view(c, proof.subject(), proof.actor(), at))
        .await?;
    view.into_answer(may.language)
}

/// Write a report
///
/// Makes the report, or replaces what it says, while it is a draft or was returned. Nothing is required before the
/// submission, but what is there must be right. The cycle must be open, or extended for the city.
#[utoipa::path(
    tag = "reports",
    request_body = NewReport,
    responses((status = 200, body = ReportView), (status = 201, body = ReportView))
)]
#[put("/projects/{project}/reports/{cycle}")]
async fn write_report(
    may: May<EditReport, Json<NewReport>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let asked = ReportRequest { caller: may.caller, key: may.key, precondition: may.precondition };
    let (Json(body), id) = (may.body, Id::new(clock::generate_uuid()));
    let location = report_path(&asked.key);
    let written =
        state.db.write(move |tx| transitions::upsert_report(tx, &asked, body, id)).await?;
    let answer = written.view.into_answer(may.language)?;
    Ok(if written.created { answer.mark_created(location) } else { answer })
}

/// Read what a report still lacks
///
/// Everything that would stop a submission now, by the rules that guard it.
#[utoipa::path(tag = "reports", responses((status = 200, body = ReadinessView)))]
#[get("/projects/{project}/reports/{cycle}/readiness")]
async fn get_readiness(may: May<ReadReportInside>, state: Data<State>) -> ApiResult<Answer> {
    let (on, at) = (may.proof.subject(), state.clock.now());
    let report = on.report.as_ref().ok_or(ApiError::NotFound)?;
    Answer::from_value(&ReadinessView::from(readiness::list_blockers(on, &report.content, at)))
}

/// Read what a report can begin with
///
/// A body that `PUT` on the report takes as it is: what the project's latest approved report of an earlier cycle said,
/// without milestones and indicators that are gone; all null when there is none. For those who may write the report.
#[utoipa::path(tag = "reports", responses((status = 200, body = PrefillView)))]
#[get("/projects/{project}/reports/{cycle}/prefill")]
async fn get_prefill(may: May<EditReport>) -> ApiResult<Answer> {
    let on = may.proof.subject();
    let earlier = on.earlier_content.clone().unwrap_or_default();
    Answer::from_value(&PrefillView::from(&earlier.carry_forward(&on.milestones, &on.indicators)))
}

/// Read the history of a report
///
/// Every change of the report, newest first: for its city, its representative and the secretariat.
#[utoipa::path(tag = "reports", params(HistoryParams), responses((status = 200, body = HistoryList)))]
#[get("/projects/{project}/reports/{cycle}/history")]
async fn list_report_history(
    may: May<ReadReportInside, Query<HistoryParams>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let (project, cycle) = &may.key;
    let trail = HistoryFilter::new(Report::ENTITY, report_key(project, cycle), &[]);
    history::answer_page(&state, &format!("{}/history", report_path(&may.key)), trail, may.body.0)
        .await
}

async fn handle_transition<A: TransitionAction>(
    may: May<A, OptionalJson<NewTransition>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let asked = ReportRequest { caller: may.caller, key: may.key, precondition: may.precondition };
    let (OptionalJson(body), comment) = (may.body, Id::new(clock::generate_uuid()));
    let view = state
        .db
        .write(move |tx| transitions::transition_report::<A>(tx, &asked, body, comment))
        .await?;
    view.into_answer(may.language)
}

/// Submit a report
///
/// Hands a draft or a returned report to the representative, when nothing is missing. The project's record is frozen with
/// it. The cycle must be open, or extended for the city. A comment is optional.
#[utoipa::path(tag = "reports", request_body = Option<NewTransition>, responses((status = 200, body = ReportView)))]
#[post("/projects/{project}/reports/{cycle}/submit")]
async fn submit_report(
    may: May<SubmitReport, OptionalJson<NewTransition>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    handle_transition(may, state).await
}

/// Withdraw a report
///
/// Takes a submission back before it is decided on; the report is a draft again. A comment is optional.
#[utoipa::path(tag = "reports", request_body = Option<NewTransition>, responses((status = 200, body = ReportView)))]
#[post("/projects/{project}/reports/{cycle}/withdraw")]
async fn withdraw_report(
    may: May<WithdrawReport, OptionalJson<NewTransition>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    handle_transition(may, state).await
}

/// Return a report
///
/// Sends a submitted report back to its city, with the reason. Nobody returns what they had a hand in.
#[utoipa::path(tag = "reports", request_body = NewTransition, responses((status = 200, body = ReportView)))]
#[post("/projects/{project}/reports/{cycle}/return")]
async fn return_report(
    may: May<ReturnReport, OptionalJson<NewTransition>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    handle_transition(may, state).await
}

/// Approve a report
///
/// Accepts a submitted report: from now on everybody reads it, and figures count it. Nobody approves what they had a hand
/// in. A comment is optional.
#[utoipa::path(tag = "reports", request_body = Option<NewTransition>, responses((status = 200, body = ReportView)))]
#[post("/projects/{project}/reports/{cycle}/approve")]
async fn approve_report(
    may: May<ApproveReport, OptionalJson<NewTransition>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    handle_transition(may, state).await
}

/// Reopen a report
///
/// Takes an approval up again, with the reason, so that the city can correct the report. Everybody else goes on reading
/// what was approved until the next approval.
#[utoipa::path(tag = "reports", request_body = NewTransition, responses((status = 200, body = ReportView)))]
#[post("/projects/{project}/reports/{cycle}/reopen")]
async fn reopen_report(
    may: May<ReopenReport, OptionalJson<NewTransition>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    handle_transition(may, state).await
}
