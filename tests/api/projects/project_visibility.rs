//! What somebody reads of a project and may do with it.

use ascn_tracker::domain::report::Status;
use serde_json::json;

use super::{allowed_actions, create_project, insert_approved_copy, project_body};
use crate::helpers::TestApp;

#[actix_web::test]
async fn project_allowed_actions_match_what_each_role_may_do() {
    let app = TestApp::spawn().await;
    let code = create_project(&app, &project_body("da-nang", "Smart water")).await;
    let path = format!("projects/{code}");
    let no = json!({"allowed": false, "reason": "your role does not allow this"});
    let yes = json!({"allowed": true});
    assert_eq!(
        allowed_actions(&app.officer("da-nang").await, &code).await,
        json!({"edit": yes, "delete": yes, "read_history": yes})
    );
    let patch = json!({"title": "Other"});
    for insider in [app.representative("VN").await, app.secretariat().await] {
        let expected = json!({"edit": no, "delete": no, "read_history": yes});
        assert_eq!(allowed_actions(&insider, &code).await, expected);
        insider.patch(&path, &patch, Some("\"v1\"")).await.expect(403);
        insider.delete(&path, Some("\"v1\"")).await.expect(403);
        insider.post("projects", &project_body("da-nang", "Mine")).await.expect(403);
    }
    let strangers = [
        app.officer("ha-noi").await,
        app.representative("TH").await,
        app.administrator().await,
        app.reader().await,
    ];
    for stranger in &strangers {
        let hidden = stranger.get(&path).await.expect(404).json();
        let missing = stranger.get("projects/da-nang-99").await.expect(404).json();
        assert_eq!(hidden["detail"], missing["detail"]);
        stranger.patch(&path, &patch, Some("\"v1\"")).await.expect(404);
        stranger.delete(&path, Some("\"v1\"")).await.expect(404);
        stranger.get(&format!("{path}/history")).await.expect(404);
    }
    insert_approved_copy(&app, &code, Status::Ongoing, |_| {}).await;
    for stranger in &strangers {
        let expected = json!({"edit": no, "delete": no, "read_history": no});
        assert_eq!(allowed_actions(stranger, &code).await, expected);
        // The right is asked for before anybody looks at the body or the precondition.
        stranger.patch(&path, &json!({"nonsense": 1}), None).await.expect(403);
        stranger.delete(&path, None).await.expect(403);
        stranger.get(&format!("{path}/history")).await.expect(403);
    }
    app.officer("ha-noi")
        .await
        .post("projects", &project_body("da-nang", "Mine"))
        .await
        .expect(403);
    app.anonymous().get(&path).await.expect(401);
    app.anonymous().post("projects", &json!({"nonsense": 1})).await.expect(401);
}

#[actix_web::test]
async fn strangers_read_the_approved_copy_of_a_project() {
    let app = TestApp::spawn().await;
    let officer = app.officer("da-nang").await;
    let code = create_project(&app, &project_body("da-nang", "Smart water")).await;
    insert_approved_copy(&app, &code, Status::Ongoing, |_| {}).await;
    let reader = app.reader().await;
    let before = reader.get("projects/da-nang-1").await.expect(200);
    app.clock.advance(chrono::TimeDelta::minutes(1));
    let patch = json!({"title": "Secret plan"});
    officer.patch("projects/da-nang-1", &patch, Some("\"v1\"")).await.expect(200);
    officer
        .patch("projects/da-nang-1", &json!({"priority": true}), Some("\"v2\""))
        .await
        .expect(200);
    let after = reader.get("projects/da-nang-1").await.expect(200);
    assert_eq!((after.text.as_str(), after.etag()), (before.text.as_str(), before.etag()));
    assert_eq!(after.json()["version"], 1);
    assert_eq!(
        after.json()["latest"],
        json!({"cycle": "me-2025", "status": "ongoing", "percent_complete": 62.5})
    );
    let inside = app.representative("VN").await.get("projects/da-nang-1").await.expect(200).json();
    assert_eq!((&inside["title"], &inside["version"]), (&json!("Secret plan"), &json!(3)));
    assert_eq!(inside["latest"], after.json()["latest"]);
    insert_approved_copy(&app, &code, Status::Completed, |_| {}).await;
    let next = reader.get("projects/da-nang-1").await.expect(200).json();
    assert_eq!((&next["title"], &next["version"]), (&json!("Secret plan"), &json!(2)));
    assert_eq!(next["latest"]["status"], "completed");
}
