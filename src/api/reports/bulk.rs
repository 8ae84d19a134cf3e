//! One act on many reports: each by the rules and rights of the act on one, all in one transaction.

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
        Caller, Tx,
        reports::{
            SharedLookups, bulk_keys, load_for_batch,
            queue::{QueueFilter, QueueQuery, QueueSort},
        },
    },
};

mod input;
mod view;

pub(crate) use input::NewBulk;
pub(crate) use view::BulkView;
use view::ItemOutcome;

/// Act on many reports
///
/// Carries forward as unchanged, submits, withdraws, approves or returns up to 500 reports, named or found by a filter among
/// those whose working copy the caller reads (for `unchanged`: projects of the own city that have no report yet in the
/// cycle). Each item is done by the same rules and rights as by itself, and answered for itself; one comment is said on
/// each. `dry_run` writes nothing and answers what would come of it, with a digest. Whoever sends the digest along acts on
/// exactly that: when anything in it has become another, nothing is done and the answer is 409. Without a digest each item
/// names the version that was read, except where `unchanged` makes a new report. With `all_or_nothing` nothing is done
/// unless every item can be; the answer is then 409, with the items under `bulk`.
#[utoipa::path(tag = "reports", request_body = NewBulk, responses((status = 200, body = BulkView)))]
#[post("/reports/bulk")]
pub(super) async fn change_reports(
    may: May<BulkReports, Json<NewBulk>>,
    state: Data<State>,
) -> ApiResult<Answer> {
    let (caller, order) = (may.caller, RawBulkRequest::from(may.body.0).parse()?);
    let mut view = state.db.write(move |tx| run_bulk(tx, caller, &order)).await?;
    view.translate_problems(may.language);
    Ok(Answer::from_value(&view)?.in_language(may.language))
}

fn run_bulk(tx: &mut Tx<'_>, caller: Caller, order: &BulkRequest) -> ApiResult<BulkView> {
    let proof = tx.prove::<BulkReports>(caller, &())?;
    let items = resolve_items(tx, proof.actor(), order)?;
    let all = |tx: &mut Tx<'_>| {
        let mut desk = BulkContext { caller, order, common: SharedLookups::default() };
        items
            .iter()
            .map(|item| apply_item(tx, &mut desk, item))
            .collect::<ApiResult<Vec<ItemOutcome>>>()
    };
    let came = if order.dry_run { tx.dry_run(all)?? } else { all(tx)? };
    let view = BulkView::new(order, &items, came);
    if order.digest.as_ref().is_some_and(|digest| *digest != view.digest) {
        let moved = "what the digest stands for has changed since: nothing was done";
        return Err(ApiError::Conflict(moved.into()));
    }
    if order.all_or_nothing && !order.dry_run && view.totals.done != view.totals.items {
        return Err(ApiError::BulkRefused(Box::new(view.into_unapplied())));
    }
    Ok(view)
}

/// Names the reports that are meant, as they are found in this transaction.
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

/// Asks for what the caller's queue shows of working copies: nobody acts on an approved one.
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

/// Who acts, how, and what is known already for every item.
struct BulkContext<'a> {
    caller: Caller,
    order: &'a BulkRequest,
    common: SharedLookups,
}

impl BulkContext<'_> {
    /// Asks for the right to one item, and notes its version for those who read the working copy: nobody else may notice by
    /// a digest that it moves.
    fn prove_item<A: PolicyAction<Subject = ReportSubject>>(
        &mut self,
        tx: &mut Tx<'_>,
        item: &BulkItem,
        seen: &mut Option<i64>,
    ) -> ApiResult<Authorized<A>> {
        let common = &mut self.common;
        let proof = tx.prove_loaded::<A>(self.caller, |conn, actor| {
            load_for_batch(conn, common, &item.key, (A::ACT, actor))
        })?;
        let on = proof.subject();
        let inside = on.visibility_for(proof.actor()) == Visibility::Readable(RecordCopy::Working);
        *seen = on.report.as_ref().filter(|_| inside).map(|r| r.version);
        Ok(proof)
    }
    fn comment_text(&self) -> Option<String> {
        self.order.comment.as_ref().map(Prose::to_string)
    }
}

/// Does one item, or finds why not and leaves no trace. What is no matter of the item ends the whole.
fn apply_item(
    tx: &mut Tx<'_>,
    desk: &mut BulkContext<'_>,
    item: &BulkItem,
) -> ApiResult<ItemOutcome> {
    let mut seen = None;
    let done = tx.attempt(|tx| match desk.order.action {
        BulkAction::Unchanged => carry_forward_item(tx, desk, item, &mut seen),
        BulkAction::Submit => transition_item::<SubmitReport>(tx, desk, item, &mut seen),
        BulkAction::Withdraw => transition_item::<WithdrawReport>(tx, desk, item, &mut seen),
        BulkAction::Approve => transition_item::<ApproveReport>(tx, desk, item, &mut seen),
        BulkAction::Return => transition_item::<ReturnReport>(tx, desk, item, &mut seen),
    })?;
    ItemOutcome::from_result(done, seen)
}

fn transition_item<A: TransitionAction>(
    tx: &mut Tx<'_>,
    desk: &mut BulkContext<'_>,
    item: &BulkItem,
    seen: &mut Option<i64>,
) -> ApiResult<Report> {
    let proof = desk.prove_item::<A>(tx, item, seen)?;
    let body = NewTransition { comment: desk.comment_text() };
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
    desk: &mut BulkContext<'_>,
    item: &BulkItem,
    seen: &mut Option<i64>,
) -> ApiResult<Report> {
    let proof = desk.prove_item::<EditReport>(tx, item, seen)?;
    let new = (Id::new(clock::generate_uuid()), desk.comment_text());
    let carried = |on: &ReportSubject| Ok(carry_forward::carry_unchanged(on)?);
    // The digest stands for the version that the rehearsal saw.
    let tied = desk.order.dry_run || desk.order.digest.is_some();
    let read = proof.subject().report.as_ref().filter(|_| tied && item.version.is_none());
    let condition =
        read.map_or_else(|| to_precondition(item), |r| Precondition::Version(r.version));
    let report = transitions::write_content(tx, &proof, condition, new, carried)?;
    if let Some(text) = desk.order.comment.clone() {
        let comment = (Id::new(clock::generate_uuid()), CommentKind::Note, text);
        transitions::add_comment(tx, &proof, &report, comment)?;
    }
    Ok(report)
}

fn to_precondition(item: &BulkItem) -> Precondition {
    item.version.map_or(Precondition::None, Precondition::Version)
}
