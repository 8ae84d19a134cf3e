//! The figures table over the published history: its numbers, filters and refusals.

use ascn_tracker::domain::{
    reference::CountryCode,
    user::{Role, Scope},
};
use serde_json::{Value, json};

use crate::{
    answer_snapshot::{show_json, show_members},
    helpers::{Caller, TestApp},
};

mod figures_caching;

async fn read_table(caller: &Caller<'_>, query: &str) -> Value {
    caller.get(&format!("figures/table?{query}")).await.expect(200).json()
}
fn laos_reader_grant() -> (Role, Scope) {
    (Role::Reader, Scope::Country(CountryCode::parse("LA").unwrap()))
}

#[actix_web::test]
async fn figures_table_counts_reports_by_row_and_column() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    let path = "figures/table?rows=focus_area&columns=status&cycle=me-2022";
    let table = reader.get(path).await;
    let members = [
        "measure",
        "formula",
        "rows",
        "columns",
        "total",
        "row_totals",
        "column_totals",
        "coverage",
        "basis",
        "cells/1",
    ];
    insta::assert_snapshot!(table.show_members(&members), @r#"
    200
    measure: "projects"
    formula: "count of approved reports"
    rows: "focus_area"
    columns: "status"
    total: 77
    row_totals: {
      "built-infrastructure": 19,
      "civic-and-social": 22,
      "health-and-well-being": 5,
      "industry-and-innovation": 4,
      "quality-environment": 17,
      "safety-and-security": 10
    }
    column_totals: {"cancelled": 0, "completed": 2, "not_stated": 2, "ongoing": 57, "planning": 16, "suspended": 0}
    coverage: {"cities_expected": 26, "cities_reporting": 26, "not_stated": 2}
    basis: {"as_of": "2022-09-21", "cycle": "me-2022", "release": null, "seq": "[seq]"}
    cells/1: {
      "column": "ongoing",
      "column_name": "On-going",
      "known": 17,
      "of": 17,
      "row": "civic-and-social",
      "row_name": "Civic and Social",
      "share": 77,
      "value": 17
    }
    "#);
    let table = table.json();
    assert_eq!(table["basis"]["seq"], app.state.heads.feed());
    let cells = table["cells"].as_array().unwrap();
    assert_eq!(cells.len(), 6 * 6);
    let sums: Vec<String> = cells
        .chunks(6)
        .map(|row| {
            let sum: i64 = row.iter().map(|c| c["value"].as_i64().unwrap()).sum();
            format!("{} {sum}", row[0]["row"].as_str().unwrap())
        })
        .collect();
    insta::assert_snapshot!(sums.join("\n"), @"
    civic-and-social 22
    health-and-well-being 5
    safety-and-security 10
    quality-environment 17
    built-infrastructure 19
    industry-and-innovation 4
    ");
}

#[actix_web::test]
async fn figures_tables_of_imported_cycles_have_the_published_totals() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    let mut totals = serde_json::Map::new();
    for cycle in ["me-2022", "me-2023", "me-2024", "me-2025"] {
        let table = read_table(&reader, &format!("rows=status&cycle={cycle}")).await;
        totals.insert(cycle.to_owned(), table["total"].clone());
    }
    insta::assert_snapshot!(show_json(&totals.into()), @r#"{"me-2022": 77, "me-2023": 86, "me-2024": 108, "me-2025": 134}"#);
}

#[actix_web::test]
async fn figures_table_without_columns_has_no_column_totals() {
    let app = TestApp::demo().await;
    let table = read_table(&app.reader().await, "rows=city&cycle=me-2022&country=VN").await;
    let members = ["columns", "row_totals", "column_totals", "cells/0/column"];
    insta::assert_snapshot!(show_members(&table, &members), @r#"
    columns: null
    row_totals: {"da-nang": 2, "ha-noi": 2, "ho-chi-minh-city": 2}
    column_totals: {}
    cells/0/column: null
    "#);
}

#[actix_web::test]
async fn figures_table_by_city_has_the_expected_cities_of_its_cycle() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    // Nine cities joined later than the pilots, and report in later cycles.
    for (cycle, cities) in [("me-2022", 26), ("me-2023", 26), ("me-2024", 31), ("me-2025", 35)] {
        let table = read_table(&reader, &format!("rows=city&cycle={cycle}")).await;
        assert_eq!(table["cells"].as_array().unwrap().len(), cities, "{cycle}");
        assert_eq!(table["coverage"]["cities_expected"], cities, "{cycle}");
    }
    let all = read_table(&reader, "rows=city&cycle=me-2026").await;
    let empty = all["cells"].as_array().unwrap().iter().find(|c| c["row"] == "denpasar").unwrap();
    insta::assert_snapshot!(show_members(empty, &["value", "of"]), @"
    value: 0
    of: 0
    ");
    let pilots = read_table(&reader, "rows=city&cycle=me-2026&pilot=true").await;
    assert_eq!(pilots["cells"].as_array().unwrap().len(), 26);
}

#[actix_web::test]
async fn figures_table_is_filtered_by_several_statuses() {
    let app = TestApp::demo().await;
    let query = "rows=status&cycle=me-2022&status=planning&status=completed";
    let table = read_table(&app.reader().await, query).await;
    assert_eq!(table["row_totals"], json!({"planning": 16, "completed": 2}));
}

#[actix_web::test]
async fn values_that_no_report_states_are_unknown_and_not_zero() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    let sectors = read_table(&reader, "rows=sector&cycle=me-2022").await;
    let members = ["row_totals/unknown", "row_totals/transport"];
    insta::assert_snapshot!(show_members(&sectors, &members), @"
    row_totals/unknown: 77
    row_totals/transport: 0
    ");
    let percent = read_table(&reader, "rows=country&cycle=me-2022&measure=percent_complete").await;
    insta::assert_snapshot!(show_members(&percent, &["total", "cells/0/known"]), @"
    total: null
    cells/0/known: 0
    ");
    let spent = read_table(&reader, "rows=country&cycle=me-2022&measure=spent").await;
    let members = ["totals_by_currency/total", "cells/0/by_currency"];
    insta::assert_snapshot!(show_members(&spent, &members), @"
    totals_by_currency/total: []
    cells/0/by_currency: []
    ");
}

#[actix_web::test]
async fn figures_table_with_invalid_parameters_is_400_naming_them() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    for (query, parameter) in [
        ("cycle=me-2022", "rows"),
        ("rows=focus_area", "cycle"),
        ("rows=colour&cycle=me-2022", "rows"),
        ("rows=status&columns=status&cycle=me-2022", "columns"),
        ("rows=status&columns=mood&cycle=me-2022", "columns"),
        ("rows=status&measure=joy&cycle=me-2022", "measure"),
        ("rows=status&cycle=me-1999", "cycle"),
        ("rows=status&cycle=ME%202022", "cycle"),
        ("rows=status&cycle=me-2022&cycle=me-2023", "cycle"),
        ("rows=status&cycle=me-2022&focus_area=nonsense", "focus_area"),
        ("rows=status&cycle=me-2022&status=happy", "status"),
        ("rows=status&cycle=me-2022&city=atlantis", "city"),
        ("rows=status&cycle=me-2022&country=XX", "country"),
        ("rows=status&cycle=me-2022&sector=", "sector"),
        ("rows=status&cycle=me-2022&pilot=maybe", "pilot"),
        ("rows=status&cycle=me-2022&as_off=2022-01-01", "as_off"),
    ] {
        let problem = reader.get(&format!("figures/table?{query}")).await.expect(400).json();
        assert_eq!(problem["errors"][0]["parameter"], parameter, "{query}");
    }
    app.anonymous().get("figures/table?rows=status&cycle=me-2022").await.expect(401);
}

#[actix_web::test]
async fn refused_figures_parameter_lists_the_allowed_values() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    let rows = reader.get("figures/table?rows=colour&cycle=me-2022").await;
    insta::assert_snapshot!(rows.show_members(&["errors/0/allowed"]), @r#"
    400
    errors/0/allowed: [
      "focus_area",
      "sub_area",
      "status",
      "country",
      "city",
      "cycle",
      "outcome",
      "enabler",
      "sector",
      "tag",
      "sdg",
      "partner_type"
    ]
    "#);
    let cycle = reader.get("figures/table?rows=status&cycle=me-1999").await;
    insta::assert_snapshot!(cycle.show_members(&["errors/0/allowed"]), @r#"
    400
    errors/0/allowed: ["me-2022", "me-2023", "me-2024", "me-2025", "me-2026"]
    "#);
}

/// Has the report of `da-nang-1` in the open cycle submitted: 62.5 percent complete, 125 million dong spent.
async fn submit_report_with_spending(app: &TestApp) {
    let officer = app.officer("da-nang").await;
    let project = officer.get("projects/da-nang-1").await.expect(200);
    let dates = json!({ "starts_on": "2019-01-01", "ends_on": "2025-12-31" });
    officer.patch("projects/da-nang-1", &dates, Some(&project.etag())).await.expect(200);
    let report = json!({
        "status": "ongoing", "percent_complete": 62.5, "percent_method": "self_assessed",
        "achievements": "Half of the sensors.", "challenges": "Monsoon.", "next_steps": "The rest.",
        "spent": { "amount_minor": 125_000_000, "currency": "VND" },
    });
    let at = "projects/da-nang-1/reports/me-2026";
    officer.put(at, &report, None).await.expect(201);
    officer.post(&format!("{at}/submit"), &json!({})).await.expect(200);
}

async fn approve_submitted_report(app: &TestApp) {
    let approve = "projects/da-nang-1/reports/me-2026/approve";
    app.representative("VN").await.post(approve, &json!({})).await.expect(200);
}

#[actix_web::test]
async fn percent_complete_changes_on_approval_and_not_on_submission() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    let path = "figures/table?rows=city&cycle=me-2026&city=da-nang&measure=percent_complete";
    let empty = reader.get(path).await.expect(200);
    submit_report_with_spending(&app).await;
    let unmoved = reader.get(path).await.expect(200);
    assert_eq!((unmoved.etag(), unmoved.json()["total"].clone()), (empty.etag(), Value::Null));
    approve_submitted_report(&app).await;
    let moved = reader.get(path).await;
    let members = ["total", "cells/0/known", "cells/0/of", "coverage"];
    insta::assert_snapshot!(moved.show_members(&members), @r#"
    200
    total: 62.5
    cells/0/known: 1
    cells/0/of: 1
    coverage: {"cities_expected": 1, "cities_reporting": 1, "not_stated": 0}
    "#);
}

#[actix_web::test]
async fn spent_is_summed_by_currency() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    let path = "figures/table?rows=city&cycle=me-2026&city=da-nang&measure=spent";
    let before = reader.get(path).await.expect(200).json();
    assert_eq!(before["totals_by_currency"]["total"], json!([]));
    submit_report_with_spending(&app).await;
    approve_submitted_report(&app).await;
    let members = ["totals_by_currency/total", "cells/0/by_currency", "cells/0/value"];
    insta::assert_snapshot!(reader.get(path).await.show_members(&members), @r#"
    200
    totals_by_currency/total: [{"amount_minor": 125000000, "currency": "VND"}]
    cells/0/by_currency: [{"amount_minor": 125000000, "currency": "VND"}]
    cells/0/value: null
    "#);
}
