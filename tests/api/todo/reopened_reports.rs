//! Reports that were reopened in a closed cycle, and wait for an extension.

use serde_json::json;

use super::read_todo;
use crate::{
    answer_snapshot::{show_json, show_members},
    helpers::TestApp,
    operation_fixture::close_cycle,
    report_fixtures::{CYCLE, file_and_approve, insert_project, spawn_with_open_cycle},
};

/// A closed cycle: the report of `da-nang-1` was approved and reopened, that of `da-nang-2` never submitted.
async fn spawn_with_reopened_report() -> TestApp {
    let app = spawn_with_open_cycle().await;
    insert_project(&app, "da-nang", 2).await;
    file_and_approve(&app, "da-nang-1").await;
    // The cycle closes without this one, and nothing more is to be done about it.
    app.officer("da-nang").await.write_complete_report("da-nang-2").await;
    close_cycle(&app, CYCLE).await;
    let representative = app.representative("VN").await;
    representative.take_transition_with_comment("da-nang-1", "reopen", "A slip.").await.expect(200);
    app
}

#[actix_web::test]
async fn todo_of_officer_lists_report_reopened_in_a_closed_cycle_as_needs_extension() {
    let app = spawn_with_reopened_report().await;
    let todo = read_todo(&app.officer("da-nang").await).await;
    assert_eq!(todo["officer"], json!([]), "the cycle takes no reports");
    insta::assert_snapshot!(show_json(&todo["needs_extension"]), @r#"
    [
      {
        "city": "da-nang",
        "cycle": "me-2026",
        "missing": [
          {
            "code": "closed",
            "detail": "the cycle is closed for this city: an extension is needed",
            "pointer": "/cycle",
            "title": "Cycle"
          }
        ],
        "project": "da-nang-1",
        "returned": {
          "at": "2026-11-20T03:00:00Z",
          "by": {"id": "[id]", "name": "national_representative VN"},
          "comment_id": "[id]",
          "text": "A slip."
        },
        "title": "Project 1 of da-nang"
      }
    ]
    "#);
    assert_eq!(todo["counts"]["needs_extension"], 1);
}

#[actix_web::test]
async fn todo_of_representative_lists_the_reports_that_need_an_extension() {
    let app = spawn_with_reopened_report().await;
    let own = read_todo(&app.officer("da-nang").await).await;
    let seen = read_todo(&app.representative("VN").await).await;
    assert_eq!(seen["representative"]["needs_extension"], own["needs_extension"]);
    assert_eq!(seen["counts"]["needs_extension"], 1);
    assert_eq!(seen["needs_extension"], json!([]), "that list is the city's");
    for other in [app.officer("ha-noi").await, app.representative("TH").await] {
        let todo = read_todo(&other).await;
        assert_eq!(todo["counts"]["needs_extension"], 0, "{todo}");
    }
}

#[actix_web::test]
async fn extension_moves_the_reopened_report_to_the_returned_ones() {
    let app = spawn_with_reopened_report().await;
    let more = json!({ "due_on": "2027-01-15", "reason": "A correction." });
    let extension = format!("cycles/{CYCLE}/extensions/da-nang");
    app.secretariat().await.put(&extension, &more, None).await.expect(201);
    let todo = read_todo(&app.officer("da-nang").await).await;
    let members = ["needs_extension", "officer/0/returned/0/project"];
    insta::assert_snapshot!(show_members(&todo, &members), @r#"
    needs_extension: []
    officer/0/returned/0/project: "da-nang-1"
    "#);
    let seen = read_todo(&app.representative("VN").await).await;
    assert_eq!(seen["representative"]["needs_extension"], json!([]));
}
