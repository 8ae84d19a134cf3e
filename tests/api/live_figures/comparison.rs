//! Comparison: what differs between two cycles or releases, and which projects moved.

use serde_json::Value;

use super::{array_member, insert_laos_reader, read_figures};
use crate::{
    answer_snapshot::{show_items, show_members},
    helpers::TestApp,
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
