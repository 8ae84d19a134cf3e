//! A preview holds no writer, and a writer holds no preview.

use std::sync::mpsc;

use ascn_tracker::{
    domain::{id::Id, project::ProjectDetails, value::Title},
    store::{Change, PreviewRows, StoreError, fixtures},
};
use calamine::Data;
use serde_json::json;

use super::{XLSX, changed_row_outcomes, fault_cells};
use crate::{
    helpers::TestApp,
    report_fixtures::{
        CYCLE, complete_report_body, insert_project, report_path, spawn_with_open_cycle,
    },
};

#[actix_web::test]
async fn preview_is_answered_while_a_write_transaction_is_open() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    let mut file = officer.read_workbook().await;
    let row = file.find_row("projects", "code", "da-nang-1");
    file.set("projects", row, "title", "Renamed");
    let (opened, is_open) = mpsc::channel();
    let (release, released) = mpsc::channel::<()>();
    let db = app.state.db.clone();
    let write = tokio::spawn(async move {
        let write = db.write(move |tx| -> Result<(), StoreError> {
            tx.conn();
            opened.send(()).unwrap();
            released.recv().unwrap();
            Ok(())
        });
        write.await
    });
    tokio::task::spawn_blocking(move || is_open.recv().unwrap()).await.unwrap();
    let view = officer.preview_import(&file).await;
    assert_eq!((fault_cells(&view).len(), changed_row_outcomes(&view).len()), (0, 1));
    release.send(()).unwrap();
    write.await.unwrap().unwrap();
}

#[actix_web::test]
async fn records_are_written_while_a_preview_that_wrote_the_same_rows_is_open() {
    let app = spawn_with_open_cycle().await;
    let project = insert_project(&app, "da-nang", 2).await;
    let (opened, is_open) = mpsc::channel();
    let (release, released) = mpsc::channel::<()>();
    let db = app.state.db.clone();
    let preview = tokio::spawn(async move {
        let preview = db.preview(move |tx| -> Result<i64, StoreError> {
            let cycle = ascn_tracker::domain::value::Slug::parse(CYCLE)?;
            let rows = PreviewRows { city: project.city.clone(), cycle, continued: Vec::new() };
            tx.copy_for_preview(&rows)?;
            let title = Title::parse("Only in the preview")?;
            let mut next = project.clone();
            next.details = ProjectDetails { title, ..next.details };
            next.version = 2;
            fixtures::save_record(tx, &next, Change::without_reason("edit"))?;
            next.id = Id::new(ascn_tracker::clock::generate_uuid());
            next.code = ascn_tracker::domain::project::ProjectCode::parse("da-nang-3")?;
            next.version = 1;
            fixtures::save_record(tx, &next, Change::without_reason("create"))?;
            opened.send(()).unwrap();
            released.recv().unwrap();
            ascn_tracker::store::projects::next_number(tx.conn(), &next.city)
        });
        preview.await
    });
    tokio::task::spawn_blocking(move || is_open.recv().unwrap()).await.unwrap();
    let officer = app.officer("da-nang").await;
    let before = officer.get("projects/da-nang-2").await.expect(200);
    assert_eq!(before.json()["title"], "Project 2 of da-nang");
    let patch = json!({ "title": "Written meanwhile" });
    officer.patch("projects/da-nang-2", &patch, Some(&before.etag())).await.expect(200);
    officer.put(&report_path("da-nang-2"), &complete_report_body(), None).await.expect(201);
    release.send(()).unwrap();
    assert_eq!(preview.await.unwrap().unwrap(), 4);
    let after = officer.get("projects/da-nang-2").await.expect(200).json();
    assert_eq!(after["title"], "Written meanwhile");
    officer.get("projects/da-nang-3").await.expect(404);
    let valid = app.secretariat().await.get("journal/verify").await.expect(200).json();
    assert_eq!(valid["valid"], true);
}

#[actix_web::test]
async fn preview_and_import_agree_on_a_row_that_continues_a_project_of_a_different_city() {
    let app = TestApp::demo().await;
    let officer = app.officer("da-nang").await;
    let mut file = officer.read_workbook().await;
    let cells = [
        ("title", "Smart buses of two cities"),
        ("summary", "What it is about."),
        ("focus_area", "built-infrastructure"),
        ("starts_on", "2020-01-01"),
        ("ends_on", "2024-12-31"),
        ("continues", "ha-noi-1"),
    ];
    let cells: Vec<(&str, Data)> = cells.iter().map(|(n, v)| (*n, Data::from(*v))).collect();
    file.add("projects", &cells);
    let preview = officer.preview_import(&file).await;
    assert_eq!(fault_cells(&preview), [""; 0]);
    let path = format!("imports?dry_run=false&digest={}", preview["digest"].as_str().unwrap());
    let view = officer.upload(&path, XLSX, file.save()).await.expect(200).json();
    assert_eq!(view["applied"], true);
}
