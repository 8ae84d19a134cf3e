//! Expected cities: a city is expected to report if it joined in a year before the year of the cut-off, or if it reports. Every
//! figure, task and release uses this one rule.

use serde_json::{Value, json};

use crate::{
    answer_snapshot::{show_items, show_members},
    helpers::{Caller, TestApp},
    operation_fixture::close_cycle,
    report_fixtures::{CYCLE, file_and_approve, spawn_with_open_cycle},
};

async fn read(caller: &Caller<'_>, path: &str) -> Value {
    caller.get(path).await.expect(200).json()
}

/// Records a city of Viet Nam that has no project.
async fn create_city(app: &TestApp, slug: &str, joined_year: i32) {
    let body = json!({
        "slug": slug, "names": {"en": slug}, "country": "VN", "time_zone": "Asia/Ho_Chi_Minh",
        "latitude": 18.67, "longitude": 105.69, "joined_year": joined_year
    });
    app.secretariat().await.post("cities", &body).await.expect(201);
}

/// Lists the cities of Viet Nam that each figure of a cycle has, and the number of cities that it expects.
async fn list_cities_of_viet_nam(caller: &Caller<'_>, figures: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (figure, list, key) in [
        ("table?rows=city&country=VN", "cells", "row"),
        ("progress?by=city&country=VN", "rows", "key"),
        ("map?country=VN", "features", "id"),
    ] {
        let answer = read(caller, &format!("{figures}/{figure}")).await;
        let mut cities: Vec<&str> = Vec::new();
        for row in answer[list].as_array().unwrap() {
            cities.push(row[key].as_str().unwrap());
        }
        cities.sort_unstable();
        found.push(format!("{} {}", answer["coverage"]["cities_expected"], cities.join(" ")));
    }
    found
}

#[actix_web::test]
async fn every_figure_of_a_cycle_expects_the_same_cities() {
    let app = TestApp::demo().await;
    for caller in [app.reader().await, app.secretariat().await] {
        let coverage = read(&caller, "figures/coverage?cycle=me-2026").await;
        assert_eq!(coverage["coverage"]["cities_expected"], 37);
        let of_coverage: Vec<&Value> =
            coverage["cities"].as_array().unwrap().iter().map(|c| &c["city"]).collect();
        assert_eq!(of_coverage.len(), 37);
        let table = read(&caller, "figures/table?rows=city&cycle=me-2026").await;
        assert_eq!(table["coverage"]["cities_expected"], 37);
        let of_table: Vec<&Value> =
            table["cells"].as_array().unwrap().iter().map(|c| &c["row"]).collect();
        assert_eq!(of_table, of_coverage);
        let map = read(&caller, "figures/map?cycle=me-2026").await;
        assert_eq!(map["features"].as_array().unwrap().len(), 37);
        // Denpasar has no project. Dili joined in the year of the cut-off.
        assert!(of_table.contains(&&json!("denpasar")) && !of_table.contains(&&json!("dili")));
    }
}

#[actix_web::test]
async fn city_without_a_project_is_a_row_of_zeros_a_silent_city_and_a_vacancy() {
    let app = spawn_with_open_cycle().await;
    create_city(&app, "vinh", 2025).await;
    let reader = app.reader().await;
    let table = read(&reader, "figures/table?rows=city&cycle=me-2026&city=vinh").await;
    let members = ["row_totals", "cells/0/value", "cells/0/of", "coverage/cities_expected"];
    insta::assert_snapshot!(show_members(&table, &members), @r#"
    row_totals: {"vinh": 0}
    cells/0/value: 0
    cells/0/of: 0
    coverage/cities_expected: 1
    "#);
    let coverage = read(&app.secretariat().await, "figures/coverage?cycle=me-2026").await;
    let row = coverage["cities"].as_array().unwrap().iter().find(|c| c["city"] == "vinh").unwrap();
    let members = ["expected", "approved", "not_yet_approved", "to_write", "late", "extended"];
    insta::assert_snapshot!(show_members(row, &members), @"
    expected: 0
    approved: 0
    not_yet_approved: 0
    to_write: 0
    late: 0
    extended: 0
    ");
    let todo = read(&app.representative("VN").await, "me/todo").await;
    let silent = show_items(&todo["representative"]["silent_cities"], &["city"]);
    insta::assert_snapshot!(silent.replace('\n', " "), @"da-nang ha-noi ho-chi-minh-city vinh");
    let vacant = show_items(&todo["vacancies"], &["scope/key"]);
    insta::assert_snapshot!(vacant.replace('\n', " "), @"da-nang ha-noi ho-chi-minh-city vinh");
    let todo = read(&app.officer("vinh").await, "me/todo").await;
    let members = ["city", "cycle", "due_on", "totals/projects", "to_write"];
    insta::assert_snapshot!(show_items(&todo["officer"], &members), @"vinh me-2026 2026-12-31 0 []");
}

#[actix_web::test]
async fn city_in_its_first_year_is_nowhere_until_it_reports() {
    let app = spawn_with_open_cycle().await;
    let secretariat = app.secretariat().await;
    let etag = secretariat.get("cities/da-nang").await.etag();
    let first_year = json!({ "joined_year": 2026 });
    secretariat.patch("cities/da-nang", &first_year, Some(&etag)).await.expect(200);
    let reader = app.reader().await;
    let table = "figures/table?rows=city&cycle=me-2026&country=VN";
    let coverage = "figures/coverage?cycle=me-2026";
    let members = ["row_totals", "coverage/cities_expected"];
    insta::assert_snapshot!(show_members(&read(&reader, table).await, &members), @r#"
    row_totals: {"ha-noi": 0, "ho-chi-minh-city": 0}
    coverage/cities_expected: 2
    "#);
    assert_eq!(read(&reader, coverage).await["coverage"]["cities_expected"], 36);
    let silent = async || {
        let todo = read(&app.representative("VN").await, "me/todo").await;
        show_items(&todo["representative"]["silent_cities"], &["city"]).replace('\n', " ")
    };
    let vacant = async || {
        let todo = read(&app.representative("VN").await, "me/todo").await;
        show_items(&todo["vacancies"], &["scope/key"]).replace('\n', " ")
    };
    assert_eq!(silent().await, "ha-noi ho-chi-minh-city");
    assert_eq!(vacant().await, "ha-noi ho-chi-minh-city");

    file_and_approve(&app, "da-nang-1").await;
    insta::assert_snapshot!(show_members(&read(&reader, table).await, &members), @r#"
    row_totals: {"da-nang": 1, "ha-noi": 0, "ho-chi-minh-city": 0}
    coverage/cities_expected: 3
    "#);
    insta::assert_snapshot!(show_members(&read(&reader, coverage).await, &["coverage"]), @r#"coverage: {"cities_expected": 37, "cities_reporting": 1}"#);
    assert_eq!(silent().await, "ha-noi ho-chi-minh-city");
}

#[actix_web::test]
async fn new_release_has_the_expected_cities_and_states_its_rules() {
    let app = spawn_with_open_cycle().await;
    create_city(&app, "vinh", 2025).await;
    file_and_approve(&app, "da-nang-1").await;
    close_cycle(&app, CYCLE).await;
    let body = json!({ "cycle": CYCLE });
    let release = app.secretariat().await.post("releases", &body).await.expect(201).json();
    assert_eq!(release["rules"], 2);
    let reader = app.reader().await;
    let verified = read(&reader, "releases/me-2026-r1/verify").await;
    assert_eq!(verified["valid"], true, "{verified}");
    let content = read(&reader, "releases/me-2026-r1/data?format=json").await;
    assert_eq!(content["frame"]["rules"], 2);
    // What a city becomes later does not change the release.
    create_city(&app, "ha-long", 2025).await;
    insta::assert_snapshot!(list_cities_of_viet_nam(&reader, "releases/me-2026-r1/figures").await.join("\n"), @"
    4 da-nang ha-noi ho-chi-minh-city vinh
    4 da-nang ha-noi ho-chi-minh-city vinh
    4 da-nang ha-noi ho-chi-minh-city vinh
    ");
    let coverage = read(&reader, "releases/me-2026-r1/figures/coverage").await;
    insta::assert_snapshot!(show_members(&coverage, &["coverage"]), @r#"coverage: {"cities_expected": 38, "cities_reporting": 1}"#);
    assert_eq!(coverage["cities"].as_array().unwrap().len(), 38);
}
