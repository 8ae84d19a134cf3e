//! The trend until a release.

use serde_json::{Value, json};

use super::{
    approve_report_with_percent, close_and_publish, find_item, publish_correction, read_release,
    show_cycles_and_releases,
};
use crate::{
    helpers::TestApp,
    report_fixtures::{CYCLE, cycle_body, spawn_with_open_cycle},
};

#[actix_web::test]
async fn release_trend_rows_equal_the_tables_of_the_releases_before() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    for filter in ["", "&pilot=true&focus_area=quality-environment", "&country=VN"] {
        let path = format!("me-2024-r1/figures/trend?columns=status&receipts=true{filter}");
        let trend = read_release(&reader, &path).await;
        let releases = ["me-2022-r1", "me-2023-r1", "me-2024-r1"];
        let cycles = ["me-2022", "me-2023", "me-2024"];
        let basis = &trend["basis"];
        assert_eq!(basis["cycles"], json!(cycles));
        assert_eq!((&basis["release"], &basis["cycle"]), (&json!("me-2024-r1"), &Value::Null));
        assert_eq!(basis["as_of"], find_item(&trend, "cycles", ("cycle", "me-2024"))["as_of"]);
        assert_eq!(trend["cycles"].as_array().unwrap().len(), 3);
        for (cycle, release) in cycles.into_iter().zip(releases) {
            assert_eq!(find_item(&trend, "cycles", ("cycle", cycle))["release"], release);
            let path = format!("{release}/figures/table?rows=status&receipts=true{filter}");
            assert_row_equals_table(&trend, cycle, &read_release(&reader, &path).await);
        }
    }
}

/// Checks that the row of a cycle has the cells, the total and the coverage of the table of its release.
fn assert_row_equals_table(trend: &Value, cycle: &str, table: &Value) {
    assert_eq!(trend["row_totals"][cycle], table["total"], "{cycle} {table}");
    let cells: Vec<&Value> =
        trend["cells"].as_array().unwrap().iter().filter(|c| c["row"] == cycle).collect();
    assert_eq!(cells.len(), 6);
    for (cell, one) in cells.iter().zip(table["cells"].as_array().unwrap()) {
        assert_eq!(cell["column"], one["row"]);
        for name in ["value", "known", "of", "projects"] {
            assert_eq!(cell[name], one[name], "{cycle} {name} {table}");
        }
    }
    let point = find_item(trend, "cycles", ("cycle", cycle));
    assert_eq!(point["coverage"], table["coverage"], "{cycle} {table}");
    assert_eq!(point["as_of"], table["basis"]["as_of"]);
    assert_eq!(point["state"], "closed");
}

#[actix_web::test]
async fn release_trend_ends_with_the_cycle_of_the_release() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    let trend = read_release(&reader, "me-2024-r1/figures/trend").await;
    insta::assert_snapshot!(show_cycles_and_releases(&trend), @"
    me-2022 me-2022-r1
    me-2023 me-2023-r1
    me-2024 me-2024-r1
    ");
    let first = read_release(&reader, "me-2022-r1/figures/trend").await;
    insta::assert_snapshot!(show_cycles_and_releases(&first), @"me-2022 me-2022-r1");
    assert_eq!(first["row_totals"]["me-2022"], 77);
}

#[actix_web::test]
async fn live_trend_names_no_releases() {
    let app = TestApp::demo().await;
    let live = app.reader().await.get("figures/trend").await.expect(200).json();
    assert!(live["cycles"].as_array().unwrap().iter().all(|c| c["release"].is_null()), "{live}");
}

fn trend_path(release: &str) -> String {
    format!("releases/{release}/figures/trend?measure=percent_complete")
}

/// Two released cycles: `da-nang-1` was 40 percent complete in `me-2026`, and 60 in `me-2027`.
async fn spawn_with_two_released_cycles() -> TestApp {
    let app = spawn_with_open_cycle().await;
    approve_report_with_percent(&app, CYCLE, 40.0).await;
    close_and_publish(&app, CYCLE).await;
    let secretariat = app.secretariat().await;
    let mut next = cycle_body("me-2027");
    next["as_of"] = json!("2027-12-31");
    secretariat.post("cycles", &next).await.expect(201);
    secretariat.send("POST", "cycles/me-2027/open", None, &[]).await.expect(200);
    approve_report_with_percent(&app, "me-2027", 60.0).await;
    close_and_publish(&app, "me-2027").await;
    app
}

#[actix_web::test]
async fn release_trend_does_not_change_with_corrections_and_renamed_cities() {
    let app = spawn_with_two_released_cycles().await;
    let reader = app.reader().await;
    let before = reader.get(&trend_path("me-2027-r1")).await.expect(200);
    insta::assert_snapshot!(show_cycles_and_releases(&before.json()), @"
    me-2026 me-2026-r1
    me-2027 me-2027-r1
    ");
    insta::assert_snapshot!(before.show_members(&["row_totals"]), @r#"
    200
    row_totals: {"me-2026": 40.0, "me-2027": 60.0}
    "#);

    publish_correction(&app, CYCLE, 45.0).await;
    let secretariat = app.secretariat().await;
    let etag = secretariat.get("cities/da-nang").await.expect(200).etag();
    let renamed = json!({ "names": { "en": "Danang", "vi": "Đà Nẵng", "local": "Đà Nẵng" } });
    secretariat.patch("cities/da-nang", &renamed, Some(&etag)).await.expect(200);
    // An instance with an empty cache computes the same.
    let again = app.spawn_second_instance().await;
    let anew = again.bearer(reader.token.as_ref().unwrap());
    let after = anew.get(&trend_path("me-2027-r1")).await.expect(200);
    assert_eq!((after.etag(), after.text), (before.etag(), before.text));
    let by_city = format!("{}&columns=city&city=da-nang", trend_path("me-2027-r1"));
    let named = anew.get(&by_city).await.expect(200).json();
    assert_eq!(named["cells"][0]["column_name"], "Da Nang");
}

#[actix_web::test]
async fn trend_of_a_correction_leaves_out_later_cycles() {
    let app = spawn_with_two_released_cycles().await;
    publish_correction(&app, CYCLE, 45.0).await;
    let corrected = app.reader().await.get(&trend_path("me-2026-r2")).await.expect(200).json();
    insta::assert_snapshot!(show_cycles_and_releases(&corrected), @"me-2026 me-2026-r2");
}

#[actix_web::test]
async fn trend_of_a_later_release_uses_the_correction() {
    let app = spawn_with_two_released_cycles().await;
    let reader = app.reader().await;
    let before = reader.get(&trend_path("me-2027-r1")).await.expect(200);
    publish_correction(&app, CYCLE, 45.0).await;
    publish_correction(&app, "me-2027", 65.0).await;
    let next = reader.get(&trend_path("me-2027-r2")).await.expect(200);
    insta::assert_snapshot!(show_cycles_and_releases(&next.json()), @"
    me-2026 me-2026-r2
    me-2027 me-2027-r2
    ");
    insta::assert_snapshot!(next.show_members(&["row_totals"]), @r#"
    200
    row_totals: {"me-2026": 45.0, "me-2027": 65.0}
    "#);
    assert_eq!(reader.get(&trend_path("me-2027-r1")).await.expect(200).text, before.text);
    let latest = reader.get(&trend_path("latest")).await.expect(200);
    assert_eq!(latest.json(), next.json());
}
