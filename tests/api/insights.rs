//! Progress, trend, coverage, map and comparison over approved reports: their numbers, and who gets which.

use ascn_tracker::domain::{
    reference::CountryCode,
    user::{Role, Scope},
};
use serde_json::{Value, json};

use crate::{
    filing,
    helpers::{Caller, TestApp},
};

async fn read(caller: &Caller<'_>, path: &str) -> Value {
    caller.get(&format!("figures/{path}")).await.expect(200).json()
}
fn list<'a>(value: &'a Value, name: &str) -> &'a Vec<Value> {
    value[name].as_array().unwrap()
}
/// The row of a list in which a member has a value.
fn row<'a>(value: &'a Value, name: &str, (key, is): (&str, &str)) -> &'a Value {
    list(value, name).iter().find(|r| r[key] == is).unwrap_or_else(|| panic!("no {is}"))
}
fn reader_of_laos() -> (Role, Scope) {
    (Role::Reader, Scope::Country(CountryCode::parse("LA").unwrap()))
}

/// A new project of Da Nang with milestones and indicators, and an approved report that states some of them.
async fn measured(app: &TestApp) {
    filing::project(app, "da-nang", 90).await;
    let officer = app.officer("da-nang").await;
    let mut ids = Vec::new();
    for (kind, body) in [
        ("milestones", json!({"title": "Depot", "due_on": "2024-06-30", "weight": 3})),
        ("milestones", json!({"title": "Buses", "due_on": "2025-06-30", "weight": 1})),
        ("indicators", indicator("Water lost", "outcome", "down", Some((20, 10)))),
        ("indicators", indicator("Passengers", "outcome", "up", Some((100, 300)))),
        ("indicators", indicator("Comfort", "outcome", "up", None)),
        ("indicators", indicator("Silence", "outcome", "up", Some((0, 5)))),
        ("indicators", indicator("Stops", "output", "up", Some((0, 5)))),
    ] {
        let made = officer.post(&format!("projects/da-nang-90/{kind}"), &body).await.expect(201);
        ids.push(made.json()["id"].clone());
    }
    let value =
        |i: usize, v: f64, on: &str| json!({"indicator_id": ids[i], "value": v, "measured_on": on});
    let mut report = filing::ready();
    report["milestones"] = json!([{"milestone_id": ids[0], "completed_on": "2024-05-01"}]);
    report["indicator_values"] = json!([
        value(2, 12.5, "2026-06-30"),
        value(3, 150.0, "2026-03-31"),
        value(4, 7.0, "2026-06-30"),
        value(6, 5.0, "2026-06-30"),
    ]);
    officer.put(&filing::report("da-nang-90"), &report, None).await.expect(201);
    officer.act("da-nang-90", "submit").await.expect(200);
    app.representative("VN").await.act("da-nang-90", "approve").await.expect(200);
}

fn indicator(name: &str, kind: &str, better: &str, ends: Option<(i64, i64)>) -> Value {
    let mut body = json!({"name": name, "kind": kind, "unit": "a day", "better": better});
    if let Some((baseline, target)) = ends {
        body["baseline"] = json!({"value": baseline, "on": "2018-12-31"});
        body["target"] = json!({"value": target, "on": "2025-12-31"});
    }
    body
}

#[actix_web::test]
async fn progress_says_of_each_number_how_much_is_known() {
    let app = TestApp::demo().await;
    measured(&app).await;
    let reader = app.reader().await;
    let p = read(&reader, "progress?by=city&cycle=me-2026").await;
    let here = row(&p, "rows", ("key", "da-nang"));
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
    let other = row(&p, "rows", ("key", "ha-noi"));
    assert_eq!(
        (&other["percent_complete"], &other["milestones"]["attainment"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(other["outcome_indicators"]["attainment"], Value::Null);
    assert_eq!((&other["known"], &other["total"]), (&json!(0), &json!(0)));
    // Up to a day the same project counts with the ones that were reported before.
    let p = read(&reader, "progress?by=country&as_of=2026-12-31&country=VN").await;
    assert_eq!(p["rows"].as_array().unwrap().len(), 1);
    assert_eq!(
        (&p["rows"][0]["known"], &p["rows"][0]["percent_complete"]),
        (&json!(1), &json!(62.5))
    );
    assert!(p["rows"][0]["total"].as_i64() > Some(1));
    // A given-up project says nothing about how far the others are.
    let officer = app.officer("da-nang").await;
    app.representative("VN").await.act_because("da-nang-90", "reopen", "Why?").await.expect(200);
    let path = filing::report("da-nang-90");
    let etag = officer.get(&path).await.expect(200).etag();
    let mut report = filing::ready();
    report["status"] = json!("cancelled");
    report["status_reason"] = json!("No money.");
    officer.put(&path, &report, Some(&etag)).await.expect(200);
    officer.act("da-nang-90", "submit").await.expect(200);
    app.representative("VN").await.act("da-nang-90", "approve").await.expect(200);
    let p = read(&reader, "progress?by=city&cycle=me-2026&city=da-nang").await;
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
async fn progress_stands_in_the_order_of_names_and_in_no_other() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    for (by, rows) in [("city", 35), ("country", 11), ("focus_area", 6)] {
        let p = read(&reader, &format!("progress?by={by}&cycle=me-2025")).await;
        let names: Vec<String> =
            list(&p, "rows").iter().map(|r| r["name"].as_str().unwrap().to_lowercase()).collect();
        assert!(names.is_sorted(), "{names:?}");
        assert_eq!(names.len(), rows, "{by}");
        let sum: i64 = list(&p, "rows").iter().map(|r| r["total"].as_i64().unwrap()).sum();
        assert_eq!((sum, &p["total"]["total"]), (134, &json!(134)));
    }
    let (_, token) = app.user("reader of laos", &[reader_of_laos()]).await;
    let p = read(&app.bearer(&token), "progress?by=city&cycle=me-2025").await;
    let keys: Vec<&Value> = list(&p, "rows").iter().map(|r| &r["key"]).collect();
    assert_eq!(json!(keys), json!(["luang-prabang", "vientiane"]));
}

#[actix_web::test]
async fn the_rows_of_a_trend_are_the_tables_of_its_cycles() {
    let app = TestApp::demo().await;
    measured(&app).await;
    let reader = app.reader().await;
    for measure in ["projects", "percent_complete", "spent"] {
        let trend =
            read(&reader, &format!("trend?columns=status&measure={measure}&pilot=true")).await;
        let keys: Vec<&String> = trend["row_totals"].as_object().unwrap().keys().collect();
        assert_eq!(keys, ["me-2022", "me-2023", "me-2024", "me-2025", "me-2026"]);
        for cycle in keys {
            let query = format!("table?rows=status&measure={measure}&cycle={cycle}&pilot=true");
            let table = read(&reader, &query).await;
            assert_eq!(trend["row_totals"][cycle], table["total"], "{cycle} {measure}");
            let cells: Vec<&Value> =
                list(&trend, "cells").iter().filter(|c| c["row"] == **cycle).collect();
            assert_eq!(cells.len(), 6);
            for (cell, one) in cells.iter().zip(list(&table, "cells")) {
                assert_eq!(cell["column"], one["row"]);
                for name in ["value", "known", "of", "by_currency"] {
                    assert_eq!(cell[name], one[name], "{cycle} {measure} {name}");
                }
            }
            let named = row(&trend, "cycles", ("cycle", cycle));
            assert_eq!(named["coverage"], table["coverage"], "{cycle}");
            assert_eq!(named["as_of"], table["basis"]["as_of"]);
        }
    }
    let trend = read(&reader, "trend").await;
    assert_eq!(trend["row_totals"]["me-2022"], 77);
    assert_eq!((&trend["columns"], &trend["cells"][0]["column"]), (&Value::Null, &Value::Null));
    let (_, token) = app.user("reader of laos", &[reader_of_laos()]).await;
    let laos = read(&app.bearer(&token), "trend").await;
    let all = read(&reader, "trend?country=LA").await;
    assert_eq!(laos["row_totals"], all["row_totals"]);
}

#[actix_web::test]
async fn a_trend_without_cycles_is_empty() {
    let app = TestApp::spawn().await;
    let trend = read(&app.reader().await, "trend?columns=status").await;
    assert_eq!((&trend["cells"], &trend["basis"]["as_of"]), (&json!([]), &Value::Null));
    // What was never opened has no figures to come.
    app.secretariat().await.post("cycles", &filing::cycle("me-2026")).await.expect(201);
    assert_eq!(read(&app.reader().await, "trend").await["cycles"], json!([]));
}

/// Da Nang in the open cycle: its first project approved, its second a draft, a new one submitted and one never begun.
async fn working_day() -> TestApp {
    let app = TestApp::demo().await;
    for number in [90, 91] {
        filing::project(&app, "da-nang", number).await;
    }
    filing::approve(&app, "da-nang-91").await;
    let officer = app.officer("da-nang").await;
    officer.file("da-nang-90").await;
    officer.act("da-nang-90", "submit").await.expect(200);
    app.clock.advance(chrono::TimeDelta::minutes(10));
    officer.file("da-nang-2").await;
    app
}

#[actix_web::test]
async fn coverage_tells_insiders_where_reports_stand_and_strangers_what_is_approved() {
    let app = working_day().await;
    let path = "coverage?cycle=me-2026";
    let draft_at = "2026-11-20T03:10:00Z";
    // Four of the published history and two new ones.
    let own = json!({
        "city": "da-nang", "city_name": "Da Nang", "country": "VN", "country_name": "Viet Nam",
        "expected": 6, "approved": 1, "not_yet_approved": 5, "to_write": 3, "draft": 1, "submitted": 1,
        "returned": 0, "late": 0, "extended": 0, "last_activity": draft_at
    });
    let officer = read(&app.officer("da-nang").await, path).await;
    assert_eq!(row(&officer, "cities", ("city", "da-nang")), &own);
    for caller in [app.representative("VN").await, app.secretariat().await] {
        let seen = read(&caller, path).await;
        let here = row(&seen, "cities", ("city", "da-nang"));
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
        let seen = read(&caller, path).await;
        assert_eq!(row(&seen, "cities", ("city", "da-nang")), &stranger);
        let country = row(&seen, "countries", ("country", "VN"));
        assert_eq!((&country["draft"], &country["approved"]), (&Value::Null, &json!(1)));
    }
    let seen = read(&app.representative("VN").await, path).await;
    let country = row(&seen, "countries", ("country", "VN"));
    assert_eq!((&country["draft"], &country["submitted"]), (&json!(1), &json!(1)));
    assert_eq!(seen["total"]["draft"], Value::Null);
    assert_eq!(read(&app.secretariat().await, path).await["total"]["draft"], 1);
}

#[actix_web::test]
async fn what_is_worked_on_moves_nothing_that_strangers_get() {
    let app = TestApp::demo().await;
    filing::project(&app, "da-nang", 90).await;
    let path = "figures/coverage?cycle=me-2026";
    let (reader, officer) = (app.reader().await, app.officer("da-nang").await);
    let before = reader.get(path).await.expect(200);
    let own = officer.get(path).await.expect(200);
    officer.file("da-nang-90").await;
    officer.act("da-nang-90", "submit").await.expect(200);
    let after = reader.get(path).await.expect(200);
    assert_eq!((after.etag(), &after.text), (before.etag(), &before.text));
    let drafted = officer.get(path).await.expect(200);
    assert_ne!(drafted.etag(), own.etag());
    let of = |answer: &Value| row(answer, "cities", ("city", "da-nang"))["submitted"].clone();
    assert_eq!((of(&own.json()), of(&drafted.json())), (json!(0), json!(1)));
    app.representative("VN").await.act("da-nang-90", "approve").await.expect(200);
    let approved = reader.get(path).await.expect(200).json();
    assert_eq!(row(&approved, "cities", ("city", "da-nang"))["approved"], 1);
    // A reopening leaves what was approved to everybody else.
    app.representative("VN").await.act_because("da-nang-90", "reopen", "Why?").await.expect(200);
    let reopened = reader.get(path).await.expect(200).json();
    assert_eq!(row(&reopened, "cities", ("city", "da-nang"))["approved"], 1);
    let own = officer.get(path).await.expect(200).json();
    let own = row(&own, "cities", ("city", "da-nang"));
    assert_eq!((&own["approved"], &own["returned"]), (&json!(0), &json!(1)));
}

#[actix_web::test]
async fn late_is_counted_from_the_extension_and_for_what_was_never_begun_too() {
    let app = working_day().await;
    let officer = app.officer("da-nang").await;
    let late = |token: String| {
        let app = &app;
        async move {
            let seen = read(&app.bearer(&token), "coverage?cycle=me-2026").await;
            let here = row(&seen, "cities", ("city", "da-nang")).clone();
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
        let (_, token) = app.user(name, &[(Role::CityOfficer, filing::da_nang())]).await;
        assert_eq!(late(token).await, (json!(expected), json!(1)), "{at}");
    }
}

#[actix_web::test]
async fn coverage_stays_within_reach_and_claims_nothing_of_the_published_history() {
    let app = TestApp::demo().await;
    let (_, token) = app.user("reader of laos", &[reader_of_laos()]).await;
    let laos = read(&app.bearer(&token), "coverage?cycle=me-2026").await;
    let cities: Vec<&Value> = list(&laos, "cities").iter().map(|c| &c["city"]).collect();
    assert_eq!(json!(cities), json!(["luang-prabang", "vientiane"]));
    assert_eq!(list(&laos, "countries").len(), 1);
    let past = read(&app.secretariat().await, "coverage?cycle=me-2022").await;
    assert_eq!(
        (&past["total"]["approved"], &past["total"]["expected"]),
        (&json!(77), &Value::Null)
    );
    assert_eq!(past["total"]["not_yet_approved"], Value::Null);
    assert_eq!(past["coverage"]["cities_reporting"], 26);
    let vi = read(&app.reader().await, "coverage?cycle=me-2026&lang=vi").await;
    assert_eq!(row(&vi, "cities", ("city", "da-nang"))["city_name"], "Đà Nẵng");
}

#[actix_web::test]
async fn a_map_has_a_point_for_each_city_of_the_table() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    let answer = reader.get("figures/map?cycle=me-2025").await.expect(200);
    assert_eq!(answer.header("content-type"), Some("application/geo+json"));
    let map = answer.json();
    assert_eq!(map["type"], "FeatureCollection");
    let table = read(&reader, "table?rows=city&columns=status&cycle=me-2025").await;
    let features = list(&map, "features");
    assert_eq!(features.len(), table["row_totals"].as_object().unwrap().len());
    for feature in features {
        let city = feature["id"].as_str().unwrap();
        let p = &feature["properties"];
        assert_eq!((&feature["type"], &p["city"]), (&json!("Feature"), &json!(city)));
        assert_eq!(p["projects"], table["row_totals"][city], "{city}");
        for cell in list(&table, "cells").iter().filter(|c| c["row"] == city) {
            assert_eq!(p[cell["column"].as_str().unwrap()], cell["value"], "{city}");
        }
        // Longitude first: the network lies between 90 and 145 degrees east, and within 25 of the equator.
        let at: Vec<f64> =
            serde_json::from_value(feature["geometry"]["coordinates"].clone()).unwrap();
        assert!(at.len() == 2 && (90.0..145.0).contains(&at[0]) && at[1].abs() < 25.0, "{at:?}");
        assert_eq!((&p["cycle"], &p["release"]), (&json!("me-2025"), &Value::Null));
    }
    let (_, token) = app.user("reader of laos", &[reader_of_laos()]).await;
    let laos = read(&app.bearer(&token), "map?as_of=2025-12-31").await;
    let ids: Vec<&Value> = list(&laos, "features").iter().map(|f| &f["id"]).collect();
    assert_eq!(json!(ids), json!(["luang-prabang", "vientiane"]));
    let vientiane = &row(&laos, "features", ("id", "vientiane"))["properties"];
    assert_eq!((&vientiane["stale"], &vientiane["as_of"]), (&json!(2), &json!("2025-12-31")));
    let vi = read(&reader, "map?cycle=me-2025&city=da-nang&lang=vi").await;
    assert_eq!(vi["features"][0]["properties"]["city_name"], "Đà Nẵng");
}

#[actix_web::test]
async fn what_entered_less_what_left_is_the_difference() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    for query in ["", "&rows=country", "&rows=city&columns=focus_area", "&pilot=true"] {
        let c = read(&reader, &format!("compare?a=me-2022&b=me-2023{query}")).await;
        let count = |list: &Vec<Value>, pointer: &str, movement: &str| -> i64 {
            let found = list.iter().filter(|r| r.pointer(pointer).unwrap() == movement).count();
            i64::try_from(found).unwrap()
        };
        let mut sum = 0;
        for cell in list(&c, "cells") {
            let reports = list(cell, "reports");
            let moved = count(reports, "/change/movement", "entered")
                - count(reports, "/change/movement", "left");
            assert_eq!(cell["difference"], moved, "{query} {cell}");
            assert!(!reports.is_empty());
            sum += moved;
        }
        assert_eq!(c["total"]["difference"], sum, "{query}");
        let changes = list(&c, "changes");
        let moved = count(changes, "/movement", "entered") - count(changes, "/movement", "left");
        assert_eq!(c["total"]["difference"], moved, "{query}");
    }
    let c = read(&reader, "compare?a=me-2022&b=me-2023").await;
    assert_eq!(
        (&c["rows"], &c["columns"], &c["total"]["difference"]),
        (&json!("focus_area"), &json!("status"), &json!(9))
    );
    // Every cell that differs between the two tables is there.
    let [a, b] = ["me-2022", "me-2023"]
        .map(|cycle| format!("table?rows=focus_area&columns=status&cycle={cycle}"));
    let (a, b) = (read(&reader, &a).await, read(&reader, &b).await);
    for (one, other) in list(&a, "cells").iter().zip(list(&b, "cells")) {
        let found = list(&c, "cells")
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
        let cell = list(&c, "cells").iter().find(|cell| {
            cell["column"] == column
                && list(cell, "reports")
                    .iter()
                    .any(|r| r["change"]["project"] == "bandar-seri-begawan-4")
        });
        list(cell.unwrap(), "reports")
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
    let same = read(&reader, "compare?a=me-2023&b=me-2023").await;
    assert_eq!((&same["cells"], &same["changes"]), (&json!([]), &json!([])));
    let (_, token) = app.user("reader of laos", &[reader_of_laos()]).await;
    let laos = app.bearer(&token);
    let [own, all] = [
        read(&laos, "compare?a=me-2022&b=me-2023").await,
        read(&reader, "compare?a=me-2022&b=me-2023&country=LA").await,
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
        let [cycle, release] = [read(&laos, path).await, read(&laos, released).await];
        for part in ["cells", "total", "changes"] {
            assert_eq!(cycle[part], release[part], "{released} {part}");
        }
    }
}
