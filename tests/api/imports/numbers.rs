//! Numbers as people and spreadsheets write them: no value is wrong by a factor of 1,000 or 100 in silence.

use calamine::Data;
use rust_xlsxwriter::Format;
use serde_json::{Value, json};

use super::{DRY, REAL, XLSX, changed_row_outcomes, fault_cells, journal_seq};
use crate::{
    helpers::{Caller, TestApp},
    report_fixtures::{report_path, spawn_with_open_cycle},
    sheet_file::HEAD,
    workbook::spawn_with_full_project,
};

const CSV: &str = "imports?city=da-nang&cycle=me-2026&sheet=";

async fn preview_csv(officer: &Caller<'_>, sheet: &str, text: &str) -> Value {
    let path = format!("{CSV}{sheet}");
    officer.upload(&path, "text/csv", text.as_bytes().to_vec()).await.expect(200).json()
}

/// The detail of the only fault.
fn fault_detail(view: &Value) -> &str {
    assert_eq!(view["faults"].as_array().unwrap().len(), 1, "{view}");
    view["faults"][0]["detail"].as_str().unwrap()
}

/// The id of the indicator of the full project, after its unit was changed.
async fn set_indicator_unit(app: &TestApp, unit: &str) {
    let officer = app.officer("da-nang").await;
    let list = officer.get("projects/da-nang-1/indicators").await.json();
    let id = list["items"][0]["id"].as_str().unwrap().to_owned();
    let path = format!("projects/da-nang-1/indicators/{id}");
    let etag = officer.get(&path).await.etag();
    officer.patch(&path, &json!({"unit": unit}), Some(&etag)).await.expect(200);
}

// Issue 11, 1.1: `250.000` became a budget of 250; in Viet Nam and Indonesia it is 250,000.
#[actix_web::test]
async fn whole_number_with_separators_in_csv_is_refused_with_both_readings() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    let before = journal_seq(&app).await;
    for (text, separator, readings) in [
        ("250.000", ",", "250.000 can be read as 250 or as 250000"),
        ("\"250,000\"", ",", "250,000 can be read as 250 or as 250000"),
        ("250.000", ";", "250.000 can be read as 250 or as 250000"),
        ("2.5E+11", ",", "2.5E+11 can be read as 250000000000"),
        ("1.250.000", ",", "1.250.000 can be read as 1250000"),
    ] {
        let csv = format!(
            "code,version,budget_currency,budget_minor\nda-nang-1,1,VND,{}\n",
            text.replace(',', "&")
        );
        let csv = csv.replace(',', separator).replace('&', ",");
        let view = preview_csv(&officer, "projects", &csv).await;
        assert_eq!(fault_cells(&view), ["projects!D2 number"], "{text}");
        assert!(fault_detail(&view).ends_with(readings), "{}", fault_detail(&view));
        let real = format!("{CSV}projects&dry_run=false");
        officer.upload(&real, "text/csv", csv.into_bytes()).await.expect(422);
    }
    assert_eq!(journal_seq(&app).await, before);
}

#[actix_web::test]
async fn whole_number_with_separators_in_a_text_cell_is_refused_in_every_column() {
    let app = spawn_with_full_project().await;
    let officer = app.officer("da-nang").await;
    let mut file = officer.read_workbook().await;
    file.set("projects", HEAD, "budget_minor", "250.000");
    file.set("projects", HEAD, "budget_currency", "VND");
    file.set("reports", HEAD, "spent_minor", "250.000");
    file.set("partnerships", HEAD, "amount_minor", "250.000");
    file.set("partnerships", HEAD, "amount_currency", "VND");
    file.set("milestones", HEAD, "weight", "1.000");
    let mut found = fault_cells(&officer.preview_import(&file).await);
    found.sort();
    let expected = [
        "milestones!F4 number",
        "partnerships!H4 number",
        "projects!Q4 number",
        "reports!M4 number",
    ];
    assert_eq!(found, expected);
    file.set("projects", HEAD, "budget_minor", "250000");
    file.set("reports", HEAD, "spent_minor", " 250000 ");
    file.set("partnerships", HEAD, "amount_minor", "250000");
    file.set("milestones", HEAD, "weight", "3");
    officer.import_workbook(&file).await.expect(200);
    let budget = officer.get("projects/da-nang-1").await.json()["budget"].clone();
    assert_eq!(budget, json!({"amount_minor": 250_000, "currency": "VND"}));
}

#[actix_web::test]
async fn decimal_comma_of_a_semicolon_file_is_read() {
    let app = spawn_with_full_project().await;
    let officer = app.officer("da-nang").await;
    let csv = "project;version;percent_complete\nda-nang-1;1;61,25\n";
    let path = format!("{CSV}reports&dry_run=false");
    officer.upload(&path, "text/csv", csv.as_bytes().to_vec()).await.expect(200);
    let report = officer.get(&report_path("da-nang-1")).await.json();
    assert_eq!(report["percent_complete"], 61.25);
    let comma = "project,version,percent_complete\nda-nang-1,2,\"61,25\"\n";
    let view = preview_csv(&officer, "reports", comma).await;
    assert_eq!(fault_cells(&view), ["reports!C2 number"]);
    let degrees = "code;version;latitude;longitude\nda-nang-1;1;16,054;108.202\n";
    let view = preview_csv(&officer, "projects", degrees).await;
    let to = |n: usize| view["rows"][0]["changes"][n]["to"].clone();
    assert_eq!((to(0), to(1)), (json!(16.054), json!(108.202)));
}

#[actix_web::test]
async fn indicator_value_that_can_be_thousands_is_refused_unless_it_is_the_present_value() {
    let app = spawn_with_full_project().await;
    let officer = app.officer("da-nang").await;
    let mut file = officer.read_workbook().await;
    file.set("values", HEAD, "value", "1.250");
    let view = officer.preview_import(&file).await;
    assert_eq!(fault_cells(&view), ["values!F4 number"]);
    assert!(fault_detail(&view).contains("1.250 can be read as 1.25 or as 1250"));
    file.set("values", HEAD, "value", 1.125);
    officer.import_workbook(&file).await.expect(200);
    // An export has one reading, and a program that writes the number its own way changes nothing.
    let csv = officer.get("cities/da-nang/workbook?cycle=me-2026&format=csv&sheet=values").await;
    assert!(csv.text.contains(",1.1250,2026-06-30,"), "{}", csv.text);
    for text in [csv.text.clone(), csv.text.replace("1.1250", "1.125")] {
        let view = preview_csv(&officer, "values", &text).await;
        assert_eq!((changed_row_outcomes(&view), fault_cells(&view)), (vec![], vec![]));
    }
}

/// A workbook in which two cells have the number format `0%`: the percentage of the report, and the value of the
/// indicator.
async fn save_with_percent_cells(officer: &Caller<'_>, percent: f64, value: f64) -> Vec<u8> {
    let mut book = officer.read_workbook().await.to_workbook();
    let format = Format::new().set_num_format("0%");
    let reports = book.worksheet_from_name("reports").unwrap();
    reports.write_number_with_format(3, 6, percent, &format).unwrap();
    let values = book.worksheet_from_name("values").unwrap();
    values.write_number_with_format(3, 5, value, &format).unwrap();
    book.save_to_buffer().unwrap()
}

// Issue 11, 1.2: a cell that Excel shows as 60% holds 0.6 and became 0.6 %.
#[actix_web::test]
async fn percent_cell_is_the_percentage_that_it_shows() {
    let app = spawn_with_full_project().await;
    set_indicator_unit(&app, "%").await;
    let officer = app.officer("da-nang").await;
    let bytes = save_with_percent_cells(&officer, 0.57, 0.07).await;
    officer.upload(REAL, XLSX, bytes).await.expect(200);
    let report = officer.get(&report_path("da-nang-1")).await.json();
    assert_eq!(report["percent_complete"], 57.0);
    assert_eq!(report["indicator_values"][0]["value"], 7.0);
}

#[actix_web::test]
async fn percent_cell_of_700_percent_is_out_of_range_in_a_report() {
    let app = spawn_with_full_project().await;
    set_indicator_unit(&app, "%").await;
    let officer = app.officer("da-nang").await;
    let bytes = save_with_percent_cells(&officer, 7.0, 7.0).await;
    let view = officer.upload(REAL, XLSX, bytes).await.expect(422).json();
    assert_eq!(fault_cells(&view), ["reports!G4 range"]);
    let values = view["import"]["rows"].as_array().unwrap();
    let value = values.iter().find(|row| row["sheet"] == "values").unwrap();
    assert_eq!(value["changes"][0]["to"], 700.0);
}

#[actix_web::test]
async fn percent_cell_of_an_indicator_in_a_different_unit_is_refused_with_both_readings() {
    let app = spawn_with_full_project().await;
    set_indicator_unit(&app, "litres").await;
    let officer = app.officer("da-nang").await;
    let bytes = save_with_percent_cells(&officer, 0.625, 0.6).await;
    let view = officer.upload(DRY, XLSX, bytes).await.expect(200).json();
    assert_eq!(fault_cells(&view), ["values!F4 number"]);
    assert!(fault_detail(&view).contains("60% can be read as 60 or as 0.6"));
}

#[actix_web::test]
async fn percentage_with_a_sign_in_a_text_cell_is_a_fault() {
    let app = spawn_with_full_project().await;
    let officer = app.officer("da-nang").await;
    let mut file = officer.read_workbook().await;
    for text in ["61 %", "61%", "0.61 percent"] {
        file.set("reports", HEAD, "percent_complete", Data::from(text));
        let view = officer.import_workbook(&file).await.expect(422).json();
        assert_eq!(fault_cells(&view), ["reports!G4 number"]);
    }
    let detail = "a number such as 62.5 is expected, with a point and without units";
    assert_eq!(fault_detail(&officer.preview_import(&file).await), detail);
}

#[actix_web::test]
async fn percent_column_of_the_workbook_shows_percentages_and_allows_0_to_100() {
    let app = spawn_with_full_project().await;
    let bytes = app.officer("da-nang").await.download(super::WORKBOOK).await;
    let styles = crate::workbook::read_workbook_part(&bytes, "xl/styles.xml");
    assert!(styles.contains(r#"formatCode="0.00&quot;%&quot;""#), "{styles}");
    // The sheets in order: readme, projects, reports, …
    let reports = crate::workbook::read_workbook_part(&bytes, "xl/worksheets/sheet3.xml");
    let rule = "<formula1>0</formula1><formula2>100</formula2></dataValidation>";
    let cells = reports.split("sqref=\"G4:G10004\">").nth(1).unwrap();
    assert!(cells.starts_with(rule), "{cells}");
}
