//! What a share answers: the bytes of the operation that it points to.

use serde_json::{Value, json};

use super::{REPORTS, create_share, share_body};
use crate::{
    helpers::{TestApp, pointers},
    operation_fixture::close_cycle,
    report_fixtures::{CYCLE, file_and_approve, insert_project},
};

#[actix_web::test]
async fn share_answers_the_same_as_the_operation() {
    let app = TestApp::demo().await;
    let (_, address) = create_share(&app, REPORTS, "json").await;
    let nobody = app.anonymous();
    let read = nobody.get(&address).await.expect(200);
    let same = app.reader().await.get(REPORTS).await.expect(200);
    assert_eq!((read.text.as_str(), read.etag()), (same.text.as_str(), same.etag()));
    assert!(same.json()["items"].as_array().unwrap().len() > 3);
    let known = [("if-none-match", &*read.etag())];
    nobody.send("GET", &address, None, &known).await.expect(304);
}

#[actix_web::test]
async fn share_answer_is_a_private_attachment_named_after_the_share() {
    let app = TestApp::demo().await;
    let (_, address) = create_share(&app, REPORTS, "json").await;
    let read = app.anonymous().get(&address).await.expect(200);
    let headers = ["content-type", "x-robots-tag", "cache-control", "content-disposition"];
    insta::assert_snapshot!(read.show_headers(&headers), @r#"
    content-type: application/json
    x-robots-tag: noindex
    cache-control: private, no-cache
    content-disposition: attachment; filename="N-ng-all-of-it.json"; filename*=UTF-8''%C4%90%C3%A0%20N%E1%BA%B5ng%2C%20all%20of%20it.json
    "#);
}

#[actix_web::test]
async fn share_is_always_answered_in_its_own_format() {
    let app = TestApp::demo().await;
    let (_, address) = create_share(&app, "/api/v1/releases/me-2022-r1/data", "json").await;
    // Without a format, the operation itself answers an archive.
    let content = app.anonymous().get(&address).await.expect(200);
    assert_eq!(content.header("content-type"), Some("application/json"));
    let same = app.reader().await.get("releases/me-2022-r1/data?format=json").await.expect(200);
    assert_eq!(content.text, same.text);
    let accept = [("accept", "application/zip")];
    let still = app.anonymous().send("GET", &address, None, &accept).await.expect(200);
    assert_eq!(still.text, same.text);
}

#[actix_web::test]
async fn shared_release_hides_who_published_it() {
    let app = TestApp::demo().await;
    let (_, address) = create_share(&app, "/api/v1/releases/me-2022-r1", "json").await;
    let release = app.anonymous().get(&address).await;
    insta::assert_snapshot!(release.show_members(&["release", "published_by"]), @r#"
    200
    release: "me-2022-r1"
    published_by: null
    "#);
}

#[actix_web::test]
async fn shared_list_is_not_paginated() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    for (query, total) in [("", 134), ("?country=VN", 0)] {
        let (_, address) =
            create_share(&app, &format!("/api/v1/releases/me-2025-r1/reports{query}"), "json")
                .await;
        let shared = app.anonymous().get(&address).await.expect(200);
        assert_eq!(shared.header("link"), None);
        let more = if query.is_empty() { "?limit=1000" } else { "?country=VN&limit=1000" };
        let asked = reader.get(&format!("releases/me-2025-r1/reports{more}")).await.expect(200);
        assert_eq!(shared.text, asked.text);
        let list = shared.json();
        assert_eq!(
            (&list["next"], list["total"].as_i64()),
            (&Value::Null, list["items"].as_array().map(|i| i64::try_from(i.len()).unwrap()))
        );
        assert!(list["total"].as_i64().unwrap() >= total.max(1));
    }
}

#[actix_web::test]
async fn share_of_latest_follows_the_next_release() {
    let app = TestApp::demo().await;
    let (_, latest) = create_share(&app, "/api/v1/releases/latest", "json").await;
    let (_, fixed) = create_share(&app, "/api/v1/releases/me-2025-r1", "json").await;
    let nobody = app.anonymous();
    let release = async |at: &str| nobody.get(at).await.expect(200).json()["release"].clone();
    assert_eq!(release(&latest).await, "me-2025-r1");
    assert_eq!(release(&fixed).await, "me-2025-r1");
    insert_project(&app, "da-nang", 90).await;
    file_and_approve(&app, "da-nang-90").await;
    close_cycle(&app, CYCLE).await;
    app.secretariat().await.post("releases", &json!({ "cycle": CYCLE })).await.expect(201);
    assert_eq!(release(&latest).await, "me-2026-r1");
    assert_eq!(release(&fixed).await, "me-2025-r1");
}

#[actix_web::test]
async fn shared_release_figures_equal_the_api_answers_in_every_format() {
    let app = TestApp::demo().await;
    let (reader, nobody) = (app.reader().await, app.anonymous());
    for (figure, formats) in [
        ("table?rows=focus_area", "json csv xlsx"),
        ("progress?by=city", "json csv xlsx"),
        ("trend?columns=status", "json csv xlsx"),
        ("coverage", "json csv xlsx"),
        ("map", "geojson csv xlsx"),
    ] {
        let path = format!("/api/v1/releases/me-2023-r1/figures/{figure}");
        for format in formats.split(' ') {
            let (_, address) = create_share(&app, &path, format).await;
            let shared = nobody.get(&address).await.expect(200);
            let between = if path.contains('?') { '&' } else { '?' };
            let asked = reader.get(&format!("{path}{between}format={format}")).await.expect(200);
            assert_eq!(shared.etag(), asked.etag(), "{figure} {format}");
            assert_eq!(shared.text, asked.text, "{figure} {format}");
        }
        let refused = if figure == "map" { "json" } else { "geojson" };
        let answer = app.secretariat().await.post("shares", &share_body(&path, refused)).await;
        assert_eq!(pointers(&answer.expect(422)), ["/format"], "{figure}");
    }
}
