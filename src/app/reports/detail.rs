//! What an answer shows of a report: the copy that the caller reads, whether it is ready, and what the caller may do.

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;

use crate::{
    domain::{
        fault::FieldFault,
        id::Id,
        policy::{Actor, Authorized, PolicyAction, PolicyResource as _, RecordCopy, Visibility},
        project::{Header, ProjectCode, ProjectDetails},
        project_parts::Milestone,
        readiness,
        report::{
            ApprovedReport, AuditStamp, Report, ReportContent, ReportState, SubmissionTiming,
        },
        subject::{PartNotLoaded, ReportSubject},
        user::User,
        value::Slug,
        workflow::{self, ActionVerdict, TransitionKind},
    },
    store::{
        Conn, StoreError, StoreResult, Tx,
        users::{self, PersonNames},
    },
};

/// A report as one caller reads it.
pub(crate) struct ReportDetail {
    /// The code of the project.
    pub(crate) code: ProjectCode,
    pub(crate) cycle: Slug,
    /// The cut-off day of the cycle.
    pub(crate) as_of: NaiveDate,
    pub(crate) copy: ReportCopy,
    pub(crate) authorship: ReportAuthorship,
    /// The names of the persons in `authorship`.
    pub(crate) names: PersonNames,
    /// What blocks the submission; empty in the approved copy.
    pub(crate) blockers: Vec<FieldFault>,
    /// Each action, with the reason if the caller may not do it now.
    pub(crate) allowed_actions: Vec<ActionVerdict>,
    /// The last day to submit on time; none if the cycle has no due day.
    pub(crate) due_on: Option<NaiveDate>,
    /// Whether the report was first submitted late, or is overdue now.
    pub(crate) late: bool,
    /// The latest release that contains the report as it is approved now.
    pub(crate) released_in: Option<Slug>,
}

/// The data that both copies of a report have in common.
pub(crate) struct ReportCopy {
    pub(crate) content: ReportContent,
    pub(crate) state: ReportState,
    pub(crate) version: i64,
    pub(crate) header: Option<Header>,
    /// The milestones of the project, from whose weights a percentage is computed.
    pub(crate) milestones: Vec<Milestone>,
    /// The first day of the project.
    pub(crate) starts_on: Option<NaiveDate>,
    /// The last day of the project.
    pub(crate) ends_on: Option<NaiveDate>,
    pub(crate) imported: Option<Value>,
    pub(crate) submitted_at: Option<DateTime<Utc>>,
    /// None in the approved copy.
    pub(crate) first_submitted_at: Option<DateTime<Utc>>,
    timing: SubmissionTiming,
    pub(crate) decided_at: Option<DateTime<Utc>>,
}

/// Returns `true` if a report of this state is shown with the record of the project as the submission froze it.
const fn is_frozen_in(state: ReportState) -> bool {
    match state {
        ReportState::Submitted | ReportState::Approved => true,
        ReportState::Draft | ReportState::Returned => false,
    }
}

impl ReportCopy {
    /// Returns `true` if the copy shows the record of the project as the submission froze it.
    pub(crate) const fn is_frozen(&self) -> bool {
        is_frozen_in(self.state)
    }

    /// `project` and `milestones` are the project's current record.
    fn from_working(report: Report, project: &ProjectDetails, milestones: Vec<Milestone>) -> Self {
        // A submitted or approved report is shown with the frozen record of the project; a draft is shown with the
        // current one.
        let frozen = report.header.as_ref().filter(|_| is_frozen_in(report.state));
        let details = frozen.map_or(project, |header| &header.details);
        let (starts_on, ends_on) = (details.starts_on, details.ends_on);
        Self {
            first_submitted_at: report.first_submitted_at(),
            timing: report.submission_timing(),
            milestones: frozen.map_or(milestones, |header| header.milestones.clone()),
            starts_on,
            ends_on,
            content: report.content,
            state: report.state,
            version: report.version,
            header: report.header,
            imported: report.imported,
            submitted_at: report.submitted.map(|stamp| stamp.at),
            decided_at: report.decided.map(|stamp| stamp.at),
        }
    }

    fn from_approved(approved: ApprovedReport) -> Self {
        let timing = approved.submission_timing();
        // Older copies lack the version in the milestones, indicators and partnerships, so that it is filled in here.
        let header = approved.header.into_approved_copy(approved.version);
        Self {
            milestones: header.milestones.clone(),
            starts_on: header.details.starts_on,
            ends_on: header.details.ends_on,
            content: approved.content,
            state: ReportState::Approved,
            version: approved.version,
            header: Some(header),
            imported: approved.imported,
            submitted_at: approved.submitted_at,
            first_submitted_at: None,
            timing,
            decided_at: approved.decided_at,
        }
    }
}

/// The persons who edited, submitted and decided; empty if the caller must not know them.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct ReportAuthorship {
    pub(crate) edited: Option<AuditStamp>,
    pub(crate) submitted: Option<AuditStamp>,
    pub(crate) decided: Option<AuditStamp>,
}

impl ReportAuthorship {
    const fn from_report(report: &Report) -> Self {
        Self { edited: report.edited, submitted: report.submitted, decided: report.decided }
    }

    fn persons(&self) -> impl Iterator<Item = Id<User>> {
        let stamps = [self.edited, self.submitted, self.decided].into_iter().flatten();
        stamps.flat_map(|stamp| [Some(stamp.by), stamp.acting_for]).flatten()
    }
}

/// The caller to whom a report is shown, and the time of the answer.
#[derive(Debug, Clone, Copy)]
struct ReportReader<'a> {
    actor: &'a Actor,
    at: DateTime<Utc>,
}

impl ReportReader<'_> {
    fn reads_working_copy(&self, subject: &ReportSubject) -> bool {
        subject.visibility_for(self.actor) == Visibility::Readable(RecordCopy::Working)
    }

    /// Lists what blocks the submission, if the caller reads the working copy.
    fn list_blockers(&self, subject: &ReportSubject) -> Result<Vec<FieldFault>, PartNotLoaded> {
        match &subject.report {
            Some(report) if self.reads_working_copy(subject) => {
                readiness::list_blockers(subject, &report.content, self.at)
            }
            Some(_) | None => Ok(Vec::new()),
        }
    }
}

/// Loads what an answer shows of a report to an actor. Reads nothing but the names of persons from the database.
pub(crate) fn load_detail(
    conn: &mut Conn,
    subject: ReportSubject,
    actor: &Actor,
    at: DateTime<Utc>,
) -> StoreResult<ReportDetail> {
    let reader = ReportReader { actor, at };
    let blockers = reader.list_blockers(&subject)?;
    assemble_detail(conn, reader, subject, blockers)
}

/// Loads what an answer shows of a report after a transition. It takes the records of this transaction, because the
/// journal is not written yet.
pub(super) fn load_detail_after<A: PolicyAction<Subject = ReportSubject>>(
    tx: &mut Tx<'_>,
    proof: &Authorized<A>,
    transition: TransitionKind,
    report: Report,
) -> StoreResult<ReportDetail> {
    let reader = ReportReader { actor: proof.actor(), at: tx.at() };
    let before = proof.subject().clone();
    let after = before.after_transition(transition, report, reader.actor, proof.basis());
    let blockers = match transition {
        // The submission has just decided that nothing blocks it.
        TransitionKind::Submit => Vec::new(),
        TransitionKind::Edit
        | TransitionKind::Withdraw
        | TransitionKind::Return
        | TransitionKind::Approve
        | TransitionKind::Reopen => reader.list_blockers(&after)?,
    };
    assemble_detail(tx.conn(), reader, after, blockers)
}

fn assemble_detail(
    conn: &mut Conn,
    reader: ReportReader<'_>,
    subject: ReportSubject,
    blockers: Vec<FieldFault>,
) -> StoreResult<ReportDetail> {
    let ReportReader { actor, at } = reader;
    let inside = reader.reads_working_copy(&subject);
    let allowed_actions = workflow::list_allowed_actions(actor, &subject, &blockers, at)?;
    let due = subject.due_day()?;
    let (copy, authorship) = match subject.report {
        Some(report) if inside => {
            let authorship = ReportAuthorship::from_report(&report);
            let (project, milestones) = (&subject.project.details, subject.milestones.take()?);
            (ReportCopy::from_working(report, project, milestones), authorship)
        }
        Some(_) | None => match subject.approved.take()? {
            Some(approved) => (ReportCopy::from_approved(approved), ReportAuthorship::default()),
            // The policy admits no caller to a report without a copy.
            None => return Err(StoreError::Corrupt("a report without a copy".into())),
        },
    };
    Ok(ReportDetail {
        code: subject.project.code,
        cycle: subject.cycle.slug,
        as_of: subject.cycle.as_of,
        late: copy.timing.is_late(due.map(|(_, ends)| ends), at),
        copy,
        names: users::load_names(conn, authorship.persons())?,
        authorship,
        blockers,
        allowed_actions,
        due_on: due.map(|(day, _)| day),
        released_in: subject.released_in.take()?,
    })
}
