//! Shares: secret addresses over releases, from their making to their end.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::{
    helpers::{TestApp, TestResponse, pointers},
    operation_fixture::close_cycle,
    report_fixtures::{self, CYCLE},
};

fn share_body(path: &str, format: &str) -> Value {
    json!({ "name": "Đà Nẵng, all of it", "path": path, "format": format, "expires_on": "2026-12-31" })
}

/// Makes a share; returns its id and its address.
async fn create_share(app: &TestApp, path: &str, format: &str) -> (String, String) {
    let made =
        app.secretariat().await.post("shares", &share_body(path, format)).await.expect(201).json();
    let text = |v: &Value| v.as_str().unwrap().to_owned();
    (text(&made["share"]["id"]), text(&made["address"]))
}

const REPORTS: &str = "/api/v1/releases/latest/reports?country=VN";

#[actix_web::test]
async fn share_is_readable_anonymously_until_revoked() {
    let app = TestApp::demo().await;
    let (secretariat, nobody) = (app.secretariat().await, app.anonymous());
    let made = secretariat.post("shares", &share_body(REPORTS, "json")).await.expect(201);
    assert_eq!(made.header("cache-control"), Some("no-store"));
    let view = made.json()["share"].clone();
    let path = format!("shares/{}", view["id"].as_str().unwrap());
    assert_eq!(made.header("location"), Some(format!("/api/v1/{path}").as_str()));
    // Written in one way only.
    assert_eq!(view["path"], "/api/v1/releases/latest/reports?country=VN");
    assert_eq!((&view["uses"], &view["last_used_on"]), (&json!(0), &Value::Null));
    let address = made.json()["address"].as_str().unwrap().to_owned();

    let read = nobody.get(&address).await.expect(200);
    let same = app.reader().await.get(REPORTS).await.expect(200);
    assert_eq!((read.text.as_str(), read.etag()), (same.text.as_str(), same.etag()));
    assert!(same.json()["items"].as_array().unwrap().len() > 3);
    for (name, value) in [
        ("content-type", "application/json"),
        ("x-robots-tag", "noindex"),
        ("cache-control", "private, no-cache"),
        (
            "content-disposition",
            "attachment; filename=\"N-ng-all-of-it.json\"; \
             filename*=UTF-8''%C4%90%C3%A0%20N%E1%BA%B5ng%2C%20all%20of%20it.json",
        ),
    ] {
        assert_eq!(read.header(name), Some(value), "{name}");
    }
    let known = [("if-none-match", read.etag())];
    let known: Vec<(&str, &str)> = known.iter().map(|(n, v)| (*n, v.as_str())).collect();
    assert_eq!(nobody.send("GET", &address, None, &known).await.status, 304);

    let used = secretariat.get(&path).await.expect(200).json();
    assert_eq!((&used["uses"], &used["last_used_on"]), (&json!(2), &json!("2026-11-20")));
    let list = secretariat.get("shares").await.expect(200).json();
    assert_eq!((&list["items"], &list["total"]), (&json!([used]), &json!(1)));

    let revoked = secretariat.delete(&path, None).await.expect(200).json();
    assert_eq!((&revoked["revoked"], &revoked["version"]), (&json!(true), &json!(2)));
    nobody.get(&address).await.expect(404);
    assert_eq!(secretariat.delete(&path, None).await.expect(200).json(), revoked);
    let verified = secretariat.get("journal/verify").await.expect(200).json();
    assert_eq!(verified["valid"], true, "{verified}");
}

#[actix_web::test]
async fn unknown_revoked_and_expired_shares_are_the_same_404() {
    let app = TestApp::demo().await;
    let (id, taken_back) = create_share(&app, REPORTS, "json").await;
    let (_, open) = create_share(&app, REPORTS, "json").await;
    app.secretariat().await.delete(&format!("shares/{id}"), None).await.expect(200);
    let nobody = app.anonymous();
    let words = |a: TestResponse| {
        let mut problem = a.expect(404).json();
        problem["instance"] = Value::Null;
        problem
    };
    let never = words(nobody.get("/s/nobody.json").await);
    assert_eq!(words(nobody.get(&taken_back).await), never);
    assert_eq!(words(nobody.get(&open.replace(".json", ".csv")).await), never);
    for odd in ["/s/.json", "/s/%00.json", "/s/a.b.json", "/s/%2e%2e.json", "/s/nobody"] {
        nobody.get(odd).await.expect(404);
    }
    // The last day is the whole of it.
    app.clock.set("2026-12-31T23:59:59Z".parse().unwrap());
    nobody.get(&open).await.expect(200);
    app.clock.advance(TimeDelta::seconds(1));
    assert_eq!(words(nobody.get(&open).await), never);
    // It gives nothing but itself.
    app.clock.set("2026-12-31T12:00:00Z".parse().unwrap());
    for more in ["city=hue", "limit=1", "format=csv", "path=/api/v1/projects"] {
        nobody.get(&format!("{open}?{more}")).await.expect(400);
    }
    nobody.send("POST", &open, Some(&json!({})), &[]).await.expect(405);
    app.bearer("forged").get(&open).await.expect(401);
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
async fn share_of_an_invalid_path_format_or_expiry_is_422() {
    let app = TestApp::demo().await;
    let secretariat = app.secretariat().await;
    for path in [
        "/api/v1/projects",
        "/api/v1/releases",
        "/api/v1/releases/me-2022-r1/verify",
        "/api/v1/releases/me-2022-r1/../../projects",
        "/api/v1/releases/me-2022-r1%2Freports",
        "/api/v1/releases/%6Catest",
        "//elsewhere.example/api/v1/releases/latest",
        "https://elsewhere.example/api/v1/releases/latest",
        "/api/v1/releases/me-2199-r1",
        "/api/v1/releases/me-2199-r1/reports",
        "/api/v1/releases/latest?city=hue",
        "/api/v1/releases/latest/reports?citi=hue",
        "/api/v1/releases/latest/reports?city=atlantis",
        "/api/v1/releases/latest/reports?city=%00",
        "/api/v1/releases/latest/reports?city=%ff",
        "/api/v1/releases/latest/reports?limit=0",
        "/api/v1/releases/latest/reports?limit=10",
        "/api/v1/releases/latest/reports?limit=1&limit=2",
        "/api/v1/releases/latest/reports?lang=xx",
        "/api/v1/releases/latest/reports?cursor=x",
        "/api/v1/releases/latest/data?format=zip",
    ] {
        let refused = secretariat.post("shares", &share_body(path, "json")).await.expect(422);
        assert_eq!(pointers(&refused), ["/path"], "{path}: {}", refused.text);
    }
    for (path, format, pointer) in [
        ("/api/v1/releases/latest", "xlsx", "/format"),
        ("/api/v1/releases/latest/data", "csv", "/format"),
        ("/api/v1/releases/latest", "zip", "/format"),
    ] {
        let refused = secretariat.post("shares", &share_body(path, format)).await.expect(422);
        assert_eq!(pointers(&refused), [pointer], "{path} {format}");
    }
    for day in ["2026-11-19", "2028-11-21"] {
        let mut body = share_body(REPORTS, "json");
        body["expires_on"] = json!(day);
        let refused = secretariat.post("shares", &body).await.expect(422);
        assert_eq!(pointers(&refused), ["/expires_on"]);
    }
    let all = secretariat.post("shares", &json!({})).await.expect(422);
    assert_eq!(pointers(&all), ["/name", "/path", "/format", "/expires_on"]);
    assert_eq!(secretariat.get("shares").await.expect(200).json()["total"], 0);
}

#[actix_web::test]
async fn share_is_always_answered_in_its_own_format() {
    let app = TestApp::demo().await;
    let (_, address) = create_share(&app, "/api/v1/releases/me-2022-r1/data", "json").await;
    // Whoever asks the operation itself without a format gets an archive.
    let content = app.anonymous().get(&address).await.expect(200);
    assert_eq!(content.header("content-type"), Some("application/json"));
    let same = app.reader().await.get("releases/me-2022-r1/data?format=json").await.expect(200);
    assert_eq!(content.text, same.text);
    let accept = [("accept", "application/zip")];
    let still = app.anonymous().send("GET", &address, None, &accept).await.expect(200);
    assert_eq!(still.text, same.text);
    let (_, release) = create_share(&app, "/api/v1/releases/me-2022-r1", "json").await;
    let release = app.anonymous().get(&release).await.expect(200).json();
    assert_eq!(
        (&release["release"], &release["published_by"]),
        (&json!("me-2022-r1"), &Value::Null)
    );
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
    assert_eq!(
        (release(&latest).await, release(&fixed).await),
        (json!("me-2025-r1"), json!("me-2025-r1"))
    );
    report_fixtures::insert_project(&app, "da-nang", 90).await;
    report_fixtures::file_and_approve(&app, "da-nang-90").await;
    close_cycle(&app, CYCLE).await;
    app.secretariat().await.post("releases", &json!({ "cycle": CYCLE })).await.expect(201);
    assert_eq!(
        (release(&latest).await, release(&fixed).await),
        (json!("me-2026-r1"), json!("me-2025-r1"))
    );
}

#[actix_web::test]
async fn share_uses_are_counted_without_a_new_version() {
    let app = TestApp::demo().await;
    let (id, address) = create_share(&app, "/api/v1/releases/latest", "json").await;
    let path = format!("shares/{id}");
    for _ in 0..3 {
        app.anonymous().get(&address).await.expect(200);
    }
    let secretariat = app.secretariat().await;
    assert_eq!(secretariat.get(&path).await.expect(200).json()["uses"], 3);
    app.clock.advance(TimeDelta::days(2));
    app.anonymous().send("HEAD", &address, None, &[]).await.expect(200);
    // A refusal is no use.
    app.anonymous().get(&format!("{address}?x=1")).await.expect(400);
    let (_, token) = app
        .insert_user(
            "late",
            &[(
                ascn_tracker::domain::user::Role::Secretariat,
                ascn_tracker::domain::user::Scope::Network,
            )],
        )
        .await;
    let used = app.bearer(&token).get(&path).await.expect(200).json();
    assert_eq!((&used["uses"], &used["last_used_on"]), (&json!(4), &json!("2026-11-22")));
    assert_eq!(used["version"], 1, "counting is no change of the record");
}

#[actix_web::test]
async fn revoked_share_is_404_on_every_instance_and_uses_are_summed() {
    let app = TestApp::demo().await;
    let other = app.spawn_second_instance().await;
    let (id, address) = create_share(&app, "/api/v1/releases/latest", "json").await;
    let path = format!("shares/{id}");
    let secretariat = app.secretariat().await;
    for instance in [&app, &other, &other] {
        instance.anonymous().get(&address).await.expect(200);
    }
    assert_eq!(secretariat.get(&path).await.expect(200).json()["uses"], 1);
    // The other one writes its own down with the first use after a minute.
    app.clock.advance(TimeDelta::minutes(1));
    other.anonymous().get(&address).await.expect(200);
    let mut uses = json!(1);
    for _ in 0..200 {
        uses = secretariat.get(&path).await.expect(200).json()["uses"].clone();
        if uses == 4 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert_eq!(uses, 4);
    secretariat.delete(&path, None).await.expect(200);
    for instance in [&app, &other] {
        instance.anonymous().get(&address).await.expect(404);
    }
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
