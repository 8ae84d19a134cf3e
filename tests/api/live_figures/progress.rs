//! Progress: how far the projects are, by three numbers.

use serde_json::{Value, json};

use super::{approve_measured_report, array_member, find_row, insert_laos_reader, read_figures};
use crate::{
    answer_snapshot::show_json,
    helpers::TestApp,
    report_fixtures::{complete_report_body, report_path},
};

#[actix_web::test]
async fn progress_counts_known_and_total_for_each_number() {
    let app = TestApp::demo().await;
    approve_measured_report(&app).await;
    let progress = read_figures(&app.reader().await, "progress?by=city&cycle=me-2026").await;
    // 12.5 of 20 down to 10 is 0.75 of the way, 150 of 100 up to 300 is 0.25; comfort has no target, silence no value.
    let measured = find_row(&progress, "rows", ("key", "da-nang"));
    insta::assert_snapshot!(show_json(measured), @r#"
    {
      "key": "da-nang",
      "known": 1,
      "milestones": {"attainment": 0.75, "completed_weight": 3, "known": 1, "of": 1, "total_weight": 4},
      "name": "Da Nang",
      "outcome_indicators": {"attainment": 0.5, "known": 2, "not_measured": 1, "of": 4, "undefined": 1},
      "percent_complete": 62.5,
      "total": 1
    }
    "#);
    for name in ["percent_complete", "milestones", "outcome_indicators", "known", "total"] {
        assert_eq!(progress["total"][name], measured[name], "{name}");
    }
    // Nothing is zero because it is missing.
    insta::assert_snapshot!(show_json(find_row(&progress, "rows", ("key", "ha-noi"))), @r#"
    {
      "key": "ha-noi",
      "known": 0,
      "milestones": {"attainment": null, "completed_weight": 0, "known": 0, "of": 0, "total_weight": 0},
      "name": "Ha Noi",
      "outcome_indicators": {"attainment": null, "known": 0, "not_measured": 0, "of": 0, "undefined": 0},
      "percent_complete": null,
      "total": 0
    }
    "#);
}

#[actix_web::test]
async fn progress_as_of_a_day_counts_earlier_reports_too() {
    let app = TestApp::demo().await;
    approve_measured_report(&app).await;
    let path = "progress?by=country&as_of=2026-12-31&country=VN";
    let progress = read_figures(&app.reader().await, path).await;
    let [country] = &array_member(&progress, "rows")[..] else { panic!("{progress}") };
    assert_eq!((&country["known"], &country["percent_complete"]), (&json!(1), &json!(62.5)));
    assert!(country["total"].as_i64() > Some(1));
}

#[actix_web::test]
async fn cancelled_project_does_not_count_in_progress() {
    let app = TestApp::demo().await;
    approve_measured_report(&app).await;
    let (officer, representative) = (app.officer("da-nang").await, app.representative("VN").await);
    let path = report_path("da-nang-90");
    let reopened = representative.take_transition_with_comment("da-nang-90", "reopen", "Why?");
    reopened.await.expect(200);
    let etag = officer.get(&path).await.expect(200).etag();
    let mut report = complete_report_body();
    report["status"] = json!("cancelled");
    report["status_reason"] = json!("No money.");
    officer.put(&path, &report, Some(&etag)).await.expect(200);
    officer.take_transition("da-nang-90", "submit").await.expect(200);
    representative.take_transition("da-nang-90", "approve").await.expect(200);
    let path = "progress?by=city&cycle=me-2026&city=da-nang";
    let progress = read_figures(&app.reader().await, path).await;
    insta::assert_snapshot!(show_json(&progress["rows"][0]), @r#"
    {
      "key": "da-nang",
      "known": 0,
      "milestones": {"attainment": null, "completed_weight": 0, "known": 0, "of": 1, "total_weight": 0},
      "name": "Da Nang",
      "outcome_indicators": {"attainment": null, "known": 0, "not_measured": 0, "of": 0, "undefined": 0},
      "percent_complete": null,
      "total": 1
    }
    "#);
}

#[actix_web::test]
async fn progress_rows_are_sorted_by_name() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    for (by, rows) in [("city", 35), ("country", 11), ("focus_area", 6)] {
        let progress = read_figures(&reader, &format!("progress?by={by}&cycle=me-2025")).await;
        let all = array_member(&progress, "rows");
        let names: Vec<String> =
            all.iter().map(|r| r["name"].as_str().unwrap().to_lowercase()).collect();
        assert!(names.is_sorted(), "{names:?}");
        assert_eq!(names.len(), rows, "{by}");
        let sum: i64 = all.iter().map(|r| r["total"].as_i64().unwrap()).sum();
        assert_eq!((sum, &progress["total"]["total"]), (134, &json!(134)));
    }
}

#[actix_web::test]
async fn progress_is_limited_to_the_caller_scope() {
    let app = TestApp::demo().await;
    let laos = insert_laos_reader(&app).await;
    let progress = read_figures(&laos, "progress?by=city&cycle=me-2025").await;
    let keys: Vec<&Value> = array_member(&progress, "rows").iter().map(|r| &r["key"]).collect();
    assert_eq!(json!(keys), json!(["luang-prabang", "vientiane"]));
}
