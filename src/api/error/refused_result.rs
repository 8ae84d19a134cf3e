//! The refusal of a request on many records.

use serde::Serialize;
use serde_json::Value;

use super::{ApiError, FaultView, ProblemKind};
use crate::{
    api::problem,
    domain::message::{self, Message},
    sheets::message::import,
};

/// The member of the problem document that has the result of a request on many records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::api) enum ResultMember {
    Bulk,
    Import,
}

/// The refusal of a request on many records. The resource makes it, so that this module knows no resource.
#[derive(Debug)]
pub struct RefusedResult {
    pub(super) kind: ProblemKind,
    pub(super) detail: Message,
    pub(super) member: ResultMember,
    /// The result as JSON, in the language of the answer.
    pub(super) result: serde_json::Value,
    pub(super) errors: Vec<FaultView>,
}

impl ApiError {
    /// Refuses a bulk request whose records cannot all be changed.
    pub(in crate::api) fn bulk_refused<T: Serialize>(view: &T) -> Self {
        Self::with_result(
            RefusedResult {
                kind: problem::CONFLICT,
                detail: message::report::bulk_not_all(),
                member: ResultMember::Bulk,
                result: Value::Null,
                errors: Vec::new(),
            },
            view,
        )
    }

    /// Refuses an import; `count` is the number of faults, `errors` names them.
    pub(in crate::api) fn import_refused<T: Serialize>(
        view: &T,
        count: usize,
        errors: Vec<FaultView>,
    ) -> Self {
        Self::with_result(
            RefusedResult {
                kind: problem::INVALID,
                detail: import::refused(count),
                member: ResultMember::Import,
                result: Value::Null,
                errors,
            },
            view,
        )
    }

    fn with_result<T: Serialize>(refused: RefusedResult, view: &T) -> Self {
        match serde_json::to_value(view) {
            Ok(result) => Self::RefusedWithResult(Box::new(RefusedResult { result, ..refused })),
            Err(e) => Self::Internal(Box::new(e)),
        }
    }
}
