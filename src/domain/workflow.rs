//! The life of a report: the result of each transition. Every function takes the policy's proof.

use chrono::{DateTime, Utc};

use super::{
    id::Id,
    policy::{
        ApproveReport, Authorized, EditReport, PolicyAction, ReopenReport, ReturnReport,
        SubmitReport, WithdrawReport,
    },
    project::{ApprovedProject, LatestReport},
    readiness,
    refusal::TransitionRefused,
    report::{
        ApprovedReport, AuditStamp, FirstSubmission, ProjectStatus, Report, ReportContent,
        ReportState,
    },
    subject::{PartNotLoaded, ReportSubject},
};

mod allowed_actions;
#[cfg(test)]
mod tests;
mod transition;

pub use allowed_actions::{ActionVerdict, check_commentable, list_allowed_actions};
pub use transition::{TransitionKind, check_transition};

fn record_deed<A: PolicyAction>(proof: &Authorized<A>, at: DateTime<Utc>) -> AuditStamp {
    AuditStamp { by: proof.actor().user(), acting_for: proof.basis().acting_for, at }
}

fn apply_transition<A: PolicyAction<Subject = ReportSubject>>(
    proof: &Authorized<A>,
    transition: TransitionKind,
    at: DateTime<Utc>,
) -> Result<Report, TransitionRefused> {
    let state = check_transition(transition, proof.subject(), at)?;
    let mut report = proof.subject().report.clone().ok_or(TransitionRefused::NoReport)?;
    report.state = state;
    report.version += 1;
    Ok(report)
}

/// An edit that the states of the report and of its cycle allow.
#[derive(Debug)]
pub struct ReportEdit<'a> {
    proof: &'a Authorized<EditReport>,
    state: ReportState,
    at: DateTime<Utc>,
}

impl<'a> ReportEdit<'a> {
    /// Begins an edit. The content is not needed yet, so that it is parsed only if the state allows the edit.
    ///
    /// # Errors
    /// The state of the report or of the cycle forbids it.
    pub fn begin(
        proof: &'a Authorized<EditReport>,
        at: DateTime<Utc>,
    ) -> Result<Self, TransitionRefused> {
        let state = check_transition(TransitionKind::Edit, proof.subject(), at)?;
        Ok(Self { proof, state, at })
    }

    /// Writes the content, and creates the report if it does not exist. `id` is used only for a new report.
    #[must_use]
    pub fn write_content(self, id: Id<Report>, content: ReportContent) -> Report {
        let (subject, state) = (self.proof.subject(), self.state);
        let edited = Some(record_deed(self.proof, self.at));
        match subject.report.clone() {
            Some(report) => Report {
                state,
                // After a change the content is no longer what the source stated.
                imported: report.imported.filter(|_| report.content == content),
                content,
                edited,
                version: report.version + 1,
                ..report
            },
            None => Report {
                id,
                project: subject.project.id,
                code: subject.project.code.clone(),
                cycle: subject.cycle.slug.clone(),
                country: subject.project.country,
                state,
                content,
                header: None,
                ever_submitted: false,
                edited,
                submitted: None,
                first_submission: None,
                decided: None,
                imported: None,
                version: 1,
            },
        }
    }
}

/// Submits a report: freezes the project into the report's header, as it stood on the cut-off day, and clears the
/// earlier decision. Nothing blocks a submission of the returned report's content: an answer need not ask `readiness`
/// again.
///
/// # Errors
/// The state forbids it, or the report is not ready; then the error lists everything that is missing.
pub fn submit_report(
    proof: &Authorized<SubmitReport>,
    at: DateTime<Utc>,
) -> Result<Report, TransitionRefused> {
    let subject = proof.subject();
    let mut report = apply_transition(proof, TransitionKind::Submit, at)?;
    let missing = readiness::list_blockers(subject, &report.content, at)?;
    if !missing.is_empty() {
        return Err(TransitionRefused::NotReady(missing));
    }
    let milestones = subject.milestones.get()?.iter().cloned();
    report.header = Some(subject.project.freeze_header(
        milestones.map(|milestone| milestone.before_cut_off(subject.cycle.as_of)).collect(),
        subject.indicators.get()?.clone(),
        subject.partnerships.get()?.clone(),
    ));
    report.ever_submitted = true;
    report.first_submission = Some(find_first_submission(subject, &report, at)?);
    report.submitted = Some(record_deed(proof, at));
    report.decided = None;
    Ok(report)
}

/// Returns the first submission of a report that is submitted now. A report from before first submissions were
/// recorded was returned or reopened after its present submission, which stands for the first one.
fn find_first_submission(
    subject: &ReportSubject,
    report: &Report,
    at: DateTime<Utc>,
) -> Result<FirstSubmission, PartNotLoaded> {
    let ends = subject.due_day()?.map(|(_, ends)| ends);
    Ok(match (report.first_submission, report.submitted) {
        (Some(first), _) => first,
        (None, Some(earlier)) => {
            FirstSubmission { decided: true, ..FirstSubmission::new(earlier.at, ends) }
        }
        (None, None) => FirstSubmission::new(at, ends),
    })
}

/// Records a return, an approval or a reopening.
fn record_decision<A: PolicyAction>(report: &mut Report, proof: &Authorized<A>, at: DateTime<Utc>) {
    report.decided = Some(record_deed(proof, at));
    report.first_submission =
        report.first_submission.map(|first| FirstSubmission { decided: true, ..first });
}

/// Withdraws a submission. The first submission is taken back with it unless a decision followed it.
///
/// # Errors
/// The state forbids it.
pub fn withdraw_report(
    proof: &Authorized<WithdrawReport>,
    at: DateTime<Utc>,
) -> Result<Report, TransitionRefused> {
    let mut report = apply_transition(proof, TransitionKind::Withdraw, at)?;
    report.submitted = None;
    report.first_submission = report.first_submission.filter(|first| first.decided);
    Ok(report)
}

/// Returns a report to its city.
///
/// # Errors
/// The state forbids it.
pub fn return_report(
    proof: &Authorized<ReturnReport>,
    at: DateTime<Utc>,
) -> Result<Report, TransitionRefused> {
    let mut report = apply_transition(proof, TransitionKind::Return, at)?;
    record_decision(&mut report, proof, at);
    Ok(report)
}

/// Approves a report, and creates its approved copy.
///
/// # Errors
/// The state forbids it.
pub fn approve_report(
    proof: &Authorized<ApproveReport>,
    at: DateTime<Utc>,
) -> Result<(Report, ApprovedReport), TransitionRefused> {
    let subject = proof.subject();
    let mut report = apply_transition(proof, TransitionKind::Approve, at)?;
    record_decision(&mut report, proof, at);
    // Every submission freezes a header, so a submitted report has one.
    let header = report.header.clone().ok_or(TransitionRefused::NoReport)?;
    let version = subject.approved.get()?.as_ref().map_or(1, |a| a.version + 1);
    let approved = ApprovedReport {
        report: report.id,
        project: report.project,
        code: report.code.clone(),
        country: report.country,
        cycle: report.cycle.clone(),
        as_of: subject.cycle.as_of,
        content: report.content.clone(),
        header: header.into_approved_copy(version),
        imported: report.imported.clone(),
        submitted_at: report.submitted.map(|d| d.at),
        late: find_first_submission(subject, &report, at)?.late,
        decided_at: Some(at),
        updated_at: at,
        version,
    };
    Ok((report, approved))
}

/// Creates the project's approved copy from its approved report in the cycle with the latest cut-off.
#[must_use]
pub fn build_approved_project(
    report: &ApprovedReport,
    before: Option<&ApprovedProject>,
) -> ApprovedProject {
    let version = before.map_or(1, |b| b.version + 1);
    ApprovedProject {
        project: report.project,
        header: report.header.clone().into_approved_copy(version),
        latest: LatestReport {
            cycle: report.cycle.clone(),
            status: report.content.status.unwrap_or(ProjectStatus::NotStated),
            percent_complete: report.content.percent_complete,
        },
        created_at: before.map_or(report.updated_at, |b| b.created_at),
        updated_at: report.updated_at,
        version,
    }
}

/// Reopens an approved report. The approved copy stays until the next approval.
///
/// # Errors
/// The state forbids it.
pub fn reopen_report(
    proof: &Authorized<ReopenReport>,
    at: DateTime<Utc>,
) -> Result<Report, TransitionRefused> {
    let mut report = apply_transition(proof, TransitionKind::Reopen, at)?;
    record_decision(&mut report, proof, at);
    Ok(report)
}
