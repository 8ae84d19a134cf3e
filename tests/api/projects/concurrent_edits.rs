//! Several at once.

use serde_json::{Value, json};

use super::{create_project, project_body};
use crate::helpers::TestApp;

#[actix_web::test]
async fn concurrent_project_creations_get_unique_codes() {
    let app = TestApp::spawn().await;
    let officer = app.officer("da-nang").await;
    let body = project_body("da-nang", "At once");
    let made =
        futures_util::future::join_all((0..12).map(|_| officer.post("projects", &body))).await;
    let mut codes: Vec<String> = made
        .into_iter()
        .map(|answered| answered.expect(201).json()["code"].as_str().unwrap().to_owned())
        .collect();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), 12);
}

#[actix_web::test]
async fn concurrent_project_patches_one_wins_and_others_are_412() {
    let app = TestApp::spawn().await;
    let officer = app.officer("da-nang").await;
    create_project(&app, &project_body("da-nang", "At once")).await;
    let patches: Vec<Value> = (0..8).map(|n| json!({"title": format!("Title {n}")})).collect();
    let edits = patches.iter().map(|p| officer.patch("projects/da-nang-1", p, Some("\"v1\"")));
    let mut statuses: Vec<u16> =
        futures_util::future::join_all(edits).await.iter().map(|a| a.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412, 412, 412, 412, 412, 412, 412]);
    assert_eq!(officer.get("projects/da-nang-1").await.json()["version"], 2);
}
