//! Comments on reports: said by those who work on them, settled, never changed.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    helpers::TestApp,
    report_fixtures::{report_path, spawn_with_open_cycle},
};

async fn spawn_with_submitted_report() -> (TestApp, String) {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    officer.write_complete_report("da-nang-1").await;
    officer.take_transition("da-nang-1", "submit").await.expect(200);
    (app, format!("{}/comments", report_path("da-nang-1")))
}

#[actix_web::test]
async fn only_officer_representative_and_secretariat_can_comment() {
    let (app, path) = spawn_with_submitted_report().await;
    let callers =
        [app.officer("da-nang").await, app.representative("VN").await, app.secretariat().await];
    for (i, caller) in callers.iter().enumerate() {
        let said = json!({ "text": format!("Remark {i}"), "pointer": "/achievements" });
        let made = caller.post(&path, &said).await.expect(201);
        let location = made.header("location").unwrap().to_owned();
        let read = callers[0].get(&location).await.expect(200);
        assert_eq!((read.text.as_str(), read.etag()), (made.text.as_str(), made.etag()));
    }
    let list = callers[2].get(&path).await.expect(200).json();
    assert_eq!(list["total"], 3);
    insta::assert_json_snapshot!(list["items"][1], { ".id" => "[id]", ".author.id" => "[id]" }, @r#"
    {
      "at": "2026-11-20T03:00:00Z",
      "author": {
        "id": "[id]",
        "name": "national_representative VN"
      },
      "from_city": false,
      "id": "[id]",
      "kind": "note",
      "pointer": "/achievements",
      "reply_to": null,
      "resolved_at": null,
      "resolved_by": null,
      "text": "Remark 1",
      "version": 1
    }
    "#);
    let strangers = [
        app.officer("ha-noi").await,
        app.representative("TH").await,
        app.administrator().await,
        app.reader().await,
    ];
    for stranger in strangers {
        stranger.get(&path).await.expect(404);
        stranger.post(&path, &json!({ "text": "x" })).await.expect(404);
    }
    app.representative("VN").await.take_transition("da-nang-1", "approve").await.expect(200);
    app.reader().await.get(&path).await.expect(403);
    app.reader().await.post(&path, &json!({})).await.expect(403);
}

#[actix_web::test]
async fn comment_with_unknown_field_pointer_is_422() {
    let (app, path) = spawn_with_submitted_report().await;
    let officer = app.officer("da-nang").await;
    for fine in [
        json!(null),
        json!("/milestones/0/completed_on"),
        json!("/project/starts_on"),
        json!("/spent/a~1b"),
    ] {
        officer.post(&path, &json!({ "text": "x", "pointer": fine })).await.expect(201);
    }
    for wrong in ["achievements", "/nonsense", "", "/spent/~2", "/spent/\u{7}"] {
        let refused =
            officer.post(&path, &json!({ "text": "x", "pointer": wrong })).await.expect(422).json();
        assert_eq!(refused["errors"][0]["pointer"], "/pointer", "{wrong:?}");
    }
    let both = officer.post(&path, &json!({ "pointer": "x" })).await.expect(422).json();
    assert_eq!(both["errors"].as_array().unwrap().len(), 2);
    officer.post(&path, &json!({ "text": "x", "kind": "return" })).await.expect(400);
    officer.post(&path, &json!({ "text": 5 })).await.expect(400);
    officer.post(&path, &json!({ "text": "x".repeat(10_001) })).await.expect(422);
}

#[actix_web::test]
async fn resolve_comment_needs_if_match_and_keeps_the_text() {
    let (app, path) = spawn_with_submitted_report().await;
    let (officer, representative) = (app.officer("da-nang").await, app.representative("VN").await);
    let made = representative.post(&path, &json!({ "text": "Which districts?" })).await.expect(201);
    let one = format!("{path}/{}", made.json()["id"].as_str().unwrap());
    let settle = json!({ "resolved": true });
    officer.patch(&one, &settle, None).await.expect(428);
    officer.patch(&one, &settle, Some("\"v2\"")).await.expect(412);
    officer.patch(&one, &json!({ "text": "Other words" }), Some("\"v1\"")).await.expect(400);
    officer.patch(&one, &json!({ "resolved": null }), Some("\"v1\"")).await.expect(422);
    let answer = json!({ "text": "All of them.", "reply_to": made.json()["id"] });
    officer.post(&path, &answer).await.expect(201);
    let settled = officer.patch(&one, &settle, Some(&made.etag())).await.expect(200).json();
    assert_eq!(
        (settled["resolved_by"]["name"].as_str(), settled["version"].as_i64()),
        (Some("city_officer da-nang"), Some(2))
    );
    assert_eq!(
        (settled["text"].as_str(), settled["author"]["name"].as_str()),
        (Some("Which districts?"), Some("national_representative VN"))
    );
    // Settling it twice leaves the name of who did it first.
    let twice = representative.patch(&one, &settle, Some("\"v2\"")).await.expect(200).json();
    assert_eq!(twice, settled);
    let open = representative
        .patch(&one, &json!({ "resolved": false }), Some("\"v2\""))
        .await
        .expect(200)
        .json();
    assert_eq!(
        (open["resolved_at"].clone(), open["resolved_by"].clone(), open["version"].as_i64()),
        (Value::Null, Value::Null, Some(3))
    );
}

#[actix_web::test]
async fn comment_of_another_report_is_404() {
    let (app, path) = spawn_with_submitted_report().await;
    crate::report_fixtures::insert_project(&app, "da-nang", 2).await;
    let officer = app.officer("da-nang").await;
    officer.write_complete_report("da-nang-2").await;
    let made = officer.post(&path, &json!({ "text": "x" })).await.expect(201);
    let id = made.json()["id"].as_str().unwrap().to_owned();
    officer.get(&format!("{}/comments/{id}", report_path("da-nang-2"))).await.expect(404);
    officer.get(&format!("{path}/{}", Uuid::nil())).await.expect(404);
    officer.get(&format!("{path}/one")).await.expect(404);
    // What is not there comes before what is wrong with the body.
    officer.patch(&format!("{path}/{}", Uuid::nil()), &json!({ "x": 1 }), None).await.expect(404);
    app.reader().await.patch(&format!("{path}/{id}"), &json!({ "x": 1 }), None).await.expect(404);
}

#[actix_web::test]
async fn list_comments_paginates_in_creation_order() {
    let (app, path) = spawn_with_submitted_report().await;
    let officer = app.officer("da-nang").await;
    for i in 0..5 {
        officer.post(&path, &json!({ "text": format!("{i}") })).await.expect(201);
    }
    let mut said = Vec::new();
    let mut query = "?limit=2".to_owned();
    loop {
        let page = officer.get(&format!("{path}{query}")).await.expect(200).json();
        assert_eq!(page["total"], 5);
        said.extend(
            page["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|c| c["text"].as_str().unwrap().to_owned()),
        );
        let Value::String(next) = &page["next"] else { break };
        query = format!("?limit=2&cursor={next}");
    }
    assert_eq!(said, ["0", "1", "2", "3", "4"]);
}

#[actix_web::test]
async fn comment_on_a_never_submitted_report_is_409() {
    let app = spawn_with_open_cycle().await;
    let (officer, path) =
        (app.officer("da-nang").await, format!("{}/comments", report_path("da-nang-1")));
    let said = json!({ "text": "A note to myself" });
    let draft = officer.write_complete_report("da-nang-1").await.json();
    assert_eq!(draft["allowed_actions"]["comment"]["allowed"], false);
    let refused = officer.post(&path, &said).await.expect(409).json();
    assert_eq!(refused["code"], "illegal-transition");
    // What the state forbids is said before what is wrong with the text.
    officer.post(&path, &json!({})).await.expect(409);
    app.representative("VN").await.post(&path, &said).await.expect(403);
    app.secretariat().await.post(&path, &said).await.expect(403);
    app.officer("ha-noi").await.post(&path, &said).await.expect(404);
    officer.take_transition("da-nang-1", "submit").await.expect(200);
    officer.post(&path, &said).await.expect(201);
    // Withdrawn, it is a draft again, and is still talked about.
    let back = officer.take_transition("da-nang-1", "withdraw").await.expect(200).json();
    assert_eq!(back["allowed_actions"]["comment"]["allowed"], true);
    officer.post(&path, &said).await.expect(201);
    assert_eq!(officer.get(&path).await.json()["total"], 2);
}
