//! One action on many reports in one transaction. Each report is subject to the rules and rights of the action on one
//! report.

use super::{
    content::{ContentRequest, write_content},
    transitions::{RawTransitionComment, TransitionAction, apply_transition},
};
use crate::{
    app::{
        comments::{ChangeComment, save_change_comment},
        precondition::Precondition,
        refusal::{AppResult, Refusal},
    },
    clock,
    domain::{
        comment::CommentKind,
        id::Id,
        message,
        policy::{
            ApproveReport, BulkReports, EditReport, PolicyAction, PolicyResource as _, RecordCopy,
            ReturnReport, SubmitReport, Visibility, WithdrawReport,
        },
        report::{
            Report,
            bulk::{BulkAction, BulkItem, BulkRequest},
            carry_forward,
        },
        subject::ReportSubject,
        value::Prose,
    },
    store::{Caller, StoreError, Tx, WriteProof, reports::SharedLookups},
};

mod result;
mod selection;

pub(crate) use result::{BulkItemResult, BulkResult, BulkTotals};
use selection::select_items;

/// Why a request on many reports changed nothing.
pub(crate) enum BulkRefusal {
    /// All or nothing was requested, and not every report can be changed; with the result of each.
    Incomplete(Box<BulkResult>),
    /// The whole request is refused.
    Refused(Refusal),
}
impl From<Refusal> for BulkRefusal {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}
impl From<StoreError> for BulkRefusal {
    fn from(error: StoreError) -> Self {
        Self::Refused(error.into())
    }
}

/// Applies an action to many reports. A dry run is the same work, undone.
pub(crate) fn change_reports(
    tx: &mut Tx<'_>,
    caller: Caller,
    order: &BulkRequest,
) -> Result<BulkResult, BulkRefusal> {
    let proof = tx.prove::<BulkReports>(caller, &())?;
    let items = select_items(tx, proof.actor(), order)?;
    let all = |tx: &mut Tx<'_>| {
        let mut context = BulkContext { caller, order, common: SharedLookups::default() };
        items
            .into_iter()
            .map(|item| apply_item(tx, &mut context, item))
            .collect::<AppResult<Vec<BulkItemResult>>>()
    };
    let results = if order.dry_run { tx.dry_run(all)?? } else { all(tx)? };
    let result = BulkResult::new(order, results);
    if order.digest.as_ref().is_some_and(|digest| *digest != result.digest) {
        return Err(Refusal::Conflict(message::report::bulk_changed_since()).into());
    }
    if order.all_or_nothing && !order.dry_run && result.totals.done != result.totals.items {
        return Err(BulkRefusal::Incomplete(Box::new(result.into_unapplied())));
    }
    Ok(result)
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
    ) -> AppResult<WriteProof<A>> {
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
    item: BulkItem,
) -> AppResult<BulkItemResult> {
    let mut seen = None;
    let done = tx.attempt(|tx| match context.order.action {
        BulkAction::Unchanged => carry_forward_item(tx, context, &item, &mut seen),
        BulkAction::Submit => transition_item::<SubmitReport>(tx, context, &item, &mut seen),
        BulkAction::Withdraw => transition_item::<WithdrawReport>(tx, context, &item, &mut seen),
        BulkAction::Approve => transition_item::<ApproveReport>(tx, context, &item, &mut seen),
        BulkAction::Return => transition_item::<ReturnReport>(tx, context, &item, &mut seen),
    })?;
    BulkItemResult::new(item.key, seen, done)
}

fn transition_item<A: TransitionAction>(
    tx: &mut Tx<'_>,
    context: &mut BulkContext<'_>,
    item: &BulkItem,
    seen: &mut Option<i64>,
) -> AppResult<Report> {
    let proof = context.prove_item::<A>(tx, item, seen)?;
    let id = Id::new(clock::generate_uuid());
    let comment = RawTransitionComment { id, text: context.comment_text() };
    apply_transition(tx, &proof, to_precondition(item), comment)
}

fn carry_forward_item(
    tx: &mut Tx<'_>,
    context: &mut BulkContext<'_>,
    item: &BulkItem,
    seen: &mut Option<i64>,
) -> AppResult<Report> {
    let proof = context.prove_item::<EditReport>(tx, item, seen)?;
    // The digest covers the version that the dry run saw.
    let tied = context.order.dry_run || context.order.digest.is_some();
    let read = proof.subject().report.as_ref().filter(|_| tied && item.version.is_none());
    let request = ContentRequest {
        id: Id::new(clock::generate_uuid()),
        precondition: read
            .map_or_else(|| to_precondition(item), |r| Precondition::Version(r.version)),
        reason: context.comment_text(),
    };
    let carried = |subject: &ReportSubject| Ok(carry_forward::carry_unchanged(subject)?);
    let report = write_content(tx, &proof, request, carried)?;
    if let Some(text) = context.order.comment.clone() {
        let id = Id::new(clock::generate_uuid());
        let comment = ChangeComment { id, kind: CommentKind::Note, text };
        save_change_comment(tx, &proof, &report, comment)?;
    }
    Ok(report)
}

fn to_precondition(item: &BulkItem) -> Precondition {
    item.version.map_or(Precondition::None, Precondition::Version)
}
