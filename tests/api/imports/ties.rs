//! What a preview stands for, and what a row was made from.

use serde_json::json;

use crate::{
    filing::{desk, ready, report},
    helpers::TestApp,
};

const NEW: &str = "imports?city=da-nang&cycle=me-2026&sheet=projects";

async fn rows(app: &TestApp, path: &str, csv: &str) -> crate::helpers::Answered {
    app.officer("da-nang").await.upload(path, "text/csv", csv.as_bytes().to_vec()).await
}

#[actix_web::test]
async fn the_digest_of_a_preview_is_good_for_one_import_of_new_rows() {
    let app = desk().await;
    let csv = "code,version,title,summary,focus_area,starts_on,ends_on\r\n\
               ,,A new one,What it is about.,built-infrastructure,2020-01-01,2024-01-01\r\n";
    let preview = rows(&app, &format!("{NEW}&dry_run=true"), csv).await.expect(200).json();
    let real = format!("{NEW}&dry_run=false&digest={}", preview["digest"].as_str().unwrap());
    rows(&app, &real, csv).await.expect(200);
    rows(&app, &real, csv).await.expect(409);
    let list = app.officer("da-nang").await.get("projects?city=da-nang").await.expect(200).json();
    assert_eq!(list["total"], 2);
}

#[actix_web::test]
async fn a_row_that_was_made_before_there_was_a_report_is_not_added_to_it_unseen() {
    let app = desk().await;
    app.officer("da-nang").await.put(&report("da-nang-1"), &ready(), None).await.expect(201);
    let path = "imports?city=da-nang&cycle=me-2026&sheet=evidence&dry_run=false";
    let csv = "project,version,entry,title,url\r\nda-nang-1,,,A photo,https://danang.gov.vn/a\r\n";
    let refused = rows(&app, path, csv).await.expect(422).json();
    assert_eq!(refused["import"]["totals"]["stale"], 1, "{refused}");
    let view = app.officer("da-nang").await.get(&report("da-nang-1")).await.expect(200).json();
    assert_eq!((&view["evidence"], &view["version"]), (&json!([]), &json!(1)));
}

#[actix_web::test]
async fn a_quote_that_is_never_closed_swallows_no_rows() {
    let app = desk().await;
    let path = "imports?city=da-nang&cycle=me-2026&sheet=reports&dry_run=false";
    for csv in [
        "project,version,status,achievements\r\nda-nang-1,,ongoing,\"abc\r\nda-nang-2,,ongoing,x\r\n",
        "project,version,status,achievements\r\nda-nang-1,,ongoing,\"a \"\"word\"\"\r\n",
    ] {
        let refused = rows(&app, path, csv).await.expect(422);
        assert!(refused.text.contains("never closed"), "{}", refused.text);
    }
    let whole = "project,version,status,achievements\r\nda-nang-1,,ongoing,\"a \"\"word\"\", and\nmore\"\r\n";
    rows(&app, path, whole).await.expect(200);
    let view = app.officer("da-nang").await.get(&report("da-nang-1")).await.expect(200).json();
    assert_eq!(view["achievements"], "a \"word\", and\nmore");
}

#[actix_web::test]
async fn a_row_is_no_heading_because_a_cell_begins_like_one() {
    let app = desk().await;
    let path = "imports?city=da-nang&cycle=me-2026&sheet=reports&dry_run=false";
    let csv = "project,version,status,achievements\r\nda-nang-1,Versions,ongoing,x\r\n";
    let refused = rows(&app, path, csv).await.expect(422).json();
    assert_eq!(refused["import"]["totals"]["faults"], 1, "{refused}");
}
