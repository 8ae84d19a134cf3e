//! Small files that would cost much: they are refused before they are read. The limits of single parts are tested in
//! `sheets::part_limits`.

use super::{
    DRY, WORKBOOK, XLSX,
    invalid_files::{refusal_code, replace_in_workbook_parts},
};
use crate::{report_fixtures::spawn_with_open_cycle, workbook::spawn_with_full_project};

const CSV: &str = "imports?city=da-nang&cycle=me-2026&sheet=milestones";

// Issue 11, 7.3: 161 kB with 3 million formats took 635 MB, 278 kB with 100,000 sheets took 14 s.
#[actix_web::test]
async fn workbook_with_too_many_formats_or_sheets_is_422() {
    let app = spawn_with_full_project().await;
    let officer = app.officer("da-nang").await;
    let whole = officer.download(WORKBOOK).await;
    for (from, to, code) in [
        ("</cellXfs>", "<xf/>".repeat(3_000_000) + "</cellXfs>", "inflated"),
        ("</cellXfs>", "<xf/>".repeat(70_000) + "</cellXfs>", "too_large"),
        ("</sheets>", "<sheet name=\"a\" r:id=\"rId1\"/>".repeat(100) + "</sheets>", "too_large"),
        ("</Relationships>", " ".repeat(1024 * 1024) + "</Relationships>", "inflated"),
        ("uniqueCount=\"", "uniqueCount=\"99999999".to_owned(), "inflated"),
    ] {
        let odd = replace_in_workbook_parts(&whole, from, &to);
        assert!(odd.len() < 200 * 1024);
        assert_eq!(refusal_code(officer.upload(DRY, XLSX, odd).await), code, "{from}");
    }
}

// Issue 11, 7.3: a CSV file of 20 MB of commas took 1.4 GB.
#[actix_web::test]
async fn csv_file_with_more_than_100_columns_is_422() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    for text in [",".repeat(5 * 1024 * 1024), format!("id,title\n{}", ",".repeat(100))] {
        let answer = officer.upload(CSV, "text/csv", text.into_bytes()).await;
        assert_eq!(refusal_code(answer), "too_large");
    }
}

// Issue 11, 7.3: 688 kB of unknown columns made an answer of 46 MB.
#[actix_web::test]
async fn preview_lists_at_most_1000_faults_and_counts_the_others() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    let rows = ",da-nang-1,,A,soon\n".repeat(1_200);
    let text = format!("id,project,version,title,due_on\n{rows}");
    let view = officer.upload(CSV, "text/csv", text.clone().into_bytes()).await.expect(200).json();
    assert_eq!(view["faults"].as_array().unwrap().len(), 1_000);
    assert_eq!((&view["more_faults"], &view["totals"]["faults"]), (&200.into(), &1_200.into()));
    let path = format!("{CSV}&dry_run=false");
    let told = officer.upload(&path, "text/csv", text.into_bytes()).await.expect(422).json();
    assert_eq!(told["errors"].as_array().unwrap().len(), 1_000);
    let columns: String = (0..100).map(|n| format!("column {n},")).collect();
    let answer = officer.upload(CSV, "text/csv", columns[..columns.len() - 1].into()).await;
    assert!(answer.expect(200).text.len() < 100_000);
}
