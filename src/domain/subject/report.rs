//! Reports and comments as subjects of the policy.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

use super::{Loaded, PartNotLoaded};
use crate::domain::{
    comment::Comment,
    contributor::{self, ChangeAuthor, Contributor},
    cycle::{ReportingCycle, effective_due_day, end_of_day},
    id::Id,
    policy::{Actor, PermissionBasis, PolicyResource, RecordCopy, Visibility},
    project::{Project, ProjectCode},
    project_parts::{Indicator, Milestone, Partnership},
    report::{ApprovedReport, ProjectStatus, Report, ReportContent},
    user::{RecordPlace, Role, User},
    value::Slug,
    workflow::TransitionKind,
};

/// The days of a city in a cycle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CityCalendar {
    /// The city's own time zone.
    pub zone: Tz,
    /// The last day of the city's extension, if it has one.
    pub extension: Option<NaiveDate>,
}

/// A project's report in a cycle, whether it exists or not, with the parts that an act needs.
#[derive(Debug, Clone)]
pub struct ReportSubject {
    /// The project's working copy.
    pub project: Project,
    /// The milestones, ordered by due day.
    pub milestones: Loaded<Vec<Milestone>>,
    /// The indicators, in the order of their creation.
    pub indicators: Loaded<Vec<Indicator>>,
    /// The partnerships, in the order of their creation.
    pub partnerships: Loaded<Vec<Partnership>>,
    /// The cycle.
    pub cycle: ReportingCycle,
    /// The days of the city in the cycle.
    pub calendar: Loaded<CityCalendar>,
    /// The content of the latest approved report of an earlier cycle.
    pub earlier_content: Loaded<Option<ReportContent>>,
    /// Whether a comment on the report is a question of the city.
    pub has_question: Loaded<bool>,
    /// The open comments that the city has to answer.
    pub unanswered_comments: Loaded<Vec<Id<Comment>>>,
    /// The working copy, if it exists.
    pub report: Option<Report>,
    /// The approved copy, if it exists.
    pub approved: Loaded<Option<ApprovedReport>>,
    /// The status of the latest approved report of an earlier cycle that states one.
    pub previous_status: Loaded<Option<ProjectStatus>>,
    /// The contributors of the report.
    pub contributors: Loaded<Vec<Contributor>>,
    /// Whether the report missed its release: the cycle is closed, and was released without it.
    pub missed_release: bool,
    /// The latest release that contains the approved copy; set only if the report is shown as approved.
    pub released_in: Loaded<Option<Slug>>,
}

impl PolicyResource for ReportSubject {
    type Key = (ProjectCode, Slug);
    fn record_place(&self) -> RecordPlace {
        RecordPlace::City(self.project.city.clone(), self.project.country)
    }
    fn visibility_for(&self, actor: &Actor) -> Visibility {
        let place = self.record_place();
        if actor.is_insider_at(&place) {
            match &self.report {
                Some(r) if r.ever_submitted || actor.has_role_at(&[Role::CityOfficer], &place) => {
                    Visibility::Readable(RecordCopy::Working)
                }
                Some(_) | None => Visibility::ExistenceOnly,
            }
        } else if self.has_approved_copy() && actor.may_read_approved(&place) {
            Visibility::Readable(RecordCopy::Approved)
        } else {
            Visibility::Hidden
        }
    }
    fn has_record(&self) -> bool {
        self.report.is_some()
    }
    fn is_contributor(&self, user: Id<User>) -> Result<bool, PartNotLoaded> {
        Ok(self.contributors.get()?.iter().any(|contributor| contributor.user == user))
    }
}

impl ReportSubject {
    /// Returns `true` if an approved copy was loaded. Without it an outsider sees nothing.
    fn has_approved_copy(&self) -> bool {
        matches!(self.approved, Loaded::Value(Some(_)))
    }

    /// Returns `true` if the actor reads only the questions among the comments: the report was never submitted, and the
    /// actor is a reviewer.
    #[must_use]
    pub fn shows_only_questions(&self, actor: &Actor) -> bool {
        self.report.is_some() && self.visibility_for(actor) == Visibility::ExistenceOnly
    }

    /// Returns the last day on which a submission is on time, with the city's extension, and the first instant after
    /// it. Returns `None` if the cycle has no due day.
    ///
    /// # Errors
    /// Returns an error if the calendar of the city was not loaded.
    pub fn due_day(&self) -> Result<Option<(NaiveDate, DateTime<Utc>)>, PartNotLoaded> {
        let Some(due) = self.cycle.due_on else { return Ok(None) };
        let calendar = self.calendar.get()?;
        let due = effective_due_day(due, calendar.extension);
        Ok(Some((due, end_of_day(due, calendar.zone))))
    }

    /// Returns the subject as it is after a transition. Answers need it before the journal is written.
    #[must_use]
    pub fn after_transition(
        mut self,
        transition: TransitionKind,
        report: Report,
        actor: &Actor,
        basis: PermissionBasis,
    ) -> Self {
        let author = ChangeAuthor { by: actor.user(), acting_for: basis.acting_for };
        self.contributors.change(|known| match transition {
            TransitionKind::Edit => contributor::record_edit(known, author),
            TransitionKind::Submit => contributor::record_submission(known, author),
            TransitionKind::Approve => contributor::record_approval(known),
            TransitionKind::Withdraw | TransitionKind::Return | TransitionKind::Reopen => {}
        });
        self.report = Some(report);
        // The copy that was just written is in no release yet.
        self.released_in = Loaded::Value(None);
        self
    }
}

/// A comment with its report.
#[derive(Debug, Clone)]
pub struct CommentSubject {
    /// The report.
    pub report_subject: ReportSubject,
    /// The comment.
    pub comment: Comment,
}

impl PolicyResource for CommentSubject {
    type Key = (ProjectCode, (Slug, Id<Comment>));
    fn record_place(&self) -> RecordPlace {
        self.report_subject.record_place()
    }
    fn visibility_for(&self, actor: &Actor) -> Visibility {
        self.report_subject.visibility_for(actor)
    }
}
