//! One action on many reports in one transaction. Each report is subject to the rules and rights of the action on one
//! report.

use actix_web::{post, web::Data};

use super::{
    NewTransition,
    transitions::{self, TransitionAction},
};
use crate::{
    api::{
        answer::Answer,
        body::Json,
        error::{ApiError, ApiResult},
        may::May,
        precondition::Precondition,
        state::State,
    },
    clock,
    domain::{
        comment::CommentKind,
        id::Id,
        policy::{
            Actor, ApproveReport, Authorized, BulkReports, EditReport, PolicyAction,
            PolicyResource as _, RecordCopy, ReturnReport, SubmitReport, Visibility, VisibleRows,
            WithdrawReport, visibility::ReadScope,
        },
        report::{
            Report,
            bulk::{
                BulkAction, BulkFilter, BulkItem, BulkRequest, BulkSelection, ITEMS_MAX,
                RawBulkRequest, filter_finds_too_many,
            },
            carry_forward,
        },
        subject::ReportSubject,
        value::Prose,
    },
    store::{
        Caller, StoreError, Tx,
        reports::{
            SharedLookups, bulk_keys,
            queue::{QueueFilter, QueueQuery, QueueSort},
        },
    },
};

mod input;
mod view;

pub(crate) use input::NewBulk;
pub(crate) use view::BulkView;
use view::ItemOutcome;

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
#[utoipa::path(tag = "reports", request_body = NewBulk, responses((status = 200, body = BulkView)))]
#[post("/reports/bulk")]
pub(super) async fn change_reports(
    may: May<BulkReports, Json<NewBulk>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let (caller, order) = (may.caller, RawBulkRequest::from(may.body.0).parse()?);
    match state.db.write(move |tx| run_bulk(tx, caller, &order)).await {
        Ok(mut view) => {
            view.translate_problems(may.language);
            Ok(Answer::from_value(&view)?.in_language(may.language))
        }
        Err(BulkAbort::NotAll(mut view)) => {
            view.translate_problems(may.language);
            Err(ApiError::bulk_refused(&*view))
        }
        Err(BulkAbort::Failed(error)) => Err(error),
    }
}

/// Why nothing of a bulk request was written.
enum BulkAbort {
    /// All or nothing was requested, and not every report can be changed; with the result of each.
    NotAll(Box<BulkView>),
    Failed(ApiError),
}
impl From<ApiError> for BulkAbort {
    fn from(error: ApiError) -> Self {
        Self::Failed(error)
    }
}
impl From<StoreError> for BulkAbort {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

fn run_bulk(tx: &mut Tx<'_>, caller: Caller, order: &BulkRequest) -> Result<BulkView, BulkAbort> {
    let proof = tx.prove::<BulkReports>(caller, &())?;
    let items = resolve_items(tx, proof.actor(), order)?;
    let all = |tx: &mut Tx<'_>| {
        let mut context = BulkContext { caller, order, common: SharedLookups::default() };
        items
            .iter()
            .map(|item| apply_item(tx, &mut context, item))
            .collect::<ApiResult<Vec<ItemOutcome>>>()
    };
    let outcomes = if order.dry_run { tx.dry_run(all)?? } else { all(tx)? };
    let view = BulkView::new(order, &items, outcomes);
    if order.digest.as_ref().is_some_and(|digest| *digest != view.digest) {
        let detail = "what the digest stands for has changed since: nothing was done";
        return Err(ApiError::Conflict(detail.into()).into());
    }
    if order.all_or_nothing && !order.dry_run && view.totals.done != view.totals.items {
        return Err(BulkAbort::NotAll(Box::new(view.into_unapplied())));
    }
    Ok(view)
}

/// Lists the requested reports, as they are found in this transaction.
fn resolve_items(tx: &mut Tx<'_>, actor: &Actor, order: &BulkRequest) -> ApiResult<Vec<BulkItem>> {
    let keys = match (&order.which, order.action) {
        (BulkSelection::Items(items), _) => return Ok(items.clone()),
        (BulkSelection::Filter(filter), BulkAction::Unchanged) => {
            bulk_keys::list_unreported_projects(tx.conn(), &actor.visible_rows().drafts, filter)?
        }
        (
            BulkSelection::Filter(filter),
            BulkAction::Submit | BulkAction::Withdraw | BulkAction::Approve | BulkAction::Return,
        ) => {
            let query = build_queue_query(actor, filter, tx);
            bulk_keys::list_listed_keys(tx.conn(), &query)?
        }
    };
    if keys.len() > ITEMS_MAX {
        return Err(vec![filter_finds_too_many()].into());
    }
    Ok(keys.into_iter().map(|key| BulkItem { key, version: None }).collect())
}

/// Builds the query of the caller's queue, restricted to working copies: no action applies to an approved copy.
fn build_queue_query(actor: &Actor, filter: &BulkFilter, tx: &Tx<'_>) -> QueueQuery {
    fn to_strings<T: ToString>(values: &[T]) -> Vec<String> {
        values.iter().map(ToString::to_string).collect()
    }
    QueueQuery {
        visible: VisibleRows { approved: ReadScope::default(), ..actor.visible_rows() },
        filter: QueueFilter {
            project: None,
            states: filter.states.clone(),
            cities: to_strings(&filter.cities),
            countries: to_strings(&filter.countries),
            cycles: to_strings(&filter.cycles),
            late: filter.late,
        },
        sort: QueueSort::Key,
        after: None,
        limit: i64::try_from(ITEMS_MAX + 1).unwrap_or(i64::MAX),
        now: tx.at(),
    }
}

struct BulkContext<'a> {
    caller: Caller,
    order: &'a BulkRequest,
    common: SharedLookups,
}

impl BulkContext<'_> {
    /// Proves the right to act on one report. Notes its version only if the caller reads the working copy: no other
    /// caller may notice by the digest that the version changes.
    fn prove_item<A: PolicyAction<Subject = ReportSubject>>(
        &mut self,
        tx: &mut Tx<'_>,
        item: &BulkItem,
        seen: &mut Option<i64>,
    ) -> ApiResult<Authorized<A>> {
        let common = &mut self.common;
        let proof = tx.prove_loaded::<A>(self.caller, |conn, actor| {
            common.load_report_subject(conn, &item.key, A::ACT, actor)
        })?;
        let subject = proof.subject();
        let inside =
            subject.visibility_for(proof.actor()) == Visibility::Readable(RecordCopy::Working);
        *seen = subject.report.as_ref().filter(|_| inside).map(|r| r.version);
        Ok(proof)
    }
    fn comment_text(&self) -> Option<String> {
        self.order.comment.as_ref().map(Prose::to_string)
    }
}

/// Applies the action to one report. A refused report leaves no trace. An error that is not about the report ends the
/// whole request.
fn apply_item(
    tx: &mut Tx<'_>,
    context: &mut BulkContext<'_>,
    item: &BulkItem,
) -> ApiResult<ItemOutcome> {
    let mut seen = None;
    let done = tx.attempt(|tx| match context.order.action {
        BulkAction::Unchanged => carry_forward_item(tx, context, item, &mut seen),
        BulkAction::Submit => transition_item::<SubmitReport>(tx, context, item, &mut seen),
        BulkAction::Withdraw => transition_item::<WithdrawReport>(tx, context, item, &mut seen),
        BulkAction::Approve => transition_item::<ApproveReport>(tx, context, item, &mut seen),
        BulkAction::Return => transition_item::<ReturnReport>(tx, context, item, &mut seen),
    })?;
    ItemOutcome::from_result(done, seen)
}

fn transition_item<A: TransitionAction>(
    tx: &mut Tx<'_>,
    context: &mut BulkContext<'_>,
    item: &BulkItem,
    seen: &mut Option<i64>,
) -> ApiResult<Report> {
    let proof = context.prove_item::<A>(tx, item, seen)?;
    let body = NewTransition { comment: context.comment_text() };
    transitions::apply_transition(
        tx,
        &proof,
        to_precondition(item),
        body,
        Id::new(clock::generate_uuid()),
    )
}

fn carry_forward_item(
    tx: &mut Tx<'_>,
    context: &mut BulkContext<'_>,
    item: &BulkItem,
    seen: &mut Option<i64>,
) -> ApiResult<Report> {
    let proof = context.prove_item::<EditReport>(tx, item, seen)?;
    let new = (Id::new(clock::generate_uuid()), context.comment_text());
    let carried = |subject: &ReportSubject| Ok(carry_forward::carry_unchanged(subject)?);
    // The digest covers the version that the dry run saw.
    let tied = context.order.dry_run || context.order.digest.is_some();
    let read = proof.subject().report.as_ref().filter(|_| tied && item.version.is_none());
    let condition =
        read.map_or_else(|| to_precondition(item), |r| Precondition::Version(r.version));
    let report = transitions::write_content(tx, &proof, condition, new, carried)?;
    if let Some(text) = context.order.comment.clone() {
        let comment = (Id::new(clock::generate_uuid()), CommentKind::Note, text);
        transitions::add_comment(tx, &proof, &report, comment)?;
    }
    Ok(report)
}

fn to_precondition(item: &BulkItem) -> Precondition {
    item.version.map_or(Precondition::None, Precondition::Version)
}
