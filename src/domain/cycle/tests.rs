//! Cycles: parsing, states, and lateness.

use std::collections::HashMap;

use super::*;
use crate::domain::{
    fault::FieldFault,
    report::SubmissionTiming,
    testing::{cycle, day, now, slug},
};

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}
fn codes(faults: Vec<FieldFault>) -> Vec<String> {
    faults.into_iter().map(|f| format!("{} {}", f.pointer, f.code)).collect()
}
fn raw() -> RawCycle {
    let text = |t: &str| Some(t.to_owned());
    RawCycle {
        cycle: text("me-2027"),
        name: text("M&E 2027"),
        plan_cycle: text("2026-2035"),
        opens_on: text("2027-07-01"),
        due_on: text("2027-12-31"),
        review_due_on: text("2028-01-31"),
        as_of: text("2027-12-31"),
    }
}

#[test]
fn a_new_cycle_is_scheduled() {
    let made = raw().parse(&[slug("2026-2035")], &[]).unwrap();
    assert_eq!((made.state, made.version, made.imported), (CycleState::Scheduled, 1, None));
}

#[test]
fn every_fault_of_a_new_cycle_is_named_at_once() {
    let lacks = RawCycle::default().parse(&[], &[]).unwrap_err();
    let expected = ["/cycle", "/name", "/plan_cycle", "/opens_on", "/due_on", "/as_of"]
        .map(|p| format!("{p} required"));
    assert_eq!(codes(lacks), expected);
    let wrong = RawCycle {
        cycle: Some("ME 2027".to_owned()),
        due_on: Some("2027-06-30".to_owned()),
        review_due_on: Some("2027-05-01".to_owned()),
        as_of: Some("2027-02-30".to_owned()),
        ..raw()
    };
    let expected = [
        "/cycle slug",
        "/plan_cycle unknown",
        "/as_of day",
        "/due_on order",
        "/review_due_on order",
    ];
    assert_eq!(codes(wrong.parse(&[slug("2018-2025")], &[]).unwrap_err()), expected);
}

#[test]
fn a_cut_off_is_fixed_once_the_cycle_was_opened() {
    let moved =
        RawCyclePatch { as_of: Some(Some("2027-01-01".to_owned())), ..RawCyclePatch::default() };
    let same =
        RawCyclePatch { as_of: Some(Some("2026-12-31".to_owned())), ..RawCyclePatch::default() };
    for state in CycleState::ALL {
        assert_eq!(moved.moves_cut_off(&cycle(*state)), *state != CycleState::Scheduled);
        assert!(!same.moves_cut_off(&cycle(*state)));
    }
    assert_eq!(moved.apply_to(cycle(CycleState::Scheduled), &[]).unwrap().as_of, day("2027-01-01"));
}

#[test]
fn a_patch_keeps_what_it_does_not_name_and_checks_the_whole() {
    let patch =
        RawCyclePatch { due_on: Some(Some("2026-06-30".to_owned())), ..RawCyclePatch::default() };
    assert_eq!(codes(patch.apply_to(cycle(CycleState::Open), &[]).unwrap_err()), ["/due_on order"]);
    let cleared =
        RawCyclePatch { due_on: Some(None), name: Some(None), ..RawCyclePatch::default() };
    assert_eq!(
        codes(cleared.apply_to(cycle(CycleState::Open), &[]).unwrap_err()),
        ["/name required", "/due_on required"]
    );
    let review = RawCyclePatch { review_due_on: Some(None), ..RawCyclePatch::default() };
    let after = review.apply_to(cycle(CycleState::Open), &[]).unwrap();
    assert_eq!((after.review_due_on, after.version), (None, 3));
}

#[test]
fn every_turn_of_a_cycle_is_decided() {
    use CycleState::{Closed, Open, Scheduled};
    let open = |s| cycle(s).open_cycle().map(|c| c.state).map_err(|e| e.state.to_string());
    let close = |s| cycle(s).close_cycle().map(|c| c.state).map_err(|e| e.state.to_string());
    let refused = |state: &str| Err(state.to_owned());
    assert_eq!([open(Scheduled), open(Open), open(Closed)], [Ok(Open), refused("open"), Ok(Open)]);
    assert_eq!(
        [close(Scheduled), close(Open), close(Closed)],
        [refused("scheduled"), Ok(Closed), refused("closed")]
    );
}

#[test]
fn the_due_day_ends_at_midnight_where_the_city_lies() {
    let zones = HashMap::from([
        (Tz::Asia__Ho_Chi_Minh, vec!["da-nang".to_owned()]),
        (Tz::Asia__Jayapura, vec!["jayapura".to_owned()]),
    ]);
    let mut imported = cycle(CycleState::Closed);
    (imported.slug, imported.due_on) = (slug("me-2022"), None);
    let d = CycleDeadlines::new(vec![cycle(CycleState::Open), imported], zones, Vec::new());
    let late = |city: &str, submitted: &str| {
        d.is_late("me-2026", city, SubmissionTiming::SubmittedAt(at(submitted)), now())
    };
    assert!(
        !late("da-nang", "2026-12-31T16:59:59.999999Z") && late("da-nang", "2026-12-31T17:00:00Z")
    );
    assert!(!late("jayapura", "2026-12-31T14:59:59Z") && late("jayapura", "2026-12-31T15:00:00Z"));
    let waits_until =
        |cycle: &str, now: &str| d.is_late(cycle, "da-nang", SubmissionTiming::Waiting, at(now));
    assert!(!waits_until("me-2026", "2026-12-31T16:59:59Z"));
    assert!(waits_until("me-2026", "2026-12-31T17:00:00Z"));
    assert!(!waits_until("me-2022", "2030-01-01T00:00:00Z"));
    assert_eq!(d.iter_deadlines().count(), 2);
}

#[test]
fn two_cycles_of_a_plan_are_not_cut_off_on_one_day() {
    let there = [cycle(CycleState::Open)];
    let plans = [slug("2018-2025"), slug("2026-2035")];
    let same = RawCycle {
        plan_cycle: Some("2018-2025".to_owned()),
        as_of: Some(there[0].as_of.to_string()),
        ..raw()
    };
    let faults = same.clone().parse(&plans, &there).unwrap_err();
    assert_eq!(codes(faults), ["/as_of duplicate"]);
    // A different plan may have the same cut-off.
    let other = RawCycle { plan_cycle: Some("2026-2035".to_owned()), ..same.clone() };
    assert!(other.parse(&plans, &there).is_ok());
    // The fault is reported together with all others.
    let faults = RawCycle { name: None, ..same }.parse(&plans, &there).unwrap_err();
    assert_eq!(codes(faults), ["/name required", "/as_of duplicate"]);
    let next = ReportingCycle {
        slug: slug("me-2099"),
        as_of: day("2099-01-01"),
        ..cycle(CycleState::Scheduled)
    };
    let all = [there[0].clone(), next.clone()];
    let onto =
        |day: &str| RawCyclePatch { as_of: Some(Some(day.to_owned())), ..RawCyclePatch::default() };
    let faults = onto(&there[0].as_of.to_string()).apply_to(next.clone(), &all).unwrap_err();
    assert_eq!(codes(faults), ["/as_of duplicate"]);
    // A cycle may keep its own day, and a cycle that shared its day before the rule existed stays editable.
    assert!(onto("2099-01-01").apply_to(next.clone(), &all).is_ok());
    let shared = ReportingCycle { as_of: there[0].as_of, ..next };
    let renamed = RawCyclePatch { name: Some(Some("New".to_owned())), ..RawCyclePatch::default() };
    assert!(renamed.apply_to(shared, &all).is_ok());
}
