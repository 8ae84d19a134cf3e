//! Comparison: what differs between two cycles or releases, and which projects moved.

use serde_json::{Value, json};

use super::{array_member, insert_laos_reader, read_figures};
use crate::{
    answer_snapshot::{show_items, show_members},
    helpers::TestApp,
    operation_fixture::close_cycle,
    report_fixtures::{
        CYCLE, complete_report_body, file_and_approve, report_path, spawn_with_open_cycle,
    },
};

const COMPARISON: &str = "compare?a=me-2022&b=me-2023";

/// How many more items of a list entered than left.
fn count_entered_minus_left(list: &[Value], pointer: &str) -> i64 {
    let count = |movement: &str| {
        let found = list.iter().filter(|r| r.pointer(pointer).unwrap() == movement).count();
        i64::try_from(found).unwrap()
    };
    count("entered") - count("left")
}

#[actix_web::test]
async fn comparison_difference_equals_entered_minus_left() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    for query in ["", "&rows=country", "&rows=city&columns=focus_area", "&pilot=true"] {
        let compared = read_figures(&reader, &format!("{COMPARISON}{query}")).await;
        let mut sum = 0;
        for cell in array_member(&compared, "cells") {
            let reports = array_member(cell, "reports");
            let moved = count_entered_minus_left(reports, "/change/movement");
            assert_eq!(cell["difference"], moved, "{query} {cell}");
            assert!(!reports.is_empty());
            sum += moved;
        }
        assert_eq!(compared["total"]["difference"], sum, "{query}");
        let moved = count_entered_minus_left(array_member(&compared, "changes"), "/movement");
        assert_eq!(compared["total"]["difference"], moved, "{query}");
    }
}

#[actix_web::test]
async fn comparison_has_every_cell_that_differs_between_the_two_tables() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    let compared = read_figures(&reader, COMPARISON).await;
    let members = ["rows", "columns", "total/difference"];
    insta::assert_snapshot!(show_members(&compared, &members), @r#"
    rows: "focus_area"
    columns: "status"
    total/difference: 9
    "#);
    let [a, b] = ["me-2022", "me-2023"]
        .map(|cycle| format!("table?rows=focus_area&columns=status&cycle={cycle}"));
    let (a, b) = (read_figures(&reader, &a).await, read_figures(&reader, &b).await);
    for (one, other) in array_member(&a, "cells").iter().zip(array_member(&b, "cells")) {
        if one["value"] != other["value"] {
            let found = array_member(&compared, "cells")
                .iter()
                .find(|cell| cell["row"] == one["row"] && cell["column"] == one["column"])
                .unwrap();
            assert_eq!(found["a"]["value"], one["value"]);
            assert_eq!(found["b"]["value"], other["value"]);
        }
    }
}

#[actix_web::test]
async fn comparison_shows_the_cell_that_a_moved_project_left_and_the_one_it_entered() {
    let app = TestApp::demo().await;
    let compared = read_figures(&app.reader().await, COMPARISON).await;
    let moves: Value = array_member(&compared, "cells")
        .iter()
        .flat_map(|cell| {
            let reports = array_member(cell, "reports").iter().cloned();
            reports.map(|report| serde_json::json!({ "column": cell["column"], "report": report }))
        })
        .filter(|found| found["report"]["change"]["project"] == "bandar-seri-begawan-4")
        .collect();
    let members = [
        "column",
        "report/change/movement",
        "report/columns",
        "report/rows",
        "report/change/reason",
    ];
    insta::assert_snapshot!(show_items(&moves, &members), @r#"
    planning left {"from": ["planning"], "to": ["ongoing"]} null null
    ongoing entered {"from": ["planning"], "to": ["ongoing"]} null null
    "#);
}

#[actix_web::test]
async fn comparison_of_a_cycle_with_itself_is_empty() {
    let app = TestApp::demo().await;
    let same = read_figures(&app.reader().await, "compare?a=me-2023&b=me-2023").await;
    insta::assert_snapshot!(show_members(&same, &["cells", "changes"]), @"
    cells: []
    changes: []
    ");
}

#[actix_web::test]
async fn comparison_is_limited_to_the_caller_scope() {
    let app = TestApp::demo().await;
    let own = read_figures(&insert_laos_reader(&app).await, COMPARISON).await;
    let all = read_figures(&app.reader().await, &format!("{COMPARISON}&country=LA")).await;
    assert_eq!((&own["cells"], &own["total"]), (&all["cells"], &all["total"]));
}

#[actix_web::test]
async fn comparison_with_a_release_is_limited_like_one_with_its_cycle() {
    let app = TestApp::demo().await;
    let laos = insert_laos_reader(&app).await;
    for (path, released) in [
        (COMPARISON, "compare?a=me-2022-r1&b=me-2023"),
        (
            "table?rows=status&cycle=me-2023&compare=me-2022",
            "table?rows=status&cycle=me-2023&compare=me-2022-r1",
        ),
    ] {
        let cycle = read_figures(&laos, path).await;
        let release = read_figures(&laos, released).await;
        for part in ["cells", "total", "changes"] {
            assert_eq!(cycle[part], release[part], "{released} {part}");
        }
    }
}

/// Two releases of the open cycle. Between them the budget and the money spent of `da-nang-1` are corrected, and its status becomes
/// completed.
async fn spawn_with_two_releases() -> TestApp {
    let app = spawn_with_open_cycle().await;
    file_and_approve(&app, "da-nang-1").await;
    let secretariat = app.secretariat().await;
    close_cycle(&app, CYCLE).await;
    secretariat.post("releases", &json!({ "cycle": CYCLE })).await.expect(201);
    secretariat.send("POST", &format!("cycles/{CYCLE}/open"), None, &[]).await.expect(200);
    secretariat.take_transition_with_comment("da-nang-1", "reopen", "A slip.").await.expect(200);
    let officer = app.officer("da-nang").await;
    let etag = officer.get("projects/da-nang-1").await.etag();
    let budget = json!({ "budget": {"amount_minor": 900, "currency": "USD"} });
    officer.patch("projects/da-nang-1", &budget, Some(&etag)).await.expect(200);
    let mut body = complete_report_body();
    body["status"] = json!("completed");
    body["percent_complete"] = json!(100);
    body["spent"] = json!({"amount_minor": 500, "currency": "VND"});
    let etag = officer.get(&report_path("da-nang-1")).await.etag();
    officer.put(&report_path("da-nang-1"), &body, Some(&etag)).await.expect(200);
    officer.take_transition("da-nang-1", "submit").await.expect(200);
    app.representative("VN").await.take_transition("da-nang-1", "approve").await.expect(200);
    close_cycle(&app, CYCLE).await;
    secretariat.post("releases", &json!({ "cycle": CYCLE })).await.expect(201);
    app
}

#[actix_web::test]
async fn comparison_as_csv_has_a_row_for_each_cell_that_differs() {
    let app = spawn_with_two_releases().await;
    let reader = app.reader().await;
    let csv = async |query: &str| {
        let path = format!("figures/compare?a=me-2026-r1&b=me-2026-r2&format=csv{query}");
        let answer = reader.get(&path).await.expect(200);
        (
            answer.header("content-disposition").unwrap().to_owned(),
            answer.text.replace("\r\n", "\n"),
        )
    };
    let (file, counts) = csv("").await;
    assert_eq!(
        file,
        "attachment; filename=\"ascn-projects-comparison-focus-area-status-me-2026-r1-me-2026-r2.csv\""
    );
    insta::assert_snapshot!(counts, @r"
    a_cycle,a_as_of,a_release,b_cycle,b_as_of,b_release,focus_area,focus_area_name,status,status_name,a,b,difference,a_known,a_of,b_known,b_of,entered,left,changed
    me-2026,2026-12-31,me-2026-r1,me-2026,2026-12-31,me-2026-r2,built-infrastructure,Built Infrastructure,ongoing,On-going,1,0,-1,1,1,0,0,,da-nang-1,
    me-2026,2026-12-31,me-2026-r1,me-2026,2026-12-31,me-2026-r2,built-infrastructure,Built Infrastructure,completed,Completed,0,1,1,0,0,1,1,da-nang-1,,
    ");
    let (_, percents) = csv("&rows=city&measure=percent_complete&city=da-nang").await;
    insta::assert_snapshot!(percents.lines().last().unwrap(), @"me-2026,2026-12-31,me-2026-r1,me-2026,2026-12-31,me-2026-r2,da-nang,Da Nang,62.5,100,37.5,1,1,1,1,,,da-nang-1");
    // A sum that nobody states is empty, and not 0.
    let (_, spent) = csv("&rows=city&measure=spent").await;
    insta::assert_snapshot!(spent, @r"
    a_cycle,a_as_of,a_release,b_cycle,b_as_of,b_release,city,city_name,a_minor,b_minor,difference_minor,currency,a_known,a_of,b_known,b_of,entered,left,changed
    me-2026,2026-12-31,me-2026-r1,me-2026,2026-12-31,me-2026-r2,da-nang,Da Nang,,500,,VND,0,1,1,1,,,da-nang-1
    ");
    let (_, budget) = csv("&rows=city&measure=budget").await;
    insta::assert_snapshot!(budget.lines().last().unwrap(), @"me-2026,2026-12-31,me-2026-r1,me-2026,2026-12-31,me-2026-r2,da-nang,Da Nang,,900,,USD,0,1,1,1,,,da-nang-1");
    let (_, same) = csv("&rows=country&country=TH").await;
    assert_eq!(same.lines().count(), 1);
}

#[actix_web::test]
async fn comparison_names_the_change_of_a_budget() {
    let app = spawn_with_two_releases().await;
    let path = "compare?a=me-2026-r1&b=me-2026-r2&rows=city&measure=budget";
    let compared = read_figures(&app.reader().await, path).await;
    let members = ["total/b/by_currency", "cells/0/reports/0/change/budget"];
    insta::assert_snapshot!(show_members(&compared, &members), @r#"
    total/b/by_currency: [{"amount_minor": 900, "currency": "USD"}]
    cells/0/reports/0/change/budget: {"from": null, "to": {"amount_minor": 900, "currency": "USD"}}
    "#);
}

#[actix_web::test]
async fn comparison_is_the_same_in_csv_xlsx_and_json_lines() {
    use calamine::{Data, Reader as _, Xlsx};
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    let path = format!("figures/{COMPARISON}");
    let compared = reader.get(&path).await.expect(200).json();
    let cells = array_member(&compared, "cells");
    let lines = reader.get(&format!("{path}&format=jsonl")).await.expect(200);
    let lines: Vec<Value> = lines.text.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert_eq!(lines.len(), cells.len());
    for (line, cell) in lines.iter().zip(cells) {
        assert_eq!((&line["focus_area"], &line["status"]), (&cell["row"], &cell["column"]));
        assert_eq!((&line["a"], &line["b"]), (&cell["a"]["value"], &cell["b"]["value"]));
        assert_eq!(line["difference"], cell["difference"]);
    }
    let csv = reader.send("GET", &path, None, &[("accept", "text/csv")]).await.expect(200);
    assert_eq!(csv.text.lines().count(), cells.len() + 1);
    let file = reader.download(&format!("{path}&format=xlsx")).await;
    let mut book: Xlsx<_> = Xlsx::new(std::io::Cursor::new(file)).unwrap();
    assert_eq!(book.sheet_names(), ["data", "about", "entered", "left", "changed"]);
    let data = book.worksheet_range("data").unwrap();
    assert_eq!(data.height(), cells.len() + 1);
    let differences: f64 = data
        .rows()
        .skip(1)
        .map(|row| match &row[12] {
            Data::Float(n) => *n,
            other => panic!("{other:?}"),
        })
        .sum();
    assert_eq!(compared["total"]["difference"].as_f64(), Some(differences));
    // Projects that entered a cell, one a row, with the keys of the cell.
    let entered = book.worksheet_range("entered").unwrap();
    let count = |cell: &Value| {
        let reports = array_member(cell, "reports").iter();
        reports.filter(|r| r["change"]["movement"] == "entered").count()
    };
    assert_eq!(entered.height(), cells.iter().map(count).sum::<usize>() + 1);
    for wrong in ["geojson", "zip", "CSV", ""] {
        let refused = reader.get(&format!("{path}&format={wrong}")).await.expect(400).json();
        assert_eq!(refused["errors"][0]["parameter"], "format", "{wrong}");
        assert_eq!(refused["errors"][0]["allowed"], json!(["json", "csv", "xlsx", "jsonl"]));
    }
}
