//! Reports and comments as rights are asked about them.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

use crate::domain::{
    comment::Comment,
    cycle::{ReportingCycle, end_of},
    id::Id,
    parts::{Indicator, Milestone, Partnership},
    policy::{Actor, Basis, Face, Resource, Sight},
    project::{Project, ProjectCode},
    report::{ApprovedReport, Content, Report, Status},
    user::{Place, Role, User},
    value::Slug,
    workflow::Transition,
};

/// A project's report in a cycle, written or not, with everything that its rules ask for.
#[derive(Debug, Clone)]
pub struct ReportSubject {
    /// The project's working copy.
    pub project: Project,
    /// Milestones in the order of their days.
    pub milestones: Vec<Milestone>,
    /// Indicators in the order of their making.
    pub indicators: Vec<Indicator>,
    /// Partnerships in the order of their making.
    pub partnerships: Vec<Partnership>,
    /// The cycle.
    pub cycle: ReportingCycle,
    /// The city's own time zone.
    pub zone: Tz,
    /// The last day of the city's extension, if it has one.
    pub extension: Option<NaiveDate>,
    /// What the latest approved report of an earlier cycle says.
    pub earlier: Option<Content>,
    /// The open comments that wait for a word of the city.
    pub waiting: Vec<Id<Comment>>,
    /// The working copy, once there is one.
    pub report: Option<Report>,
    /// The approved copy, once there is one.
    pub approved: Option<ApprovedReport>,
    /// The status of the latest approved report of an earlier cycle that states one.
    pub previous_status: Option<Status>,
    /// Who had a hand in it since its last decision, those they acted for included.
    pub hands: Vec<Id<User>>,
    /// It comes too late: its cycle is closed and released without it.
    pub missed: bool,
    /// The latest release that holds what is approved of it; only where it is shown as approved.
    pub released_in: Option<Slug>,
}

impl Resource for ReportSubject {
    type Key = (ProjectCode, Slug);
    fn place(&self) -> Place {
        Place::City(self.project.city.clone(), self.project.country)
    }
    fn sight(&self, actor: &Actor) -> Sight {
        let place = self.place();
        if actor.is_inside(&place) {
            match &self.report {
                Some(r) if r.ever_submitted || actor.is(&[Role::CityOfficer], &place) => {
                    Sight::Seen(Face::Working)
                }
                Some(_) | None => Sight::Known,
            }
        } else if self.approved.is_some() && actor.reads_approved(&place) {
            Sight::Seen(Face::Approved)
        } else {
            Sight::Hidden
        }
    }
    fn is_there(&self) -> bool {
        self.report.is_some()
    }
    fn hands(&self) -> &[Id<User>] {
        &self.hands
    }
}

impl ReportSubject {
    /// Returns the last day to be on time, the city's extension counted, and the first instant after it; none where
    /// nothing is due.
    #[must_use]
    pub fn due(&self) -> Option<(NaiveDate, DateTime<Utc>)> {
        let due = self.cycle.due_on?;
        let due = self.extension.map_or(due, |extended| extended.max(due));
        Some((due, end_of(due, self.zone)))
    }

    /// Returns what the report is after a transition: what an answer shows before the journal is written.
    #[must_use]
    pub fn after(
        mut self,
        transition: Transition,
        report: Report,
        actor: &Actor,
        basis: Basis,
    ) -> Self {
        match transition {
            Transition::Edit | Transition::Submit => {
                self.hands.extend([Some(actor.user()), basis.acting_for].into_iter().flatten());
            }
            Transition::Withdraw => {}
            Transition::Return | Transition::Approve | Transition::Reopen => self.hands.clear(),
        }
        self.report = Some(report);
        // What is written now is in no release yet.
        self.released_in = None;
        self
    }
}

/// A comment with the report that it is on.
#[derive(Debug, Clone)]
pub struct CommentSubject {
    /// The report.
    pub on: ReportSubject,
    /// The comment.
    pub comment: Comment,
}

impl Resource for CommentSubject {
    type Key = (ProjectCode, (Slug, Id<Comment>));
    fn place(&self) -> Place {
        self.on.place()
    }
    fn sight(&self, actor: &Actor) -> Sight {
        self.on.sight(actor)
    }
}
