//! What waits for the secretariat: coverage, and submissions that are not decided in time.

use ascn_tracker::domain::{
    id::Id,
    user::{Role, Scope},
};
use serde_json::Value;

use super::read_todo;
use crate::{
    answer_snapshot::{show_items, show_json},
    helpers::TestApp,
    report_fixtures::{file_and_approve, insert_project, spawn_with_open_cycle},
};

/// An approved report, `da-nang-2` submitted, and a project of Thailand without a report.
async fn spawn_with_submitted_report() -> TestApp {
    let app = spawn_with_open_cycle().await;
    insert_project(&app, "da-nang", 2).await;
    insert_project(&app, "phuket", 1).await;
    file_and_approve(&app, "da-nang-1").await;
    let officer = app.officer("da-nang").await;
    officer.write_complete_report("da-nang-2").await;
    officer.take_transition("da-nang-2", "submit").await.expect(200);
    app
}

#[actix_web::test]
async fn todo_of_secretariat_shows_coverage_by_country() {
    let app = spawn_with_submitted_report().await;
    let todo = read_todo(&app.secretariat().await).await;
    let members = ["country", "cycle", "projects", "to_write", "submitted", "approved"];
    // Each country with an expected city. Timor-Leste has one city, which joined in the year of the cut-off.
    insta::assert_snapshot!(show_items(&todo["secretariat"]["coverage"], &members), @"
    BN me-2026 0 0 0 0
    ID me-2026 0 0 0 0
    KH me-2026 0 0 0 0
    LA me-2026 0 0 0 0
    MM me-2026 0 0 0 0
    MY me-2026 0 0 0 0
    PH me-2026 0 0 0 0
    SG me-2026 0 0 0 0
    TH me-2026 1 1 0 0
    VN me-2026 2 0 1 1
    ");
    assert_eq!(todo["counts"]["overdue"], 0);
}

#[actix_web::test]
async fn todo_of_secretariat_lists_submissions_after_the_review_day_as_overdue() {
    let app = spawn_with_submitted_report().await;
    let (secretary, _) = app.insert_user("nok", &[(Role::Secretariat, Scope::Network)]).await;
    // Sessions end before the day, so each reading opens its own.
    let read_at = async |at: &str| -> Value {
        app.clock.set(at.parse().unwrap());
        read_todo(&app.bearer(&app.open_session(Id::new(secretary)).await)).await
    };
    // 2027-01-31 ends at 17:00 UTC in Viet Nam.
    assert_eq!(read_at("2027-01-31T16:59:00Z").await["counts"]["overdue"], 0);
    let late = read_at("2027-01-31T17:00:00Z").await;
    insta::assert_snapshot!(show_json(&late["secretariat"]["overdue"]), @r#"
    [
      {
        "country": "VN",
        "cycle": "me-2026",
        "earlier_percent_complete": null,
        "earlier_status": null,
        "late": false,
        "overdue": true,
        "percent_complete": 62.5,
        "project": "da-nang-2",
        "status": "ongoing",
        "submitted_at": "2026-11-20T03:00:00Z",
        "support_needed": null,
        "title": "Project 2 of da-nang",
        "version": 2
      }
    ]
    "#);
}
