//! Progress, trend, coverage, map and comparison over approved reports: their numbers, and what each role reads of them.

use ascn_tracker::domain::{
    reference::CountryCode,
    user::{Role, Scope},
};
use serde_json::{Value, json};

use crate::{
    helpers::{Caller, TestApp},
    report_fixtures::{complete_report_body, insert_project, report_path},
};

mod comparison;
mod coverage;
mod header_dimensions;
mod late_coverage;
mod map;
mod progress;
mod trend;

async fn read_figures(caller: &Caller<'_>, path: &str) -> Value {
    caller.get(&format!("figures/{path}")).await.expect(200).json()
}

fn array_member<'a>(value: &'a Value, name: &str) -> &'a Vec<Value> {
    value[name].as_array().unwrap()
}

/// The row of a list in which a member has a value.
fn find_row<'a>(value: &'a Value, name: &str, (key, is): (&str, &str)) -> &'a Value {
    array_member(value, name).iter().find(|r| r[key] == is).unwrap_or_else(|| panic!("no {is}"))
}

/// Makes a reader who sees nothing but Laos.
async fn insert_laos_reader(app: &TestApp) -> Caller<'_> {
    let scope = Scope::Country(CountryCode::parse("LA").unwrap());
    let (_, token) = app.insert_user("reader of laos", &[(Role::Reader, scope)]).await;
    app.bearer(&token)
}

/// A new project of Da Nang with milestones and indicators, and an approved report that states some of them.
async fn approve_measured_report(app: &TestApp) {
    insert_project(app, "da-nang", 90).await;
    let officer = app.officer("da-nang").await;
    let mut ids = Vec::new();
    for (kind, body) in [
        ("milestones", json!({"title": "Depot", "due_on": "2024-06-30", "weight": 3})),
        ("milestones", json!({"title": "Buses", "due_on": "2025-06-30", "weight": 1})),
        ("indicators", indicator_body("Water lost", "outcome", "down", Some((20, 10)))),
        ("indicators", indicator_body("Passengers", "outcome", "up", Some((100, 300)))),
        ("indicators", indicator_body("Comfort", "outcome", "up", None)),
        ("indicators", indicator_body("Silence", "outcome", "up", Some((0, 5)))),
        ("indicators", indicator_body("Stops", "output", "up", Some((0, 5)))),
    ] {
        let made = officer.post(&format!("projects/da-nang-90/{kind}"), &body).await.expect(201);
        ids.push(made.json()["id"].clone());
    }
    let value =
        |i: usize, v: f64, on: &str| json!({"indicator_id": ids[i], "value": v, "measured_on": on});
    let mut report = complete_report_body();
    report["milestones"] = json!([{"milestone_id": ids[0], "completed_on": "2024-05-01"}]);
    report["indicator_values"] = json!([
        value(2, 12.5, "2026-06-30"),
        value(3, 150.0, "2026-03-31"),
        value(4, 7.0, "2026-06-30"),
        value(6, 5.0, "2026-06-30"),
    ]);
    officer.put(&report_path("da-nang-90"), &report, None).await.expect(201);
    officer.take_transition("da-nang-90", "submit").await.expect(200);
    app.representative("VN").await.take_transition("da-nang-90", "approve").await.expect(200);
}

fn indicator_body(name: &str, kind: &str, better: &str, ends: Option<(i64, i64)>) -> Value {
    let mut body = json!({"name": name, "kind": kind, "unit": "a day", "better": better});
    if let Some((baseline, target)) = ends {
        body["baseline"] = json!({"value": baseline, "on": "2018-12-31"});
        body["target"] = json!({"value": target, "on": "2025-12-31"});
    }
    body
}
