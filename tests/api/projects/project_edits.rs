//! Editing a project with a merge patch and the version that was read.

use serde_json::{Value, json};

use super::{create_project, merge_members, project_body};
use crate::helpers::{Caller, TestApp};

const PROJECT: &str = "projects/da-nang-1";
const MEMBERS: &[&str] = &["title", "summary", "budget", "sectors", "location", "version"];

/// A service with the project `da-nang-1`: a budget of 5 dong, one sector and a place without coordinates.
async fn spawn_with_project() -> TestApp {
    let app = TestApp::spawn().await;
    let members = json!({"sectors": ["ict"], "budget": {"amount_minor": 5, "currency": "VND"},
                         "location": {"text": "Hòa Vang"}});
    create_project(&app, &merge_members(project_body("da-nang", "Smart water"), members)).await;
    app
}

fn project_patch() -> Value {
    json!({
        "title": "Smarter water", "budget": {"amount_minor": 7}, "sectors": ["energy", "ict"],
        "location": {"latitude": 16.5, "longitude": 108.25}
    })
}

/// Makes the second version of the project.
async fn patch_first_version(officer: &Caller<'_>) -> crate::helpers::TestResponse {
    officer.patch(PROJECT, &project_patch(), Some("\"v1\"")).await.expect(200)
}

#[actix_web::test]
async fn patch_project_merges_members() {
    let app = spawn_with_project().await;
    let edited = patch_first_version(&app.officer("da-nang").await).await;
    insta::assert_snapshot!(edited.show_members(MEMBERS), @r#"
    200
    title: "Smarter water"
    summary: "What it is about."
    budget: {"amount_minor": 7, "currency": "VND"}
    sectors: ["energy", "ict"]
    location: {"latitude": 16.5, "longitude": 108.25, "text": "Hòa Vang"}
    version: 2
    "#);
}

#[actix_web::test]
async fn patch_project_with_null_clears_members() {
    let app = spawn_with_project().await;
    let officer = app.officer("da-nang").await;
    patch_first_version(&officer).await;
    let cleared = json!({"budget": null, "location": null, "sectors": null, "title_local": null});
    let cleared = officer.patch(PROJECT, &cleared, Some("\"v2\"")).await;
    insta::assert_snapshot!(cleared.show_members(MEMBERS), @r#"
    200
    title: "Smarter water"
    summary: "What it is about."
    budget: null
    sectors: []
    location: null
    version: 3
    "#);
}

#[actix_web::test]
async fn patch_project_that_changes_nothing_makes_no_version() {
    let app = spawn_with_project().await;
    let officer = app.officer("da-nang").await;
    let second = patch_first_version(&officer).await;
    let same = officer.patch(PROJECT, &project_patch(), Some("\"v2\"")).await.expect(200);
    assert_eq!((same.json(), same.etag()), (second.json(), second.etag()));
}

#[actix_web::test]
async fn patch_project_without_a_valid_version_is_428_or_412() {
    let app = spawn_with_project().await;
    let officer = app.officer("da-nang").await;
    let created = officer.get(PROJECT).await.etag();
    patch_first_version(&officer).await;
    officer.patch(PROJECT, &project_patch(), None).await.expect(428);
    for tag in ["*", "v2", "\"v2", "\"v1\", \"v2\""] {
        let answer = officer.patch(PROJECT, &project_patch(), Some(tag)).await.expect(412);
        let detail = answer.json()["detail"].to_string();
        assert!(detail.contains("If-Match names no version"), "{tag} {detail}");
    }
    let stale = officer.patch(PROJECT, &project_patch(), Some(&created)).await;
    insta::assert_snapshot!(stale.show(), @r#"
    412
    content-type: application/problem+json
    {
      "changed": {
        "action": "edit",
        "at": "2026-11-20T03:00:00Z",
        "by": {"id": "[id]", "name": "city_officer da-nang"},
        "version": 2
      },
      "code": "stale",
      "detail": "the record changed since you read it",
      "instance": "urn:uuid:[id]",
      "status": 412,
      "title": "The record changed since you read it",
      "type": "/docs/problems/stale"
    }
    "#);
}
