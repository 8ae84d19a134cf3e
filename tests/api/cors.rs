//! Web pages of other origins.

use crate::helpers::TestApp;

#[actix_web::test]
async fn only_the_named_origins_may_call_from_a_page() {
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
