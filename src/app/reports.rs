//! Reports: write them, move them from state to state, one or many, and load what answers show of them.

mod bulk;
mod content;
mod detail;
mod request;
mod transitions;

pub(crate) use bulk::{BulkItemResult, BulkRefusal, BulkResult, BulkTotals, change_reports};
pub(crate) use content::{upsert_report, write_report};
pub(crate) use detail::{ReportDetail, load_detail};
pub(crate) use request::{ReportKey, ReportRequest};
pub(crate) use transitions::{RawTransitionComment, TransitionAction, transition_report};
