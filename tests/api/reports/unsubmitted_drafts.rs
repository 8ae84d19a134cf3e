//! A draft that was never submitted is its city's alone, and a report that does not exist is nobody's.

use serde_json::json;

use super::approved_copies::stranger_callers;
use crate::{
    helpers::TestApp,
    report_fixtures::{report_path, spawn_with_open_cycle},
};

const PARTS: [&str; 4] = ["", "/readiness", "/history", "/comments"];

async fn spawn_with_draft() -> TestApp {
    let app = spawn_with_open_cycle().await;
    app.officer("da-nang").await.write_complete_report("da-nang-1").await;
    app
}

#[actix_web::test]
async fn never_submitted_draft_is_403_for_representative_and_secretariat() {
    let app = spawn_with_draft().await;
    let path = report_path("da-nang-1");
    for caller in [app.representative("VN").await, app.secretariat().await] {
        for part in PARTS {
            caller.get(&format!("{path}{part}")).await.expect(403);
        }
        caller.post(&format!("{path}/comments"), &json!({ "text": "x" })).await.expect(403);
        caller.put(&path, &json!({}), None).await.expect(403);
        caller.take_transition("da-nang-1", "submit").await.expect(403);
    }
}

#[actix_web::test]
async fn deciding_a_never_submitted_draft_is_409_whatever_its_version() {
    let app = spawn_with_draft().await;
    let (representative, secretariat) = (app.representative("VN").await, app.secretariat().await);
    for caller in [&representative, &secretariat] {
        caller.take_transition_with_comment("da-nang-1", "reopen", "x").await.expect(409);
    }
    representative.take_transition("da-nang-1", "approve").await.expect(409);
    representative.take_transition_with_comment("da-nang-1", "return", "x").await.expect(409);
    secretariat.take_transition("da-nang-1", "approve").await.expect(403);
    // A precondition must not tell which version the draft has: the state alone decides.
    for tag in ["\"v1\"", "\"v9\""] {
        let path = format!("{}/approve", report_path("da-nang-1"));
        representative.send("POST", &path, None, &[("if-match", tag)]).await.expect(409);
    }
}

#[actix_web::test]
async fn never_submitted_draft_is_404_for_strangers() {
    let app = spawn_with_draft().await;
    for stranger in stranger_callers(&app).await {
        for part in PARTS {
            stranger.get(&format!("{}{part}", report_path("da-nang-1"))).await.expect(404);
        }
        stranger.take_transition("da-nang-1", "approve").await.expect(404);
    }
}

#[actix_web::test]
async fn never_submitted_draft_is_listed_only_to_its_city() {
    let app = spawn_with_draft().await;
    for caller in [app.representative("VN").await, app.secretariat().await] {
        assert_eq!(caller.get("reports").await.expect(200).json()["total"], 0);
    }
    assert_eq!(app.officer("da-nang").await.get("reports").await.json()["total"], 1);
}

#[actix_web::test]
async fn report_that_does_not_exist_is_404_for_every_role() {
    let app = spawn_with_open_cycle().await;
    let callers = [
        app.officer("da-nang").await,
        app.representative("VN").await,
        app.secretariat().await,
        app.reader().await,
    ];
    for caller in callers {
        caller.get(&report_path("da-nang-1")).await.expect(404);
        caller.get(&format!("{}/history", report_path("da-nang-1"))).await.expect(404);
        for transition in ["submit", "withdraw", "approve", "return", "reopen"] {
            caller.take_transition("da-nang-1", transition).await.expect(404);
        }
        caller.get("projects/da-nang-99/reports/me-2026").await.expect(404);
        caller.get("projects/da-nang-1/reports/me-1999").await.expect(404);
    }
}
