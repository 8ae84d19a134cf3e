//! Answers that are kept: the same caller is answered the same whoever asked before and with or without a cache; what is known
//! is spared; drafts disturb nobody; a kept answer costs no database work.

use std::collections::{BTreeMap, BTreeSet};

use ascn_tracker::{
    api::state::State,
    domain::user::{Role, Scope},
};
use serde_json::{Value, json};

use crate::{
    filing::{da_nang, report},
    helpers::{Answered, Caller, TestApp},
    operations::{Operation, document, operations},
    scene::{Scene, Stage},
};

/// An answer as its caller may compare it: status, tag, language and body, without the number of the request.
type Told = (u16, Option<String>, Option<String>, String);

fn told(answer: &Answered) -> Told {
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
async fn callers(app: &TestApp) -> Vec<(&'static str, Option<String>)> {
    let city = app.as_role(Role::Reader, da_nang()).await;
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

fn as_one<'a>(app: &'a TestApp, token: Option<&String>) -> Caller<'a> {
    token.map_or_else(|| app.anonymous(), |token| app.bearer(token))
}

/// The reads of the contract.
fn reads() -> Vec<Operation> {
    operations(&document()).into_iter().filter(|o| o.method == "get").collect()
}

fn path(operation: &Operation, scene: &Scene) -> String {
    let (path, query) = (scene.path(&operation.path), operation.query());
    if query.is_empty() { path } else { format!("{path}?{query}") }
}

/// Asks everything as everybody, one after another.
async fn ask(
    app: &TestApp,
    (scene, language): (&Scene, &str),
    callers: impl Iterator<Item = &(&'static str, Option<String>)> + Clone,
) -> BTreeMap<(String, &'static str), Told> {
    let mut all = BTreeMap::new();
    for operation in reads() {
        for (name, token) in callers.clone() {
            let header = [("accept-language", language)];
            let caller = as_one(app, token.as_ref());
            let answer = caller.send("GET", &path(&operation, scene), None, &header).await;
            all.insert((operation.id.clone(), *name), told(&answer));
        }
    }
    all
}

#[actix_web::test]
async fn nothing_kept_for_one_caller_answers_another() {
    let first = TestApp::demo().await;
    for (stage, language) in [(Stage::Submitted, "en"), (Stage::Approved, "vi")] {
        let scene = Scene::set(&first, stage).await;
        let callers = callers(&first).await;
        // Instances on the same records, each with a cache of its own that nothing is in yet.
        let (forth, back) = (first.again().await, first.again().await);
        let without = first.again_with(&[("ASCN_CACHE_MB", "0")]).await;
        let about = (&scene, language);
        let expected = ask(&without, about, callers.iter()).await;
        assert_eq!((without.state.cache.usage().hits, without.state.cache.usage().entries), (0, 0));
        for (app, answers) in [
            (&forth, ask(&forth, about, callers.iter()).await),
            (&back, ask(&back, about, callers.iter().rev()).await),
            // Once more, where everything that is kept is there.
            (&back, ask(&back, about, callers.iter()).await),
        ] {
            for (who, expected) in &expected {
                assert_eq!(&answers[who], expected, "{who:?}");
            }
            assert!(app.state.cache.usage().hits > 0);
        }
        let seen: BTreeSet<u16> = expected.values().map(|t| t.0).collect();
        assert!(seen.is_superset(&[200, 401, 403].into()), "{seen:?}");
    }
}

#[actix_web::test]
async fn every_tag_is_strong_and_spares_the_answer() {
    let app = TestApp::demo().await;
    let scene = Scene::set(&app, Stage::Submitted).await;
    let mut untagged = BTreeSet::new();
    let mut tagged = 0;
    for operation in reads() {
        let path = path(&operation, &scene);
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
async fn shown(reader: &Caller<'_>) -> Vec<String> {
    let mut tags = Vec::new();
    for path in SHOWN {
        tags.push(reader.get(path).await.expect(200).etag());
    }
    tags
}

#[actix_web::test]
async fn drafts_being_typed_disturb_no_stranger_and_an_approval_is_seen_at_once() {
    let app = TestApp::demo().await;
    let (officer, reader) = (app.officer("da-nang").await, app.reader().await);
    let body = json!({
        "city": "da-nang", "plan_cycle": "2018-2025", "title": "Smart buses", "summary": "What it is about.",
        "focus_area": "built-infrastructure", "starts_on": "2021-01-01", "ends_on": "2025-12-31"
    });
    let code = officer.post("projects", &body).await.expect(201).json()["code"].clone();
    let code = code.as_str().unwrap();
    let before = shown(&reader).await;
    let used = app.state.cache.usage();
    for _ in 0..3 {
        officer.file(code).await;
        assert_eq!(shown(&reader).await, before);
    }
    officer.act(code, "submit").await.expect(200);
    let said = json!({ "text": "Since when?" });
    officer.post(&format!("{}/comments", report(code)), &said).await.expect(201);
    assert_eq!(shown(&reader).await, before);
    let after = app.state.cache.usage();
    let asked = u64::try_from(4 * SHOWN.len()).unwrap();
    assert_eq!((after.misses - used.misses, after.hits - used.hits), (0, asked));
    let table = SHOWN[0];
    let count = |answer: Answered| answer.json()["total"].as_i64().unwrap_or(0);
    let representative = app.representative("VN").await;
    let counted = count(reader.get(table).await);
    representative.act(code, "approve").await.expect(200);
    for caller in [&representative, &reader, &officer] {
        let now = caller.get(table).await.expect(200);
        assert_ne!(now.etag(), before[0]);
        assert_eq!(count(now), counted + 1);
    }
    for (old, new) in before.iter().zip(shown(&reader).await) {
        assert_ne!(*old, new);
    }
}

/// The jobs that the database was given.
fn jobs(state: &State) -> u64 {
    let load = state.db.load();
    load.reads.begun + load.writes.begun
}

#[actix_web::test]
async fn a_kept_answer_costs_no_database_work() {
    let app = TestApp::demo().await;
    let scene = Scene::set(&app, Stage::Submitted).await;
    let mut kept = BTreeSet::new();
    for (role, scope) in [(Role::CityOfficer, da_nang()), (Role::Secretariat, Scope::Network)] {
        let caller = app.as_role(role, scope).await;
        for operation in reads() {
            let path = path(&operation, &scene);
            let first = caller.get(&path).await;
            let (hits, before) = (app.state.cache.usage().hits, jobs(&app.state));
            let again = caller.get(&path).await;
            if app.state.cache.usage().hits == hits {
                continue;
            }
            assert_eq!(told(&again), told(&first), "{path}");
            let etag = first.etag();
            let known = [("if-none-match", etag.as_str())];
            caller.send("GET", &path, None, &known).await.expect(304);
            assert_eq!(jobs(&app.state), before, "{path}");
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
