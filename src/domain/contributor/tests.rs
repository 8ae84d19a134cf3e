//! The rule of the contributors, on short histories. Users 1 and 2 are officers, 3 and 4 are representatives; 5 and 6
//! are both.

use proptest::prelude::*;

use super::{
    ProjectEventKind::{ProjectChanged, ReportApproved, ReportEdited, ReportSubmitted},
    *,
};
use crate::domain::testing::{slug, user};

fn old() -> Slug {
    slug("me-2024")
}
fn new() -> Slug {
    slug("me-2026")
}

fn author(by: u128) -> ChangeAuthor {
    ChangeAuthor { by: user(by), acting_for: None }
}

/// Numbers events from 1.
fn history(events: Vec<(ProjectEventKind, ChangeAuthor)>) -> Vec<ProjectEvent> {
    let number = |(seq, (kind, author))| ProjectEvent { seq, kind, author };
    (1..).zip(events).map(number).collect()
}

/// The contributors of the report in `cycle`, after events by users who act for themselves.
fn contributors(cycle: &Slug, events: Vec<(ProjectEventKind, u128)>) -> Vec<Id<User>> {
    let events = events.into_iter().map(|(kind, by)| (kind, author(by))).collect();
    list_users(find_contributors(cycle, &history(events)))
}

fn list_users(contributors: Vec<Contributor>) -> Vec<Id<User>> {
    contributors.into_iter().map(|c| c.user).collect()
}

#[test]
fn everyone_who_wrote_submitted_or_changed_the_project_is_a_contributor() {
    let events = vec![(ProjectChanged, 5), (ReportEdited(new()), 1), (ReportSubmitted(new()), 2)];
    assert_eq!(contributors(&new(), events), [user(1), user(2), user(5)]);
}

#[test]
fn an_approval_by_somebody_else_ends_what_the_frozen_record_contains() {
    let mut events =
        vec![(ProjectChanged, 5), (ReportEdited(new()), 1), (ReportSubmitted(new()), 2)];
    events.push((ReportApproved(new()), 3));
    assert_eq!(contributors(&new(), events.clone()), []);
    // A change after the approval counts again, until the next one.
    events.push((ProjectChanged, 5));
    assert_eq!(contributors(&new(), events.clone()), [user(5)]);
    events.extend([(ReportSubmitted(new()), 1), (ReportApproved(new()), 3)]);
    assert_eq!(contributors(&new(), events), []);
}

#[test]
fn a_change_between_submission_and_approval_counts_after_the_approval() {
    let mut events = vec![
        (ReportEdited(new()), 1),
        (ReportSubmitted(new()), 1),
        (ProjectChanged, 5),
        (ReportApproved(new()), 3),
    ];
    assert_eq!(contributors(&new(), events.clone()), [user(5)]);
    events.extend([(ReportSubmitted(new()), 2), (ReportApproved(new()), 3)]);
    assert_eq!(contributors(&new(), events), []);
}

#[test]
fn the_approved_record_is_that_of_the_last_submission() {
    let events = vec![
        (ReportSubmitted(new()), 1),
        (ProjectChanged, 5),
        // A withdrawal or a return, and a new submission.
        (ReportSubmitted(new()), 1),
        (ReportApproved(new()), 3),
    ];
    assert_eq!(contributors(&new(), events), []);
}

#[test]
fn a_project_change_ends_with_an_approval_in_any_cycle() {
    let approved_in = |cycle: Slug| {
        vec![(ProjectChanged, 5), (ReportSubmitted(cycle.clone()), 1), (ReportApproved(cycle), 3)]
    };
    assert_eq!(contributors(&new(), approved_in(old())), []);
    assert_eq!(contributors(&old(), approved_in(new())), []);
}

#[test]
fn the_text_of_a_report_ends_with_an_approval_of_this_report_alone() {
    let events =
        vec![(ReportEdited(new()), 5), (ReportSubmitted(old()), 1), (ReportApproved(old()), 3)];
    assert_eq!(contributors(&new(), events.clone()), [user(5)]);
    // The authors of a different report are no contributors.
    assert_eq!(contributors(&old(), events), []);
}

#[test]
fn ones_own_approval_ends_nothing_of_ones_own() {
    // Earlier versions of the rule forgot a change after a reopening, so that old journals hold such approvals.
    let mut events = vec![
        (ProjectChanged, 5),
        (ReportEdited(new()), 1),
        (ReportSubmitted(new()), 1),
        (ReportApproved(new()), 5),
    ];
    assert_eq!(contributors(&new(), events.clone()), [user(5)]);
    // A later approval by somebody else contains the change, too.
    events.extend([(ReportSubmitted(old()), 1), (ReportApproved(old()), 3)]);
    assert_eq!(contributors(&new(), events), []);
}

#[test]
fn both_the_author_and_the_principal_are_contributors() {
    let for_five = |by| ChangeAuthor { by: user(by), acting_for: Some(user(5)) };
    let edited = vec![(ReportEdited(new()), for_five(1)), (ReportSubmitted(new()), author(2))];
    let found = |events: Vec<_>| list_users(find_contributors(&new(), &history(events)));
    assert_eq!(found(edited.clone()), [user(1), user(2), user(5)]);
    // An approval on behalf of user 5 is not one by somebody else for user 5.
    let approved = [edited, vec![(ReportApproved(new()), for_five(4))]].concat();
    assert_eq!(found(approved), [user(5)]);
}

#[test]
fn an_approval_is_no_contribution() {
    let events = vec![(ReportSubmitted(old()), 1), (ReportApproved(old()), 5)];
    assert_eq!(contributors(&new(), events.clone()), []);
    assert_eq!(contributors(&old(), events), []);
}

#[test]
fn an_approval_without_a_submission_contains_nothing() {
    let events = vec![(ProjectChanged, 5), (ReportApproved(old()), 3)];
    assert_eq!(contributors(&new(), events), [user(5)]);
}

fn events() -> impl Strategy<Value = Vec<ProjectEvent>> {
    let cycles = proptest::sample::select(vec![old(), new()]);
    let event = (0..4_u8, cycles, 1..7_u128, proptest::option::weighted(0.2, 1..7_u128)).prop_map(
        |(kind, cycle, by, acting_for)| {
            let kind = match kind {
                0 => ProjectChanged,
                1 => ReportEdited(cycle),
                2 => ReportSubmitted(cycle),
                _ => ReportApproved(cycle),
            };
            (kind, ChangeAuthor { by: user(by), acting_for: acting_for.map(user) })
        },
    );
    proptest::collection::vec(event, 0..30).prop_map(history)
}

/// The events without all but the last project change of each author.
fn keep_last_changes(events: &[ProjectEvent]) -> Vec<ProjectEvent> {
    let is_last = |event: &&ProjectEvent| {
        event.kind != ProjectChanged
            || !events.iter().any(|later| {
                later.kind == ProjectChanged
                    && later.author == event.author
                    && later.seq > event.seq
            })
    };
    events.iter().filter(is_last).cloned().collect()
}

proptest! {
    #[test]
    fn the_last_change_of_an_author_is_enough(events in events()) {
        let last = keep_last_changes(&events);
        prop_assert_eq!(find_contributors(&new(), &last), find_contributors(&new(), &events));
    }

    #[test]
    fn only_an_approval_removes_a_contributor(events in events()) {
        for end in 1..events.len() {
            let before = find_contributors(&new(), &events[..end]);
            let after = find_contributors(&new(), &events[..=end]);
            let approver = matches!(events[end].kind, ReportApproved(_)).then_some(events[end].author);
            for gone in before.iter().filter(|b| !after.iter().any(|a| a.user == b.user)) {
                prop_assert!(approver.is_some_and(|approver| !approver.includes(gone.user)));
            }
        }
    }

    #[test]
    fn the_answer_after_a_transition_names_the_contributors_that_the_journal_gives(events in events()) {
        for (end, event) in events.iter().enumerate() {
            let mut known = find_contributors(&new(), &events[..end]);
            match &event.kind {
                ReportEdited(of) if *of == new() => record_edit(&mut known, event.author),
                ReportSubmitted(of) if *of == new() => record_submission(&mut known, event.author),
                // The policy refuses an approval by a contributor, or on behalf of one.
                ReportApproved(of) if *of == new()
                    && events[..end].iter().any(|e| e.kind == ReportSubmitted(new()))
                    && !known.iter().any(|c| event.author.includes(c.user)) => record_approval(&mut known),
                ProjectChanged | ReportEdited(_) | ReportSubmitted(_) | ReportApproved(_) => continue,
            }
            known.sort_by_key(|c| c.user);
            let after = find_contributors(&new(), &events[..=end]);
            prop_assert_eq!(known, after);
        }
    }
}
