//! Strangers read the approved copy of a report, and nothing that was written since.

use serde_json::json;

use crate::{
    answer_snapshot::show_items,
    helpers::{Caller, TestApp},
    report_fixtures::{
        complete_report_body, cycle_body, file_and_approve, report_path, spawn_with_open_cycle,
    },
};

/// The callers who are no insiders of Da Nang.
pub(super) async fn stranger_callers(app: &TestApp) -> Vec<Caller<'_>> {
    vec![
        app.officer("ha-noi").await,
        app.representative("TH").await,
        app.administrator().await,
        app.reader().await,
    ]
}

/// The members that tell who decided what.
const DECISION: &[&str] = &[
    "state",
    "version",
    "achievements",
    "readiness",
    "submitted_at",
    "submitted_by",
    "decided_at",
    "decided_by",
];

#[actix_web::test]
async fn strangers_read_a_report_from_its_approval_on_without_names() {
    let app = spawn_with_open_cycle().await;
    let path = report_path("da-nang-1");
    let officer = app.officer("da-nang").await;
    officer.write_complete_report("da-nang-1").await;
    officer.take_transition("da-nang-1", "submit").await.expect(200);
    for stranger in stranger_callers(&app).await {
        stranger.get(&path).await.expect(404);
    }
    app.representative("VN").await.take_transition("da-nang-1", "approve").await.expect(200);
    let approved = app.reader().await.get(&path).await;
    insta::assert_snapshot!(approved.show_members(DECISION), @r#"
    200
    state: "approved"
    version: 1
    achievements: "The control centre is in operation."
    readiness: {"missing": [], "ready": true}
    submitted_at: "2026-11-20T03:00:00Z"
    submitted_by: null
    decided_at: "2026-11-20T03:00:00Z"
    decided_by: null
    "#);
    assert!(approved.etag().starts_with("\"v1-"));
    assert!(!approved.text.contains("city_officer"), "{}", approved.text);
}

/// Reopens the approved report of `da-nang-1`, changes it and submits it again.
async fn submit_changed_report(app: &TestApp) {
    let representative = app.representative("VN").await;
    let reopen =
        representative.take_transition_with_comment("da-nang-1", "reopen", "The sum is wrong.");
    reopen.await.expect(200);
    let officer = app.officer("da-nang").await;
    let path = report_path("da-nang-1");
    let mut body = complete_report_body();
    body["achievements"] = json!("A secret so far.");
    let etag = officer.get(&path).await.etag();
    officer.put(&path, &body, Some(&etag)).await.expect(200);
    officer.take_transition("da-nang-1", "submit").await.expect(200);
}

#[actix_web::test]
async fn approved_copy_does_not_change_while_the_report_is_reopened() {
    let app = spawn_with_open_cycle().await;
    let path = report_path("da-nang-1");
    file_and_approve(&app, "da-nang-1").await;
    let approved = app.reader().await.get(&path).await.expect(200);
    submit_changed_report(&app).await;
    for stranger in stranger_callers(&app).await {
        let seen = stranger.get(&path).await.expect(200);
        assert_eq!((seen.text.as_str(), seen.etag()), (approved.text.as_str(), approved.etag()));
        for part in ["/history", "/comments", "/readiness"] {
            stranger.get(&format!("{path}{part}")).await.expect(403);
        }
        stranger.put(&path, &json!({}), None).await.expect(403);
    }
}

#[actix_web::test]
async fn next_approval_replaces_the_approved_copy() {
    let app = spawn_with_open_cycle().await;
    file_and_approve(&app, "da-nang-1").await;
    submit_changed_report(&app).await;
    app.representative("VN").await.take_transition("da-nang-1", "approve").await.expect(200);
    let next = app.reader().await.get(&report_path("da-nang-1")).await;
    insta::assert_snapshot!(next.show_members(DECISION), @r#"
    200
    state: "approved"
    version: 2
    achievements: "A secret so far."
    readiness: {"missing": [], "ready": true}
    submitted_at: "2026-11-20T03:00:00Z"
    submitted_by: null
    decided_at: "2026-11-20T03:00:00Z"
    decided_by: null
    "#);
}

#[actix_web::test]
async fn country_reader_gets_404_for_reports_of_other_countries() {
    use crate::report_fixtures::viet_nam_scope;
    use ascn_tracker::domain::{
        reference::CountryCode,
        user::{Role, Scope},
    };
    let app = spawn_with_open_cycle().await;
    file_and_approve(&app, "da-nang-1").await;
    let thailand = Scope::Country(CountryCode::parse("TH").unwrap());
    app.as_role(Role::Reader, viet_nam_scope())
        .await
        .get(&report_path("da-nang-1"))
        .await
        .expect(200);
    let elsewhere = app.as_role(Role::Reader, thailand).await;
    elsewhere.get(&report_path("da-nang-1")).await.expect(404);
    assert_eq!(elsewhere.get("reports").await.json()["total"], 0);
}

/// A service in which `da-nang-1` has an approved report in `me-2026`, and `me-2025` is open too.
async fn spawn_with_approved_report_and_earlier_cycle() -> TestApp {
    let app = spawn_with_open_cycle().await;
    let secretariat = app.secretariat().await;
    let mut earlier = cycle_body("me-2025");
    earlier["as_of"] = json!("2025-12-31");
    secretariat.post("cycles", &earlier).await.expect(201);
    secretariat.send("POST", "cycles/me-2025/open", None, &[]).await.expect(200);
    app.reader().await.get("projects/da-nang-1").await.expect(404);
    file_and_approve(&app, "da-nang-1").await;
    app
}

/// Has the report of `da-nang-1` in the earlier cycle approved as completed.
async fn approve_earlier_report(app: &TestApp) {
    let (officer, representative) = (app.officer("da-nang").await, app.representative("VN").await);
    let path = "projects/da-nang-1/reports/me-2025";
    let mut body = complete_report_body();
    body["status"] = json!("completed");
    body["percent_complete"] = json!(100);
    officer.put(path, &body, None).await.expect(201);
    officer.send("POST", &format!("{path}/submit"), None, &[]).await.expect(200);
    representative.send("POST", &format!("{path}/approve"), None, &[]).await.expect(200);
}

#[actix_web::test]
async fn project_latest_is_the_approved_report_of_the_latest_cycle() {
    let app = spawn_with_approved_report_and_earlier_cycle().await;
    let reader = app.reader().await;
    let shown = reader.get("projects/da-nang-1").await;
    insta::assert_snapshot!(shown.show_members(&["latest"]), @r#"
    200
    latest: {"cycle": "me-2026", "percent_complete": 62.5, "status": "ongoing"}
    "#);
    // An older cycle that is approved later changes nothing.
    approve_earlier_report(&app).await;
    let after = reader.get("projects/da-nang-1").await.expect(200);
    assert_eq!(after.json(), shown.json());
}

#[actix_web::test]
async fn reports_of_a_project_are_sorted_by_cycle() {
    let app = spawn_with_approved_report_and_earlier_cycle().await;
    approve_earlier_report(&app).await;
    let reader = app.reader().await;
    let list = reader.get("projects/da-nang-1/reports").await.expect(200).json();
    insta::assert_snapshot!(show_items(&list["items"], &["cycle"]), @"
    me-2025
    me-2026
    ");
    let earlier = reader.get("projects/da-nang-1/reports/me-2025").await.expect(200).json();
    assert_eq!(earlier["status"], "completed");
}

#[actix_web::test]
async fn report_header_does_not_change_with_later_project_edits() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    file_and_approve(&app, "da-nang-1").await;
    let etag = officer.get("projects/da-nang-1").await.expect(200).etag();
    let patch = json!({ "title": "Renamed since" });
    officer.patch("projects/da-nang-1", &patch, Some(&etag)).await.expect(200);
    for caller in [&officer, &app.reader().await] {
        let title = caller.get(&report_path("da-nang-1")).await.json()["header"]["title"].clone();
        assert_eq!(title, "Project 1 of da-nang");
    }
    assert_eq!(
        app.reader().await.get("projects/da-nang-1").await.json()["title"],
        "Project 1 of da-nang"
    );
}
