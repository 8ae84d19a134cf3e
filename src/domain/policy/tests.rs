//! A snapshot of the permission matrix, so that a review shows each changed right, and the rules that hold for all of
//! it.

use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;
use crate::domain::{
    refusal::TransitionRefused,
    report::ReportState,
    subject::Loaded,
    subject::ReportSubject,
    testing::{
        actor, approved, city, contributor, country, now, officer, report, representative,
        secretariat, subject, user,
    },
    user::Scope,
    workflow::{TransitionKind, check_transition},
};

/// The callers of the matrix, and those for the two-keys rule.
fn callers() -> Vec<(&'static str, Actor)> {
    let stand_in = |n: u128, principal: u128| {
        let mut actor = representative(n);
        actor.grants[0].acting_for = Some(user(principal));
        actor
    };
    vec![
        ("officer", officer(1)),
        ("other officer", actor(11, Role::CityOfficer, city("hue", "VN"))),
        ("representative", representative(2)),
        ("rep. with a hand", representative(77)),
        ("rep. for one with a hand", stand_in(21, 77)),
        ("foreign rep.", actor(12, Role::NationalRepresentative, Scope::Country(country("TH")))),
        ("secretariat", secretariat(3)),
        ("administrator", actor(4, Role::Administrator, Scope::Network)),
        ("reader", actor(5, Role::Reader, Scope::Network)),
        ("reader of the city", actor(6, Role::Reader, city("da-nang", "VN"))),
        ("reader elsewhere", actor(7, Role::Reader, Scope::Country(country("TH")))),
        ("nobody", Actor::new(user(8), Vec::new())),
    ]
}

/// The states of the matrix.
fn states() -> Vec<(&'static str, ReportSubject)> {
    let of = |state| subject(Some(report(state)));
    let mut withdrawn = of(ReportState::Draft);
    if let Some(r) = &mut withdrawn.report {
        r.ever_submitted = true;
    }
    let mut reopened = of(ReportState::Returned);
    reopened.approved = Loaded::Value(Some(approved()));
    let mut all = vec![
        ("none", subject(None)),
        ("draft", of(ReportState::Draft)),
        ("withdrawn", withdrawn),
        ("submitted", of(ReportState::Submitted)),
        ("returned", of(ReportState::Returned)),
        ("approved", of(ReportState::Approved)),
        ("reopened", reopened),
    ];
    for (_, on) in &mut all {
        on.contributors = Loaded::Value(vec![contributor(1), contributor(77)]);
    }
    all
}

fn status(denied: &AccessDenied) -> &'static str {
    match denied {
        AccessDenied::Hidden => "404",
        AccessDenied::Forbidden(_) => "403",
        AccessDenied::Undecided(part) => panic!("{part}"),
    }
}

/// The result of an action: the policy decides first, then the state.
fn outcome<A: PolicyAction<Subject = ReportSubject>>(
    actor: &Actor,
    on: &ReportSubject,
    transition: Option<TransitionKind>,
) -> &'static str {
    match (A::decide_access(actor, on), transition) {
        (Err(denied), _) => status(&denied),
        (Ok(_), None) => "yes",
        (Ok(_), Some(t)) => match check_transition(t, on, now()) {
            Ok(_) => "yes",
            Err(TransitionRefused::NoReport) => "404",
            Err(TransitionRefused::IllegalState(_)) => "409",
            Err(TransitionRefused::NotReady(_)) => "422",
            Err(TransitionRefused::NotLoaded(part)) => panic!("{part}"),
        },
    }
}

type Ask = fn(&Actor, &ReportSubject) -> &'static str;

/// Every action on a report.
const ON_REPORTS: &[(Act, Ask)] = &[
    (Act::ReadReport, |a, on| outcome::<ReadReport>(a, on, None)),
    (Act::ReadReportInside, |a, on| outcome::<ReadReportInside>(a, on, None)),
    (Act::ListComments, |a, on| outcome::<ListComments>(a, on, None)),
    (Act::CommentReport, |a, on| outcome::<CommentReport>(a, on, None)),
    (Act::EditReport, |a, on| outcome::<EditReport>(a, on, Some(TransitionKind::Edit))),
    (Act::SubmitReport, |a, on| outcome::<SubmitReport>(a, on, Some(TransitionKind::Submit))),
    (Act::WithdrawReport, |a, on| outcome::<WithdrawReport>(a, on, Some(TransitionKind::Withdraw))),
    (Act::ReturnReport, |a, on| outcome::<ReturnReport>(a, on, Some(TransitionKind::Return))),
    (Act::ApproveReport, |a, on| outcome::<ApproveReport>(a, on, Some(TransitionKind::Approve))),
    (Act::ReopenReport, |a, on| outcome::<ReopenReport>(a, on, Some(TransitionKind::Reopen))),
];

#[test]
fn the_matrix_of_rights_on_reports_is_as_checked_in() {
    let mut text = String::from("Rows: caller. Columns: state of the report. In an open cycle.\n");
    for (act, ask) in ON_REPORTS {
        let _ = write!(text, "\n{:26}", act.as_str());
        for (state, _) in states() {
            let _ = write!(text, "{state:>11}");
        }
        text.push('\n');
        for (caller, actor) in callers() {
            let _ = write!(text, "  {caller:24}");
            for (_, on) in states() {
                let _ = write!(text, "{:>11}", ask(&actor, &on));
            }
            text.push('\n');
        }
    }
    insta::assert_snapshot!("rights_on_reports", text);
}

#[test]
fn the_table_of_roles_is_as_checked_in() {
    let mut text = String::from(
        "Act, and the roles that may do it: everywhere (any) or in their scope (own).\n\n",
    );
    for act in Act::ALL {
        let roles: Vec<String> = act
            .permitted()
            .iter()
            .map(|(role, reach)| {
                let reach = match reach {
                    PermissionReach::Own => "own",
                    PermissionReach::Any => "any",
                };
                format!("{role} ({reach})")
            })
            .collect();
        let keys = if act.needs_two_keys() { ", two keys" } else { "" };
        let _ = writeln!(text, "{:20} {}{keys}", format!("{act:?}"), roles.join(", "));
    }
    insta::assert_snapshot!("roles", text);
}

fn roles() -> impl Strategy<Value = Role> {
    proptest::sample::select(Role::ALL)
}
fn scopes() -> impl Strategy<Value = Scope> {
    proptest::sample::select(vec![
        Scope::Network,
        Scope::Country(country("VN")),
        Scope::Country(country("TH")),
        city("da-nang", "VN"),
        city("hue", "VN"),
        city("phuket", "TH"),
    ])
}
fn grants() -> impl Strategy<Value = Vec<Grant>> {
    let grant = (roles(), scopes(), proptest::option::of(60_u128..64)).prop_filter_map(
        "a role is granted on its own kinds of scope",
        |(role, scope, acting_for)| {
            role.check_scope_kind(scope.kind()).ok()?;
            let mut grant = crate::domain::testing::grant(user(50), role, scope);
            grant.acting_for = acting_for.map(user);
            Some(grant)
        },
    );
    proptest::collection::vec(grant, 0..5)
}
fn subjects() -> impl Strategy<Value = ReportSubject> {
    let hands = proptest::collection::vec(60_u128..64, 0..3);
    (0..states().len(), hands, any::<bool>()).prop_map(|(i, hands, own)| {
        let mut on = states()[i].1.clone();
        on.contributors = Loaded::Value(hands.into_iter().map(contributor).collect());
        if own {
            on.contributors.change(|known| known.push(contributor(50)));
        }
        on
    })
}

proptest! {
    #[test]
    fn more_rights_never_mean_fewer(on in subjects(), some in grants(), more in grants()) {
        let few = Actor::new(user(50), some.clone());
        let many = Actor::new(user(50), some.into_iter().chain(more).collect());
        prop_assert!(on.visibility_for(&few) <= on.visibility_for(&many));
        for (act, ask) in ON_REPORTS {
            let (few, many) = (ask(&few, &on), ask(&many, &on));
            // An insider learns that a draft exists although it was never submitted: more grants may turn a 404 into a
            // 403 or 409, but never the reverse.
            prop_assert!(few != "yes" || many == "yes", "{act:?}: {few} became {many}");
            prop_assert!(few == "404" || many != "404", "{act:?}: {few} became {many}");
        }
    }

    #[test]
    fn nobody_decides_on_what_they_had_a_hand_in(mut on in subjects(), grants in grants()) {
        on.contributors.change(|known| known.push(contributor(50)));
        let actor = Actor::new(user(50), grants);
        prop_assert!(ApproveReport::decide_access(&actor, &on).is_err());
        prop_assert!(ReturnReport::decide_access(&actor, &on).is_err());
    }

    #[test]
    fn nobody_decides_on_behalf_of_somebody_with_a_hand_in_it(on in subjects(), grants in grants()) {
        let actor = Actor::new(user(50), grants);
        if let Ok(basis) = ApproveReport::decide_access(&actor, &on) {
            prop_assert!(basis.acting_for.is_none_or(|u| !on.is_contributor(u).unwrap()));
        }
    }

    #[test]
    fn a_draft_that_was_never_submitted_is_read_by_its_city_alone(grants in grants()) {
        let on = &states()[1].1;
        let actor = Actor::new(user(50), grants);
        let of_the_city = actor.has_role_at(&[Role::CityOfficer], &on.record_place());
        prop_assert_eq!(ReadReport::decide_access(&actor, on).is_ok(), of_the_city);
        prop_assert_eq!(ReadReportInside::decide_access(&actor, on).is_ok(), of_the_city);
        prop_assert_eq!(CommentReport::decide_access(&actor, on).is_ok(), of_the_city);
        prop_assert_eq!(ListComments::decide_access(&actor, on).is_ok(), of_the_city);
    }

    #[test]
    fn a_question_on_a_draft_shows_its_comments_to_reviewers_and_nothing_else(grants in grants()) {
        let mut on = states()[1].1.clone();
        on.has_question = Loaded::Value(true);
        let actor = Actor::new(user(50), grants);
        let place = on.record_place();
        prop_assert_eq!(ListComments::decide_access(&actor, &on).is_ok(), actor.is_insider_at(&place));
        let of_the_city = actor.has_role_at(&[Role::CityOfficer], &place);
        prop_assert_eq!(on.shows_only_questions(&actor), actor.is_insider_at(&place) && !of_the_city);
        prop_assert_eq!(ReadReport::decide_access(&actor, &on).is_ok(), of_the_city);
        prop_assert_eq!(ReadReportInside::decide_access(&actor, &on).is_ok(), of_the_city);
        prop_assert_eq!(CommentReport::decide_access(&actor, &on).is_ok(), of_the_city);
    }

    #[test]
    fn a_list_shows_the_copy_that_reading_one_shows(on in subjects(), grants in grants()) {
        let actor = Actor::new(user(50), grants);
        let visible = actor.visible_rows();
        let holds = |r: &visibility::ReadScope| {
            r.everything || r.countries.contains(&country("VN")) || r.cities.iter().any(|c| c.as_str() == "da-nang")
        };
        let (working, drafts) = (holds(&visible.working), holds(&visible.drafts));
        let listed_working = on.report.as_ref().is_some_and(|r| working && (r.ever_submitted || drafts));
        let listed_approved = on.approved.get().unwrap().is_some() && holds(&visible.approved) && !working;
        let sight = on.visibility_for(&actor);
        prop_assert_eq!(listed_working, sight == Visibility::Readable(RecordCopy::Working));
        prop_assert_eq!(listed_approved, sight == Visibility::Readable(RecordCopy::Approved));
    }
}
