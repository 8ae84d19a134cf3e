//! Web pages of other origins.

use serde_json::json;

use crate::helpers::{TestApp, TestResponse};

#[actix_web::test]
async fn cors_allows_only_configured_origins() {
    let app = TestApp::with_setting("ASCN_CORS_ORIGINS", "https://dashboard.example").await;
    let preflight = |origin: &'static str| {
        let caller = app.anonymous();
        async move {
            let headers = [
                ("origin", origin),
                ("access-control-request-method", "GET"),
                ("access-control-request-headers", "authorization"),
            ];
            caller.send("OPTIONS", "countries", None, &headers).await
        }
    };
    let allowed = preflight("https://dashboard.example").await;
    assert_eq!(allowed.header("access-control-allow-origin"), Some("https://dashboard.example"));
    let refused = preflight("https://elsewhere.example").await;
    assert_eq!(refused.header("access-control-allow-origin"), None);

    let none = TestApp::spawn().await;
    let headers = [("origin", "https://dashboard.example")];
    let answer = none.anonymous().send("GET", "countries", None, &headers).await;
    assert_eq!(answer.header("access-control-allow-origin"), None);
}

#[actix_web::test]
async fn cacheable_release_answer_varies_by_origin() {
    const OURS: [&str; 2] = ["https://dashboard.example", "https://press.example"];
    let origins = OURS.join(",");
    let settings = [("ASCN_PUBLIC_RELEASES", "true"), ("ASCN_CORS_ORIGINS", origins.as_str())];
    let app = TestApp::demo_with(&settings).await;
    for origin in [Some(OURS[0]), Some(OURS[1]), Some("https://elsewhere.example"), None] {
        let headers: Vec<(&str, &str)> = origin.map(|o| ("origin", o)).into_iter().collect();
        let path = "releases/me-2022-r1/figures/table?rows=focus_area&columns=status";
        let answer = app.anonymous().send("GET", path, None, &headers).await.expect(200);
        assert!(answer.header("cache-control").unwrap().contains("immutable"));
        // Everybody may read a public release, so that a shared cache may keep one answer for all.
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
        // Also where no origin was named: what is kept of that must not be given to a page.
        let varies: Vec<String> = answer
            .headers
            .get_all("vary")
            .iter()
            .flat_map(|v| v.to_str().unwrap().split(',').map(|name| name.trim().to_lowercase()))
            .collect();
        for name in ["origin", "accept", "accept-encoding", "accept-language", "authorization"] {
            assert!(varies.iter().any(|v| v == name), "{origin:?}: {varies:?}");
        }
    }
}

#[actix_web::test]
async fn public_release_and_share_are_readable_from_every_origin() {
    let origin = [("origin", "https://dashboard.example")];
    let allowed =
        |answer: &TestResponse| answer.header("access-control-allow-origin").map(str::to_owned);
    let app = TestApp::demo_with(&[("ASCN_PUBLIC_RELEASES", "true")]).await;
    let nobody = app.anonymous();
    for path in
        ["releases", "releases/latest", "releases/me-2022-r1/reports?format=csv", "/catalog.jsonld"]
    {
        let answer = nobody.send("GET", path, None, &origin).await.expect(200);
        assert_eq!(allowed(&answer).as_deref(), Some("*"), "{path}");
        let exposed = answer.header("access-control-expose-headers").unwrap();
        assert!(exposed.contains("ETag") && exposed.contains("Link"), "{exposed}");
    }
    // A page also learns why it gets nothing.
    let missing = nobody.send("GET", "releases/me-1999-r1", None, &origin).await.expect(404);
    assert_eq!(allowed(&missing).as_deref(), Some("*"));
    for path in ["cities", "releasesx", "me"] {
        let private = nobody.send("GET", path, None, &origin).await;
        assert_eq!(allowed(&private), None, "{path}");
    }
    let write = nobody.send("POST", "releases", None, &origin).await.expect(401);
    assert_eq!(allowed(&write), None);

    // A share is open to every page, although releases are not public.
    let closed = TestApp::demo().await;
    let body = json!({ "name": "For all", "path": "/api/v1/releases/latest/reports",
                       "format": "json", "expires_on": "2027-06-30" });
    let made = closed.secretariat().await.post("shares", &body).await.expect(201).json();
    let address = made["address"].as_str().unwrap();
    let shared = closed.anonymous().send("GET", address, None, &origin).await.expect(200);
    assert_eq!(allowed(&shared).as_deref(), Some("*"));
    let release = closed.reader().await.send("GET", "releases/latest", None, &origin).await;
    assert_eq!(allowed(&release.expect(200)), None);
}
