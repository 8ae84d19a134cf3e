use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::{
    clock::Clock,
    domain::{
        policy::{
            ApproveReport, Authorized, CommentReport, EditProject, EditReport, ListComments,
            PolicyAction, PolicyResource as _, ReadReport, ReadReportInside, RecordCopy,
            ReopenReport, ReturnReport, SubmitReport, Unproved, Visibility, WithdrawReport,
        },
        project::ProjectDetails,
        readiness,
        report::carry_forward,
        testing::{project, ready},
        workflow::{self, TransitionKind, check_transition, list_allowed_actions},
    },
    store::{Change, RecordWriter as _, StoreError, tx::run_transaction, users},
};

mod world;

use world::{World, any_case, key};

/// The verdict of the policy and, where there is a rule, its result.
fn judge<A: PolicyAction<Subject = ReportSubject>>(
    subject: Option<ReportSubject>,
    actor: &Arc<Actor>,
    rule: impl FnOnce(&Authorized<A>) -> String,
) -> String {
    let Some(subject) = subject else { return "missing".to_owned() };
    match Unproved::seal_resource(subject).authorize::<A>(actor) {
        Ok(proof) => rule(&proof),
        Err(denied) => format!("{denied:?}"),
    }
}

/// What an answer shows of a report that the caller may read.
fn describe_shown(proof: &Authorized<impl PolicyAction<Subject = ReportSubject>>) -> String {
    let (subject, at) = (proof.subject(), Clock::real().now());
    let inside = subject.visibility_for(proof.actor()) == Visibility::Readable(RecordCopy::Working);
    let blockers = match &subject.report {
        Some(report) if inside => readiness::list_blockers(subject, &report.content, at).unwrap(),
        Some(_) | None => Vec::new(),
    };
    let actions = list_allowed_actions(proof.actor(), subject, &blockers, at).unwrap();
    let release = subject.released_in.get().unwrap();
    format!("{blockers:?} {actions:?} {:?} {release:?}", subject.due_day().unwrap())
}

/// Compares an act with the parts that it declares, and with all parts.
fn compare<A: PolicyAction<Subject = ReportSubject>>(
    conn: &mut Conn,
    actor: &Arc<Actor>,
    rule: impl Fn(&Authorized<A>) -> String,
) {
    let all = ReportSubject::load_by_key(conn, &key()).unwrap();
    let own = ReportSubject::load_for_act(conn, &key(), A::ACT, actor).unwrap();
    let expected = judge::<A>(all.clone(), actor, &rule);
    assert_eq!(judge::<A>(own, actor, &rule), expected, "{:?}", A::ACT);

    let allowed = |_: &Authorized<A>| "allowed".to_owned();
    let admitted = ReportSubject::load_for_admission(conn, &key(), A::ACT, actor).unwrap();
    let expected = judge::<A>(all, actor, allowed);
    assert_eq!(judge::<A>(admitted, actor, allowed), expected, "admission of {:?}", A::ACT);
}

fn compare_batch<A: PolicyAction<Subject = ReportSubject>>(
    conn: &mut Conn,
    actor: &Arc<Actor>,
    rule: impl Fn(&Authorized<A>) -> String,
) {
    let all = ReportSubject::load_by_key(conn, &key()).unwrap();
    let mut common = SharedLookups::default();
    let own = common.load_report_subject(conn, &key(), A::ACT, actor).unwrap();
    assert_eq!(judge::<A>(own, actor, &rule), judge::<A>(all, actor, &rule), "{:?}", A::ACT);
}

fn compare_every_act(conn: &mut Conn, actor: &Arc<Actor>) {
    let at = Clock::real().now();
    compare::<ReadReport>(conn, actor, describe_shown);
    compare::<ReadReportInside>(conn, actor, describe_shown);
    compare::<ListComments>(conn, actor, |proof| {
        format!("{}", proof.subject().shows_only_questions(proof.actor()))
    });
    compare::<CommentReport>(conn, actor, |proof| {
        format!("{:?}", workflow::check_commentable(proof.subject()))
    });
    let edit = |proof: &Authorized<EditReport>| {
        let carried = carry_forward::carry_unchanged(proof.subject());
        let done = workflow::ReportEdit::begin(proof, at)
            .map(|edit| edit.write_content(Id::new(uuid::Uuid::nil()), ready()));
        format!("{carried:?} {done:?}")
    };
    compare::<EditReport>(conn, actor, |proof| {
        format!("{} {}", edit(proof), describe_shown(proof))
    });
    compare_batch::<EditReport>(conn, actor, edit);
    let submit =
        |proof: &Authorized<SubmitReport>| format!("{:?}", workflow::submit_report(proof, at));
    compare::<SubmitReport>(conn, actor, submit);
    compare_batch::<SubmitReport>(conn, actor, submit);
    let withdraw =
        |proof: &Authorized<WithdrawReport>| format!("{:?}", workflow::withdraw_report(proof, at));
    compare::<WithdrawReport>(conn, actor, withdraw);
    compare_batch::<WithdrawReport>(conn, actor, withdraw);
    let give_back =
        |proof: &Authorized<ReturnReport>| format!("{:?}", workflow::return_report(proof, at));
    compare::<ReturnReport>(conn, actor, give_back);
    compare_batch::<ReturnReport>(conn, actor, give_back);
    let approve =
        |proof: &Authorized<ApproveReport>| format!("{:?}", workflow::approve_report(proof, at));
    compare::<ApproveReport>(conn, actor, approve);
    compare_batch::<ApproveReport>(conn, actor, approve);
    compare::<ReopenReport>(conn, actor, |proof| {
        format!(
            "{:?} {:?}",
            workflow::reopen_report(proof, at),
            check_transition(TransitionKind::Reopen, proof.subject(), at)
        )
    });
}

#[test]
fn each_act_decides_the_same_with_its_own_parts_and_with_all_parts() {
    let mut world = World::new();
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases: 96,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let world = std::cell::RefCell::new(&mut world);
    runner
        .run(&any_case(), |case| {
            let mut world = world.borrow_mut();
            world.conn.begin().unwrap();
            world.prepare(&case);
            let (caller, at) = (world.callers[case.actor], world.env.clock.now());
            let actor = Arc::new(users::load_actor(&mut world.conn, caller, at).unwrap());
            compare_every_act(&mut world.conn, &actor);
            world.conn.rollback().unwrap();
            Ok(())
        })
        .unwrap();
}

#[test]
fn proof_for_one_project_does_not_save_another_project() {
    let mut world = World::new();
    let caller = world.callers[0];
    let saved = run_transaction(&mut world.conn, &world.env, |tx| -> StoreResult<Project> {
        let proof = tx.prove::<EditProject>(caller, &project().code)?;
        let own = proof.subject().project.clone();
        let other = Project { id: Id::new(uuid::Uuid::from_u128(101)), version: 2, ..own.clone() };
        let refused = proof.replace(tx, &own, other, Change::without_reason("edit"));
        assert!(
            matches!(refused, Err(StoreError::NotCovered { act: "edit", entity: "project" })),
            "{refused:?}"
        );
        let details = ProjectDetails { priority: !own.details.priority, ..own.details.clone() };
        let after = Project { details, version: 2, ..own.clone() };
        proof.replace(tx, &own, after, Change::without_reason("edit"))
    });
    assert_eq!(saved.unwrap().0.version, 2);
}
