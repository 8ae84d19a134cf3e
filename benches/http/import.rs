//! An import alone, on a service that was started for it: how long it takes and how much memory.

use std::time::Instant;

use ascn_tracker::sheets::FORMAT;
use rust_xlsxwriter::Workbook;

use crate::{
    client::{Client, get, token},
    free_port, say, service, status_mb, wait_for,
    working_day::project,
};

/// Rows of the import.
const ROWS: usize = 1_000;
const CITY: &str = "cauayan-city";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Imports new milestones: previews them from a workbook and from CSV, and writes them.
pub(crate) async fn import() {
    let (dir, port) = (tempfile::TempDir::new().unwrap(), free_port());
    let service = service(dir.path(), port);
    wait_for(port).await;
    let pid = service.0.id();
    let token = token(port, &format!("officer.{CITY}@demo.example")).await;
    let mut client = Client::open(port).await;
    let sheet = format!("/api/v1/cities/{CITY}/workbook?cycle=me-2026&format=csv&sheet=milestones");
    let answer = client.call(&get(&sheet, &token)).await;
    let head = String::from_utf8(answer.body).unwrap();
    let columns: Vec<&str> = head.lines().next().unwrap().split(',').collect();
    // A project has at most 200 milestones.
    let mut codes = Vec::new();
    for _ in 0..ROWS / 200 {
        codes.push(project(&mut client, &token, CITY).await);
    }
    let rows: Vec<Vec<String>> =
        (0..ROWS).map(|n| row(&columns, &codes[n % codes.len()], n)).collect();
    let csv: Vec<String> =
        std::iter::once(columns.join(",")).chain(rows.iter().map(|row| row.join(","))).collect();
    let (csv, xlsx) = (csv.join("\r\n").into_bytes(), workbook(&columns, &rows));
    let by_csv = format!("city={CITY}&cycle=me-2026&sheet=milestones");
    for (what, query, media, file) in [
        ("previewing a workbook", "dry_run=true", XLSX, &xlsx),
        ("previewing a CSV file", &*format!("dry_run=true&{by_csv}"), "text/csv", &csv),
        ("importing a CSV file", &*format!("dry_run=false&{by_csv}"), "text/csv", &csv),
    ] {
        // From here on the most that is resident is that of the import.
        std::fs::write(format!("/proc/{pid}/clear_refs"), "5").unwrap();
        let before = status_mb(pid, "VmRSS:");
        let started = Instant::now();
        let answer = client.call(&upload(query, media, &token, file)).await;
        let took = started.elapsed().as_secs_f64();
        let view = answer.expect(200);
        assert_eq!(view["totals"]["new"], ROWS, "{}", view["totals"]);
        assert_eq!(view["applied"], query.contains("dry_run=false"));
        say(&format!(
            "{what} of {ROWS} rows: {took:.2} s, memory of the service {before:.1} MB before, at most {:.1} MB",
            status_mb(pid, "VmHWM:")
        ));
    }
}

/// A new milestone of a project, column by column.
fn row(columns: &[&str], project: &str, n: usize) -> Vec<String> {
    let cell = |column: &&str| match *column {
        "project" => project.to_owned(),
        "title" => format!("Step {n} of many with a title of the usual length"),
        "due_on" => "2024-06-30".to_owned(),
        "weight" => "1".to_owned(),
        _other => String::new(),
    };
    columns.iter().map(cell).collect()
}

fn workbook(columns: &[&str], rows: &[Vec<String>]) -> Vec<u8> {
    let mut book = Workbook::new();
    let readme = book.add_worksheet().set_name("readme").unwrap();
    let facts = [("format", FORMAT), ("city", CITY), ("cycle", "me-2026")];
    for (at, (name, value)) in (0..).zip(facts) {
        readme.write_string(at, 0, name).unwrap().write_string(at, 1, value).unwrap();
    }
    let sheet = book.add_worksheet().set_name("milestones").unwrap();
    sheet.write_row(0, 0, columns.iter().copied()).unwrap();
    for (at, row) in (1..).zip(rows) {
        sheet.write_row(at, 0, row.iter().map(String::as_str)).unwrap();
    }
    book.save_to_buffer().unwrap()
}

fn upload(query: &str, media: &str, token: &str, file: &[u8]) -> Vec<u8> {
    let mut request = format!(
        "POST /api/v1/imports?{query} HTTP/1.1\r\nhost: bench\r\ncontent-type: {media}\r\ncontent-length: {}\r\nauthorization: Bearer {token}\r\n\r\n",
        file.len()
    )
    .into_bytes();
    request.extend_from_slice(file);
    request
}
