//! Refusals come in one order: 401, 404, 403, 400, 428 and 412, 409, 422.

use serde_json::json;

use crate::report_fixtures::{
    complete_report_body, file_and_approve, report_path, spawn_with_open_cycle,
};

#[actix_web::test]
async fn put_report_checks_401_404_403_before_400_412_422() {
    let app = spawn_with_open_cycle().await;
    let path = report_path("da-nang-1");
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
async fn put_report_checks_if_match_then_state_then_values() {
    let app = spawn_with_open_cycle().await;
    let path = report_path("da-nang-1");
    let officer = app.officer("da-nang").await;
    officer.write_complete_report("da-nang-1").await;
    let sent = officer.take_transition("da-nang-1", "submit").await.expect(200);
    let wrong = json!({ "percent_complete": 140 });
    officer.put(&path, &json!({ "nonsense": true }), None).await.expect(400);
    officer.put(&path, &wrong, None).await.expect(428);
    officer.put(&path, &wrong, Some("\"v1\"")).await.expect(412);
    let state = officer.put(&path, &wrong, Some(&sent.etag())).await.expect(409).json();
    assert_eq!(
        (state["code"].as_str(), state["detail"].as_str()),
        (Some("illegal-transition"), Some("edit is not possible while it is submitted"))
    );
    let returned = app
        .representative("VN")
        .await
        .take_transition_with_comment("da-nang-1", "return", "x")
        .await
        .expect(200);
    officer.put(&path, &wrong, Some(&returned.etag())).await.expect(422);
}

#[actix_web::test]
async fn put_report_with_a_stale_etag_is_412_naming_the_last_change() {
    let app = spawn_with_open_cycle().await;
    let path = report_path("da-nang-1");
    let officer = app.officer("da-nang").await;
    let first = officer.write_complete_report("da-nang-1").await;
    officer.write_complete_report("da-nang-1").await;
    let stale =
        officer.put(&path, &complete_report_body(), Some(&first.etag())).await.expect(412).json();
    assert_eq!(
        (stale["changed"]["version"].as_i64(), stale["changed"]["action"].as_str()),
        (Some(2), Some("edit"))
    );
    assert_eq!(stale["changed"]["by"]["name"], "city_officer da-nang");
    for never in ["*", "v2", "\"2\"", "\"v2\", \"v1\"", "\"\""] {
        officer.put(&path, &complete_report_body(), Some(never)).await.expect(412);
    }
    officer.put(&path, &complete_report_body(), Some("\"v2\"")).await.expect(200);
    officer.put(&path, &complete_report_body(), Some("\"v3-another-view\"")).await.expect(200);
}

#[actix_web::test]
async fn put_new_report_with_if_match_is_412() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    for tag in ["\"v1\"", "\"v0\"", "*"] {
        officer
            .put(&report_path("da-nang-1"), &complete_report_body(), Some(tag))
            .await
            .expect(412);
    }
    officer.get(&report_path("da-nang-1")).await.expect(404);
}

#[actix_web::test]
async fn transition_with_a_stale_etag_is_412() {
    let app = spawn_with_open_cycle().await;
    let (officer, representative) = (app.officer("da-nang").await, app.representative("VN").await);
    let draft = officer.write_complete_report("da-nang-1").await;
    let at = |transition: &str| format!("{}/{transition}", report_path("da-nang-1"));
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
    representative.take_transition("da-nang-1", "return").await.expect(409);
    representative.take_transition("da-nang-1", "approve").await.expect(409);
}

#[actix_web::test]
async fn return_checks_403_before_malformed_body_400_before_state_409() {
    let app = spawn_with_open_cycle().await;
    file_and_approve(&app, "da-nang-1").await;
    let path = format!("{}/return", report_path("da-nang-1"));
    let bad = json!({ "coment": "x" });
    app.reader().await.post(&path, &bad).await.expect(403);
    app.officer("da-nang").await.post(&path, &bad).await.expect(403);
    app.representative("VN").await.post(&path, &bad).await.expect(400);
    app.representative("VN").await.post(&path, &json!({})).await.expect(409);
}
