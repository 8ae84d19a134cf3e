//! Answers that are kept: the same caller is answered the same whoever asked before and with or without a cache; what is known
//! is spared; drafts disturb nobody; a kept answer costs no database work.

use std::collections::{BTreeMap, BTreeSet};

use ascn_tracker::{
    api::state::State,
    domain::user::{Role, Scope},
};
use serde_json::{Value, json};

use crate::{
    helpers::{Caller, TestApp, TestResponse},
    operation_fixture::{FixtureStage, OperationFixture},
    operations::{Operation, list_operations, openapi_document},
    report_fixtures::{da_nang_scope, report_path},
};

/// An answer as its caller may compare it: status, tag, language and body, without the number of the request.
type ComparableAnswer = (u16, Option<String>, Option<String>, String);

fn to_comparable_answer(answer: &TestResponse) -> ComparableAnswer {
    let header = |name: &str| answer.header(name).map(str::to_owned);
    let text = match answer.json() {
        Value::Object(mut problem) if answer.status >= 400 => {
            problem.remove("instance");
            Value::from(problem).to_string()
        }
        _ => answer.text.clone(),
    };
    (answer.status, header("etag"), header("content-language"), text)
}

/// Everybody who asks: a name and a token.
async fn all_callers(app: &TestApp) -> Vec<(&'static str, Option<String>)> {
    let city = app.as_role(Role::Reader, da_nang_scope()).await;
    vec![
        ("officer of the city", app.officer("da-nang").await.token),
        ("officer of another city", app.officer("ha-noi").await.token),
        ("representative", app.representative("VN").await.token),
        ("representative of another country", app.representative("TH").await.token),
        ("secretariat", app.secretariat().await.token),
        ("administrator", app.administrator().await.token),
        ("reader", app.reader().await.token),
        ("reader of the city", city.token),
        ("nobody", None),
    ]
}

fn caller_with_token<'a>(app: &'a TestApp, token: Option<&String>) -> Caller<'a> {
    token.map_or_else(|| app.anonymous(), |token| app.bearer(token))
}

/// The reads of the contract.
fn read_operations() -> Vec<Operation> {
    list_operations(&openapi_document()).into_iter().filter(|o| o.method == "get").collect()
}

fn operation_path(operation: &Operation, scene: &OperationFixture) -> String {
    let (path, query) = (scene.fill_path(&operation.path), operation.example_query());
    if query.is_empty() { path } else { format!("{path}?{query}") }
}

/// Asks everything as everybody, one after another.
async fn ask_every_operation(
    app: &TestApp,
    (scene, language): (&OperationFixture, &str),
    callers: impl Iterator<Item = &(&'static str, Option<String>)> + Clone,
) -> BTreeMap<(String, &'static str), ComparableAnswer> {
    let mut all = BTreeMap::new();
    for operation in read_operations() {
        for (name, token) in callers.clone() {
            let header = [("accept-language", language)];
            let caller = caller_with_token(app, token.as_ref());
            let answer =
                caller.send("GET", &operation_path(&operation, scene), None, &header).await;
            all.insert((operation.id.clone(), *name), to_comparable_answer(&answer));
        }
    }
    all
}

#[actix_web::test]
async fn cached_answer_is_never_served_to_another_caller() {
    let first = TestApp::demo().await;
    for (stage, language) in [(FixtureStage::Submitted, "en"), (FixtureStage::Approved, "vi")] {
        let scene = OperationFixture::prepare(&first, stage).await;
        let callers = all_callers(&first).await;
        // Instances on the same records, each with a cache of its own that nothing is in yet.
        let (forth, back) =
            (first.spawn_second_instance().await, first.spawn_second_instance().await);
        let without = first.spawn_second_instance_with_settings(&[("ASCN_CACHE_MB", "0")]).await;
        let about = (&scene, language);
        let expected = ask_every_operation(&without, about, callers.iter()).await;
        assert_eq!(
            (without.state.cache.measure_usage().hits, without.state.cache.measure_usage().entries),
            (0, 0)
        );
        for (app, answers) in [
            (&forth, ask_every_operation(&forth, about, callers.iter()).await),
            (&back, ask_every_operation(&back, about, callers.iter().rev()).await),
            // Once more, where everything that is kept is there.
            (&back, ask_every_operation(&back, about, callers.iter()).await),
        ] {
            for (who, expected) in &expected {
                assert_eq!(&answers[who], expected, "{who:?}");
            }
            assert!(app.state.cache.measure_usage().hits > 0);
        }
        let seen: BTreeSet<u16> = expected.values().map(|t| t.0).collect();
        assert!(seen.is_superset(&[200, 401, 403].into()), "{seen:?}");
    }
}

#[actix_web::test]
async fn every_etag_is_strong_and_matching_if_none_match_is_304() {
    let app = TestApp::demo().await;
    let scene = OperationFixture::prepare(&app, FixtureStage::Submitted).await;
    let mut untagged = BTreeSet::new();
    let mut tagged = 0;
    for operation in read_operations() {
        let path = operation_path(&operation, &scene);
        for caller in
            [app.officer("da-nang").await, app.secretariat().await, app.administrator().await]
        {
            let answer = caller.get(&path).await;
            if answer.status != 200 {
                continue;
            }
            let Some(etag) = answer.header("etag").map(str::to_owned) else {
                untagged.insert(operation.id.clone());
                continue;
            };
            assert!(
                etag.starts_with('"') && etag.ends_with('"') && etag.len() > 3,
                "{path}: {etag}"
            );
            let known = [("if-none-match", etag.as_str())];
            let spared = caller.send("GET", &path, None, &known).await;
            assert_eq!((spared.status, spared.text.as_str()), (304, ""), "{path}");
            assert_eq!(spared.header("etag"), Some(etag.as_str()), "{path}");
            let other = [("if-none-match", "\"another\"")];
            let whole = caller.send("GET", &path, None, &other).await;
            assert_eq!((whole.status, &whole.text), (200, &answer.text), "{path}");
            tagged += 1;
        }
    }
    assert!(tagged > 100, "{tagged}");
    // Whether the service lives is nothing to keep.
    assert_eq!(untagged.iter().map(String::as_str).collect::<Vec<_>>(), UNTAGGED);
}

/// Answers that have no tag.
const UNTAGGED: &[&str] = &["get_live", "get_ready"];

/// What strangers are shown of reports.
const SHOWN: &[&str] = &[
    "figures/table?rows=city&columns=status&cycle=me-2026",
    "figures/progress?by=city&cycle=me-2026",
    "figures/trend",
    "figures/map?cycle=me-2026",
    "figures/coverage?cycle=me-2026",
    "changes?after=0&limit=1000",
];

/// Reads everything that strangers are shown: the tags.
async fn read_public_etags(reader: &Caller<'_>) -> Vec<String> {
    let mut tags = Vec::new();
    for path in SHOWN {
        tags.push(reader.get(path).await.expect(200).etag());
    }
    tags
}

#[actix_web::test]
async fn draft_edits_keep_public_etags_and_approval_changes_them() {
    let app = TestApp::demo().await;
    let (officer, reader) = (app.officer("da-nang").await, app.reader().await);
    let body = json!({
        "city": "da-nang", "plan_cycle": "2018-2025", "title": "Smart buses", "summary": "What it is about.",
        "focus_area": "built-infrastructure", "starts_on": "2021-01-01", "ends_on": "2025-12-31"
    });
    let code = officer.post("projects", &body).await.expect(201).json()["code"].clone();
    let code = code.as_str().unwrap();
    let before = read_public_etags(&reader).await;
    let used = app.state.cache.measure_usage();
    for _ in 0..3 {
        officer.write_complete_report(code).await;
        assert_eq!(read_public_etags(&reader).await, before);
    }
    officer.take_transition(code, "submit").await.expect(200);
    let said = json!({ "text": "Since when?" });
    officer.post(&format!("{}/comments", report_path(code)), &said).await.expect(201);
    assert_eq!(read_public_etags(&reader).await, before);
    let after = app.state.cache.measure_usage();
    let asked = u64::try_from(4 * SHOWN.len()).unwrap();
    assert_eq!((after.misses - used.misses, after.hits - used.hits), (0, asked));
    let table = SHOWN[0];
    let count = |answer: TestResponse| answer.json()["total"].as_i64().unwrap_or(0);
    let representative = app.representative("VN").await;
    let counted = count(reader.get(table).await);
    representative.take_transition(code, "approve").await.expect(200);
    for caller in [&representative, &reader, &officer] {
        let now = caller.get(table).await.expect(200);
        assert_ne!(now.etag(), before[0]);
        assert_eq!(count(now), counted + 1);
    }
    for (old, new) in before.iter().zip(read_public_etags(&reader).await) {
        assert_ne!(*old, new);
    }
}

/// The jobs that the database was given.
fn count_database_jobs(state: &State) -> u64 {
    let load = state.db.measure_load();
    load.reads.begun + load.writes.begun
}

#[actix_web::test]
async fn cached_answer_runs_no_database_job() {
    let app = TestApp::demo().await;
    let scene = OperationFixture::prepare(&app, FixtureStage::Submitted).await;
    let mut kept = BTreeSet::new();
    for (role, scope) in [(Role::CityOfficer, da_nang_scope()), (Role::Secretariat, Scope::Network)]
    {
        let caller = app.as_role(role, scope).await;
        for operation in read_operations() {
            let path = operation_path(&operation, &scene);
            let first = caller.get(&path).await;
            let (hits, before) =
                (app.state.cache.measure_usage().hits, count_database_jobs(&app.state));
            let again = caller.get(&path).await;
            if app.state.cache.measure_usage().hits == hits {
                continue;
            }
            assert_eq!(to_comparable_answer(&again), to_comparable_answer(&first), "{path}");
            let etag = first.etag();
            let known = [("if-none-match", etag.as_str())];
            caller.send("GET", &path, None, &known).await.expect(304);
            assert_eq!(count_database_jobs(&app.state), before, "{path}");
            kept.insert(operation.id.clone());
        }
    }
    assert_eq!(kept.iter().map(String::as_str).collect::<Vec<_>>(), KEPT);
}

/// The operations whose answers are kept.
const KEPT: &[&str] = &[
    "compare_figures",
    "get_catalog",
    "get_figures_coverage",
    "get_figures_map",
    "get_figures_progress",
    "get_figures_table",
    "get_figures_trend",
    "get_framework",
    "get_release_coverage",
    "get_release_data",
    "get_release_map",
    "get_release_progress",
    "get_release_report",
    "get_release_table",
    "get_release_trend",
    "get_sitting",
    "get_todo",
    "get_vocabulary",
    "list_chairs",
    "list_changes",
    "list_cities",
    "list_countries",
    "list_partner_types",
    "list_partners",
    "list_plan_cycles",
    "list_projects",
    "list_release_reports",
    "list_reports",
];
