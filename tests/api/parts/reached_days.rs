//! The day on which a milestone was reached, as the latest approved report states it.

use serde_json::{Value, json};

use crate::{
    answer_snapshot::show_items,
    helpers::{Caller, TestApp},
    report_fixtures::{complete_report_body, cycle_body, report_path, spawn_with_open_cycle},
};

const MILESTONES: &str = "projects/da-nang-1/milestones";

fn report_body(milestone: &Value, day: Option<&str>) -> Value {
    let mut body = complete_report_body();
    let done = day.map(|day| json!({ "milestone_id": milestone, "completed_on": day }));
    body["milestones"] = done.into_iter().collect();
    body
}

/// Writes the report of a cycle, and approves it.
async fn approve_report(app: &TestApp, path: &str, body: &Value) {
    let (officer, representative) = (app.officer("da-nang").await, app.representative("VN").await);
    officer.put(path, body, None).await.expect(201);
    officer.send("POST", &format!("{path}/submit"), None, &[]).await.expect(200);
    representative.send("POST", &format!("{path}/approve"), None, &[]).await.expect(200);
}

/// The days of each milestone, in the list and by itself.
async fn show_days(caller: &Caller<'_>) -> String {
    let members = ["completed_on", "reached_on"];
    let list = caller.get(MILESTONES).await.expect(200).json();
    let id = list["items"][0]["id"].as_str().unwrap();
    let one = caller.get(&format!("{MILESTONES}/{id}")).await.expect(200).json();
    assert_eq!(list["items"], json!([one]));
    show_items(&list["items"], &members)
}

#[actix_web::test]
async fn milestone_shows_the_day_of_the_approved_report_with_the_latest_cut_off() {
    let app = spawn_with_open_cycle().await;
    let (officer, reader) = (app.officer("da-nang").await, app.reader().await);
    let secretariat = app.secretariat().await;
    for year in ["2025", "2027"] {
        secretariat.post("cycles", &cycle_body(&format!("me-{year}"))).await.expect(201);
        let open = format!("cycles/me-{year}/open");
        secretariat.send("POST", &open, None, &[]).await.expect(200);
    }
    let milestone =
        json!({ "title": "Depot", "due_on": "2025-06-30", "completed_on": "2025-05-02" });
    let milestone = officer.post(MILESTONES, &milestone).await.expect(201).json();
    assert_eq!(milestone["reached_on"], Value::Null);
    let report = |day| report_body(&milestone["id"], day);
    let path = report_path("da-nang-1");
    officer.put(&path, &report(Some("2025-05-01")), None).await.expect(201);
    // A draft states nothing yet.
    assert_eq!(show_days(&officer).await, "2025-05-02 null");
    officer.take_transition("da-nang-1", "submit").await.expect(200);
    app.representative("VN").await.take_transition("da-nang-1", "approve").await.expect(200);
    for caller in [&officer, &reader] {
        assert_eq!(show_days(caller).await, "2025-05-02 2025-05-01");
    }
    // The report of an earlier cycle changes nothing, also if it is approved later.
    let earlier = "projects/da-nang-1/reports/me-2025";
    approve_report(&app, earlier, &report(Some("2025-04-30"))).await;
    assert_eq!(show_days(&reader).await, "2025-05-02 2025-05-01");
    let later = "projects/da-nang-1/reports/me-2027";
    approve_report(&app, later, &report(None)).await;
    for caller in [&officer, &reader] {
        assert_eq!(show_days(caller).await, "2025-05-02 null");
    }
    // The header of a report has no such member: it repeats the record of the project.
    let frozen = reader.get(&path).await.expect(200).json()["header"]["milestones"][0].clone();
    assert_eq!((&frozen["completed_on"], frozen.get("reached_on")), (&json!("2025-05-02"), None));
}

#[actix_web::test]
async fn reached_on_in_a_new_milestone_is_400() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    let body = json!({ "title": "Depot", "due_on": "2025-06-30", "reached_on": "2025-05-01" });
    let refused = officer.post(MILESTONES, &body).await.expect(400).json();
    assert_eq!(refused["errors"][0]["pointer"], "/reached_on");
}
