//! The trend until a release and the coverage of one: they are computed from frozen reports, and do not change.

use serde_json::{Value, json};

use crate::{
    answer_snapshot::show_items,
    helpers::{Caller, TestApp},
    operation_fixture::close_cycle,
    report_fixtures::complete_report_body,
};

mod release_coverage;
mod release_trend;

async fn read_release(caller: &Caller<'_>, path: &str) -> Value {
    caller.get(&format!("releases/{path}")).await.expect(200).json()
}

/// The items of a list, found by a member.
fn find_item<'a>(value: &'a Value, list: &str, (name, is): (&str, &str)) -> &'a Value {
    value[list].as_array().unwrap().iter().find(|item| item[name] == is).unwrap()
}

/// The cycles of a trend with the releases that stand for them, in order.
fn show_cycles_and_releases(trend: &Value) -> String {
    show_items(&trend["cycles"], &["cycle", "release"])
}

async fn close_and_publish(app: &TestApp, cycle: &str) {
    close_cycle(app, cycle).await;
    app.secretariat().await.post("releases", &json!({ "cycle": cycle })).await.expect(201);
}

/// Writes the report of Da Nang's first project in a cycle, and has it approved.
async fn approve_report_with_percent(app: &TestApp, cycle: &str, percent: f64) {
    let path = format!("projects/da-nang-1/reports/{cycle}");
    let officer = app.officer("da-nang").await;
    let before = officer.get(&path).await;
    let etag = (before.status == 200).then(|| before.etag());
    let mut content = complete_report_body();
    content["percent_complete"] = json!(percent);
    let written = officer.put(&path, &content, etag.as_deref()).await;
    assert!([200, 201].contains(&written.status), "{}", written.text);
    officer.send("POST", &format!("{path}/submit"), None, &[]).await.expect(200);
    let representative = app.representative("VN").await;
    representative.send("POST", &format!("{path}/approve"), None, &[]).await.expect(200);
}

/// Opens a closed cycle again, corrects the report, and publishes the correction.
async fn publish_correction(app: &TestApp, cycle: &str, percent: f64) {
    let secretariat = app.secretariat().await;
    secretariat.send("POST", &format!("cycles/{cycle}/open"), None, &[]).await.expect(200);
    let path = format!("projects/da-nang-1/reports/{cycle}/reopen");
    secretariat.post(&path, &json!({ "comment": "A slip." })).await.expect(200);
    approve_report_with_percent(app, cycle, percent).await;
    close_and_publish(app, cycle).await;
}

#[actix_web::test]
async fn release_trend_and_coverage_are_available_as_csv_jsonl_and_xlsx() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    let trend = read_release(&reader, "me-2023-r1/figures/trend?columns=status").await;
    let coverage = read_release(&reader, "me-2023-r1/figures/coverage").await;
    for (figure, view, list) in
        [("trend?columns=status&", &trend, "cells"), ("coverage?", &coverage, "cities")]
    {
        let path = format!("releases/me-2023-r1/figures/{figure}");
        let rows = view[list].as_array().unwrap().len();
        let csv = reader.get(&format!("{path}format=csv")).await.expect(200);
        let lines = reader.get(&format!("{path}format=jsonl")).await.expect(200);
        let book = reader.download(&format!("{path}format=xlsx")).await;
        assert!(book.starts_with(b"PK"), "{path}");
        assert_eq!(csv.text.lines().count(), rows + 1, "{path}");
        let lines: Vec<Value> =
            lines.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), rows, "{path}");
        let name = csv.header("content-disposition").unwrap();
        assert!(name.contains("me-2023-r1.csv"), "{name}");
        reader.get(&format!("{path}format=geojson")).await.expect(400);
    }
}

#[actix_web::test]
async fn release_trend_csv_names_the_release_of_each_row() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    let csv = reader.get("releases/me-2023-r1/figures/trend?format=csv").await.expect(200).text;
    let rows: Vec<&str> = csv.lines().skip(1).collect();
    let [first, second] = rows[..] else { panic!("{csv}") };
    assert!(first.starts_with("me-2022,2022-") && first.contains(",me-2022-r1,"), "{first}");
    assert!(second.starts_with("me-2023,2023-") && second.contains(",me-2023-r1,"), "{second}");
}

#[actix_web::test]
async fn release_figures_with_invalid_parameters_are_400() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    for path in [
        "me-2022-r1/figures/trend?columns=cycle",
        "me-2022-r1/figures/trend?columns=colour",
        "me-2022-r1/figures/trend?city=atlantis",
        "me-2022-r1/figures/trend?rows=city",
        "me-2022-r1/figures/trend?as_of=2022-12-31",
        "me-2022-r1/figures/trend?format=zip",
        "me-2022-r1/figures/coverage?cycle=me-2022",
        "me-2022-r1/figures/coverage?city=da-nang",
        "me-2022-r1/figures/coverage?format=geojson",
    ] {
        reader.get(&format!("releases/{path}")).await.expect(400);
    }
    for path in ["trend?columns=colour", "coverage?format=zip", "trend", "coverage"] {
        reader.get(&format!("releases/me-2022-r9/figures/{path}")).await.expect(404);
    }
}
