//! Files that other programs saved: their encodings, separators, media types and kinds of cells.

use calamine::Data;
use serde_json::{Value, json};

use super::{
    DRY, REAL, WORKBOOK, XLSX, changed_row_outcomes, fault_cells,
    invalid_files::{refusal_code, replace_in_workbook_parts},
    journal_seq,
};
use crate::{
    helpers::{Caller, TestResponse},
    report_fixtures::spawn_with_open_cycle,
    sheet_file::HEAD,
    workbook::spawn_with_full_project,
};

const CSV: &str = "imports?city=da-nang&cycle=me-2026&sheet=milestones";
const MILESTONES: &str = "id,project,version,title,due_on\n,da-nang-1,,Cầu mới,2025-01-31\n";

async fn upload(officer: &Caller<'_>, media: &str, bytes: impl Into<Vec<u8>>) -> TestResponse {
    officer.upload(CSV, media, bytes.into()).await
}

/// The title of the only new milestone of a preview.
fn new_title(answer: TestResponse) -> String {
    let view = answer.expect(200).json();
    assert_eq!((fault_cells(&view), &view["totals"]["new"]), (vec![], &json!(1)), "{view}");
    let changes = view["rows"][0]["changes"].as_array().unwrap();
    let title = changes.iter().find(|change| change["column"] == "title").unwrap();
    title["to"].as_str().unwrap().to_owned()
}

fn encode_utf16(text: &str) -> Vec<u8> {
    [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect()
}

/// The body of a form with one file.
fn to_form(bytes: &[u8]) -> Vec<u8> {
    let head = "--B0\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.xlsx\"\r\n\
                Content-Type: application/octet-stream\r\n\r\n";
    [head.as_bytes(), bytes, b"\r\n--B0--\r\n"].concat()
}

// Issue 11, 1.5: Excel saves "Unicode text" as UTF-16 with tabs.
#[actix_web::test]
async fn tabs_utf16_and_a_separator_line_are_read() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    let tabs = MILESTONES.replace(',', "\t");
    let semicolons = MILESTONES.replace(',', ";");
    for bytes in [
        tabs.clone().into_bytes(),
        encode_utf16(&tabs),
        encode_utf16(MILESTONES),
        format!("sep=;\r\n{semicolons}").into_bytes(),
        format!("\u{feff}sep=\t\n{tabs}").into_bytes(),
    ] {
        assert_eq!(new_title(upload(&officer, "text/csv", bytes).await), "Cầu mới");
    }
}

#[actix_web::test]
async fn utf16_that_is_cut_in_a_letter_is_422() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    let whole = encode_utf16(MILESTONES);
    let cut = whole[..whole.len() - 1].to_vec();
    assert_eq!(refusal_code(upload(&officer, "text/csv", cut).await), "not_utf16");
}

#[actix_web::test]
async fn bytes_decide_the_format_and_the_media_type_is_a_hint() {
    let app = spawn_with_full_project().await;
    let officer = app.officer("da-nang").await;
    let workbook = officer.download(WORKBOOK).await;
    let form = "multipart/form-data; boundary=B0";
    for media in [
        XLSX,
        "text/csv",
        "application/vnd.ms-excel",
        "application/octet-stream",
        "text/plain; charset=utf-8",
        "text/tab-separated-values",
    ] {
        assert_eq!(new_title(upload(&officer, media, MILESTONES).await), "Cầu mới", "{media}");
        let view = officer.upload(DRY, media, workbook.clone()).await.expect(200).json();
        assert_eq!(view["totals"]["unchanged"], 9, "{media}");
        assert_eq!(view["totals"]["faults"], 0, "{media}");
    }
    assert_eq!(new_title(upload(&officer, form, to_form(MILESTONES.as_bytes())).await), "Cầu mới");
    officer.upload(REAL, form, to_form(&workbook)).await.expect(200);
    // A workbook names its sheets itself, whatever media type it is sent with.
    let told = upload(&officer, "text/csv", workbook).await.expect(400).json();
    assert_eq!(told["errors"][0]["parameter"], "sheet");
    upload(&officer, "application/json", MILESTONES).await.expect(415);
}

#[actix_web::test]
async fn form_without_exactly_one_file_is_400() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    let form = "multipart/form-data; boundary=B0";
    let field = "--B0\r\nContent-Disposition: form-data; name=\"city\"\r\n\r\nhue\r\n--B0--\r\n";
    for (media, body) in [
        (form, field.as_bytes().to_vec()),
        (form, b"--B0".to_vec()),
        (form, Vec::new()),
        ("multipart/form-data", to_form(MILESTONES.as_bytes())),
    ] {
        let told = upload(&officer, media, body).await.expect(400).json();
        assert_eq!(told["errors"][0]["code"], "form", "{told}");
    }
}

#[actix_web::test]
async fn old_workbook_is_422_not_a_workbook() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    let old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
    let answer = officer.upload(DRY, "application/vnd.ms-excel", old).await;
    assert_eq!(refusal_code(answer), "not_a_workbook");
}

#[actix_web::test]
async fn file_with_nothing_but_a_header_is_a_fault() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    let view = upload(&officer, "text/csv", "id,project,version,title\n\n , ,\n").await;
    assert_eq!(fault_cells(&view.expect(200).json()), ["milestones!- no_rows"]);
}

/// The workbook with its dates as text in ISO 8601, as some programs save them.
fn to_iso_dates(workbook: &[u8], time: &str) -> Vec<u8> {
    let mut book = workbook.to_vec();
    for (serial, day) in [
        (43466, "2019-01-01"),
        (45657, "2024-12-31"),
        (45473, "2024-06-30"),
        (45474, "2024-07-01"),
        (43465, "2018-12-31"),
        (46203, "2026-06-30"),
    ] {
        let from = format!("><v>{serial}</v>");
        book = replace_in_workbook_parts(&book, &from, &format!(" t=\"d\"><v>{day}{time}</v>"));
    }
    book
}

// Issue 11, 1.5: dates of such programs were refused as days.
#[actix_web::test]
async fn iso_dates_at_midnight_are_days_and_change_nothing() {
    let app = spawn_with_full_project().await;
    let officer = app.officer("da-nang").await;
    let workbook = officer.download(WORKBOOK).await;
    let before = journal_seq(&app).await;
    for time in ["T00:00:00", "T00:00:00.000Z", ""] {
        let book = to_iso_dates(&workbook, time);
        assert_ne!(book, workbook);
        let view = officer.upload(REAL, XLSX, book).await.expect(200).json();
        assert_eq!((changed_row_outcomes(&view), fault_cells(&view)), (vec![], vec![]), "{time}");
    }
    let view = officer.upload(DRY, XLSX, to_iso_dates(&workbook, "T07:00:00")).await;
    let found = fault_cells(&view.expect(200).json());
    assert!(found.contains(&"milestones!E4 day".to_owned()), "{found:?}");
    assert_eq!(journal_seq(&app).await, before);
}

#[actix_web::test]
async fn keys_are_trimmed() {
    let app = spawn_with_full_project().await;
    let officer = app.officer("da-nang").await;
    let mut file = officer.read_workbook().await;
    let id = file.get("milestones", HEAD, "id").to_string();
    file.set("milestones", HEAD, "id", format!("{id} "));
    file.set("milestones", HEAD, "project", "\u{a0}da-nang-1\u{200b}");
    file.set("projects", HEAD, "code", " da-nang-1");
    file.rows("readme")[1][1] = Data::from(" da-nang ");
    let view = officer.import_workbook(&file).await.expect(200).json();
    assert_eq!((changed_row_outcomes(&view), fault_cells(&view)), (vec![], vec![]));
}

fn fault_details(view: &Value) -> Vec<&str> {
    view["faults"].as_array().unwrap().iter().map(|f| f["detail"].as_str().unwrap()).collect()
}

#[actix_web::test]
async fn unknown_key_names_the_nearest() {
    let app = spawn_with_full_project().await;
    let officer = app.officer("da-nang").await;
    let mut file = officer.read_workbook().await;
    file.set("projects", HEAD, "code", "da-nang-7");
    file.add(
        "milestones",
        &[
            ("project", Data::from("danang-1")),
            ("title", Data::from("A")),
            ("due_on", Data::from("2024-01-01")),
        ],
    );
    file.set("partnerships", HEAD, "as_stated", Data::Empty);
    file.set("partnerships", HEAD, "partner", "World Bank");
    let view = officer.preview_import(&file).await;
    assert_eq!(
        fault_cells(&view),
        ["projects!A4 unknown", "milestones!B5 unknown", "partnerships!D4 slug"]
    );
    let nearest =
        ["did you mean da-nang-1?", "did you mean da-nang-1?", "did you mean world-bank?"];
    for (detail, nearest) in fault_details(&view).into_iter().zip(nearest) {
        assert!(detail.ends_with(nearest), "{detail}");
    }
}

#[actix_web::test]
async fn yes_and_no_are_taken_in_vietnamese() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    let mut file = officer.read_workbook().await;
    file.set("projects", HEAD, "priority", "Có");
    file.set("projects", HEAD, "archived", "không");
    officer.import_workbook(&file).await.expect(200);
    let project = officer.get("projects/da-nang-1").await.json();
    assert_eq!((&project["priority"], &project["archived"]), (&json!(true), &json!(false)));
}

/// The warnings of a preview: sheet, cell and code.
fn warning_cells(view: &Value) -> Vec<String> {
    fault_cells(&json!({"faults": view["warnings"]}))
}

#[actix_web::test]
async fn lost_letters_and_hidden_rows_are_warnings() {
    let app = spawn_with_full_project().await;
    let officer = app.officer("da-nang").await;
    let mut file = officer.read_workbook().await;
    file.set("projects", HEAD, "title_local", "C?p n??c");
    file.set("projects", HEAD, "summary", "Water\u{fffd}");
    let mut book = file.to_workbook();
    book.worksheet_from_name("milestones").unwrap().set_row_hidden(3).unwrap();
    let view = officer.upload(DRY, XLSX, book.save_to_buffer().unwrap()).await.expect(200).json();
    let found = warning_cells(&view);
    assert_eq!(
        found,
        ["milestones!- hidden_rows", "projects!D4 lost_letters", "projects!E4 lost_letters"]
    );
    let detail = "rows that a filter or a person hid are imported like the others (1 of them): 4";
    assert_eq!(view["warnings"][0]["detail"], detail);
    assert_eq!((fault_cells(&view), &view["totals"]["changed"]), (vec![], &json!(1)));
    let view = officer.preview_import(&officer.read_workbook().await).await;
    assert_eq!(view["warnings"], json!([]));
}
