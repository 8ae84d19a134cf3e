//! Reports that were not approved when their cycle was released.

use serde_json::json;

use super::{amend_report, publish_release};
use crate::{
    answer_snapshot::show_items,
    helpers::TestApp,
    operation_fixture::close_cycle,
    report_fixtures::{
        CYCLE, complete_report_body, file_and_approve, insert_project, report_path,
        spawn_with_open_cycle,
    },
};

const EXTENSION: &str = "cycles/me-2026/extensions/da-nang";

/// A closed cycle: the report of `da-nang-1` is approved, that of `da-nang-2` is submitted.
async fn spawn_with_submitted_report_in_closed_cycle() -> TestApp {
    let app = spawn_with_open_cycle().await;
    insert_project(&app, "da-nang", 2).await;
    file_and_approve(&app, "da-nang-1").await;
    let officer = app.officer("da-nang").await;
    officer.put(&report_path("da-nang-2"), &complete_report_body(), None).await.expect(201);
    officer.take_transition("da-nang-2", "submit").await.expect(200);
    close_cycle(&app, CYCLE).await;
    app
}

#[actix_web::test]
async fn deciding_a_report_that_was_not_in_the_release_is_409() {
    let app = spawn_with_submitted_report_in_closed_cycle().await;
    let representative = app.representative("VN").await;
    let path = report_path("da-nang-2");
    let approve = "allowed_actions/approve/allowed";
    insta::assert_snapshot!(representative.get(&path).await.show_members(&[approve]), @"
    200
    allowed_actions/approve/allowed: true
    ");
    publish_release(&app, None).await;
    insta::assert_snapshot!(representative.get(&path).await.show_members(&[approve]), @"
    200
    allowed_actions/approve/allowed: false
    ");
    let decide = |act| representative.take_transition_with_comment("da-nang-2", act, "Too late.");
    let detail = ["code", "detail"];
    insta::assert_snapshot!(decide("approve").await.show_members(&detail), @r#"
    409
    code: "illegal-transition"
    detail: "approve is not possible while it is in a cycle that is closed and released without it, until the secretariat opens that again"
    "#);
    insta::assert_snapshot!(decide("return").await.show_members(&detail), @r#"
    409
    code: "illegal-transition"
    detail: "return is not possible while it is in a cycle that is closed and released without it, until the secretariat opens that again"
    "#);
}

#[actix_web::test]
async fn extension_after_the_release_takes_no_report_that_was_left_out() {
    let app = spawn_with_submitted_report_in_closed_cycle().await;
    publish_release(&app, None).await;
    let (officer, representative) = (app.officer("da-nang").await, app.representative("VN").await);
    let granted = json!({ "due_on": "2027-06-30", "reason": "An amendment." });
    representative.put(EXTENSION, &granted, None).await.expect(201);
    insert_project(&app, "da-nang", 3).await;
    let written = officer.put(&report_path("da-nang-3"), &complete_report_body(), None).await;
    insta::assert_snapshot!(written.show_members(&["code", "detail"]), @r#"
    409
    code: "illegal-transition"
    detail: "edit is not possible while it is in a cycle that is closed and released without it, until the secretariat opens that again"
    "#);
    officer.take_transition("da-nang-2", "withdraw").await.expect(200);
    let submitted = officer.take_transition("da-nang-2", "submit").await;
    insta::assert_snapshot!(submitted.show_members(&["code", "detail"]), @r#"
    409
    code: "illegal-transition"
    detail: "submit is not possible while it is in a cycle that is closed and released without it, until the secretariat opens that again"
    "#);
    let tag = representative.get(EXTENSION).await.expect(200).etag();
    representative.delete(EXTENSION, Some(&tag)).await.expect(200);
}

#[actix_web::test]
async fn reopened_cycle_takes_the_report_left_out_and_the_next_release_adds_it() {
    let app = spawn_with_submitted_report_in_closed_cycle().await;
    publish_release(&app, None).await;
    let (officer, representative) = (app.officer("da-nang").await, app.representative("VN").await);
    let mut other = complete_report_body();
    other["next_steps"] = json!("None.");
    amend_report(&app, "da-nang-1", "A word was missing.", &other).await;
    officer.take_transition("da-nang-2", "withdraw").await.expect(200);
    let open = format!("cycles/{CYCLE}/open");
    app.secretariat().await.send("POST", &open, None, &[]).await.expect(200);
    officer.take_transition("da-nang-2", "submit").await.expect(200);
    representative.take_transition("da-nang-2", "approve").await.expect(200);
    close_cycle(&app, CYCLE).await;
    let second = publish_release(&app, None).await;
    insta::assert_snapshot!(show_items(&second["errata"], &["project", "change"]), @"
    da-nang-1 changed
    da-nang-2 added
    ");
}
