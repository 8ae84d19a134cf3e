//! What every request to change one report states.

use crate::{
    app::precondition::Precondition,
    domain::{project::ProjectCode, value::Slug},
    store::Caller,
};

/// The code of the project and the slug of the cycle.
pub(crate) type ReportKey = (ProjectCode, Slug);

/// A request to change a report.
#[derive(Debug, Clone)]
pub(crate) struct ReportRequest {
    pub(crate) caller: Caller,
    pub(crate) key: ReportKey,
    pub(crate) precondition: Precondition,
}
