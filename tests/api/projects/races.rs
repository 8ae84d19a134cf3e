//! Several at once.

use serde_json::{Value, json};

use super::{record, sample};
use crate::helpers::TestApp;

#[actix_web::test]
async fn projects_recorded_at_once_get_numbers_of_their_own() {
    let app = TestApp::spawn().await;
    let officer = app.officer("da-nang").await;
    let body = sample("da-nang", "At once");
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
async fn edits_of_one_version_at_once_are_made_once() {
    let app = TestApp::spawn().await;
    let officer = app.officer("da-nang").await;
    record(&app, &sample("da-nang", "At once")).await;
    let patches: Vec<Value> = (0..8).map(|n| json!({"title": format!("Title {n}")})).collect();
    let edits = patches.iter().map(|p| officer.patch("projects/da-nang-1", p, Some("\"v1\"")));
    let mut statuses: Vec<u16> =
        futures_util::future::join_all(edits).await.iter().map(|a| a.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412, 412, 412, 412, 412, 412, 412]);
    assert_eq!(officer.get("projects/da-nang-1").await.json()["version"], 2);
}
