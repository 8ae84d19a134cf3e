//! Which submission decides whether a report is late.

use super::*;
use crate::domain::report::FirstSubmission;

/// The due day of the cycle ends at this instant in Da Nang.
const DUE_ENDS: &str = "2026-12-31T17:00:00Z";
const EARLY: &str = "2026-12-31T16:59:59Z";

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// A report that moves from state to state.
struct Story(ReportSubject);

impl Story {
    fn new() -> Self {
        Self(subject(Some(report(ReportState::Draft))))
    }

    fn take(mut self, rule: impl FnOnce(&ReportSubject) -> Report) -> Self {
        let report = rule(&self.0);
        self.0.report = Some(report);
        self
    }
    fn submit(self, when: &str) -> Self {
        self.take(|on| submit_report(&prove(on, &officer(1)).unwrap(), at(when)).unwrap())
    }
    fn withdraw(self) -> Self {
        self.take(|on| withdraw_report(&prove(on, &officer(1)).unwrap(), now()).unwrap())
    }
    fn return_it(self) -> Self {
        self.take(|on| return_report(&prove(on, &representative(2)).unwrap(), now()).unwrap())
    }
    fn approve(self) -> Self {
        self.take(|on| approve_report(&prove(on, &representative(2)).unwrap(), now()).unwrap().0)
    }
    fn reopen(self) -> Self {
        self.take(|on| reopen_report(&prove(on, &representative(2)).unwrap(), now()).unwrap())
    }
    fn extend(mut self, until: Option<&str>) -> Self {
        self.0.calendar.change(|calendar| calendar.extension = until.map(day));
        self
    }

    /// Whether the report is late long after the due day, and what its approval would write down.
    fn is_late(&self) -> bool {
        let ends = self.0.due_day().unwrap().map(|(_, ends)| ends);
        let timing = self.0.report.as_ref().unwrap().submission_timing();
        timing.is_late(ends, at("2028-01-01T00:00:00Z"))
    }
    fn approved_late(&self) -> Option<bool> {
        let proof = prove(&self.0, &representative(2)).unwrap();
        approve_report(&proof, now()).unwrap().1.late
    }
    fn first(&self) -> Option<FirstSubmission> {
        self.0.report.as_ref().unwrap().first_submission
    }
}

#[test]
fn first_submission_in_time_is_not_late_whatever_follows() {
    let story = Story::new().submit(EARLY);
    assert_eq!(
        story.first(),
        Some(FirstSubmission { at: at(EARLY), late: Some(false), decided: false })
    );
    assert!(!story.is_late());
    let story = story.return_it();
    assert!(!story.is_late());
    let story = story.submit("2027-02-01T00:00:00Z");
    assert_eq!((story.is_late(), story.approved_late()), (false, Some(false)));
    let story = story.approve().reopen();
    assert!(!story.is_late());
    let story = story.submit("2027-03-01T00:00:00Z");
    assert_eq!((story.is_late(), story.approved_late()), (false, Some(false)));
    assert_eq!(
        story.first(),
        Some(FirstSubmission { at: at(EARLY), late: Some(false), decided: true })
    );
}

#[test]
fn late_first_submission_stays_late_whatever_follows() {
    let story = Story::new().submit(DUE_ENDS);
    assert_eq!((story.is_late(), story.approved_late()), (true, Some(true)));
    let story = story.extend(Some("2027-06-30"));
    assert_eq!((story.is_late(), story.approved_late()), (true, Some(true)));
    let story = story.return_it().submit("2027-01-05T00:00:00Z");
    assert_eq!((story.is_late(), story.approved_late()), (true, Some(true)));
}

#[test]
fn extension_in_force_at_the_first_submission_counts_also_after_its_end() {
    let story = Story::new().extend(Some("2027-01-10")).submit("2027-01-10T16:59:59Z");
    assert!(!story.is_late());
    let story = story.extend(None);
    assert_eq!((story.is_late(), story.approved_late()), (false, Some(false)));
    let late = Story::new().extend(Some("2027-01-10")).submit("2027-01-10T17:00:00Z");
    assert!(late.is_late());
}

#[test]
fn withdrawal_takes_the_first_submission_back_until_a_decision_followed_it() {
    let withdrawn = Story::new().submit(EARLY).withdraw();
    assert_eq!((withdrawn.first(), withdrawn.is_late()), (None, true));
    let again = withdrawn.submit(DUE_ENDS);
    assert_eq!((again.first().map(|first| first.at), again.is_late()), (Some(at(DUE_ENDS)), true));
    let returned = Story::new().submit(EARLY).return_it().submit(DUE_ENDS).withdraw();
    assert_eq!(
        (returned.first().map(|first| first.at), returned.is_late()),
        (Some(at(EARLY)), false)
    );
    let reopened = Story::new().submit(EARLY).approve().reopen().submit(DUE_ENDS).withdraw();
    assert_eq!(
        (reopened.first().map(|first| first.at), reopened.is_late()),
        (Some(at(EARLY)), false)
    );
}

#[test]
fn nothing_is_late_where_nothing_was_due() {
    let mut story = Story::new();
    story.0.cycle.due_on = None;
    let mut story = story.submit("2027-02-01T00:00:00Z");
    assert_eq!((story.is_late(), story.approved_late()), (false, None));
    // A due day that is set later does not count.
    story.0.cycle.due_on = Some(day("2026-12-31"));
    assert_eq!((story.is_late(), story.approved_late()), (false, None));
}

#[test]
fn present_submission_stands_for_the_first_one_of_an_older_report() {
    // Such a report was submitted on 20 November.
    let older = Story(subject(Some(report(ReportState::Submitted))));
    assert_eq!((older.first(), older.is_late(), older.approved_late()), (None, false, Some(false)));
    let returned = older.return_it();
    assert!(!returned.is_late());
    let again = returned.submit(DUE_ENDS);
    let first = FirstSubmission { at: now(), late: Some(false), decided: true };
    assert_eq!((again.first(), again.is_late()), (Some(first), false));
    assert_eq!(again.withdraw().first(), Some(first));
    let withdrawn = Story(subject(Some(report(ReportState::Submitted)))).withdraw();
    assert_eq!((withdrawn.first(), withdrawn.is_late()), (None, true));
}
