//! What a report needs before it can be submitted.

use serde_json::{Value, json};

use crate::{
    answer_snapshot::show_items,
    helpers::TestApp,
    report_fixtures::{
        complete_report_body, cycle_body, file_and_approve, report_path, spawn_with_open_cycle,
    },
};

#[actix_web::test]
async fn readiness_lists_the_same_faults_as_submit() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    let path = report_path("da-nang-1");
    let body = json!({ "status": "suspended", "percent_complete": 5 });
    officer.put(&path, &body, None).await.expect(201);
    let readiness = officer.get(&format!("{path}/readiness")).await;
    insta::assert_snapshot!(readiness.show(), @r#"
    200
    {
      "missing": [
        {
          "code": "required",
          "detail": "a value is required",
          "pointer": "/achievements",
          "title": "Achievements"
        },
        {
          "code": "required",
          "detail": "a value is required",
          "pointer": "/challenges",
          "title": "Challenges"
        },
        {
          "code": "required",
          "detail": "a value is required",
          "pointer": "/next_steps",
          "title": "Next steps"
        },
        {
          "code": "required",
          "detail": "a value is required",
          "pointer": "/percent_method",
          "title": "How progress is measured"
        },
        {
          "code": "required",
          "detail": "a value is required",
          "pointer": "/status_reason",
          "title": "Reason of the status"
        }
      ],
      "ready": false
    }
    "#);
    let refused = officer.take_transition("da-nang-1", "submit").await.expect(422).json();
    let members = ["pointer", "code"];
    assert_eq!(
        show_items(&refused["errors"], &members),
        show_items(&readiness.json()["missing"], &members)
    );
    assert_eq!(officer.get(&path).await.json()["state"], "draft");
}

#[actix_web::test]
async fn submit_with_invalid_comment_is_422_naming_it_beside_the_missing_values() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    let body = json!({ "status": "suspended", "percent_complete": 5 });
    officer.put(&report_path("da-nang-1"), &body, None).await.expect(201);
    let both = officer.take_transition_with_comment("da-nang-1", "submit", "\u{1}").await;
    let errors = both.expect(422).json()["errors"].clone();
    insta::assert_snapshot!(show_items(&errors, &["pointer", "code"]), @"
    /comment control_character
    /achievements required
    /challenges required
    /next_steps required
    /percent_method required
    /status_reason required
    ");
}

/// An approved report in `me-2026`, and `me-2027` open.
async fn spawn_with_approved_report_and_next_cycle() -> TestApp {
    let app = spawn_with_open_cycle().await;
    file_and_approve(&app, "da-nang-1").await;
    let secretariat = app.secretariat().await;
    let mut next = cycle_body("me-2027");
    next["as_of"] = json!("2027-12-31");
    secretariat.post("cycles", &next).await.expect(201);
    secretariat.send("POST", "cycles/me-2027/open", None, &[]).await.expect(200);
    app
}

const NEXT: &str = "projects/da-nang-1/reports/me-2027";

/// A complete report whose status goes back to `planning`.
fn planning_body() -> Value {
    let mut body = complete_report_body();
    body["status"] = json!("planning");
    body
}

#[actix_web::test]
async fn status_going_back_without_reason_is_not_ready() {
    let app = spawn_with_approved_report_and_next_cycle().await;
    let officer = app.officer("da-nang").await;
    let mut body = planning_body();
    let draft = officer.put(NEXT, &body, None).await;
    insta::assert_snapshot!(draft.show_members(&["readiness"]), @r#"
    201
    readiness: {
      "missing": [
        {
          "code": "required",
          "detail": "a value is required",
          "pointer": "/status_reason",
          "title": "Reason of the status"
        }
      ],
      "ready": false
    }
    "#);
    body["status_reason"] = json!("The tender has to be repeated.");
    let draft = officer.put(NEXT, &body, Some(&draft.etag())).await;
    insta::assert_snapshot!(draft.show_members(&["readiness"]), @r#"
    200
    readiness: {"missing": [], "ready": true}
    "#);
}

#[actix_web::test]
async fn readiness_of_an_earlier_cycle_ignores_the_status_of_a_later_one() {
    let app = spawn_with_approved_report_and_next_cycle().await;
    let (officer, representative) = (app.officer("da-nang").await, app.representative("VN").await);
    let mut body = planning_body();
    body["status_reason"] = json!("The tender has to be repeated.");
    officer.put(NEXT, &body, None).await.expect(201);
    officer.send("POST", &format!("{NEXT}/submit"), None, &[]).await.expect(200);
    representative.send("POST", &format!("{NEXT}/approve"), None, &[]).await.expect(200);
    let reopened =
        representative.take_transition_with_comment("da-nang-1", "reopen", "Correct the sum.");
    reopened.await.expect(200);
    assert_eq!(officer.get(&report_path("da-nang-1")).await.json()["readiness"]["ready"], true);
}
