//! Reports: read, write, and move from state to state. The lists of reports are in `list.rs`.

use actix_web::web::Data;

use super::{
    answer::Answer,
    body::{Json, OptionalJson, Query},
    error::{ApiError, ApiResult},
    history::{self, HistoryList, HistoryParams},
    may::May,
    precondition::{VersionIfExists, VersionOptional},
    service_config::ServiceConfig,
    state::State,
};
use crate::{
    app::{
        self,
        reports::{RawTransitionComment, ReportKey, ReportRequest, TransitionAction},
    },
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
    store::{Conn, Record as _, history::HistoryFilter},
};

mod approved;
mod bulk;
mod content_views;
mod diff;
mod header;
mod input;
mod list;
mod view;

pub(crate) use approved::ApprovedReportView;
pub(crate) use content_views::{MissingView, PrefillView, ReadinessView};
pub(crate) use header::HeaderView;
pub(crate) use input::{NewReport, NewTransition};
pub(crate) use view::ReportView;

/// Registers the operations on the reports of all projects.
pub(super) fn list_routes(cfg: &mut ServiceConfig) {
    cfg.get(operation!(list::list_reports)).post(operation!(bulk::change_reports));
}

/// Registers the operations on the reports of one project.
pub(super) fn register_routes(cfg: &mut ServiceConfig) {
    cfg.get(operation!(get_report))
        .get(operation!(list::list_project_reports))
        .put(operation!(write_report))
        .get(operation!(get_readiness))
        .get(operation!(get_prefill))
        .get(operation!(diff::get_report_diff))
        .get(operation!(list_report_history))
        .post(operation!(submit_report))
        .post(operation!(withdraw_report))
        .post(operation!(return_report))
        .post(operation!(approve_report))
        .post(operation!(reopen_report));
}

fn report_path((project, cycle): &ReportKey) -> String {
    format!("/api/v1/projects/{project}/reports/{cycle}")
}

/// Read a report
///
/// Returns the working copy to officers of the project's city, to the national representative of its country and to the
/// secretariat. All other callers get the approved copy, readers within their scope only; the answer is 404 if there is
/// none. A draft that was never submitted is readable for officers of the city only: the representative and the
/// secretariat get 403, because a city may change its draft freely before others see it.
#[utoipa::path(get, path = "/projects/{project}/reports/{cycle}", tag = "reports",
    responses((status = 200, body = ReportView)))]
async fn get_report(may: May<ReadReport>, state: Data<State>) -> ApiResult<Answer> {
    let (subject, actor, at) = (may.proof.into_subject(), may.actor, state.clock.now());
    let load = move |c: &mut Conn| app::reports::load_detail(c, subject, &actor, at);
    let detail = state.db.read_point(load).await?;
    ReportView::build_answer(detail, may.language)
}

/// Write a report
///
/// Creates the report, or replaces its content while it is a draft or returned. Only officers of the project's city may
/// do this. A member may be left out until the report is submitted, but every value that is present must be valid;
/// otherwise the answer is 422 and lists all faults. The answer is 409 in any other state, if the cycle is neither open
/// nor extended for the city, and if the cycle is closed and was released without this report. `If-Match` is required
/// to replace a report, and refused if the report does not exist yet. A report with the same content adds no version,
/// and does not make the caller one of its editors.
#[utoipa::path(
    put, path = "/projects/{project}/reports/{cycle}",
    tag = "reports",
    request_body = NewReport,
    responses((status = 200, body = ReportView), (status = 201, body = ReportView))
)]
async fn write_report(
    may: May<EditReport, Json<NewReport>, VersionIfExists>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let request =
        ReportRequest { caller: may.caller, key: may.key, precondition: may.precondition.into() };
    let (Json(body), id) = (may.body, Id::new(clock::generate_uuid()));
    let location = report_path(&request.key);
    let written = state
        .db
        .write(move |tx| app::reports::upsert_report(tx, &request, body.into(), id))
        .await?;
    let answer = ReportView::build_answer(written.detail, may.language)?;
    Ok(if written.created { answer.mark_created(location) } else { answer })
}

/// List what blocks the submission of a report
///
/// Lists everything in the content of the report that would block a submission now. The submission itself checks the
/// same rules. Whether the cycle is open is not checked here. For officers of the project's city, the national
/// representative of its country and the secretariat; the representative and the secretariat get 403 until the report
/// has been submitted once.
#[utoipa::path(get, path = "/projects/{project}/reports/{cycle}/readiness", tag = "reports",
    responses((status = 200, body = ReadinessView)))]
async fn get_readiness(may: May<ReadReportInside>, state: Data<State>) -> ApiResult<Answer> {
    let (subject, at) = (may.proof.subject(), state.clock.now());
    let report = subject.report.as_ref().ok_or(ApiError::NotFound)?;
    let blockers = readiness::list_blockers(subject, &report.content, at)?;
    let view = ReadinessView::new(blockers, may.language);
    Ok(Answer::from_value(&view)?.in_language(may.language))
}

/// Read the initial content of a report
///
/// Returns a body that `PUT` on the report accepts unchanged. It holds the content of the project's latest approved
/// report of an earlier cycle, without milestones and indicators that the project no longer has. If there is no such
/// report, its values are null and its lists are empty. For officers of the project's city, who may write the report.
#[utoipa::path(get, path = "/projects/{project}/reports/{cycle}/prefill", tag = "reports",
    responses((status = 200, body = PrefillView)))]
async fn get_prefill(may: May<EditReport>) -> ApiResult<Answer> {
    let subject = may.proof.subject();
    let earlier = subject.earlier_content.get()?.clone().unwrap_or_default();
    Answer::from_value(&PrefillView::from(&earlier.carry_forward(
        subject.milestones.get()?,
        subject.indicators.get()?,
        subject.cycle.as_of,
    )))
}

/// Read the history of a report
///
/// Lists every change of the report, the newest first. For officers of the project's city, the national representative
/// of its country and the secretariat; the representative and the secretariat get 403 until the report has been
/// submitted once.
#[utoipa::path(get, path = "/projects/{project}/reports/{cycle}/history",
    tag = "reports", params(HistoryParams), responses((status = 200, body = HistoryList)))]
async fn list_report_history(
    may: May<ReadReportInside, Query<HistoryParams>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let (project, cycle) = &may.key;
    let filter = HistoryFilter::new(Report::ENTITY, report_key(project, cycle), &[]);
    history::answer_page(&state, &format!("{}/history", report_path(&may.key)), filter, may.body.0)
        .await
}

async fn handle_transition<A: TransitionAction>(
    may: May<A, OptionalJson<NewTransition>, VersionOptional>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let request =
        ReportRequest { caller: may.caller, key: may.key, precondition: may.precondition.into() };
    let (id, OptionalJson(body)) = (Id::new(clock::generate_uuid()), may.body);
    let comment = RawTransitionComment { id, text: body.comment };
    let detail = state
        .db
        .write(move |tx| app::reports::transition_report::<A>(tx, &request, comment))
        .await?;
    ReportView::build_answer(detail, may.language)
}

/// Submit a report
///
/// Sends a draft or a returned report to the national representative for a decision. Only officers of the project's
/// city may do this. If the content is not complete, the answer is 422 and lists everything that is missing. The answer
/// is 409 in any other state, if the cycle is neither open nor extended for the city, and if the cycle is closed and
/// was released without this report. The submission freezes the project's record in `header`. A comment is optional.
#[utoipa::path(post, path = "/projects/{project}/reports/{cycle}/submit",
    tag = "reports", request_body = Option<NewTransition>,
    responses((status = 200, body = ReportView)))]
async fn submit_report(
    may: May<SubmitReport, OptionalJson<NewTransition>, VersionOptional>,
    state: Data<State>,
) -> ApiResult<Answer> {
    handle_transition(may, state).await
}

/// Withdraw a report
///
/// Takes a submission back before a decision is made; the report becomes a draft again. Only officers of the project's
/// city may do this. The answer is 409 if the report is not submitted, and if the cycle is neither open nor extended
/// for the city. A comment is optional.
#[utoipa::path(post, path = "/projects/{project}/reports/{cycle}/withdraw",
    tag = "reports", request_body = Option<NewTransition>,
    responses((status = 200, body = ReportView)))]
async fn withdraw_report(
    may: May<WithdrawReport, OptionalJson<NewTransition>, VersionOptional>,
    state: Data<State>,
) -> ApiResult<Answer> {
    handle_transition(may, state).await
}

/// Return a report
///
/// Sends a submitted report back to its city. A comment with the reason is required. Only the national representative
/// of the project's country may do this. A decision needs a second person: a caller who wrote or submitted the report,
/// or changed its project, gets 403, and so does a caller who acts for such a person. A change counts until somebody
/// else approved a report of the project that contains it, in any cycle. The answer is 409 if the report is not
/// submitted, and if the cycle is closed and was released without this report.
#[utoipa::path(post, path = "/projects/{project}/reports/{cycle}/return",
    tag = "reports", request_body = NewTransition, responses((status = 200, body = ReportView)))]
async fn return_report(
    may: May<ReturnReport, OptionalJson<NewTransition>, VersionOptional>,
    state: Data<State>,
) -> ApiResult<Answer> {
    handle_transition(may, state).await
}

/// Approve a report
///
/// Accepts a submitted report. From then on all callers can read its approved copy, and the figures count it. Only the
/// national representative of the project's country may do this. A decision needs a second person: a caller who wrote
/// or submitted the report, or changed its project, gets 403, and so does a caller who acts for such a person. A change
/// counts until somebody else approved a report of the project that contains it, in any cycle. The answer is 409 if the
/// report is not submitted, and if the cycle is closed and was released without this report. A comment is optional; it
/// waits for no answer.
#[utoipa::path(post, path = "/projects/{project}/reports/{cycle}/approve",
    tag = "reports", request_body = Option<NewTransition>,
    responses((status = 200, body = ReportView)))]
async fn approve_report(
    may: May<ApproveReport, OptionalJson<NewTransition>, VersionOptional>,
    state: Data<State>,
) -> ApiResult<Answer> {
    handle_transition(may, state).await
}

/// Reopen a report
///
/// Returns an approved report to its city, so that the city can correct it. A comment with the reason is required. The
/// national representative of the project's country and the secretariat may do this. All other callers keep reading the
/// approved copy until the next approval. The answer is 409 if the report is not approved.
#[utoipa::path(post, path = "/projects/{project}/reports/{cycle}/reopen",
    tag = "reports", request_body = NewTransition, responses((status = 200, body = ReportView)))]
async fn reopen_report(
    may: May<ReopenReport, OptionalJson<NewTransition>, VersionOptional>,
    state: Data<State>,
) -> ApiResult<Answer> {
    handle_transition(may, state).await
}
