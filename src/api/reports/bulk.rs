//! The operation that applies one action to many reports.

use actix_web::web::Data;

use crate::{
    api::{answer::Answer, body::Json, error::ApiResult, may::May, state::State},
    app::{self, reports::BulkRefusal},
    domain::{policy::BulkReports, report::bulk::RawBulkRequest},
};

mod input;
mod view;

pub(crate) use input::NewBulk;
pub(crate) use view::BulkView;

/// Change many reports
///
/// Carries forward as unchanged, submits, withdraws, approves or returns up to 500 reports in one transaction. For city
/// officers and national representatives. The request lists the reports in `items`, or finds them with `filter` among
/// those whose working copy the caller reads. With the action `unchanged` the filter finds projects of the caller's
/// city that have no report in the cycle yet.
///
/// Each report is subject to the same rules and rights as the same action on one report, and has its own result. The
/// comment is added to each report.
///
/// With `dry_run` nothing is changed, and the answer has the result that the action would have, and a `digest` of it. A
/// request with this digest is carried out only if its result would be the same; otherwise nothing is changed and the
/// answer is 409. Without a digest each item must name the version that the caller read, unless `unchanged` creates the
/// report. With `all_or_nothing` nothing is changed unless the action is possible for every report; otherwise the
/// answer is 409, with the results in `bulk`.
#[utoipa::path(post, path = "/reports/bulk", tag = "reports", request_body = NewBulk,
    responses((status = 200, body = BulkView)))]
pub(super) async fn change_reports(
    may: May<BulkReports, Json<NewBulk>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let (caller, order) = (may.caller, RawBulkRequest::from(may.body.0).parse()?);
    let end = state.db.write(move |tx| app::reports::change_reports(tx, caller, &order)).await;
    match end {
        Ok(result) => BulkView::from(result).into_answer(may.language),
        Err(BulkRefusal::Incomplete(result)) => {
            Err(BulkView::from(*result).into_refusal(may.language))
        }
        Err(BulkRefusal::Refused(refusal)) => Err(refusal.into()),
    }
}
