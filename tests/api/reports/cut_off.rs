//! A report describes its project on the cut-off day of the cycle: what came later is not in it.

use serde_json::{Value, json};

use crate::{
    answer_snapshot::show_items,
    helpers::{Caller, TestApp},
    imports::{DRY, REAL, XLSX, fault_cells},
    report_fixtures::{CYCLE, complete_report_body, cycle_body, insert_project, report_path},
    sheet_file::{HEAD, SheetFile},
};

/// A service with an open cycle that was cut off on 30 June 2026, and the project `da-nang-1`. Today is 20 November.
async fn spawn_with_cut_off_in_june() -> TestApp {
    let app = TestApp::spawn().await;
    let secretariat = app.secretariat().await;
    let mut cycle = cycle_body(CYCLE);
    cycle["as_of"] = json!("2026-06-30");
    secretariat.post("cycles", &cycle).await.expect(201);
    secretariat.send("POST", &format!("cycles/{CYCLE}/open"), None, &[]).await.expect(200);
    insert_project(&app, "da-nang", 1).await;
    app
}

/// Adds a milestone with a weight to the project, and returns its id.
async fn create_milestone(officer: &Caller<'_>, weight: i64, completed_on: Option<&str>) -> Value {
    let body = json!({
        "title": format!("Step of weight {weight}"), "due_on": "2026-06-30", "weight": weight,
        "completed_on": completed_on
    });
    officer.post("projects/da-nang-1/milestones", &body).await.expect(201).json()["id"].clone()
}

async fn create_indicator(officer: &Caller<'_>) -> Value {
    let body = json!({ "name": "Buses", "kind": "output", "unit": "buses", "better": "up" });
    officer.post("projects/da-nang-1/indicators", &body).await.expect(201).json()["id"].clone()
}

fn dated_report_body(milestone: &Value, indicator: &Value, day: &str) -> Value {
    let mut body = complete_report_body();
    body["milestones"] = json!([{ "milestone_id": milestone, "completed_on": day }]);
    body["indicator_values"] =
        json!([{ "indicator_id": indicator, "value": 7, "measured_on": day }]);
    body
}

#[actix_web::test]
async fn day_after_the_cut_off_is_kept_by_put_and_refused_by_submit() {
    let app = spawn_with_cut_off_in_june().await;
    let officer = app.officer("da-nang").await;
    let milestone = create_milestone(&officer, 1, None).await;
    let indicator = create_indicator(&officer).await;
    let path = report_path("da-nang-1");
    let late = dated_report_body(&milestone, &indicator, "2026-07-01");
    let draft = officer.put(&path, &late, None).await.expect(201);
    assert_eq!(draft.json()["milestones"][0]["completed_on"], "2026-07-01");
    let expected = "\
        /milestones/0/completed_on after_cut_off\n\
        /indicator_values/0/measured_on after_cut_off";
    let members = ["pointer", "code"];
    assert_eq!(show_items(&draft.json()["readiness"]["missing"], &members), expected);
    let refused = officer.take_transition("da-nang-1", "submit").await.expect(422).json();
    assert_eq!(show_items(&refused["errors"], &members), expected);
    assert_eq!(
        refused["errors"][0]["detail"],
        "a day not after 2026-06-30 is expected, the cut-off of the cycle"
    );
    let item = json!({ "project": "da-nang-1", "cycle": CYCLE, "version": 1 });
    let bulk = json!({ "action": "submit", "items": [item] });
    let bulk = officer.post("reports/bulk", &bulk).await.expect(200).json();
    assert_eq!(show_items(&bulk["results"][0]["problem"]["errors"], &members), expected);
    let on_the_day = dated_report_body(&milestone, &indicator, "2026-06-30");
    officer.put(&path, &on_the_day, Some(&draft.etag())).await.expect(200);
    officer.take_transition("da-nang-1", "submit").await.expect(200);
}

#[actix_web::test]
async fn milestone_of_the_project_after_the_cut_off_is_frozen_as_not_reached() {
    let app = spawn_with_cut_off_in_june().await;
    let officer = app.officer("da-nang").await;
    create_milestone(&officer, 1, Some("2026-06-30")).await;
    create_milestone(&officer, 3, Some("2026-07-01")).await;
    // This day is in the future too.
    create_milestone(&officer, 4, Some("2026-12-24")).await;
    let mut body = complete_report_body();
    body["percent_method"] = json!("milestones");
    body["percent_complete"] = json!(null);
    let draft = officer.put(&report_path("da-nang-1"), &body, None).await.expect(201).json();
    assert_eq!(draft["readiness"], json!({ "ready": true, "missing": [] }));
    assert_eq!(draft["percent_complete"], 12.5);
    assert_eq!(draft["percent_calculation"]["reached_weight"], 1);
    let sent = officer.take_transition("da-nang-1", "submit").await.expect(200).json();
    app.representative("VN").await.take_transition("da-nang-1", "approve").await.expect(200);
    let reader = app.reader().await;
    let approved = reader.get(&report_path("da-nang-1")).await.expect(200).json();
    let members = ["weight", "completed_on"];
    for view in [sent, approved] {
        assert_eq!(
            (&view["percent_complete"], &view["percent_calculation"]["reached_weight"]),
            (&json!(12.5), &json!(1))
        );
        assert_eq!(
            show_items(&view["header"]["milestones"], &members),
            "1 2026-06-30\n3 null\n4 null"
        );
    }
    // The record of the project keeps the days.
    let own = officer.get("projects/da-nang-1/milestones").await.expect(200).json();
    assert_eq!(show_items(&own["items"], &members), "1 2026-06-30\n3 2026-07-01\n4 2026-12-24");
    let progress = reader.get("figures/progress?by=city&cycle=me-2026&city=da-nang").await;
    assert_eq!(progress.expect(200).json()["rows"][0]["milestones"]["completed_weight"], 1);
}

#[actix_web::test]
async fn import_refuses_a_row_that_adds_a_day_after_the_cut_off() {
    let app = spawn_with_cut_off_in_june().await;
    let officer = app.officer("da-nang").await;
    let milestone = create_milestone(&officer, 1, None).await;
    let indicator = create_indicator(&officer).await;
    let path = report_path("da-nang-1");
    let draft = dated_report_body(&milestone, &indicator, "2026-06-30");
    let draft = officer.put(&path, &draft, None).await.expect(201);
    let workbook = "cities/da-nang/workbook?cycle=me-2026";
    let mut file = SheetFile::read(&officer.download(workbook).await);
    file.set("completions", HEAD, "completed_on", "2026-07-01");
    file.set("values", HEAD, "measured_on", "2026-07-02");
    let preview = officer.upload(DRY, XLSX, file.save()).await.expect(200).json();
    let mut faults = fault_cells(&preview);
    faults.sort();
    assert_eq!(faults, ["completions!E4 after_cut_off", "values!G4 after_cut_off"]);
    officer.upload(REAL, XLSX, file.save()).await.expect(422);
    // A day that the report holds already is no fault of the rows that keep it.
    let late = dated_report_body(&milestone, &indicator, "2026-07-01");
    officer.put(&path, &late, Some(&draft.etag())).await.expect(200);
    let mut file = SheetFile::read(&officer.download(workbook).await);
    file.set("reports", HEAD, "challenges", "Heavy rain.");
    let written = officer.upload(REAL, XLSX, file.save()).await.expect(200).json();
    assert_eq!(fault_cells(&written), [""; 0]);
}
