//! Refusals come in one order: 401, 404, 403, 400, 428 and 412, 409, 422.

use serde_json::json;

use crate::filing::{approve, desk, ready, report};

#[actix_web::test]
async fn who_may_not_is_told_before_what_is_wrong_with_the_request() {
    let app = desk().await;
    let path = report("da-nang-1");
    let bad = json!({ "nonsense": true });
    app.anonymous().put(&path, &bad, None).await.expect(401);
    app.bearer("x.y.z").put(&path, &bad, None).await.expect(401);
    app.officer("ha-noi").await.put(&path, &bad, Some("\"v9\"")).await.expect(404);
    app.representative("VN").await.put(&path, &bad, Some("\"v9\"")).await.expect(403);
    let officer = app.officer("da-nang").await;
    officer.put(&path, &bad, Some("\"v9\"")).await.expect(400);
    officer.put(&path, &json!({ "percent_complete": 140 }), Some("\"v9\"")).await.expect(412);
    officer.put(&path, &json!({ "percent_complete": 140 }), None).await.expect(422);
}

#[actix_web::test]
async fn the_tag_is_asked_for_before_the_state_and_the_state_before_the_values() {
    let app = desk().await;
    let path = report("da-nang-1");
    let officer = app.officer("da-nang").await;
    officer.file("da-nang-1").await;
    let sent = officer.act("da-nang-1", "submit").await.expect(200);
    let wrong = json!({ "percent_complete": 140 });
    officer.put(&path, &json!({ "nonsense": true }), None).await.expect(400);
    officer.put(&path, &wrong, None).await.expect(428);
    officer.put(&path, &wrong, Some("\"v1\"")).await.expect(412);
    let state = officer.put(&path, &wrong, Some(&sent.etag())).await.expect(409).json();
    assert_eq!(
        (state["code"].as_str(), state["detail"].as_str()),
        (Some("illegal-transition"), Some("edit is not possible while it is submitted"))
    );
    let returned =
        app.representative("VN").await.act_because("da-nang-1", "return", "x").await.expect(200);
    officer.put(&path, &wrong, Some(&returned.etag())).await.expect(422);
}

#[actix_web::test]
async fn a_stale_tag_says_who_changed_what() {
    let app = desk().await;
    let path = report("da-nang-1");
    let officer = app.officer("da-nang").await;
    let first = officer.file("da-nang-1").await;
    officer.put(&path, &ready(), Some(&first.etag())).await.expect(200);
    let stale = officer.put(&path, &ready(), Some(&first.etag())).await.expect(412).json();
    assert_eq!(
        (stale["changed"]["version"].as_i64(), stale["changed"]["action"].as_str()),
        (Some(2), Some("edit"))
    );
    assert_eq!(stale["changed"]["by"]["name"], "city_officer da-nang");
    for never in ["*", "W/\"v2-x\"", "v2", "\"2\"", "\"v2\", \"v1\"", "\"\""] {
        officer.put(&path, &ready(), Some(never)).await.expect(412);
    }
    officer.put(&path, &ready(), Some("\"v2\"")).await.expect(200);
    officer.put(&path, &ready(), Some("\"v3-another-view\"")).await.expect(200);
}

#[actix_web::test]
async fn a_tag_where_nothing_is_matches_nothing() {
    let app = desk().await;
    let officer = app.officer("da-nang").await;
    for tag in ["\"v1\"", "\"v0\"", "*"] {
        officer.put(&report("da-nang-1"), &ready(), Some(tag)).await.expect(412);
    }
    officer.get(&report("da-nang-1")).await.expect(404);
}

#[actix_web::test]
async fn a_transition_is_a_decision_on_what_was_read() {
    let app = desk().await;
    let (officer, representative) = (app.officer("da-nang").await, app.representative("VN").await);
    let draft = officer.file("da-nang-1").await;
    let at = |transition: &str| format!("{}/{transition}", report("da-nang-1"));
    let read = |tag: String| [("if-match", tag)];
    let send = |tag: &[(&'static str, String); 1]| (tag[0].0, tag[0].1.clone());
    let (name, tag) = send(&read(draft.etag()));
    let sent = officer.send("POST", &at("submit"), None, &[(name, &tag)]).await.expect(200);
    officer.send("POST", &at("withdraw"), None, &[(name, &tag)]).await.expect(412);
    // A stale tag is told before an impossible state, and before a missing reason.
    officer.send("POST", &at("submit"), None, &[(name, &tag)]).await.expect(412);
    representative.send("POST", &at("return"), None, &[(name, &tag)]).await.expect(412);
    representative.send("POST", &at("approve"), None, &[(name, "*")]).await.expect(412);
    representative.send("POST", &at("approve"), None, &[(name, &sent.etag())]).await.expect(200);
    representative.act("da-nang-1", "return").await.expect(409);
    representative.act("da-nang-1", "approve").await.expect(409);
}

#[actix_web::test]
async fn a_malformed_reason_is_told_after_who_may() {
    let app = desk().await;
    approve(&app, "da-nang-1").await;
    let path = format!("{}/return", report("da-nang-1"));
    let bad = json!({ "coment": "x" });
    app.reader().await.post(&path, &bad).await.expect(403);
    app.officer("da-nang").await.post(&path, &bad).await.expect(403);
    app.representative("VN").await.post(&path, &bad).await.expect(400);
    app.representative("VN").await.post(&path, &json!({})).await.expect(409);
}
