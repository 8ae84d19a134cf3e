//! The result of an action on many reports, report by report.

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

/// Result of an action on many reports.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct BulkView {
    /// The requested action.
    pub action: BulkAction,
    /// `true` if this is a dry run, which changes nothing.
    pub dry_run: bool,
    /// `true` if the items with the result `done` were saved.
    pub applied: bool,
    /// Digest of this result. A request for the same reports with this digest is carried out only if its result would
    /// be the same.
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    pub digest: String,
    /// Number of reports with each result.
    pub totals: BulkTotals,
    /// Result of each report, in the order of the request, or of `GET /reports` if a filter found them.
    pub results: Vec<BulkResult>,
}

/// Number of reports with each result.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct BulkTotals {
    /// All reports.
    pub items: usize,
    /// Reports for which the action was done, or would be done.
    pub done: usize,
    /// Reports for which the action is not possible.
    pub refused: usize,
    /// Reports whose version is not the one in the request.
    pub stale: usize,
}

/// Result of the action on one report.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct BulkResult {
    /// Code of the project.
    #[schema(example = "da-nang-4")]
    pub project: String,
    /// Slug of the cycle.
    #[schema(example = "me-2026")]
    pub cycle: String,
    /// The result. On a dry run, the result that the action would have.
    pub result: BulkOutcome,
    /// Version of the report after the action; null if the action was not done.
    #[schema(required, example = 4)]
    pub version: Option<i64>,
    /// State of the report after the action; null if the action was not done.
    #[schema(required)]
    pub state: Option<ReportState>,
    /// Problem that the same action on this report alone would answer; null if the action was done.
    #[schema(required)]
    pub problem: Option<BulkProblem>,
}

/// The reason why an action on a report was not done.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct BulkProblem {
    /// Path of a page that explains the problem.
    #[serde(rename = "type")]
    #[schema(example = "/docs/problems/illegal-transition")]
    pub kind: String,
    /// Last segment of `type`, for programs.
    #[schema(example = "illegal-transition")]
    pub code: String,
    /// Short name of the problem, in the language of the answer.
    pub title: String,
    /// HTTP status that the same action on this report alone would answer.
    #[schema(example = 409)]
    pub status: u16,
    /// Explanation of the problem with this report, in the language of the answer.
    pub detail: String,
    /// All faults, if fields are at fault; absent otherwise.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<RequestFault>,
    /// Last change of the report, if the result is `stale`; absent otherwise.
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

pub(super) struct ItemOutcome {
    /// Version before the action, if the caller reads the working copy.
    seen: Option<i64>,
    end: ItemResult,
}

enum ItemResult {
    Done(i64, ReportState),
    NotDone(BulkOutcome, Box<BulkProblem>),
}

impl ItemOutcome {
    /// Converts the result of one report.
    ///
    /// # Errors
    /// Returns the error if it is not about this report: such an error ends the whole request.
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

/// Returns the outcome of an error that is about one report; `None` if the error is not about the report.
const fn classify_error(e: &ApiError) -> Option<BulkOutcome> {
    match e {
        ApiError::Stale(_) | ApiError::UnusableTag | ApiError::UnexpectedTag => {
            Some(BulkOutcome::Stale)
        }
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
        | ApiError::RefusedWithResult(_)
        | ApiError::OtherMediaType(_)
        | ApiError::Busy
        | ApiError::Unavailable(_)
        | ApiError::TooManyWaiting(_)
        | ApiError::Internal(_) => None,
    }
}

impl BulkView {
    pub(super) fn new(order: &BulkRequest, items: &[BulkItem], outcomes: Vec<ItemOutcome>) -> Self {
        let mut totals = BulkTotals { items: items.len(), ..BulkTotals::default() };
        for c in &outcomes {
            match c.outcome() {
                BulkOutcome::Done => totals.done += 1,
                BulkOutcome::Refused => totals.refused += 1,
                BulkOutcome::Stale => totals.stale += 1,
            }
        }
        let digest_part = |(item, c)| build_digest_part(item, c);
        Self {
            action: order.action,
            dry_run: order.dry_run,
            applied: !order.dry_run,
            digest: digest_bulk(
                order.action,
                order.comment.as_ref(),
                items.iter().zip(&outcomes).map(digest_part),
            ),
            totals,
            results: items.iter().zip(outcomes).map(|(item, c)| build_result(item, c)).collect(),
        }
    }
    /// Translates the problems. The digest does not cover their texts.
    pub(in crate::api) fn translate_problems(&mut self, language: Language) {
        for problem in self.results.iter_mut().filter_map(|r| r.problem.as_mut()) {
            problem::translate_problem(
                language,
                [&mut problem.title, &mut problem.detail],
                &mut problem.errors,
            );
        }
    }
    /// Marks that nothing was saved.
    pub(super) fn into_unapplied(self) -> Self {
        Self { applied: false, ..self }
    }
}

fn build_digest_part<'a>(item: &'a BulkItem, outcome: &'a ItemOutcome) -> BulkDigestItem<'a> {
    BulkDigestItem { key: &item.key, version: outcome.seen, outcome: outcome.digest_word() }
}

fn build_result(item: &BulkItem, outcome: ItemOutcome) -> BulkResult {
    let result = outcome.outcome();
    let (version, state, problem) = match outcome.end {
        ItemResult::Done(version, state) => (Some(version), Some(state), None),
        ItemResult::NotDone(_, problem) => (None, None, Some(*problem)),
    };
    let (project, cycle) = (item.key.0.to_string(), item.key.1.to_string());
    BulkResult { project, cycle, result, version, state, problem }
}
