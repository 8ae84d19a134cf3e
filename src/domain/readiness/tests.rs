//! What blocks the submission of a report.

use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;
use crate::domain::{
    id::Id,
    project_parts::Milestone,
    report::{IndicatorValue, MilestoneDone, PercentMethod, ReportState},
    subject::Loaded,
    testing::{day, milestone, now, project, ready, report, subject},
    value::{Percent, Prose, Title},
};

fn pointers(content: &ReportContent, previous: Option<ProjectStatus>) -> Vec<String> {
    find_missing_fields(content, &project().details, previous)
        .into_iter()
        .map(|f| f.pointer)
        .collect()
}

#[test]
fn an_empty_report_lacks_everything_at_once() {
    let lacks = pointers(&ReportContent::default(), None);
    let expected = [
        "/status",
        "/achievements",
        "/challenges",
        "/next_steps",
        "/percent_complete",
        "/percent_method",
    ];
    assert_eq!(lacks, expected);
}

#[test]
fn the_projects_own_record_is_asked_for_too() {
    let mut details = project().details;
    (details.focus_area, details.starts_on, details.ends_on) = (None, None, None);
    let lacks: Vec<String> =
        find_missing_fields(&ready(), &details, None).into_iter().map(|f| f.pointer).collect();
    assert_eq!(lacks, ["/project/focus_area", "/project/starts_on", "/project/ends_on"]);
}

#[test]
fn what_is_planned_or_cancelled_needs_no_percentage() {
    for status in [ProjectStatus::Planning, ProjectStatus::Cancelled] {
        let content = ReportContent {
            status: Some(status),
            status_reason: Some(Prose::parse("The donor withdrew.").unwrap()),
            percent_complete: None,
            percent_method: None,
            ..ready()
        };
        assert!(pointers(&content, None).is_empty(), "{status}");
        let number = ReportContent { percent_complete: Percent::from_hundredths(0), ..content };
        assert_eq!(pointers(&number, None), ["/percent_method"], "{status}");
    }
}

#[test]
fn a_status_that_the_sources_do_not_tell_is_never_accepted() {
    let content = ReportContent { status: Some(ProjectStatus::NotStated), ..ready() };
    assert!(pointers(&content, None).contains(&"/status".to_owned()));
}

#[test]
fn the_steps_of_the_status_that_need_a_reason_are_as_checked_in() {
    let mut text =
        String::from("Rows: previous status. Columns: status. Whether a reason is needed.\n\n");
    let word = |s: Option<ProjectStatus>| s.map_or("none", ProjectStatus::as_str);
    let _ = write!(text, "{:12}", "");
    let sayable: Vec<ProjectStatus> =
        ProjectStatus::ALL.iter().copied().filter(|s| *s != ProjectStatus::NotStated).collect();
    for now in &sayable {
        let _ = write!(text, "{:>11}", now.as_str());
    }
    for before in std::iter::once(None).chain(sayable.iter().copied().map(Some)) {
        let _ = write!(text, "\n{:12}", word(before));
        for now in &sayable {
            let cell = if now.needs_reason(before) { "reason" } else { "-" };
            let _ = write!(text, "{cell:>11}");
        }
    }
    insta::assert_snapshot!("status_steps", text);
}

#[test]
fn what_was_taken_off_the_project_cannot_be_reported_on() {
    let mut on = subject(Some(report(ReportState::Draft)));
    let gone = uuid::Uuid::from_u128(77);
    let content = ReportContent {
        milestones: vec![MilestoneDone {
            milestone_id: Id::new(gone),
            completed_on: day("2026-01-01"),
        }],
        indicator_values: vec![IndicatorValue {
            indicator_id: Id::new(gone),
            value: 1.0,
            measured_on: day("2026-01-01"),
        }],
        ..ready()
    };
    let lacks: Vec<String> =
        list_blockers(&on, &content, now()).unwrap().into_iter().map(|f| f.pointer).collect();
    assert_eq!(lacks, ["/milestones/0/milestone_id", "/indicator_values/0/indicator_id"]);
    on.project.details.ends_on = None;
    assert_eq!(list_blockers(&on, &content, now()).unwrap().len(), 3);
}

#[test]
fn nothing_has_happened_on_a_day_that_has_not_come_in_the_city() {
    let mut on = subject(Some(report(ReportState::Draft)));
    let milestone = |n: u128, completed_on| Milestone {
        id: Id::new(uuid::Uuid::from_u128(n)),
        project: on.project.id,
        code: on.project.code.clone(),
        title: Title::parse("Opened").unwrap(),
        due_on: day("2026-01-01"),
        weight: 1,
        completed_on,
        version: 1,
    };
    let milestones = vec![milestone(1, None), milestone(2, Some(day("2026-11-21")))];
    let done =
        |day| MilestoneDone { milestone_id: Id::new(uuid::Uuid::from_u128(1)), completed_on: day };
    on.milestones = Loaded::Value(milestones);
    let lacks = |on: &ReportSubject, content: &ReportContent, at: &str| -> Vec<String> {
        let found = list_blockers(on, content, at.parse().unwrap()).unwrap();
        found.into_iter().map(|f| format!("{} {}", f.pointer, f.code)).collect()
    };
    let own = format!("/project/milestones/{}/completed_on future", uuid::Uuid::from_u128(2));
    let content = ReportContent { milestones: vec![done(day("2026-11-21"))], ..ready() };
    // In Viet Nam the 21st begins at 17:00 UTC.
    let early = lacks(&on, &content, "2026-11-20T16:59:59Z");
    assert_eq!(early, ["/milestones/0/completed_on future", &own]);
    assert_eq!(lacks(&on, &content, "2026-11-20T17:00:00Z"), [""; 0]);
}

#[test]
fn day_after_the_cut_off_blocks_the_report_and_not_the_milestone_of_the_project() {
    let mut on = subject(Some(report(ReportState::Draft)));
    on.cycle.as_of = day("2026-06-30");
    on.milestones = Loaded::Value(vec![
        milestone(1),
        Milestone { completed_on: Some(day("2026-07-01")), ..milestone(2) },
        Milestone { completed_on: Some(day("2026-12-01")), ..milestone(3) },
    ]);
    let content = |reached: &str| ReportContent {
        milestones: vec![MilestoneDone {
            milestone_id: milestone(1).id,
            completed_on: day(reached),
        }],
        ..ready()
    };
    // In Da Nang it is 20 November 2026.
    let lacks = |reached: &str| -> Vec<String> {
        let found = list_blockers(&on, &content(reached), now()).unwrap();
        found.into_iter().map(|f| format!("{} {}", f.pointer, f.code)).collect()
    };
    assert_eq!(lacks("2026-06-30"), [""; 0]);
    assert_eq!(lacks("2026-07-01"), ["/milestones/0/completed_on after_cut_off"]);
    assert_eq!(
        lacks("2026-12-01"),
        ["/milestones/0/completed_on after_cut_off", "/milestones/0/completed_on future"]
    );
}

#[test]
fn a_completed_project_is_complete() {
    let on = subject(Some(report(ReportState::Draft)));
    let lacks = |status, hundredths| -> Vec<String> {
        let content = ReportContent {
            status: Some(status),
            status_reason: Some(Prose::parse("As planned.").unwrap()),
            percent_complete: Percent::from_hundredths(hundredths),
            ..ready()
        };
        list_blockers(&on, &content, now())
            .unwrap()
            .into_iter()
            .map(|f| format!("{} {}", f.pointer, f.code))
            .collect()
    };
    assert_eq!(lacks(ProjectStatus::Completed, 9_999), ["/percent_complete incomplete"]);
    assert_eq!(lacks(ProjectStatus::Completed, 10_000), [""; 0]);
    // The reverse is allowed: a project that is fully built may not be in use yet.
    assert_eq!(lacks(ProjectStatus::Ongoing, 10_000), [""; 0]);
}

fn contents() -> impl Strategy<Value = ReportContent> {
    let text = || proptest::option::of(Just(Prose::parse("said").unwrap()));
    (
        proptest::option::of(proptest::sample::select(ProjectStatus::ALL)),
        proptest::option::of((0..=10_000_i64).prop_map(|h| Percent::from_hundredths(h).unwrap())),
        proptest::option::of(proptest::sample::select(PercentMethod::ALL)),
        (text(), text(), text(), text()),
    )
        .prop_map(|(status, percent_complete, percent_method, (reason, done, hard, next))| {
            ReportContent {
                status,
                percent_complete,
                percent_method,
                status_reason: reason,
                achievements: done,
                challenges: hard,
                next_steps: next,
                ..ReportContent::default()
            }
        })
}

proptest! {
    /// Filling in more fields never makes a report less ready, except for a percentage, which needs its method.
    #[test]
    fn filling_in_what_is_missing_makes_it_ready(
        mut content in contents(),
        previous in proptest::option::of(proptest::sample::select(ProjectStatus::ALL)),
    ) {
        let text = Some(Prose::parse("said").unwrap());
        for pointer in pointers(&content, previous) {
            match pointer.as_str() {
                "/status" => content.status = Some(ProjectStatus::Ongoing),
                "/status_reason" => content.status_reason.clone_from(&text),
                "/percent_complete" => content.percent_complete = Percent::from_hundredths(5),
                "/percent_method" => content.percent_method = Some(PercentMethod::SelfAssessed),
                "/achievements" => content.achievements.clone_from(&text),
                "/challenges" => content.challenges.clone_from(&text),
                "/next_steps" => content.next_steps.clone_from(&text),
                other => prop_assert!(false, "nobody can fill in {other}"),
            }
        }
        // A status that was filled in may itself need a reason.
        let left = pointers(&content, previous);
        prop_assert!(left.is_empty() || left == ["/status_reason"], "{left:?}");
    }
}
