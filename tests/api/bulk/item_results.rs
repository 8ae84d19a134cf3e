//! The result of each item: done, stale, or refused with the problem of the act on one report.

use serde_json::json;

use super::{BULK, bulk_body, describe_results, spawn_with_reports};
use crate::{helpers::TestResponse, report_fixtures::report_path};

/// Approves the first three reports and a draft, one of them with a version that is too old.
async fn approve_four_reports(app: &crate::helpers::TestApp) -> TestResponse {
    let items = [("da-nang-1", 2), ("da-nang-2", 1), ("da-nang-4", 1), ("da-nang-3", 2)];
    app.representative("VN").await.post(BULK, &bulk_body("approve", &items)).await.expect(200)
}

#[actix_web::test]
async fn bulk_reports_done_stale_and_refused_per_item() {
    let app = spawn_with_reports(3, 1).await;
    let answer = approve_four_reports(&app).await;
    // The draft was never submitted: it is known, and its state forbids the act.
    insta::assert_snapshot!(describe_results(&answer).join("\n"), @"
    done v3 approved
    stale stale
    refused illegal-transition
    done v3 approved
    ");
    let members = ["totals", "results/1/problem/status", "results/1/problem/changed"];
    insta::assert_snapshot!(answer.show_members(&members), @r#"
    200
    totals: {"done": 2, "items": 4, "refused": 1, "stale": 1}
    results/1/problem/status: 412
    results/1/problem/changed: {
      "action": "submit",
      "at": "2026-11-20T03:00:00Z",
      "by": {"id": "[id]", "name": "city_officer da-nang"},
      "version": 2
    }
    "#);
}

#[actix_web::test]
async fn problem_of_a_bulk_item_equals_the_answer_of_the_act_by_itself() {
    let app = spawn_with_reports(3, 1).await;
    let body = approve_four_reports(&app).await.json();
    let representative = app.representative("VN").await;
    let alone = representative.take_transition("da-nang-4", "approve").await.expect(409).json();
    for name in ["type", "code", "title", "status", "detail"] {
        assert_eq!(body["results"][2]["problem"][name], alone[name], "{name}");
    }
}

#[actix_web::test]
async fn bulk_approval_by_an_officer_is_forbidden_per_item() {
    let app = spawn_with_reports(1, 0).await;
    let officer = app.officer("da-nang").await;
    let answer = officer.post(BULK, &bulk_body("approve", &[("da-nang-1", 2)])).await.expect(200);
    assert_eq!(describe_results(&answer), ["refused forbidden"]);
}

#[actix_web::test]
async fn bulk_submission_of_an_incomplete_report_names_what_is_missing() {
    let app = spawn_with_reports(0, 1).await;
    let officer = app.officer("da-nang").await;
    officer.put(&report_path("da-nang-1"), &json!({}), Some("\"v1\"")).await.expect(200);
    let answer = officer.post(BULK, &bulk_body("submit", &[("da-nang-1", 2)])).await;
    insta::assert_snapshot!(answer.show_members(&["results/0/problem/errors"]), @r#"
    200
    results/0/problem/errors: [
      {"code": "required", "detail": "a value is required", "parameter": null, "pointer": "/status"},
      {
        "code": "required",
        "detail": "a value is required",
        "parameter": null,
        "pointer": "/achievements"
      },
      {"code": "required", "detail": "a value is required", "parameter": null, "pointer": "/challenges"},
      {"code": "required", "detail": "a value is required", "parameter": null, "pointer": "/next_steps"},
      {
        "code": "required",
        "detail": "a value is required",
        "parameter": null,
        "pointer": "/percent_complete"
      },
      {
        "code": "required",
        "detail": "a value is required",
        "parameter": null,
        "pointer": "/percent_method"
      }
    ]
    "#);
}
