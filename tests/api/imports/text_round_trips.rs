//! Texts in the scripts of the network, and texts that look like formulas, through both kinds of file and back.

use serde_json::json;

use super::{XLSX, changed_row_outcomes, fault_cells};
use crate::{
    report_fixtures::{insert_project, spawn_with_open_cycle},
    sheet_file::HEAD,
};

/// A sentence in each script: Vietnamese, Thai, Lao, Khmer, Burmese, Jawi, and what a spreadsheet would run.
const TEXTS: &[&str] = &[
    "Cấp nước thông minh ở Đà Nẵng",
    "ระบบน้ำอัจฉริยะของเมือง",
    "ລະບົບນ້ຳອັດສະລິຍະ",
    "ប្រព័ន្ធទឹកឆ្លាតវៃ",
    "စမတ်ရေပေးဝေရေးစနစ်",
    "بکالن اٴير ڤينتر",
    "=HYPERLINK(\"https://example.org\")",
    "-1+1",
    "@SUM(A1)",
    "'=quoted",
    "＝HYPERLINK(\"https://example.org\")",
    "＋1",
    "－1+1",
    "＠SUM(A1)",
    "_x000D_ and \"quotes\"; commas, too",
];

#[actix_web::test]
async fn texts_of_every_script_survive_a_workbook_round_trip() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    for (n, text) in TEXTS.iter().enumerate() {
        let body = json!({"title": text, "due_on": format!("2024-01-{:02}", n + 1)});
        officer.post("projects/da-nang-1/milestones", &body).await.expect(201);
    }
    let mut file = officer.read_workbook().await;
    let view = officer.preview_import(&file).await;
    assert_eq!((changed_row_outcomes(&view), fault_cells(&view)), (vec![], vec![]));
    // And typed in the workbook, guarded as an export has them.
    for (n, text_of) in TEXTS.iter().enumerate() {
        let text = file.get("milestones", HEAD + n, "title");
        file.set("projects", HEAD, "title_local", text);
        officer.import_workbook(&file).await.expect(200);
        let said = officer.get("projects/da-nang-1").await.json();
        assert_eq!(said["title_local"], *text_of);
        file = officer.read_workbook().await;
    }
}

#[actix_web::test]
async fn texts_of_every_script_survive_a_csv_round_trip() {
    let app = spawn_with_open_cycle().await;
    insert_project(&app, "da-nang", 2).await;
    let officer = app.officer("da-nang").await;
    let quoted = |text: &str| {
        format!("\"{}\"", ascn_tracker::sheets::cell::guard_formula(text).replace('"', "\"\""))
    };
    let rows: String = TEXTS
        .iter()
        .enumerate()
        .map(|(n, text)| format!(",da-nang-2,,{},2024-01-{:02}\n", quoted(text), n + 1))
        .collect();
    let file = format!("\u{feff}id,project,version,title,due_on\n{rows}");
    let path = "imports?city=da-nang&cycle=me-2026&sheet=milestones&dry_run=false";
    officer.upload(path, "text/csv", file.into_bytes()).await.expect(200);
    let list = officer.get("projects/da-nang-2/milestones").await.json();
    let titles: Vec<&str> =
        list["items"].as_array().unwrap().iter().map(|m| m["title"].as_str().unwrap()).collect();
    assert_eq!(titles, TEXTS);
    let csv =
        officer.get("cities/da-nang/workbook?cycle=me-2026&format=csv&sheet=milestones").await;
    assert!(!csv.text.starts_with('\u{feff}'));
    let view = officer
        .upload(path, "text/csv; charset=utf-8", csv.text.into_bytes())
        .await
        .expect(200)
        .json();
    assert_eq!(view["totals"]["unchanged"], TEXTS.len());
}

#[actix_web::test]
async fn line_breaks_and_semicolon_csv_are_read_and_latin1_is_422() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    let etag = officer.get("projects/da-nang-1").await.etag();
    let lines = json!({"summary": "one\r\ntwo\nthree"});
    officer.patch("projects/da-nang-1", &lines, Some(&etag)).await.expect(200);
    let mut file = officer.read_workbook().await;
    assert_eq!(changed_row_outcomes(&officer.preview_import(&file).await), [""; 0]);
    file.set("projects", HEAD, "title", "Another");
    officer.upload("imports?dry_run=false", XLSX, file.save()).await.expect(200);
    // What nobody changed is kept to the byte.
    assert_eq!(officer.get("projects/da-nang-1").await.json()["summary"], "one\r\ntwo\nthree");
    let path = "imports?city=da-nang&cycle=me-2026&sheet=projects&dry_run=false";
    let csv = "code;version;title\nda-nang-1;3;\"Ba\nBốn\"\n".replace("\nBốn", " Bốn");
    officer.upload(path, "text/csv", csv.into_bytes()).await.expect(200);
    let said = officer.get("projects/da-nang-1").await.json();
    assert_eq!((&said["title"], &said["summary"]), (&json!("Ba Bốn"), &json!("one\r\ntwo\nthree")));
    let latin = b"code,version,title\nda-nang-1,4,\xc9t\xe9\n".to_vec();
    let told = officer.upload(path, "text/csv", latin).await.expect(422).json();
    assert_eq!(told["errors"][0]["code"], "not_utf8");
}
