//! Rows that are half wrong: everything that can be judged is judged at once.

use calamine::Data;
use rust_xlsxwriter::Formula;

use super::{DRY, REAL, XLSX, faults, head};
use crate::{filing::desk, sheet_file::HEAD, workbook::full};

fn codes(view: &serde_json::Value) -> Vec<(String, String)> {
    let text = |v: &serde_json::Value| v.as_str().unwrap().to_owned();
    let told = view["faults"].as_array().unwrap().iter();
    let mut told: Vec<(String, String)> =
        told.map(|f| (text(&f["pointer"]), text(&f["code"]))).collect();
    told.sort();
    told
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(p, c)| ((*p).to_owned(), (*c).to_owned())).collect()
}

#[actix_web::test]
async fn all_that_is_wrong_with_a_project_is_said_at_once() {
    let app = desk().await;
    let officer = app.officer("da-nang").await;
    let before = head(&app).await;
    let mut file = officer.workbook().await;
    file.set("projects", HEAD, "starts_on", "1.3.2020");
    // Before the start that the record has; with the file's own nobody can say.
    file.set("projects", HEAD, "ends_on", "2018-06-30");
    file.set("projects", HEAD, "sdgs", "18");
    file.set("projects", HEAD, "title", "x".repeat(301));
    file.set("projects", HEAD, "budget_minor", "much");
    file.set("projects", HEAD, "budget_currency", "EURO");
    let expected = pairs(&[
        ("/budget/amount_minor", "number"),
        ("/sdgs/0", "range"),
        ("/starts_on", "day"),
        ("/title", "too_long"),
    ]);
    let told = codes(&officer.preview(&file).await);
    let told_of = |told: &[(String, String)]| -> Vec<(String, String)> {
        told.iter().filter(|(p, _)| p != "/budget/currency").cloned().collect()
    };
    assert_eq!(told_of(&told), expected);
    // The same of a row that makes a project: what it lacks for its own wrong cells is not said twice.
    let row = [("title", "New"), ("starts_on", "soon"), ("ends_on", "2024-12-31"), ("sdgs", "0")];
    let row: Vec<(&str, Data)> = row.iter().map(|(n, v)| (*n, Data::from(*v))).collect();
    let mut file = officer.workbook().await;
    file.add("projects", &row);
    let told = codes(&officer.preview(&file).await);
    let expected = pairs(&[
        ("/focus_area", "required"),
        ("/sdgs/0", "range"),
        ("/starts_on", "day"),
        ("/summary", "required"),
    ]);
    assert_eq!(told, expected);
    officer.import(&file).await.expect(422);
    assert_eq!(head(&app).await, before);
}

#[actix_web::test]
async fn all_that_is_wrong_with_a_report_is_said_at_once() {
    let app = full().await;
    let officer = app.officer("da-nang").await;
    let before = head(&app).await;
    let mut file = officer.workbook().await;
    file.set("reports", HEAD, "percent_complete", "most");
    file.set("reports", HEAD, "status", "nearly");
    file.set("reports", HEAD, "percent_method", "guess");
    file.set("completions", HEAD, "completed_on", "spring");
    let cells = [("project", "da-nang-1"), ("title", "Photo"), ("url", "http://plain.example/")];
    let cells: Vec<(&str, Data)> = cells.iter().map(|(n, v)| (*n, Data::from(*v))).collect();
    file.add("evidence", &cells);
    let view = officer.preview(&file).await;
    let mut told: Vec<String> =
        faults(&view).iter().map(|f| f.split(' ').next_back().unwrap().to_owned()).collect();
    told.sort();
    assert_eq!(told, ["day", "https_url", "number", "unknown", "unknown"], "{view}");
    let refused = officer.import(&file).await.expect(422).json();
    assert_eq!(refused["import"]["faults"], view["faults"]);
    assert_eq!(head(&app).await, before);
}

#[actix_web::test]
async fn a_formula_that_says_nothing_is_a_fault_and_not_an_empty_cell() {
    let app = full().await;
    let officer = app.officer("da-nang").await;
    let file = officer.workbook().await;
    let mut book = file.book();
    let sheet = book.worksheet_from_name("reports").unwrap();
    let column = ascn_tracker::sheets::Sheet::Reports.position("percent_complete").unwrap();
    let (row, column) = (u32::try_from(HEAD).unwrap(), u16::try_from(column).unwrap());
    sheet.write_formula(row, column, Formula::new("=30+40").set_result("70")).unwrap();
    let bytes = book.save_to_buffer().unwrap();
    // A program that computes nothing writes the formula alone.
    let bare = super::bad::rewritten(&bytes, "</f><v>70</v>", "</f>");
    assert_ne!(bare, bytes);
    let whole = officer.upload(DRY, XLSX, bytes).await.expect(200).json();
    assert_eq!(faults(&whole), [""; 0]);
    let view = officer.upload(DRY, XLSX, bare.clone()).await.expect(200).json();
    let told = codes(&view);
    assert_eq!(told, pairs(&[("/percent_complete", "formula")]), "{view}");
    officer.upload(REAL, XLSX, bare).await.expect(422);
}
