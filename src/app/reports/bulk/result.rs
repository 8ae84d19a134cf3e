//! The result of an action on many reports, report by report.

use crate::{
    app::{
        refusal::{AppResult, Refusal},
        reports::request::ReportKey,
    },
    domain::{
        policy::AccessDenied,
        report::{
            Report, ReportState,
            bulk::{BulkAction, BulkDigestItem, BulkOutcome, BulkRequest, digest_bulk},
        },
    },
    store::{StoreError, error::ConstraintViolation},
};

/// The result of an action on many reports.
#[derive(Debug)]
pub(crate) struct BulkResult {
    pub(crate) action: BulkAction,
    pub(crate) dry_run: bool,
    /// Whether the reports that are done were saved.
    pub(crate) applied: bool,
    /// Changes if the result of any report changes.
    pub(crate) digest: String,
    pub(crate) totals: BulkTotals,
    /// The result of each report, in the order of the request.
    pub(crate) items: Vec<BulkItemResult>,
}

/// The number of reports with each outcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct BulkTotals {
    /// All reports.
    pub(crate) items: usize,
    pub(crate) done: usize,
    pub(crate) refused: usize,
    pub(crate) stale: usize,
}

/// The result of the action on one report.
#[derive(Debug)]
pub(crate) struct BulkItemResult {
    pub(crate) key: ReportKey,
    /// The version before the action, if the caller reads the working copy.
    seen: Option<i64>,
    pub(crate) result: Result<ChangedReport, ItemRefusal>,
}

/// A report after the action.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ChangedReport {
    pub(crate) version: i64,
    pub(crate) state: ReportState,
}

/// Why the action was not done for a report.
#[derive(Debug)]
pub(crate) struct ItemRefusal {
    pub(crate) refusal: Refusal,
    outcome: BulkOutcome,
    /// The code of the problem that an answer names. The digest covers it.
    code: &'static str,
}

impl ItemRefusal {
    /// # Errors
    /// Returns the refusal if it is not about one report.
    fn from_refusal(refusal: Refusal) -> AppResult<Self> {
        match classify_refusal(&refusal) {
            Some((outcome, code)) => Ok(Self { refusal, outcome, code }),
            None => Err(refusal),
        }
    }
}

/// Returns the outcome of a refusal that is about one report, with its word in the digest. Returns `None` if the
/// refusal is not about the report.
const fn classify_refusal(refusal: &Refusal) -> Option<(BulkOutcome, &'static str)> {
    match refusal {
        Refusal::Stale(_) | Refusal::UnusableTag | Refusal::UnexpectedTag => {
            Some((BulkOutcome::Stale, "stale"))
        }
        Refusal::Denied(AccessDenied::Forbidden(_)) => Some((BulkOutcome::Refused, "forbidden")),
        Refusal::Denied(AccessDenied::Hidden) | Refusal::NotFound => {
            Some((BulkOutcome::Refused, "not-found"))
        }
        Refusal::PreconditionRequired => Some((BulkOutcome::Refused, "precondition-required")),
        Refusal::IllegalTransition(_) => Some((BulkOutcome::Refused, "illegal-transition")),
        Refusal::Conflict(_)
        | Refusal::Store(StoreError::Conflict(
            ConstraintViolation::Unique(_) | ConstraintViolation::ForeignKey,
        )) => Some((BulkOutcome::Refused, "conflict")),
        Refusal::Invalid(_) => Some((BulkOutcome::Refused, "invalid")),
        Refusal::Denied(AccessDenied::Undecided(_))
        | Refusal::InvalidParameter(..)
        | Refusal::Store(_)
        | Refusal::Internal(_) => None,
    }
}

impl BulkItemResult {
    /// # Errors
    /// Returns the refusal if it is not about this report: such a refusal ends the whole request.
    pub(crate) fn new(
        key: ReportKey,
        seen: Option<i64>,
        done: AppResult<Report>,
    ) -> AppResult<Self> {
        let result = match done {
            Ok(report) => Ok(ChangedReport { version: report.version, state: report.state }),
            Err(refusal) => Err(ItemRefusal::from_refusal(refusal)?),
        };
        Ok(Self { key, seen, result })
    }

    pub(crate) fn outcome(&self) -> BulkOutcome {
        self.result.as_ref().map_or_else(|refused| refused.outcome, |_report| BulkOutcome::Done)
    }

    /// Returns the result as the digest covers it: `done`, or the code of the problem that an answer names.
    pub(crate) fn digest_word(&self) -> &'static str {
        match &self.result {
            Ok(_report) => BulkOutcome::Done.as_str(),
            Err(refused) => refused.code,
        }
    }

    fn digest_item(&self) -> BulkDigestItem<'_> {
        BulkDigestItem { key: &self.key, version: self.seen, outcome: self.digest_word() }
    }
}

impl BulkResult {
    pub(super) fn new(order: &BulkRequest, items: Vec<BulkItemResult>) -> Self {
        let mut totals = BulkTotals { items: items.len(), ..BulkTotals::default() };
        for item in &items {
            match item.outcome() {
                BulkOutcome::Done => totals.done += 1,
                BulkOutcome::Refused => totals.refused += 1,
                BulkOutcome::Stale => totals.stale += 1,
            }
        }
        let digest_items = items.iter().map(BulkItemResult::digest_item);
        Self {
            action: order.action,
            dry_run: order.dry_run,
            applied: !order.dry_run,
            digest: digest_bulk(order.action, order.comment.as_ref(), digest_items),
            totals,
            items,
        }
    }

    /// Marks that nothing was saved.
    pub(super) fn into_unapplied(self) -> Self {
        Self { applied: false, ..self }
    }
}
