//! What a report may say, and how it is told what is wrong with it.

use ascn_tracker::{
    clock,
    domain::{
        id::Id,
        project_parts::{Indicator, IndicatorDirection, IndicatorKind, Milestone},
        value::Title,
    },
    store::{Change, StoreError, fixtures},
};
use serde_json::{Value, json};

use crate::{
    helpers::{TestApp, TestResponse},
    report_fixtures::{complete_report_body, insert_project, report_path, spawn_with_open_cycle},
};

fn fault_codes(answer: &TestResponse) -> Vec<String> {
    let errors = answer.json()["errors"].as_array().unwrap().clone();
    errors
        .iter()
        .map(|e| format!("{} {}", e["pointer"].as_str().unwrap(), e["code"].as_str().unwrap()))
        .collect()
}

/// A project with a milestone and an indicator; returns their ids.
async fn insert_project_with_parts(app: &TestApp) -> (String, String) {
    let project = insert_project(app, "da-nang", 2).await;
    let (milestone, indicator) = (Id::new(clock::generate_uuid()), Id::new(clock::generate_uuid()));
    let m = Milestone {
        id: milestone,
        project: project.id,
        code: project.code.clone(),
        title: Title::parse("Opened").unwrap(),
        due_on: "2025-06-30".parse().unwrap(),
        weight: 1,
        completed_on: None,
        version: 1,
    };
    let i = Indicator {
        id: indicator,
        project: project.id,
        code: project.code.clone(),
        name: Title::parse("Minutes lost").unwrap(),
        kind: IndicatorKind::Outcome,
        unit: Title::parse("min").unwrap(),
        better: IndicatorDirection::Down,
        baseline: None,
        target: None,
        version: 1,
    };
    app.state
        .db
        .write(move |tx| -> Result<(), StoreError> {
            fixtures::save_record(tx, &m, Change::without_reason("create"))?;
            fixtures::save_record(tx, &i, Change::without_reason("create"))
        })
        .await
        .unwrap();
    (milestone.to_string(), indicator.to_string())
}

#[actix_web::test]
async fn put_report_with_invalid_values_is_422_naming_each() {
    let app = spawn_with_open_cycle().await;
    let (milestone, indicator) = insert_project_with_parts(&app).await;
    let officer = app.officer("da-nang").await;
    let value =
        |v: f64| json!({ "indicator_id": indicator, "value": v, "measured_on": "2026-06-30" });
    let body = json!({
        "status": "not_stated", "percent_complete": 140, "percent_method": "guess",
        "achievements": "x".repeat(10_001), "challenges": "nul \u{0}", "next_steps": "",
        "support_needed": "abc\u{202E}", "spent": { "amount_minor": -5, "currency": "DONG" },
        "milestones": [
            { "milestone_id": milestone, "completed_on": "2026-03-01" },
            { "milestone_id": milestone, "completed_on": "2026-03-01" },
            { "milestone_id": "00000000-0000-7000-8000-000000000000", "completed_on": "2026-02-30" },
            { "milestone_id": "one", "completed_on": "2026-03-01" }
        ],
        "indicator_values": [value(1.0), value(2.0), { "indicator_id": milestone, "value": 1e16, "measured_on": "0001-01-01" }],
        "evidence": [{ "title": "a", "url": "http://a.example" }, { "title": "b", "url": "https://u:p@a.example" }, {}]
    });
    let refused = officer.put(&report_path("da-nang-2"), &body, None).await.expect(422);
    insta::assert_snapshot!(fault_codes(&refused).join("\n"));
    let status = &refused.json()["errors"][0];
    assert_eq!(
        status["allowed"],
        json!(["planning", "ongoing", "completed", "suspended", "cancelled"])
    );
    officer.get(&report_path("da-nang-2")).await.expect(404);
    let fine = json!({
        "milestones": [{ "milestone_id": milestone, "completed_on": "2026-03-01" }],
        "indicator_values": [value(41.0), { "indicator_id": indicator, "value": -0.5, "measured_on": "2026-07-31" }]
    });
    let draft = officer.put(&report_path("da-nang-2"), &fine, None).await.expect(201).json();
    assert_eq!(draft["milestones"], fine["milestones"]);
    assert_eq!(draft["indicator_values"], fine["indicator_values"]);
}

#[actix_web::test]
async fn put_report_with_a_milestone_of_another_project_is_422() {
    let app = spawn_with_open_cycle().await;
    let (milestone, indicator) = insert_project_with_parts(&app).await;
    let body = json!({
        "milestones": [{ "milestone_id": milestone, "completed_on": "2026-03-01" }],
        "indicator_values": [{ "indicator_id": indicator, "value": 1, "measured_on": "2026-06-30" }]
    });
    let refused =
        app.officer("da-nang").await.put(&report_path("da-nang-1"), &body, None).await.expect(422);
    let expected =
        ["/milestones/0/milestone_id unknown", "/indicator_values/0/indicator_id unknown"];
    assert_eq!(fault_codes(&refused), expected);
}

#[actix_web::test]
async fn malformed_report_body_is_400_naming_the_faulty_member() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    let shapes: Vec<(Value, &str)> = vec![
        (json!({ "stauts": "ongoing" }), "/stauts"),
        (json!({ "percent_complete": "62" }), "/percent_complete"),
        (json!({ "milestones": {} }), "/milestones"),
        (json!({ "milestones": [{ "id": "x" }] }), "/milestones/0/id"),
        (json!({ "spent": { "amount_minor": 1.5, "currency": "VND" } }), "/spent/amount_minor"),
        (json!({ "evidence": [{ "title": 1 }] }), "/evidence/0/title"),
        (json!({ "evidence": [["a", "https://a.example"]] }), "/evidence/0"),
        (json!({ "spent": [1, "VND"] }), "/spent"),
        (json!({ "unchanged": "no" }), "/unchanged"),
        (json!({ "state": "approved" }), "/state"),
        (json!({ "version": 7 }), "/version"),
    ];
    for (body, pointer) in shapes {
        let refused = officer.put(&report_path("da-nang-1"), &body, None).await.expect(400).json();
        assert_eq!(refused["errors"][0]["pointer"], pointer, "{refused}");
    }
    officer.get(&report_path("da-nang-1")).await.expect(404);
}

#[actix_web::test]
async fn put_report_with_over_50_evidence_links_is_422() {
    let app = spawn_with_open_cycle().await;
    let link =
        |i: usize| json!({ "title": format!("Link {i}"), "url": format!("https://a.example/{i}") });
    let body = |n: usize| json!({ "evidence": (0..n).map(link).collect::<Vec<_>>() });
    let officer = app.officer("da-nang").await;
    let many = officer.put(&report_path("da-nang-1"), &body(51), None).await.expect(422);
    assert_eq!(fault_codes(&many), ["/evidence too_many"]);
    officer.put(&report_path("da-nang-1"), &body(50), None).await.expect(201);
}

#[actix_web::test]
async fn put_report_replaces_the_whole_content() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    let first = officer.write_complete_report("da-nang-1").await;
    let less = officer
        .put(&report_path("da-nang-1"), &json!({ "unchanged": true }), Some(&first.etag()))
        .await
        .expect(200)
        .json();
    assert_eq!((less["unchanged"].as_bool(), less["status"].clone()), (Some(true), Value::Null));
    assert_ne!(complete_report_body()["achievements"], less["achievements"]);
}
