//! The coverage of a release.

use serde_json::json;

use super::{close_and_publish, find_item, publish_correction, read_release};
use crate::{
    answer_snapshot::{show_json, show_members},
    helpers::TestApp,
    report_fixtures::{CYCLE, cycle_body, file_and_approve, insert_project},
};

const COVERAGE: &str = "releases/me-2026-r1/figures/coverage";

/// A release with three reports: `da-nang-1` and `ha-noi-1` in the last second of the due day, `da-nang-2` a second later.
async fn spawn_with_release_with_late_report() -> TestApp {
    let app = TestApp::spawn().await;
    app.clock.set("2026-12-31T16:59:59Z".parse().unwrap());
    let secretariat = app.secretariat().await;
    secretariat.post("cycles", &cycle_body(CYCLE)).await.expect(201);
    secretariat.send("POST", &format!("cycles/{CYCLE}/open"), None, &[]).await.expect(200);
    for (city, number) in [("da-nang", 1), ("da-nang", 2), ("ha-noi", 1)] {
        insert_project(&app, city, number).await;
    }
    file_and_approve(&app, "da-nang-1").await;
    file_and_approve(&app, "ha-noi-1").await;
    // 17:00 of UTC is midnight in Viet Nam, where the due day has ended.
    app.clock.advance(chrono::TimeDelta::seconds(1));
    file_and_approve(&app, "da-nang-2").await;
    close_and_publish(&app, CYCLE).await;
    app
}

#[actix_web::test]
async fn release_coverage_counts_approved_and_late_reports() {
    let app = spawn_with_release_with_late_report().await;
    let reader = app.reader().await;
    let coverage = reader.get(COVERAGE).await.expect(200).json();
    let city = |key| show_json(find_item(&coverage, "cities", ("city", key)));
    insta::assert_snapshot!(city("da-nang"), @r#"
    {
      "approved": 2,
      "city": "da-nang",
      "city_name": "Da Nang",
      "country": "VN",
      "country_name": "Viet Nam",
      "draft": null,
      "expected": null,
      "extended": null,
      "last_activity": null,
      "late": 1,
      "not_yet_approved": null,
      "returned": null,
      "submitted": null,
      "to_write": null
    }
    "#);
    insta::assert_snapshot!(city("ha-noi"), @r#"
    {
      "approved": 1,
      "city": "ha-noi",
      "city_name": "Ha Noi",
      "country": "VN",
      "country_name": "Viet Nam",
      "draft": null,
      "expected": null,
      "extended": null,
      "last_activity": null,
      "late": 0,
      "not_yet_approved": null,
      "returned": null,
      "submitted": null,
      "to_write": null
    }
    "#);
    // An expected city without a report is in the list, with none.
    insta::assert_snapshot!(city("phuket"), @r#"
    {
      "approved": 0,
      "city": "phuket",
      "city_name": "Phuket",
      "country": "TH",
      "country_name": "Thailand",
      "draft": null,
      "expected": null,
      "extended": null,
      "last_activity": null,
      "late": 0,
      "not_yet_approved": null,
      "returned": null,
      "submitted": null,
      "to_write": null
    }
    "#);
    let country = find_item(&coverage, "countries", ("country", "VN"));
    insta::assert_snapshot!(show_members(country, &["approved", "late"]), @"
    approved: 3
    late: 1
    ");
    insta::assert_snapshot!(show_members(&coverage, &["coverage", "basis"]), @r#"
    coverage: {"cities_expected": 37, "cities_reporting": 2}
    basis: {
      "as_of": "2026-12-31",
      "cycle": "me-2026",
      "due_on": "2026-12-31",
      "release": "me-2026-r1",
      "seq": "[seq]",
      "state": "closed"
    }
    "#);
    let release = read_release(&reader, "me-2026-r1").await;
    assert_eq!(coverage["total"]["approved"], release["counts"]["reports"]);
}

#[actix_web::test]
async fn release_coverage_does_not_change_with_later_work_even_for_insiders() {
    let app = spawn_with_release_with_late_report().await;
    let before = app.reader().await.get(COVERAGE).await.expect(200);
    publish_correction(&app, CYCLE, 80.0).await;
    let again = app.spawn_second_instance().await;
    for token in [app.officer("da-nang").await.token, app.secretariat().await.token] {
        let same = again.bearer(&token.unwrap()).get(COVERAGE).await.expect(200);
        assert_eq!((same.etag(), same.text), (before.etag(), before.text.clone()));
    }
}

#[actix_web::test]
async fn correction_submitted_after_the_due_day_is_not_late_in_the_next_release() {
    let app = spawn_with_release_with_late_report().await;
    publish_correction(&app, CYCLE, 80.0).await;
    let next = read_release(&app.reader().await, "me-2026-r2/figures/coverage").await;
    assert_eq!(find_item(&next, "cities", ("city", "da-nang"))["late"], 1);
}

#[actix_web::test]
async fn imported_release_coverage_has_null_late_and_expected() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    let mut totals = Vec::new();
    for release in ["me-2022-r1", "me-2025-r1"] {
        let told = read_release(&reader, &format!("{release}/figures/coverage")).await;
        let members = ["total/approved", "total/late", "total/expected", "basis/due_on"];
        totals.push(format!("{release}\n{}", show_members(&told, &members)));
        let table = read_release(&reader, &format!("{release}/figures/table?rows=city")).await;
        for city in told["cities"].as_array().unwrap() {
            let key = city["city"].as_str().unwrap();
            assert_eq!(city["approved"], table["row_totals"][key], "{release} {key}");
        }
        let coverage = &told["coverage"]["cities_reporting"];
        assert_eq!(coverage, &table["coverage"]["cities_reporting"]);
    }
    insta::assert_snapshot!(totals.join("\n"), @"
    me-2022-r1
    total/approved: 77
    total/late: null
    total/expected: null
    basis/due_on: null
    me-2025-r1
    total/approved: 134
    total/late: null
    total/expected: null
    basis/due_on: null
    ");
}

#[actix_web::test]
async fn release_coverage_is_localised() {
    let app = TestApp::demo().await;
    let vi = read_release(&app.reader().await, "me-2022-r1/figures/coverage?lang=vi").await;
    let city = find_item(&vi, "cities", ("city", "da-nang"));
    assert_eq!(city["city_name"], json!("Đà Nẵng"));
    assert!(vi["formula"].as_str().unwrap().starts_with("các báo cáo"), "{}", vi["formula"]);
}
