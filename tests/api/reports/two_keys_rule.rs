//! Two keys: nobody decides on what they had a hand in, until somebody else has approved it.

use ascn_tracker::domain::user::Role;
use serde_json::json;
use uuid::Uuid;

use crate::{
    helpers::{Caller, TestApp, TestResponse},
    report_fixtures::{
        complete_report_body, cycle_body, da_nang_scope, file_and_approve, insert_grant,
        report_path, spawn_with_open_cycle, viet_nam_scope,
    },
};

const BOTH: [Role; 2] = [Role::CityOfficer, Role::NationalRepresentative];

/// Somebody who is officer of Da Nang and representative of Viet Nam.
async fn officer_and_representative<'a>(app: &'a TestApp, name: &str) -> (Uuid, Caller<'a>) {
    let grants = [(BOTH[0], da_nang_scope()), (BOTH[1], viet_nam_scope())];
    let (id, token) = app.insert_user(name, &grants).await;
    (id, app.bearer(&token))
}

#[track_caller]
fn assert_forbidden(answer: TestResponse, words: &str) {
    let text = answer.expect(403).json()["detail"].as_str().unwrap().to_owned();
    assert!(text.contains(words), "{text}");
}

const OWN: &str = "you had a hand in it";
const BEHALF: &str = "the person you act for had a hand in it";

async fn submit_report(app: &TestApp) {
    let officer = app.officer("da-nang").await;
    officer.write_complete_report("da-nang-1").await;
    officer.take_transition("da-nang-1", "submit").await.expect(200);
}

#[actix_web::test]
async fn representative_cannot_approve_own_edit() {
    let app = spawn_with_open_cycle().await;
    let (_, both) = officer_and_representative(&app, "both").await;
    both.write_complete_report("da-nang-1").await;
    app.officer("da-nang").await.take_transition("da-nang-1", "submit").await.expect(200);
    assert_forbidden(both.take_transition("da-nang-1", "approve").await, OWN);
    assert_forbidden(both.take_transition_with_comment("da-nang-1", "return", "x").await, OWN);
    // The refusal comes before what is wrong with the body.
    assert_forbidden(
        both.post(&format!("{}/return", report_path("da-nang-1")), &json!([])).await,
        OWN,
    );
    let view = both.get(&report_path("da-nang-1")).await.json();
    assert_eq!(
        view["allowed_actions"]["approve"]["reason"],
        "you had a hand in it that nobody else has approved yet"
    );
    app.representative("VN").await.take_transition("da-nang-1", "approve").await.expect(200);
}

#[actix_web::test]
async fn representative_cannot_approve_own_submission() {
    let app = spawn_with_open_cycle().await;
    let (_, both) = officer_and_representative(&app, "both").await;
    app.officer("da-nang").await.write_complete_report("da-nang-1").await;
    both.take_transition("da-nang-1", "submit").await.expect(200);
    assert_forbidden(both.take_transition("da-nang-1", "approve").await, OWN);
}

#[actix_web::test]
async fn representative_cannot_approve_after_own_project_edit() {
    let app = spawn_with_open_cycle().await;
    let (_, both) = officer_and_representative(&app, "both").await;
    let etag = both.get("projects/da-nang-1").await.etag();
    both.patch("projects/da-nang-1", &json!({ "title": "Renamed" }), Some(&etag)).await.expect(200);
    submit_report(&app).await;
    assert_forbidden(both.take_transition("da-nang-1", "approve").await, OWN);
}

#[actix_web::test]
async fn representative_cannot_approve_after_own_part_edit() {
    let parts = [
        ("milestones", json!({ "title": "Opened", "due_on": "2025-06-30", "weight": 1 })),
        (
            "indicators",
            json!({ "name": "Minutes lost", "kind": "outcome", "unit": "min", "better": "down" }),
        ),
        ("partnerships", json!({ "as_stated": "A bank", "role": "lender", "stage": "mou" })),
    ];
    for (kind, body) in parts {
        let app = spawn_with_open_cycle().await;
        let (_, both) = officer_and_representative(&app, "both").await;
        let made = both.post(&format!("projects/da-nang-1/{kind}"), &body).await.expect(201);
        submit_report(&app).await;
        assert_forbidden(both.take_transition("da-nang-1", "approve").await, OWN);
        // Taking it away again washes no hands.
        let path = format!("projects/da-nang-1/{kind}/{}", made.json()["id"].as_str().unwrap());
        app.officer("da-nang").await.delete(&path, Some(&made.etag())).await.expect(200);
        assert_forbidden(both.take_transition("da-nang-1", "approve").await, OWN);
    }
}

#[actix_web::test]
async fn withdrawing_and_commenting_do_not_make_a_contributor() {
    let app = spawn_with_open_cycle().await;
    let (_, both) = officer_and_representative(&app, "both").await;
    let officer = app.officer("da-nang").await;
    submit_report(&app).await;
    both.take_transition("da-nang-1", "withdraw").await.expect(200);
    let comments = format!("{}/comments", report_path("da-nang-1"));
    both.post(&comments, &json!({ "text": "Which districts?" })).await.expect(201);
    officer.take_transition("da-nang-1", "submit").await.expect(200);
    both.take_transition("da-nang-1", "approve").await.expect(200);
}

#[actix_web::test]
async fn withdrawal_does_not_reset_contributors() {
    let app = spawn_with_open_cycle().await;
    let (_, both) = officer_and_representative(&app, "both").await;
    both.write_complete_report("da-nang-1").await;
    both.take_transition("da-nang-1", "submit").await.expect(200);
    both.take_transition("da-nang-1", "withdraw").await.expect(200);
    let officer = app.officer("da-nang").await;
    officer.write_complete_report("da-nang-1").await;
    officer.take_transition("da-nang-1", "submit").await.expect(200);
    assert_forbidden(both.take_transition("da-nang-1", "approve").await, OWN);
}

#[actix_web::test]
async fn changed_grants_do_not_reset_contributors() {
    let app = spawn_with_open_cycle().await;
    let (id, token) = app.insert_user("turncoat", &[(Role::CityOfficer, da_nang_scope())]).await;
    app.bearer(&token).write_complete_report("da-nang-1").await;
    app.officer("da-nang").await.take_transition("da-nang-1", "submit").await.expect(200);
    let user = app.administrator().await.get(&format!("users/{id}")).await.expect(200).json();
    let grant = user["grants"][0]["id"].as_str().unwrap().to_owned();
    app.administrator().await.delete(&format!("users/{id}/grants/{grant}"), None).await.expect(200);
    insert_grant(&app, id, Role::NationalRepresentative, viet_nam_scope(), None).await;
    assert_forbidden(app.bearer(&token).take_transition("da-nang-1", "approve").await, OWN);
}

#[actix_web::test]
async fn alternate_of_a_contributor_cannot_approve() {
    let app = spawn_with_open_cycle().await;
    let (principal, both) = officer_and_representative(&app, "both").await;
    let (alternate, token) = app.insert_user("alternate", &[]).await;
    insert_grant(&app, alternate, BOTH[1], viet_nam_scope(), Some(principal)).await;
    let alternate = app.bearer(&token);
    both.write_complete_report("da-nang-1").await;
    both.take_transition("da-nang-1", "submit").await.expect(200);
    assert_forbidden(alternate.take_transition("da-nang-1", "approve").await, BEHALF);
    assert_forbidden(
        alternate.take_transition_with_comment("da-nang-1", "return", "x").await,
        BEHALF,
    );
}

#[actix_web::test]
async fn principal_cannot_approve_what_an_alternate_edited() {
    let app = spawn_with_open_cycle().await;
    let (principal, both) = officer_and_representative(&app, "both").await;
    let (alternate, token) = app.insert_user("alternate", &[]).await;
    insert_grant(&app, alternate, BOTH[0], da_nang_scope(), Some(principal)).await;
    app.bearer(&token).write_complete_report("da-nang-1").await;
    app.officer("da-nang").await.take_transition("da-nang-1", "submit").await.expect(200);
    assert_forbidden(both.take_transition("da-nang-1", "approve").await, OWN);
}

#[actix_web::test]
async fn alternate_of_a_non_contributor_can_approve() {
    let app = spawn_with_open_cycle().await;
    submit_report(&app).await;
    let (principal, _) = app.insert_user("principal", &[(BOTH[1], viet_nam_scope())]).await;
    let (alternate, token) = app.insert_user("alternate", &[]).await;
    insert_grant(&app, alternate, BOTH[1], viet_nam_scope(), Some(principal)).await;
    app.bearer(&token).take_transition("da-nang-1", "approve").await.expect(200);
    let history = app
        .secretariat()
        .await
        .get(&format!("{}/history", report_path("da-nang-1")))
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

/// Renames the project.
async fn rename_project(caller: &Caller<'_>, title: &str) {
    let etag = caller.get("projects/da-nang-1").await.etag();
    let patch = json!({ "title": title });
    caller.patch("projects/da-nang-1", &patch, Some(&etag)).await.expect(200);
}

async fn reopen_report(app: &TestApp) {
    app.representative("VN")
        .await
        .take_transition_with_comment("da-nang-1", "reopen", "The sum is wrong.")
        .await
        .expect(200);
}

/// Opens a cycle of the same plan cycle, and answers the path of the report of `da-nang-1` in it.
async fn open_cycle(app: &TestApp, cycle: &str) -> String {
    let secretariat = app.secretariat().await;
    secretariat.post("cycles", &cycle_body(cycle)).await.expect(201);
    secretariat.send("POST", &format!("cycles/{cycle}/open"), None, &[]).await.expect(200);
    format!("projects/da-nang-1/reports/{cycle}")
}

/// Files the report at a path, by Da Nang's officer.
async fn file_at(app: &TestApp, path: &str) {
    let officer = app.officer("da-nang").await;
    officer.put(path, &complete_report_body(), None).await.expect(201);
    officer.send("POST", &format!("{path}/submit"), None, &[]).await.expect(200);
}

#[actix_web::test]
async fn return_keeps_contributors() {
    let app = spawn_with_open_cycle().await;
    let (_, both) = officer_and_representative(&app, "both").await;
    let (officer, representative) = (app.officer("da-nang").await, app.representative("VN").await);
    both.write_complete_report("da-nang-1").await;
    officer.take_transition("da-nang-1", "submit").await.expect(200);
    representative
        .take_transition_with_comment("da-nang-1", "return", "Once more.")
        .await
        .expect(200);
    officer.write_complete_report("da-nang-1").await;
    officer.take_transition("da-nang-1", "submit").await.expect(200);
    assert_forbidden(both.take_transition("da-nang-1", "approve").await, OWN);
}

#[actix_web::test]
async fn reopening_keeps_contributors() {
    let app = spawn_with_open_cycle().await;
    let (_, both) = officer_and_representative(&app, "both").await;
    file_and_approve(&app, "da-nang-1").await;
    rename_project(&both, "Renamed").await;
    reopen_report(&app).await;
    submit_report(&app).await;
    // A colleague wrote and submitted the report, but the title is that of the caller.
    assert_forbidden(both.take_transition("da-nang-1", "approve").await, OWN);
    app.representative("VN").await.take_transition("da-nang-1", "approve").await.expect(200);
}

#[actix_web::test]
async fn approval_by_somebody_else_ends_a_contribution() {
    let app = spawn_with_open_cycle().await;
    let (_, both) = officer_and_representative(&app, "both").await;
    both.write_complete_report("da-nang-1").await;
    rename_project(&both, "Renamed").await;
    let parts = "projects/da-nang-1/milestones";
    for title in ["Opened", "Extended"] {
        let milestone = json!({ "title": title, "due_on": "2025-06-30", "weight": 1 });
        both.post(parts, &milestone).await.expect(201);
    }
    let milestones = both.get(parts).await.json();
    let removed = format!("{parts}/{}", milestones["items"][0]["id"].as_str().unwrap());
    both.delete(&removed, Some("\"v1\"")).await.expect(200);
    both.take_transition("da-nang-1", "submit").await.expect(200);
    assert_forbidden(both.take_transition("da-nang-1", "approve").await, OWN);
    app.representative("VN").await.take_transition("da-nang-1", "approve").await.expect(200);
    reopen_report(&app).await;
    submit_report(&app).await;
    both.take_transition("da-nang-1", "approve").await.expect(200);
}

#[actix_web::test]
async fn project_change_after_the_submission_counts_after_the_approval() {
    let app = spawn_with_open_cycle().await;
    let (_, both) = officer_and_representative(&app, "both").await;
    submit_report(&app).await;
    rename_project(&both, "Renamed").await;
    let approved =
        app.representative("VN").await.take_transition("da-nang-1", "approve").await.expect(200);
    assert_ne!(approved.json()["header"]["title"], "Renamed");
    reopen_report(&app).await;
    submit_report(&app).await;
    assert_forbidden(both.take_transition("da-nang-1", "approve").await, OWN);
}

#[actix_web::test]
async fn project_change_counts_until_a_report_of_any_cycle_was_approved() {
    // An officer who mends a title and is the representative in a later cycle.
    let app = spawn_with_open_cycle().await;
    let (_, both) = officer_and_representative(&app, "both").await;
    let later = open_cycle(&app, "me-2027").await;
    rename_project(&both, "Renamed").await;
    file_at(&app, &later).await;
    let approve = format!("{later}/approve");
    assert_forbidden(both.send("POST", &approve, None, &[]).await, OWN);
    file_and_approve(&app, "da-nang-1").await;
    both.send("POST", &approve, None, &[]).await.expect(200);
}

#[actix_web::test]
async fn report_text_counts_until_this_report_was_approved() {
    let app = spawn_with_open_cycle().await;
    let (_, both) = officer_and_representative(&app, "both").await;
    let later = open_cycle(&app, "me-2027").await;
    both.put(&later, &complete_report_body(), None).await.expect(201);
    file_and_approve(&app, "da-nang-1").await;
    app.officer("da-nang")
        .await
        .send("POST", &format!("{later}/submit"), None, &[])
        .await
        .expect(200);
    assert_forbidden(both.send("POST", &format!("{later}/approve"), None, &[]).await, OWN);
}

#[actix_web::test]
async fn approval_makes_no_contributor() {
    let app = spawn_with_open_cycle().await;
    let (_, both) = officer_and_representative(&app, "both").await;
    submit_report(&app).await;
    let done = both.take_transition_with_comment("da-nang-1", "approve", "Good work.").await;
    done.expect(200);
    reopen_report(&app).await;
    submit_report(&app).await;
    both.take_transition("da-nang-1", "approve").await.expect(200);
}

#[actix_web::test]
async fn contributor_of_one_report_can_approve_another() {
    let app = spawn_with_open_cycle().await;
    crate::report_fixtures::insert_project(&app, "da-nang", 2).await;
    let (_, both) = officer_and_representative(&app, "both").await;
    both.write_complete_report("da-nang-2").await;
    submit_report(&app).await;
    both.take_transition("da-nang-1", "approve").await.expect(200);
}
