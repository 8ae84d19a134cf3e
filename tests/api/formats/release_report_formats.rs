//! The reports of a release as CSV and as GeoJSON.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::read_csv;
use crate::{
    helpers::TestApp,
    operation_fixture::close_cycle,
    report_fixtures::{CYCLE, complete_report_body, report_path},
};

const REPORTS: &str = "releases/me-2022-r1/reports";

#[actix_web::test]
async fn release_reports_csv_has_the_same_rows_as_the_json() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    let whole = reader.get(&format!("{REPORTS}?limit=1000")).await.expect(200).json();
    let table = read_csv(&reader, &format!("{REPORTS}?format=csv")).await;
    assert_eq!(table.len(), 77);
    for (row, item) in table.iter().zip(whole["items"].as_array().unwrap()) {
        assert_eq!(row["project"], item["project"].as_str().unwrap());
        assert_eq!(row["status"], item["status"].as_str().unwrap());
        assert_eq!((&*row["release"], &*row["cycle"]), ("me-2022-r1", "me-2022"));
        assert_eq!(row["percent_complete"], "");
    }
}

#[actix_web::test]
async fn release_reports_geojson_has_a_point_for_each_report_of_the_filter() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    let table = read_csv(&reader, &format!("{REPORTS}?format=csv")).await;
    let answer = reader.get(&format!("{REPORTS}?format=geojson&country=VN")).await.expect(200);
    insta::assert_snapshot!(answer.show_headers(&["content-disposition"]), @r#"content-disposition: attachment; filename="ascn-me-2022-r1-reports-vn.geojson""#);
    let drawn = answer.json();
    assert_eq!(drawn["type"], "FeatureCollection");
    let points = drawn["features"].as_array().unwrap();
    assert_eq!(points.len(), table.iter().filter(|row| row["country"] == "VN").count());
    for point in points {
        assert_eq!(point["id"], point["properties"]["project"]);
        let [lon, lat] = &point["geometry"]["coordinates"].as_array().unwrap()[..] else {
            panic!("{point}")
        };
        assert!((102.0..110.0).contains(&lon.as_f64().unwrap()), "longitude comes first: {lon}");
        assert!((8.0..24.0).contains(&lat.as_f64().unwrap()));
    }
}

#[actix_web::test]
async fn release_reports_in_an_unknown_format_or_paged_csv_are_400() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    reader.get(&format!("{REPORTS}?format=csv&limit=5")).await.expect(400);
    reader.get(&format!("{REPORTS}?format=zip")).await.expect(400);
    reader.get("releases/me-1999-r1/reports?format=zip").await.expect(404);
}

/// Returns the column that has a member of a report. `None` for members that have tables of their own, that are the same in
/// every report, or that repeat a different member.
fn column_of_member(path: &str) -> Option<String> {
    let name = match path {
        "state" | "header/code" | "percent_calculation/reached" | "percent_calculation/formula" => {
            return None;
        }
        path if path.contains("milestones") || path.contains("indicator") => return None,
        "evidence" | "header/partnerships" => return None,
        "header/location/text" => "location".to_owned(),
        "imported/source" => "source".to_owned(),
        "imported/basis" => "source_basis".to_owned(),
        "header/imported" => "published_facts".to_owned(),
        path => match path.split('/').collect::<Vec<_>>().as_slice() {
            [.., money @ ("spent" | "budget"), "amount_minor"] => format!("{money}_minor"),
            [.., money @ ("spent" | "budget"), "currency"] => format!("{money}_currency"),
            [.., last] => (*last).to_owned(),
            [] => return None,
        },
    };
    Some(name)
}

/// Writes a value as a cell has it.
fn to_cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(to_cell).collect::<Vec<_>>().join("; "),
        Value::Number(number) => number.as_f64().unwrap().to_string(),
        other => other.to_string(),
    }
}

fn collect_members(path: &str, value: &Value, into: &mut BTreeMap<String, String>) {
    let facts = path == "header/imported";
    match value {
        Value::Object(members) if !facts => {
            for (name, value) in members {
                let path = if path.is_empty() { name.clone() } else { format!("{path}/{name}") };
                collect_members(&path, value, into);
            }
        }
        value => drop(into.insert(path.to_owned(), to_cell(value))),
    }
}

#[actix_web::test]
async fn released_report_as_csv_has_every_member_of_the_json() {
    let app = TestApp::demo().await;
    let officer = app.officer("da-nang").await;
    let project = json!({
        "city": "da-nang", "plan_cycle": "2018-2025", "title": "Smart buses", "title_local": "Xe buýt",
        "summary": "Buses that\nare \"on time\".", "focus_area": "built-infrastructure", "priority": true,
        "starts_on": "2021-01-01", "ends_on": "2026-12-31", "dates_reason": "Floods.",
        "budget": { "amount_minor": 125_000_000, "currency": "VND" }, "support_required": "Drivers.",
        "location": { "latitude": 16.05, "longitude": 108.2, "text": "Hòa Vang district" },
        "sdgs": [6, 11], "inclusion_note": "Wheelchairs fit."
    });
    let made = officer.post("projects", &project).await.expect(201).json();
    let code = made["code"].as_str().unwrap();
    let milestones = format!("projects/{code}/milestones");
    for (title, weight) in [("Depot opens", 3), ("Buses run", 2)] {
        let body = json!({ "title": title, "due_on": "2024-06-30", "weight": weight });
        officer.post(&milestones, &body).await.expect(201);
    }
    let id = officer.get(&milestones).await.json()["items"][0]["id"].clone();
    let mut report = complete_report_body();
    report["percent_complete"] = Value::Null;
    report["percent_method"] = json!("milestones");
    report["milestones"] = json!([{ "milestone_id": id, "completed_on": "2024-05-01" }]);
    report["spent"] = json!({ "amount_minor": 99, "currency": "USD" });
    report["support_needed"] = json!("Money.");
    officer.put(&report_path(code), &report, None).await.expect(201);
    officer.take_transition(code, "submit").await.expect(200);
    app.representative("VN").await.take_transition(code, "approve").await.expect(200);
    close_cycle(&app, CYCLE).await;
    app.secretariat().await.post("releases", &json!({ "cycle": CYCLE })).await.expect(201);

    let reader = app.reader().await;
    for (release, city) in [("me-2026-r1", "da-nang"), ("me-2025-r1", "da-nang")] {
        let list = format!("releases/{release}/reports?city={city}");
        let items = reader.get(&list).await.expect(200).json()["items"].clone();
        let rows = read_csv(&reader, &format!("{list}&format=csv")).await;
        for (item, row) in items.as_array().unwrap().iter().zip(&rows) {
            let mut members = BTreeMap::new();
            collect_members("", item, &mut members);
            for (path, value) in members {
                let Some(column) = column_of_member(&path) else { continue };
                // An absent object says the same as its empty members.
                let is_group =
                    ["budget", "spent", "schedule", "percent_calculation", "location", "imported"]
                        .contains(&column.as_str());
                if value.is_empty() && is_group && row.get(&column).is_none_or(String::is_empty) {
                    continue;
                }
                let cell =
                    row.get(&column).unwrap_or_else(|| panic!("no column {column} for {path}"));
                let value =
                    if column == "status" && value.is_empty() { "not_stated" } else { &value };
                assert_eq!(cell, value, "{release} {path}");
            }
        }
    }
    let rows = read_csv(&reader, "releases/me-2026-r1/reports?format=csv").await;
    let row = rows.iter().find(|row| row["project"] == code).unwrap();
    assert_eq!((row["reached_weight"].as_str(), row["total_weight"].as_str()), ("3", "5"));
    assert_eq!((row["location"].as_str(), row["source_basis"].as_str()), ("Hòa Vang district", ""));
    assert!(row["submitted_at"].ends_with('Z'), "{}", row["submitted_at"]);
}
