//! A release stays as it was published. The next one lists what it corrects.

use serde_json::{Value, json};

use super::{amend_report, publish_release, spawn_with_closed_cycle};
use crate::{
    answer_snapshot::{show_json, show_members},
    helpers::TestApp,
    report_fixtures::{complete_report_body, report_path},
};

/// Corrects the percentage and the achievements of `da-nang-1`.
async fn amend_first_report(app: &TestApp) {
    let mut body = complete_report_body();
    body["percent_complete"] = json!(70);
    body["achievements"] = json!("The control centre is in operation day and night.");
    let why = "The percentage was that of another project.";
    amend_report(app, "da-nang-1", why, &body).await;
}

/// Reads in which release everybody finds the current report of a project.
async fn read_released_in(app: &TestApp, project: &str) -> Value {
    let shown = app.reader().await.get(&report_path(project)).await.expect(200).json();
    shown["released_in"].clone()
}

#[actix_web::test]
async fn release_does_not_change_with_an_amended_report() {
    let app = spawn_with_closed_cycle().await;
    publish_release(&app, None).await;
    let reader = app.reader().await;
    let before = reader.get("releases/me-2026-r1/reports").await.expect(200);
    amend_first_report(&app).await;
    let after = reader.get("releases/me-2026-r1/reports").await.expect(200);
    assert_eq!((after.etag(), after.text), (before.etag(), before.text));
    let found = reader.get("releases/me-2026-r1/verify").await.expect(200).json();
    assert_eq!(found["valid"], true, "{found}");
}

#[actix_web::test]
async fn amended_report_is_in_no_release_until_the_next_one() {
    let app = spawn_with_closed_cycle().await;
    publish_release(&app, None).await;
    amend_first_report(&app).await;
    assert_eq!(read_released_in(&app, "da-nang-1").await, Value::Null);
    publish_release(&app, None).await;
    for project in ["da-nang-1", "da-nang-2"] {
        assert_eq!(read_released_in(&app, project).await, "me-2026-r2", "{project}");
    }
    let latest = app.reader().await.get("releases/latest").await.expect(200).json();
    assert_eq!(latest["release"], "me-2026-r2");
}

#[actix_web::test]
async fn next_release_lists_errata_and_changed_figures() {
    let app = spawn_with_closed_cycle().await;
    publish_release(&app, None).await;
    amend_first_report(&app).await;
    let second = publish_release(&app, None).await;
    insta::assert_snapshot!(show_members(&second, &["release", "errata"]), @r#"
    release: "me-2026-r2"
    errata: [
      {
        "change": "changed",
        "fields": [
          {"from": 62.5, "pointer": "/percent_complete", "to": 70.0},
          {
            "from": "The control centre is in operation.",
            "pointer": "/achievements",
            "to": "The control centre is in operation day and night."
          }
        ],
        "project": "da-nang-1",
        "reasons": ["The percentage was that of another project."]
      }
    ]
    "#);
    // The mean over the focus area went from (62.5 + 62.5) / 2 to (70 + 62.5) / 2.
    insta::assert_snapshot!(show_json(&second["figures_changed"]), @r#"
    [
      {
        "column": "ongoing",
        "columns": "status",
        "from": 62.5,
        "measure": "percent_complete",
        "row": "built-infrastructure",
        "rows": "focus_area",
        "to": 66.25
      }
    ]
    "#);
}
