//! What an import changes: it is previewed first, then written as a whole.

use calamine::Data;
use serde_json::Value;

use super::{DRY, REAL, XLSX, changed_row_outcomes, fault_cells, journal_seq};
use crate::{
    answer_snapshot::{show_items, show_members},
    helpers::TestApp,
    report_fixtures::{report_path, spawn_with_open_cycle},
    sheet_file::{HEAD, SheetFile},
    workbook::spawn_with_full_project,
};

/// The workbook of Da Nang with a change in every sheet: two more rows, and new values in four others.
async fn edit_workbook(app: &TestApp) -> SheetFile {
    let mut file = app.officer("da-nang").await.read_workbook().await;
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
    let photo = [
        ("project", Data::from("da-nang-1")),
        ("title", Data::from("Photo")),
        ("url", Data::from("https://danang.gov.vn/photo")),
    ];
    file.add("evidence", &photo);
    let pumps = [
        ("project", Data::from("da-nang-1")),
        ("title", Data::from("Pumps")),
        ("due_on", Data::from("2025-01-31")),
    ];
    file.add("milestones", &pumps);
    file
}

/// Previews the edited workbook and imports it with the digest of the preview; returns both answers.
async fn import_edited_workbook(app: &TestApp) -> (Value, Value) {
    let officer = app.officer("da-nang").await;
    // Saved once: the digest is computed from the file too.
    let saved = edit_workbook(app).await.save();
    let preview = officer.upload(DRY, XLSX, saved.clone()).await.expect(200).json();
    let digest = preview["digest"].as_str().unwrap();
    let path = format!("{REAL}&digest={digest}&reason=second%20quarter");
    let done = officer.upload(&path, XLSX, saved).await.expect(200).json();
    (preview, done)
}

#[actix_web::test]
async fn preview_lists_the_changes_and_writes_nothing() {
    let app = spawn_with_full_project().await;
    let before = journal_seq(&app).await;
    let file = edit_workbook(&app).await;
    let view = app.officer("da-nang").await.preview_import(&file).await;
    assert_eq!(fault_cells(&view), [""; 0]);
    insta::assert_snapshot!(changed_row_outcomes(&view).join("\n"), @"
    projects 4 changed
    reports 4 changed
    milestones 5 new
    completions 4 changed
    values 5 new
    evidence 5 new
    ");
    let title = &view["rows"][0]["changes"][0];
    insta::assert_snapshot!(show_members(title, &["cell", "from", "to"]), @r#"
    cell: "C4"
    from: "Project 1 of da-nang"
    to: "Smart water supply"
    "#);
    assert_eq!(journal_seq(&app).await, before);
}

#[actix_web::test]
async fn import_writes_every_change_of_the_preview() {
    let app = spawn_with_full_project().await;
    let (preview, done) = import_edited_workbook(&app).await;
    assert_eq!((&done["applied"], &done["digest"]), (&Value::Bool(true), &preview["digest"]));
    let officer = app.officer("da-nang").await;
    let project = officer.get("projects/da-nang-1").await;
    insta::assert_snapshot!(project.show_members(&["title", "budget", "sdgs", "version"]), @r#"
    200
    title: "Smart water supply"
    budget: {"amount_minor": 5000000, "currency": "USD"}
    sdgs: [6, 11]
    version: 2
    "#);
    let members = [
        "percent_complete",
        "achievements",
        "next_steps",
        "milestones",
        "indicator_values",
        "evidence",
        "version",
    ];
    let report = officer.get(&report_path("da-nang-1")).await;
    insta::assert_snapshot!(report.show_members(&members), @r#"
    200
    percent_complete: 70.5
    achievements: "=1+1 is what it says"
    next_steps: "The last districts."
    milestones: [{"completed_on": "2024-07-02", "milestone_id": "[id]"}]
    indicator_values: [
      {"indicator_id": "[id]", "measured_on": "2026-06-30", "value": 17.25},
      {"indicator_id": "[id]", "measured_on": "2026-09-30", "value": 16.0}
    ]
    evidence: [
      {"title": "Minutes", "url": "https://danang.gov.vn/opening"},
      {"title": "Photo", "url": "https://danang.gov.vn/photo"}
    ]
    version: 2
    "#);
}

#[actix_web::test]
async fn import_makes_one_change_for_each_record_with_the_reason_of_the_import() {
    let app = spawn_with_full_project().await;
    import_edited_workbook(&app).await;
    let officer = app.officer("da-nang").await;
    let members = ["entity", "action", "reason"];
    let project = officer.get("projects/da-nang-1/history").await.expect(200).json();
    insta::assert_snapshot!(show_items(&project["items"], &members), @"
    milestone create second quarter
    project edit second quarter
    partnership create null
    indicator create null
    milestone create null
    project create null
    ");
    let path = "projects/da-nang-1/reports/me-2026/history";
    let report = officer.get(path).await.expect(200).json();
    insta::assert_snapshot!(show_items(&report["items"], &members), @"
    report edit second quarter
    report create null
    ");
}

#[actix_web::test]
async fn workbook_exported_after_an_import_is_unchanged() {
    let app = spawn_with_full_project().await;
    import_edited_workbook(&app).await;
    let officer = app.officer("da-nang").await;
    let view = officer.preview_import(&officer.read_workbook().await).await;
    assert_eq!(changed_row_outcomes(&view), [""; 0]);
}

#[actix_web::test]
async fn row_without_key_creates_a_project() {
    let app = spawn_with_full_project().await;
    let officer = app.officer("da-nang").await;
    let mut file = officer.read_workbook().await;
    let buses = [
        ("title", Data::from("Buses")),
        ("summary", Data::from("On time.")),
        ("focus_area", Data::from("built-infrastructure")),
        ("starts_on", Data::from("2020-01-01")),
        ("ends_on", Data::from("2024-12-31")),
        ("priority", Data::from("yes")),
    ];
    file.add("projects", &buses);
    officer.import_workbook(&file).await.expect(200);
    let project = officer.get("projects/da-nang-2").await;
    let members = ["title", "summary", "focus_area", "starts_on", "ends_on", "priority"];
    insta::assert_snapshot!(project.show_members(&members), @r#"
    200
    title: "Buses"
    summary: "On time."
    focus_area: "built-infrastructure"
    starts_on: "2020-01-01"
    ends_on: "2024-12-31"
    priority: true
    "#);
}

#[actix_web::test]
async fn empty_cell_clears_the_value() {
    let app = spawn_with_full_project().await;
    let officer = app.officer("da-nang").await;
    let mut file = officer.read_workbook().await;
    for (sheet, column) in [
        ("reports", "percent_complete"),
        ("reports", "spent_minor"),
        ("reports", "spent_currency"),
        ("completions", "completed_on"),
        ("evidence", "title"),
        ("evidence", "url"),
    ] {
        file.set(sheet, HEAD, column, Data::Empty);
    }
    officer.import_workbook(&file).await.expect(200);
    let report = officer.get(&report_path("da-nang-1")).await;
    let members = ["status", "percent_complete", "spent", "milestones", "evidence"];
    insta::assert_snapshot!(report.show_members(&members), @r#"
    200
    status: "ongoing"
    percent_complete: null
    spent: null
    milestones: []
    evidence: []
    "#);
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
    let begun = officer.get(&report_path("da-nang-1")).await;
    insta::assert_snapshot!(begun.show_members(&["status", "version"]), @r#"
    200
    status: "planning"
    version: 1
    "#);
}

#[actix_web::test]
async fn report_row_from_before_the_first_report_is_stale_if_it_differs_from_that_report() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    let mut file = officer.read_workbook().await;
    file.set("reports", HEAD, "status", "planning");
    officer.import_workbook(&file).await.expect(200);
    // The row was made from no report; now there is one with the same values.
    assert_eq!(changed_row_outcomes(&officer.preview_import(&file).await), [""; 0]);
    file.set("reports", HEAD, "status", "ongoing");
    assert_eq!(changed_row_outcomes(&officer.preview_import(&file).await), ["reports 4 stale"]);
}
