//! Importing a workbook or a CSV file: what it changes, what it refuses, and that nothing is ever half applied.

use calamine::Data;
use serde_json::{Value, json};

use crate::{
    helpers::{Caller, TestApp, TestResponse},
    report_fixtures::{insert_project, report_path, spawn_with_open_cycle},
    sheet_file::{HEAD, SheetFile},
    workbook::spawn_with_full_project,
};

mod file_faults;
mod invalid_files;
mod partly_invalid_rows;
mod preview_digests;
mod repeated_imports;
mod row_faults;
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
    assert_eq!(view["applied"], true);
    assert_eq!(view["totals"]["unchanged"].as_u64(), Some(11));
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
async fn workbook_changes_are_previewed_and_then_written() {
    let app = spawn_with_full_project().await;
    let officer = app.officer("da-nang").await;
    let mut file = officer.read_workbook().await;
    file.set("projects", HEAD, "title", "Smart water supply");
    file.set("projects", HEAD, "sdgs", "6, 11");
    file.set("projects", HEAD, "budget_minor", 5_000_000.0);
    file.set("projects", HEAD, "budget_currency", "USD");
    file.set("reports", HEAD, "percent_complete", 70.5);
    file.set("reports", HEAD, "next_steps", "The last districts.");
    file.set("completions", HEAD, "completed_on", "2024-07-02");
    let waiting = file.rows("values").len() - 1;
    file.set("values", waiting, "value", 16.0);
    file.set("values", waiting, "measured_on", "2026-09-30");
    file.add(
        "evidence",
        &[
            ("project", Data::from("da-nang-1")),
            ("title", Data::from("Photo")),
            ("url", Data::from("https://danang.gov.vn/photo")),
        ],
    );
    let new = [
        ("project", Data::from("da-nang-1")),
        ("title", Data::from("Pumps")),
        ("due_on", Data::from("2025-01-31")),
    ];
    file.add("milestones", &new);
    let before = journal_seq(&app).await;
    // Saved once: the digest is of the file too.
    let saved = file.save();
    let view = officer.upload(DRY, XLSX, saved.clone()).await.expect(200).json();
    assert_eq!(fault_cells(&view), [""; 0]);
    assert_eq!(
        changed_row_outcomes(&view),
        [
            "projects 4 changed",
            "reports 4 changed",
            "milestones 5 new",
            "completions 4 changed",
            "values 5 new",
            "evidence 5 new",
        ]
    );
    let title = &view["rows"][0]["changes"][0];
    assert_eq!(title["cell"], "C4");
    assert_eq!(
        (&title["from"], &title["to"]),
        (&json!("Project 1 of da-nang"), &json!("Smart water supply"))
    );
    assert_eq!(journal_seq(&app).await, before, "a preview writes nothing");

    let path =
        format!("{REAL}&digest={}&reason=second%20quarter", view["digest"].as_str().unwrap());
    let done = officer.upload(&path, XLSX, saved).await.expect(200).json();
    assert_eq!((&done["applied"], &done["digest"]), (&json!(true), &view["digest"]));
    let project = officer.get("projects/da-nang-1").await.json();
    assert_eq!(project["title"], "Smart water supply");
    assert_eq!(project["budget"], json!({"amount_minor": 5_000_000, "currency": "USD"}));
    assert_eq!((&project["sdgs"], &project["version"]), (&json!([6, 11]), &json!(2)));
    let report = officer.get(&report_path("da-nang-1")).await.json();
    assert_eq!((&report["percent_complete"], &report["version"]), (&json!(70.5), &json!(2)));
    assert_eq!(report["achievements"], "=1+1 is what it says");
    assert_eq!(report["milestones"][0]["completed_on"], "2024-07-02");
    assert_eq!(report["indicator_values"].as_array().unwrap().len(), 2);
    assert_eq!(report["evidence"][1]["url"], "https://danang.gov.vn/photo");
    // One change a record, each with the reason of the whole.
    let mut reasons = Vec::new();
    for path in ["projects/da-nang-1/history", "projects/da-nang-1/reports/me-2026/history"] {
        let history = officer.get(path).await.expect(200).json();
        let rows = history["items"].as_array().unwrap().iter();
        reasons
            .extend(rows.filter(|r| r["reason"] == "second quarter").map(|r| r["action"].clone()));
    }
    reasons.sort_by_key(ToString::to_string);
    assert_eq!(reasons, [json!("create"), json!("edit"), json!("edit")]);
    // What was written is what an export has now.
    let view = officer.preview_import(&officer.read_workbook().await).await;
    assert_eq!(changed_row_outcomes(&view), [""; 0]);
}

#[actix_web::test]
async fn row_without_key_creates_a_project_and_empty_cell_clears_the_value() {
    let app = spawn_with_full_project().await;
    let officer = app.officer("da-nang").await;
    let mut file = officer.read_workbook().await;
    file.add(
        "projects",
        &[
            ("title", Data::from("Buses")),
            ("summary", Data::from("On time.")),
            ("focus_area", Data::from("built-infrastructure")),
            ("starts_on", Data::from("2020-01-01")),
            ("ends_on", Data::from("2024-12-31")),
            ("priority", Data::from("yes")),
        ],
    );
    file.set("reports", HEAD, "percent_complete", Data::Empty);
    file.set("reports", HEAD, "spent_minor", Data::Empty);
    file.set("reports", HEAD, "spent_currency", Data::Empty);
    file.set("completions", HEAD, "completed_on", Data::Empty);
    file.set("evidence", HEAD, "title", Data::Empty);
    file.set("evidence", HEAD, "url", Data::Empty);
    officer.import_workbook(&file).await.expect(200);
    let project = officer.get("projects/da-nang-2").await.expect(200).json();
    assert_eq!((&project["title"], &project["priority"]), (&json!("Buses"), &json!(true)));
    let report = officer.get(&report_path("da-nang-1")).await.json();
    assert_eq!((&report["percent_complete"], &report["spent"]), (&Value::Null, &Value::Null));
    assert_eq!((&report["milestones"], &report["evidence"]), (&json!([]), &json!([])));
    assert_eq!(report["status"], "ongoing");
}

#[actix_web::test]
async fn report_row_creates_the_missing_report() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    let mut file = officer.read_workbook().await;
    file.set("reports", HEAD, "status", "planning");
    let view = officer.preview_import(&file).await;
    assert_eq!(changed_row_outcomes(&view), ["reports 4 changed"]);
    officer.get(&report_path("da-nang-1")).await.expect(404);
    officer.import_workbook(&file).await.expect(200);
    let begun = officer.get(&report_path("da-nang-1")).await.expect(200).json();
    assert_eq!((&begun["status"], &begun["version"]), (&json!("planning"), &json!(1)));
    // The row was made from no report; now there is one, which says the same.
    assert_eq!(changed_row_outcomes(&officer.preview_import(&file).await), [""; 0]);
    file.set("reports", HEAD, "status", "ongoing");
    assert_eq!(changed_row_outcomes(&officer.preview_import(&file).await), ["reports 4 stale"]);
}

#[actix_web::test]
async fn row_of_a_record_changed_since_the_export_is_stale_and_import_is_422() {
    let app = spawn_with_full_project().await;
    insert_project(&app, "da-nang", 2).await;
    let officer = app.officer("da-nang").await;
    let mut file = officer.read_workbook().await;
    file.set("projects", HEAD, "title", "Mine");
    file.set("projects", HEAD + 1, "title", "Also mine");
    let patch = json!({"summary": "Theirs."});
    let etag = officer.get("projects/da-nang-1").await.etag();
    officer.patch("projects/da-nang-1", &patch, Some(&etag)).await.expect(200);
    let view = officer.preview_import(&file).await;
    assert_eq!(changed_row_outcomes(&view), ["projects 4 stale", "projects 5 changed"]);
    assert_eq!(fault_cells(&view), ["projects!B4 stale"]);
    let before = journal_seq(&app).await;
    let refused = officer.import_workbook(&file).await.expect(422).json();
    assert_eq!(
        (&refused["code"], changed_row_outcomes(&refused)),
        (&json!("invalid"), changed_row_outcomes(&view))
    );
    assert_eq!(journal_seq(&app).await, before, "all or nothing");
    assert_eq!(officer.get("projects/da-nang-2").await.json()["title"], "Project 2 of da-nang");
}

#[actix_web::test]
async fn untouched_row_of_a_changed_record_is_ignored() {
    let app = spawn_with_full_project().await;
    insert_project(&app, "da-nang", 2).await;
    let officer = app.officer("da-nang").await;
    let mut file = officer.read_workbook().await;
    file.set("projects", HEAD + 1, "title", "Mine");
    let etag = officer.get("projects/da-nang-1").await.etag();
    officer.patch("projects/da-nang-1", &json!({"title": "Theirs"}), Some(&etag)).await.expect(200);
    let view = officer.import_workbook(&file).await.expect(200).json();
    assert_eq!(changed_row_outcomes(&view), ["projects 5 changed"]);
    assert_eq!(officer.get("projects/da-nang-1").await.json()["title"], "Theirs");
}

#[actix_web::test]
async fn import_with_digest_of_another_file_or_older_data_is_409() {
    let app = spawn_with_full_project().await;
    let officer = app.officer("da-nang").await;
    let mut file = officer.read_workbook().await;
    file.set("projects", HEAD, "title", "Mine");
    let saved = file.save();
    let view = officer.upload(DRY, XLSX, saved.clone()).await.expect(200).json();
    let path = format!("{REAL}&digest={}", view["digest"].as_str().unwrap());
    let mut other = file.clone();
    other.set("projects", HEAD, "title", "Another");
    officer.upload(&path, XLSX, other.save()).await.expect(409);
    let etag = officer.get("projects/da-nang-1").await.etag();
    officer.patch("projects/da-nang-1", &json!({"title": "Theirs"}), Some(&etag)).await.expect(200);
    officer.upload(&path, XLSX, saved).await.expect(409);
    assert_eq!(officer.get("projects/da-nang-1").await.json()["title"], "Theirs");
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
