//! The values of an indicator over time.

use serde_json::{Value, json};

use crate::report_fixtures::{
    complete_report_body, file_and_approve, report_path, spawn_with_open_cycle,
};

#[actix_web::test]
async fn indicator_values_have_attainment_over_time() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    let body = json!({
        "name": "Water lost", "kind": "outcome", "unit": "percent", "better": "down",
        "baseline": { "value": 25, "on": "2018-12-31" }, "target": { "value": 15, "on": "2025-12-31" }
    });
    let indicator = officer.post("projects/da-nang-1/indicators", &body).await.expect(201).json();
    let path =
        format!("projects/da-nang-1/indicators/{}/values", indicator["id"].as_str().unwrap());
    let empty = officer.get(&path).await.expect(200).json();
    assert_eq!((&empty["values"], &empty["attainment"]), (&json!([]), &Value::Null));
    assert!(empty["undefined"].is_null());
    let mut content = complete_report_body();
    let value = |value: f64, on: &str| json!({ "indicator_id": indicator["id"], "value": value, "measured_on": on });
    content["indicator_values"] = json!([value(20.0, "2026-06-30"), value(22.5, "2025-06-30")]);
    officer.put(&report_path("da-nang-1"), &content, None).await.expect(201);
    let mine = officer.get(&path).await.expect(200).json();
    assert_eq!(
        mine["values"],
        json!([
            { "value": 22.5, "measured_on": "2025-06-30", "cycle": "me-2026", "attainment": 0.25 },
            { "value": 20.0, "measured_on": "2026-06-30", "cycle": "me-2026", "attainment": 0.5 },
        ])
    );
    assert_eq!(mine["attainment"], 0.5);
    // A draft is the city's own.
    let representative = app.representative("VN").await;
    assert_eq!(representative.get(&path).await.expect(200).json()["values"], json!([]));
    app.reader().await.get(&path).await.expect(404);
    officer.take_transition("da-nang-1", "submit").await.expect(200);
    assert_eq!(
        representative.get(&path).await.expect(200).json()["values"].as_array().unwrap().len(),
        2
    );
    representative.take_transition("da-nang-1", "approve").await.expect(200);
    assert_eq!(app.reader().await.get(&path).await.expect(200).json()["attainment"], 0.5);
}

#[actix_web::test]
async fn attainment_without_baseline_is_undefined() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    let body = json!({ "name": "Trips", "kind": "output", "unit": "a day", "better": "up" });
    let indicator = officer.post("projects/da-nang-1/indicators", &body).await.expect(201).json();
    file_and_approve(&app, "da-nang-1").await;
    let path =
        format!("projects/da-nang-1/indicators/{}/values", indicator["id"].as_str().unwrap());
    let view = app.reader().await.get(&path).await.expect(200).json();
    assert_eq!((&view["undefined"], &view["attainment"]), (&json!("no_baseline"), &Value::Null));
}
