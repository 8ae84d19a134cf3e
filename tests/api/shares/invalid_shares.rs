//! Shares that are not made, and addresses that are answered as if there were none.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{REPORTS, create_share, share_body};
use crate::helpers::{TestApp, TestResponse, pointers};

const INVALID_PATHS: [&str; 21] = [
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
];

#[actix_web::test]
async fn share_of_an_invalid_path_is_422() {
    let app = TestApp::demo().await;
    let secretariat = app.secretariat().await;
    for path in INVALID_PATHS {
        let refused = secretariat.post("shares", &share_body(path, "json")).await.expect(422);
        assert_eq!(pointers(&refused), ["/path"], "{path}: {}", refused.text);
    }
    assert_eq!(secretariat.get("shares").await.expect(200).json()["total"], 0);
}

#[actix_web::test]
async fn share_of_an_invalid_format_or_expiry_is_422() {
    let app = TestApp::demo().await;
    let secretariat = app.secretariat().await;
    for (path, format) in [
        ("/api/v1/releases/latest", "xlsx"),
        ("/api/v1/releases/latest/data", "csv"),
        ("/api/v1/releases/latest", "zip"),
    ] {
        let refused = secretariat.post("shares", &share_body(path, format)).await.expect(422);
        assert_eq!(pointers(&refused), ["/format"], "{path} {format}");
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

/// The body of a 404, without the path that was asked for.
fn not_found_body(answer: TestResponse) -> Value {
    let mut problem = answer.expect(404).json();
    problem["instance"] = Value::Null;
    problem
}

#[actix_web::test]
async fn unknown_revoked_and_expired_shares_are_the_same_404() {
    let app = TestApp::demo().await;
    let (id, revoked) = create_share(&app, REPORTS, "json").await;
    let (_, open) = create_share(&app, REPORTS, "json").await;
    app.secretariat().await.delete(&format!("shares/{id}"), None).await.expect(200);
    let nobody = app.anonymous();
    let never = not_found_body(nobody.get("/s/nobody.json").await);
    assert_eq!(not_found_body(nobody.get(&revoked).await), never);
    assert_eq!(not_found_body(nobody.get(&open.replace(".json", ".csv")).await), never);
    for odd in ["/s/.json", "/s/%00.json", "/s/a.b.json", "/s/%2e%2e.json", "/s/nobody"] {
        nobody.get(odd).await.expect(404);
    }
    // The share is valid until the end of its last day.
    app.clock.set("2026-12-31T23:59:59Z".parse().unwrap());
    nobody.get(&open).await.expect(200);
    app.clock.advance(TimeDelta::seconds(1));
    assert_eq!(not_found_body(nobody.get(&open).await), never);
}

#[actix_web::test]
async fn share_takes_no_parameters_methods_or_tokens() {
    let app = TestApp::demo().await;
    let (_, address) = create_share(&app, REPORTS, "json").await;
    let nobody = app.anonymous();
    for more in ["city=hue", "limit=1", "format=csv", "path=/api/v1/projects"] {
        nobody.get(&format!("{address}?{more}")).await.expect(400);
    }
    nobody.send("POST", &address, Some(&json!({})), &[]).await.expect(405);
    app.bearer("forged").get(&address).await.expect(401);
}
