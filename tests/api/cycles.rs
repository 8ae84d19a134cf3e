//! Reporting cycles: the secretariat plans, opens and closes them; everybody reads them.

use serde_json::json;

use crate::{
    helpers::{TestApp, TestResponse},
    report_fixtures::cycle_body,
};

fn fault_codes(answer: &TestResponse) -> Vec<String> {
    let errors = answer.json()["errors"].as_array().unwrap().clone();
    errors
        .iter()
        .map(|e| format!("{} {}", e["pointer"].as_str().unwrap(), e["code"].as_str().unwrap()))
        .collect()
}

#[actix_web::test]
async fn secretariat_can_create_open_and_close_a_cycle() {
    let app = TestApp::spawn().await;
    let secretariat = app.secretariat().await;
    let made = secretariat.post("cycles", &cycle_body("me-2026")).await.expect(201);
    assert_eq!(made.header("location"), Some("/api/v1/cycles/me-2026"));
    assert!(made.etag().starts_with("\"v1-"));
    insta::assert_json_snapshot!(made.json(), @r#"
    {
      "as_of": "2026-12-31",
      "cycle": "me-2026",
      "due_on": "2026-12-31",
      "name": "M&E 2026",
      "opens_on": "2026-07-01",
      "plan_cycle": "2018-2025",
      "review_due_on": "2027-01-31",
      "state": "scheduled",
      "version": 1
    }
    "#);
    let opened = secretariat.send("POST", "cycles/me-2026/open", None, &[]).await.expect(200);
    assert_eq!(
        (opened.json()["state"].as_str(), opened.json()["version"].as_i64()),
        (Some("open"), Some(2))
    );
    let again = secretariat.send("POST", "cycles/me-2026/open", None, &[]).await.expect(409);
    assert_eq!(again.json()["code"], "illegal-transition");
    let body = json!({ "comment": "All cities reported." });
    let closed = secretariat.post("cycles/me-2026/close", &body).await.expect(200);
    assert_eq!(closed.json()["state"], "closed");
    secretariat.send("POST", "cycles/me-2026/close", None, &[]).await.expect(409);
    let reopened = secretariat.send("POST", "cycles/me-2026/open", None, &[]).await.expect(200);
    assert_eq!(reopened.json()["version"], 4);
}

#[actix_web::test]
async fn every_signed_in_role_can_read_cycles() {
    let app = TestApp::spawn().await;
    let secretariat = app.secretariat().await;
    for slug in ["me-2027", "me-2026"] {
        secretariat.post("cycles", &cycle_body(slug)).await.expect(201);
    }
    app.anonymous().get("cycles").await.expect(401);
    for caller in [app.reader().await, app.officer("da-nang").await, app.administrator().await] {
        let list = caller.get("cycles").await.expect(200).json();
        let slugs: Vec<_> = list["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|c| c["cycle"].as_str().unwrap())
            .collect();
        assert_eq!(slugs, ["me-2026", "me-2027"]);
        assert_eq!(list["total"], 2);
        let one = caller.get("cycles/me-2026").await.expect(200);
        assert_eq!(one.json()["name"], "M&E 2026");
        caller.get("cycles/me-1999").await.expect(404);
        caller.get("cycles/ME_2026").await.expect(404);
    }
}

#[actix_web::test]
async fn cycle_changes_by_other_roles_are_403() {
    let app = TestApp::spawn().await;
    app.secretariat().await.post("cycles", &cycle_body("me-2026")).await.expect(201);
    let others = [
        app.officer("da-nang").await,
        app.representative("VN").await,
        app.administrator().await,
        app.reader().await,
    ];
    for caller in others {
        // 403 comes before what is wrong with the body.
        caller.post("cycles", &json!({ "nonsense": 1 })).await.expect(403);
        caller.patch("cycles/me-2026", &json!({}), None).await.expect(403);
        caller.send("POST", "cycles/me-2026/open", None, &[]).await.expect(403);
        caller.send("POST", "cycles/me-1999/open", None, &[]).await.expect(404);
    }
}

#[actix_web::test]
async fn create_cycle_with_invalid_values_is_422_naming_each() {
    let app = TestApp::spawn().await;
    let secretariat = app.secretariat().await;
    let empty = secretariat.post("cycles", &json!({})).await.expect(422);
    let expected = ["/cycle", "/name", "/plan_cycle", "/opens_on", "/due_on", "/as_of"];
    assert_eq!(fault_codes(&empty), expected.map(|p| format!("{p} required")));
    let mut wrong = cycle_body("me-2026");
    wrong["plan_cycle"] = json!("1999-2000");
    wrong["due_on"] = json!("2026-02-30");
    wrong["review_due_on"] = json!("soon");
    let wrong = secretariat.post("cycles", &wrong).await.expect(422);
    assert_eq!(fault_codes(&wrong), ["/plan_cycle unknown", "/due_on day", "/review_due_on day"]);
    let allowed = &wrong.json()["errors"][0]["allowed"];
    assert!(allowed.as_array().unwrap().contains(&json!("2018-2025")), "{allowed}");
    let unknown =
        secretariat.post("cycles", &json!({ "cycle": "me-2026", "year": 2026 })).await.expect(400);
    assert_eq!(unknown.json()["errors"][0]["pointer"], "/year");
    secretariat.post("cycles", &cycle_body("me-2026")).await.expect(201);
    // The key is taken: 409 before anything that is wrong with the values.
    let mut taken = cycle_body("me-2026");
    taken["as_of"] = json!("never");
    secretariat.post("cycles", &taken).await.expect(409);
}

#[actix_web::test]
async fn patch_cycle_without_if_match_is_428_and_stale_is_412() {
    let app = TestApp::spawn().await;
    let secretariat = app.secretariat().await;
    let made = secretariat.post("cycles", &cycle_body("me-2026")).await.expect(201);
    let patch = json!({ "due_on": "2027-01-15", "name": "M&E 2026, extended" });
    secretariat.patch("cycles/me-2026", &patch, None).await.expect(428);
    let edited = secretariat.patch("cycles/me-2026", &patch, Some(&made.etag())).await.expect(200);
    assert_eq!(
        (edited.json()["due_on"].as_str(), edited.json()["version"].as_i64()),
        (Some("2027-01-15"), Some(2))
    );
    let stale = secretariat.patch("cycles/me-2026", &patch, Some("\"v1\"")).await.expect(412);
    assert_eq!(
        (stale.json()["changed"]["action"].as_str(), stale.json()["changed"]["version"].as_i64()),
        (Some("edit"), Some(2))
    );
    let reversed = json!({ "opens_on": "2027-06-01" });
    let reversed = secretariat.patch("cycles/me-2026", &reversed, Some("\"v2\"")).await.expect(422);
    assert_eq!(fault_codes(&reversed), ["/due_on order"]);
    for fixed in ["cycle", "plan_cycle", "state"] {
        let body = json!({ fixed: "me-2030" });
        secretariat.patch("cycles/me-2026", &body, Some("\"v2\"")).await.expect(400);
    }
    let body = json!({ "as_of": "2026-11-30" });
    secretariat.patch("cycles/me-2026", &body, Some("\"v2\"")).await.expect(200);
    secretariat
        .send("POST", "cycles/me-2026/open", None, &[("if-match", "\"v2\"")])
        .await
        .expect(412);
    secretariat
        .send("POST", "cycles/me-2026/open", None, &[("if-match", "\"v3\"")])
        .await
        .expect(200);
    let body = json!({ "as_of": "2026-12-31" });
    secretariat.patch("cycles/me-2026", &body, Some("\"v4\"")).await.expect(409);
    let same = json!({ "as_of": "2026-11-30", "review_due_on": null });
    let same = secretariat.patch("cycles/me-2026", &same, Some("\"v4\"")).await.expect(200);
    assert!(same.json()["review_due_on"].is_null());
}

#[actix_web::test]
async fn open_cycle_with_invalid_body_is_400_or_422() {
    let app = TestApp::spawn().await;
    let secretariat = app.secretariat().await;
    secretariat.post("cycles", &cycle_body("me-2026")).await.expect(201);
    let open = "cycles/me-2026/open";
    secretariat.post(open, &json!({ "remark": "x" })).await.expect(400);
    secretariat.post(open, &json!([])).await.expect(400);
    secretariat.post(open, &json!({ "comment": "\u{7}" })).await.expect(422);
    secretariat.post(open, &json!({ "comment": null })).await.expect(200);
}

#[actix_web::test]
async fn second_cycle_of_a_plan_with_the_same_as_of_day_is_422() {
    let app = TestApp::spawn().await;
    let secretariat = app.secretariat().await;
    secretariat.post("cycles", &cycle_body("me-2026")).await.expect(201);
    let mut same = cycle_body("me-2027");
    same["as_of"] = json!("2026-12-31");
    let refused = secretariat.post("cycles", &same).await.expect(422);
    assert_eq!(fault_codes(&refused), ["/as_of duplicate"]);
    assert!(refused.text.contains("me-2026"), "{}", refused.text);
    // Another plan is reported on a list of its own.
    same["plan_cycle"] = json!("2026-2035");
    secretariat.post("cycles", &same).await.expect(201);
    let next = secretariat.post("cycles", &cycle_body("me-2028")).await.expect(201);
    let onto = json!({ "as_of": "2026-12-31" });
    let refused = secretariat.patch("cycles/me-2028", &onto, Some(&next.etag())).await.expect(422);
    assert_eq!(fault_codes(&refused), ["/as_of duplicate"]);
    let onto = json!({ "as_of": "2026-12-30" });
    secretariat.patch("cycles/me-2028", &onto, Some(&next.etag())).await.expect(200);
}
