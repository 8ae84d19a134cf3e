//! Carrying a report forward, and the statement that nothing changed.

use serde_json::{Value, json};

use crate::{
    filing::{CYCLE, approve, cycle, desk, report},
    helpers::{TestApp, pointers},
};

pub const NEXT: &str = "projects/da-nang-1/reports/me-2027";

/// A project with an approved report, and the next cycle open.
pub async fn a_year_later() -> TestApp {
    let app = desk().await;
    approve(&app, "da-nang-1").await;
    let mut next = cycle("me-2027");
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
async fn a_report_begins_with_what_was_last_approved() {
    let app = a_year_later().await;
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
async fn a_first_report_begins_empty() {
    let app = desk().await;
    let path = format!("{}/prefill", report("da-nang-1"));
    let body = app.officer("da-nang").await.get(&path).await.expect(200).json();
    assert!(body["status"].is_null() && body["milestones"] == json!([]));
    app.officer("da-nang").await.put(&report("da-nang-1"), &body, None).await.expect(201);
    let path = format!("projects/da-nang-9/reports/{CYCLE}/prefill");
    app.officer("da-nang").await.get(&path).await.expect(404);
}

#[actix_web::test]
async fn a_report_that_says_nothing_changed_is_held_to_it() {
    let app = a_year_later().await;
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
async fn what_was_never_reported_cannot_be_unchanged() {
    let app = desk().await;
    let officer = app.officer("da-nang").await;
    let body = json!({ "status": "planning", "unchanged": true });
    // A draft may say so: the report of the year before may still be under review.
    officer.put(&report("da-nang-1"), &body, None).await.expect(201);
    let refused = officer.act("da-nang-1", "submit").await.expect(422);
    assert!(pointers(&refused).contains(&"/unchanged".to_owned()), "{}", refused.text);
}

#[actix_web::test]
async fn a_statement_that_no_longer_holds_blocks_the_submission() {
    let app = a_year_later().await;
    let officer = app.officer("da-nang").await;
    let mut body = officer.get(&format!("{NEXT}/prefill")).await.expect(200).json();
    body["unchanged"] = json!(true);
    officer.put(NEXT, &body, None).await.expect(201);
    // Meanwhile the report of the year before is taken up again and corrected.
    let representative = app.representative("VN").await;
    representative.act_because("da-nang-1", "reopen", "The share is wrong.").await.expect(200);
    let before = officer.get(&report("da-nang-1")).await.expect(200);
    let mut corrected = crate::filing::ready();
    corrected["percent_complete"] = json!(55);
    officer.put(&report("da-nang-1"), &corrected, Some(&before.etag())).await.expect(200);
    officer.act("da-nang-1", "submit").await.expect(200);
    representative.act("da-nang-1", "approve").await.expect(200);
    let readiness = officer.get(&format!("{NEXT}/readiness")).await.expect(200).json();
    assert_eq!(
        readiness["missing"],
        json!([{ "pointer": "/percent_complete", "code": "changed" }])
    );
    let refused = officer.send("POST", &format!("{NEXT}/submit"), None, &[]).await.expect(422);
    assert_eq!(pointers(&refused), ["/percent_complete"]);
}
