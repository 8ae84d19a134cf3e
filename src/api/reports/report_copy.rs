//! Which copy of a report is shown, and who may be named.

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;
use uuid::Uuid;

use super::header::HeaderView;
use crate::domain::{
    id::Id,
    project_parts::Milestone,
    report::{ApprovedReport, AuditStamp, Report, ReportContent, ReportState},
    subject::ReportSubject,
};

/// What the two copies of a report have in common.
pub(super) struct ReportCopy<'a> {
    pub(super) content: &'a ReportContent,
    pub(super) state: ReportState,
    pub(super) version: i64,
    pub(super) header: Option<HeaderView>,
    pub(super) milestones: &'a [Milestone],
    pub(super) dates: (Option<NaiveDate>, Option<NaiveDate>),
    pub(super) imported: Option<&'a Value>,
    pub(super) submitted_at: Option<DateTime<Utc>>,
    pub(super) decided_at: Option<DateTime<Utc>>,
}

impl<'a> ReportCopy<'a> {
    pub(super) fn from_working(on: &'a ReportSubject, r: &'a Report) -> Self {
        // What was handed in is shown with what was frozen then; what is being written, with what is there now.
        let frozen = match r.state {
            ReportState::Submitted | ReportState::Approved => r.header.as_ref(),
            ReportState::Draft | ReportState::Returned => None,
        };
        let details = frozen.map_or(&on.project.details, |h| &h.details);
        Self {
            milestones: frozen.map_or(on.milestones.as_slice(), |h| h.milestones.as_slice()),
            dates: (details.starts_on, details.ends_on),
            content: &r.content,
            state: r.state,
            version: r.version,
            header: r.header.as_ref().map(HeaderView::from),
            imported: r.imported.as_ref(),
            submitted_at: r.submitted.map(|d| d.at),
            decided_at: r.decided.map(|d| d.at),
        }
    }
    pub(super) fn from_approved(a: &'a ApprovedReport) -> Self {
        let details = &a.header.details;
        Self {
            milestones: &a.header.milestones,
            dates: (details.starts_on, details.ends_on),
            content: &a.content,
            state: ReportState::Approved,
            version: a.version,
            header: Some(HeaderView::from_approved_copy(&a.header, a.version)),
            imported: a.imported.as_ref(),
            submitted_at: a.submitted_at,
            decided_at: a.decided_at,
        }
    }
}

/// What was done to a report, as far as the caller may know by whom.
#[derive(Default)]
pub(super) struct ReportAuthorship {
    pub(super) edited: Option<AuditStamp>,
    pub(super) submitted: Option<AuditStamp>,
    pub(super) decided: Option<AuditStamp>,
}

impl ReportAuthorship {
    pub(super) fn from_report(r: &Report) -> Self {
        Self { edited: r.edited, submitted: r.submitted, decided: r.decided }
    }
    /// Names everybody in them once.
    pub(super) fn collect_user_ids(&self) -> Vec<Uuid> {
        let deeds = [self.edited, self.submitted, self.decided].into_iter().flatten();
        let mut ids: Vec<Uuid> =
            deeds.flat_map(|d| [Some(d.by), d.acting_for]).flatten().map(Id::as_uuid).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }
}
