//! Deleting a project: with its parts, and never if a report or another project depends on it.

use serde_json::json;

use super::{allowed_actions, create_project, merge_members, project_body};
use crate::{answer_snapshot::show_items, helpers::TestApp};

#[actix_web::test]
async fn delete_project_removes_its_parts() {
    let app = TestApp::spawn().await;
    let officer = app.officer("da-nang").await;
    create_project(&app, &project_body("da-nang", "Root")).await;
    let milestone = json!({"title": "Begun", "due_on": "2022-01-01"});
    officer.post("projects/da-nang-1/milestones", &milestone).await.expect(201);
    let partner = json!({"as_stated": "A bank", "role": "lender", "stage": "idea"});
    officer.post("projects/da-nang-1/partnerships", &partner).await.expect(201);
    officer.delete("projects/da-nang-1", None).await.expect(428);
    officer.delete("projects/da-nang-1", Some("\"v1\"")).await.expect(200);
    officer.get("projects/da-nang-1").await.expect(404);
    officer.get("projects/da-nang-1/milestones").await.expect(404);
}

#[actix_web::test]
async fn deleting_a_project_that_another_continues_is_409() {
    let app = TestApp::spawn().await;
    let officer = app.officer("da-nang").await;
    let code = create_project(&app, &project_body("da-nang", "Root")).await;
    let child = merge_members(project_body("da-nang", "Child"), json!({"continues": code}));
    let child = create_project(&app, &child).await;
    assert_eq!(
        allowed_actions(&officer, &code).await["delete"],
        json!({"allowed": false, "reason": "another project continues it"})
    );
    let kept = officer.delete("projects/da-nang-1", Some("\"v1\"")).await;
    insta::assert_snapshot!(kept.show(), @r#"
    409
    content-type: application/problem+json
    {
      "code": "conflict",
      "detail": "da-nang-1 cannot be deleted: another project continues it",
      "instance": "urn:uuid:[id]",
      "status": 409,
      "title": "It conflicts with what is there",
      "type": "/docs/problems/conflict"
    }
    "#);
    officer.delete(&format!("projects/{child}"), Some("\"v1\"")).await.expect(200);
    assert_eq!(allowed_actions(&officer, &code).await["delete"], json!({"allowed": true}));
    officer.delete("projects/da-nang-1", Some("\"v1\"")).await.expect(200);
}

#[actix_web::test]
async fn deleting_a_project_with_a_report_is_409() {
    let app = TestApp::demo().await;
    let officer = app.officer("da-nang").await;
    let project = officer.get("projects/da-nang-1").await.expect(200);
    insta::assert_snapshot!(project.show_members(&["allowed_actions/delete"]), @r#"
    200
    allowed_actions/delete: {"allowed": false, "reason": "it has a report"}
    "#);
    let kept = officer.delete("projects/da-nang-1", Some(&project.etag())).await;
    insta::assert_snapshot!(kept.show(), @r#"
    409
    content-type: application/problem+json
    {
      "code": "conflict",
      "detail": "da-nang-1 cannot be deleted: it has a report",
      "instance": "urn:uuid:[id]",
      "status": 409,
      "title": "It conflicts with what is there",
      "type": "/docs/problems/conflict"
    }
    "#);
}

#[actix_web::test]
async fn history_of_an_imported_project_begins_without_an_actor() {
    let app = TestApp::demo().await;
    let officer = app.officer("da-nang").await;
    let history = officer.get("projects/da-nang-1/history").await.expect(200).json();
    insta::assert_snapshot!(show_items(&history["items"], &["entity", "action", "actor"]), @"
    partnership import null
    project import null
    ");
}
