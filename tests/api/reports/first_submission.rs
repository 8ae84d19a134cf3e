//! The first submission of a report in its cycle decides whether the report is late.

use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::{
    answer_snapshot::show_items,
    helpers::{Caller, TestApp},
    report_fixtures::{CYCLE, cycle_body, file_and_approve, insert_project, report_path},
};

/// A service with an open cycle and three projects of Da Nang, half a minute before the due day ends there.
async fn spawn_before_the_due_day_ends() -> TestApp {
    let app = TestApp::spawn().await;
    app.clock.set("2026-12-31T16:59:30Z".parse().unwrap());
    let secretariat = app.secretariat().await;
    secretariat.post("cycles", &cycle_body(CYCLE)).await.expect(201);
    secretariat.send("POST", &format!("cycles/{CYCLE}/open"), None, &[]).await.expect(200);
    for number in [1, 2, 3] {
        insert_project(&app, "da-nang", number).await;
    }
    app
}

async fn submit_again_and_approve(app: &TestApp, project: &str) {
    let (officer, representative) = (app.officer("da-nang").await, app.representative("VN").await);
    representative.take_transition_with_comment(project, "reopen", "Correct it.").await.expect(200);
    officer.write_complete_report(project).await;
    officer.take_transition(project, "submit").await.expect(200);
    representative.take_transition(project, "approve").await.expect(200);
}

/// The reports of the list, each with `first_submitted_at`.
async fn list_late(caller: &Caller<'_>, late: bool) -> String {
    let list = caller.get(&format!("reports?late={late}")).await.expect(200).json();
    show_items(&list["items"], &["project", "late", "first_submitted_at"])
}

#[actix_web::test]
async fn report_submitted_in_time_is_not_late_after_a_correction() {
    let app = spawn_before_the_due_day_ends().await;
    file_and_approve(&app, "da-nang-1").await;
    app.clock.advance(TimeDelta::minutes(1));
    file_and_approve(&app, "da-nang-2").await;
    for project in ["da-nang-1", "da-nang-2"] {
        submit_again_and_approve(&app, project).await;
    }
    let (officer, reader) = (app.officer("da-nang").await, app.reader().await);
    let own = officer.get(&report_path("da-nang-1")).await;
    insta::assert_snapshot!(own.show_members(&["late", "first_submitted_at", "submitted_at"]), @r#"
    200
    late: false
    first_submitted_at: "2026-12-31T16:59:30Z"
    submitted_at: "2026-12-31T17:00:30Z"
    "#);
    let read = reader.get(&report_path("da-nang-2")).await;
    insta::assert_snapshot!(read.show_members(&["late", "first_submitted_at", "submitted_at"]), @r#"
    200
    late: true
    first_submitted_at: null
    submitted_at: "2026-12-31T17:00:30Z"
    "#);
    assert_eq!(list_late(&officer, true).await, "da-nang-2 true 2026-12-31T17:00:30Z");
    assert_eq!(list_late(&officer, false).await, "da-nang-1 false 2026-12-31T16:59:30Z");
    assert_eq!(list_late(&reader, true).await, "da-nang-2 true null");
    assert_eq!(list_late(&reader, false).await, "da-nang-1 false null");
    // The third report was not begun.
    for (caller, late) in [(&officer, 2), (&reader, 1)] {
        let coverage = caller.get("figures/coverage?cycle=me-2026").await.expect(200).json();
        let city = coverage["cities"].as_array().unwrap().iter().find(|c| c["city"] == "da-nang");
        assert_eq!(city.unwrap()["late"], late);
    }
    let secretariat = app.secretariat().await;
    secretariat.send("POST", &format!("cycles/{CYCLE}/close"), None, &[]).await.expect(200);
    secretariat.post("releases", &json!({ "cycle": CYCLE })).await.expect(201);
    let released = reader.get("releases/me-2026-r1/reports").await.expect(200).json();
    assert_eq!(
        show_items(&released["items"], &["project", "late"]),
        "da-nang-1 false\nda-nang-2 true"
    );
    let coverage = reader.get("releases/me-2026-r1/figures/coverage").await.expect(200).json();
    assert_eq!(coverage["total"]["late"], 1);
    let verified = reader.get("releases/me-2026-r1/verify").await.expect(200).json();
    assert_eq!(verified["valid"], true);
}

#[actix_web::test]
async fn extension_after_a_late_submission_changes_nothing() {
    let app = spawn_before_the_due_day_ends().await;
    app.clock.advance(TimeDelta::minutes(1));
    let officer = app.officer("da-nang").await;
    officer.write_complete_report("da-nang-1").await;
    let sent = officer.take_transition("da-nang-1", "submit").await.expect(200).json();
    assert_eq!(sent["late"], true);
    let more = json!({ "due_on": "2027-02-28", "reason": "Flood." });
    let extension = format!("cycles/{CYCLE}/extensions/da-nang");
    app.secretariat().await.put(&extension, &more, None).await.expect(201);
    assert_eq!(officer.get(&report_path("da-nang-1")).await.json()["late"], true);
    assert_eq!(list_late(&officer, true).await, "da-nang-1 true 2026-12-31T17:00:30Z");
    // A report that is submitted now is in time.
    officer.write_complete_report("da-nang-2").await;
    let sent = officer.take_transition("da-nang-2", "submit").await.expect(200).json();
    assert_eq!(sent["late"], false);
    assert_eq!(list_late(&officer, false).await, "da-nang-2 false 2026-12-31T17:00:30Z");
}

#[actix_web::test]
async fn withdrawal_takes_the_first_submission_back_unless_it_was_returned() {
    let app = spawn_before_the_due_day_ends().await;
    let (officer, representative) = (app.officer("da-nang").await, app.representative("VN").await);
    for project in ["da-nang-1", "da-nang-2"] {
        officer.write_complete_report(project).await;
        officer.take_transition(project, "submit").await.expect(200);
    }
    representative.take_transition_with_comment("da-nang-2", "return", "Why?").await.expect(200);
    officer.take_transition("da-nang-2", "submit").await.expect(200);
    app.clock.advance(TimeDelta::minutes(1));
    let withdrawn = officer.take_transition("da-nang-1", "withdraw").await.expect(200).json();
    assert_eq!(
        (&withdrawn["late"], &withdrawn["first_submitted_at"]),
        (&json!(true), &Value::Null)
    );
    let kept = officer.take_transition("da-nang-2", "withdraw").await.expect(200).json();
    assert_eq!(
        (&kept["late"], &kept["first_submitted_at"], &kept["submitted_at"]),
        (&json!(false), &json!("2026-12-31T16:59:30Z"), &Value::Null)
    );
    assert_eq!(list_late(&officer, true).await, "da-nang-1 true null");
    assert_eq!(list_late(&officer, false).await, "da-nang-2 false 2026-12-31T16:59:30Z");
    let journal = app.secretariat().await.get("journal/verify").await.expect(200).json();
    assert_eq!(journal["valid"], true);
}
