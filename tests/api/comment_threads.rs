//! Threads of comments: replies, settling, and what a resubmission has to answer.

use serde_json::{Value, json};

use crate::{
    helpers::{TestApp, pointers},
    report_fixtures::{report_path, spawn_with_open_cycle},
};

async fn spawn_with_submitted_report() -> (TestApp, String) {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    officer.write_complete_report("da-nang-1").await;
    officer.take_transition("da-nang-1", "submit").await.expect(200);
    (app, format!("{}/comments", report_path("da-nang-1")))
}

async fn ask_question(app: &TestApp, path: &str) -> Value {
    let question = json!({ "text": "Which districts?", "pointer": "/achievements" });
    app.representative("VN").await.post(path, &question).await.expect(201).json()
}

#[actix_web::test]
async fn resubmitting_with_an_unanswered_comment_is_422() {
    let (app, path) = spawn_with_submitted_report().await;
    let question = ask_question(&app, &path).await;
    let id = question["id"].as_str().unwrap();
    app.representative("VN")
        .await
        .take_transition_with_comment("da-nang-1", "return", "See my question.")
        .await
        .expect(200);
    let officer = app.officer("da-nang").await;
    officer.write_complete_report("da-nang-1").await;
    let refused = officer.take_transition("da-nang-1", "submit").await.expect(422);
    assert_eq!(pointers(&refused), [format!("/comments/{id}")]);
    let view = officer.get(&report_path("da-nang-1")).await.expect(200).json();
    assert_eq!(view["readiness"]["missing"][0]["code"], "unanswered");
    assert_eq!(view["allowed_actions"]["submit"]["allowed"], false);
    let reply = json!({ "text": "Hai Chau and Son Tra.", "reply_to": id });
    let reply = officer.post(&path, &reply).await.expect(201).json();
    assert_eq!(
        (reply["reply_to"].as_str(), reply["pointer"].as_str()),
        (Some(id), Some("/achievements"))
    );
    assert_eq!(reply["from_city"], true);
    officer.take_transition("da-nang-1", "submit").await.expect(200);
    // The words of the return stand as they were said.
    let list = officer.get(&path).await.expect(200).json();
    let returned =
        list["items"].as_array().unwrap().iter().find(|c| c["kind"] == "return").unwrap();
    assert_eq!(returned["text"], "See my question.");
}

#[actix_web::test]
async fn resolved_thread_allows_resubmission_and_a_new_question_blocks_it() {
    let (app, path) = spawn_with_submitted_report().await;
    let question = ask_question(&app, &path).await;
    let id = question["id"].as_str().unwrap().to_owned();
    let officer = app.officer("da-nang").await;
    officer.take_transition("da-nang-1", "withdraw").await.expect(200);
    officer.take_transition("da-nang-1", "submit").await.expect(422);
    let one = format!("{path}/{id}");
    let representative = app.representative("VN").await;
    let settled =
        representative.patch(&one, &json!({ "resolved": true }), Some("\"v1\"")).await.expect(200);
    assert_eq!(settled.json()["resolved_by"]["name"], "national_representative VN");
    officer.take_transition("da-nang-1", "submit").await.expect(200);
    officer.take_transition("da-nang-1", "withdraw").await.expect(200);
    let opened =
        representative.patch(&one, &json!({ "resolved": false }), Some("\"v2\"")).await.expect(200);
    assert!(opened.json()["resolved_at"].is_null());
    officer.take_transition("da-nang-1", "submit").await.expect(422);
    let reply = |text: &str| json!({ "text": text, "reply_to": id });
    officer.post(&path, &reply("All of them.")).await.expect(201);
    representative.post(&path, &reply("Since when?")).await.expect(201);
    officer.take_transition("da-nang-1", "submit").await.expect(422);
    officer.post(&path, &reply("Since March.")).await.expect(201);
    officer.take_transition("da-nang-1", "submit").await.expect(200);
}

#[actix_web::test]
async fn city_resolving_an_unanswered_question_is_409() {
    let (app, path) = spawn_with_submitted_report().await;
    let question = ask_question(&app, &path).await;
    let id = question["id"].as_str().unwrap();
    let one = format!("{path}/{id}");
    let settle = json!({ "resolved": true });
    let (officer, representative) = (app.officer("da-nang").await, app.representative("VN").await);
    let refused = officer.patch(&one, &settle, Some("\"v1\"")).await.expect(409).json();
    assert_eq!(refused["code"], "conflict");
    assert!(refused["detail"].as_str().unwrap().contains("reply to it first"), "{refused}");
    assert_eq!(officer.get(&one).await.json()["resolved_at"], Value::Null);
    // What is stale or cannot be read is said before.
    officer.patch(&one, &settle, Some("\"v7\"")).await.expect(412);
    officer.patch(&one, &json!({ "resolved": null }), Some("\"v1\"")).await.expect(422);
    officer.patch(&one, &json!({ "resolved": false }), Some("\"v1\"")).await.expect(200);
    let reply = |text: &str| json!({ "text": text, "reply_to": id });
    officer.post(&path, &reply("Hai Chau.")).await.expect(201);
    // The reviewers asked on: it is the city's turn again.
    representative.post(&path, &reply("Since when?")).await.expect(201);
    officer.patch(&one, &settle, Some("\"v1\"")).await.expect(409);
    officer.post(&path, &reply("Since March.")).await.expect(201);
    let settled = officer.patch(&one, &settle, Some("\"v1\"")).await.expect(200).json();
    assert_eq!(settled["resolved_by"]["name"], "city_officer da-nang");
    // What the city began itself, it settles without more words; the secretariat settles what it asked.
    let own = officer.post(&path, &json!({ "text": "Photos follow." })).await.expect(201);
    let own = format!("{path}/{}", own.json()["id"].as_str().unwrap());
    officer.patch(&own, &settle, Some("\"v1\"")).await.expect(200);
    let other = ask_question(&app, &path).await;
    let other = format!("{path}/{}", other["id"].as_str().unwrap());
    app.secretariat().await.patch(&other, &settle, Some("\"v1\"")).await.expect(200);
}

#[actix_web::test]
async fn reply_reopens_a_resolved_thread() {
    let (app, path) = spawn_with_submitted_report().await;
    let question = ask_question(&app, &path).await;
    let id = question["id"].as_str().unwrap();
    let one = format!("{path}/{id}");
    let settle = json!({ "resolved": true });
    let (officer, representative) = (app.officer("da-nang").await, app.representative("VN").await);
    officer.take_transition("da-nang-1", "withdraw").await.expect(200);
    let reply = |text: &str| json!({ "text": text, "reply_to": id });
    officer.post(&path, &reply("Hai Chau.")).await.expect(201);
    officer.patch(&one, &settle, Some("\"v1\"")).await.expect(200);
    let more = representative.post(&path, &reply("And Son Tra?")).await.expect(201).json();
    assert_eq!((more["resolved_at"].clone(), &more["reply_to"]), (Value::Null, &question["id"]));
    let opened = officer.get(&one).await.json();
    assert_eq!(
        (&opened["resolved_at"], &opened["resolved_by"], &opened["version"]),
        (&Value::Null, &Value::Null, &json!(3))
    );
    // The question waits again, and blocks.
    let refused = officer.take_transition("da-nang-1", "submit").await.expect(422);
    assert_eq!(pointers(&refused), [format!("/comments/{id}")]);
    representative.patch(&one, &settle, Some("\"v3\"")).await.expect(200);
    officer.post(&path, &reply("Son Tra too.")).await.expect(201);
    assert_eq!(officer.get(&one).await.json()["resolved_at"], Value::Null);
    // Its last word is that of the city.
    officer.take_transition("da-nang-1", "submit").await.expect(200);
    let valid = app.secretariat().await.get("journal/verify").await.expect(200).json();
    assert_eq!(valid["valid"], true);
}

#[actix_web::test]
async fn reply_to_a_reply_belongs_to_the_same_thread() {
    let (app, path) = spawn_with_submitted_report().await;
    let question = ask_question(&app, &path).await;
    let officer = app.officer("da-nang").await;
    let first = json!({ "text": "Two.", "reply_to": question["id"] });
    let first = officer.post(&path, &first).await.expect(201).json();
    let second = json!({ "text": "Three.", "reply_to": first["id"] });
    let second = officer.post(&path, &second).await.expect(201).json();
    assert_eq!(second["reply_to"], question["id"]);
    let one = format!("{path}/{}", second["id"].as_str().unwrap());
    officer.patch(&one, &json!({ "resolved": true }), Some("\"v1\"")).await.expect(409);
    let elsewhere = json!({ "text": "x", "reply_to": question["id"], "pointer": "/challenges" });
    assert_eq!(pointers(&officer.post(&path, &elsewhere).await.expect(422)), ["/pointer"]);
    for unknown in [json!("nonsense"), json!("019346a0-0000-7000-8000-000000000000")] {
        let body = json!({ "text": "x", "reply_to": unknown });
        assert_eq!(pointers(&officer.post(&path, &body).await.expect(422)), ["/reply_to"]);
    }
}

#[actix_web::test]
async fn comment_of_the_city_does_not_block_resubmission() {
    let (app, path) = spawn_with_submitted_report().await;
    let officer = app.officer("da-nang").await;
    officer.post(&path, &json!({ "text": "Photos follow." })).await.expect(201);
    officer.take_transition("da-nang-1", "withdraw").await.expect(200);
    officer.take_transition("da-nang-1", "submit").await.expect(200);
}

#[actix_web::test]
async fn review_keeps_edited_by_and_submitted_by() {
    let (app, _) = spawn_with_submitted_report().await;
    app.representative("VN")
        .await
        .take_transition_with_comment("da-nang-1", "return", "More.")
        .await
        .expect(200);
    let view = app.officer("da-nang").await.get(&report_path("da-nang-1")).await.expect(200).json();
    assert_eq!(view["edited_by"]["name"], "city_officer da-nang");
    assert_eq!(view["submitted_by"]["name"], "city_officer da-nang");
    assert_eq!(view["decided_by"]["name"], "national_representative VN");
    crate::report_fixtures::file_and_approve(&app, "da-nang-1").await;
    let stranger = app.reader().await.get(&report_path("da-nang-1")).await.expect(200).json();
    assert!(stranger["edited_by"].is_null() && stranger["edited_at"].is_null());
}
