//! What a preview stands for, and what a row was made from.

use serde_json::json;

use crate::{
    helpers::TestApp,
    report_fixtures::{complete_report_body, report_path, spawn_with_open_cycle},
};

const NEW: &str = "imports?city=da-nang&cycle=me-2026&sheet=projects";

async fn upload_rows(app: &TestApp, path: &str, csv: &str) -> crate::helpers::TestResponse {
    app.officer("da-nang").await.upload(path, "text/csv", csv.as_bytes().to_vec()).await
}

#[actix_web::test]
async fn preview_digest_used_twice_for_new_rows_is_409() {
    let app = spawn_with_open_cycle().await;
    let csv = "code,version,title,summary,focus_area,starts_on,ends_on\r\n\
               ,,A new one,What it is about.,built-infrastructure,2020-01-01,2024-01-01\r\n";
    let preview = upload_rows(&app, &format!("{NEW}&dry_run=true"), csv).await.expect(200).json();
    let real = format!("{NEW}&dry_run=false&digest={}", preview["digest"].as_str().unwrap());
    upload_rows(&app, &real, csv).await.expect(200);
    upload_rows(&app, &real, csv).await.expect(409);
    let list = app.officer("da-nang").await.get("projects?city=da-nang").await.expect(200).json();
    assert_eq!(list["total"], 2);
}

#[actix_web::test]
async fn evidence_row_exported_before_the_report_existed_is_stale() {
    let app = spawn_with_open_cycle().await;
    app.officer("da-nang")
        .await
        .put(&report_path("da-nang-1"), &complete_report_body(), None)
        .await
        .expect(201);
    let path = "imports?city=da-nang&cycle=me-2026&sheet=evidence&dry_run=false";
    let csv = "project,version,entry,title,url\r\nda-nang-1,,,A photo,https://danang.gov.vn/a\r\n";
    let refused = upload_rows(&app, path, csv).await.expect(422).json();
    assert_eq!(refused["import"]["totals"]["stale"], 1, "{refused}");
    let view = app.officer("da-nang").await.get(&report_path("da-nang-1")).await.expect(200).json();
    assert_eq!((&view["evidence"], &view["version"]), (&json!([]), &json!(1)));
}

#[actix_web::test]
async fn unclosed_csv_quote_is_422() {
    let app = spawn_with_open_cycle().await;
    let path = "imports?city=da-nang&cycle=me-2026&sheet=reports&dry_run=false";
    for csv in [
        "project,version,status,achievements\r\nda-nang-1,,ongoing,\"abc\r\nda-nang-2,,ongoing,x\r\n",
        "project,version,status,achievements\r\nda-nang-1,,ongoing,\"a \"\"word\"\"\r\n",
    ] {
        let refused = upload_rows(&app, path, csv).await.expect(422);
        assert!(refused.text.contains("never closed"), "{}", refused.text);
    }
    let whole = "project,version,status,achievements\r\nda-nang-1,,ongoing,\"a \"\"word\"\", and\nmore\"\r\n";
    upload_rows(&app, path, whole).await.expect(200);
    let view = app.officer("da-nang").await.get(&report_path("da-nang-1")).await.expect(200).json();
    assert_eq!(view["achievements"], "a \"word\", and\nmore");
}

#[actix_web::test]
async fn data_row_that_starts_like_a_heading_is_not_skipped() {
    let app = spawn_with_open_cycle().await;
    let path = "imports?city=da-nang&cycle=me-2026&sheet=reports&dry_run=false";
    let csv = "project,version,status,achievements\r\nda-nang-1,Versions,ongoing,x\r\n";
    let refused = upload_rows(&app, path, csv).await.expect(422).json();
    assert_eq!(refused["import"]["totals"]["faults"], 1, "{refused}");
}
