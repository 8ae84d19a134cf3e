//! The answer to an action on many reports, report by report.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    api::{
        answer::Answer,
        answer_text::AnswerText,
        error::{ApiError, ApiResult, FaultView, LastChange, Problem},
        problem,
    },
    app::{
        Refusal,
        reports::{BulkItemResult, BulkResult, BulkTotals},
    },
    domain::{
        language::Language,
        report::{
            ReportState,
            bulk::{BulkAction, BulkOutcome},
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
    pub totals: BulkTotalsView,
    /// Result of each report, in the order of the request, or of `GET /reports` if a filter found them.
    pub results: Vec<BulkItemView>,
}

/// Number of reports with each result.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[schema(as = BulkTotals)]
pub(crate) struct BulkTotalsView {
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
#[schema(as = BulkResult)]
pub(crate) struct BulkItemView {
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
    #[schema(value_type = String)]
    pub title: AnswerText,
    /// HTTP status that the same action on this report alone would answer.
    #[schema(example = 409)]
    pub status: u16,
    /// Explanation of the problem with this report, in the language of the answer.
    #[schema(value_type = String)]
    pub detail: AnswerText,
    /// All faults, if fields are at fault; absent otherwise.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FaultView>,
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

impl From<Refusal> for BulkProblem {
    fn from(refusal: Refusal) -> Self {
        ApiError::from(refusal).to_problem().into()
    }
}

impl From<BulkTotals> for BulkTotalsView {
    fn from(t: BulkTotals) -> Self {
        Self { items: t.items, done: t.done, refused: t.refused, stale: t.stale }
    }
}

impl From<BulkItemResult> for BulkItemView {
    fn from(item: BulkItemResult) -> Self {
        let outcome = item.outcome();
        let (report, problem) = match item.result {
            Ok(report) => (Some(report), None),
            Err(refused) => (None, Some(BulkProblem::from(refused.refusal))),
        };
        Self {
            project: item.key.0.to_string(),
            cycle: item.key.1.to_string(),
            result: outcome,
            version: report.map(|r| r.version),
            state: report.map(|r| r.state),
            problem,
        }
    }
}

impl From<BulkResult> for BulkView {
    fn from(result: BulkResult) -> Self {
        Self {
            action: result.action,
            dry_run: result.dry_run,
            applied: result.applied,
            digest: result.digest,
            totals: result.totals.into(),
            results: result.items.into_iter().map(BulkItemView::from).collect(),
        }
    }
}

impl BulkView {
    /// Puts the problems into words, and builds the answer.
    pub(super) fn into_answer(mut self, language: Language) -> ApiResult<Answer> {
        self.word_problems(language);
        Ok(Answer::from_value(&self)?.in_language(language))
    }

    /// Puts the problems into words, and refuses the whole request with this result.
    pub(super) fn into_refusal(mut self, language: Language) -> ApiError {
        self.word_problems(language);
        ApiError::bulk_refused(&self)
    }

    fn word_problems(&mut self, language: Language) {
        for problem in self.results.iter_mut().filter_map(|r| r.problem.as_mut()) {
            problem::word_problem(
                language,
                [&mut problem.title, &mut problem.detail],
                &mut problem.errors,
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        app::refusal::AppResult,
        domain::{
            message, policy::AccessDenied, project::ProjectCode, refusal::IllegalTransition,
            value::Slug,
        },
        store::{StoreError, error::ConstraintViolation},
    };

    fn refuse_item(refusal: Refusal) -> AppResult<BulkItemResult> {
        let key = (ProjectCode::parse("da-nang-4").unwrap(), Slug::parse("me-2026").unwrap());
        BulkItemResult::new(key, None, Err(refusal))
    }

    #[test]
    fn the_digest_of_a_refused_item_covers_the_code_of_its_problem() {
        let illegal = IllegalTransition {
            action: message::transition::approve(),
            state: message::transition::in_draft(),
        };
        let refusals = [
            Refusal::Denied(AccessDenied::Hidden),
            Refusal::Denied(AccessDenied::Forbidden(message::access::role_forbids())),
            Refusal::NotFound,
            Refusal::PreconditionRequired,
            Refusal::Stale(None),
            Refusal::UnusableTag,
            Refusal::UnexpectedTag,
            Refusal::IllegalTransition(illegal),
            Refusal::Conflict(message::reference::exists()),
            Refusal::Invalid(Vec::new()),
            Refusal::Store(StoreError::Conflict(ConstraintViolation::ForeignKey)),
        ];
        for refusal in refusals {
            let item = refuse_item(refusal).unwrap();
            let word = item.digest_word();
            assert_eq!(BulkItemView::from(item).problem.unwrap().code, word);
        }
    }

    #[test]
    fn a_failure_of_the_database_is_not_the_refusal_of_an_item() {
        assert!(refuse_item(Refusal::Store(StoreError::Busy)).is_err());
    }
}
