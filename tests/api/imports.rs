//! Importing a workbook or a CSV file: what it changes, what it refuses, and that nothing is ever half applied.

use calamine::Data;
use serde_json::{Value, json};

use crate::{
    filing::{desk, project, report},
    helpers::{Answered, Caller, TestApp},
    sheet_file::{HEAD, SheetFile},
    workbook::full,
};

mod bad;
mod faulty;
mod halves;
mod rows;
mod scripts;
mod ties;
mod twice;

pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
pub const WORKBOOK: &str = "cities/da-nang/workbook?cycle=me-2026";
pub const DRY: &str = "imports?dry_run=true";
pub const REAL: &str = "imports?dry_run=false";

impl Caller<'_> {
    /// The workbook of Da Nang as this caller gets it.
    pub async fn workbook(&self) -> SheetFile {
        SheetFile::read(&self.download(WORKBOOK).await)
    }
    /// What an import would make of a workbook.
    pub async fn preview(&self, file: &SheetFile) -> Value {
        self.upload(DRY, XLSX, file.save()).await.expect(200).json()
    }
    /// Imports a workbook.
    pub async fn import(&self, file: &SheetFile) -> Answered {
        self.upload(REAL, XLSX, file.save()).await
    }
}

/// The number of the last row of the journal.
pub async fn head(app: &TestApp) -> Value {
    app.secretariat().await.get("journal/head").await.expect(200).json()["seq"].clone()
}

/// The faults of a preview, or of a refusal: cell and code.
pub fn faults(view: &Value) -> Vec<String> {
    let view = if view["import"].is_null() { view } else { &view["import"] };
    let text = |v: &Value| v.as_str().unwrap_or("-").to_owned();
    let said =
        |f: &Value| format!("{}!{} {}", text(&f["sheet"]), text(&f["cell"]), text(&f["code"]));
    view["faults"].as_array().unwrap().iter().map(said).collect()
}

/// The rows of a preview that are not unchanged: sheet, row and outcome.
pub fn outcomes(view: &Value) -> Vec<String> {
    let view = if view["import"].is_null() { view } else { &view["import"] };
    let rows = view["rows"].as_array().unwrap().iter().filter(|r| r["outcome"] != "unchanged");
    let text = |v: &Value| v.as_str().unwrap().to_owned();
    rows.map(|r| format!("{} {} {}", text(&r["sheet"]), r["row"], text(&r["outcome"]))).collect()
}

#[actix_web::test]
async fn an_untouched_export_changes_nothing() {
    let app = full().await;
    project(&app, "da-nang", 2).await;
    let officer = app.officer("da-nang").await;
    let bytes = officer.download(WORKBOOK).await;
    let before = head(&app).await;
    let view = officer.upload(REAL, XLSX, bytes).await.expect(200).json();
    assert_eq!(outcomes(&view), [""; 0]);
    assert_eq!(view["applied"], true);
    assert_eq!(view["totals"]["unchanged"].as_u64(), Some(11));
    // And when another program saved it.
    officer.import(&officer.workbook().await).await.expect(200);
    assert_eq!(head(&app).await, before);
}

#[actix_web::test]
async fn the_published_history_comes_back_as_it_went() {
    let app = TestApp::demo().await;
    for city in ["da-nang", "phuket", "makassar"] {
        let officer = app.officer(city).await;
        for cycle in ["me-2026", "me-2022"] {
            let bytes = officer.download(&format!("cities/{city}/workbook?cycle={cycle}")).await;
            let view = officer.upload(REAL, XLSX, bytes).await.expect(200).json();
            assert_eq!((outcomes(&view), faults(&view)), (vec![], vec![]), "{city} {cycle}");
        }
    }
}

#[actix_web::test]
async fn what_is_typed_in_a_workbook_is_previewed_and_then_written_as_if_typed() {
    let app = full().await;
    let officer = app.officer("da-nang").await;
    let mut file = officer.workbook().await;
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
    let before = head(&app).await;
    // Saved once: the digest is of the file too.
    let saved = file.save();
    let view = officer.upload(DRY, XLSX, saved.clone()).await.expect(200).json();
    assert_eq!(faults(&view), [""; 0]);
    assert_eq!(
        outcomes(&view),
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
    assert_eq!(head(&app).await, before, "a preview writes nothing");

    let path =
        format!("{REAL}&digest={}&reason=second%20quarter", view["digest"].as_str().unwrap());
    let done = officer.upload(&path, XLSX, saved).await.expect(200).json();
    assert_eq!((&done["applied"], &done["digest"]), (&json!(true), &view["digest"]));
    let project = officer.get("projects/da-nang-1").await.json();
    assert_eq!(project["title"], "Smart water supply");
    assert_eq!(project["budget"], json!({"amount_minor": 5_000_000, "currency": "USD"}));
    assert_eq!((&project["sdgs"], &project["version"]), (&json!([6, 11]), &json!(2)));
    let report = officer.get(&report("da-nang-1")).await.json();
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
    let view = officer.preview(&officer.workbook().await).await;
    assert_eq!(outcomes(&view), [""; 0]);
}

#[actix_web::test]
async fn a_row_without_a_key_makes_a_project_and_an_emptied_cell_is_unknown() {
    let app = full().await;
    let officer = app.officer("da-nang").await;
    let mut file = officer.workbook().await;
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
    officer.import(&file).await.expect(200);
    let project = officer.get("projects/da-nang-2").await.expect(200).json();
    assert_eq!((&project["title"], &project["priority"]), (&json!("Buses"), &json!(true)));
    let report = officer.get(&report("da-nang-1")).await.json();
    assert_eq!((&report["percent_complete"], &report["spent"]), (&Value::Null, &Value::Null));
    assert_eq!((&report["milestones"], &report["evidence"]), (&json!([]), &json!([])));
    assert_eq!(report["status"], "ongoing");
}

#[actix_web::test]
async fn a_report_that_nobody_began_is_begun_by_its_row() {
    let app = desk().await;
    let officer = app.officer("da-nang").await;
    let mut file = officer.workbook().await;
    file.set("reports", HEAD, "status", "planning");
    let view = officer.preview(&file).await;
    assert_eq!(outcomes(&view), ["reports 4 changed"]);
    officer.get(&report("da-nang-1")).await.expect(404);
    officer.import(&file).await.expect(200);
    let begun = officer.get(&report("da-nang-1")).await.expect(200).json();
    assert_eq!((&begun["status"], &begun["version"]), (&json!("planning"), &json!(1)));
    // The row was made from no report; now there is one, which says the same.
    assert_eq!(outcomes(&officer.preview(&file).await), [""; 0]);
    file.set("reports", HEAD, "status", "ongoing");
    assert_eq!(outcomes(&officer.preview(&file).await), ["reports 4 stale"]);
}

#[actix_web::test]
async fn a_row_that_was_changed_meanwhile_is_stale_and_not_overwritten() {
    let app = full().await;
    project(&app, "da-nang", 2).await;
    let officer = app.officer("da-nang").await;
    let mut file = officer.workbook().await;
    file.set("projects", HEAD, "title", "Mine");
    file.set("projects", HEAD + 1, "title", "Also mine");
    let patch = json!({"summary": "Theirs."});
    let etag = officer.get("projects/da-nang-1").await.etag();
    officer.patch("projects/da-nang-1", &patch, Some(&etag)).await.expect(200);
    let view = officer.preview(&file).await;
    assert_eq!(outcomes(&view), ["projects 4 stale", "projects 5 changed"]);
    assert_eq!(faults(&view), ["projects!B4 stale"]);
    let before = head(&app).await;
    let refused = officer.import(&file).await.expect(422).json();
    assert_eq!((&refused["code"], outcomes(&refused)), (&json!("invalid"), outcomes(&view)));
    assert_eq!(head(&app).await, before, "all or nothing");
    assert_eq!(officer.get("projects/da-nang-2").await.json()["title"], "Project 2 of da-nang");
}

#[actix_web::test]
async fn a_row_that_nobody_touched_stands_in_nobodys_way() {
    let app = full().await;
    project(&app, "da-nang", 2).await;
    let officer = app.officer("da-nang").await;
    let mut file = officer.workbook().await;
    file.set("projects", HEAD + 1, "title", "Mine");
    let etag = officer.get("projects/da-nang-1").await.etag();
    officer.patch("projects/da-nang-1", &json!({"title": "Theirs"}), Some(&etag)).await.expect(200);
    let view = officer.import(&file).await.expect(200).json();
    assert_eq!(outcomes(&view), ["projects 5 changed"]);
    assert_eq!(officer.get("projects/da-nang-1").await.json()["title"], "Theirs");
}

#[actix_web::test]
async fn a_digest_ties_the_import_to_its_preview() {
    let app = full().await;
    let officer = app.officer("da-nang").await;
    let mut file = officer.workbook().await;
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
async fn a_report_that_was_submitted_is_not_written_by_an_import_either() {
    let app = desk().await;
    let officer = app.officer("da-nang").await;
    officer.file("da-nang-1").await;
    officer.act("da-nang-1", "submit").await.expect(200);
    let mut file = officer.workbook().await;
    file.set("reports", HEAD, "challenges", "None.");
    let view = officer.preview(&file).await;
    assert_eq!(outcomes(&view), ["reports 4 refused"]);
    assert_eq!(faults(&view), ["reports!A4 illegal_transition"]);
}

#[actix_web::test]
async fn who_imports_has_had_a_hand_in_the_report() {
    let app = desk().await;
    let officer = app.officer("da-nang").await;
    let both = [
        (ascn_tracker::domain::user::Role::CityOfficer, crate::filing::da_nang()),
        (ascn_tracker::domain::user::Role::NationalRepresentative, crate::filing::viet_nam()),
    ];
    let (_, token) = app.user("two hats", &both).await;
    let importer = app.bearer(&token);
    let mut file = importer.workbook().await;
    file.set("projects", HEAD, "summary", "Written by the importer.");
    importer.import(&file).await.expect(200);
    officer.file("da-nang-1").await;
    officer.act("da-nang-1", "submit").await.expect(200);
    importer.act("da-nang-1", "approve").await.expect(403);
    app.representative("VN").await.act("da-nang-1", "approve").await.expect(200);
}
