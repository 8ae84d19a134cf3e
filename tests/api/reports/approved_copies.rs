//! Two faces: strangers read what was approved, and nothing typed since.

use serde_json::{Value, json};

use crate::{
    helpers::{Caller, TestApp},
    report_fixtures::{
        CYCLE, complete_report_body, cycle_body, file_and_approve, report_path,
        spawn_with_open_cycle,
    },
};

async fn stranger_callers(app: &TestApp) -> Vec<Caller<'_>> {
    vec![
        app.officer("ha-noi").await,
        app.representative("TH").await,
        app.administrator().await,
        app.reader().await,
    ]
}

#[actix_web::test]
async fn never_submitted_draft_is_readable_only_by_its_city() {
    let app = spawn_with_open_cycle().await;
    let path = report_path("da-nang-1");
    app.officer("da-nang").await.write_complete_report("da-nang-1").await;
    let (representative, secretariat) = (app.representative("VN").await, app.secretariat().await);
    for caller in [&representative, &secretariat] {
        for part in ["", "/readiness", "/history", "/comments"] {
            caller.get(&format!("{path}{part}")).await.expect(403);
        }
        caller.post(&format!("{path}/comments"), &json!({ "text": "x" })).await.expect(403);
        caller.put(&path, &json!({}), None).await.expect(403);
        caller.take_transition("da-nang-1", "submit").await.expect(403);
        caller.take_transition_with_comment("da-nang-1", "reopen", "x").await.expect(409);
        let queue = caller.get("reports").await.expect(200).json();
        assert_eq!(queue["total"], 0);
    }
    representative.take_transition("da-nang-1", "approve").await.expect(409);
    representative.take_transition_with_comment("da-nang-1", "return", "x").await.expect(409);
    secretariat.take_transition("da-nang-1", "approve").await.expect(403);
    // Nor does a tag tell who wrote it and when, or which version it has: the state alone decides.
    for tag in ["\"v1\"", "\"v9\""] {
        let path = format!("{path}/approve");
        representative.send("POST", &path, None, &[("if-match", tag)]).await.expect(409);
    }
    for stranger in stranger_callers(&app).await {
        for part in ["", "/readiness", "/history", "/comments"] {
            stranger.get(&format!("{path}{part}")).await.expect(404);
        }
        stranger.take_transition("da-nang-1", "approve").await.expect(404);
    }
    assert_eq!(app.officer("da-nang").await.get("reports").await.json()["total"], 1);
}

#[actix_web::test]
async fn report_that_does_not_exist_is_404_for_every_role() {
    let app = spawn_with_open_cycle().await;
    let callers = [
        app.officer("da-nang").await,
        app.representative("VN").await,
        app.secretariat().await,
        app.reader().await,
    ];
    for caller in callers {
        caller.get(&report_path("da-nang-1")).await.expect(404);
        caller.get(&format!("{}/history", report_path("da-nang-1"))).await.expect(404);
        for transition in ["submit", "withdraw", "approve", "return", "reopen"] {
            caller.take_transition("da-nang-1", transition).await.expect(404);
        }
        caller.get("projects/da-nang-99/reports/me-2026").await.expect(404);
        caller.get("projects/da-nang-1/reports/me-1999").await.expect(404);
    }
}

#[actix_web::test]
async fn strangers_read_only_the_approved_copy() {
    let app = spawn_with_open_cycle().await;
    let path = report_path("da-nang-1");
    let (officer, representative) = (app.officer("da-nang").await, app.representative("VN").await);
    officer.write_complete_report("da-nang-1").await;
    officer.take_transition("da-nang-1", "submit").await.expect(200);
    for stranger in stranger_callers(&app).await {
        stranger.get(&path).await.expect(404);
    }
    representative.take_transition("da-nang-1", "approve").await.expect(200);
    let reader = app.reader().await;
    let approved = reader.get(&path).await.expect(200);
    let view = approved.json();
    assert_eq!((view["state"].as_str(), view["version"].as_i64()), (Some("approved"), Some(1)));
    assert!(approved.etag().starts_with("\"v1-"));
    assert_eq!(view["readiness"], json!({ "ready": true, "missing": [] }));
    assert!(view["submitted_at"].is_string() && view["decided_at"].is_string());
    assert_eq!(
        (view["submitted_by"].clone(), view["decided_by"].clone()),
        (Value::Null, Value::Null)
    );
    assert!(!approved.text.contains("city_officer"), "{}", approved.text);

    // Reopened, edited, withdrawn: the approved copy stays as it is, to the letter.
    representative
        .take_transition_with_comment("da-nang-1", "reopen", "The sum is wrong.")
        .await
        .expect(200);
    let mut body = complete_report_body();
    body["achievements"] = json!("A secret so far.");
    let etag = officer.get(&path).await.etag();
    officer.put(&path, &body, Some(&etag)).await.expect(200);
    officer.take_transition("da-nang-1", "submit").await.expect(200);
    for stranger in stranger_callers(&app).await {
        let seen = stranger.get(&path).await.expect(200);
        assert_eq!((seen.text.as_str(), seen.etag()), (approved.text.as_str(), approved.etag()));
        stranger.get(&format!("{path}/history")).await.expect(403);
        stranger.get(&format!("{path}/comments")).await.expect(403);
        stranger.get(&format!("{path}/readiness")).await.expect(403);
        stranger.put(&path, &json!({}), None).await.expect(403);
    }
    representative.take_transition("da-nang-1", "approve").await.expect(200);
    let next = reader.get(&path).await.expect(200).json();
    assert_eq!(
        (next["version"].as_i64(), next["achievements"].as_str()),
        (Some(2), Some("A secret so far."))
    );
}

#[actix_web::test]
async fn country_reader_gets_404_for_reports_of_other_countries() {
    use crate::report_fixtures::viet_nam_scope;
    use ascn_tracker::domain::{
        reference::CountryCode,
        user::{Role, Scope},
    };
    let app = spawn_with_open_cycle().await;
    file_and_approve(&app, "da-nang-1").await;
    let thailand = Scope::Country(CountryCode::parse("TH").unwrap());
    app.as_role(Role::Reader, viet_nam_scope())
        .await
        .get(&report_path("da-nang-1"))
        .await
        .expect(200);
    let elsewhere = app.as_role(Role::Reader, thailand).await;
    elsewhere.get(&report_path("da-nang-1")).await.expect(404);
    assert_eq!(elsewhere.get("reports").await.json()["total"], 0);
}

#[actix_web::test]
async fn project_latest_is_the_approved_report_of_the_latest_cycle() {
    let app = spawn_with_open_cycle().await;
    let secretariat = app.secretariat().await;
    let mut earlier = cycle_body("me-2025");
    earlier["as_of"] = json!("2025-12-31");
    secretariat.post("cycles", &earlier).await.expect(201);
    secretariat.send("POST", "cycles/me-2025/open", None, &[]).await.expect(200);
    let reader = app.reader().await;
    reader.get("projects/da-nang-1").await.expect(404);
    file_and_approve(&app, "da-nang-1").await;
    let shown = reader.get("projects/da-nang-1").await.expect(200).json();
    assert_eq!(
        shown["latest"],
        json!({ "cycle": CYCLE, "status": "ongoing", "percent_complete": 62.5 })
    );
    let (officer, representative) = (app.officer("da-nang").await, app.representative("VN").await);
    let path = "projects/da-nang-1/reports/me-2025";
    let mut body = complete_report_body();
    body["status"] = json!("completed");
    body["percent_complete"] = json!(100);
    officer.put(path, &body, None).await.expect(201);
    officer.send("POST", &format!("{path}/submit"), None, &[]).await.expect(200);
    representative.send("POST", &format!("{path}/approve"), None, &[]).await.expect(200);
    // An older cycle that is approved later changes nothing.
    let after = reader.get("projects/da-nang-1").await.expect(200).json();
    assert_eq!(after, shown);
    assert_eq!(reader.get(path).await.expect(200).json()["status"], "completed");
    let list = reader.get("projects/da-nang-1/reports").await.expect(200).json();
    let cycles: Vec<_> =
        list["items"].as_array().unwrap().iter().map(|r| r["cycle"].as_str().unwrap()).collect();
    assert_eq!(cycles, ["me-2025", "me-2026"]);
}

#[actix_web::test]
async fn report_header_does_not_change_with_later_project_edits() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    file_and_approve(&app, "da-nang-1").await;
    let etag = officer.get("projects/da-nang-1").await.expect(200).etag();
    let patch = json!({ "title": "Renamed since" });
    officer.patch("projects/da-nang-1", &patch, Some(&etag)).await.expect(200);
    for caller in [&officer, &app.reader().await] {
        let title = caller.get(&report_path("da-nang-1")).await.json()["header"]["title"].clone();
        assert_eq!(title, "Project 1 of da-nang");
    }
    assert_eq!(
        app.reader().await.get("projects/da-nang-1").await.json()["title"],
        "Project 1 of da-nang"
    );
}
