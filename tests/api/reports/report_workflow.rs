//! The life of a report: written, submitted, withdrawn, returned, approved, reopened.

use serde_json::json;

use crate::{
    answer_snapshot::show_items,
    helpers::{TestApp, TestResponse},
    report_fixtures::{complete_report_body, report_path, spawn_with_open_cycle},
};

/// An open cycle in which the report of `da-nang-1` was submitted.
pub(super) async fn spawn_with_submitted_report() -> TestApp {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    officer.write_complete_report("da-nang-1").await;
    officer.take_transition("da-nang-1", "submit").await.expect(200);
    app
}

/// The representative's return of the submitted report.
async fn return_report(app: &TestApp) -> TestResponse {
    let representative = app.representative("VN").await;
    representative
        .take_transition_with_comment("da-nang-1", "return", "State what was spent.")
        .await
}

/// The members of a report that tell where it is in its life.
fn show_progress(report: &TestResponse) -> String {
    report.show_members(&[
        "state",
        "version",
        "submitted_at",
        "submitted_by/name",
        "decided_at",
        "decided_by/name",
        "released_in",
    ])
}

#[actix_web::test]
async fn put_new_report_creates_a_draft() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    let path = report_path("da-nang-1");
    officer.get(&path).await.expect(404);
    let draft = officer.put(&path, &json!({ "status": "ongoing" }), None).await;
    insta::assert_snapshot!(draft.show_headers(&["location"]), @"location: /api/v1/projects/da-nang-1/reports/me-2026");
    let members = ["state", "version", "status", "readiness/ready"];
    insta::assert_snapshot!(draft.show_members(&members), @r#"
    201
    state: "draft"
    version: 1
    status: "ongoing"
    readiness/ready: false
    "#);
    assert_eq!(officer.get(&path).await.expect(200).etag(), draft.etag());
}

#[actix_web::test]
async fn complete_report_is_ready_and_submit_freezes_its_project() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    let path = report_path("da-nang-1");
    let draft = officer.put(&path, &json!({ "status": "ongoing" }), None).await.expect(201);
    let edited = officer.put(&path, &complete_report_body(), Some(&draft.etag())).await;
    insta::assert_snapshot!(edited.show_members(&["state", "version", "readiness"]), @r#"
    200
    state: "draft"
    version: 2
    readiness: {"missing": [], "ready": true}
    "#);
    let sent = officer.take_transition("da-nang-1", "submit").await;
    insta::assert_snapshot!(show_progress(&sent), @r#"
    200
    state: "submitted"
    version: 3
    submitted_at: "2026-11-20T03:00:00Z"
    submitted_by/name: "city_officer da-nang"
    decided_at: null
    decided_by/name: null
    released_in: null
    "#);
    assert_eq!(sent.json()["header"]["title"], "Project 1 of da-nang");
}

#[actix_web::test]
async fn returned_report_can_be_edited_and_submitted_again() {
    let app = spawn_with_submitted_report().await;
    insta::assert_snapshot!(show_progress(&return_report(&app).await), @r#"
    200
    state: "returned"
    version: 3
    submitted_at: "2026-11-20T03:00:00Z"
    submitted_by/name: "city_officer da-nang"
    decided_at: "2026-11-20T03:00:00Z"
    decided_by/name: "national_representative VN"
    released_in: null
    "#);
    let officer = app.officer("da-nang").await;
    let edited = officer.write_complete_report("da-nang-1").await;
    insta::assert_snapshot!(edited.show_members(&["state", "version"]), @r#"
    200
    state: "returned"
    version: 4
    "#);
    // A submission clears the decision.
    let again = officer.take_transition("da-nang-1", "submit").await;
    insta::assert_snapshot!(show_progress(&again), @r#"
    200
    state: "submitted"
    version: 5
    submitted_at: "2026-11-20T03:00:00Z"
    submitted_by/name: "city_officer da-nang"
    decided_at: null
    decided_by/name: null
    released_in: null
    "#);
}

#[actix_web::test]
async fn approved_report_is_in_no_release() {
    let app = spawn_with_submitted_report().await;
    let representative = app.representative("VN").await;
    let done = representative.take_transition("da-nang-1", "approve").await;
    insta::assert_snapshot!(show_progress(&done), @r#"
    200
    state: "approved"
    version: 3
    submitted_at: "2026-11-20T03:00:00Z"
    submitted_by/name: "city_officer da-nang"
    decided_at: "2026-11-20T03:00:00Z"
    decided_by/name: "national_representative VN"
    released_in: null
    "#);
}

#[actix_web::test]
async fn comments_of_decisions_are_listed_with_the_report() {
    let app = spawn_with_submitted_report().await;
    return_report(&app).await.expect(200);
    let (officer, representative) = (app.officer("da-nang").await, app.representative("VN").await);
    officer.take_transition("da-nang-1", "submit").await.expect(200);
    let approve = representative.take_transition_with_comment("da-nang-1", "approve", "Thank you.");
    approve.await.expect(200);
    let path = format!("{}/comments", report_path("da-nang-1"));
    let comments = officer.get(&path).await.expect(200).json();
    insta::assert_snapshot!(show_items(&comments["items"], &["kind", "text"]), @"
    return State what was spent.
    approve Thank you.
    ");
}

#[actix_web::test]
async fn report_view_matches_snapshot() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    let full = json!({
        "status": "ongoing", "status_reason": null, "percent_complete": 62.5, "percent_method": "self_assessed",
        "achievements": "Đã hoàn thành.", "challenges": "…", "next_steps": "…", "support_needed": "…",
        "spent": { "amount_minor": 125_000_000, "currency": "VND" },
        "milestones": [], "indicator_values": [],
        "evidence": [{ "title": "Minutes", "url": "https://danang.gov.vn/opening" }], "unchanged": false
    });
    let answer = officer.put(&report_path("da-nang-1"), &full, None).await.expect(201).json();
    let person = insta::dynamic_redaction(|value, _path| {
        assert!(value.as_str().is_some_and(|id| uuid::Uuid::parse_str(id).is_ok()), "{value:?}");
        "[id]"
    });
    insta::assert_json_snapshot!(answer, { ".edited_by.id" => person });
    // What was sent comes back as it was sent.
    for (name, value) in full.as_object().unwrap() {
        assert_eq!(&answer[name], value, "{name}");
    }
    officer.take_transition("da-nang-1", "submit").await.expect(200);
    let header = officer.get(&report_path("da-nang-1")).await.expect(200).json()["header"].clone();
    insta::assert_json_snapshot!("header", header);
}

#[actix_web::test]
async fn withdraw_returns_the_report_to_draft() {
    let app = spawn_with_submitted_report().await;
    let officer = app.officer("da-nang").await;
    let back = officer.take_transition("da-nang-1", "withdraw").await;
    insta::assert_snapshot!(show_progress(&back), @r#"
    200
    state: "draft"
    version: 3
    submitted_at: null
    submitted_by/name: null
    decided_at: null
    decided_by/name: null
    released_in: null
    "#);
    // It was submitted once, so its representative can still read it.
    app.representative("VN").await.get(&report_path("da-nang-1")).await.expect(200);
    officer.write_complete_report("da-nang-1").await;
}

#[actix_web::test]
async fn withdraw_draft_is_409() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    officer.write_complete_report("da-nang-1").await;
    officer.take_transition("da-nang-1", "withdraw").await.expect(409);
}

#[actix_web::test]
async fn return_and_reopen_without_comment_are_422() {
    let app = spawn_with_submitted_report().await;
    let representative = app.representative("VN").await;
    let missing = representative.take_transition("da-nang-1", "return").await.expect(422).json();
    insta::assert_snapshot!(show_items(&missing["errors"], &["pointer", "code"]), @"/comment required");
    representative.take_transition_with_comment("da-nang-1", "return", " ").await.expect(422);
    representative.take_transition("da-nang-1", "approve").await.expect(200);
    for caller in [&representative, &app.secretariat().await] {
        caller.take_transition("da-nang-1", "reopen").await.expect(422);
    }
}

#[actix_web::test]
async fn reopen_approved_report_is_in_its_history_with_the_reason() {
    let app = spawn_with_submitted_report().await;
    app.representative("VN").await.take_transition("da-nang-1", "approve").await.expect(200);
    let secretariat = app.secretariat().await;
    let reopened =
        secretariat.take_transition_with_comment("da-nang-1", "reopen", "The sum is wrong.").await;
    insta::assert_snapshot!(show_progress(&reopened), @r#"
    200
    state: "returned"
    version: 4
    submitted_at: "2026-11-20T03:00:00Z"
    submitted_by/name: "city_officer da-nang"
    decided_at: "2026-11-20T03:00:00Z"
    decided_by/name: "secretariat network"
    released_in: null
    "#);
    let path = format!("{}/history", report_path("da-nang-1"));
    let history = app.officer("da-nang").await.get(&path).await.expect(200).json();
    let members = ["action", "actor/name", "reason"];
    insta::assert_snapshot!(show_items(&history["items"], &members), @"
    reopen secretariat network The sum is wrong.
    approve national_representative VN null
    submit city_officer da-nang null
    create city_officer da-nang null
    ");
}
