//! Small faults of files: whose city it is comes first, and a fault names the place that a person sees.

use calamine::Data;

use super::{
    DRY, WORKBOOK, XLSX, fault_cells,
    invalid_files::{refusal_code, replace_in_workbook_parts},
};
use crate::{
    helpers::TestApp, report_fixtures::spawn_with_open_cycle, workbook::spawn_with_full_project,
};

const CSV: &str = "imports?city=da-nang&cycle=me-2026&sheet=milestones";

async fn preview_csv(app: &TestApp, text: &str) -> serde_json::Value {
    let officer = app.officer("da-nang").await;
    officer.upload(CSV, "text/csv", text.as_bytes().to_vec()).await.expect(200).json()
}

#[actix_web::test]
async fn import_for_another_city_is_403_before_the_file_is_read() {
    let app = spawn_with_open_cycle().await;
    let (stranger, officer) = (app.officer("ha-noi").await, app.officer("da-nang").await);
    for (path, media, body, status) in [
        (CSV, "application/json", "{}", 415),
        (CSV, "text/csv", "\"open", 422),
        ("imports?city=da-nang&cycle=me-2026", "text/csv", "id", 400),
        ("imports?city=da-nang&cycle=me-2026&sheet=nothing", "text/csv", "id", 400),
        ("imports?city=da-nang", XLSX, "PK nonsense", 422),
        ("imports?city=da-nang&cycle=me-1999&sheet=milestones", "text/csv", "id", 400),
    ] {
        for (who, status) in [
            (&stranger, 403),
            (&officer, status),
            (&app.reader().await, 403),
            (&app.anonymous(), 401),
        ] {
            let answer = who.upload(path, media, body.as_bytes().to_vec()).await;
            assert_eq!(answer.status, status, "{path} {media}: {}", answer.text);
        }
    }
    for city in ["nowhere", "No City"] {
        let path = format!("imports?city={city}&cycle=me-2026&sheet=milestones");
        let told = officer.upload(&path, "application/json", Vec::new()).await.expect(400).json();
        assert_eq!(told["errors"][0]["parameter"], "city");
    }
}

#[actix_web::test]
async fn csv_faults_have_spreadsheet_row_numbers() {
    let app = spawn_with_open_cycle().await;
    let text = "\n\nid,project,version,title,due_on\r\n\r\n,da-nang-1,,A,soon\n\n\n,da-nang-1,,B,2024-01-01\n,da-nang-1,,\"C\nD\",2024-01-01\n,da-nang-1,,E,later";
    let view = preview_csv(&app, text).await;
    let found = fault_cells(&view);
    assert!(found.contains(&"milestones!E5 day".to_owned()), "{found:?}");
    assert!(found.contains(&"milestones!E10 day".to_owned()), "{found:?}");
    let rows: Vec<i64> =
        view["rows"].as_array().unwrap().iter().map(|r| r["row"].as_i64().unwrap()).collect();
    assert_eq!(rows, [5, 8, 9, 10]);
}

#[actix_web::test]
async fn blank_rows_are_ignored() {
    let app = spawn_with_full_project().await;
    let head = "id,project,version,title,due_on\n";
    let view =
        preview_csv(&app, &format!(" , ,\n{head}   \n , ,\t,, \n,da-nang-1,,A,2024-01-01\n")).await;
    assert_eq!((fault_cells(&view), view["totals"]["new"].clone()), (vec![], 1.into()));
    assert_eq!(view["rows"][0]["row"], 5);
    let officer = app.officer("da-nang").await;
    let mut file = officer.read_workbook().await;
    file.add("milestones", &[("title", Data::from("  ")), ("project", Data::from(" "))]);
    let view = officer.preview_import(&file).await;
    assert_eq!((fault_cells(&view), view["totals"]["refused"].clone()), (vec![], 0.into()));
}

#[actix_web::test]
async fn workbook_with_a_duplicate_sheet_is_422() {
    let app = spawn_with_full_project().await;
    let officer = app.officer("da-nang").await;
    let whole = officer.download(WORKBOOK).await;
    let twice = replace_in_workbook_parts(&whole, "name=\"milestones\"", "name=\"projects\"");
    let answer = officer.upload(DRY, XLSX, twice).await;
    let detail = answer.json()["errors"][0]["detail"].as_str().unwrap_or_default().to_owned();
    assert_eq!(refusal_code(answer), "duplicate_sheet");
    assert_eq!(detail, "a workbook with each sheet once is expected: projects is there twice");
}

#[actix_web::test]
async fn impossible_cell_address_is_422_broken_naming_the_sheet() {
    let app = spawn_with_full_project().await;
    let officer = app.officer("da-nang").await;
    let whole = officer.download(WORKBOOK).await;
    for to in ["r=\"ZZZZZZZZZ1\"", "r=\"A99999999999\""] {
        let odd = replace_in_workbook_parts(&whole, "r=\"A1\"", to);
        for (lang, said) in [("en", "the sheet readme"), ("vi", "trang tính readme")] {
            let path = format!("{DRY}&lang={lang}");
            let answer = officer.upload(&path, XLSX, odd.clone()).await;
            let detail =
                answer.json()["errors"][0]["detail"].as_str().unwrap_or_default().to_owned();
            assert_eq!(refusal_code(answer), "broken");
            assert!(detail.contains(said), "{to}: {detail}");
            assert!(!detail.contains("panic") && !detail.contains("thread"), "{detail}");
        }
    }
}
