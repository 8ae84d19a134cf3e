//! The workbook of a city: what is in it, for whom, and in which form.

use std::io::{Cursor, Read as _};

use calamine::Data;
use serde_json::json;

use crate::{
    helpers::TestApp,
    report_fixtures::{CYCLE, insert_project, report_path, spawn_with_open_cycle},
    sheet_file::{HEAD, SheetFile},
};
use ascn_tracker::sheets::WorkbookSheet;

const WORKBOOK: &str = "cities/da-nang/workbook?cycle=me-2026";

/// A project with everything that a workbook shows.
pub async fn spawn_with_full_project() -> TestApp {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    let made = |kind: &str, body| {
        let (officer, path) = (officer.clone(), format!("projects/da-nang-1/{kind}"));
        async move { officer.post(&path, &body).await.expect(201).json()["id"].clone() }
    };
    let milestone =
        made("milestones", json!({"title": "Centre opens", "due_on": "2024-06-30", "weight": 2}))
            .await;
    let indicator = made(
        "indicators",
        json!({"name": "Water lost", "kind": "outcome", "unit": "percent", "better": "down",
            "baseline": {"value": 23.5, "on": "2018-12-31"}}),
    )
    .await;
    made("partnerships", json!({"as_stated": "A friend", "role": "funder", "stage": "mou"})).await;
    let body = json!({
        "status": "ongoing", "percent_complete": 62.5, "percent_method": "self_assessed",
        "achievements": "=1+1 is what it says", "spent": {"amount_minor": 125_000_000, "currency": "VND"},
        "milestones": [{"milestone_id": milestone, "completed_on": "2024-07-01"}],
        "indicator_values": [{"indicator_id": indicator, "value": 17.25, "measured_on": "2026-06-30"}],
        "evidence": [{"title": "Minutes", "url": "https://danang.gov.vn/opening"}]
    });
    officer.put(&report_path("da-nang-1"), &body, None).await.expect(201);
    app
}

#[actix_web::test]
async fn workbook_has_one_row_per_record_with_typed_cells() {
    let app = spawn_with_full_project().await;
    let answer = app.officer("da-nang").await.get(WORKBOOK).await.expect(200);
    assert_eq!(answer.header("cache-control"), Some("private, no-cache"));
    assert_eq!(
        answer.header("content-disposition"),
        Some("attachment; filename=\"ascn-da-nang-me-2026-2026-11-20.xlsx\"")
    );
    let bytes = app.officer("da-nang").await.download(WORKBOOK).await;
    let mut file = SheetFile::read(&bytes);
    let names: Vec<&str> = file.sheets.iter().map(|(name, _)| name.as_str()).collect();
    let sheets = WorkbookSheet::ALL.iter().map(|s| s.as_str());
    assert_eq!(names, ["readme"].into_iter().chain(sheets).chain(["lists"]).collect::<Vec<_>>());
    let mut said = |sheet: &str, column: &str| file.get(sheet, HEAD, column);
    assert_eq!(said("projects", "code"), Data::from("da-nang-1"));
    assert_eq!(said("projects", "starts_on").to_string(), "43466");
    assert!(matches!(said("projects", "starts_on"), Data::DateTime(_)));
    assert_eq!(said("reports", "percent_complete"), Data::Float(62.5));
    assert_eq!(said("reports", "achievements"), Data::from("'=1+1 is what it says"));
    assert_eq!(said("reports", "spent_minor"), Data::Float(125_000_000.0));
    assert_eq!(said("reports", "next_steps"), Data::Empty);
    assert_eq!(said("milestones", "weight"), Data::Float(2.0));
    assert!(matches!(said("completions", "completed_on"), Data::DateTime(_)));
    assert_eq!(said("values", "value"), Data::Float(17.25));
    assert_eq!(said("evidence", "url"), Data::from("https://danang.gov.vn/opening"));
    assert_eq!(said("partnerships", "as_stated"), Data::from("A friend"));
}

/// The text of a part of the workbook.
pub fn read_workbook_part(bytes: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

#[actix_web::test]
async fn workbook_locks_key_cells_and_offers_drop_down_lists() {
    let app = spawn_with_full_project().await;
    let bytes = app.officer("da-nang").await.download(WORKBOOK).await;
    // The sheets in order: readme, projects, …
    let projects = read_workbook_part(&bytes, "xl/worksheets/sheet2.xml");
    assert!(projects.contains("<sheetProtection"), "{projects}");
    assert!(projects.contains(r#"state="frozen""#));
    assert!(projects.contains(r#"<dataValidation type="list""#));
    assert!(projects.contains("lists!$A$2:$A$"));
    assert!(projects.contains(r#"<dataValidation type="date""#));
    assert!(read_workbook_part(&bytes, "xl/styles.xml").contains(r#"<protection locked="0"/>"#));
    let mut file = SheetFile::read(&bytes);
    let help = file.get("projects", 2, "priority").to_string();
    assert!(help.contains("yes or no") && help.contains("có"), "{help}");
    let lists = &file.rows("lists").clone();
    assert!(lists.iter().flatten().any(|c| *c == *"quality-environment"));
}

#[actix_web::test]
async fn workbook_contains_drafts_only_for_the_own_city() {
    let app = spawn_with_full_project().await;
    let percent = |mut file: SheetFile| file.get("reports", HEAD, "percent_complete");
    let read = |bytes: Vec<u8>| percent(SheetFile::read(&bytes));
    let own = app.officer("da-nang").await.download(WORKBOOK).await;
    assert_eq!(read(own), Data::Float(62.5));
    for inside in [app.representative("VN").await, app.secretariat().await] {
        let bytes = inside.download(WORKBOOK).await;
        let mut file = SheetFile::read(&bytes);
        assert_eq!(file.get("values", HEAD, "value"), Data::Empty);
        assert_eq!(file.get("reports", HEAD, "version"), Data::Empty);
        assert_eq!(read(bytes), Data::Empty);
    }
    let officer = app.officer("da-nang").await;
    let etag = officer.get(&report_path("da-nang-1")).await.etag();
    let whole =
        json!({"status": "planning", "achievements": "a", "challenges": "b", "next_steps": "c"});
    officer.put(&report_path("da-nang-1"), &whole, Some(&etag)).await.expect(200);
    officer.take_transition("da-nang-1", "submit").await.expect(200);
    let bytes = app.representative("VN").await.download(WORKBOOK).await;
    assert_eq!(SheetFile::read(&bytes).get("reports", HEAD, "status"), Data::from("planning"));
}

#[actix_web::test]
async fn unchanged_workbook_has_the_same_etag_and_bytes() {
    let app = spawn_with_full_project().await;
    let officer = app.officer("da-nang").await;
    let (etag, bytes) = (officer.get(WORKBOOK).await.etag(), officer.download(WORKBOOK).await);
    app.clock.advance(chrono::Duration::minutes(1));
    assert_eq!(officer.download(WORKBOOK).await, bytes, "a strong tag is one of bytes");
    let headers = [("if-none-match", etag.as_str())];
    officer.send("GET", WORKBOOK, None, &headers).await.expect(304);
    officer
        .post("projects/da-nang-1/milestones", &json!({"title": "B", "due_on": "2024-06-30"}))
        .await
        .expect(201);
    officer.send("GET", WORKBOOK, None, &headers).await.expect(200);
}

#[actix_web::test]
async fn workbook_with_invalid_parameters_is_400() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    let parameter = |path: String| {
        let officer = officer.clone();
        async move { officer.get(&path).await.expect(400).json()["errors"][0]["parameter"].clone() }
    };
    assert_eq!(parameter("cities/da-nang/workbook".into()).await, "cycle");
    assert_eq!(parameter("cities/da-nang/workbook?cycle=me-1999".into()).await, "cycle");
    assert_eq!(parameter(format!("{WORKBOOK}&format=ods")).await, "format");
    assert_eq!(parameter(format!("{WORKBOOK}&format=csv")).await, "sheet");
    assert_eq!(parameter(format!("{WORKBOOK}&sheet=projects")).await, "sheet");
    officer.get(&format!("cities/nowhere/workbook?cycle={CYCLE}")).await.expect(404);
}

#[actix_web::test]
async fn csv_sheet_has_the_column_names_in_the_first_row() {
    let app = spawn_with_full_project().await;
    insert_project(&app, "da-nang", 2).await;
    let path = format!("{WORKBOOK}&format=csv&sheet=milestones");
    let answer = app.officer("da-nang").await.get(&path).await.expect(200);
    assert_eq!(answer.header("content-type"), Some("text/csv; charset=utf-8; header=present"));
    let mut lines = answer.text.lines();
    assert_eq!(lines.next(), Some("id,project,version,title,due_on,weight,completed_on,check"));
    let row = lines.next().unwrap();
    assert!(row.contains(",da-nang-1,1,Centre opens,2024-06-30,2,,"), "{row}");
    assert_eq!(lines.next(), None);
}

#[actix_web::test]
async fn workbook_without_the_right_is_403_before_invalid_parameters() {
    let app = crate::report_fixtures::spawn_with_open_cycle().await;
    for caller in [app.reader().await, app.officer("ha-noi").await, app.administrator().await] {
        caller.get("cities/da-nang/workbook").await.expect(403);
        caller.get("cities/da-nang/workbook?cycle=nope&format=doc").await.expect(403);
    }
    app.officer("da-nang").await.get("cities/da-nang/workbook").await.expect(400);
}
