//! Comments on reports: said by those who work on them, settled, never changed.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    helpers::{Caller, TestApp},
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
      "question": false,
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

/// The texts of the comments that a caller is answered.
async fn list_texts(caller: &Caller<'_>, path: &str) -> Vec<String> {
    let list = caller.get(path).await.expect(200).json();
    let items = list["items"].as_array().unwrap().clone();
    assert_eq!(list["total"], items.len());
    items.iter().map(|c| c["text"].as_str().unwrap().to_owned()).collect()
}

#[actix_web::test]
async fn only_the_city_comments_on_a_never_submitted_report() {
    let app = spawn_with_open_cycle().await;
    let (officer, path) =
        (app.officer("da-nang").await, format!("{}/comments", report_path("da-nang-1")));
    let said = json!({ "text": "A note to myself" });
    // There is no report yet.
    officer.post(&path, &said).await.expect(404);
    let draft = officer.write_complete_report("da-nang-1").await.json();
    assert_eq!(draft["allowed_actions"]["comment"]["allowed"], true);
    officer.post(&path, &said).await.expect(201);
    officer.post(&path, &json!({})).await.expect(422);
    officer.post(&path, &json!({ "text": "x", "question": "yes" })).await.expect(400);
    for reviewer in [app.representative("VN").await, app.secretariat().await] {
        reviewer.post(&path, &said).await.expect(403);
        reviewer.get(&path).await.expect(403);
    }
    app.officer("ha-noi").await.post(&path, &said).await.expect(404);
    // Notes of the city wait for nobody.
    officer.take_transition("da-nang-1", "submit").await.expect(200);
    officer.take_transition("da-nang-1", "withdraw").await.expect(200);
    officer.post(&path, &said).await.expect(201);
    assert_eq!(officer.get(&path).await.json()["total"], 2);
}

#[actix_web::test]
async fn question_on_a_never_submitted_report_is_read_by_reviewers_alone() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    let (report, path) =
        (report_path("da-nang-1"), format!("{}/comments", report_path("da-nang-1")));
    officer.write_complete_report("da-nang-1").await;
    let note = officer.post(&path, &json!({ "text": "Ask the bank." })).await.expect(201).json();
    let question = json!({ "text": "Does the loan count?", "pointer": "/spent", "question": true });
    let question = officer.post(&path, &question).await.expect(201).json();
    assert_eq!((&note["question"], &question["question"]), (&json!(false), &json!(true)));
    let one = |comment: &Value| format!("{path}/{}", comment["id"].as_str().unwrap());
    for reviewer in [app.representative("VN").await, app.secretariat().await] {
        assert_eq!(list_texts(&reviewer, &path).await, ["Does the loan count?"]);
        assert_eq!(reviewer.get(&one(&question)).await.expect(200).json(), question);
        reviewer.get(&one(&note)).await.expect(403);
        // Nothing else of the draft.
        for part in ["", "/readiness", "/history", "/diff?since=approved"] {
            reviewer.get(&format!("{report}{part}")).await.expect(403);
        }
        let settle = json!({ "resolved": true });
        reviewer.patch(&one(&question), &settle, Some("\"v1\"")).await.expect(403);
        reviewer.post(&path, &json!({ "text": "It does." })).await.expect(403);
    }
    let strangers =
        [app.officer("ha-noi").await, app.representative("TH").await, app.reader().await];
    for stranger in strangers {
        stranger.get(&path).await.expect(404);
        stranger.get(&one(&question)).await.expect(404);
    }
    assert_eq!(list_texts(&officer, &path).await, ["Ask the bank.", "Does the loan count?"]);
    // The journal shows the secretariat nothing of either.
    let journal = app.secretariat().await.get("journal?entity=comment").await.expect(200).json();
    let entries = journal["items"].as_array().unwrap();
    assert_eq!(entries.len(), 2);
    assert!(entries.iter().all(|entry| entry["record"].is_null()), "{journal}");
    // With the submission the reviewers read all comments. A question blocks nothing.
    officer.take_transition("da-nang-1", "submit").await.expect(200);
    let representative = app.representative("VN").await;
    assert_eq!(list_texts(&representative, &path).await, ["Ask the bank.", "Does the loan count?"]);
}

#[actix_web::test]
async fn comment_of_an_approval_has_its_own_kind_and_blocks_nothing() {
    let (app, path) = spawn_with_submitted_report().await;
    let (officer, representative) = (app.officer("da-nang").await, app.representative("VN").await);
    let done = representative.take_transition_with_comment("da-nang-1", "approve", "Good work.");
    done.await.expect(200);
    let list = officer.get(&path).await.expect(200).json();
    assert_eq!(
        (list["items"][0]["kind"].as_str(), list["items"][0]["text"].as_str()),
        (Some("approve"), Some("Good work."))
    );
    representative
        .take_transition_with_comment("da-nang-1", "reopen", "The sum is wrong.")
        .await
        .expect(200);
    let view = officer.write_complete_report("da-nang-1").await.json();
    assert_eq!(view["readiness"], json!({ "ready": true, "missing": [] }));
    officer.take_transition("da-nang-1", "submit").await.expect(200);
    let valid = app.secretariat().await.get("journal/verify").await.expect(200).json();
    assert_eq!(valid["valid"], true);
}
