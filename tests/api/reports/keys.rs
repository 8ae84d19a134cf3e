//! Two keys: nobody decides on what they had a hand in since its last decision.

use ascn_tracker::domain::user::Role;
use serde_json::json;
use uuid::Uuid;

use crate::{
    filing::{approve, da_nang, desk, give, ready, report, viet_nam},
    helpers::{Answered, Caller, TestApp},
};

const BOTH: [Role; 2] = [Role::CityOfficer, Role::NationalRepresentative];

/// Somebody who is officer of Da Nang and representative of Viet Nam.
async fn both<'a>(app: &'a TestApp, name: &str) -> (Uuid, Caller<'a>) {
    let grants = [(BOTH[0], da_nang()), (BOTH[1], viet_nam())];
    let (id, token) = app.user(name, &grants).await;
    (id, app.bearer(&token))
}

#[track_caller]
fn refused(answer: Answered, words: &str) {
    let text = answer.expect(403).json()["detail"].as_str().unwrap().to_owned();
    assert!(text.contains(words), "{text}");
}

const OWN: &str = "you had a hand in it";
const BEHALF: &str = "the person you act for had a hand in it";

async fn submitted(app: &TestApp) {
    let officer = app.officer("da-nang").await;
    officer.file("da-nang-1").await;
    officer.act("da-nang-1", "submit").await.expect(200);
}

#[actix_web::test]
async fn who_edited_it_does_not_decide() {
    let app = desk().await;
    let (_, both) = both(&app, "both").await;
    both.file("da-nang-1").await;
    app.officer("da-nang").await.act("da-nang-1", "submit").await.expect(200);
    refused(both.act("da-nang-1", "approve").await, OWN);
    refused(both.act_because("da-nang-1", "return", "x").await, OWN);
    // The refusal comes before what is wrong with the body.
    refused(both.post(&format!("{}/return", report("da-nang-1")), &json!([])).await, OWN);
    let view = both.get(&report("da-nang-1")).await.json();
    assert_eq!(
        view["allowed_actions"]["approve"]["reason"],
        "you had a hand in it since its last decision"
    );
    app.representative("VN").await.act("da-nang-1", "approve").await.expect(200);
}

#[actix_web::test]
async fn who_submitted_it_does_not_decide() {
    let app = desk().await;
    let (_, both) = both(&app, "both").await;
    app.officer("da-nang").await.file("da-nang-1").await;
    both.act("da-nang-1", "submit").await.expect(200);
    refused(both.act("da-nang-1", "approve").await, OWN);
}

#[actix_web::test]
async fn who_changed_the_project_does_not_decide() {
    let app = desk().await;
    let (_, both) = both(&app, "both").await;
    let etag = both.get("projects/da-nang-1").await.etag();
    both.patch("projects/da-nang-1", &json!({ "title": "Renamed" }), Some(&etag)).await.expect(200);
    submitted(&app).await;
    refused(both.act("da-nang-1", "approve").await, OWN);
}

#[actix_web::test]
async fn who_changed_a_milestone_an_indicator_or_a_partnership_does_not_decide() {
    let parts = [
        ("milestones", json!({ "title": "Opened", "due_on": "2025-06-30", "weight": 1 })),
        (
            "indicators",
            json!({ "name": "Minutes lost", "kind": "outcome", "unit": "min", "better": "down" }),
        ),
        ("partnerships", json!({ "as_stated": "A bank", "role": "lender", "stage": "mou" })),
    ];
    for (kind, body) in parts {
        let app = desk().await;
        let (_, both) = both(&app, "both").await;
        let made = both.post(&format!("projects/da-nang-1/{kind}"), &body).await.expect(201);
        submitted(&app).await;
        refused(both.act("da-nang-1", "approve").await, OWN);
        // Taking it away again washes no hands.
        let path = format!("projects/da-nang-1/{kind}/{}", made.json()["id"].as_str().unwrap());
        app.officer("da-nang").await.delete(&path, Some(&made.etag())).await.expect(200);
        refused(both.act("da-nang-1", "approve").await, OWN);
    }
}

#[actix_web::test]
async fn withdrawing_and_commenting_add_no_hand() {
    let app = desk().await;
    let (_, both) = both(&app, "both").await;
    let officer = app.officer("da-nang").await;
    submitted(&app).await;
    both.act("da-nang-1", "withdraw").await.expect(200);
    let comments = format!("{}/comments", report("da-nang-1"));
    both.post(&comments, &json!({ "text": "Which districts?" })).await.expect(201);
    officer.act("da-nang-1", "submit").await.expect(200);
    both.act("da-nang-1", "approve").await.expect(200);
}

#[actix_web::test]
async fn withdrawing_does_not_wash_hands() {
    let app = desk().await;
    let (_, both) = both(&app, "both").await;
    both.file("da-nang-1").await;
    both.act("da-nang-1", "submit").await.expect(200);
    both.act("da-nang-1", "withdraw").await.expect(200);
    let officer = app.officer("da-nang").await;
    officer.file("da-nang-1").await;
    officer.act("da-nang-1", "submit").await.expect(200);
    refused(both.act("da-nang-1", "approve").await, OWN);
}

#[actix_web::test]
async fn losing_the_grant_or_gaining_another_does_not_wash_hands() {
    let app = desk().await;
    let (id, token) = app.user("turncoat", &[(Role::CityOfficer, da_nang())]).await;
    app.bearer(&token).file("da-nang-1").await;
    app.officer("da-nang").await.act("da-nang-1", "submit").await.expect(200);
    let user = app.administrator().await.get(&format!("users/{id}")).await.expect(200).json();
    let grant = user["grants"][0]["id"].as_str().unwrap().to_owned();
    app.administrator().await.delete(&format!("users/{id}/grants/{grant}"), None).await.expect(200);
    give(&app, id, Role::NationalRepresentative, viet_nam(), None).await;
    refused(app.bearer(&token).act("da-nang-1", "approve").await, OWN);
}

#[actix_web::test]
async fn an_alternate_does_not_decide_for_somebody_who_had_a_hand_in_it() {
    let app = desk().await;
    let (principal, both) = both(&app, "both").await;
    let (alternate, token) = app.user("alternate", &[]).await;
    give(&app, alternate, BOTH[1], viet_nam(), Some(principal)).await;
    let alternate = app.bearer(&token);
    both.file("da-nang-1").await;
    both.act("da-nang-1", "submit").await.expect(200);
    refused(alternate.act("da-nang-1", "approve").await, BEHALF);
    refused(alternate.act_because("da-nang-1", "return", "x").await, BEHALF);
}

#[actix_web::test]
async fn somebody_for_whom_an_alternate_wrote_does_not_decide() {
    let app = desk().await;
    let (principal, both) = both(&app, "both").await;
    let (alternate, token) = app.user("alternate", &[]).await;
    give(&app, alternate, BOTH[0], da_nang(), Some(principal)).await;
    app.bearer(&token).file("da-nang-1").await;
    app.officer("da-nang").await.act("da-nang-1", "submit").await.expect(200);
    refused(both.act("da-nang-1", "approve").await, OWN);
}

#[actix_web::test]
async fn an_alternate_decides_in_the_name_of_somebody_with_clean_hands() {
    let app = desk().await;
    submitted(&app).await;
    let (principal, _) = app.user("principal", &[(BOTH[1], viet_nam())]).await;
    let (alternate, token) = app.user("alternate", &[]).await;
    give(&app, alternate, BOTH[1], viet_nam(), Some(principal)).await;
    app.bearer(&token).act("da-nang-1", "approve").await.expect(200);
    let history = app
        .secretariat()
        .await
        .get(&format!("{}/history", report("da-nang-1")))
        .await
        .expect(200)
        .json();
    let newest = &history["items"][0];
    assert_eq!(
        (newest["action"].as_str(), newest["actor"]["name"].as_str()),
        (Some("approve"), Some("alternate"))
    );
    assert_eq!(newest["acting_for"]["name"], "principal");
}

#[actix_web::test]
async fn a_decision_starts_afresh() {
    let app = desk().await;
    let (_, both) = both(&app, "both").await;
    let (officer, representative) = (app.officer("da-nang").await, app.representative("VN").await);
    both.file("da-nang-1").await;
    officer.act("da-nang-1", "submit").await.expect(200);
    representative.act_because("da-nang-1", "return", "Once more.").await.expect(200);
    officer.file("da-nang-1").await;
    officer.act("da-nang-1", "submit").await.expect(200);
    both.act("da-nang-1", "approve").await.expect(200);
}

#[actix_web::test]
async fn a_reopening_starts_afresh() {
    let app = desk().await;
    let (_, both) = both(&app, "both").await;
    let (officer, representative) = (app.officer("da-nang").await, app.representative("VN").await);
    approve(&app, "da-nang-1").await;
    // A hand between the approval and the reopening is of the past after it.
    let etag = both.get("projects/da-nang-1").await.etag();
    both.patch("projects/da-nang-1", &json!({ "title": "Renamed" }), Some(&etag)).await.expect(200);
    representative.act_because("da-nang-1", "reopen", "The sum is wrong.").await.expect(200);
    officer
        .put(&report("da-nang-1"), &ready(), Some(&officer.get(&report("da-nang-1")).await.etag()))
        .await
        .expect(200);
    officer.act("da-nang-1", "submit").await.expect(200);
    both.act("da-nang-1", "approve").await.expect(200);
}

#[actix_web::test]
async fn a_hand_in_one_report_is_none_in_another() {
    let app = desk().await;
    crate::filing::project(&app, "da-nang", 2).await;
    let (_, both) = both(&app, "both").await;
    both.file("da-nang-2").await;
    submitted(&app).await;
    both.act("da-nang-1", "approve").await.expect(200);
}
