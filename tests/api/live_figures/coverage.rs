//! Coverage: how many reports of a city are approved, and how far the others are.

use serde_json::{Value, json};

use super::{array_member, find_row, insert_laos_reader, read_figures};
use crate::{
    answer_snapshot::{show_json, show_members},
    helpers::TestApp,
    report_fixtures::{file_and_approve, insert_project},
};

const COVERAGE: &str = "coverage?cycle=me-2026";

/// The demo with six projects of Da Nang: a new one approved, a new one submitted, an old one drafted ten minutes later, and
/// three without a report in the open cycle.
pub(super) async fn spawn_with_reports_in_several_states() -> TestApp {
    let app = TestApp::demo().await;
    for number in [90, 91] {
        insert_project(&app, "da-nang", number).await;
    }
    file_and_approve(&app, "da-nang-91").await;
    let officer = app.officer("da-nang").await;
    officer.write_complete_report("da-nang-90").await;
    officer.take_transition("da-nang-90", "submit").await.expect(200);
    app.clock.advance(chrono::TimeDelta::minutes(10));
    officer.write_complete_report("da-nang-2").await;
    app
}

#[actix_web::test]
async fn coverage_shows_counts_of_unapproved_reports_to_insiders() {
    let app = spawn_with_reports_in_several_states().await;
    let officer = read_figures(&app.officer("da-nang").await, COVERAGE).await;
    let own = find_row(&officer, "cities", ("city", "da-nang"));
    insta::assert_snapshot!(show_json(own), @r#"
    {
      "approved": 1,
      "city": "da-nang",
      "city_name": "Da Nang",
      "country": "VN",
      "country_name": "Viet Nam",
      "draft": 1,
      "expected": 6,
      "extended": 0,
      "last_activity": "2026-11-20T03:10:00Z",
      "late": 0,
      "not_yet_approved": 5,
      "returned": 0,
      "submitted": 1,
      "to_write": 3
    }
    "#);
    for caller in [app.representative("VN").await, app.secretariat().await] {
        let seen = read_figures(&caller, COVERAGE).await;
        // That there is a draft is no secret to them; when it was written is.
        let mut expected = own.clone();
        expected["last_activity"] = json!("2026-11-20T03:00:00Z");
        assert_eq!(find_row(&seen, "cities", ("city", "da-nang")), &expected);
    }
}

#[actix_web::test]
async fn coverage_hides_counts_of_unapproved_reports_from_strangers() {
    let app = spawn_with_reports_in_several_states().await;
    let reader = read_figures(&app.reader().await, COVERAGE).await;
    // They read of the two projects that were ever approved, and of the one that is now.
    let stranger = find_row(&reader, "cities", ("city", "da-nang"));
    insta::assert_snapshot!(show_json(stranger), @r#"
    {
      "approved": 1,
      "city": "da-nang",
      "city_name": "Da Nang",
      "country": "VN",
      "country_name": "Viet Nam",
      "draft": null,
      "expected": 3,
      "extended": null,
      "last_activity": null,
      "late": 0,
      "not_yet_approved": 2,
      "returned": null,
      "submitted": null,
      "to_write": null
    }
    "#);
    for caller in [
        app.reader().await,
        app.administrator().await,
        app.officer("ha-noi").await,
        app.representative("TH").await,
    ] {
        let seen = read_figures(&caller, COVERAGE).await;
        assert_eq!(find_row(&seen, "cities", ("city", "da-nang")), stranger);
        let country = find_row(&seen, "countries", ("country", "VN"));
        assert_eq!((&country["draft"], &country["approved"]), (&Value::Null, &json!(1)));
    }
}

#[actix_web::test]
async fn coverage_totals_show_drafts_only_to_those_who_see_all_of_them() {
    let app = spawn_with_reports_in_several_states().await;
    let seen = read_figures(&app.representative("VN").await, COVERAGE).await;
    let country = find_row(&seen, "countries", ("country", "VN"));
    assert_eq!((&country["draft"], &country["submitted"]), (&json!(1), &json!(1)));
    assert_eq!(seen["total"]["draft"], Value::Null);
    assert_eq!(read_figures(&app.secretariat().await, COVERAGE).await["total"]["draft"], 1);
}

#[actix_web::test]
async fn submission_changes_coverage_of_insiders_and_not_of_strangers() {
    let app = TestApp::demo().await;
    insert_project(&app, "da-nang", 90).await;
    let path = format!("figures/{COVERAGE}");
    let (reader, officer) = (app.reader().await, app.officer("da-nang").await);
    let before = reader.get(&path).await.expect(200);
    let own = officer.get(&path).await.expect(200);
    officer.write_complete_report("da-nang-90").await;
    officer.take_transition("da-nang-90", "submit").await.expect(200);
    let after = reader.get(&path).await.expect(200);
    assert_eq!((after.etag(), after.text), (before.etag(), before.text));
    let drafted = officer.get(&path).await.expect(200);
    assert_ne!(drafted.etag(), own.etag());
    let of = |answer: &Value| find_row(answer, "cities", ("city", "da-nang"))["submitted"].clone();
    assert_eq!((of(&own.json()), of(&drafted.json())), (json!(0), json!(1)));
}

#[actix_web::test]
async fn reopened_report_stays_approved_in_coverage() {
    let app = TestApp::demo().await;
    insert_project(&app, "da-nang", 90).await;
    file_and_approve(&app, "da-nang-90").await;
    let reader = app.reader().await;
    let counts = ["approved", "returned"];
    let seen = read_figures(&reader, COVERAGE).await;
    let city = find_row(&seen, "cities", ("city", "da-nang"));
    insta::assert_snapshot!(show_members(city, &counts), @"
    approved: 1
    returned: null
    ");
    let representative = app.representative("VN").await;
    let reopened = representative.take_transition_with_comment("da-nang-90", "reopen", "Why?");
    reopened.await.expect(200);
    let seen = read_figures(&reader, COVERAGE).await;
    let city = find_row(&seen, "cities", ("city", "da-nang"));
    insta::assert_snapshot!(show_members(city, &counts), @"
    approved: 1
    returned: null
    ");
    let own = read_figures(&app.officer("da-nang").await, COVERAGE).await;
    let city = find_row(&own, "cities", ("city", "da-nang"));
    insta::assert_snapshot!(show_members(city, &counts), @"
    approved: 0
    returned: 1
    ");
}

#[actix_web::test]
async fn coverage_is_limited_to_the_caller_scope() {
    let app = TestApp::demo().await;
    let laos = read_figures(&insert_laos_reader(&app).await, COVERAGE).await;
    let cities: Vec<&Value> = array_member(&laos, "cities").iter().map(|c| &c["city"]).collect();
    assert_eq!(json!(cities), json!(["luang-prabang", "vientiane"]));
    assert_eq!(array_member(&laos, "countries").len(), 1);
}

#[actix_web::test]
async fn coverage_of_an_imported_cycle_expects_nothing() {
    let app = TestApp::demo().await;
    let past = read_figures(&app.secretariat().await, "coverage?cycle=me-2022").await;
    insta::assert_snapshot!(show_members(&past, &["total", "coverage"]), @r#"
    total: {
      "approved": 77,
      "draft": 0,
      "expected": null,
      "extended": 0,
      "last_activity": null,
      "late": 0,
      "not_yet_approved": null,
      "returned": 0,
      "submitted": 0,
      "to_write": null
    }
    coverage: {"cities_expected": 26, "cities_reporting": 26}
    "#);
}

#[actix_web::test]
async fn city_names_of_coverage_and_map_are_localised() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    let coverage = read_figures(&reader, &format!("{COVERAGE}&lang=vi")).await;
    assert_eq!(find_row(&coverage, "cities", ("city", "da-nang"))["city_name"], "Đà Nẵng");
    let map = read_figures(&reader, "map?cycle=me-2025&city=da-nang&lang=vi").await;
    assert_eq!(map["features"][0]["properties"]["city_name"], "Đà Nẵng");
}
