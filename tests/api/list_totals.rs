//! The total of a list is what its pages hold, whoever asks and whatever for: it is not counted from the rows that are listed.

use ascn_tracker::domain::user::Role;
use serde_json::{Value, json};

use crate::{
    helpers::{Caller, TestApp},
    report_fixtures::{da_nang_scope, file_and_approve},
};

/// What is asked of the list of reports.
const REPORTS: &[&str] = &[
    "",
    "cycle=me-2025",
    "cycle=me-2026&cycle=me-2024",
    "state=draft&state=returned",
    "state=submitted",
    "state=approved&country=VN",
    "city=da-nang",
    "city=da-nang&city=phuket&cycle=me-2026",
    "country=TH&country=VN",
    "late=false",
    "late=true",
    "status=ongoing&status=planning",
    "focus_area=quality-environment&cycle=me-2025",
    "project=da-nang-2&project=da-nang-4",
    "submitted_on_gte=2026-11-01",
    "decided_on_lte=2026-12-31&country=VN",
];

/// What is asked of the list of projects.
const PROJECTS: &[&str] = &[
    "",
    "status=ongoing",
    "status=planning&status=completed&country=VN",
    "focus_area=quality-environment",
    "focus_area=built-infrastructure&status=ongoing&city=da-nang",
    "country=VN",
    "city=da-nang&city=phuket",
    "plan_cycle=2018-2025&archived=false",
    "priority=false&q=smart",
    "partner=asian-development-bank-adb",
    "partner=asian-development-bank-adb&role=lender&role=funder",
    "role=technical&stage=mou&stage=study",
    "q=bank",
    "q=da-nang",
    "enabler=partnership-and-funding&sdg=11",
    "support=true",
    "support=false&country=VN",
    "percent_complete_gte=50&percent_complete_lte=99.5",
    "budget_currency=USD&budget_gte=1",
    "updated_since=2026-11-20T00:00:00Z",
    "starts_on_gte=2019-01-01&ends_on_lte=2025-12-31",
];

/// The demo with work that most do not see: in Da Nang a draft, a submitted, a returned and a reopened report, a project that
/// was never approved and one with a hidden edit; in Ha Noi an approved report.
async fn spawn_with_hidden_work() -> TestApp {
    let app = TestApp::demo().await;
    let officer = app.officer("da-nang").await;
    for code in ["da-nang-1", "da-nang-2", "da-nang-3", "da-nang-4"] {
        add_missing_details(&officer, code).await;
        officer.write_complete_report(code).await;
    }
    add_missing_details(&app.officer("ha-noi").await, "ha-noi-1").await;
    for code in ["da-nang-2", "da-nang-3"] {
        officer.take_transition(code, "submit").await.expect(200);
    }
    let representative = app.representative("VN").await;
    representative
        .take_transition_with_comment("da-nang-3", "return", "Say more.")
        .await
        .expect(200);
    file_and_approve(&app, "da-nang-4").await;
    representative
        .take_transition_with_comment("da-nang-4", "reopen", "A figure is wrong.")
        .await
        .expect(200);
    file_and_approve(&app, "ha-noi-1").await;
    officer.post("projects", &new_project_body()).await.expect(201);
    patch_project(&officer, "da-nang-1", json!({ "title": "Smart water", "priority": true })).await;
    app
}

/// Adds what the published history lacks.
async fn add_missing_details(officer: &Caller<'_>, code: &str) {
    let missing = json!({
        "starts_on": "2019-01-01", "ends_on": "2025-12-31", "focus_area": "built-infrastructure", "sub_area": null
    });
    patch_project(officer, code, missing).await;
}

async fn patch_project(officer: &Caller<'_>, code: &str, with: Value) {
    let path = format!("projects/{code}");
    let before = officer.get(&path).await.expect(200);
    officer.patch(&path, &with, Some(&before.etag())).await.expect(200);
}

fn new_project_body() -> Value {
    json!({
        "city": "da-nang", "plan_cycle": "2018-2025", "title": "Smart lights", "summary": "Lamps that know the hour.",
        "focus_area": "quality-environment", "starts_on": "2024-01-01", "ends_on": "2025-06-30"
    })
}

/// Compares the total of a list with its items, read as one page and as lines.
async fn assert_total_equals_items(caller: &Caller<'_>, who: &str, list: &str, query: &str) -> i64 {
    let page = caller.get(&format!("{list}?{query}&limit=1000")).await.expect(200).json();
    let (total, items) = (page["total"].as_i64().unwrap(), page["items"].as_array().unwrap());
    assert_eq!(page["next"], json!(null));
    assert_eq!(total, i64::try_from(items.len()).unwrap(), "{list}?{query} as {who}");
    let lines = caller.get(&format!("{list}?{query}&format=jsonl")).await.expect(200);
    assert_eq!(lines.text.lines().count(), items.len(), "{list}?{query} as {who}");
    total
}

#[actix_web::test]
async fn list_total_equals_the_listed_items_for_every_role() {
    let app = spawn_with_hidden_work().await;
    let callers = [
        ("the officer", app.officer("da-nang").await),
        ("another officer", app.officer("ha-noi").await),
        ("the representative", app.representative("VN").await),
        ("another representative", app.representative("TH").await),
        ("the secretariat", app.secretariat().await),
        ("an administrator", app.administrator().await),
        ("a reader", app.reader().await),
        ("a reader of the city", app.as_role(Role::Reader, da_nang_scope()).await),
    ];
    let mut seen = Vec::new();
    for (who, caller) in &callers {
        for (list, queries) in [("reports", REPORTS), ("projects", PROJECTS)] {
            for query in queries {
                seen.push((
                    *who,
                    *query,
                    assert_total_equals_items(caller, who, list, query).await,
                ));
            }
        }
    }
    let of = |who: &str, query: &str| seen.iter().find(|s| (s.0, s.1) == (who, query)).unwrap().2;
    // Hidden work is there, and counted for those alone who see it.
    assert_eq!(of("the officer", "state=draft&state=returned"), 3);
    assert_eq!(of("the representative", "state=draft&state=returned"), 2);
    assert_eq!(of("a reader", "state=draft&state=returned"), 0);
    assert_eq!(of("the officer", "state=submitted"), 1);
}
