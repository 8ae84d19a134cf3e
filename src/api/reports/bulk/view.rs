//! What came of an act on many reports, item by item.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    api::{
        error::{ApiError, ApiResult, LastChange, Problem, RequestFault},
        problem,
    },
    domain::{
        language::Language,
        report::{
            Report, ReportState,
            bulk::{BulkAction, BulkDigestItem, BulkItem, BulkOutcome, BulkRequest, digest_bulk},
        },
    },
};

/// What came of an act on many reports.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BulkView {
    /// What was asked for.
    pub action: BulkAction,
    /// Whether it was only rehearsed.
    pub dry_run: bool,
    /// Whether what is `done` was written.
    pub applied: bool,
    /// Stands for all of this: sent along with the same items, it lets them be done only if nothing has become another.
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    pub digest: String,
    /// How many there are of each outcome.
    pub totals: BulkTotals,
    /// Each report, in the order of the request, or of the queue where a filter found them.
    pub results: Vec<BulkResult>,
}

/// How many reports came to what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct BulkTotals {
    /// All of them.
    pub items: usize,
    /// Those that were done, or would be.
    pub done: usize,
    /// Those that cannot be.
    pub refused: usize,
    /// Those of another version than was named.
    pub stale: usize,
}

/// What became of a report.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BulkResult {
    /// The project.
    #[schema(example = "da-nang-4")]
    pub project: String,
    /// The cycle.
    #[schema(example = "me-2026")]
    pub cycle: String,
    /// In short; on a dry run, what it would be.
    pub result: BulkOutcome,
    /// Its version after the act; null when it was not done.
    #[schema(required, example = 4)]
    pub version: Option<i64>,
    /// Its state after the act; null when it was not done.
    #[schema(required)]
    pub state: Option<ReportState>,
    /// Why it was not done: what the act on this report alone would be answered; null when it was done.
    #[schema(required)]
    pub problem: Option<BulkProblem>,
}

/// Why a report was left as it is.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BulkProblem {
    /// A page that explains the problem.
    #[serde(rename = "type")]
    #[schema(example = "/docs/problems/illegal-transition")]
    pub kind: String,
    /// The last part of `type`, for programs.
    #[schema(example = "illegal-transition")]
    pub code: String,
    /// The problem in short.
    pub title: String,
    /// The HTTP status of the act on this report alone.
    #[schema(example = 409)]
    pub status: u16,
    /// What happened here.
    pub detail: String,
    /// Everything that is wrong, where fields are to blame.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<RequestFault>,
    /// Of a stale one: who changed the report last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changed: Option<LastChange>,
}

impl From<Problem> for BulkProblem {
    fn from(p: Problem) -> Self {
        Self {
            kind: p.kind,
            code: p.code,
            title: p.title,
            status: p.status,
            detail: p.detail,
            errors: p.errors,
            changed: p.changed,
        }
    }
}

/// What an item came to.
pub(super) struct ItemOutcome {
    /// The version before, where the caller reads it.
    seen: Option<i64>,
    end: ItemResult,
}

enum ItemResult {
    Done(i64, ReportState),
    NotDone(BulkOutcome, Box<BulkProblem>),
}

impl ItemOutcome {
    /// Takes what one report was answered.
    ///
    /// # Errors
    /// A failure that is no matter of this report.
    pub(super) fn from_result(done: ApiResult<Report>, seen: Option<i64>) -> ApiResult<Self> {
        let end = match done {
            Ok(report) => ItemResult::Done(report.version, report.state),
            Err(e) => match classify_error(&e) {
                Some(outcome) => ItemResult::NotDone(outcome, Box::new(e.to_problem().into())),
                None => return Err(e),
            },
        };
        Ok(Self { seen, end })
    }
    fn outcome(&self) -> BulkOutcome {
        match &self.end {
            ItemResult::Done(..) => BulkOutcome::Done,
            ItemResult::NotDone(outcome, _) => *outcome,
        }
    }
    fn digest_word(&self) -> &str {
        match &self.end {
            ItemResult::Done(..) => BulkOutcome::Done.as_str(),
            ItemResult::NotDone(_, problem) => &problem.code,
        }
    }
}

/// Says what a refusal of one report is; none for what is no matter of the report.
const fn classify_error(e: &ApiError) -> Option<BulkOutcome> {
    match e {
        ApiError::Stale(_) | ApiError::UnusableTag => Some(BulkOutcome::Stale),
        ApiError::Forbidden(_)
        | ApiError::NotFound
        | ApiError::MissingResource(_)
        | ApiError::PreconditionRequired
        | ApiError::IllegalTransition(_)
        | ApiError::Conflict(_)
        | ApiError::Invalid(_) => Some(BulkOutcome::Refused),
        ApiError::Unauthenticated
        | ApiError::WrongPassword
        | ApiError::MethodNotAllowed(_)
        | ApiError::BodyTooLarge(_)
        | ApiError::UnsupportedMediaType
        | ApiError::Malformed(_)
        | ApiError::BulkRefused(_)
        | ApiError::OtherMediaType(_)
        | ApiError::ImportRefused(_)
        | ApiError::Busy
        | ApiError::Unavailable(_)
        | ApiError::TooManyWaiting(_)
        | ApiError::Internal(_) => None,
    }
}

impl BulkView {
    /// Shows what each item came to.
    pub(super) fn new(order: &BulkRequest, items: &[BulkItem], came: Vec<ItemOutcome>) -> Self {
        let mut totals = BulkTotals { items: items.len(), ..BulkTotals::default() };
        for c in &came {
            match c.outcome() {
                BulkOutcome::Done => totals.done += 1,
                BulkOutcome::Refused => totals.refused += 1,
                BulkOutcome::Stale => totals.stale += 1,
            }
        }
        let cover = |(item, c)| build_digest_part(item, c);
        Self {
            action: order.action,
            dry_run: order.dry_run,
            applied: !order.dry_run,
            digest: digest_bulk(
                order.action,
                order.comment.as_ref(),
                items.iter().zip(&came).map(cover),
            ),
            totals,
            results: items.iter().zip(came).map(|(item, c)| build_result(item, c)).collect(),
        }
    }
    /// Says why reports were left as they are in a language. The digest does not cover the words.
    pub(in crate::api) fn translate_problems(&mut self, language: Language) {
        for problem in self.results.iter_mut().filter_map(|r| r.problem.as_mut()) {
            problem::translate_problem(
                language,
                [&mut problem.title, &mut problem.detail],
                &mut problem.errors,
            );
        }
    }
    /// Says that nothing of it was written.
    pub(super) fn into_unapplied(self) -> Self {
        Self { applied: false, ..self }
    }
}

fn build_digest_part<'a>(item: &'a BulkItem, came: &'a ItemOutcome) -> BulkDigestItem<'a> {
    BulkDigestItem { key: &item.key, version: came.seen, outcome: came.digest_word() }
}

fn build_result(item: &BulkItem, came: ItemOutcome) -> BulkResult {
    let result = came.outcome();
    let (version, state, problem) = match came.end {
        ItemResult::Done(version, state) => (Some(version), Some(state), None),
        ItemResult::NotDone(_, problem) => (None, None, Some(*problem)),
    };
    let (project, cycle) = (item.key.0.to_string(), item.key.1.to_string());
    BulkResult { project, cycle, result, version, state, problem }
}
