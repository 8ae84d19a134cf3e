//! Trend: one number for each cycle.

use serde_json::{Value, json};

use super::{approve_measured_report, array_member, find_row, insert_laos_reader, read_figures};
use crate::{answer_snapshot::show_members, helpers::TestApp, report_fixtures::cycle_body};

#[actix_web::test]
async fn trend_rows_equal_the_tables_of_each_cycle() {
    let app = TestApp::demo().await;
    approve_measured_report(&app).await;
    let reader = app.reader().await;
    for measure in ["projects", "percent_complete", "spent"] {
        let path = format!("trend?columns=status&measure={measure}&pilot=true");
        let trend = read_figures(&reader, &path).await;
        let cycles: Vec<&String> = trend["row_totals"].as_object().unwrap().keys().collect();
        assert_eq!(cycles, ["me-2022", "me-2023", "me-2024", "me-2025", "me-2026"]);
        for cycle in cycles {
            let query = format!("table?rows=status&measure={measure}&cycle={cycle}&pilot=true");
            assert_row_equals_table(&trend, cycle, &read_figures(&reader, &query).await);
        }
    }
}

/// Checks that the row of a cycle has the cells, the total and the coverage of that cycle's table.
fn assert_row_equals_table(trend: &Value, cycle: &str, table: &Value) {
    assert_eq!(trend["row_totals"][cycle], table["total"], "{cycle} {table}");
    let cells: Vec<&Value> =
        array_member(trend, "cells").iter().filter(|c| c["row"] == *cycle).collect();
    assert_eq!(cells.len(), 6);
    for (cell, one) in cells.iter().zip(array_member(table, "cells")) {
        assert_eq!(cell["column"], one["row"]);
        for name in ["value", "known", "of", "by_currency"] {
            assert_eq!(cell[name], one[name], "{cycle} {name} {table}");
        }
    }
    let named = find_row(trend, "cycles", ("cycle", cycle));
    assert_eq!(named["coverage"], table["coverage"], "{cycle}");
    assert_eq!(named["as_of"], table["basis"]["as_of"]);
}

#[actix_web::test]
async fn trend_without_columns_has_one_cell_for_each_cycle() {
    let app = TestApp::demo().await;
    approve_measured_report(&app).await;
    let trend = read_figures(&app.reader().await, "trend").await;
    let members = ["columns", "row_totals", "cells/0"];
    insta::assert_snapshot!(show_members(&trend, &members), @r#"
    columns: null
    row_totals: {"me-2022": 77, "me-2023": 86, "me-2024": 108, "me-2025": 134, "me-2026": 1}
    cells/0: {
      "column": null,
      "column_name": null,
      "known": 77,
      "of": 77,
      "row": "me-2022",
      "row_name": "Monitoring and evaluation 2022",
      "share": 19,
      "value": 77
    }
    "#);
}

#[actix_web::test]
async fn trend_is_limited_to_the_caller_scope() {
    let app = TestApp::demo().await;
    let laos = read_figures(&insert_laos_reader(&app).await, "trend").await;
    let all = read_figures(&app.reader().await, "trend?country=LA").await;
    assert_eq!(laos["row_totals"], all["row_totals"]);
}

#[actix_web::test]
async fn trend_without_opened_cycles_is_empty() {
    let app = TestApp::spawn().await;
    let trend = read_figures(&app.reader().await, "trend?columns=status").await;
    insta::assert_snapshot!(show_members(&trend, &["cells", "basis/as_of"]), @"
    cells: []
    basis/as_of: null
    ");
    // A cycle that was never opened has no figures to come.
    app.secretariat().await.post("cycles", &cycle_body("me-2026")).await.expect(201);
    assert_eq!(read_figures(&app.reader().await, "trend").await["cycles"], json!([]));
}
