//! Which acts a report offers to each role in each state.

use serde_json::json;

use super::report_workflow::spawn_with_submitted_report;
use crate::{
    helpers::TestResponse,
    report_fixtures::{file_and_approve, report_path, spawn_with_open_cycle},
};

/// The acts that the caller may do now.
fn show_allowed_actions(report: &TestResponse) -> String {
    let view = report.json();
    let actions = view["allowed_actions"].as_object().unwrap();
    let allowed = actions.iter().filter(|(_, a)| a["allowed"] == true).map(|(n, _)| n.as_str());
    format!("{} {}", report.status, allowed.collect::<Vec<_>>().join(" "))
}

#[actix_web::test]
async fn officer_may_edit_a_draft_and_submit_it_once_it_is_ready() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    let draft = officer.put(&report_path("da-nang-1"), &json!({}), None).await;
    insta::assert_snapshot!(show_allowed_actions(&draft), @"201 comment edit");
    insta::assert_snapshot!(draft.show_members(&["allowed_actions/submit"]), @r#"
    201
    allowed_actions/submit: {
      "allowed": false,
      "reason": "not ready: /status, /achievements, /challenges, /next_steps, /percent_complete, /percent_method"
    }
    "#);
    let ready = officer.write_complete_report("da-nang-1").await;
    insta::assert_snapshot!(show_allowed_actions(&ready), @"200 comment edit submit");
    let sent = officer.take_transition("da-nang-1", "submit").await;
    insta::assert_snapshot!(show_allowed_actions(&sent), @"200 comment withdraw");
}

#[actix_web::test]
async fn representative_may_decide_a_submitted_report_and_reopen_an_approved_one() {
    let app = spawn_with_submitted_report().await;
    let representative = app.representative("VN").await;
    let read = representative.get(&report_path("da-nang-1")).await;
    insta::assert_snapshot!(show_allowed_actions(&read), @"200 approve comment return");
    insta::assert_snapshot!(read.show_members(&["allowed_actions/reopen"]), @r#"
    200
    allowed_actions/reopen: {"allowed": false, "reason": "reopen is not possible while it is submitted"}
    "#);
    let done = representative.take_transition("da-nang-1", "approve").await;
    insta::assert_snapshot!(show_allowed_actions(&done), @"200 comment reopen");
}

#[actix_web::test]
async fn secretariat_may_reopen_an_approved_report_and_a_reader_may_do_nothing() {
    let app = spawn_with_open_cycle().await;
    file_and_approve(&app, "da-nang-1").await;
    let path = report_path("da-nang-1");
    let secretariat = app.secretariat().await.get(&path).await;
    insta::assert_snapshot!(show_allowed_actions(&secretariat), @"200 comment reopen");
    let reader = app.reader().await.get(&path).await;
    insta::assert_snapshot!(show_allowed_actions(&reader), @"200");
}
