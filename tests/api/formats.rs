//! One answer in the formats that people open: every one says the same as the JSON does.

use std::{collections::BTreeMap, io::Cursor};

use calamine::{Data, Reader as _, Xlsx};
use serde_json::Value;

use crate::{
    helpers::{Caller, TestApp},
    report_fixtures::{CYCLE, file_and_approve, spawn_with_open_cycle},
};

mod frozen_figures;
mod release_archive;
mod release_report_formats;

/// The rows of a CSV file by the names of their columns.
fn parse_csv_rows(text: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.deserialize().map(Result::unwrap).collect()
}

async fn read_csv(caller: &Caller<'_>, path: &str) -> Vec<BTreeMap<String, String>> {
    let answer = caller.get(path).await.expect(200);
    assert!(answer.header("content-type").unwrap().starts_with("text/csv"), "{path}");
    assert!(!answer.text.starts_with('\u{feff}'));
    parse_csv_rows(&answer.text)
}

#[actix_web::test]
async fn figures_table_is_the_same_in_csv_jsonl_and_xlsx() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    let path = "figures/table?rows=focus_area&columns=status&cycle=me-2022&receipts=true";
    let view = reader.get(path).await.expect(200).json();
    let table = read_csv(&reader, &format!("{path}&format=csv")).await;
    let cells = view["cells"].as_array().unwrap();
    assert_eq!(table.len(), cells.len());
    for (row, cell) in table.iter().zip(cells) {
        assert_eq!(row["focus_area"], cell["row"].as_str().unwrap());
        assert_eq!(row["focus_area_name"], cell["row_name"].as_str().unwrap());
        assert_eq!(row["status"], cell["column"].as_str().unwrap());
        assert_eq!(row["projects"], cell["value"].to_string());
        assert_eq!(
            (&*row["cycle"], &*row["as_of"], &*row["release"]),
            ("me-2022", "2022-09-21", "")
        );
        let codes = cell["projects"].as_array().unwrap().iter().map(|c| c.as_str().unwrap());
        assert_eq!(row["project_codes"], codes.collect::<Vec<_>>().join("; "));
    }
    let total: i64 = table.iter().map(|row| row["projects"].parse::<i64>().unwrap()).sum();
    assert_eq!(total, 77);

    let lines = reader.get(&format!("{path}&format=jsonl")).await.expect(200);
    let first: Value = serde_json::from_str(lines.text.lines().next().unwrap()).unwrap();
    assert_eq!(first["projects"], cells[0]["value"]);
    assert_eq!(lines.text.lines().count(), cells.len());

    let file = reader.download(&format!("{path}&format=xlsx")).await;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(file)).unwrap();
    let data = book.worksheet_range("data").unwrap();
    assert_eq!(data.height(), cells.len() + 1);
    let sum: f64 = data
        .rows()
        .skip(1)
        .map(|row| match &row[7] {
            Data::Float(n) => *n,
            other => panic!("{other:?}"),
        })
        .sum();
    assert_eq!(sum, 77.0);
}

#[actix_web::test]
async fn figures_format_is_chosen_by_accept_header_or_format_parameter() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    let path = "figures/table?rows=status&cycle=me-2022";
    let json = reader.get(path).await.expect(200);
    let by_header = reader.send("GET", path, None, &[("accept", "text/csv")]).await.expect(200);
    let by_name = reader.get(&format!("{path}&format=csv")).await.expect(200);
    assert_eq!(by_header.text, by_name.text);
    assert_ne!(by_header.etag(), json.etag());
    assert_eq!(
        by_header.header("content-disposition"),
        Some("attachment; filename=\"ascn-projects-status-me-2022.csv\"")
    );
    // Asked again, from memory: each its own.
    assert_eq!(reader.get(path).await.text, json.text);
    let known = [("accept", "text/csv"), ("if-none-match", &*by_header.etag())];
    assert_eq!(reader.send("GET", path, None, &known).await.status, 304);
    for wrong in ["pdf", "CSV", "geojson", ""] {
        let refused = reader.get(&format!("{path}&format={wrong}")).await.expect(400);
        assert!(refused.text.contains("\"format\""), "{}", refused.text);
    }
    // Who takes anything gets JSON.
    let any = reader.send("GET", path, None, &[("accept", "text/html, */*;q=0.1")]).await;
    assert_eq!(any.text, json.text);
}

#[actix_web::test]
async fn trend_progress_coverage_and_map_are_available_as_csv() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    let trend = read_csv(&reader, "figures/trend?columns=status&format=csv").await;
    let of = |cycle: &str| -> i64 {
        let here = trend.iter().filter(|row| row["cycle"] == cycle);
        here.map(|row| row["projects"].parse::<i64>().unwrap()).sum()
    };
    assert_eq!((of("me-2022"), of("me-2023"), of("me-2025")), (77, 86, 134));

    let progress = read_csv(&reader, "figures/progress?by=city&cycle=me-2025&format=csv").await;
    let view = reader.get("figures/progress?by=city&cycle=me-2025").await.expect(200).json();
    assert_eq!(progress.len(), view["rows"].as_array().unwrap().len());
    // Nobody stated a percentage in the published years: unknown is empty, and not 0.
    assert!(progress.iter().all(|row| row["percent_complete"].is_empty() && row["known"] == "0"));

    let coverage = read_csv(&reader, "figures/coverage?cycle=me-2026&format=csv").await;
    assert!(coverage.iter().all(|row| row["draft"].is_empty()), "a reader sees no drafts");

    let map = read_csv(&reader, "figures/map?cycle=me-2022&format=csv").await;
    let sum: i64 = map.iter().map(|row| row["projects"].parse::<i64>().unwrap()).sum();
    assert_eq!(sum, 77);
    let drawn = reader.get("figures/map?cycle=me-2022&format=geojson").await.expect(200);
    assert_eq!(drawn.header("content-type"), Some("application/geo+json"));
    assert_eq!(drawn.text, reader.get("figures/map?cycle=me-2022").await.text);
}

#[actix_web::test]
async fn percent_and_spent_csv_columns_name_their_units() {
    let app = spawn_with_open_cycle().await;
    file_and_approve(&app, "da-nang-1").await;
    let reader = app.reader().await;
    let mean = read_csv(
        &reader,
        &format!(
            "figures/table?rows=city&measure=percent_complete&cycle={CYCLE}&city=da-nang&format=csv"
        ),
    )
    .await;
    assert_eq!((&*mean[0]["percent_complete"], &*mean[0]["known"]), ("62.5", "1"));
    let spent = read_csv(
        &reader,
        &format!("figures/table?rows=city&measure=spent&cycle={CYCLE}&city=da-nang&format=csv"),
    )
    .await;
    assert_eq!((&*spent[0]["spent_minor"], &*spent[0]["spent_currency"]), ("", ""));
}

#[actix_web::test]
async fn project_and_report_lists_as_jsonl_are_complete() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    for (list, total) in [("projects", 143), ("reports", 405)] {
        let lines = reader.get(&format!("{list}?format=jsonl")).await.expect(200);
        assert_eq!(lines.header("content-type"), Some("application/jsonl"));
        let items: Vec<Value> =
            lines.text.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
        let page = reader.get(&format!("{list}?limit=1000")).await.expect(200).json();
        assert_eq!(items.len(), total);
        assert_eq!(Value::Array(items), page["items"], "{list}");
    }
    let picked = reader
        .get("projects?format=jsonl&city=da-nang&fields=code,title&sort=-title")
        .await
        .expect(200);
    let page =
        reader.get("projects?city=da-nang&fields=code,title&sort=-title").await.expect(200).json();
    let items: Vec<Value> = picked.text.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(Value::Array(items), page["items"]);
    reader.get("projects?format=jsonl&limit=5").await.expect(400);
    reader.get("reports?format=jsonl&cursor=x").await.expect(400);
    reader.get("reports?format=csv").await.expect(400);
}
