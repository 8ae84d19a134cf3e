//! The trend until a release and the coverage of one: what frozen reports tell, which stays as it was.

use serde_json::{Value, json};

use crate::{
    helpers::{Caller, TestApp},
    operation_fixture::close_cycle,
    report_fixtures::{
        self, CYCLE, complete_report_body, file_and_approve, insert_project, spawn_with_open_cycle,
    },
};

async fn read_release(caller: &Caller<'_>, path: &str) -> Value {
    caller.get(&format!("releases/{path}")).await.expect(200).json()
}

/// The items of a list, found by a member.
fn find_item<'a>(value: &'a Value, list: &str, (name, is): (&str, &str)) -> &'a Value {
    value[list].as_array().unwrap().iter().find(|item| item[name] == is).unwrap()
}

/// The cycles of a trend with the releases that stand for them, in order.
fn cycles_and_releases(trend: &Value) -> Vec<(&str, &str)> {
    let cycles = trend["cycles"].as_array().unwrap();
    cycles.iter().map(|c| (c["cycle"].as_str().unwrap(), c["release"].as_str().unwrap())).collect()
}

async fn close_and_publish(app: &TestApp, cycle: &str) {
    close_cycle(app, cycle).await;
    app.secretariat().await.post("releases", &json!({ "cycle": cycle })).await.expect(201);
}

/// Writes the report of Da Nang's first project in a cycle, and has it approved.
async fn approve_report_with_percent(app: &TestApp, cycle: &str, percent: f64) {
    let path = format!("projects/da-nang-1/reports/{cycle}");
    let officer = app.officer("da-nang").await;
    let before = officer.get(&path).await;
    let etag = (before.status == 200).then(|| before.etag());
    let mut content = complete_report_body();
    content["percent_complete"] = json!(percent);
    let written = officer.put(&path, &content, etag.as_deref()).await;
    assert!([200, 201].contains(&written.status), "{}", written.text);
    officer.send("POST", &format!("{path}/submit"), None, &[]).await.expect(200);
    let representative = app.representative("VN").await;
    representative.send("POST", &format!("{path}/approve"), None, &[]).await.expect(200);
}

/// Opens a closed cycle again, corrects the report, and publishes the correction.
async fn publish_correction(app: &TestApp, cycle: &str, percent: f64) {
    let secretariat = app.secretariat().await;
    secretariat.send("POST", &format!("cycles/{cycle}/open"), None, &[]).await.expect(200);
    let path = format!("projects/da-nang-1/reports/{cycle}/reopen");
    secretariat.post(&path, &json!({ "comment": "A slip." })).await.expect(200);
    approve_report_with_percent(app, cycle, percent).await;
    close_and_publish(app, cycle).await;
}

#[actix_web::test]
async fn release_trend_rows_equal_the_tables_of_the_releases_before() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    for filter in ["", "&pilot=true&focus_area=quality-environment", "&country=VN"] {
        let path = format!("me-2024-r1/figures/trend?columns=status&receipts=true{filter}");
        let trend = read_release(&reader, &path).await;
        let releases = ["me-2022-r1", "me-2023-r1", "me-2024-r1"];
        let cycles = ["me-2022", "me-2023", "me-2024"];
        assert_eq!(
            cycles_and_releases(&trend),
            cycles.into_iter().zip(releases).collect::<Vec<_>>()
        );
        assert_eq!(trend["basis"]["cycles"], json!(cycles));
        for (cycle, release) in cycles.into_iter().zip(releases) {
            let path = format!("{release}/figures/table?rows=status&receipts=true{filter}");
            let table = read_release(&reader, &path).await;
            assert_eq!(trend["row_totals"][cycle], table["total"], "{release}{filter}");
            let cells = trend["cells"].as_array().unwrap().iter().filter(|c| c["row"] == cycle);
            let cells: Vec<&Value> = cells.collect();
            assert_eq!(cells.len(), 6);
            for (cell, one) in cells.iter().zip(table["cells"].as_array().unwrap()) {
                assert_eq!(cell["column"], one["row"]);
                for name in ["value", "known", "of", "projects"] {
                    assert_eq!(cell[name], one[name], "{release}{filter} {name}");
                }
            }
            let point = find_item(&trend, "cycles", ("cycle", cycle));
            assert_eq!(point["coverage"], table["coverage"], "{release}{filter}");
            assert_eq!(point["as_of"], table["basis"]["as_of"]);
            assert_eq!(point["state"], "closed");
        }
        let basis = &trend["basis"];
        assert_eq!((&basis["release"], &basis["cycle"]), (&json!("me-2024-r1"), &Value::Null));
        assert_eq!(basis["as_of"], find_item(&trend, "cycles", ("cycle", "me-2024"))["as_of"]);
    }
    let first = read_release(&reader, "me-2022-r1/figures/trend").await;
    assert_eq!(
        (cycles_and_releases(&first).len(), &first["row_totals"]["me-2022"]),
        (1, &json!(77))
    );
    // What is approved now is of no release, and says so.
    let live = reader.get("figures/trend").await.expect(200).json();
    assert!(live["cycles"].as_array().unwrap().iter().all(|c| c["release"].is_null()), "{live}");
}

#[actix_web::test]
async fn release_trend_does_not_change_with_later_releases() {
    let app = spawn_with_open_cycle().await;
    approve_report_with_percent(&app, CYCLE, 40.0).await;
    close_and_publish(&app, CYCLE).await;
    let secretariat = app.secretariat().await;
    let mut next = report_fixtures::cycle_body("me-2027");
    next["as_of"] = json!("2027-12-31");
    secretariat.post("cycles", &next).await.expect(201);
    secretariat.send("POST", "cycles/me-2027/open", None, &[]).await.expect(200);
    approve_report_with_percent(&app, "me-2027", 60.0).await;
    close_and_publish(&app, "me-2027").await;

    let path = |release: &str| format!("releases/{release}/figures/trend?measure=percent_complete");
    let reader = app.reader().await;
    let before = reader.get(&path("me-2027-r1")).await.expect(200);
    let told = before.json();
    assert_eq!(cycles_and_releases(&told), [("me-2026", "me-2026-r1"), ("me-2027", "me-2027-r1")]);
    assert_eq!(told["row_totals"], json!({ "me-2026": 40.0, "me-2027": 60.0 }));

    // A correction of the earlier cycle, and a city that is renamed.
    publish_correction(&app, CYCLE, 45.0).await;
    let etag = secretariat.get("cities/da-nang").await.expect(200).etag();
    let renamed = json!({ "names": { "en": "Danang", "vi": "Đà Nẵng", "local": "Đà Nẵng" } });
    secretariat.patch("cities/da-nang", &renamed, Some(&etag)).await.expect(200);
    let by_city = format!("{}&columns=city&city=da-nang", path("me-2027-r1"));
    // An instance that kept nothing counts the same.
    let again = app.spawn_second_instance().await;
    let anew = again.bearer(reader.token.as_ref().unwrap());
    let after = anew.get(&path("me-2027-r1")).await.expect(200);
    assert_eq!((after.etag(), after.text), (before.etag(), before.text.clone()));
    let named = anew.get(&by_city).await.expect(200).json();
    assert_eq!(named["cells"][0]["column_name"], "Da Nang");
    // Its own line ends with it: what was cut off later is not before it.
    let corrected = anew.get(&path("me-2026-r2")).await.expect(200).json();
    assert_eq!(cycles_and_releases(&corrected), [("me-2026", "me-2026-r2")]);

    // What is published from now on stands on the correction.
    publish_correction(&app, "me-2027", 65.0).await;
    let next = anew.get(&path("me-2027-r2")).await.expect(200).json();
    assert_eq!(cycles_and_releases(&next), [("me-2026", "me-2026-r2"), ("me-2027", "me-2027-r2")]);
    assert_eq!(next["row_totals"], json!({ "me-2026": 45.0, "me-2027": 65.0 }));
    assert_eq!(anew.get(&path("me-2027-r1")).await.expect(200).text, before.text);
    let latest = anew.get(&path("latest")).await.expect(200);
    assert_eq!(latest.json(), next);
}

#[actix_web::test]
async fn release_coverage_counts_approved_and_late_reports() {
    let app = TestApp::spawn().await;
    app.clock.set("2026-12-31T16:59:59Z".parse().unwrap());
    let secretariat = app.secretariat().await;
    secretariat.post("cycles", &report_fixtures::cycle_body(CYCLE)).await.expect(201);
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
    let path = "releases/me-2026-r1/figures/coverage";
    let reader = app.reader().await;
    let before = reader.get(path).await.expect(200);
    let told = before.json();
    let row_of = |city: &str, approved: i64, late: i64| {
        let found = find_item(&told, "cities", ("city", city)).clone();
        let expected = json!({
            "city": city, "city_name": found["city_name"], "country": found["country"],
            "country_name": found["country_name"], "expected": null, "approved": approved,
            "not_yet_approved": null, "to_write": null, "draft": null, "submitted": null, "returned": null,
            "late": late, "extended": null, "last_activity": null
        });
        assert_eq!(found, expected);
    };
    row_of("da-nang", 2, 1);
    row_of("ha-noi", 1, 0);
    // A pilot without a report is told of, with none.
    row_of("phuket", 0, 0);
    let country = find_item(&told, "countries", ("country", "VN"));
    assert_eq!((&country["approved"], &country["late"]), (&json!(3), &json!(1)));
    let release = read_release(&reader, "me-2026-r1").await;
    assert_eq!(told["total"]["approved"], release["counts"]["reports"]);
    assert_eq!(told["coverage"], json!({ "cities_reporting": 2, "cities_expected": 2 }));
    assert_eq!(
        told["basis"],
        json!({
            "cycle": CYCLE, "as_of": "2026-12-31", "release": "me-2026-r1",
            "seq": told["basis"]["seq"], "state": "closed", "due_on": "2026-12-31"
        })
    );

    // What is worked on and decided since is nothing of the release, for insiders neither.
    publish_correction(&app, CYCLE, 80.0).await;
    let again = app.spawn_second_instance().await;
    for token in [app.officer("da-nang").await.token, app.secretariat().await.token] {
        let same = again.bearer(&token.unwrap()).get(path).await.expect(200);
        assert_eq!((same.etag(), same.text), (before.etag(), before.text.clone()));
    }
    // The correction was handed in after the day, and the next release says so.
    let next = read_release(&reader, "me-2026-r2/figures/coverage").await;
    assert_eq!(find_item(&next, "cities", ("city", "da-nang"))["late"], 2);
}

#[actix_web::test]
async fn imported_release_coverage_has_null_late_and_expected() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    for (release, reports) in [("me-2022-r1", 77), ("me-2025-r1", 134)] {
        let told = read_release(&reader, &format!("{release}/figures/coverage")).await;
        let total = &told["total"];
        assert_eq!((&total["approved"], &total["late"]), (&json!(reports), &Value::Null));
        assert_eq!((&total["expected"], &told["basis"]["due_on"]), (&Value::Null, &Value::Null));
        let table = read_release(&reader, &format!("{release}/figures/table?rows=city")).await;
        for city in told["cities"].as_array().unwrap() {
            let key = city["city"].as_str().unwrap();
            assert_eq!(city["approved"], table["row_totals"][key], "{release} {key}");
        }
        let coverage = &told["coverage"]["cities_reporting"];
        assert_eq!(coverage, &table["coverage"]["cities_reporting"]);
    }
    let vi = read_release(&reader, "me-2022-r1/figures/coverage?lang=vi").await;
    assert_eq!(find_item(&vi, "cities", ("city", "da-nang"))["city_name"], "Đà Nẵng");
    assert!(vi["formula"].as_str().unwrap().starts_with("các báo cáo"), "{}", vi["formula"]);
}

#[actix_web::test]
async fn release_trend_and_coverage_are_available_as_csv_jsonl_and_xlsx() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    let trend = read_release(&reader, "me-2023-r1/figures/trend?columns=status").await;
    let coverage = read_release(&reader, "me-2023-r1/figures/coverage").await;
    for (figure, view, list) in
        [("trend?columns=status&", &trend, "cells"), ("coverage?", &coverage, "cities")]
    {
        let path = format!("releases/me-2023-r1/figures/{figure}");
        let rows = view[list].as_array().unwrap().len();
        let csv = reader.get(&format!("{path}format=csv")).await.expect(200);
        let lines = reader.get(&format!("{path}format=jsonl")).await.expect(200);
        let book = reader.download(&format!("{path}format=xlsx")).await;
        assert!(book.starts_with(b"PK"), "{path}");
        assert_eq!(csv.text.lines().count(), rows + 1, "{path}");
        let lines: Vec<Value> =
            lines.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), rows, "{path}");
        let name = csv.header("content-disposition").unwrap();
        assert!(name.contains("me-2023-r1.csv"), "{name}");
        reader.get(&format!("{path}format=geojson")).await.expect(400);
    }
    // Each row names the release that it is of.
    let csv = reader.get("releases/me-2023-r1/figures/trend?format=csv").await.expect(200).text;
    let rows: Vec<&str> = csv.lines().skip(1).collect();
    let [first, second] = rows[..] else { panic!("{csv}") };
    assert!(first.starts_with("me-2022,2022-") && first.contains(",me-2022-r1,"), "{first}");
    assert!(second.starts_with("me-2023,2023-") && second.contains(",me-2023-r1,"), "{second}");
}

#[actix_web::test]
async fn release_figures_with_invalid_parameters_are_400() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    for path in [
        "me-2022-r1/figures/trend?columns=cycle",
        "me-2022-r1/figures/trend?columns=colour",
        "me-2022-r1/figures/trend?city=atlantis",
        "me-2022-r1/figures/trend?rows=city",
        "me-2022-r1/figures/trend?as_of=2022-12-31",
        "me-2022-r1/figures/trend?format=zip",
        "me-2022-r1/figures/coverage?cycle=me-2022",
        "me-2022-r1/figures/coverage?city=da-nang",
        "me-2022-r1/figures/coverage?format=geojson",
    ] {
        reader.get(&format!("releases/{path}")).await.expect(400);
    }
    for path in ["trend?columns=colour", "coverage?format=zip", "trend", "coverage"] {
        reader.get(&format!("releases/me-2022-r9/figures/{path}")).await.expect(404);
    }
}
