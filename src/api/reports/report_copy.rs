//! Chooses the copy of a report that a view shows, and the persons that it names.

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

/// The data that both copies of a report have in common.
pub(super) struct ReportCopy<'a> {
    pub(super) content: &'a ReportContent,
    pub(super) state: ReportState,
    pub(super) version: i64,
    pub(super) header: Option<HeaderView>,
    pub(super) milestones: &'a [Milestone],
    pub(super) starts_on: Option<NaiveDate>,
    pub(super) ends_on: Option<NaiveDate>,
    pub(super) imported: Option<&'a Value>,
    pub(super) submitted_at: Option<DateTime<Utc>>,
    pub(super) decided_at: Option<DateTime<Utc>>,
}

impl<'a> ReportCopy<'a> {
    pub(super) fn from_working(subject: &'a ReportSubject, r: &'a Report) -> Self {
        // A submitted or approved report is shown with the frozen record of the project; a draft is shown with the
        // current one.
        let frozen = match r.state {
            ReportState::Submitted | ReportState::Approved => r.header.as_ref(),
            ReportState::Draft | ReportState::Returned => None,
        };
        let details = frozen.map_or(&subject.project.details, |h| &h.details);
        Self {
            milestones: frozen.map_or(subject.milestones.as_slice(), |h| h.milestones.as_slice()),
            starts_on: details.starts_on,
            ends_on: details.ends_on,
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
            starts_on: details.starts_on,
            ends_on: details.ends_on,
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

/// The persons who edited, submitted and decided; empty if the caller must not know them.
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
    /// Returns each user once.
    pub(super) fn collect_user_ids(&self) -> Vec<Uuid> {
        let stamps = [self.edited, self.submitted, self.decided].into_iter().flatten();
        let mut ids: Vec<Uuid> =
            stamps.flat_map(|d| [Some(d.by), d.acting_for]).flatten().map(Id::as_uuid).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }
}
