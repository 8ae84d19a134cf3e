//! Files that are not what they should be: said, or refused whole, and never a failure of the service.

use std::io::{Cursor, Read as _, Write as _};

use calamine::Data;
use serde_json::json;
use zip::{ZipArchive, ZipWriter, write::SimpleFileOptions};

use super::{DRY, REAL, WORKBOOK, XLSX, changed_row_outcomes, fault_cells, journal_seq};
use crate::{
    helpers::{TestResponse, pointers},
    report_fixtures::{cycle_body, spawn_with_open_cycle},
    sheet_file::HEAD,
    workbook::spawn_with_full_project,
};

/// The code of a file that is refused whole.
pub(super) fn refusal_code(answer: TestResponse) -> String {
    let answer = answer.expect(422);
    assert_eq!(pointers(&answer), [""]);
    answer.json()["errors"][0]["code"].as_str().unwrap().to_owned()
}

#[actix_web::test]
async fn workbook_of_another_city_cycle_or_format_is_refused() {
    let app = spawn_with_full_project().await;
    let secretariat = app.secretariat().await;
    let mut next = cycle_body("me-2027");
    next["as_of"] = json!("2027-12-31");
    secretariat.post("cycles", &next).await.expect(201);
    let officer = app.officer("da-nang").await;
    let mut file = officer.read_workbook().await;
    file.set("projects", HEAD, "title", "Mine");
    let saved = file.save();
    let ask = |path: &'static str, bytes: Vec<u8>| {
        let officer = officer.clone();
        async move { officer.upload(path, XLSX, bytes).await }
    };
    let view = ask("imports?city=da-nang&cycle=me-2027", saved.clone()).await.expect(200).json();
    assert_eq!(
        (fault_cells(&view), changed_row_outcomes(&view)),
        (vec!["readme!B4 another_cycle".to_owned()], vec![])
    );
    ask("imports?city=ha-noi&cycle=me-2026", saved.clone()).await.expect(403);
    file.rows("readme")[1][1] = Data::from("ha-noi");
    ask("imports?dry_run=false", file.save()).await.expect(403);
    let view = ask("imports?dry_run=false&city=da-nang", file.save()).await.expect(422).json();
    assert_eq!(fault_cells(&view), ["readme!B2 another_city"]);
    file.rows("readme")[1][1] = Data::from("da-nang");
    file.rows("readme")[0][1] = Data::from("ascn-workbook-9");
    assert_eq!(
        fault_cells(&ask(DRY, file.save()).await.expect(200).json()),
        ["readme!B1 another_format"]
    );
    file.sheets.remove(0);
    let missing = ask(DRY, file.save()).await.expect(400).json();
    assert_eq!(missing["errors"][0]["parameter"], "city");
    let view = ask("imports?city=da-nang&cycle=me-2026", file.save()).await.expect(200).json();
    assert_eq!(fault_cells(&view).len(), 3);
    ask("imports?city=nowhere&cycle=me-2026", saved.clone()).await.expect(400);
    ask("imports?city=da-nang&cycle=me-1999", saved).await.expect(400);
}

#[actix_web::test]
async fn columns_are_found_by_name_in_any_order() {
    let app = spawn_with_full_project().await;
    let officer = app.officer("da-nang").await;
    let mut file = officer.read_workbook().await;
    file.set("milestones", HEAD, "title", "Swapped");
    for row in file.rows("milestones") {
        row.swap(0, 3);
        row.swap(2, 4);
    }
    let view = officer.preview_import(&file).await;
    assert_eq!(
        (changed_row_outcomes(&view), fault_cells(&view)),
        (vec!["milestones 4 changed".to_owned()], vec![])
    );
    assert_eq!(
        view["rows"].as_array().unwrap().iter().find(|r| r["outcome"] == "changed").unwrap()["changes"]
            [0]["cell"],
        "A4"
    );
}

#[actix_web::test]
async fn missing_unknown_and_duplicate_columns_are_reported() {
    let app = spawn_with_full_project().await;
    let officer = app.officer("da-nang").await;
    let mut file = officer.read_workbook().await;
    file.rows("projects")[0][2] = Data::from("titel");
    for row in file.rows("reports") {
        row.remove(3);
    }
    // One that is not needed: its fields stay as they are.
    for row in file.rows("milestones") {
        row.remove(5);
    }
    file.set("indicators", 0, "name", "unit");
    let mut notes = file.sheets[1].clone();
    notes.0 = "project".to_owned();
    file.sheets.push(notes);
    let view = officer.preview_import(&file).await;
    let mut found = fault_cells(&view);
    found.sort();
    assert_eq!(
        found,
        [
            "indicators!F1 duplicate",
            "project!- unknown",
            "projects!C1 unknown",
            "reports!- missing_column"
        ]
    );
    let detail = view["faults"].as_array().unwrap().iter().find(|f| f["cell"] == "C1").unwrap();
    assert!(detail["detail"].as_str().unwrap().contains("did you mean title?"), "{detail}");
    assert_eq!(changed_row_outcomes(&view), [""; 0]);
}

#[actix_web::test]
async fn merged_cells_and_stray_values_are_reported() {
    let app = spawn_with_full_project().await;
    let officer = app.officer("da-nang").await;
    let mut file = officer.read_workbook().await;
    let last = file.rows("milestones")[HEAD].len() + 1;
    file.rows("milestones")[HEAD].resize(last + 1, Data::Empty);
    file.rows("milestones")[HEAD][last] = Data::from("a note");
    let mut book = file.to_workbook();
    let sheet = book.worksheet_from_name("projects").unwrap();
    sheet.merge_range(3, 2, 3, 3, "Both", &rust_xlsxwriter::Format::new()).unwrap();
    let view = officer.upload(DRY, XLSX, book.save_to_buffer().unwrap()).await.expect(200).json();
    let found = fault_cells(&view);
    assert!(found.contains(&"projects!C4 merged".to_owned()), "{found:?}");
    assert!(found.contains(&"milestones!J4 stray".to_owned()), "{found:?}");
}

/// An archive of one part that is all zeros.
fn zip_bomb(name: &str, mebibytes: usize) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file(name, SimpleFileOptions::default()).unwrap();
    let zeros = vec![b' '; 1024 * 1024];
    for _ in 0..mebibytes {
        zip.write_all(&zeros).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[actix_web::test]
async fn zip_bomb_is_422_inflated() {
    // Made first: while it is, nobody would hear the server end a connection that is idle.
    let bytes = zip_bomb("xl/worksheets/sheet1.xml", 80);
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    assert!(bytes.len() < 1024 * 1024);
    assert_eq!(refusal_code(officer.upload(REAL, XLSX, bytes.clone()).await), "inflated");
    // One that lies about its size is counted, or found broken, all the same.
    let mut lying = bytes;
    let at = lying.windows(4).rposition(|w| w == b"PK\x01\x02").unwrap();
    lying[at + 24..at + 28].copy_from_slice(&100_u32.to_le_bytes());
    let told = refusal_code(officer.upload(REAL, XLSX, lying).await);
    assert!(["inflated", "broken"].contains(&told.as_str()), "{told}");
}

#[actix_web::test]
async fn file_that_is_no_workbook_is_422_and_wrong_media_type_is_415() {
    let app = spawn_with_full_project().await;
    let officer = app.officer("da-nang").await;
    let whole = officer.download(WORKBOOK).await;
    let told = |bytes: Vec<u8>| {
        let officer = officer.clone();
        async move { refusal_code(officer.upload(REAL, XLSX, bytes).await) }
    };
    assert_eq!(told(b"code,title\n".to_vec()).await, "not_a_workbook");
    assert_eq!(told(Vec::new()).await, "not_a_workbook");
    assert_eq!(told(whole[..whole.len() / 2].to_vec()).await, "broken");
    assert_eq!(told(zip_bomb("anything.txt", 1)).await, "broken");
    assert_eq!(told(zip_bomb("xl/vbaProject.bin", 1)).await, "macros");
    let mut torn = whole.clone();
    for byte in &mut torn[2000..2400] {
        *byte ^= 0x55;
    }
    assert_eq!(told(torn).await, "broken");
    officer
        .upload(REAL, "application/vnd.ms-excel.sheet.macroEnabled.12", whole.clone())
        .await
        .expect(415);
    officer.upload(REAL, "application/json", whole).await.expect(415);
}

#[actix_web::test]
async fn file_over_20_mebibytes_is_413() {
    let app = spawn_with_open_cycle().await;
    let bytes = vec![b'x'; 20 * 1024 * 1024 + 1];
    let path = "imports?city=da-nang&cycle=me-2026&sheet=projects";
    app.officer("da-nang").await.upload(path, "text/csv", bytes).await.expect(413);
}

#[actix_web::test]
async fn file_over_ten_thousand_rows_is_422() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    let rows = |n: usize| {
        let head = "id,project,version,title,due_on\n".to_owned();
        (0..n).fold(head, |all, i| all + &format!(",da-nang-9,,M{i},2024-01-01\n")).into_bytes()
    };
    let path = "imports?city=da-nang&cycle=me-2026&sheet=milestones";
    let view = officer.upload(path, "text/csv", rows(10_000)).await.expect(200).json();
    assert_eq!(view["totals"]["refused"], 10_000);
    assert_eq!(refusal_code(officer.upload(path, "text/csv", rows(10_001)).await), "too_many_rows");
}

#[actix_web::test]
async fn cell_beyond_the_sheet_limits_is_422_too_large() {
    let app = spawn_with_full_project().await;
    let officer = app.officer("da-nang").await;
    let mut book = officer.read_workbook().await.to_workbook();
    let sheet = book.worksheet_from_name("projects").unwrap();
    sheet.write_string(1_048_575, 16_383, "far").unwrap();
    assert_eq!(
        refusal_code(officer.upload(REAL, XLSX, book.save_to_buffer().unwrap()).await),
        "too_large"
    );
}

#[actix_web::test]
async fn import_with_one_invalid_row_is_422_and_writes_nothing() {
    let app = spawn_with_full_project().await;
    let officer = app.officer("da-nang").await;
    let mut file = officer.read_workbook().await;
    for n in 0..50 {
        let title = Data::from(format!("Step {n}"));
        file.add(
            "milestones",
            &[
                ("project", Data::from("da-nang-1")),
                ("title", title),
                ("due_on", Data::from("2024-01-01")),
            ],
        );
    }
    file.set("milestones", HEAD + 50, "due_on", "soon");
    let before = journal_seq(&app).await;
    let view = officer.import_workbook(&file).await.expect(422).json();
    assert_eq!(fault_cells(&view), ["milestones!E54 day"]);
    assert_eq!(view["import"]["totals"]["new"], 49);
    assert_eq!(journal_seq(&app).await, before);
    let valid = app.secretariat().await.get("journal/verify").await.expect(200).json();
    assert_eq!(valid["valid"], true);
}

/// The workbook with one text replaced by another in every part.
pub(super) fn replace_in_workbook_parts(bytes: &[u8], from: &str, to: &str) -> Vec<u8> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for i in 0..archive.len() {
        let mut part = archive.by_index(i).unwrap();
        let name = String::from_utf8(part.name_raw().to_vec()).unwrap();
        let mut text = String::new();
        part.read_to_string(&mut text).unwrap();
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.replace(from, to).as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// What stands in the parts of a workbook, and nonsense for it.
const NONSENSE: &[(&str, &str)] = &[
    (r#"r="A1""#, r#"r="ZZZZZZZZZ1""#),
    (r#"r="A1""#, r#"r="A99999999999""#),
    (r#"r="A1""#, r#"r="""#),
    ("<v>1</v>", "<v>999999999</v>"),
    ("<v>1</v>", "<v>-1</v>"),
    ("<v>1</v>", "<v>nan</v>"),
    (r#"t="s""#, r#"t="nonsense""#),
    (r#"t="s""#, r#"t="d""#),
    (r#" s=""#, r#" s="99999"#),
    ("</row>", ""),
    ("</sheetData>", ""),
    ("<si>", "<si><si>"),
    ("xl/worksheets", "xl/nowhere"),
    ("worksheets/sheet2.xml", "../../../../etc/passwd"),
    ("<sheetData>", r#"<!DOCTYPE a [<!ENTITY b "c">]><sheetData>&b;"#),
    (r#"numFmtId=""#, r#"numFmtId="9999999999999"#),
    ("yyyy-mm-dd", "[hh]:mm"),
    ("rId2", "rId1"),
];

#[actix_web::test]
async fn corrupted_workbooks_never_cause_a_server_error() {
    let app = spawn_with_full_project().await;
    let officer = app.officer("da-nang").await;
    let whole = officer.download(WORKBOOK).await;
    for (from, to) in NONSENSE {
        let answer = officer.upload(DRY, XLSX, replace_in_workbook_parts(&whole, from, to)).await;
        assert!([200, 400, 422].contains(&answer.status), "{from} as {to}: {}", answer.text);
    }
    for n in 1..40 {
        let mut torn = whole.clone();
        let at = torn.len() * n / 40;
        torn[at] ^= 0xff;
        let answer = officer.upload(DRY, XLSX, torn).await;
        assert!([200, 400, 422].contains(&answer.status), "{at}: {}", answer.text);
    }
}
