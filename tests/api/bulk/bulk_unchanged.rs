//! The statement that nothing changed, on many reports.

use serde_json::{Value, json};

use super::{BULK, describe_results, merge_fields};
use crate::{
    answer_snapshot::show_items,
    helpers::{Caller, TestApp},
    report_fixtures::insert_project,
    report_prefill::{NEXT, spawn_with_next_cycle_open},
};

/// States for the whole cycle `me-2027` that nothing changed.
fn unchanged_cycle_body(more: Value) -> Value {
    let order = json!({
        "action": "unchanged", "filter": { "cycle": "me-2027" }, "comment": "As last year."
    });
    merge_fields(order, more)
}

#[actix_web::test]
async fn bulk_unchanged_dry_run_refuses_projects_without_an_approved_report() {
    let app = spawn_with_next_cycle_open().await;
    let officer = app.officer("da-nang").await;
    insert_project(&app, "da-nang", 2).await;
    let order = unchanged_cycle_body(json!({ "dry_run": true }));
    let rehearsed = officer.post(BULK, &order).await.expect(200);
    assert_eq!(describe_results(&rehearsed), ["done v1 draft", "refused invalid"]);
    officer.get(NEXT).await.expect(404);
}

#[actix_web::test]
async fn bulk_unchanged_files_reports_from_the_approved_copy() {
    let app = spawn_with_next_cycle_open().await;
    let officer = app.officer("da-nang").await;
    insert_project(&app, "da-nang", 2).await;
    let dry_run = unchanged_cycle_body(json!({ "dry_run": true }));
    let rehearsed = officer.post(BULK, &dry_run).await.expect(200).json();
    let order = unchanged_cycle_body(json!({ "digest": rehearsed["digest"] }));
    officer.post(BULK, &order).await.expect(200);
    let filed = officer.get(NEXT).await;
    insta::assert_snapshot!(filed.show_members(&["state", "unchanged", "percent_complete"]), @r#"
    200
    state: "draft"
    unchanged: true
    percent_complete: 62.5
    "#);
    let comments = officer.get(&format!("{NEXT}/comments")).await.expect(200).json();
    insta::assert_snapshot!(show_items(&comments["items"], &["kind", "text"]), @"note As last year.");
    officer.post(&format!("{NEXT}/submit"), &json!({})).await.expect(200);
}

/// States of one report that nothing changed; returns the result.
async fn state_unchanged(caller: &Caller<'_>, version: Value) -> String {
    let item = json!({ "project": "da-nang-1", "cycle": "me-2027", "version": version });
    let order = json!({ "action": "unchanged", "items": [item] });
    describe_results(&caller.post(BULK, &order).await.expect(200)).join("\n")
}

/// An officer's own draft in the next cycle.
async fn spawn_with_draft_in_next_cycle() -> TestApp {
    let app = spawn_with_next_cycle_open().await;
    let officer = app.officer("da-nang").await;
    officer.put(NEXT, &json!({ "achievements": "Typed by hand." }), None).await.expect(201);
    app
}

#[actix_web::test]
async fn bulk_unchanged_without_the_current_version_keeps_the_draft() {
    let app = spawn_with_draft_in_next_cycle().await;
    let officer = app.officer("da-nang").await;
    insta::assert_snapshot!(state_unchanged(&officer, Value::Null).await, @"refused precondition-required");
    insta::assert_snapshot!(state_unchanged(&officer, json!(7)).await, @"stale stale");
    let kept = officer.get(NEXT).await.expect(200).json();
    assert_eq!(kept["achievements"], "Typed by hand.");
}

#[actix_web::test]
async fn bulk_unchanged_with_the_current_version_replaces_the_draft() {
    let app = spawn_with_draft_in_next_cycle().await;
    let officer = app.officer("da-nang").await;
    insta::assert_snapshot!(state_unchanged(&officer, json!(1)).await, @"done v2 draft");
    let view = officer.get(NEXT).await.expect(200).json();
    assert_eq!(view["achievements"], "The control centre is in operation.");
}

#[actix_web::test]
async fn bulk_unchanged_of_a_submitted_report_is_refused() {
    let app = spawn_with_draft_in_next_cycle().await;
    let officer = app.officer("da-nang").await;
    state_unchanged(&officer, json!(1)).await;
    officer.post(&format!("{NEXT}/submit"), &json!({})).await.expect(200);
    insta::assert_snapshot!(state_unchanged(&officer, json!(3)).await, @"refused illegal-transition");
    insta::assert_snapshot!(state_unchanged(&app.representative("VN").await, json!(3)).await, @"refused forbidden");
}
