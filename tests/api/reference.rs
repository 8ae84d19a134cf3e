//! Reference data as everybody reads it.

use crate::helpers::TestApp;

#[actix_web::test]
async fn reference_data_needs_a_sign_in() {
    let app = TestApp::spawn().await;
    app.anonymous().get("countries").await.expect(401);
    app.bearer("nonsense").get("countries").await.expect(401);
    app.reader().await.get("countries").await.expect(200);
    let head = app.reader().await.send("HEAD", "countries", None, &[]).await.expect(200);
    assert!(head.text.is_empty() && head.header("etag").is_some());
    let etag = head.etag();
    let again =
        app.reader().await.send("GET", "countries", None, &[("if-none-match", &etag)]).await;
    assert_eq!(again.status, 304);
}
