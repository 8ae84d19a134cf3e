//! The contributors of a report, for the two-keys rule.
//!
//! A change of a report, of its project or of a part of the project counts for its author, and for the user on whose
//! behalf the author acted. It counts until a different user approved a report of the project whose frozen record
//! contains the change. This may be the report of a different cycle. Returns, reopenings and withdrawals end nothing.
//! An approval is no contribution.

use std::collections::{BTreeMap, HashMap};

use super::{id::Id, user::User, value::Slug};

#[cfg(test)]
mod tests;

/// The author of a change or a decision, as the journal names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChangeAuthor {
    /// The user who acted.
    pub by: Id<User>,
    /// The user on whose behalf they acted.
    pub acting_for: Option<Id<User>>,
}

impl ChangeAuthor {
    /// Returns the user who acted, and the user on whose behalf they acted. Each user is returned once.
    pub fn persons(self) -> impl Iterator<Item = Id<User>> {
        let principal = self.acting_for.filter(|principal| *principal != self.by);
        [Some(self.by), principal].into_iter().flatten()
    }

    /// Returns `true` if the user acted, or if somebody acted on behalf of the user.
    #[must_use]
    pub fn includes(self, user: Id<User>) -> bool {
        self.persons().any(|person| person == user)
    }
}

/// A kind of event in the life of a project that matters for the contributors of its reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProjectEventKind {
    /// The project, or one of its milestones, indicators or partnerships, was created, changed or deleted.
    ProjectChanged,
    /// The content of the report in a cycle was written.
    ReportEdited(Slug),
    /// The report in a cycle was submitted. This freezes the project.
    ReportSubmitted(Slug),
    /// The report in a cycle was approved.
    ReportApproved(Slug),
}

/// An event in the life of a project or of one of its reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectEvent {
    /// The number of the event in the journal. Later events have higher numbers.
    pub seq: i64,
    /// The kind of event.
    pub kind: ProjectEventKind,
    /// The author of the event.
    pub author: ChangeAuthor,
}

impl ProjectEvent {
    /// Returns `true` if the event is a contribution to the report in the cycle.
    fn contributes_to(&self, cycle: &Slug) -> bool {
        match &self.kind {
            ProjectEventKind::ProjectChanged => true,
            ProjectEventKind::ReportEdited(of) | ProjectEventKind::ReportSubmitted(of) => {
                of == cycle
            }
            ProjectEventKind::ReportApproved(_) => false,
        }
    }
}

/// A contributor of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contributor {
    /// The user.
    pub user: Id<User>,
    /// Whether the user contributed after the last submission of the report. An approval of the report does not contain
    /// that change, so that the user stays a contributor after it.
    pub after_submission: bool,
}

/// An approval, with the submission whose frozen record it accepted.
#[derive(Debug, Clone, Copy)]
struct FrozenApproval<'a> {
    cycle: &'a Slug,
    /// The number of the submission in the journal.
    frozen_at: i64,
    approver: ChangeAuthor,
}

impl FrozenApproval<'_> {
    /// Returns `true` if the approved record contains the change.
    fn contains_change(&self, change: &ProjectEvent) -> bool {
        change.seq <= self.frozen_at
            && match &change.kind {
                ProjectEventKind::ProjectChanged => true,
                ProjectEventKind::ReportEdited(of) | ProjectEventKind::ReportSubmitted(of) => {
                    of == self.cycle
                }
                ProjectEventKind::ReportApproved(_) => false,
            }
    }
}

/// Lists the approvals of all reports of a project. An approval without a submission before it froze nothing: it is
/// left out.
fn list_approvals(events: &[ProjectEvent]) -> Vec<FrozenApproval<'_>> {
    let mut submissions: HashMap<&Slug, i64> = HashMap::new();
    let mut approvals = Vec::new();
    for event in events {
        match &event.kind {
            ProjectEventKind::ReportSubmitted(cycle) => {
                submissions.insert(cycle, event.seq);
            }
            ProjectEventKind::ReportApproved(cycle) => {
                let submission = submissions.get(cycle);
                approvals.extend(submission.map(|frozen_at| FrozenApproval {
                    cycle,
                    frozen_at: *frozen_at,
                    approver: event.author,
                }));
            }
            ProjectEventKind::ProjectChanged | ProjectEventKind::ReportEdited(_) => {}
        }
    }
    approvals
}

/// Returns the contributors of a project's report in a cycle, ordered by id. `events` must be in the order of the
/// journal. Of several changes of the same kind by the same author, the last one is enough: a frozen record that
/// contains it contains all of them.
#[must_use]
pub fn find_contributors(cycle: &Slug, events: &[ProjectEvent]) -> Vec<Contributor> {
    let approvals = list_approvals(events);
    let submitted = |event: &&ProjectEvent| matches!(&event.kind, ProjectEventKind::ReportSubmitted(of) if of == cycle);
    let submission = events.iter().rfind(submitted).map(|event| event.seq);
    let mut contributors: BTreeMap<Id<User>, bool> = BTreeMap::new();
    for event in events.iter().filter(|event| event.contributes_to(cycle)) {
        let after_submission = submission.is_none_or(|seq| event.seq > seq);
        for user in event.author.persons() {
            let ended =
                |a: &FrozenApproval<'_>| a.contains_change(event) && !a.approver.includes(user);
            if !approvals.iter().any(ended) {
                *contributors.entry(user).or_default() |= after_submission;
            }
        }
    }
    contributors
        .into_iter()
        .map(|(user, after_submission)| Contributor { user, after_submission })
        .collect()
}

/// Adds the contribution that an edit of the report makes.
pub(crate) fn record_edit(contributors: &mut Vec<Contributor>, author: ChangeAuthor) {
    contributors.retain(|c| !author.includes(c.user));
    contributors.extend(author.persons().map(|user| Contributor { user, after_submission: true }));
}

/// Adds the contribution that a submission of the report makes. The submission freezes all changes before it.
pub(crate) fn record_submission(contributors: &mut Vec<Contributor>, author: ChangeAuthor) {
    record_edit(contributors, author);
    for contributor in contributors {
        contributor.after_submission = false;
    }
}

/// Removes the users whose changes an approval of the report contains. The approver is none of them: the policy
/// refuses contributors, and those who act for one.
pub(crate) fn record_approval(contributors: &mut Vec<Contributor>) {
    contributors.retain(|c| c.after_submission);
}
