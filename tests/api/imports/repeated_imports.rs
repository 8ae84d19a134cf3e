//! Files that are sent twice, and what an import says of the records that it makes.

use calamine::Data;
use serde_json::{Value, json};

use super::{REAL, XLSX, fault_cells};
use crate::{
    helpers::TestApp, report_fixtures::spawn_with_open_cycle, sheet_file::SheetFile,
    workbook::spawn_with_full_project,
};

/// Adds a row for a new project below the others.
fn add_project_row(file: &mut SheetFile, title: &str) -> usize {
    let cells = [
        ("title", title),
        ("summary", "What it is about."),
        ("focus_area", "civic-and-social"),
        ("starts_on", "2020-01-01"),
        ("ends_on", "2024-12-31"),
    ];
    let cells: Vec<(&str, Data)> = cells.iter().map(|(n, v)| (*n, Data::from(*v))).collect();
    file.add("projects", &cells)
}

async fn project_codes(app: &TestApp) -> Vec<String> {
    let officer = app.officer("da-nang").await;
    let list = officer.get("projects?city=da-nang").await.expect(200).json();
    let items = list["items"].as_array().unwrap();
    items.iter().map(|p| p["code"].as_str().unwrap().to_owned()).collect()
}

#[actix_web::test]
async fn workbook_imported_twice_creates_new_projects_once() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    let mut file = officer.read_workbook().await;
    let row = add_project_row(&mut file, "Đèn đường thông minh") + 1;
    officer.import_workbook(&file).await.expect(200);
    assert_eq!(project_codes(&app).await, ["da-nang-1", "da-nang-2"]);
    let again = officer.import_workbook(&file).await.expect(422).json();
    let told = &again["import"]["faults"][0];
    assert_eq!((&told["code"], &told["pointer"]), (&json!("duplicate"), &json!("/title")));
    assert!(told["detail"].as_str().unwrap().ends_with("da-nang-2"), "{told}");
    assert_eq!(told["row"], row);
    // In other letters it is the same title, and stands beside everything else that is wrong.
    let other = file.rows("projects").len() - 1;
    file.set("projects", other, "title", "đèn đường THÔNG MINH");
    file.set("projects", other, "sdgs", "99");
    let view = officer.preview_import(&file).await;
    let codes_of = |v: &Value| -> Vec<Value> {
        v["faults"].as_array().unwrap().iter().map(|f| f["code"].clone()).collect()
    };
    assert_eq!(codes_of(&view), [json!("duplicate"), json!("range")], "{view}");
    assert_eq!(project_codes(&app).await, ["da-nang-1", "da-nang-2"]);
}

#[actix_web::test]
async fn duplicate_new_project_title_in_one_file_is_a_fault_and_renamed_title_is_free() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    let mut file = officer.read_workbook().await;
    let first = add_project_row(&mut file, "Smart lights") + 1;
    add_project_row(&mut file, "smart LIGHTS");
    let view = officer.preview_import(&file).await;
    let [fault] = &view["faults"].as_array().unwrap()[..] else { panic!("{view}") };
    assert!(fault["detail"].as_str().unwrap().ends_with(&format!("row {first}")), "{fault}");

    let mut file = officer.read_workbook().await;
    let old = file.find_row("projects", "code", "da-nang-1");
    file.set("projects", old, "title", "Renamed");
    add_project_row(&mut file, "Project 1 of da-nang");
    let view = officer.preview_import(&file).await;
    assert_eq!(fault_cells(&view), [""; 0]);
}

#[actix_web::test]
async fn import_returns_the_keys_of_created_records() {
    let app = spawn_with_full_project().await;
    let officer = app.officer("da-nang").await;
    let mut file = officer.read_workbook().await;
    add_project_row(&mut file, "Smart lights");
    let cells = [("project", "da-nang-1"), ("title", "Handover"), ("due_on", "2025-01-01")];
    let cells: Vec<(&str, Data)> = cells.iter().map(|(n, v)| (*n, Data::from(*v))).collect();
    file.add("milestones", &cells);
    let preview = officer.preview_import(&file).await;
    let new = |view: &Value| -> Vec<String> {
        let rows = view["rows"].as_array().unwrap().iter().filter(|r| r["outcome"] == "new");
        rows.map(|r| r["key"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(new(&preview), ["", "da-nang-1"], "nobody knows them before");
    let path = format!("{REAL}&digest={}", preview["digest"].as_str().unwrap());
    let view = officer.upload(&path, XLSX, file.save()).await.expect(200).json();
    let [project, milestone] = &new(&view)[..] else { panic!("{view}") };
    officer.get(&format!("projects/{project}")).await.expect(200);
    let (id, of) = milestone.split_once('/').unwrap();
    assert_eq!(of, "da-nang-1");
    let made = officer.get(&format!("projects/da-nang-1/milestones/{id}")).await.expect(200);
    assert_eq!(made.json()["title"], "Handover");
}

#[actix_web::test]
async fn import_with_digest_but_without_dry_run_is_400() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    let mut file = officer.read_workbook().await;
    add_project_row(&mut file, "Smart lights");
    let preview = officer.preview_import(&file).await;
    let digest = preview["digest"].as_str().unwrap();
    let path = format!("imports?digest={digest}");
    let refused = officer.upload(&path, XLSX, file.save()).await.expect(400).json();
    assert_eq!(refused["errors"][0]["parameter"], "dry_run");
    assert_eq!(project_codes(&app).await, ["da-nang-1"]);
    let look = format!("imports?dry_run=true&digest={digest}");
    officer.upload(&look, XLSX, file.save()).await.expect(200);
    let write = format!("imports?dry_run=false&digest={digest}");
    let view = officer.upload(&write, XLSX, file.save()).await.expect(200).json();
    assert_eq!(view["applied"], true);
}
