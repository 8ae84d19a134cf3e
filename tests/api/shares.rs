//! Shares: secret addresses over releases, from their making to their end.

use serde_json::{Value, json};

use crate::helpers::TestApp;

mod invalid_shares;
mod share_uses;
mod shared_answers;

const REPORTS: &str = "/api/v1/releases/latest/reports?country=VN";

fn share_body(path: &str, format: &str) -> Value {
    json!({ "name": "Đà Nẵng, all of it", "path": path, "format": format, "expires_on": "2026-12-31" })
}

/// Makes a share; returns its id and its address.
pub(crate) async fn create_share(app: &TestApp, path: &str, format: &str) -> (String, String) {
    let made =
        app.secretariat().await.post("shares", &share_body(path, format)).await.expect(201).json();
    let text = |v: &Value| v.as_str().unwrap().to_owned();
    (text(&made["share"]["id"]), text(&made["address"]))
}

#[actix_web::test]
async fn create_share_shows_its_address_once() {
    let app = TestApp::demo().await;
    let made = app.secretariat().await.post("shares", &share_body(REPORTS, "json")).await;
    insta::assert_snapshot!(made.show(), @r#"
    201
    location: /api/v1/shares/[id]
    {
      "address": "/s/[secret].json",
      "share": {
        "created_at": "2026-11-20T03:00:00Z",
        "created_by": {"id": "[id]", "name": "secretariat network"},
        "expires_on": "2026-12-31",
        "format": "json",
        "id": "[id]",
        "last_used_on": null,
        "name": "Đà Nẵng, all of it",
        "path": "/api/v1/releases/latest/reports?country=VN",
        "revoked": false,
        "uses": 0,
        "version": 1
      }
    }
    "#);
    insta::assert_snapshot!(made.show_headers(&["cache-control"]), @"cache-control: no-store");
    let id = made.json()["share"]["id"].as_str().unwrap().to_owned();
    assert_eq!(made.header("location"), Some(format!("/api/v1/shares/{id}").as_str()));
}

#[actix_web::test]
async fn share_token_is_shown_once_and_stored_nowhere() {
    let app = TestApp::demo().await;
    let (id, address) = create_share(&app, REPORTS, "json").await;
    let token = address.trim_start_matches("/s/").trim_end_matches(".json");
    assert_eq!(token.len(), 43, "256 bits");
    app.anonymous().get(&address).await.expect(200);
    let secretariat = app.secretariat().await;
    for path in ["shares".to_owned(), format!("shares/{id}"), "journal?entity=share".to_owned()] {
        let told = secretariat.get(&path).await.expect(200).text;
        assert!(told.contains(&id) && !told.contains(token), "{path}: {told}");
    }
    // The feed is for strangers, who learn of no share.
    let feed = secretariat.get("changes?after=1").await.expect(200).text;
    assert!(!feed.contains(&id));
}

#[actix_web::test]
async fn used_share_is_listed_with_its_uses_and_the_day_of_the_last_one() {
    let app = TestApp::demo().await;
    let secretariat = app.secretariat().await;
    let (id, address) = create_share(&app, REPORTS, "json").await;
    let etag = app.anonymous().get(&address).await.expect(200).etag();
    let known = [("if-none-match", etag.as_str())];
    app.anonymous().send("GET", &address, None, &known).await.expect(304);
    let used = secretariat.get(&format!("shares/{id}")).await;
    insta::assert_snapshot!(used.show_members(&["path", "uses", "last_used_on"]), @r#"
    200
    path: "/api/v1/releases/latest/reports?country=VN"
    uses: 2
    last_used_on: "2026-11-20"
    "#);
    let list = secretariat.get("shares").await.expect(200).json();
    assert_eq!((&list["items"], &list["total"]), (&json!([used.json()]), &json!(1)));
}

#[actix_web::test]
async fn revoke_share_ends_it_and_can_be_repeated() {
    let app = TestApp::demo().await;
    let secretariat = app.secretariat().await;
    let (id, address) = create_share(&app, REPORTS, "json").await;
    let path = format!("shares/{id}");
    app.anonymous().get(&address).await.expect(200);
    let revoked = secretariat.delete(&path, None).await;
    insta::assert_snapshot!(revoked.show_members(&["revoked", "version"]), @"
    200
    revoked: true
    version: 2
    ");
    app.anonymous().get(&address).await.expect(404);
    let again = secretariat.delete(&path, None).await.expect(200);
    assert_eq!(again.json(), revoked.json());
    let verified = secretariat.get("journal/verify").await.expect(200).json();
    assert_eq!(verified["valid"], true, "{verified}");
}

#[actix_web::test]
async fn list_shares_is_paginated() {
    let app = TestApp::demo().await;
    let mut made = Vec::new();
    for path in ["/api/v1/releases/latest", "/api/v1/releases/latest?lang=vi", REPORTS] {
        made.push(create_share(&app, path, "json").await);
    }
    let secretariat = app.secretariat().await;
    let first = secretariat.get("shares?limit=2").await.expect(200).json();
    let cursor = first["next"].as_str().unwrap();
    let second =
        secretariat.get(&format!("shares?limit=2&cursor={cursor}")).await.expect(200).json();
    let items = [&first, &second].map(|page| page["items"].as_array().unwrap().clone()).concat();
    let listed: Vec<&str> = items.iter().map(|s| s["id"].as_str().unwrap()).collect();
    let made: Vec<&str> = made.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!((listed, second["next"].clone()), (made, Value::Null));
}
