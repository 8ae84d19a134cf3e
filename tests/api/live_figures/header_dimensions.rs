//! Figures by tag, by goal and by type of partner, and budgets: values that a report freezes with its project.

use serde_json::{Value, json};

use super::read_figures;
use crate::{
    answer_snapshot::{show_items, show_members},
    helpers::{Caller, TestApp},
    operation_fixture::close_cycle,
    report_fixtures::{CYCLE, file_and_approve, insert_project, spawn_with_open_cycle},
};

/// Two approved reports: `da-nang-1` with a tag, two goals, three partners and a budget; `da-nang-2` with a budget alone.
async fn spawn_with_described_projects() -> TestApp {
    let app = spawn_with_open_cycle().await;
    insert_project(&app, "da-nang", 2).await;
    let officer = app.officer("da-nang").await;
    let described = json!({
        "tags": ["smart-urban-planning"], "sdgs": [11, 6],
        "budget": {"amount_minor": 5_000, "currency": "USD"}
    });
    let planned = json!({ "budget": {"amount_minor": 125_000_000, "currency": "VND"} });
    for (project, body) in [("da-nang-1", described), ("da-nang-2", planned)] {
        let path = format!("projects/{project}");
        let etag = officer.get(&path).await.expect(200).etag();
        officer.patch(&path, &body, Some(&etag)).await.expect(200);
    }
    for partner in [
        json!({"partner": "world-bank", "role": "lender", "stage": "agreement"}),
        json!({"partner": "green-climate-fund", "role": "funder", "stage": "idea"}),
        json!({"partner": "seoul-national-university", "role": "academic", "stage": "study"}),
        json!({"as_stated": "A company", "role": "implementer", "stage": "delivery"}),
    ] {
        officer.post("projects/da-nang-1/partnerships", &partner).await.expect(201);
    }
    file_and_approve(&app, "da-nang-1").await;
    file_and_approve(&app, "da-nang-2").await;
    app
}

/// The rows with a report, each with its number, in the order of their keys.
fn show_counted_rows(table: &Value) -> String {
    let rows = table["row_totals"].as_object().unwrap().iter();
    let counted = rows.filter(|(_, n)| **n != 0).map(|(key, n)| format!("{key} {n}"));
    counted.collect::<Vec<_>>().join(", ")
}

async fn read_table(caller: &Caller<'_>, figures: &str, query: &str) -> Value {
    caller.get(&format!("{figures}/table?{query}")).await.expect(200).json()
}

#[actix_web::test]
async fn report_counts_in_each_of_its_tags_goals_and_types_of_partner() {
    let app = spawn_with_described_projects().await;
    close_cycle(&app, CYCLE).await;
    app.secretariat().await.post("releases", &json!({ "cycle": CYCLE })).await.expect(201);
    let reader = app.reader().await;
    for (figures, cycle) in [("figures", "&cycle=me-2026"), ("releases/me-2026-r1/figures", "")] {
        let mut rows = Vec::new();
        for dimension in ["tag", "sdg", "partner_type"] {
            let table = read_table(&reader, figures, &format!("rows={dimension}{cycle}")).await;
            assert_eq!(table["total"], 2, "{figures} {dimension}");
            rows.push(show_counted_rows(&table));
        }
        insta::allow_duplicates! {
            insta::assert_snapshot!(rows.join("\n"), @"
            smart-urban-planning 1, unknown 1
            11 1, 6 1, unknown 1
            academia 1, multilateral_financial_institution 1, unknown 1
            ");
        }
    }
    // The type of a partner is frozen, too: a later correction does not change the release.
    let secretariat = app.secretariat().await;
    let partner = secretariat.get("partners/seoul-national-university").await.expect(200);
    let company = json!({ "type": "private_solution_provider" });
    let path = "partners/seoul-national-university";
    secretariat.patch(path, &company, Some(&partner.etag())).await.expect(200);
    let types = async |figures: &str, cycle: &str| {
        show_counted_rows(&read_table(&reader, figures, &format!("rows=partner_type{cycle}")).await)
    };
    insta::assert_snapshot!(types("figures", "&cycle=me-2026").await, @"multilateral_financial_institution 1, private_solution_provider 1, unknown 1");
    insta::assert_snapshot!(types("releases/me-2026-r1/figures", "").await, @"academia 1, multilateral_financial_institution 1, unknown 1");
}

#[actix_web::test]
async fn rows_of_goals_tags_and_types_have_names_in_the_language_of_the_answer() {
    let app = spawn_with_described_projects().await;
    let reader = app.reader().await;
    let mut names = Vec::new();
    for query in [
        "rows=sdg&sdg=6&lang=vi",
        "rows=sdg&sdg=6",
        "rows=tag&tag=smart-urban-planning&lang=vi",
        "rows=partner_type&partner_type=academia",
    ] {
        let table = read_table(&reader, "figures", &format!("{query}&cycle=me-2026")).await;
        names.push(show_items(&table["cells"], &["row", "row_name", "value"]));
    }
    insta::assert_snapshot!(names.join("\n"), @"
    6 Nước sạch và vệ sinh 1
    6 Clean water and sanitation 1
    smart-urban-planning Quy hoạch đô thị thông minh 1
    academia Academia 1
    ");
    // All goals are there, so that a zero means none. A country's tags are those of its own scheme.
    let goals = read_table(&reader, "figures", "rows=sdg&cycle=me-2026").await;
    assert_eq!(goals["row_totals"].as_object().unwrap().len(), 18);
    let laos = read_table(&reader, "figures", "rows=tag&country=LA&cycle=me-2026").await;
    assert_eq!(laos["row_totals"], json!({}));
}

#[actix_web::test]
async fn budget_is_summed_by_currency_in_tables_trends_and_releases() {
    let app = spawn_with_described_projects().await;
    let reader = app.reader().await;
    let table =
        read_figures(&reader, "table?rows=city&measure=budget&cycle=me-2026&city=da-nang").await;
    let members =
        ["total", "totals_by_currency/total", "cells/0/by_currency", "cells/0/known", "formula"];
    insta::assert_snapshot!(show_members(&table, &members), @r#"
    total: null
    totals_by_currency/total: [{"amount_minor": 5000, "currency": "USD"}, {"amount_minor": 125000000, "currency": "VND"}]
    cells/0/by_currency: [{"amount_minor": 5000, "currency": "USD"}, {"amount_minor": 125000000, "currency": "VND"}]
    cells/0/known: 2
    formula: "sum of the budgets of projects over approved reports that state one, per currency"
    "#);
    let by_goal = read_figures(&reader, "table?rows=sdg&sdg=11&measure=budget&cycle=me-2026").await;
    insta::assert_snapshot!(show_members(&by_goal, &["totals_by_currency/rows"]), @r#"totals_by_currency/rows: {"11": [{"amount_minor": 5000, "currency": "USD"}]}"#);
    let trend = read_figures(&reader, "trend?measure=budget").await;
    insta::assert_snapshot!(show_members(&trend, &["totals_by_currency/rows"]), @r#"
    totals_by_currency/rows: {
      "me-2026": [
        {"amount_minor": 5000, "currency": "USD"},
        {"amount_minor": 125000000, "currency": "VND"}
      ]
    }
    "#);
    let csv = reader
        .get("figures/table?rows=country&measure=budget&country=VN&cycle=me-2026&format=csv")
        .await;
    assert_eq!(
        csv.expect(200).text.replace("\r\n", "\n"),
        "\
cycle,as_of,release,country,country_name,budget_minor,budget_currency,known,of
me-2026,2026-12-31,,VN,Viet Nam,5000,USD,2,2
me-2026,2026-12-31,,VN,Viet Nam,125000000,VND,2,2
"
    );
    let mapped =
        read_figures(&reader, "map?cycle=me-2026&city=da-nang&partner_type=academia").await;
    assert_eq!(mapped["features"][0]["properties"]["projects"], 1);
    let progress = read_figures(&reader, "progress?by=city&cycle=me-2026&city=da-nang&sdg=6").await;
    assert_eq!(progress["total"]["total"], 1);
}

#[actix_web::test]
async fn filter_on_a_tag_goal_or_type_that_does_not_exist_is_400_with_the_allowed_values() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    for (query, parameter) in [
        ("sdg=18", "sdg"),
        ("sdg=0", "sdg"),
        ("sdg=06", "sdg"),
        ("sdg=6&sdg=x", "sdg"),
        ("tag=nonsense", "tag"),
        ("partner_type=friend", "partner_type"),
        ("partner_type=", "partner_type"),
    ] {
        let path = format!("figures/table?rows=status&cycle=me-2025&{query}");
        let problem = reader.get(&path).await.expect(400).json();
        let fault = &problem["errors"][0];
        assert_eq!(
            (&fault["parameter"], &fault["code"]),
            (&json!(parameter), &json!("unknown")),
            "{query}"
        );
        assert!(fault["allowed"].as_array().unwrap().contains(&json!("unknown")), "{fault}");
    }
    let twice = reader.get("figures/table?rows=sdg&columns=sdg&cycle=me-2025").await.expect(400);
    assert_eq!(twice.json()["errors"][0]["parameter"], "columns");
}

#[actix_web::test]
async fn imported_release_counts_types_of_partner_as_its_cycle_does() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    let live =
        read_table(&reader, "figures", "rows=partner_type&columns=status&cycle=me-2025").await;
    let frozen =
        read_table(&reader, "releases/me-2025-r1/figures", "rows=partner_type&columns=status")
            .await;
    assert_eq!(live["cells"], frozen["cells"]);
    // Some projects of the history have partners with a known type, and a project can count twice.
    let known = live["row_totals"].as_object().unwrap().iter().filter(|(key, _)| *key != "unknown");
    assert!(known.map(|(_, n)| n.as_i64().unwrap()).sum::<i64>() > 10, "{}", live["row_totals"]);
    assert_eq!(live["cells"][0]["share"], frozen["cells"][0]["share"]);
}
