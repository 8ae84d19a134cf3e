//! The percentage that milestones give, and the time that has passed.

use serde_json::{Value, json};

use crate::{
    helpers::{Caller, pointers},
    report_fixtures::{complete_report_body, report_path, spawn_with_open_cycle},
};

async fn create_milestone(officer: &Caller<'_>, title: &str, weight: i64) -> Value {
    let body = json!({ "title": title, "due_on": "2024-06-30", "weight": weight });
    officer.post("projects/da-nang-1/milestones", &body).await.expect(201).json()
}

fn milestone_report_body(milestones: &[&Value]) -> Value {
    let mut body = complete_report_body();
    body["percent_method"] = json!("milestones");
    body["percent_complete"] = json!(null);
    let done = |m: &&Value| json!({ "milestone_id": m["id"], "completed_on": "2025-06-30" });
    body["milestones"] = milestones.iter().map(done).collect();
    body
}

#[actix_web::test]
async fn percent_by_milestones_shows_its_calculation() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    let none =
        officer.put(&report_path("da-nang-1"), &milestone_report_body(&[]), None).await.expect(422);
    assert_eq!(pointers(&none), ["/percent_method"]);
    let (small, large) = (
        create_milestone(&officer, "Tender", 1).await,
        create_milestone(&officer, "Opening", 2).await,
    );
    let filed = officer
        .put(&report_path("da-nang-1"), &milestone_report_body(&[&large]), None)
        .await
        .expect(201);
    let view = filed.json();
    assert_eq!(view["percent_complete"], 66.67);
    assert_eq!(
        view["percent_calculation"],
        json!({
            "reached_weight": 2, "total_weight": 3, "reached": [large["id"]],
            "formula": "100 × reached_weight ÷ total_weight, rounded half up to two decimals"
        })
    );
    let mut other = milestone_report_body(&[&small]);
    other["percent_complete"] = json!(50);
    let refused =
        officer.put(&report_path("da-nang-1"), &other, Some(&filed.etag())).await.expect(422);
    assert_eq!(pointers(&refused), ["/percent_complete"]);
    assert!(
        refused.text.contains("the milestones give 33.33: 1 of 3 by weight"),
        "{}",
        refused.text
    );
    let own = officer
        .put(&report_path("da-nang-1"), &complete_report_body(), Some(&filed.etag()))
        .await
        .expect(200);
    assert!(own.json()["percent_calculation"].is_null());
}

#[actix_web::test]
async fn submitting_an_outdated_percent_by_milestones_is_422() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    let first = create_milestone(&officer, "Tender", 1).await;
    officer
        .put(&report_path("da-nang-1"), &milestone_report_body(&[&first]), None)
        .await
        .expect(201);
    create_milestone(&officer, "Opening", 3).await;
    let refused = officer.take_transition("da-nang-1", "submit").await.expect(422);
    assert_eq!(pointers(&refused), ["/percent_complete"]);
    officer
        .put(&report_path("da-nang-1"), &milestone_report_body(&[&first]), Some("\"v1\""))
        .await
        .expect(200);
    let submitted = officer.take_transition("da-nang-1", "submit").await.expect(200).json();
    assert_eq!(submitted["percent_complete"], 25.0);
    // What was approved keeps its calculation, whatever becomes of the milestones.
    app.representative("VN").await.take_transition("da-nang-1", "approve").await.expect(200);
    create_milestone(&officer, "Second phase", 4).await;
    let shown = app.reader().await.get(&report_path("da-nang-1")).await.expect(200).json();
    assert_eq!(shown["percent_calculation"]["total_weight"], 4);
}

#[actix_web::test]
async fn report_shows_the_elapsed_time_percent() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    officer.write_complete_report("da-nang-1").await;
    let view = officer.get(&report_path("da-nang-1")).await.expect(200).json();
    assert_eq!(
        view["schedule"],
        json!({
            "starts_on": "2019-01-01", "ends_on": "2025-12-31", "as_of": "2026-12-31",
            "time_elapsed_percent": 100.0
        })
    );
}

#[actix_web::test]
async fn submitted_percent_uses_milestones_frozen_at_submission() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    let (first, second) = (
        create_milestone(&officer, "Tender", 1).await,
        create_milestone(&officer, "Opening", 3).await,
    );
    officer
        .put(&report_path("da-nang-1"), &milestone_report_body(&[&first]), None)
        .await
        .expect(201);
    officer.take_transition("da-nang-1", "submit").await.expect(200);
    let path = format!("projects/da-nang-1/milestones/{}", second["id"].as_str().unwrap());
    officer
        .patch(&path, &json!({ "completed_on": "2026-01-01" }), Some("\"v1\""))
        .await
        .expect(200);
    for caller in [&officer, &app.representative("VN").await] {
        let view = caller.get(&report_path("da-nang-1")).await.expect(200).json();
        assert_eq!(
            (&view["percent_complete"], &view["percent_calculation"]["reached_weight"]),
            (&json!(25.0), &json!(1))
        );
    }
}
