//! Every number of the report is one that can be asked for.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{read_page, table_numbers};
use crate::{
    helpers::{Caller, TestApp},
    releases::{publish_release, spawn_with_closed_cycle},
    report_fixtures::CYCLE,
};

async fn read_table(caller: &Caller<'_>, query: &str) -> Value {
    caller.get(&format!("figures/table?{query}")).await.expect(200).json()
}

/// Holds a table of counts against that of the API, cell by cell.
fn assert_same_counts(
    shown: &BTreeMap<(String, String, String), String>,
    status: &str,
    table: &Value,
) -> i64 {
    let mut seen = 0;
    for cell in table["cells"].as_array().unwrap() {
        let at = |name: &str| cell[name].as_str().unwrap().to_owned();
        let n = cell["value"].as_i64().unwrap();
        match shown.get(&(at("row"), status.to_owned(), at("column"))) {
            Some(text) => assert_eq!(text, &n.to_string(), "{cell}"),
            // What nobody reports has no row.
            None => assert_eq!(n, 0, "{cell}"),
        }
        seen += n;
    }
    seen
}

#[actix_web::test]
async fn annual_report_numbers_equal_the_figures_table() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    for cycle in ["me-2022", "me-2025"] {
        let release = reader.get(&format!("releases/{cycle}-r1")).await.expect(200).json();
        let page = read_page(&reader, &format!("releases/{cycle}-r1/report")).await;
        let total = release["counts"]["reports"].as_i64().unwrap();

        let areas =
            read_table(&reader, &format!("rows=focus_area&columns=status&cycle={cycle}")).await;
        let statuses = table_numbers(&page, "statuses");
        assert_eq!(assert_same_counts(&statuses, "", &areas), total);
        // Six focus areas and the total, by six statuses and the total.
        assert_eq!(statuses.len(), 7 * 7);
        let shares = table_numbers(&page, "shares");
        let (mut tenths, mut counted) = (0, 0);
        for (area, n) in areas["row_totals"].as_object().unwrap() {
            let at = |column: &str| shares[&(area.clone(), String::new(), column.into())].clone();
            assert_eq!(at("count"), n.to_string());
            assert_eq!(statuses[&(area.clone(), String::new(), "total".into())], n.to_string());
            let share: i64 = at("share").trim_end_matches('%').replace('.', "").parse().unwrap();
            // Between the exact share rounded down and rounded up.
            let off = (share * total - n.as_i64().unwrap() * 1_000).abs();
            assert!(off < total, "{area} {share}");
            tenths += share;
            counted += n.as_i64().unwrap();
        }
        assert_eq!((tenths, counted), (1_000, total));

        let cities = table_numbers(&page, "cities");
        let mut counted = 0;
        for status in ["planning", "ongoing", "completed", "suspended", "cancelled", "not_stated"] {
            let query = format!("rows=city&columns=focus_area&status={status}&cycle={cycle}");
            counted += assert_same_counts(&cities, status, &read_table(&reader, &query).await);
            let told = release["counts"]["statuses"][status].as_i64().unwrap_or_default();
            let total = &statuses[&("total".into(), String::new(), status.into())];
            assert_eq!(total, &told.to_string());
        }
        assert_eq!(counted, total);

        let countries =
            read_table(&reader, &format!("rows=country&columns=status&cycle={cycle}")).await;
        assert_eq!(assert_same_counts(&table_numbers(&page, "countries"), "", &countries), total);
        let unknown = table_numbers(&page, "unknown");
        let not_stated = &unknown[&("status".into(), String::new(), "count".into())];
        assert_eq!(not_stated, &areas["coverage"]["not_stated"].to_string());
        let coverage = page.iter().find(|e| e.attribute("data-count") == "silent").unwrap();
        let said = format!(
            "{} cities have a report, of {} that were to report",
            areas["coverage"]["cities_reporting"], areas["coverage"]["cities_expected"]
        );
        assert!(coverage.text.starts_with(&said), "{}", coverage.text);
    }
}

#[actix_web::test]
async fn annual_report_lists_every_project_with_its_status() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    let page = read_page(&reader, "releases/me-2022-r1/report").await;
    let records = reader.get("releases/me-2022-r1/reports?limit=1000").await.expect(200).json();
    let statuses: Vec<(&str, &str)> = page
        .iter()
        .filter(|e| {
            e.attributes.contains_key("data-status") && !e.attribute("data-project").is_empty()
        })
        .map(|e| (e.attribute("data-project"), e.attribute("data-status")))
        .collect();
    for record in records["items"].as_array().unwrap() {
        let told = (record["project"].as_str().unwrap(), record["status"].as_str().unwrap());
        // On the page of its country and in the list.
        assert_eq!(statuses.iter().filter(|s| **s == told).count(), 2, "{told:?}");
        let title = record["header"]["title"].as_str().unwrap();
        assert!(page.iter().any(|e| e.is_named("bdi") && e.text == title), "{title}");
    }
    assert_eq!(statuses.len(), 2 * 77);
}

#[actix_web::test]
async fn annual_report_means_equal_the_figures_table() {
    let app = spawn_with_closed_cycle().await;
    publish_release(&app, None).await;
    let reader = app.reader().await;
    let page = read_page(&reader, "releases/me-2026-r1/report").await;
    for (rows, table) in [("focus_area", "progress-focus-area"), ("country", "progress-country")] {
        let query = format!("rows={rows}&measure=percent_complete&cycle={CYCLE}");
        let asked = read_table(&reader, &query).await;
        let shown = table_numbers(&page, table);
        for cell in asked["cells"].as_array().unwrap() {
            let row = cell["row"].as_str().unwrap();
            let at = |column: &str| shown[&(row.to_owned(), String::new(), column.into())].clone();
            assert_eq!(
                (at("known"), at("of")),
                (cell["known"].to_string(), cell["of"].to_string())
            );
            let exact = page.iter().find(|e| {
                e.attribute("data-table") == table
                    && e.attribute("data-row") == row
                    && e.attribute("data-column") == "mean"
            });
            let exact =
                exact.unwrap().attributes.get("data-value").map(|v| v.parse::<f64>().unwrap());
            assert_eq!(exact, cell["value"].as_f64(), "{cell}");
            assert_eq!(at("mean") == "not stated", exact.is_none(), "{cell}");
        }
        assert_eq!(shown[&("total".into(), String::new(), "mean".into())], "62.5%");
    }
}
