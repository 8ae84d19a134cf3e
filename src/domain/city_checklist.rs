//! A city's checklist for a reporting cycle: every project of its plan, what blocks its report, and who acts next.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

use super::{
    comment::Comment,
    cycle::{ReportingCycle, calendar_day, effective_due_day, end_of_day},
    fault::FieldFault,
    policy::{Actor, PolicyResource as _, RecordCopy, Visibility},
    readiness,
    report::{Report, ReportState, SubmissionTiming},
    subject::{PartNotLoaded, ReportSubject},
    value::text_enum,
};

text_enum! {
    /// Who has to act next on a report.
    #[schema(as = Holder)]
    pub(crate) ReportHolder(holder) {
        /// The city: it writes, corrects or submits the report.
        City = "city",
        /// The national representative, who decides on the report.
        Representative = "representative",
        /// Nobody: the report is approved.
        Nobody = "nobody",
    }
}

/// A project in a checklist.
#[derive(Debug, Clone)]
pub(crate) struct ChecklistItem {
    /// The project with its report, if one was begun.
    pub report_subject: ReportSubject,
    /// The comment of the last return, if the report is returned now.
    pub returned: Option<Comment>,
}

/// A checklist item as one caller may see it.
#[derive(Debug, Clone)]
pub(crate) struct VisibleChecklistItem<'a> {
    pub item: &'a ChecklistItem,
    /// `None` if the report was not begun.
    pub state: Option<ReportState>,
    pub holder: ReportHolder,
    /// Whether the caller may read the working copy.
    pub can_read_working: bool,
    /// What blocks the submission. `None` if the caller may not read it, or if the report is not with the city.
    pub missing: Option<Vec<FieldFault>>,
    /// Whether the report was first submitted late, or is overdue now.
    pub late: bool,
}

impl ChecklistItem {
    /// Returns the item as the actor may see it at an instant. A caller who may only know that a draft exists sees its
    /// state, but not its content.
    ///
    /// # Errors
    /// Returns an error if a part that decides was not loaded.
    pub(crate) fn visible_to(
        &self,
        actor: &Actor,
        at: DateTime<Utc>,
    ) -> Result<VisibleChecklistItem<'_>, PartNotLoaded> {
        let subject = &self.report_subject;
        let state = subject.report.as_ref().map(|r| r.state);
        // A report that was not begun is as private to the city as a draft.
        let inside = match &subject.report {
            Some(_) => subject.visibility_for(actor) == Visibility::Readable(RecordCopy::Working),
            None => may_write_report(actor, subject),
        };
        let holder = holder_of_state(state);
        let missing = if inside && holder == ReportHolder::City {
            Some(list_missing_fields(subject, at)?)
        } else {
            None
        };
        let timing =
            subject.report.as_ref().map_or(SubmissionTiming::Waiting, Report::submission_timing);
        let late = timing.is_late(subject.due_day()?.map(|(_, ends)| ends), at);
        let can_read_working = inside;
        Ok(VisibleChecklistItem { item: self, state, holder, can_read_working, missing, late })
    }
}

fn may_write_report(actor: &Actor, subject: &ReportSubject) -> bool {
    actor.has_role_at(&[super::user::Role::CityOfficer], &subject.record_place())
}

fn list_missing_fields(
    subject: &ReportSubject,
    at: DateTime<Utc>,
) -> Result<Vec<FieldFault>, PartNotLoaded> {
    match &subject.report {
        Some(report) => readiness::list_blockers(subject, &report.content, at),
        None => readiness::list_blockers(subject, &super::report::ReportContent::default(), at),
    }
}

const fn holder_of_state(state: Option<ReportState>) -> ReportHolder {
    match state {
        None | Some(ReportState::Draft | ReportState::Returned) => ReportHolder::City,
        Some(ReportState::Submitted) => ReportHolder::Representative,
        Some(ReportState::Approved) => ReportHolder::Nobody,
    }
}

/// The number of reports in a checklist, by state and readiness.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct ChecklistTotals {
    /// Projects that have to be reported.
    pub projects: usize,
    /// Projects whose report was not begun.
    pub to_write: usize,
    pub draft: usize,
    pub returned: usize,
    pub submitted: usize,
    pub approved: usize,
    /// Begun, with the city, and complete.
    pub ready: usize,
    /// Begun, with the city, and incomplete.
    pub blocked: usize,
    /// Submitted late or overdue now, including projects whose report was not begun.
    pub late: usize,
}

impl ChecklistTotals {
    #[must_use]
    pub(crate) fn count_items(seen: &[VisibleChecklistItem<'_>]) -> Self {
        let count =
            |f: &dyn Fn(&VisibleChecklistItem<'_>) -> bool| seen.iter().filter(|s| f(s)).count();
        let state = |wanted: Option<ReportState>| count(&|s| s.state == wanted);
        let ready = |s: &VisibleChecklistItem<'_>| s.missing.as_ref().map(Vec::is_empty);
        Self {
            projects: seen.len(),
            to_write: state(None),
            draft: state(Some(ReportState::Draft)),
            returned: state(Some(ReportState::Returned)),
            submitted: state(Some(ReportState::Submitted)),
            approved: state(Some(ReportState::Approved)),
            ready: count(&|s| s.state.is_some() && ready(s) == Some(true)),
            blocked: count(&|s| s.state.is_some() && ready(s) == Some(false)),
            late: count(&|s| s.late),
        }
    }
}

/// The due day of a city in a cycle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CityDeadline {
    /// The last day, with the extension.
    pub on: NaiveDate,
    /// Whether an extension moved the day.
    pub extended: bool,
    /// Days from today to the last day, in the city's time zone: 0 on the day itself, negative once it has passed.
    pub days_left: i64,
    /// The first instant after the last day.
    pub ends: DateTime<Utc>,
}

impl CityDeadline {
    /// Computes the deadline at an instant. Returns `None` if the cycle has no due day.
    #[must_use]
    pub(crate) fn for_cycle(
        cycle: &ReportingCycle,
        extension: Option<NaiveDate>,
        zone: Tz,
        at: DateTime<Utc>,
    ) -> Option<Self> {
        let own = cycle.due_on?;
        let on = effective_due_day(own, extension);
        let days_left = (on - calendar_day(at, zone)).num_days();
        Some(Self { on, extended: on > own, days_left, ends: end_of_day(on, zone) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        cycle::CycleState,
        testing::{cycle, day, now, officer, report, representative, subject},
    };

    fn seat(state: Option<ReportState>) -> ChecklistItem {
        ChecklistItem { report_subject: subject(state.map(report)), returned: None }
    }

    #[test]
    fn a_seat_says_who_holds_it_and_what_blocks_it() {
        let (officer, representative) = (officer(1), representative(2));
        let none = seat(None);
        let seen = none.visible_to(&officer, now()).unwrap();
        assert_eq!(
            (seen.holder, seen.missing.map(|m| m.len() > 3)),
            (ReportHolder::City, Some(true))
        );
        assert!(none.visible_to(&representative, now()).unwrap().missing.is_none());
        let draft = seat(Some(ReportState::Draft));
        assert_eq!(draft.visible_to(&officer, now()).unwrap().missing.map(|m| m.len()), Some(0));
        // The representative may know that the draft exists, but not what it lacks.
        let seen = draft.visible_to(&representative, now()).unwrap();
        assert_eq!((seen.state, seen.can_read_working), (Some(ReportState::Draft), false));
        assert!(seen.missing.is_none());
        let submitted = seat(Some(ReportState::Submitted));
        assert_eq!(
            submitted.visible_to(&officer, now()).unwrap().holder,
            ReportHolder::Representative
        );
        let approved = seat(Some(ReportState::Approved));
        assert_eq!(approved.visible_to(&officer, now()).unwrap().holder, ReportHolder::Nobody);
    }

    #[test]
    fn totals_count_each_seat_once_by_its_state() {
        let seats: Vec<ChecklistItem> = [None]
            .into_iter()
            .chain(ReportState::ALL.iter().copied().map(Some))
            .map(seat)
            .collect();
        let officer = officer(1);
        let seen: Vec<VisibleChecklistItem<'_>> =
            seats.iter().map(|s| s.visible_to(&officer, now()).unwrap()).collect();
        let t = ChecklistTotals::count_items(&seen);
        assert_eq!(t.projects, t.to_write + t.draft + t.returned + t.submitted + t.approved);
        assert_eq!((t.projects, t.ready, t.blocked, t.late), (5, 2, 0, 0));
    }

    #[test]
    fn days_are_counted_where_the_city_lies() {
        let due = |at: &str, extension| {
            let at = at.parse().unwrap();
            CityDeadline::for_cycle(&cycle(CycleState::Open), extension, Tz::Asia__Ho_Chi_Minh, at)
                .unwrap()
        };
        // 17:00 UTC is midnight in Viet Nam.
        assert_eq!(due("2026-12-30T16:59:59Z", None).days_left, 1);
        assert_eq!(due("2026-12-30T17:00:00Z", None).days_left, 0);
        assert_eq!(due("2026-12-31T17:00:00Z", None).days_left, -1);
        let later = due("2026-12-31T17:00:00Z", Some(day("2027-01-10")));
        assert_eq!((later.days_left, later.extended), (9, true));
    }
}
