//! The views of the tasks of the secretariat.

use serde::Serialize;
use utoipa::ToSchema;

use super::DecisionItem;
use crate::{
    api::users::GrantView,
    domain::{
        agenda::CountryReportCounts, id::Id, reference::CountryCode, user::User, value::Slug,
    },
};

/// Progress of a country in an open cycle.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct CoverageItem {
    /// Slug of the cycle.
    #[schema(example = "me-2026")]
    pub cycle: String,
    /// Code of the country.
    #[schema(example = "VN")]
    pub country: String,
    /// Projects that have to be reported. A project of a city that is not expected to report counts only if its report is
    /// begun.
    pub projects: usize,
    /// Projects whose report is not begun.
    pub to_write: usize,
    /// Reports that are drafts.
    pub draft: usize,
    /// Reports that were returned to their city.
    pub returned: usize,
    /// Reports that wait for a decision.
    pub submitted: usize,
    /// Reports that are approved.
    pub approved: usize,
}
impl CoverageItem {
    pub(in crate::api::todo) fn new(
        cycle: &Slug,
        country: CountryCode,
        counts: CountryReportCounts,
    ) -> Self {
        Self {
            cycle: cycle.to_string(),
            country: country.to_string(),
            projects: counts.projects,
            to_write: counts.to_write,
            draft: counts.draft,
            returned: counts.returned,
            submitted: counts.submitted,
            approved: counts.approved,
        }
    }
}

/// A recent grant, with the user who got it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct NewGrantItem {
    /// Identifier of the user who got the grant.
    pub user: uuid::Uuid,
    /// The grant.
    pub grant: GrantView,
}
impl NewGrantItem {
    pub(in crate::api::todo) fn new(user: Id<User>, grant: GrantView) -> Self {
        Self { user: user.as_uuid(), grant }
    }
}

/// Tasks of the secretariat.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct SecretariatTodo {
    /// Progress of each country with an expected city in each open cycle.
    pub coverage: Vec<CoverageItem>,
    /// Overdue decisions, the oldest submission first; at most 500.
    pub overdue: Vec<DecisionItem>,
    /// Slugs of closed cycles in which no report waits for a decision, and an approval is in no release yet.
    pub ready_to_release: Vec<String>,
    /// Grants of national representatives, secretariat and administrators in the last 30 days, the newest first.
    pub new_grants: Vec<NewGrantItem>,
}
