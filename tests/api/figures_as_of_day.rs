//! Tables up to a day, with their receipts, and beside an earlier cycle.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::helpers::{Caller, TestApp};

async fn read_table(caller: &Caller<'_>, query: &str) -> Value {
    caller.get(&format!("figures/table?{query}")).await.expect(200).json()
}
fn array_member<'a>(value: &'a Value, name: &str) -> &'a Vec<Value> {
    value[name].as_array().unwrap()
}
fn text_items(value: &Value) -> Vec<&str> {
    value.as_array().unwrap().iter().map(|v| v.as_str().unwrap()).collect()
}

#[actix_web::test]
async fn figures_as_of_day_count_each_project_once_by_latest_report() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    for (day, total, stale, statuses) in [
        ("2022-12-31", 77, 0, json!([16, 57, 2, 0, 0, 2])),
        ("2023-12-31", 87, 1, json!([14, 66, 2, 0, 0, 5])),
        ("2024-12-31", 112, 4, json!([15, 81, 11, 0, 0, 5])),
        ("2025-12-31", 143, 9, json!([12, 113, 18, 0, 0, 0])),
        // The cycle of 2026 is cut off by then and still open: nobody fell out of it.
        ("2026-12-31", 143, 9, json!([12, 113, 18, 0, 0, 0])),
    ] {
        let t = read_table(&reader, &format!("rows=status&as_of={day}")).await;
        assert_eq!((&t["total"], &t["coverage"]["stale"]), (&json!(total), &json!(stale)), "{day}");
        let counts: Vec<&Value> = array_member(&t, "cells").iter().map(|c| &c["value"]).collect();
        assert_eq!(json!(counts), statuses, "{day}");
        assert_eq!((&t["basis"]["cycle"], &t["basis"]["as_of"]), (&Value::Null, &json!(day)));
    }
    // On the day of a cut-off the cycle counts, the day before it does not.
    for (day, cycles) in
        [("2023-08-14", json!(["me-2022", "me-2023"])), ("2023-08-13", json!(["me-2022"]))]
    {
        let t = read_table(&reader, &format!("rows=cycle&as_of={day}")).await;
        assert_eq!(t["basis"]["cycles"], cycles);
    }
    let t = read_table(&reader, "rows=cycle&as_of=2023-12-31").await;
    assert_eq!(t["row_totals"], json!({"me-2022": 1, "me-2023": 86}));
}

#[actix_web::test]
async fn figures_as_of_day_use_the_status_of_the_last_report() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    let cut_offs = [
        ("me-2022", "2022-09-21"),
        ("me-2023", "2023-08-14"),
        ("me-2024", "2024-09-25"),
        ("me-2025", "2025-09-30"),
    ];
    for (code, city) in [
        ("jakarta-5", "jakarta"),
        ("siem-reap-2", "siem-reap"),
        ("siem-reap-5", "siem-reap"),
        ("phuket-3", "phuket"),
    ] {
        let read = reader.get(&format!("projects/{code}/reports")).await.expect(200).json();
        for day in ["2022-10-01", "2023-10-01", "2024-10-01", "2025-10-01"] {
            let open: Vec<&str> =
                cut_offs.iter().filter(|(_, cut)| *cut <= day).map(|(cycle, _)| *cycle).collect();
            let until = |r: &&Value| open.contains(&r["cycle"].as_str().unwrap());
            let last = array_member(&read, "items")
                .iter()
                .filter(until)
                .max_by_key(|r| r["cycle"].as_str().unwrap().to_owned());
            let query = format!("rows=status&as_of={day}&city={city}&receipts=true");
            let t = read_table(&reader, &query).await;
            let here: Vec<&Value> = array_member(&t, "cells")
                .iter()
                .filter(|c| text_items(&c["projects"]).contains(&code))
                .collect();
            let Some(last) = last else {
                assert_eq!(here.len(), 0, "{code} {day}");
                continue;
            };
            assert_eq!(here.len(), 1, "{code} {day}");
            assert_eq!(here[0]["row"], last["status"], "{code} {day}");
            // It fell out of the list where the last cycle until then does not have it.
            let stale = last["cycle"] != **open.last().unwrap();
            assert_eq!(text_items(&here[0]["stale"]).contains(&code), stale, "{code} {day}");
            // And how old it is: from its cycle's cut-off to the day.
            let receipt =
                array_member(here[0], "reports").iter().find(|r| r["project"] == *code).unwrap();
            let cut = cut_offs.iter().find(|(cycle, _)| last["cycle"] == **cycle).unwrap().1;
            let date = |text: &str| text.parse::<chrono::NaiveDate>().unwrap();
            let age = (date(day) - date(cut)).num_days();
            let told =
                json!({ "project": code, "cycle": last["cycle"], "age_days": age, "stale": stale });
            assert_eq!(*receipt, told);
        }
    }
}

#[actix_web::test]
async fn receipts_list_the_projects_of_each_cell() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    let plain = read_table(&reader, "rows=focus_area&columns=status&cycle=me-2022").await;
    assert!(plain["cells"][0].get("projects").is_none());
    let t = read_table(&reader, "rows=focus_area&columns=status&cycle=me-2022&receipts=true").await;
    let mut all = BTreeSet::new();
    for cell in array_member(&t, "cells") {
        let codes = text_items(&cell["projects"]);
        assert_eq!(json!(codes.len()), cell["of"]);
        all.extend(codes.iter().map(|c| (*c).to_owned()));
        let key = |c: &&str| {
            let (city, n) = c.rsplit_once('-').unwrap();
            (city.to_owned(), n.parse::<u32>().unwrap())
        };
        assert!(codes.is_sorted_by_key(key), "{codes:?}");
        assert!(cell.get("stale").is_none());
    }
    assert_eq!(all.len(), 77);
    let code = all.iter().next().unwrap();
    reader.get(&format!("projects/{code}/reports/me-2022")).await.expect(200);
}

#[actix_web::test]
async fn cell_shares_add_up_to_100_per_row() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    let t = read_table(&reader, "rows=focus_area&cycle=me-2022").await;
    let shares: Vec<&Value> = array_member(&t, "cells").iter().map(|c| &c["share"]).collect();
    // 22, 5, 10, 17, 19 and 4 of 77: 28.57, 6.49, 12.99, 22.08, 24.68, 5.19.
    assert_eq!(json!(shares), json!([29, 6, 13, 22, 25, 5]));
    let query = "rows=city&columns=status&cycle=me-2022&focus_area=quality-environment";
    let t = read_table(&reader, query).await;
    let mut empty = 0;
    for row in array_member(&t, "cells").chunks(6) {
        let shares: Vec<Option<i64>> = row.iter().map(|c| c["share"].as_i64()).collect();
        if t["row_totals"][row[0]["row"].as_str().unwrap()] == 0 {
            empty += 1;
            assert!(shares.iter().all(Option::is_none), "{shares:?}");
        } else {
            assert_eq!(shares.iter().map(|s| s.unwrap()).sum::<i64>(), 100);
        }
    }
    assert!(empty > 0);
    let t = read_table(&reader, "rows=sector&cycle=me-2025").await;
    assert!(array_member(&t, "cells").iter().all(|c| c["share"].is_null()));
    let t = read_table(&reader, "rows=city&cycle=me-2025&measure=percent_complete").await;
    assert!(t["cells"][0].get("share").is_none());
}

#[actix_web::test]
async fn figures_before_the_first_cycle_are_empty_with_a_note() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    let t = read_table(&reader, "rows=focus_area&columns=status&as_of=2022-09-20").await;
    assert_eq!((&t["cells"], &t["total"]), (&json!([]), &Value::Null));
    assert_eq!((&t["row_totals"], &t["column_totals"]), (&json!({}), &json!({})));
    assert_eq!(t["basis"]["cycles"], json!([]));
    assert_eq!(t["note"], "no cycle had its cut-off by this day");
    let vi = read_table(&reader, "rows=focus_area&as_of=2022-09-20&lang=vi").await;
    assert_ne!(vi["note"], t["note"]);
    let p = reader.get("figures/progress?by=city&as_of=2022-09-20").await.expect(200).json();
    assert_eq!((&p["rows"], &p["note"]), (&json!([]), &t["note"]));
    let m = reader.get("figures/map?as_of=2022-09-20").await.expect(200).json();
    assert_eq!((&m["features"], &m["note"]), (&json!([]), &t["note"]));
}

#[actix_web::test]
async fn compared_table_has_earlier_values_differences_and_project_changes() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    let query = "rows=focus_area&columns=status&cycle=me-2023&receipts=true";
    let t = read_table(&reader, &format!("{query}&compare=me-2022")).await;
    let alone = read_table(&reader, query).await;
    let before = read_table(&reader, &query.replace("2023", "2022")).await;
    for (i, cell) in array_member(&t, "cells").iter().enumerate() {
        assert_eq!(
            (&cell["value"], &cell["projects"]),
            (&alone["cells"][i]["value"], &alone["cells"][i]["projects"])
        );
        assert_eq!(cell["earlier"]["value"], before["cells"][i]["value"]);
        let [now, then] = [&cell["value"], &cell["earlier"]["value"]].map(|v| v.as_i64().unwrap());
        assert_eq!(cell["difference"], now - then);
    }
    assert_eq!((&t["total"], &t["earlier_total"]["value"]), (&json!(86), &json!(77)));
    assert_eq!(t["earlier_basis"]["cycle"], "me-2022");
    let of = |movement: &str| {
        array_member(&t, "changes").iter().filter(|c| c["movement"] == movement).count()
    };
    assert_eq!((of("entered"), of("left"), of("changed")), (10, 1, 6));
    let left = array_member(&t, "changes").iter().find(|c| c["movement"] == "left").unwrap();
    assert_eq!(left["project"], "jakarta-5");
    let steps =
        |name: &str| array_member(&t, "changes").iter().filter(|c| !c[name].is_null()).count();
    assert_eq!((steps("status"), steps("focus_area"), steps("retitled")), (3, 1, 2));
    let four = array_member(&t, "changes")
        .iter()
        .find(|c| c["project"] == "bandar-seri-begawan-4")
        .unwrap();
    assert_eq!(four["status"], json!({"from": "planning", "to": "ongoing"}));
    // Asked about one status alone, a project that moved on has left, and says where to.
    let t = read_table(&reader, "rows=country&cycle=me-2023&compare=me-2022&status=planning").await;
    let four = array_member(&t, "changes")
        .iter()
        .find(|c| c["project"] == "bandar-seri-begawan-4")
        .unwrap();
    assert_eq!((&four["movement"], &four["status"]["to"]), (&json!("left"), &json!("ongoing")));
}

#[actix_web::test]
async fn compared_cell_known_on_one_side_has_null_difference() {
    let app = TestApp::demo().await;
    crate::report_fixtures::insert_project(&app, "da-nang", 90).await;
    crate::report_fixtures::file_and_approve(&app, "da-nang-90").await;
    let reader = app.reader().await;
    let query = "rows=country&cycle=me-2026&compare=me-2025&measure=percent_complete&country=VN";
    let cell = read_table(&reader, query).await["cells"][0].clone();
    assert_eq!((&cell["value"], &cell["earlier"]["value"]), (&json!(62.5), &Value::Null));
    assert_eq!((&cell["difference"], &cell["earlier"]["known"]), (&Value::Null, &json!(0)));
    let query = "rows=country&cycle=me-2026&compare=me-2025&measure=spent&country=VN";
    let cell = read_table(&reader, query).await["cells"][0].clone();
    assert_eq!((&cell["difference"], &cell["earlier"]["by_currency"]), (&Value::Null, &json!([])));
}

#[actix_web::test]
async fn figures_with_invalid_or_conflicting_parameters_are_400() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    for (query, parameter) in [
        ("figures/table?rows=status", "cycle"),
        ("figures/table?rows=status&cycle=me-2022&as_of=2022-12-31", "as_of"),
        ("figures/table?rows=status&as_of=2022-02-30", "as_of"),
        ("figures/table?rows=status&as_of=yesterday", "as_of"),
        ("figures/table?rows=status&as_of=", "as_of"),
        ("figures/table?rows=status&as_of=0000-01-01", "as_of"),
        ("figures/table?rows=status&cycle=me-2022&compare=me-1999", "compare"),
        ("figures/table?rows=status&cycle=me-2022&receipts=maybe", "receipts"),
        ("figures/progress?by=city", "cycle"),
        ("figures/progress?cycle=me-2022", "by"),
        ("figures/progress?by=status&cycle=me-2022", "by"),
        ("figures/progress?by=city&cycle=me-2022&sort=percent_complete", "sort"),
        ("figures/progress?by=city&cycle=me-1999", "cycle"),
        ("figures/progress?by=city&cycle=me-2022&city=atlantis", "city"),
        ("figures/trend?columns=cycle", "columns"),
        ("figures/trend?columns=mood", "columns"),
        ("figures/trend?measure=joy", "measure"),
        ("figures/trend?cycle=me-2022", "cycle"),
        ("figures/coverage", "cycle"),
        ("figures/coverage?cycle=me-1999", "cycle"),
        ("figures/coverage?cycle=me-2026&as_of=2022-01-01", "as_of"),
        ("figures/map", "cycle"),
        ("figures/map?as_of=x", "as_of"),
        ("figures/map?cycle=me-2022&country=XX", "country"),
        ("figures/compare?b=me-2022", "a"),
        ("figures/compare?a=me-2022", "b"),
        ("figures/compare?a=me-1999&b=me-2022", "a"),
        ("figures/compare?a=me-2022&b=me-1999", "b"),
        ("figures/compare?a=me-2022&b=me-2023&columns=focus_area", "columns"),
        ("figures/compare?a=me-2022&b=me-2023&rows=mood", "rows"),
    ] {
        let problem = reader.get(query).await.expect(400).json();
        assert_eq!(problem["errors"][0]["parameter"], parameter, "{query}");
    }
    let allowed = |query: &'static str| {
        let reader = reader.clone();
        async move { reader.get(query).await.json()["errors"][0]["allowed"].clone() }
    };
    assert_eq!(
        allowed("figures/progress?by=x&cycle=me-2022").await,
        json!(["city", "country", "focus_area"])
    );
    assert_eq!(allowed("figures/compare?a=x&b=me-2022").await[0], "me-2022");
}
