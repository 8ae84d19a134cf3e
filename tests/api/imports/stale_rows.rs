//! Rows whose record was changed since the export.

use serde_json::json;

use super::{DRY, REAL, XLSX, changed_row_outcomes, fault_cells, journal_seq};
use crate::{
    helpers::TestApp,
    report_fixtures::insert_project,
    sheet_file::{HEAD, SheetFile},
    workbook::spawn_with_full_project,
};

/// Changes a member of `da-nang-1` past the workbook.
async fn patch_first_project(app: &TestApp, patch: serde_json::Value) {
    let officer = app.officer("da-nang").await;
    let etag = officer.get("projects/da-nang-1").await.etag();
    officer.patch("projects/da-nang-1", &patch, Some(&etag)).await.expect(200);
}

/// A workbook with new titles of both projects. The first project is changed after the export.
async fn spawn_with_stale_workbook() -> (TestApp, SheetFile) {
    let app = spawn_with_full_project().await;
    insert_project(&app, "da-nang", 2).await;
    let mut file = app.officer("da-nang").await.read_workbook().await;
    file.set("projects", HEAD, "title", "Mine");
    file.set("projects", HEAD + 1, "title", "Also mine");
    patch_first_project(&app, json!({"summary": "Theirs."})).await;
    (app, file)
}

#[actix_web::test]
async fn row_of_a_record_changed_since_the_export_is_stale() {
    let (app, file) = spawn_with_stale_workbook().await;
    let view = app.officer("da-nang").await.preview_import(&file).await;
    assert_eq!(changed_row_outcomes(&view), ["projects 4 stale", "projects 5 changed"]);
    assert_eq!(fault_cells(&view), ["projects!B4 stale"]);
}

#[actix_web::test]
async fn import_with_a_stale_row_is_422_and_writes_nothing() {
    let (app, file) = spawn_with_stale_workbook().await;
    let officer = app.officer("da-nang").await;
    let before = journal_seq(&app).await;
    let refused = officer.import_workbook(&file).await.expect(422).json();
    assert_eq!(refused["code"], "invalid");
    assert_eq!(changed_row_outcomes(&refused), ["projects 4 stale", "projects 5 changed"]);
    assert_eq!(journal_seq(&app).await, before);
    assert_eq!(officer.get("projects/da-nang-2").await.json()["title"], "Project 2 of da-nang");
}

#[actix_web::test]
async fn untouched_row_of_a_changed_record_is_ignored() {
    let app = spawn_with_full_project().await;
    insert_project(&app, "da-nang", 2).await;
    let officer = app.officer("da-nang").await;
    let mut file = officer.read_workbook().await;
    file.set("projects", HEAD + 1, "title", "Mine");
    patch_first_project(&app, json!({"title": "Theirs"})).await;
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
    patch_first_project(&app, json!({"title": "Theirs"})).await;
    officer.upload(&path, XLSX, saved).await.expect(409);
    assert_eq!(officer.get("projects/da-nang-1").await.json()["title"], "Theirs");
}
