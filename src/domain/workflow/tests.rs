//! The life of a report: every pair of state and transition as a snapshot, and the rules that hold on every path.

use std::{fmt::Write as _, sync::Arc};

use proptest::prelude::*;

use super::*;
use crate::domain::{
    cycle::CycleState,
    fault::FieldFault,
    message::Message,
    policy::{AccessDenied, Actor, Unproved},
    report::{PercentMethod, ReportState},
    subject::Loaded,
    testing::{
        actor, city, cycle, day, now, officer, project, ready, report, representative, secretariat,
        slug, subject,
    },
    user::Role,
    value::Prose,
};

mod copies;
mod first_submission;

fn prove<A: PolicyAction<Subject = ReportSubject>>(
    on: &ReportSubject,
    actor: &Actor,
) -> Result<Authorized<A>, AccessDenied> {
    Unproved::seal_resource(on.clone()).authorize::<A>(&Arc::new(actor.clone()))
}

#[test]
fn every_pair_of_state_and_transition_is_as_checked_in() {
    let mut text = String::from(
        "Rows: state. Columns: transition. Cells: the state that follows, or 409.\n\n",
    );
    let _ = write!(text, "{:12}", "");
    for t in TransitionKind::ALL {
        let _ = write!(text, "{:>11}", t.as_str());
    }
    for state in ReportState::ALL {
        let _ = write!(text, "\n{:12}", state.as_str());
        for t in TransitionKind::ALL {
            let _ = write!(text, "{:>11}", t.next_state(*state).map_or("409", ReportState::as_str));
        }
    }
    insta::assert_snapshot!("transitions", text);
}

#[test]
fn every_transition_in_every_state_of_the_cycle_is_as_checked_in() {
    let mut text =
        String::from("Rows: cycle. Columns: transition, on a report whose state allows it.\n\n");
    let _ = write!(text, "{:36}", "");
    for t in TransitionKind::ALL {
        let _ = write!(text, "{:>11}", t.as_str());
    }
    let extensions = [
        ("", None),
        (", extended until yesterday", Some(day("2026-11-19"))),
        (", extended until today", Some(day("2026-11-20"))),
    ];
    for state in CycleState::ALL {
        for (words, extension) in extensions {
            let _ = write!(text, "\n{:36}", format!("{state}{words}"));
            for t in TransitionKind::ALL {
                let from = ReportState::ALL.iter().find(|s| t.next_state(**s).is_ok()).unwrap();
                let mut on = subject(Some(report(*from)));
                on.cycle = cycle(*state);
                on.calendar.change(|calendar| calendar.extension = extension);
                let cell = if check_transition(*t, &on, now()).is_ok() { "yes" } else { "409" };
                let _ = write!(text, "{cell:>11}");
            }
        }
    }
    insta::assert_snapshot!("cycles", text);
}

#[test]
fn an_extension_ends_at_midnight_of_the_city() {
    let mut on = subject(Some(report(ReportState::Draft)));
    on.cycle = cycle(CycleState::Closed);
    on.calendar.change(|calendar| calendar.extension = Some(day("2027-01-10")));
    // Da Nang is seven hours ahead of UTC.
    let before = "2027-01-10T16:59:59Z".parse().unwrap();
    let after = "2027-01-10T17:00:00Z".parse().unwrap();
    assert!(check_transition(TransitionKind::Edit, &on, before).is_ok());
    assert!(check_transition(TransitionKind::Edit, &on, after).is_err());
    assert!(
        check_transition(
            TransitionKind::Approve,
            &subject(Some(report(ReportState::Submitted))),
            after
        )
        .is_ok()
    );
}

#[test]
fn a_project_is_reported_in_cycles_of_its_own_plan_cycle() {
    let mut on = subject(None);
    on.cycle.plan_cycle = slug("2026-2035");
    let refused = check_transition(TransitionKind::Edit, &on, now()).unwrap_err();
    assert!(refused.to_string().contains("another plan cycle"), "{refused}");
}

#[test]
fn a_submission_freezes_the_project_and_clears_the_decision() {
    let mut on = subject(Some(report(ReportState::Returned)));
    on.project.version = 8;
    let sent = submit_report(&prove(&on, &officer(1)).unwrap(), now()).unwrap();
    assert_eq!(sent.header.as_ref().unwrap().project_version, 8);
    assert_eq!((sent.state, sent.decided, sent.version), (ReportState::Submitted, None, 6));
    assert!(sent.ever_submitted && sent.submitted.is_some());
}

#[test]
fn submission_freezes_milestones_as_they_stood_on_the_cut_off_day() {
    let mut on = subject(Some(report(ReportState::Draft)));
    on.cycle.as_of = day("2026-06-30");
    let reached = |n, on: &str| crate::domain::project_parts::Milestone {
        completed_on: Some(day(on)),
        ..crate::domain::testing::milestone(n)
    };
    on.milestones = Loaded::Value(vec![reached(1, "2026-06-30"), reached(2, "2026-07-01")]);
    let sent = submit_report(&prove(&on, &officer(1)).unwrap(), now()).unwrap();
    let frozen = sent.header.unwrap().milestones.into_iter().map(|m| m.completed_on);
    assert_eq!(frozen.collect::<Vec<_>>(), [Some(day("2026-06-30")), None]);
}

/// What blocks the submission of the subject's report.
fn blockers(on: &ReportSubject) -> Vec<FieldFault> {
    let content = on.report.as_ref().map(|report| &report.content);
    content.map(|content| readiness::list_blockers(on, content, now()).unwrap()).unwrap_or_default()
}

#[test]
fn nothing_blocks_a_report_that_was_just_submitted() {
    // The answer to a submission relies on this: it does not ask again.
    let on = subject(Some(report(ReportState::Draft)));
    let officer = officer(1);
    let proof = prove::<SubmitReport>(&on, &officer).unwrap();
    let sent = submit_report(&proof, now()).unwrap();
    let after = on.after_transition(TransitionKind::Submit, sent, &officer, proof.basis());
    assert_eq!(blockers(&after), []);
}

#[test]
fn a_withdrawal_clears_the_submission_and_keeps_that_it_was_seen() {
    let on = subject(Some(report(ReportState::Submitted)));
    let back = withdraw_report(&prove(&on, &officer(1)).unwrap(), now()).unwrap();
    assert_eq!((back.state, back.submitted), (ReportState::Draft, None));
    assert!(back.ever_submitted);
}

#[test]
fn an_edit_of_what_was_imported_is_no_longer_what_the_source_said() {
    let mut imported = report(ReportState::Returned);
    imported.imported = Some(serde_json::json!({ "source": "M&E 2023" }));
    let on = subject(Some(imported));
    let proof = prove(&on, &officer(1)).unwrap();
    let edit = ReportEdit::begin(&proof, now()).unwrap();
    let other = ReportContent { next_steps: Some(Prose::parse("Tender.").unwrap()), ..ready() };
    let edited = edit.write_content(Id::new(uuid::Uuid::nil()), other);
    assert_eq!(edited.imported, None);
    assert_eq!(edited.state, ReportState::Returned);
    // The same content is still what the source said.
    let same = on.report.as_ref().unwrap().content.clone();
    let edit = ReportEdit::begin(&proof, now()).unwrap();
    let kept = edit.write_content(Id::new(uuid::Uuid::nil()), same);
    assert_eq!(kept.imported, on.report.as_ref().unwrap().imported);
}

#[test]
fn the_deed_names_on_whose_behalf_it_was_done() {
    use crate::domain::testing::user;
    let own = representative(2);
    let grants = own
        .grants()
        .iter()
        .cloned()
        .map(|g| crate::domain::user::Grant { acting_for: Some(user(9)), ..g });
    let stand_in = Actor::new(user(2), grants.collect());
    let on = subject(Some(report(ReportState::Submitted)));
    let returned = return_report(&prove(&on, &stand_in).unwrap(), now()).unwrap();
    let decided = returned.decided.unwrap();
    assert_eq!((decided.by, decided.acting_for), (user(2), Some(user(9))));
}

#[test]
fn what_may_be_done_comes_with_the_reason_of_each_refusal() {
    let lines = |actor: &Actor, on: &ReportSubject| {
        let line = |(act, verdict): (crate::domain::policy::Act, Result<(), Message>)| {
            format!(
                "{}: {}",
                act.as_str(),
                verdict.map_or_else(|e| e.to_string(), |()| "yes".to_owned())
            )
        };
        let actions = list_allowed_actions(actor, on, &blockers(on), now()).unwrap();
        actions.into_iter().map(line).collect::<Vec<_>>().join("\n")
    };
    let mut draft = subject(Some(report(ReportState::Draft)));
    draft.report.as_mut().unwrap().content.next_steps = None;
    draft.project.details.starts_on = None;
    let mut submitted = subject(Some(report(ReportState::Submitted)));
    submitted.contributors = Loaded::Value(vec![crate::domain::testing::contributor(2)]);
    let mut closed = subject(Some(report(ReportState::Returned)));
    closed.cycle = cycle(CycleState::Closed);
    let text = format!(
        "officer, draft:\n{}\n\nrepresentative with a hand, submitted:\n{}\n\nrepresentative, submitted:\n{}\n\n\
         officer, returned, cycle closed:\n{}\n\nstranger, approved:\n{}",
        lines(&officer(1), &draft),
        lines(&representative(2), &submitted),
        lines(&representative(3), &submitted),
        lines(&officer(1), &closed),
        lines(
            &actor(7, Role::CityOfficer, city("hue", "VN")),
            &subject(Some(report(ReportState::Approved)))
        ),
    );
    insta::assert_snapshot!("allowed", text);
}

/// An attempt by a user.
#[derive(Debug, Clone)]
enum Try {
    Edit(usize),
    Submit(usize),
    Withdraw(usize),
    Return(usize),
    Approve(usize),
    Reopen(usize),
}

/// Two officers, two representatives, a user who is both, and the secretariat.
fn people() -> Vec<Actor> {
    let both = Actor::new(
        crate::domain::testing::user(5),
        officer(5).grants().iter().chain(representative(5).grants()).cloned().collect(),
    );
    vec![officer(1), officer(2), representative(3), representative(4), both, secretariat(6)]
}

fn tries() -> impl Strategy<Value = Vec<Try>> {
    let one = (0..6_usize, 0..people().len()).prop_map(|(what, who)| match what {
        0 => Try::Edit(who),
        1 => Try::Submit(who),
        2 => Try::Withdraw(who),
        3 => Try::Return(who),
        4 => Try::Approve(who),
        _ => Try::Reopen(who),
    });
    proptest::collection::vec(one, 0..60)
}

/// Takes a step if policy and state allow it.
fn take(on: &ReportSubject, step: &Try) -> Option<(TransitionKind, usize, Report)> {
    fn go<A: PolicyAction<Subject = ReportSubject>>(
        on: &ReportSubject,
        who: usize,
        transition: TransitionKind,
        rule: impl FnOnce(&Authorized<A>) -> Result<Report, TransitionRefused>,
    ) -> Option<(TransitionKind, usize, Report)> {
        let proof = prove::<A>(on, &people()[who]).ok()?;
        Some((transition, who, rule(&proof).ok()?))
    }
    let id = Id::new(uuid::Uuid::from_u128(200));
    match step {
        Try::Edit(w) => go(on, *w, TransitionKind::Edit, |p| {
            Ok(ReportEdit::begin(p, now())?.write_content(id, ready()))
        }),
        Try::Submit(w) => go(on, *w, TransitionKind::Submit, |p| submit_report(p, now())),
        Try::Withdraw(w) => go(on, *w, TransitionKind::Withdraw, |p| withdraw_report(p, now())),
        Try::Return(w) => go(on, *w, TransitionKind::Return, |p| return_report(p, now())),
        Try::Approve(w) => {
            go(on, *w, TransitionKind::Approve, |p| approve_report(p, now()).map(|(r, _)| r))
        }
        Try::Reopen(w) => go(on, *w, TransitionKind::Reopen, |p| reopen_report(p, now())),
    }
}

proptest! {
    #[test]
    fn no_path_leads_to_an_illegal_state(tries in tries()) {
        let mut on = subject(None);
        let mut wrote: Vec<usize> = Vec::new();
        for step in tries {
            let before = on.report.clone();
            let Some((transition, who, report)) = take(&on, &step) else { continue };
            let from = before.as_ref().map(|r| r.state);
            prop_assert_eq!(report.version, before.as_ref().map_or(1, |r| r.version + 1));
            prop_assert!(!before.is_some_and(|r| r.ever_submitted) || report.ever_submitted);
            prop_assert_eq!(report.header.is_some(), report.ever_submitted);
            match transition {
                TransitionKind::Edit => prop_assert!(matches!(from, None | Some(ReportState::Draft | ReportState::Returned))),
                TransitionKind::Submit => {
                    prop_assert!(matches!(from, Some(ReportState::Draft | ReportState::Returned)));
                    prop_assert!(report.submitted.is_some() && report.decided.is_none());
                }
                TransitionKind::Withdraw => {
                    prop_assert_eq!(from, Some(ReportState::Submitted));
                    prop_assert!(report.submitted.is_none());
                }
                TransitionKind::Return | TransitionKind::Approve => {
                    prop_assert_eq!(from, Some(ReportState::Submitted));
                    prop_assert!(!wrote.contains(&who), "decided on one's own work");
                }
                TransitionKind::Reopen => prop_assert_eq!(from, Some(ReportState::Approved)),
            }
            match transition {
                TransitionKind::Edit | TransitionKind::Submit => wrote.push(who),
                TransitionKind::Withdraw | TransitionKind::Return | TransitionKind::Reopen => {}
                TransitionKind::Approve => wrote.clear(),
            }
            let actor = people()[who].clone();
            on = on.after_transition(transition, report, &actor, crate::domain::policy::PermissionBasis { acting_for: None });
        }
    }

    #[test]
    fn what_is_offered_is_what_happens(tries in tries(), who in 0..6_usize) {
        let mut on = subject(None);
        for step in tries {
            if let Some((transition, who, report)) = take(&on, &step) {
                let actor = people()[who].clone();
                on = on.after_transition(transition, report, &actor, crate::domain::policy::PermissionBasis { acting_for: None });
            }
        }
        let offers = list_allowed_actions(&people()[who], &on, &blockers(&on), now()).unwrap();
        let steps = [Try::Edit(who), Try::Submit(who), Try::Withdraw(who), Try::Return(who), Try::Approve(who), Try::Reopen(who)];
        for (step, (act, verdict)) in steps.iter().zip(offers) {
            prop_assert_eq!(take(&on, step).is_some(), verdict.is_ok(), "{:?}", act);
        }
    }
}

#[test]
fn the_fixture_is_ready() {
    assert_eq!(readiness::find_missing_fields(&ready(), &project().details, None), Vec::new());
    assert_eq!(ready().percent_method, Some(PercentMethod::SelfAssessed));
}
