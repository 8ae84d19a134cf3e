//! Releases: how they are published and read. What is published stays as it was, and can be checked by anybody.

use serde_json::{Value, json};

use crate::{
    answer_snapshot::show_items,
    helpers::{TestApp, pointers},
    operation_fixture::close_cycle,
    report_fixtures::{
        CYCLE, file_and_approve, insert_project, report_path, spawn_with_open_cycle,
    },
};

mod corrections;
mod frozen_content;
mod left_out_reports;
mod release_reports;

/// A cycle with two approved reports of Da Nang, closed.
pub async fn spawn_with_closed_cycle() -> TestApp {
    let app = spawn_with_open_cycle().await;
    insert_project(&app, "da-nang", 2).await;
    file_and_approve(&app, "da-nang-1").await;
    file_and_approve(&app, "da-nang-2").await;
    close_cycle(&app, CYCLE).await;
    app
}

/// Publishes the cycle of these tests.
pub async fn publish_release(app: &TestApp, note: Option<&str>) -> Value {
    let body = json!({ "cycle": CYCLE, "note": note });
    app.secretariat().await.post("releases", &body).await.expect(201).json()
}

/// Reopens an approved report, changes it and has it approved.
pub async fn amend_report(app: &TestApp, project: &str, why: &str, body: &Value) {
    let secretariat = app.secretariat().await;
    secretariat.take_transition_with_comment(project, "reopen", why).await.expect(200);
    let more = json!({ "due_on": "2027-06-30", "reason": "To correct it." });
    let path = format!("cycles/{CYCLE}/extensions/da-nang");
    let before = secretariat.get(&path).await;
    let tag = (before.status == 200).then(|| before.etag());
    let granted = secretariat.put(&path, &more, tag.as_deref()).await;
    assert!([200, 201].contains(&granted.status), "{}", granted.text);
    let officer = app.officer("da-nang").await;
    let etag = officer.get(&report_path(project)).await.expect(200).etag();
    officer.put(&report_path(project), body, Some(&etag)).await.expect(200);
    officer.take_transition(project, "submit").await.expect(200);
    app.representative("VN").await.take_transition(project, "approve").await.expect(200);
}

#[actix_web::test]
async fn demo_has_four_valid_imported_releases() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    let list = reader.get("releases").await.expect(200).json();
    insta::assert_snapshot!(show_items(&list["items"], &["release", "counts/reports"]), @"
    me-2022-r1 77
    me-2023-r1 86
    me-2024-r1 108
    me-2025-r1 134
    ");
    for release in list["items"].as_array().unwrap() {
        let key = release["release"].as_str().unwrap();
        let found = reader.get(&format!("releases/{key}/verify")).await.expect(200).json();
        assert_eq!(found["valid"], true, "{found}");
        assert_eq!(found["checked"]["reports"], release["counts"]["reports"]);
    }
    let latest = reader.get("releases/latest").await;
    insta::assert_snapshot!(latest.show_members(&["release", "published_by", "errata"]), @r#"
    200
    release: "me-2025-r1"
    published_by: null
    errata: []
    "#);
}

#[actix_web::test]
async fn second_start_of_the_demo_publishes_no_release() {
    let app = TestApp::demo().await;
    let again = app.spawn_second_instance().await;
    let kept = again.state.db.read(ascn_tracker::store::releases::list).await.unwrap();
    assert_eq!(kept.len(), 4);
}

#[actix_web::test]
async fn publish_release_freezes_the_approved_reports_under_the_next_number() {
    let app = spawn_with_closed_cycle().await;
    let body = json!({ "cycle": CYCLE, "note": "The first one." });
    let first = app.secretariat().await.post("releases", &body).await;
    let members = ["release", "number", "cycle", "note", "counts", "errata"];
    insta::assert_snapshot!(first.show_members(&members), @r#"
    201
    release: "me-2026-r1"
    number: 1
    cycle: "me-2026"
    note: "The first one."
    counts: {"cities": 1, "countries": 1, "reports": 2, "statuses": {"ongoing": 2}}
    errata: []
    "#);
    let reader = app.reader().await;
    assert_eq!(reader.get("releases/me-2026-r1/reports").await.expect(200).json()["total"], 2);
    let shown = reader.get(&report_path("da-nang-1")).await.expect(200).json();
    assert_eq!(shown["released_in"], "me-2026-r1");
}

#[actix_web::test]
async fn release_published_by_is_hidden_from_strangers() {
    let app = spawn_with_closed_cycle().await;
    let published = publish_release(&app, None).await;
    assert!(published["published_by"]["name"].is_string(), "{published}");
    let path = "releases/me-2026-r1";
    assert!(app.secretariat().await.get(path).await.json()["published_by"]["id"].is_string());
    for stranger in [app.reader().await, app.officer("da-nang").await] {
        assert!(stranger.get(path).await.expect(200).json()["published_by"].is_null());
    }
}

#[actix_web::test]
async fn publishing_an_open_or_empty_cycle_is_409() {
    let app = spawn_with_open_cycle().await;
    let secretariat = app.secretariat().await;
    let body = json!({ "cycle": CYCLE });
    insta::assert_snapshot!(secretariat.post("releases", &body).await.show(), @r#"
    409
    content-type: application/problem+json
    {
      "code": "conflict",
      "detail": "a release is not possible while its cycle is open: close it first",
      "instance": "urn:uuid:[id]",
      "status": 409,
      "title": "It conflicts with what is there",
      "type": "/docs/problems/conflict"
    }
    "#);
    close_cycle(&app, CYCLE).await;
    insta::assert_snapshot!(secretariat.post("releases", &body).await.show(), @r#"
    409
    content-type: application/problem+json
    {
      "code": "conflict",
      "detail": "no report is approved in the cycle",
      "instance": "urn:uuid:[id]",
      "status": 409,
      "title": "It conflicts with what is there",
      "type": "/docs/problems/conflict"
    }
    "#);
}

#[actix_web::test]
async fn publishing_an_unchanged_cycle_again_is_409() {
    let app = spawn_with_closed_cycle().await;
    publish_release(&app, None).await;
    let again = app.secretariat().await.post("releases", &json!({ "cycle": CYCLE })).await;
    insta::assert_snapshot!(again.show(), @r#"
    409
    content-type: application/problem+json
    {
      "code": "conflict",
      "detail": "nothing was approved in the cycle since me-2026-r1: a release never changes, and another would be the same",
      "instance": "urn:uuid:[id]",
      "status": 409,
      "title": "It conflicts with what is there",
      "type": "/docs/problems/conflict"
    }
    "#);
    assert_eq!(app.reader().await.get("releases").await.expect(200).json()["total"], 1);
}

#[actix_web::test]
async fn publishing_with_invalid_values_is_422_naming_each() {
    let app = TestApp::spawn().await;
    let secretariat = app.secretariat().await;
    for (body, faults) in [
        (json!({ "cycle": "me-1999" }), vec!["/cycle"]),
        (json!({ "note": "\u{0}" }), vec!["/cycle", "/note"]),
    ] {
        let refused = secretariat.post("releases", &body).await.expect(422);
        assert_eq!(pointers(&refused), faults, "{body}");
    }
    secretariat.post("releases", &json!({ "cycle": CYCLE, "number": 7 })).await.expect(400);
}
