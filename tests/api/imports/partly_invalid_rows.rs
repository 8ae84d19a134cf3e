//! Rows that are half wrong: everything that can be judged is judged at once.

use calamine::Data;
use rust_xlsxwriter::Formula;

use super::{DRY, REAL, XLSX, fault_cells, journal_seq};
use crate::{
    report_fixtures::spawn_with_open_cycle, sheet_file::HEAD, workbook::spawn_with_full_project,
};

fn fault_pointers_and_codes(view: &serde_json::Value) -> Vec<(String, String)> {
    let text = |v: &serde_json::Value| v.as_str().unwrap().to_owned();
    let told = view["faults"].as_array().unwrap().iter();
    let mut told: Vec<(String, String)> =
        told.map(|f| (text(&f["pointer"]), text(&f["code"]))).collect();
    told.sort();
    told
}

fn to_owned_pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(p, c)| ((*p).to_owned(), (*c).to_owned())).collect()
}

#[actix_web::test]
async fn every_fault_of_a_project_row_is_reported_together() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    let before = journal_seq(&app).await;
    let mut file = officer.read_workbook().await;
    file.set("projects", HEAD, "starts_on", "1.3.2020");
    // Before the start that the record has; with the file's own nobody can say.
    file.set("projects", HEAD, "ends_on", "2018-06-30");
    file.set("projects", HEAD, "sdgs", "18");
    file.set("projects", HEAD, "title", "x".repeat(301));
    file.set("projects", HEAD, "budget_minor", "much");
    file.set("projects", HEAD, "budget_currency", "EURO");
    let expected = to_owned_pairs(&[
        ("/budget/amount_minor", "number"),
        ("/sdgs/0", "range"),
        ("/starts_on", "day"),
        ("/title", "too_long"),
    ]);
    let told = fault_pointers_and_codes(&officer.preview_import(&file).await);
    let told_of = |told: &[(String, String)]| -> Vec<(String, String)> {
        told.iter().filter(|(p, _)| p != "/budget/currency").cloned().collect()
    };
    assert_eq!(told_of(&told), expected);
    // The same of a row that makes a project: what it lacks for its own wrong cells is not said twice.
    let row = [("title", "New"), ("starts_on", "soon"), ("ends_on", "2024-12-31"), ("sdgs", "0")];
    let row: Vec<(&str, Data)> = row.iter().map(|(n, v)| (*n, Data::from(*v))).collect();
    let mut file = officer.read_workbook().await;
    file.add("projects", &row);
    let told = fault_pointers_and_codes(&officer.preview_import(&file).await);
    let expected = to_owned_pairs(&[
        ("/focus_area", "required"),
        ("/sdgs/0", "range"),
        ("/starts_on", "day"),
        ("/summary", "required"),
    ]);
    assert_eq!(told, expected);
    officer.import_workbook(&file).await.expect(422);
    assert_eq!(journal_seq(&app).await, before);
}

#[actix_web::test]
async fn every_fault_of_a_report_row_is_reported_together() {
    let app = spawn_with_full_project().await;
    let officer = app.officer("da-nang").await;
    let before = journal_seq(&app).await;
    let mut file = officer.read_workbook().await;
    file.set("reports", HEAD, "percent_complete", "most");
    file.set("reports", HEAD, "status", "nearly");
    file.set("reports", HEAD, "percent_method", "guess");
    file.set("completions", HEAD, "completed_on", "spring");
    let cells = [("project", "da-nang-1"), ("title", "Photo"), ("url", "http://plain.example/")];
    let cells: Vec<(&str, Data)> = cells.iter().map(|(n, v)| (*n, Data::from(*v))).collect();
    file.add("evidence", &cells);
    let view = officer.preview_import(&file).await;
    let mut told: Vec<String> =
        fault_cells(&view).iter().map(|f| f.split(' ').next_back().unwrap().to_owned()).collect();
    told.sort();
    assert_eq!(told, ["day", "https_url", "number", "unknown", "unknown"], "{view}");
    let refused = officer.import_workbook(&file).await.expect(422).json();
    assert_eq!(refused["import"]["faults"], view["faults"]);
    assert_eq!(journal_seq(&app).await, before);
}

#[actix_web::test]
async fn formula_without_a_value_is_a_fault() {
    let app = spawn_with_full_project().await;
    let officer = app.officer("da-nang").await;
    let file = officer.read_workbook().await;
    let mut book = file.to_workbook();
    let sheet = book.worksheet_from_name("reports").unwrap();
    let column =
        ascn_tracker::sheets::WorkbookSheet::Reports.find_column_index("percent_complete").unwrap();
    let (row, column) = (u32::try_from(HEAD).unwrap(), u16::try_from(column).unwrap());
    sheet.write_formula(row, column, Formula::new("=30+40").set_result("70")).unwrap();
    let bytes = book.save_to_buffer().unwrap();
    // A program that computes nothing writes the formula alone.
    let bare = super::invalid_files::replace_in_workbook_parts(&bytes, "</f><v>70</v>", "</f>");
    assert_ne!(bare, bytes);
    let whole = officer.upload(DRY, XLSX, bytes).await.expect(200).json();
    assert_eq!(fault_cells(&whole), [""; 0]);
    let view = officer.upload(DRY, XLSX, bare.clone()).await.expect(200).json();
    let told = fault_pointers_and_codes(&view);
    assert_eq!(told, to_owned_pairs(&[("/percent_complete", "formula")]), "{view}");
    officer.upload(REAL, XLSX, bare).await.expect(422);
}
