//! What each role reads of a project and may do with it.

use ascn_tracker::domain::report::ProjectStatus;
use serde_json::json;

use super::{allowed_actions, create_project, insert_approved_copy, project_body};
use crate::{
    answer_snapshot::show_json,
    helpers::{Caller, TestApp},
};

const PROJECT: &str = "projects/da-nang-1";

/// A service with the project `da-nang-1`, of which nothing is approved.
async fn spawn_with_project() -> TestApp {
    let app = TestApp::spawn().await;
    create_project(&app, &project_body("da-nang", "Smart water")).await;
    app
}

async fn stranger_callers(app: &TestApp) -> [Caller<'_>; 4] {
    [
        app.officer("ha-noi").await,
        app.representative("TH").await,
        app.administrator().await,
        app.reader().await,
    ]
}

async fn show_allowed_actions(caller: &Caller<'_>) -> String {
    show_json(&allowed_actions(caller, "da-nang-1").await)
}

#[actix_web::test]
async fn officer_may_edit_and_delete_own_project() {
    let app = spawn_with_project().await;
    insta::assert_snapshot!(show_allowed_actions(&app.officer("da-nang").await).await, @r#"{"delete": {"allowed": true}, "edit": {"allowed": true}, "read_history": {"allowed": true}}"#);
}

#[actix_web::test]
async fn representative_and_secretariat_read_a_project_and_cannot_change_it() {
    let app = spawn_with_project().await;
    let mut allowed = Vec::new();
    for insider in [app.representative("VN").await, app.secretariat().await] {
        allowed.push(show_allowed_actions(&insider).await);
        insider.patch(PROJECT, &json!({"title": "Other"}), Some("\"v1\"")).await.expect(403);
        insider.delete(PROJECT, Some("\"v1\"")).await.expect(403);
        insider.post("projects", &project_body("da-nang", "Mine")).await.expect(403);
    }
    insta::assert_snapshot!(allowed.join("\n"), @r#"
    {
      "delete": {"allowed": false, "reason": "your role does not allow this"},
      "edit": {"allowed": false, "reason": "your role does not allow this"},
      "read_history": {"allowed": true}
    }
    {
      "delete": {"allowed": false, "reason": "your role does not allow this"},
      "edit": {"allowed": false, "reason": "your role does not allow this"},
      "read_history": {"allowed": true}
    }
    "#);
}

#[actix_web::test]
async fn unapproved_project_is_404_for_strangers_like_one_that_does_not_exist() {
    let app = spawn_with_project().await;
    for stranger in stranger_callers(&app).await {
        let hidden = stranger.get(PROJECT).await.expect(404).json();
        let missing = stranger.get("projects/da-nang-99").await.expect(404).json();
        assert_eq!(hidden["detail"], missing["detail"]);
        stranger.patch(PROJECT, &json!({"title": "Other"}), Some("\"v1\"")).await.expect(404);
        stranger.delete(PROJECT, Some("\"v1\"")).await.expect(404);
        stranger.get(&format!("{PROJECT}/history")).await.expect(404);
    }
    app.anonymous().get(PROJECT).await.expect(401);
}

#[actix_web::test]
async fn approved_project_is_read_only_for_strangers() {
    let app = spawn_with_project().await;
    insert_approved_copy(&app, "da-nang-1", ProjectStatus::Ongoing, |_| {}).await;
    let mut allowed = Vec::new();
    for stranger in stranger_callers(&app).await {
        allowed.push(show_allowed_actions(&stranger).await);
        // The right is checked before the body and the precondition.
        stranger.patch(PROJECT, &json!({"nonsense": 1}), None).await.expect(403);
        stranger.delete(PROJECT, None).await.expect(403);
        stranger.get(&format!("{PROJECT}/history")).await.expect(403);
    }
    allowed.dedup();
    insta::assert_snapshot!(allowed.join("\n"), @r#"
    {
      "delete": {"allowed": false, "reason": "your role does not allow this"},
      "edit": {"allowed": false, "reason": "your role does not allow this"},
      "read_history": {"allowed": false, "reason": "your role does not allow this"}
    }
    "#);
}

#[actix_web::test]
async fn creating_a_project_of_another_city_is_403() {
    let app = TestApp::spawn().await;
    let body = project_body("da-nang", "Mine");
    app.officer("ha-noi").await.post("projects", &body).await.expect(403);
    app.anonymous().post("projects", &json!({"nonsense": 1})).await.expect(401);
}

/// Edits the project twice after its approval.
async fn edit_approved_project(app: &TestApp) {
    let officer = app.officer("da-nang").await;
    app.clock.advance(chrono::TimeDelta::minutes(1));
    let patch = json!({"title": "Secret plan"});
    officer.patch(PROJECT, &patch, Some("\"v1\"")).await.expect(200);
    officer.patch(PROJECT, &json!({"priority": true}), Some("\"v2\"")).await.expect(200);
}

#[actix_web::test]
async fn strangers_read_the_approved_copy_of_a_project() {
    let app = spawn_with_project().await;
    insert_approved_copy(&app, "da-nang-1", ProjectStatus::Ongoing, |_| {}).await;
    let reader = app.reader().await;
    let before = reader.get(PROJECT).await.expect(200);
    edit_approved_project(&app).await;
    let after = reader.get(PROJECT).await.expect(200);
    assert_eq!((after.text.as_str(), after.etag()), (before.text.as_str(), before.etag()));
    insta::assert_snapshot!(after.show_members(&["title", "version", "latest"]), @r#"
    200
    title: "Smart water"
    version: 1
    latest: {"cycle": "me-2025", "percent_complete": 62.5, "status": "ongoing"}
    "#);
    let inside = app.representative("VN").await.get(PROJECT).await;
    insta::assert_snapshot!(inside.show_members(&["title", "version", "latest"]), @r#"
    200
    title: "Secret plan"
    version: 3
    latest: {"cycle": "me-2025", "percent_complete": 62.5, "status": "ongoing"}
    "#);
}

#[actix_web::test]
async fn next_approval_shows_strangers_the_project_as_it_is_then() {
    let app = spawn_with_project().await;
    insert_approved_copy(&app, "da-nang-1", ProjectStatus::Ongoing, |_| {}).await;
    edit_approved_project(&app).await;
    insert_approved_copy(&app, "da-nang-1", ProjectStatus::Completed, |_| {}).await;
    let next = app.reader().await.get(PROJECT).await;
    insta::assert_snapshot!(next.show_members(&["title", "version", "latest"]), @r#"
    200
    title: "Secret plan"
    version: 2
    latest: {"cycle": "me-2025", "percent_complete": 62.5, "status": "completed"}
    "#);
}
