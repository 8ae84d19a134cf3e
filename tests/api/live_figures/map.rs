//! Map: a point for each city of the table.

use serde_json::{Value, json};

use super::{array_member, find_row, insert_laos_reader, read_figures};
use crate::{answer_snapshot::show_members, helpers::TestApp};

#[actix_web::test]
async fn map_has_one_point_per_city_of_the_table() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    let answer = reader.get("figures/map?cycle=me-2025").await.expect(200);
    assert_eq!(answer.header("content-type"), Some("application/geo+json"));
    let map = answer.json();
    assert_eq!(map["type"], "FeatureCollection");
    let table = read_figures(&reader, "table?rows=city&columns=status&cycle=me-2025").await;
    let features = array_member(&map, "features");
    assert_eq!(features.len(), table["row_totals"].as_object().unwrap().len());
    for feature in features {
        assert_point_equals_table(feature, &table);
    }
}

/// Checks that a point has the counts of its city's row in the table.
fn assert_point_equals_table(feature: &Value, table: &Value) {
    let city = feature["id"].as_str().unwrap();
    let p = &feature["properties"];
    assert_eq!((&feature["type"], &p["city"]), (&json!("Feature"), &json!(city)));
    assert_eq!(p["projects"], table["row_totals"][city], "{city}");
    for cell in array_member(table, "cells").iter().filter(|c| c["row"] == city) {
        assert_eq!(p[cell["column"].as_str().unwrap()], cell["value"], "{city}");
    }
    // Longitude first: the network lies between 90 and 145 degrees east, and within 25 of the equator.
    let at: Vec<f64> = serde_json::from_value(feature["geometry"]["coordinates"].clone()).unwrap();
    assert!(at.len() == 2 && (90.0..145.0).contains(&at[0]) && at[1].abs() < 25.0, "{at:?}");
    assert_eq!((&p["cycle"], &p["release"]), (&json!("me-2025"), &Value::Null));
}

#[actix_web::test]
async fn map_is_limited_to_the_caller_scope_and_counts_stale_reports() {
    let app = TestApp::demo().await;
    let laos = read_figures(&insert_laos_reader(&app).await, "map?as_of=2025-12-31").await;
    let ids: Vec<&Value> = array_member(&laos, "features").iter().map(|f| &f["id"]).collect();
    assert_eq!(json!(ids), json!(["luang-prabang", "vientiane"]));
    let vientiane = find_row(&laos, "features", ("id", "vientiane"));
    let members = ["properties/stale", "properties/as_of"];
    insta::assert_snapshot!(show_members(vientiane, &members), @r#"
    properties/stale: 2
    properties/as_of: "2025-12-31"
    "#);
}
