//! Two faces: strangers read what was approved, and nothing typed since.

use serde_json::{Value, json};

use crate::{
    filing::{CYCLE, approve, cycle, desk, ready, report},
    helpers::{Caller, TestApp},
};

async fn strangers(app: &TestApp) -> Vec<Caller<'_>> {
    vec![
        app.officer("ha-noi").await,
        app.representative("TH").await,
        app.administrator().await,
        app.reader().await,
    ]
}

#[actix_web::test]
async fn a_draft_that_was_never_submitted_is_read_by_its_city_alone() {
    let app = desk().await;
    let path = report("da-nang-1");
    app.officer("da-nang").await.file("da-nang-1").await;
    let (representative, secretariat) = (app.representative("VN").await, app.secretariat().await);
    for caller in [&representative, &secretariat] {
        for part in ["", "/readiness", "/history", "/comments"] {
            caller.get(&format!("{path}{part}")).await.expect(403);
        }
        caller.post(&format!("{path}/comments"), &json!({ "text": "x" })).await.expect(403);
        caller.put(&path, &json!({}), None).await.expect(403);
        caller.act("da-nang-1", "submit").await.expect(403);
        caller.act_because("da-nang-1", "reopen", "x").await.expect(409);
        let queue = caller.get("reports").await.expect(200).json();
        assert_eq!(queue["total"], 0);
    }
    representative.act("da-nang-1", "approve").await.expect(409);
    representative.act_because("da-nang-1", "return", "x").await.expect(409);
    secretariat.act("da-nang-1", "approve").await.expect(403);
    // Nor does a tag tell who wrote it and when, or which version it has: the state alone decides.
    for tag in ["\"v1\"", "\"v9\""] {
        let path = format!("{path}/approve");
        representative.send("POST", &path, None, &[("if-match", tag)]).await.expect(409);
    }
    for stranger in strangers(&app).await {
        for part in ["", "/readiness", "/history", "/comments"] {
            stranger.get(&format!("{path}{part}")).await.expect(404);
        }
        stranger.act("da-nang-1", "approve").await.expect(404);
    }
    assert_eq!(app.officer("da-nang").await.get("reports").await.json()["total"], 1);
}

#[actix_web::test]
async fn a_report_that_nobody_wrote_is_missing_for_everybody() {
    let app = desk().await;
    let callers = [
        app.officer("da-nang").await,
        app.representative("VN").await,
        app.secretariat().await,
        app.reader().await,
    ];
    for caller in callers {
        caller.get(&report("da-nang-1")).await.expect(404);
        caller.get(&format!("{}/history", report("da-nang-1"))).await.expect(404);
        for transition in ["submit", "withdraw", "approve", "return", "reopen"] {
            caller.act("da-nang-1", transition).await.expect(404);
        }
        caller.get("projects/da-nang-99/reports/me-2026").await.expect(404);
        caller.get("projects/da-nang-1/reports/me-1999").await.expect(404);
    }
}

#[actix_web::test]
async fn strangers_read_the_approved_copy_alone() {
    let app = desk().await;
    let path = report("da-nang-1");
    let (officer, representative) = (app.officer("da-nang").await, app.representative("VN").await);
    officer.file("da-nang-1").await;
    officer.act("da-nang-1", "submit").await.expect(200);
    for stranger in strangers(&app).await {
        stranger.get(&path).await.expect(404);
    }
    representative.act("da-nang-1", "approve").await.expect(200);
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
    representative.act_because("da-nang-1", "reopen", "The sum is wrong.").await.expect(200);
    let mut body = ready();
    body["achievements"] = json!("A secret so far.");
    let etag = officer.get(&path).await.etag();
    officer.put(&path, &body, Some(&etag)).await.expect(200);
    officer.act("da-nang-1", "submit").await.expect(200);
    for stranger in strangers(&app).await {
        let seen = stranger.get(&path).await.expect(200);
        assert_eq!((seen.text.as_str(), seen.etag()), (approved.text.as_str(), approved.etag()));
        stranger.get(&format!("{path}/history")).await.expect(403);
        stranger.get(&format!("{path}/comments")).await.expect(403);
        stranger.get(&format!("{path}/readiness")).await.expect(403);
        stranger.put(&path, &json!({}), None).await.expect(403);
    }
    representative.act("da-nang-1", "approve").await.expect(200);
    let next = reader.get(&path).await.expect(200).json();
    assert_eq!(
        (next["version"].as_i64(), next["achievements"].as_str()),
        (Some(2), Some("A secret so far."))
    );
}

#[actix_web::test]
async fn a_reader_reads_within_the_scope() {
    use crate::filing::viet_nam;
    use ascn_tracker::domain::{
        reference::CountryCode,
        user::{Role, Scope},
    };
    let app = desk().await;
    approve(&app, "da-nang-1").await;
    let thailand = Scope::Country(CountryCode::parse("TH").unwrap());
    app.as_role(Role::Reader, viet_nam()).await.get(&report("da-nang-1")).await.expect(200);
    let elsewhere = app.as_role(Role::Reader, thailand).await;
    elsewhere.get(&report("da-nang-1")).await.expect(404);
    assert_eq!(elsewhere.get("reports").await.json()["total"], 0);
}

#[actix_web::test]
async fn a_project_shows_its_report_with_the_latest_cut_off() {
    let app = desk().await;
    let secretariat = app.secretariat().await;
    let mut earlier = cycle("me-2025");
    earlier["as_of"] = json!("2025-12-31");
    secretariat.post("cycles", &earlier).await.expect(201);
    secretariat.send("POST", "cycles/me-2025/open", None, &[]).await.expect(200);
    let reader = app.reader().await;
    reader.get("projects/da-nang-1").await.expect(404);
    approve(&app, "da-nang-1").await;
    let shown = reader.get("projects/da-nang-1").await.expect(200).json();
    assert_eq!(
        shown["latest"],
        json!({ "cycle": CYCLE, "status": "ongoing", "percent_complete": 62.5 })
    );
    let (officer, representative) = (app.officer("da-nang").await, app.representative("VN").await);
    let path = "projects/da-nang-1/reports/me-2025";
    let mut body = ready();
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
async fn later_edits_of_the_project_do_not_move_an_old_report() {
    let app = desk().await;
    let officer = app.officer("da-nang").await;
    approve(&app, "da-nang-1").await;
    let etag = officer.get("projects/da-nang-1").await.expect(200).etag();
    let patch = json!({ "title": "Renamed since" });
    officer.patch("projects/da-nang-1", &patch, Some(&etag)).await.expect(200);
    for caller in [&officer, &app.reader().await] {
        let title = caller.get(&report("da-nang-1")).await.json()["header"]["title"].clone();
        assert_eq!(title, "Project 1 of da-nang");
    }
    assert_eq!(
        app.reader().await.get("projects/da-nang-1").await.json()["title"],
        "Project 1 of da-nang"
    );
}
