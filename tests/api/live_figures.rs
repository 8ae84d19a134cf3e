//! Progress, trend, coverage, map and comparison over approved reports: their numbers, and who gets which.

use ascn_tracker::domain::{
    reference::CountryCode,
    user::{Role, Scope},
};
use serde_json::{Value, json};

use crate::{
    helpers::{Caller, TestApp},
    report_fixtures,
};

async fn read_figures(caller: &Caller<'_>, path: &str) -> Value {
    caller.get(&format!("figures/{path}")).await.expect(200).json()
}
fn array_member<'a>(value: &'a Value, name: &str) -> &'a Vec<Value> {
    value[name].as_array().unwrap()
}
/// The row of a list in which a member has a value.
fn find_row<'a>(value: &'a Value, name: &str, (key, is): (&str, &str)) -> &'a Value {
    array_member(value, name).iter().find(|r| r[key] == is).unwrap_or_else(|| panic!("no {is}"))
}
fn laos_reader_grant() -> (Role, Scope) {
    (Role::Reader, Scope::Country(CountryCode::parse("LA").unwrap()))
}

/// A new project of Da Nang with milestones and indicators, and an approved report that states some of them.
async fn approve_measured_report(app: &TestApp) {
    report_fixtures::insert_project(app, "da-nang", 90).await;
    let officer = app.officer("da-nang").await;
    let mut ids = Vec::new();
    for (kind, body) in [
        ("milestones", json!({"title": "Depot", "due_on": "2024-06-30", "weight": 3})),
        ("milestones", json!({"title": "Buses", "due_on": "2025-06-30", "weight": 1})),
        ("indicators", indicator_body("Water lost", "outcome", "down", Some((20, 10)))),
        ("indicators", indicator_body("Passengers", "outcome", "up", Some((100, 300)))),
        ("indicators", indicator_body("Comfort", "outcome", "up", None)),
        ("indicators", indicator_body("Silence", "outcome", "up", Some((0, 5)))),
        ("indicators", indicator_body("Stops", "output", "up", Some((0, 5)))),
    ] {
        let made = officer.post(&format!("projects/da-nang-90/{kind}"), &body).await.expect(201);
        ids.push(made.json()["id"].clone());
    }
    let value =
        |i: usize, v: f64, on: &str| json!({"indicator_id": ids[i], "value": v, "measured_on": on});
    let mut report = report_fixtures::complete_report_body();
    report["milestones"] = json!([{"milestone_id": ids[0], "completed_on": "2024-05-01"}]);
    report["indicator_values"] = json!([
        value(2, 12.5, "2026-06-30"),
        value(3, 150.0, "2026-03-31"),
        value(4, 7.0, "2026-06-30"),
        value(6, 5.0, "2026-06-30"),
    ]);
    officer.put(&report_fixtures::report_path("da-nang-90"), &report, None).await.expect(201);
    officer.take_transition("da-nang-90", "submit").await.expect(200);
    app.representative("VN").await.take_transition("da-nang-90", "approve").await.expect(200);
}

fn indicator_body(name: &str, kind: &str, better: &str, ends: Option<(i64, i64)>) -> Value {
    let mut body = json!({"name": name, "kind": kind, "unit": "a day", "better": better});
    if let Some((baseline, target)) = ends {
        body["baseline"] = json!({"value": baseline, "on": "2018-12-31"});
        body["target"] = json!({"value": target, "on": "2025-12-31"});
    }
    body
}

#[actix_web::test]
async fn progress_counts_known_and_total_for_each_number() {
    let app = TestApp::demo().await;
    approve_measured_report(&app).await;
    let reader = app.reader().await;
    let p = read_figures(&reader, "progress?by=city&cycle=me-2026").await;
    let here = find_row(&p, "rows", ("key", "da-nang"));
    assert_eq!(
        (&here["percent_complete"], &here["known"], &here["total"]),
        (&json!(62.5), &json!(1), &json!(1))
    );
    assert_eq!(
        here["milestones"],
        json!({"attainment": 0.75, "completed_weight": 3, "total_weight": 4, "known": 1, "of": 1})
    );
    // 12.5 of 20 down to 10 is 0.75 of the way, 150 of 100 up to 300 is 0.25; comfort has no target, silence no value.
    assert_eq!(
        here["outcome_indicators"],
        json!({"attainment": 0.5, "known": 2, "of": 4, "undefined": 1, "not_measured": 1})
    );
    for name in ["percent_complete", "milestones", "outcome_indicators", "known", "total"] {
        assert_eq!(p["total"][name], here[name], "{name}");
    }
    // Nothing is zero because it is missing.
    let other = find_row(&p, "rows", ("key", "ha-noi"));
    assert_eq!(
        (&other["percent_complete"], &other["milestones"]["attainment"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(other["outcome_indicators"]["attainment"], Value::Null);
    assert_eq!((&other["known"], &other["total"]), (&json!(0), &json!(0)));
    // Up to a day the same project counts with the ones that were reported before.
    let p = read_figures(&reader, "progress?by=country&as_of=2026-12-31&country=VN").await;
    assert_eq!(p["rows"].as_array().unwrap().len(), 1);
    assert_eq!(
        (&p["rows"][0]["known"], &p["rows"][0]["percent_complete"]),
        (&json!(1), &json!(62.5))
    );
    assert!(p["rows"][0]["total"].as_i64() > Some(1));
    // A given-up project says nothing about how far the others are.
    let officer = app.officer("da-nang").await;
    app.representative("VN")
        .await
        .take_transition_with_comment("da-nang-90", "reopen", "Why?")
        .await
        .expect(200);
    let path = report_fixtures::report_path("da-nang-90");
    let etag = officer.get(&path).await.expect(200).etag();
    let mut report = report_fixtures::complete_report_body();
    report["status"] = json!("cancelled");
    report["status_reason"] = json!("No money.");
    officer.put(&path, &report, Some(&etag)).await.expect(200);
    officer.take_transition("da-nang-90", "submit").await.expect(200);
    app.representative("VN").await.take_transition("da-nang-90", "approve").await.expect(200);
    let p = read_figures(&reader, "progress?by=city&cycle=me-2026&city=da-nang").await;
    let here = &p["rows"][0];
    assert_eq!(
        (&here["percent_complete"], &here["known"], &here["total"]),
        (&Value::Null, &json!(0), &json!(1))
    );
    assert_eq!(
        (&here["milestones"]["known"], &here["outcome_indicators"]["of"]),
        (&json!(0), &json!(0))
    );
}

#[actix_web::test]
async fn progress_rows_are_sorted_by_name() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    for (by, rows) in [("city", 35), ("country", 11), ("focus_area", 6)] {
        let p = read_figures(&reader, &format!("progress?by={by}&cycle=me-2025")).await;
        let names: Vec<String> = array_member(&p, "rows")
            .iter()
            .map(|r| r["name"].as_str().unwrap().to_lowercase())
            .collect();
        assert!(names.is_sorted(), "{names:?}");
        assert_eq!(names.len(), rows, "{by}");
        let sum: i64 = array_member(&p, "rows").iter().map(|r| r["total"].as_i64().unwrap()).sum();
        assert_eq!((sum, &p["total"]["total"]), (134, &json!(134)));
    }
    let (_, token) = app.insert_user("reader of laos", &[laos_reader_grant()]).await;
    let p = read_figures(&app.bearer(&token), "progress?by=city&cycle=me-2025").await;
    let keys: Vec<&Value> = array_member(&p, "rows").iter().map(|r| &r["key"]).collect();
    assert_eq!(json!(keys), json!(["luang-prabang", "vientiane"]));
}

#[actix_web::test]
async fn trend_rows_equal_the_tables_of_each_cycle() {
    let app = TestApp::demo().await;
    approve_measured_report(&app).await;
    let reader = app.reader().await;
    for measure in ["projects", "percent_complete", "spent"] {
        let trend =
            read_figures(&reader, &format!("trend?columns=status&measure={measure}&pilot=true"))
                .await;
        let keys: Vec<&String> = trend["row_totals"].as_object().unwrap().keys().collect();
        assert_eq!(keys, ["me-2022", "me-2023", "me-2024", "me-2025", "me-2026"]);
        for cycle in keys {
            let query = format!("table?rows=status&measure={measure}&cycle={cycle}&pilot=true");
            let table = read_figures(&reader, &query).await;
            assert_eq!(trend["row_totals"][cycle], table["total"], "{cycle} {measure}");
            let cells: Vec<&Value> =
                array_member(&trend, "cells").iter().filter(|c| c["row"] == **cycle).collect();
            assert_eq!(cells.len(), 6);
            for (cell, one) in cells.iter().zip(array_member(&table, "cells")) {
                assert_eq!(cell["column"], one["row"]);
                for name in ["value", "known", "of", "by_currency"] {
                    assert_eq!(cell[name], one[name], "{cycle} {measure} {name}");
                }
            }
            let named = find_row(&trend, "cycles", ("cycle", cycle));
            assert_eq!(named["coverage"], table["coverage"], "{cycle}");
            assert_eq!(named["as_of"], table["basis"]["as_of"]);
        }
    }
    let trend = read_figures(&reader, "trend").await;
    assert_eq!(trend["row_totals"]["me-2022"], 77);
    assert_eq!((&trend["columns"], &trend["cells"][0]["column"]), (&Value::Null, &Value::Null));
    let (_, token) = app.insert_user("reader of laos", &[laos_reader_grant()]).await;
    let laos = read_figures(&app.bearer(&token), "trend").await;
    let all = read_figures(&reader, "trend?country=LA").await;
    assert_eq!(laos["row_totals"], all["row_totals"]);
}

#[actix_web::test]
async fn trend_without_opened_cycles_is_empty() {
    let app = TestApp::spawn().await;
    let trend = read_figures(&app.reader().await, "trend?columns=status").await;
    assert_eq!((&trend["cells"], &trend["basis"]["as_of"]), (&json!([]), &Value::Null));
    // What was never opened has no figures to come.
    app.secretariat()
        .await
        .post("cycles", &report_fixtures::cycle_body("me-2026"))
        .await
        .expect(201);
    assert_eq!(read_figures(&app.reader().await, "trend").await["cycles"], json!([]));
}

/// Da Nang in the open cycle: its first project approved, its second a draft, a new one submitted and one never begun.
async fn spawn_with_reports_in_several_states() -> TestApp {
    let app = TestApp::demo().await;
    for number in [90, 91] {
        report_fixtures::insert_project(&app, "da-nang", number).await;
    }
    report_fixtures::file_and_approve(&app, "da-nang-91").await;
    let officer = app.officer("da-nang").await;
    officer.write_complete_report("da-nang-90").await;
    officer.take_transition("da-nang-90", "submit").await.expect(200);
    app.clock.advance(chrono::TimeDelta::minutes(10));
    officer.write_complete_report("da-nang-2").await;
    app
}

#[actix_web::test]
async fn coverage_shows_unapproved_counts_only_to_insiders() {
    let app = spawn_with_reports_in_several_states().await;
    let path = "coverage?cycle=me-2026";
    let draft_at = "2026-11-20T03:10:00Z";
    // Four of the published history and two new ones.
    let own = json!({
        "city": "da-nang", "city_name": "Da Nang", "country": "VN", "country_name": "Viet Nam",
        "expected": 6, "approved": 1, "not_yet_approved": 5, "to_write": 3, "draft": 1, "submitted": 1,
        "returned": 0, "late": 0, "extended": 0, "last_activity": draft_at
    });
    let officer = read_figures(&app.officer("da-nang").await, path).await;
    assert_eq!(find_row(&officer, "cities", ("city", "da-nang")), &own);
    for caller in [app.representative("VN").await, app.secretariat().await] {
        let seen = read_figures(&caller, path).await;
        let here = find_row(&seen, "cities", ("city", "da-nang"));
        // That there is a draft is no secret to them; when it was touched is.
        let mut expected = own.clone();
        expected["last_activity"] = json!("2026-11-20T03:00:00Z");
        assert_eq!(here, &expected);
    }
    // To strangers: the two projects that were ever approved, and the one that is now.
    let stranger = json!({
        "city": "da-nang", "city_name": "Da Nang", "country": "VN", "country_name": "Viet Nam",
        "expected": 3, "approved": 1, "not_yet_approved": 2, "to_write": null, "draft": null, "submitted": null,
        "returned": null, "late": null, "extended": null, "last_activity": null
    });
    for caller in [
        app.reader().await,
        app.administrator().await,
        app.officer("ha-noi").await,
        app.representative("TH").await,
    ] {
        let seen = read_figures(&caller, path).await;
        assert_eq!(find_row(&seen, "cities", ("city", "da-nang")), &stranger);
        let country = find_row(&seen, "countries", ("country", "VN"));
        assert_eq!((&country["draft"], &country["approved"]), (&Value::Null, &json!(1)));
    }
    let seen = read_figures(&app.representative("VN").await, path).await;
    let country = find_row(&seen, "countries", ("country", "VN"));
    assert_eq!((&country["draft"], &country["submitted"]), (&json!(1), &json!(1)));
    assert_eq!(seen["total"]["draft"], Value::Null);
    assert_eq!(read_figures(&app.secretariat().await, path).await["total"]["draft"], 1);
}

#[actix_web::test]
async fn unapproved_work_does_not_change_public_coverage() {
    let app = TestApp::demo().await;
    report_fixtures::insert_project(&app, "da-nang", 90).await;
    let path = "figures/coverage?cycle=me-2026";
    let (reader, officer) = (app.reader().await, app.officer("da-nang").await);
    let before = reader.get(path).await.expect(200);
    let own = officer.get(path).await.expect(200);
    officer.write_complete_report("da-nang-90").await;
    officer.take_transition("da-nang-90", "submit").await.expect(200);
    let after = reader.get(path).await.expect(200);
    assert_eq!((after.etag(), &after.text), (before.etag(), &before.text));
    let drafted = officer.get(path).await.expect(200);
    assert_ne!(drafted.etag(), own.etag());
    let of = |answer: &Value| find_row(answer, "cities", ("city", "da-nang"))["submitted"].clone();
    assert_eq!((of(&own.json()), of(&drafted.json())), (json!(0), json!(1)));
    app.representative("VN").await.take_transition("da-nang-90", "approve").await.expect(200);
    let approved = reader.get(path).await.expect(200).json();
    assert_eq!(find_row(&approved, "cities", ("city", "da-nang"))["approved"], 1);
    // A reopening leaves what was approved to everybody else.
    app.representative("VN")
        .await
        .take_transition_with_comment("da-nang-90", "reopen", "Why?")
        .await
        .expect(200);
    let reopened = reader.get(path).await.expect(200).json();
    assert_eq!(find_row(&reopened, "cities", ("city", "da-nang"))["approved"], 1);
    let own = officer.get(path).await.expect(200).json();
    let own = find_row(&own, "cities", ("city", "da-nang"));
    assert_eq!((&own["approved"], &own["returned"]), (&json!(0), &json!(1)));
}

#[actix_web::test]
async fn coverage_counts_late_from_the_extension_including_missing_reports() {
    let app = spawn_with_reports_in_several_states().await;
    let officer = app.officer("da-nang").await;
    let late = |token: String| {
        let app = &app;
        async move {
            let seen = read_figures(&app.bearer(&token), "coverage?cycle=me-2026").await;
            let here = find_row(&seen, "cities", ("city", "da-nang")).clone();
            (here["late"].clone(), here["extended"].clone())
        }
    };
    let token = officer.token.clone().unwrap();
    assert_eq!(late(token.clone()).await, (json!(0), json!(0)));
    let more = json!({"due_on": "2027-01-15", "reason": "Flood."});
    app.secretariat().await.put("cycles/me-2026/extensions/da-nang", &more, None).await.expect(201);
    assert_eq!(late(token).await, (json!(0), json!(1)));
    // 17:00 of UTC is midnight in Da Nang.
    for (name, at, expected) in [
        ("officer in time", "2027-01-15T16:59:00Z", 0),
        ("officer past it", "2027-01-15T17:00:00Z", 4),
    ] {
        app.clock.set(at.parse().unwrap());
        let (_, token) =
            app.insert_user(name, &[(Role::CityOfficer, report_fixtures::da_nang_scope())]).await;
        assert_eq!(late(token).await, (json!(expected), json!(1)), "{at}");
    }
}

#[actix_web::test]
async fn coverage_is_limited_to_the_caller_scope_and_null_for_imported_cycles() {
    let app = TestApp::demo().await;
    let (_, token) = app.insert_user("reader of laos", &[laos_reader_grant()]).await;
    let laos = read_figures(&app.bearer(&token), "coverage?cycle=me-2026").await;
    let cities: Vec<&Value> = array_member(&laos, "cities").iter().map(|c| &c["city"]).collect();
    assert_eq!(json!(cities), json!(["luang-prabang", "vientiane"]));
    assert_eq!(array_member(&laos, "countries").len(), 1);
    let past = read_figures(&app.secretariat().await, "coverage?cycle=me-2022").await;
    assert_eq!(
        (&past["total"]["approved"], &past["total"]["expected"]),
        (&json!(77), &Value::Null)
    );
    assert_eq!(past["total"]["not_yet_approved"], Value::Null);
    assert_eq!(past["coverage"]["cities_reporting"], 26);
    let vi = read_figures(&app.reader().await, "coverage?cycle=me-2026&lang=vi").await;
    assert_eq!(find_row(&vi, "cities", ("city", "da-nang"))["city_name"], "Đà Nẵng");
}

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
        let city = feature["id"].as_str().unwrap();
        let p = &feature["properties"];
        assert_eq!((&feature["type"], &p["city"]), (&json!("Feature"), &json!(city)));
        assert_eq!(p["projects"], table["row_totals"][city], "{city}");
        for cell in array_member(&table, "cells").iter().filter(|c| c["row"] == city) {
            assert_eq!(p[cell["column"].as_str().unwrap()], cell["value"], "{city}");
        }
        // Longitude first: the network lies between 90 and 145 degrees east, and within 25 of the equator.
        let at: Vec<f64> =
            serde_json::from_value(feature["geometry"]["coordinates"].clone()).unwrap();
        assert!(at.len() == 2 && (90.0..145.0).contains(&at[0]) && at[1].abs() < 25.0, "{at:?}");
        assert_eq!((&p["cycle"], &p["release"]), (&json!("me-2025"), &Value::Null));
    }
    let (_, token) = app.insert_user("reader of laos", &[laos_reader_grant()]).await;
    let laos = read_figures(&app.bearer(&token), "map?as_of=2025-12-31").await;
    let ids: Vec<&Value> = array_member(&laos, "features").iter().map(|f| &f["id"]).collect();
    assert_eq!(json!(ids), json!(["luang-prabang", "vientiane"]));
    let vientiane = &find_row(&laos, "features", ("id", "vientiane"))["properties"];
    assert_eq!((&vientiane["stale"], &vientiane["as_of"]), (&json!(2), &json!("2025-12-31")));
    let vi = read_figures(&reader, "map?cycle=me-2025&city=da-nang&lang=vi").await;
    assert_eq!(vi["features"][0]["properties"]["city_name"], "Đà Nẵng");
}

#[actix_web::test]
async fn comparison_difference_equals_entered_minus_left() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    for query in ["", "&rows=country", "&rows=city&columns=focus_area", "&pilot=true"] {
        let c = read_figures(&reader, &format!("compare?a=me-2022&b=me-2023{query}")).await;
        let count = |list: &Vec<Value>, pointer: &str, movement: &str| -> i64 {
            let found = list.iter().filter(|r| r.pointer(pointer).unwrap() == movement).count();
            i64::try_from(found).unwrap()
        };
        let mut sum = 0;
        for cell in array_member(&c, "cells") {
            let reports = array_member(cell, "reports");
            let moved = count(reports, "/change/movement", "entered")
                - count(reports, "/change/movement", "left");
            assert_eq!(cell["difference"], moved, "{query} {cell}");
            assert!(!reports.is_empty());
            sum += moved;
        }
        assert_eq!(c["total"]["difference"], sum, "{query}");
        let changes = array_member(&c, "changes");
        let moved = count(changes, "/movement", "entered") - count(changes, "/movement", "left");
        assert_eq!(c["total"]["difference"], moved, "{query}");
    }
    let c = read_figures(&reader, "compare?a=me-2022&b=me-2023").await;
    assert_eq!(
        (&c["rows"], &c["columns"], &c["total"]["difference"]),
        (&json!("focus_area"), &json!("status"), &json!(9))
    );
    // Every cell that differs between the two tables is there.
    let [a, b] = ["me-2022", "me-2023"]
        .map(|cycle| format!("table?rows=focus_area&columns=status&cycle={cycle}"));
    let (a, b) = (read_figures(&reader, &a).await, read_figures(&reader, &b).await);
    for (one, other) in array_member(&a, "cells").iter().zip(array_member(&b, "cells")) {
        let found = array_member(&c, "cells")
            .iter()
            .find(|cell| cell["row"] == one["row"] && cell["column"] == one["column"]);
        if one["value"] != other["value"] {
            let found = found.unwrap();
            assert_eq!(
                (&found["a"]["value"], &found["b"]["value"]),
                (&one["value"], &other["value"])
            );
        }
    }
    // A project that moved on left one cell and entered another, and says from where to where.
    let of = |column: &str| {
        let cell = array_member(&c, "cells").iter().find(|cell| {
            cell["column"] == column
                && array_member(cell, "reports")
                    .iter()
                    .any(|r| r["change"]["project"] == "bandar-seri-begawan-4")
        });
        array_member(cell.unwrap(), "reports")
            .iter()
            .find(|r| r["change"]["project"] == "bandar-seri-begawan-4")
            .cloned()
            .unwrap()
    };
    let step = json!({"from": ["planning"], "to": ["ongoing"]});
    for (column, movement) in [("planning", "left"), ("ongoing", "entered")] {
        let moved = of(column);
        assert_eq!((&moved["change"]["movement"], &moved["columns"]), (&json!(movement), &step));
        assert_eq!((&moved["rows"], &moved["change"]["reason"]), (&Value::Null, &Value::Null));
    }
    let same = read_figures(&reader, "compare?a=me-2023&b=me-2023").await;
    assert_eq!((&same["cells"], &same["changes"]), (&json!([]), &json!([])));
    let (_, token) = app.insert_user("reader of laos", &[laos_reader_grant()]).await;
    let laos = app.bearer(&token);
    let [own, all] = [
        read_figures(&laos, "compare?a=me-2022&b=me-2023").await,
        read_figures(&reader, "compare?a=me-2022&b=me-2023&country=LA").await,
    ];
    assert_eq!((&own["cells"], &own["total"]), (&all["cells"], &all["total"]));
    // Beside a release they see of it what they see of the cycle.
    for (path, released) in [
        ("compare?a=me-2022&b=me-2023", "compare?a=me-2022-r1&b=me-2023"),
        (
            "table?rows=status&cycle=me-2023&compare=me-2022",
            "table?rows=status&cycle=me-2023&compare=me-2022-r1",
        ),
    ] {
        let [cycle, release] =
            [read_figures(&laos, path).await, read_figures(&laos, released).await];
        for part in ["cells", "total", "changes"] {
            assert_eq!(cycle[part], release[part], "{released} {part}");
        }
    }
}
