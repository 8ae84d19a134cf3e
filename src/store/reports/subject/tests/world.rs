//! A small database: a city with one project, people with different rights, and a report that a case moves to a state.

use proptest::prelude::*;

use crate::{
    clock::{self, Clock},
    domain::{
        cycle::{CycleState, ReportingCycle},
        extension::DeadlineExtension,
        id::Id,
        policy::{
            ApproveReport, Authorized, EditReport, PolicyAction, ReopenReport, ReturnReport, Saves,
            SubmitReport, WithdrawReport,
        },
        project::{Project, ProjectCode},
        project_parts::{Indicator, IndicatorDirection, IndicatorKind, Milestone},
        refusal::TransitionRefused,
        report::{ApprovedReport, IndicatorValue, MilestoneDone, Report, ReportState},
        session::LoginSession,
        subject::ReportSubject,
        testing::{self, approved, country, cycle, day, header, milestone, project, ready, slug},
        user::{EmailAddress, Grant, Role, Scope, User, UserState},
        value::{Prose, Slug, Title},
        workflow::{self, TransitionKind},
    },
    store::{
        Caller, Change, Conn, DatabaseTarget, RecordWriter as _, StoreResult, Tx, cycles, fixtures,
        seed,
        tx::{TxEnv, WriteProof, run_transaction},
        unguarded,
    },
};

/// What differs between the cases.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each of them varies by itself")]
pub(super) struct Case {
    /// The last transition of the report; `None` if the report was not begun.
    last: Option<TransitionKind>,
    states_milestone: bool,
    states_value: bool,
    unchanged: bool,
    has_earlier_report: bool,
    future_milestone: bool,
    has_extension: bool,
    cycle_closed: bool,
    /// The number of the person who acts.
    pub(super) actor: usize,
}

pub(super) fn any_case() -> impl Strategy<Value = Case> {
    let last =
        prop_oneof![Just(None), proptest::sample::select(TransitionKind::ALL).prop_map(Some),];
    let content = any::<(bool, bool, bool)>();
    let around = any::<(bool, bool, bool, bool)>();
    (last, content, around, 0..PEOPLE.len()).prop_map(|(last, content, around, actor)| Case {
        last,
        states_milestone: content.0,
        states_value: content.1,
        unchanged: content.2,
        has_earlier_report: around.0,
        future_milestone: around.1,
        has_extension: around.2,
        cycle_closed: around.3,
        actor,
    })
}

/// The people: an officer and a representative of the project's city, the secretariat, and people without a right on it.
/// The second representative also writes for the city.
const PEOPLE: &[(&str, &[Role])] = &[
    ("officer", &[Role::CityOfficer]),
    ("representative", &[Role::NationalRepresentative]),
    ("both", &[Role::CityOfficer, Role::NationalRepresentative]),
    ("secretariat", &[Role::Secretariat]),
    ("reader", &[Role::Reader]),
    ("foreign", &[]),
];

pub(super) struct World {
    pub(super) conn: Conn,
    pub(super) env: TxEnv,
    pub(super) callers: Vec<Caller>,
    _folder: tempfile::TempDir,
}

fn scope_of(role: Role) -> Scope {
    match role {
        Role::CityOfficer => Scope::City(slug("da-nang"), country("VN")),
        Role::NationalRepresentative => Scope::Country(country("VN")),
        Role::Secretariat | Role::Administrator | Role::Reader => Scope::Network,
    }
}

fn add_person(tx: &mut Tx<'_>, name: &str, roles: &[Role]) -> StoreResult<Caller> {
    let now = tx.at();
    let email = EmailAddress::parse(format!("{name}@test.example"))?;
    let user = User::new_invited(Id::new(clock::generate_uuid()), email, Title::parse(name)?, now);
    fixtures::save_record(tx, &user, Change::without_reason("invite"))?;
    let active = User { state: UserState::Active, version: 2, ..user };
    fixtures::save_record(tx, &active, Change::without_reason("accept_invitation"))?;
    let foreign = [(Role::CityOfficer, Scope::City(slug("bangkok"), country("TH")))];
    let held = roles.iter().map(|role| (*role, scope_of(*role)));
    let grants: Vec<(Role, Scope)> =
        if roles.is_empty() { foreign.to_vec() } else { held.collect() };
    for (role, scope) in grants {
        let grant = Grant {
            id: Id::new(clock::generate_uuid()),
            user: active.id,
            role,
            scope,
            from: None,
            until: None,
            acting_for: None,
            granted_by: None,
            granted_at: now,
            version: 1,
        };
        fixtures::save_record(tx, &grant, Change::without_reason("grant"))?;
    }
    let session = LoginSession::start_session(clock::generate_uuid(), active.id, None, now);
    let mut digest = [0; 32];
    digest[..16].copy_from_slice(session.id.as_bytes());
    unguarded::insert_session(tx.conn(), &session, &digest)?;
    Ok(Caller { user: active.id, session: session.id })
}

fn indicator() -> Indicator {
    Indicator {
        id: Id::new(uuid::Uuid::from_u128(400)),
        project: project().id,
        code: project().code,
        name: Title::parse("Buses").unwrap(),
        kind: IndicatorKind::Output,
        unit: Title::parse("buses").unwrap(),
        better: IndicatorDirection::Up,
        baseline: None,
        target: None,
        version: 1,
    }
}

impl World {
    pub(super) fn new() -> Self {
        let folder = tempfile::TempDir::new().unwrap();
        let target = DatabaseTarget::Sqlite { path: folder.path().join("test.db") };
        let mut conn = target.open(false).unwrap();
        conn.run_migrations().unwrap();
        let env = TxEnv { clock: Clock::real() };
        let (callers, _) = run_transaction(&mut conn, &env, |tx| -> StoreResult<_> {
            seed::apply_seed(tx, seed::parse_embedded_seed().unwrap())?;
            let save = Change::without_reason("create");
            fixtures::save_record(tx, &Project { version: 1, ..project() }, save.clone())?;
            fixtures::save_record(tx, &indicator(), save.clone())?;
            // The cut-off is after every day of the tests, so that a future day blocks a submission.
            let as_of = day("2099-12-31");
            let open = ReportingCycle { as_of, version: 1, ..cycle(CycleState::Open) };
            fixtures::save_record(tx, &open, save.clone())?;
            let earlier = ReportingCycle {
                slug: slug("me-2025"),
                as_of: day("2025-12-31"),
                state: CycleState::Closed,
                opens_on: Some(day("2025-07-01")),
                due_on: Some(day("2025-12-31")),
                review_due_on: Some(day("2026-01-31")),
                ..open
            };
            fixtures::save_record(tx, &earlier, save)?;
            PEOPLE.iter().map(|(name, roles)| add_person(tx, name, roles)).collect()
        })
        .unwrap();
        Self { conn, env, callers, _folder: folder }
    }

    fn write<T>(&mut self, work: impl FnOnce(&mut Tx<'_>) -> StoreResult<T>) -> T {
        run_transaction(&mut self.conn, &self.env, work).unwrap().0
    }

    /// Moves the report with the proof of one of the people.
    fn transition<A: PolicyAction<Subject = ReportSubject>>(
        &mut self,
        who: usize,
        rule: impl FnOnce(&mut Tx<'_>, &WriteProof<A>) -> StoreResult<()>,
    ) {
        let caller = self.callers[who];
        self.write(|tx| {
            let proof = tx.prove::<A>(caller, &key())?;
            rule(tx, &proof)
        });
    }

    pub(super) fn prepare(&mut self, case: &Case) {
        let save = Change::without_reason("create");
        let (future, earlier) = (case.future_milestone, case.has_earlier_report);
        self.write(|tx| {
            let completed_on = future.then(|| day("2099-01-01"));
            let one = Milestone { completed_on, ..milestone(300) };
            fixtures::save_record(tx, &one, save.clone())?;
            if earlier {
                let copy = ApprovedReport {
                    report: Id::new(uuid::Uuid::from_u128(201)),
                    cycle: slug("me-2025"),
                    as_of: day("2025-12-31"),
                    header: header(),
                    ..approved()
                };
                let working = Report {
                    id: copy.report,
                    cycle: copy.cycle.clone(),
                    edited: None,
                    submitted: None,
                    decided: None,
                    version: 1,
                    ..testing::report(ReportState::Approved)
                };
                fixtures::save_record(tx, &working, save.clone())?;
                fixtures::save_record(tx, &copy, save.clone())?;
            }
            Ok(())
        });
        if let Some(last) = case.last {
            self.move_report(case, last);
        }
        let (extended, closed) = (case.has_extension, case.cycle_closed);
        self.write(|tx| {
            if extended {
                let extension = DeadlineExtension {
                    cycle: slug("me-2026"),
                    city: slug("da-nang"),
                    country: country("VN"),
                    due_on: day("2098-01-01"),
                    reason: Prose::parse("A flood.")?,
                    withdrawn: false,
                    version: 1,
                };
                fixtures::save_record(tx, &extension, save.clone())?;
            }
            if closed {
                let open = cycles::find(tx.conn(), &slug("me-2026"))?.unwrap();
                let closed = ReportingCycle { state: CycleState::Closed, version: 2, ..open };
                fixtures::save_record(tx, &closed, save)?;
            }
            Ok(())
        });
    }

    /// Writes the report, and moves it up to the transition `last`.
    fn move_report(&mut self, case: &Case, last: TransitionKind) {
        let mut content = ready();
        if case.states_milestone {
            content.milestones = vec![MilestoneDone {
                milestone_id: milestone(300).id,
                completed_on: day("2026-01-01"),
            }];
        }
        if case.states_value {
            content.indicator_values = vec![IndicatorValue {
                indicator_id: indicator().id,
                value: 4.0,
                measured_on: day("2026-01-01"),
            }];
        }
        content.unchanged = case.unchanged;
        for (who, kind) in [
            (2, TransitionKind::Edit),
            (0, TransitionKind::Submit),
            (0, TransitionKind::Withdraw),
            (1, TransitionKind::Return),
            (1, TransitionKind::Approve),
            (1, TransitionKind::Reopen),
        ] {
            let at = clock::Clock::real().now();
            let content = content.clone();
            let leads = match last {
                TransitionKind::Edit => kind == TransitionKind::Edit,
                TransitionKind::Submit => {
                    matches!(kind, TransitionKind::Edit | TransitionKind::Submit)
                }
                TransitionKind::Withdraw | TransitionKind::Return | TransitionKind::Approve => {
                    matches!(kind, TransitionKind::Edit | TransitionKind::Submit) || kind == last
                }
                TransitionKind::Reopen => {
                    !matches!(kind, TransitionKind::Withdraw | TransitionKind::Return)
                }
            };
            if !leads {
                continue;
            }
            let done = match kind {
                TransitionKind::Edit => self.try_transition::<EditReport>(who, |proof| {
                    workflow::ReportEdit::begin(proof, at)
                        .map(|edit| edit.write_content(Id::new(clock::generate_uuid()), content))
                }),
                TransitionKind::Submit => self.try_transition::<SubmitReport>(who, |proof| {
                    workflow::submit_report(proof, at)
                }),
                TransitionKind::Withdraw => self.try_transition::<WithdrawReport>(who, |proof| {
                    workflow::withdraw_report(proof, at)
                }),
                TransitionKind::Return => self.try_transition::<ReturnReport>(who, |proof| {
                    workflow::return_report(proof, at)
                }),
                TransitionKind::Approve => self.try_approval(who, at),
                TransitionKind::Reopen => self.try_transition::<ReopenReport>(who, |proof| {
                    workflow::reopen_report(proof, at)
                }),
            };
            // A report that is not ready stays a draft.
            if !done {
                return;
            }
        }
    }

    fn try_transition<A>(
        &mut self,
        who: usize,
        rule: impl FnOnce(&Authorized<A>) -> Result<Report, TransitionRefused>,
    ) -> bool
    where
        A: PolicyAction<Subject = ReportSubject> + Saves<Report>,
    {
        let mut done = true;
        self.transition::<A>(who, |tx, proof| match rule(proof) {
            Ok(report) => {
                let change = Change::without_reason(A::ACT.as_str());
                let before = proof.subject().report.as_ref();
                proof.save_or_replace(tx, before, report, change).map(|_saved| ())
            }
            Err(refused) => {
                assert!(!refused.to_string().contains("not loaded"), "{refused}");
                done = false;
                Ok(())
            }
        });
        done
    }

    fn try_approval(&mut self, who: usize, at: chrono::DateTime<chrono::Utc>) -> bool {
        self.transition::<ApproveReport>(who, |tx, proof| {
            let (report, copy) = workflow::approve_report(proof, at).unwrap();
            let change = Change::without_reason("approve");
            let before = proof.subject().report.as_ref();
            proof.save_or_replace(tx, before, report, change.clone())?;
            proof.save(tx, &copy, change)
        });
        true
    }
}

pub(super) fn key() -> (ProjectCode, Slug) {
    (project().code, slug("me-2026"))
}
