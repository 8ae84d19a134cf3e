//! Faults of rows and cells: several at once, each at its place, and nothing written.

use calamine::Data;
use rust_xlsxwriter::Formula;
use serde_json::json;

use super::{REAL, XLSX, changed_row_outcomes, fault_cells, journal_seq};
use crate::{
    report_fixtures::{insert_project, spawn_with_open_cycle},
    sheet_file::HEAD,
    workbook::spawn_with_full_project,
};

#[actix_web::test]
async fn import_faults_name_their_cells_and_nothing_is_written() {
    let app = spawn_with_full_project().await;
    let officer = app.officer("da-nang").await;
    let mut file = officer.read_workbook().await;
    file.set("projects", HEAD, "starts_on", "03/01/26");
    file.set("projects", HEAD, "latitude", "sixteen");
    file.set("reports", HEAD, "status", "finished");
    file.set("reports", HEAD, "percent_complete", 101.0);
    file.set("milestones", HEAD, "due_on", "2024-02-30");
    file.set("indicators", HEAD, "better", "sideways");
    file.set("values", HEAD, "measured_on", Data::Empty);
    file.set("evidence", HEAD, "url", "http://danang.gov.vn");
    file.add(
        "milestones",
        &[("project", Data::from("da-nang-1")), ("title", Data::from("No day"))],
    );
    let before = journal_seq(&app).await;
    let view = officer.preview_import(&file).await;
    let mut found = fault_cells(&view);
    found.sort();
    assert_eq!(
        found,
        [
            "evidence!E4 https_url",
            "indicators!G4 unknown",
            "milestones!E4 day",
            "milestones!E5 required",
            "projects!N4 day",
            "projects!T4 number",
            "reports!E4 unknown",
            "reports!G4 range",
            "values!G4 required",
        ]
    );
    let status =
        view["faults"].as_array().unwrap().iter().find(|f| f["pointer"] == "/status").unwrap();
    assert_eq!(status["allowed"][0], "planning");
    let refused = officer.import_workbook(&file).await.expect(422).json();
    assert_eq!(refused["errors"].as_array().unwrap().len(), 9);
    assert_eq!(journal_seq(&app).await, before);
}

#[actix_web::test]
async fn duplicate_row_is_a_fault() {
    let app = spawn_with_full_project().await;
    let officer = app.officer("da-nang").await;
    let mut file = officer.read_workbook().await;
    let copy = file.rows("projects")[HEAD].clone();
    file.rows("projects").push(copy);
    file.set("projects", HEAD + 1, "title", "Again");
    let view = officer.preview_import(&file).await;
    assert_eq!(fault_cells(&view), ["projects!A5 duplicate"]);
}

#[actix_web::test]
async fn key_of_another_city_is_unknown_like_a_missing_key() {
    let app = spawn_with_full_project().await;
    insert_project(&app, "ha-noi", 1).await;
    let (officer, theirs) = (app.officer("da-nang").await, app.officer("ha-noi").await);
    let milestone = json!({"title": "Theirs", "due_on": "2024-06-30"});
    let made = theirs.post("projects/ha-noi-1/milestones", &milestone).await.expect(201).json();
    let told = |code: &'static str, id: String, project: &'static str| {
        let officer = officer.clone();
        async move {
            let mut file = officer.read_workbook().await;
            file.set("projects", HEAD, "code", code);
            file.set("milestones", HEAD, "id", id.clone());
            file.set("milestones", HEAD, "project", project);
            let new = [
                ("project", Data::from(project)),
                ("title", Data::from("A")),
                ("due_on", Data::from("2024-01-01")),
            ];
            file.add("milestones", &new);
            let view = officer.preview_import(&file).await.to_string();
            view.replace(&id, "ID").replace(code, "CODE").replace(project, "PROJECT")
        }
    };
    let hidden = told("ha-noi-1", made["id"].as_str().unwrap().to_owned(), "ha-noi-1").await;
    let missing =
        told("ha-noi-9", "0194a000-0000-7000-8000-000000000009".to_owned(), "ha-noi-9").await;
    let digestless = |view: &str| {
        let mut view: serde_json::Value = serde_json::from_str(view).unwrap();
        view["digest"] = json!("");
        view
    };
    assert_eq!(digestless(&hidden), digestless(&missing));
    assert_eq!(
        fault_cells(&digestless(&hidden)),
        ["projects!A4 unknown", "milestones!A4 unknown", "milestones!B5 unknown"]
    );
}

#[actix_web::test]
async fn workbook_of_one_city_cannot_change_another_city() {
    use ascn_tracker::domain::{
        reference::CountryCode,
        user::{Role, Scope},
        value::Slug,
    };
    let app = spawn_with_full_project().await;
    insert_project(&app, "ha-noi", 1).await;
    let scope = Scope::City(Slug::parse("ha-noi").unwrap(), CountryCode::parse("VN").unwrap());
    let both =
        [(Role::CityOfficer, crate::report_fixtures::da_nang_scope()), (Role::CityOfficer, scope)];
    let (_, token) = app.insert_user("two cities", &both).await;
    let officer = app.bearer(&token);
    let mut file = officer.read_workbook().await;
    let new = [
        ("project", Data::from("ha-noi-1")),
        ("title", Data::from("A")),
        ("due_on", Data::from("2024-01-01")),
    ];
    file.add("milestones", &new);
    assert_eq!(fault_cells(&officer.preview_import(&file).await), ["milestones!B5 unknown"]);
}

#[actix_web::test]
async fn changed_read_only_cell_is_a_fault() {
    let app = spawn_with_full_project().await;
    let officer = app.officer("da-nang").await;
    let mut file = officer.read_workbook().await;
    file.set("reports", HEAD, "state", "approved");
    assert_eq!(fault_cells(&officer.preview_import(&file).await), ["reports!C4 read_only"]);
}

#[actix_web::test]
async fn formula_is_read_as_its_last_value() {
    let app = spawn_with_full_project().await;
    let officer = app.officer("da-nang").await;
    let file = officer.read_workbook().await;
    let mut book = file.to_workbook();
    let sheet = book.worksheet_from_name("reports").unwrap();
    sheet.write_formula(3, 6, Formula::new("=30+40").set_result("70")).unwrap();
    let bytes = book.save_to_buffer().unwrap();
    officer.upload(REAL, XLSX, bytes).await.expect(200);
    let said = officer.get(&crate::report_fixtures::report_path("da-nang-1")).await.json();
    assert_eq!(said["percent_complete"], 70.0);
    let back = officer.read_workbook().await.get("reports", HEAD, "percent_complete");
    assert_eq!(back, Data::Float(70.0));
}

#[actix_web::test]
async fn imported_completions_recompute_percent_by_milestones() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    for (title, weight) in [("A", 1), ("B", 3)] {
        let body = json!({"title": title, "due_on": "2024-06-30", "weight": weight});
        officer.post("projects/da-nang-1/milestones", &body).await.expect(201);
    }
    let body = json!({"status": "ongoing", "percent_method": "milestones"});
    officer.put(&crate::report_fixtures::report_path("da-nang-1"), &body, None).await.expect(201);
    let mut file = officer.read_workbook().await;
    let row = file.find_row("completions", "milestone_title", "B");
    file.set("completions", row, "completed_on", "2026-05-01");
    let view = officer.import_workbook(&file).await.expect(200).json();
    assert_eq!(changed_row_outcomes(&view).len(), 1);
    let said = officer.get(&crate::report_fixtures::report_path("da-nang-1")).await.json();
    assert_eq!(said["percent_complete"], 75.0);
}

#[actix_web::test]
async fn row_of_a_milestone_that_is_there_does_not_hide_the_next_row() {
    let app = spawn_with_full_project().await;
    let officer = app.officer("da-nang").await;
    let mut file = officer.read_workbook().await;
    let twin = |title: &'static str| {
        [
            ("project", Data::from("da-nang-1")),
            ("title", Data::from(title)),
            ("due_on", Data::from("2024-06-30")),
        ]
    };
    file.add("milestones", &twin("Centre opens"));
    file.add("milestones", &twin("Another"));
    let view = officer.preview_import(&file).await;
    assert_eq!(changed_row_outcomes(&view), ["milestones 5 refused", "milestones 6 new"]);
    assert_eq!(fault_cells(&view), ["milestones!D5 duplicate"]);
    file.rows("milestones").remove(HEAD + 1);
    officer.import_workbook(&file).await.expect(200);
}
