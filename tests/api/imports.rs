//! Importing a workbook or a CSV file: what it changes, what it refuses, and that nothing is ever half applied.

use serde_json::Value;

use crate::{
    answer_snapshot::show_members,
    helpers::{Caller, TestApp, TestResponse},
    report_fixtures::{insert_project, spawn_with_open_cycle},
    sheet_file::{HEAD, SheetFile},
    workbook::spawn_with_full_project,
};

mod file_faults;
mod file_limits;
mod foreign_files;
mod import_changes;
mod invalid_files;
mod numbers;
mod partly_invalid_rows;
mod preview_digests;
mod preview_locks;
mod repeated_imports;
mod row_faults;
mod short_lines;
mod stale_rows;
mod text_round_trips;

pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
pub const WORKBOOK: &str = "cities/da-nang/workbook?cycle=me-2026";
pub const DRY: &str = "imports?dry_run=true";
pub const REAL: &str = "imports?dry_run=false";

impl Caller<'_> {
    /// The workbook of Da Nang as this caller gets it.
    pub async fn read_workbook(&self) -> SheetFile {
        SheetFile::read(&self.download(WORKBOOK).await)
    }
    /// What an import would make of a workbook.
    pub async fn preview_import(&self, file: &SheetFile) -> Value {
        self.upload(DRY, XLSX, file.save()).await.expect(200).json()
    }
    /// Imports a workbook.
    pub async fn import_workbook(&self, file: &SheetFile) -> TestResponse {
        self.upload(REAL, XLSX, file.save()).await
    }
}

/// The number of the last row of the journal.
pub async fn journal_seq(app: &TestApp) -> Value {
    app.secretariat().await.get("journal/head").await.expect(200).json()["seq"].clone()
}

/// The faults of a preview, or of a refusal: cell and code.
pub fn fault_cells(view: &Value) -> Vec<String> {
    let view = if view["import"].is_null() { view } else { &view["import"] };
    let text = |v: &Value| v.as_str().unwrap_or("-").to_owned();
    let said =
        |f: &Value| format!("{}!{} {}", text(&f["sheet"]), text(&f["cell"]), text(&f["code"]));
    view["faults"].as_array().unwrap().iter().map(said).collect()
}

/// The rows of a preview that are not unchanged: sheet, row and outcome.
pub fn changed_row_outcomes(view: &Value) -> Vec<String> {
    let view = if view["import"].is_null() { view } else { &view["import"] };
    let rows = view["rows"].as_array().unwrap().iter().filter(|r| r["outcome"] != "unchanged");
    let text = |v: &Value| v.as_str().unwrap().to_owned();
    rows.map(|r| format!("{} {} {}", text(&r["sheet"]), r["row"], text(&r["outcome"]))).collect()
}

#[actix_web::test]
async fn importing_an_unchanged_workbook_writes_nothing() {
    let app = spawn_with_full_project().await;
    insert_project(&app, "da-nang", 2).await;
    let officer = app.officer("da-nang").await;
    let bytes = officer.download(WORKBOOK).await;
    let before = journal_seq(&app).await;
    let view = officer.upload(REAL, XLSX, bytes).await.expect(200).json();
    assert_eq!(changed_row_outcomes(&view), [""; 0]);
    insta::assert_snapshot!(show_members(&view, &["applied", "totals"]), @r#"
    applied: true
    totals: {"changed": 0, "faults": 0, "new": 0, "refused": 0, "stale": 0, "unchanged": 11}
    "#);
    // And when another program saved it.
    officer.import_workbook(&officer.read_workbook().await).await.expect(200);
    assert_eq!(journal_seq(&app).await, before);
}

#[actix_web::test]
async fn importing_unchanged_workbooks_of_imported_cycles_changes_nothing() {
    let app = TestApp::demo().await;
    for city in ["da-nang", "phuket", "makassar"] {
        let officer = app.officer(city).await;
        for cycle in ["me-2026", "me-2022"] {
            let bytes = officer.download(&format!("cities/{city}/workbook?cycle={cycle}")).await;
            let view = officer.upload(REAL, XLSX, bytes).await.expect(200).json();
            assert_eq!(
                (changed_row_outcomes(&view), fault_cells(&view)),
                (vec![], vec![]),
                "{city} {cycle}"
            );
        }
    }
}

#[actix_web::test]
async fn import_into_a_submitted_report_is_refused() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    officer.write_complete_report("da-nang-1").await;
    officer.take_transition("da-nang-1", "submit").await.expect(200);
    let mut file = officer.read_workbook().await;
    file.set("reports", HEAD, "challenges", "None.");
    let view = officer.preview_import(&file).await;
    assert_eq!(changed_row_outcomes(&view), ["reports 4 refused"]);
    assert_eq!(fault_cells(&view), ["reports!A4 illegal_transition"]);
}

#[actix_web::test]
async fn importer_is_a_contributor_and_cannot_approve() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    let both = [
        (ascn_tracker::domain::user::Role::CityOfficer, crate::report_fixtures::da_nang_scope()),
        (
            ascn_tracker::domain::user::Role::NationalRepresentative,
            crate::report_fixtures::viet_nam_scope(),
        ),
    ];
    let (_, token) = app.insert_user("two hats", &both).await;
    let importer = app.bearer(&token);
    let mut file = importer.read_workbook().await;
    file.set("projects", HEAD, "summary", "Written by the importer.");
    importer.import_workbook(&file).await.expect(200);
    officer.write_complete_report("da-nang-1").await;
    officer.take_transition("da-nang-1", "submit").await.expect(200);
    importer.take_transition("da-nang-1", "approve").await.expect(403);
    app.representative("VN").await.take_transition("da-nang-1", "approve").await.expect(200);
}
