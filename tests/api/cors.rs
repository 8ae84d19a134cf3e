//! Web pages of other origins.

use crate::helpers::TestApp;

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
    for (origin, allowed) in [
        (Some(OURS[0]), Some(OURS[0])),
        (Some(OURS[1]), Some(OURS[1])),
        (Some("https://elsewhere.example"), None),
        (None, None),
    ] {
        let headers: Vec<(&str, &str)> = origin.map(|o| ("origin", o)).into_iter().collect();
        let path = "releases/me-2022-r1/figures/table?rows=focus_area&columns=status";
        let answer = app.anonymous().send("GET", path, None, &headers).await.expect(200);
        assert!(answer.header("cache-control").unwrap().contains("immutable"));
        assert_eq!(answer.header("access-control-allow-origin"), allowed);
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
