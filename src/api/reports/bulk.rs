//! One act on many reports: each by the rules and rights of the act on one, all in one transaction.

use actix_web::{post, web::Data};

use super::{
    NewTransition,
    act::{self, Step},
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
            Action, Actor, ApproveReport, Authorized, BulkReports, EditReport, Face, Resource as _,
            ReturnReport, Sight, SubmitReport, Visible, WithdrawReport, sight::Reachable,
        },
        report::{
            Report,
            bulk::{
                BulkAction, BulkFilter, BulkItem, ITEMS_MAX, Order, RawOrder, Which, finds_too_many,
            },
            carry,
        },
        subject::ReportSubject,
        value::Prose,
    },
    store::{
        Caller, Tx,
        reports::{
            Common, found, one_of_many,
            queue::{QueueFilter, QueueQuery, QueueSort},
        },
    },
};

mod input;
mod view;

pub use input::{NewBulk, NewBulkFilter, NewBulkItem, OneOrMany};
use view::Came;
pub use view::{BulkProblem, BulkResult, BulkTotals, BulkView};

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
    let (caller, order) = (may.caller, RawOrder::from(may.body.0).parse()?);
    let mut view = state.db.write(move |tx| run(tx, caller, &order)).await?;
    view.say(may.language);
    Ok(Answer::of(&view)?.in_language(may.language))
}

fn run(tx: &mut Tx<'_>, caller: Caller, order: &Order) -> ApiResult<BulkView> {
    let proof = tx.prove::<BulkReports>(caller, &())?;
    let items = resolve(tx, proof.actor(), order)?;
    let all = |tx: &mut Tx<'_>| {
        let mut desk = Desk { caller, order, common: Common::default() };
        items.iter().map(|item| one(tx, &mut desk, item)).collect::<ApiResult<Vec<Came>>>()
    };
    let came = if order.dry_run { tx.rehearse(all)?? } else { all(tx)? };
    let view = BulkView::new(order, &items, came);
    if order.digest.as_ref().is_some_and(|digest| *digest != view.digest) {
        let moved = "what the digest stands for has changed since: nothing was done";
        return Err(ApiError::Conflict(moved.into()));
    }
    if order.all_or_nothing && !order.dry_run && view.totals.done != view.totals.items {
        return Err(ApiError::NotAll(Box::new(view.undone())));
    }
    Ok(view)
}

/// Names the reports that are meant, as they are found in this transaction.
fn resolve(tx: &mut Tx<'_>, actor: &Actor, order: &Order) -> ApiResult<Vec<BulkItem>> {
    let keys = match (&order.which, order.action) {
        (Which::Items(items), _) => return Ok(items.clone()),
        (Which::Found(filter), BulkAction::Unchanged) => {
            found::unwritten(tx.conn(), &actor.visible().drafts, filter)?
        }
        (
            Which::Found(filter),
            BulkAction::Submit | BulkAction::Withdraw | BulkAction::Approve | BulkAction::Return,
        ) => {
            let query = query(actor, filter, tx);
            found::keys(tx.conn(), &query)?
        }
    };
    if keys.len() > ITEMS_MAX {
        return Err(vec![finds_too_many()].into());
    }
    Ok(keys.into_iter().map(|key| BulkItem { key, version: None }).collect())
}

/// Asks for what the caller's queue shows of working copies: nobody acts on an approved one.
fn query(actor: &Actor, filter: &BulkFilter, tx: &Tx<'_>) -> QueueQuery {
    fn words<T: ToString>(values: &[T]) -> Vec<String> {
        values.iter().map(ToString::to_string).collect()
    }
    QueueQuery {
        visible: Visible { approved: Reachable::default(), ..actor.visible() },
        filter: QueueFilter {
            project: None,
            states: filter.states.clone(),
            cities: words(&filter.cities),
            countries: words(&filter.countries),
            cycles: words(&filter.cycles),
            late: filter.late,
        },
        sort: QueueSort::Key,
        after: None,
        limit: i64::try_from(ITEMS_MAX + 1).unwrap_or(i64::MAX),
        now: tx.at(),
    }
}

/// Who acts, how, and what is known already for every item.
struct Desk<'a> {
    caller: Caller,
    order: &'a Order,
    common: Common,
}

impl Desk<'_> {
    /// Asks for the right to one item, and notes its version for those who read the working copy: nobody else may notice by
    /// a digest that it moves.
    fn prove<A: Action<On = ReportSubject>>(
        &mut self,
        tx: &mut Tx<'_>,
        item: &BulkItem,
        seen: &mut Option<i64>,
    ) -> ApiResult<Authorized<A>> {
        let common = &mut self.common;
        let proof = tx.prove_by::<A>(self.caller, |conn, actor| {
            one_of_many(conn, common, &item.key, (A::ACT, actor))
        })?;
        let on = proof.on();
        let inside = on.sight(proof.actor()) == Sight::Seen(Face::Working);
        *seen = on.report.as_ref().filter(|_| inside).map(|r| r.version);
        Ok(proof)
    }
    fn comment(&self) -> Option<String> {
        self.order.comment.as_ref().map(Prose::to_string)
    }
}

/// Does one item, or finds why not and leaves no trace. What is no matter of the item ends the whole.
fn one(tx: &mut Tx<'_>, desk: &mut Desk<'_>, item: &BulkItem) -> ApiResult<Came> {
    let mut seen = None;
    let done = tx.attempt(|tx| match desk.order.action {
        BulkAction::Unchanged => unchanged(tx, desk, item, &mut seen),
        BulkAction::Submit => step::<SubmitReport>(tx, desk, item, &mut seen),
        BulkAction::Withdraw => step::<WithdrawReport>(tx, desk, item, &mut seen),
        BulkAction::Approve => step::<ApproveReport>(tx, desk, item, &mut seen),
        BulkAction::Return => step::<ReturnReport>(tx, desk, item, &mut seen),
    })?;
    Came::of(done, seen)
}

fn step<A: Step>(
    tx: &mut Tx<'_>,
    desk: &mut Desk<'_>,
    item: &BulkItem,
    seen: &mut Option<i64>,
) -> ApiResult<Report> {
    let proof = desk.prove::<A>(tx, item, seen)?;
    let body = NewTransition { comment: desk.comment() };
    act::go(tx, &proof, condition(item), body, Id::new(clock::fresh_uuid()))
}

fn unchanged(
    tx: &mut Tx<'_>,
    desk: &mut Desk<'_>,
    item: &BulkItem,
    seen: &mut Option<i64>,
) -> ApiResult<Report> {
    let proof = desk.prove::<EditReport>(tx, item, seen)?;
    let new = (Id::new(clock::fresh_uuid()), desk.comment());
    let carried = |on: &ReportSubject| Ok(carry::unchanged(on)?);
    // The digest stands for the version that the rehearsal saw.
    let tied = desk.order.dry_run || desk.order.digest.is_some();
    let read = proof.on().report.as_ref().filter(|_| tied && item.version.is_none());
    let condition = read.map_or_else(|| condition(item), |r| Precondition::Version(r.version));
    let report = act::put(tx, &proof, condition, new, carried)?;
    if let Some(text) = desk.order.comment.clone() {
        let comment = (Id::new(clock::fresh_uuid()), CommentKind::Note, text);
        act::say(tx, &proof, &report, comment)?;
    }
    Ok(report)
}

fn condition(item: &BulkItem) -> Precondition {
    item.version.map_or(Precondition::None, Precondition::Version)
}
