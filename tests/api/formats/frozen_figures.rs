//! The figures of a release: computed from its frozen reports, and compared with those of another release.

use serde_json::{Value, json};

use crate::{
    answer_snapshot::show_items,
    helpers::TestApp,
    operation_fixture::close_cycle,
    report_fixtures::{
        CYCLE, complete_report_body, file_and_approve, insert_project, report_path,
        spawn_with_open_cycle,
    },
};

const TABLE: &str = "figures/table?rows=city&columns=status&measure=percent_complete";

async fn close_and_publish(app: &TestApp) {
    close_cycle(app, CYCLE).await;
    app.secretariat().await.post("releases", &json!({ "cycle": CYCLE })).await.expect(201);
}

/// The release `me-2026-r1` with two ongoing projects of Da Nang.
async fn spawn_with_release() -> TestApp {
    let app = spawn_with_open_cycle().await;
    insert_project(&app, "da-nang", 2).await;
    file_and_approve(&app, "da-nang-1").await;
    file_and_approve(&app, "da-nang-2").await;
    close_and_publish(&app).await;
    app
}

/// Opens the cycle again and has `da-nang-1` approved as completed.
async fn approve_first_project_as_completed(app: &TestApp) {
    let secretariat = app.secretariat().await;
    secretariat.send("POST", &format!("cycles/{CYCLE}/open"), None, &[]).await.expect(200);
    secretariat.take_transition_with_comment("da-nang-1", "reopen", "A slip.").await.expect(200);
    let officer = app.officer("da-nang").await;
    let etag = officer.get(&report_path("da-nang-1")).await.expect(200).etag();
    let mut body = complete_report_body();
    body["percent_complete"] = json!(100);
    body["status"] = json!("completed");
    officer.put(&report_path("da-nang-1"), &body, Some(&etag)).await.expect(200);
    officer.take_transition("da-nang-1", "submit").await.expect(200);
    app.representative("VN").await.take_transition("da-nang-1", "approve").await.expect(200);
}

/// The release of before, and `me-2026-r2` with `da-nang-1` completed.
async fn spawn_with_corrected_release() -> TestApp {
    let app = spawn_with_release().await;
    approve_first_project_as_completed(&app).await;
    close_and_publish(&app).await;
    app
}

#[actix_web::test]
async fn release_figures_equal_the_live_figures_at_its_publication() {
    let app = spawn_with_release().await;
    let reader = app.reader().await;
    let live = reader.get(&format!("{TABLE}&cycle={CYCLE}")).await.expect(200).json();
    let frozen = reader.get(&format!("releases/me-2026-r1/{TABLE}")).await.expect(200).json();
    for member in ["cells", "row_totals", "column_totals", "total", "coverage", "formula"] {
        assert_eq!(frozen[member], live[member], "{member}");
    }
    assert_eq!(frozen["basis"]["release"], "me-2026-r1");
}

#[actix_web::test]
async fn release_figures_do_not_change_with_an_amended_report() {
    let app = spawn_with_release().await;
    let reader = app.reader().await;
    let (frozen, live) = (format!("releases/me-2026-r1/{TABLE}"), format!("{TABLE}&cycle={CYCLE}"));
    let read = async |path: &str| reader.get(path).await.expect(200).json();
    let (first, before) = (read(&frozen).await, read(&live).await);
    approve_first_project_as_completed(&app).await;
    assert_eq!(read(&frozen).await, first);
    assert_ne!(read(&live).await["cells"], before["cells"]);
}

#[actix_web::test]
async fn comparison_of_two_releases_lists_moved_reports_with_the_reason() {
    let app = spawn_with_corrected_release().await;
    let reader = app.reader().await;
    let compared = reader.get("figures/compare?a=me-2026-r1&b=me-2026-r2").await.expect(200).json();
    let moved: Value = compared["cells"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|cell| cell["reports"].as_array().unwrap().clone())
        .collect();
    let members = ["change/project", "change/movement", "change/reason"];
    insta::assert_snapshot!(show_items(&moved, &members), @"
    da-nang-1 left A slip.
    da-nang-1 entered A slip.
    ");
    let since = format!("releases/me-2026-r2/{TABLE}&compare=me-2026-r1&city=da-nang");
    insta::assert_snapshot!(reader.get(&since).await.show_members(&["changes/0/status"]), @r#"
    200
    changes/0/status: {"from": "ongoing", "to": "completed"}
    "#);
}

#[actix_web::test]
async fn release_figures_with_invalid_parameters_or_compared_with_a_cycle_are_400() {
    let app = spawn_with_corrected_release().await;
    let reader = app.reader().await;
    // The records of a cycle are not public, except for its releases.
    let cycle = format!("releases/me-2026-r2/{TABLE}&compare={CYCLE}");
    let refused = reader.get(&cycle).await.expect(400);
    assert!(refused.text.contains("me-2026-r1"), "{}", refused.text);
    for path in [
        "releases/me-2026-r2/figures/table?rows=city&cycle=me-2026",
        "releases/me-2026-r2/figures/table",
        "releases/me-2026-r2/figures/table?rows=city&columns=city",
        "releases/me-2026-r2/figures/progress?by=colour",
        "figures/compare?a=me-2026-r9&b=me-2026-r2",
    ] {
        reader.get(path).await.expect(400);
    }
    reader.get("releases/me-2026-r9/figures/table?rows=colour").await.expect(404);
}

#[actix_web::test]
async fn release_map_and_progress_are_computed_from_frozen_reports() {
    let app = spawn_with_corrected_release().await;
    let reader = app.reader().await;
    let map = reader.get("releases/me-2026-r2/figures/map?city=da-nang").await;
    insta::assert_snapshot!(map.show_members(&["features/0/properties"]), @r#"
    200
    features/0/properties: {
      "as_of": "2026-12-31",
      "cancelled": 0,
      "city": "da-nang",
      "city_name": "Da Nang",
      "completed": 1,
      "country": "VN",
      "country_name": "Viet Nam",
      "cycle": "me-2026",
      "known": 2,
      "not_stated": 0,
      "of": 2,
      "ongoing": 1,
      "percent_complete": 81.25,
      "pilot": true,
      "planning": 0,
      "projects": 2,
      "release": "me-2026-r2",
      "stale": 0,
      "suspended": 0
    }
    "#);
    let progress = reader.get("releases/me-2026-r2/figures/progress?by=city&city=da-nang").await;
    insta::assert_snapshot!(progress.show_members(&["total"]), @r#"
    200
    total: {
      "known": 2,
      "milestones": {"attainment": null, "completed_weight": 0, "known": 0, "of": 2, "total_weight": 0},
      "outcome_indicators": {"attainment": null, "known": 0, "not_measured": 0, "of": 0, "undefined": 0},
      "percent_complete": 81.25,
      "total": 2
    }
    "#);
}
