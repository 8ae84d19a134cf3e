//! Carrying a report forward, and the statement that nothing changed.

use serde_json::{Value, json};

use crate::{
    helpers::{TestApp, pointers},
    report_fixtures::{CYCLE, cycle_body, file_and_approve, report_path, spawn_with_open_cycle},
};

pub const NEXT: &str = "projects/da-nang-1/reports/me-2027";

/// A project with an approved report, and the next cycle open.
pub async fn spawn_with_next_cycle_open() -> TestApp {
    let app = spawn_with_open_cycle().await;
    file_and_approve(&app, "da-nang-1").await;
    let mut next = cycle_body("me-2027");
    for day in ["opens_on", "due_on", "as_of"] {
        next[day] = json!(next[day].as_str().unwrap().replace("2026", "2027"));
    }
    next["review_due_on"] = json!(null);
    let secretariat = app.secretariat().await;
    secretariat.post("cycles", &next).await.expect(201);
    secretariat.send("POST", "cycles/me-2027/open", None, &[]).await.expect(200);
    app
}

#[actix_web::test]
async fn prefill_returns_the_last_approved_report() {
    let app = spawn_with_next_cycle_open().await;
    let officer = app.officer("da-nang").await;
    let body = officer.get(&format!("{NEXT}/prefill")).await.expect(200).json();
    assert_eq!(
        (body["status"].as_str(), body["percent_complete"].as_f64()),
        (Some("ongoing"), Some(62.5))
    );
    assert_eq!(body["unchanged"], false);
    // It is a body that a report takes as it is.
    let filed = officer.put(NEXT, &body, None).await.expect(201).json();
    for (name, value) in body.as_object().unwrap() {
        assert_eq!(&filed[name], value, "{name}");
    }
    // What was typed since is not carried: only what was approved.
    let mut typed = body.clone();
    typed["achievements"] = json!("Typed and not approved.");
    officer.put(NEXT, &typed, Some("\"v1\"")).await.expect(200);
    let again = officer.get(&format!("{NEXT}/prefill")).await.expect(200).json();
    assert_eq!(again, body);
    app.representative("VN").await.get(&format!("{NEXT}/prefill")).await.expect(403);
    app.officer("ha-noi").await.get(&format!("{NEXT}/prefill")).await.expect(404);
}

#[actix_web::test]
async fn prefill_of_a_first_report_is_empty() {
    let app = spawn_with_open_cycle().await;
    let path = format!("{}/prefill", report_path("da-nang-1"));
    let body = app.officer("da-nang").await.get(&path).await.expect(200).json();
    assert!(body["status"].is_null() && body["milestones"] == json!([]));
    app.officer("da-nang").await.put(&report_path("da-nang-1"), &body, None).await.expect(201);
    let path = format!("projects/da-nang-9/reports/{CYCLE}/prefill");
    app.officer("da-nang").await.get(&path).await.expect(404);
}

#[actix_web::test]
async fn unchanged_report_with_changed_numbers_is_422() {
    let app = spawn_with_next_cycle_open().await;
    let officer = app.officer("da-nang").await;
    let mut body = officer.get(&format!("{NEXT}/prefill")).await.expect(200).json();
    body["unchanged"] = json!(true);
    let with = |name: &str, value: Value| {
        let mut other = body.clone();
        other[name] = value;
        other
    };
    let refused = officer.put(NEXT, &with("percent_complete", json!(70)), None).await.expect(422);
    assert_eq!(pointers(&refused), ["/percent_complete"]);
    assert!(refused.text.contains("it was 62.5"), "{}", refused.text);
    let two = with("status", json!("completed"));
    assert_eq!(pointers(&officer.put(NEXT, &two, None).await.expect(422)), ["/status"]);
    officer.get(NEXT).await.expect(404);
    // Words may differ: they say how it stands, not how far.
    let filed = officer.put(NEXT, &with("next_steps", json!("As before.")), None).await.expect(201);
    assert_eq!(filed.json()["unchanged"], true);
    officer.send("POST", &format!("{NEXT}/submit"), None, &[]).await.expect(200);
}

#[actix_web::test]
async fn submitting_unchanged_without_an_earlier_report_is_422() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    let body = json!({ "status": "planning", "unchanged": true });
    // A draft may say so: the report of the year before may still be under review.
    officer.put(&report_path("da-nang-1"), &body, None).await.expect(201);
    let refused = officer.take_transition("da-nang-1", "submit").await.expect(422);
    assert!(pointers(&refused).contains(&"/unchanged".to_owned()), "{}", refused.text);
}

#[actix_web::test]
async fn submitting_unchanged_after_the_earlier_report_was_corrected_is_422() {
    let app = spawn_with_next_cycle_open().await;
    let officer = app.officer("da-nang").await;
    let mut body = officer.get(&format!("{NEXT}/prefill")).await.expect(200).json();
    body["unchanged"] = json!(true);
    officer.put(NEXT, &body, None).await.expect(201);
    // Meanwhile the report of the year before is taken up again and corrected.
    let representative = app.representative("VN").await;
    representative
        .take_transition_with_comment("da-nang-1", "reopen", "The share is wrong.")
        .await
        .expect(200);
    let before = officer.get(&report_path("da-nang-1")).await.expect(200);
    let mut corrected = crate::report_fixtures::complete_report_body();
    corrected["percent_complete"] = json!(55);
    officer.put(&report_path("da-nang-1"), &corrected, Some(&before.etag())).await.expect(200);
    officer.take_transition("da-nang-1", "submit").await.expect(200);
    representative.take_transition("da-nang-1", "approve").await.expect(200);
    let readiness = officer.get(&format!("{NEXT}/readiness")).await.expect(200).json();
    assert_eq!(
        readiness["missing"],
        json!([{
            "pointer": "/percent_complete",
            "code": "changed",
            "title": "Percent complete",
            "detail": "the report says that nothing changed, but it was 55"
        }])
    );
    let refused = officer.send("POST", &format!("{NEXT}/submit"), None, &[]).await.expect(422);
    assert_eq!(pointers(&refused), ["/percent_complete"]);
}
