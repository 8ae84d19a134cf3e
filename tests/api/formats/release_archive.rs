//! The archive of a release: CSV tables, their descriptor, a database and the checksums of all of them.

use std::{
    collections::BTreeMap,
    io::{Cursor, Read as _},
};

use ascn_tracker::domain::user::{Role, Scope};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::parse_csv_rows;
use crate::helpers::TestApp;

const ARCHIVE: &str = "releases/me-2025-r1/data";

type Files = BTreeMap<String, Vec<u8>>;
type Table = Vec<BTreeMap<String, String>>;

fn unpack_archive(archive: Vec<u8>) -> Files {
    let mut archive = zip::ZipArchive::new(Cursor::new(archive)).unwrap();
    let mut files = BTreeMap::new();
    for i in 0..archive.len() {
        let mut file = archive.by_index(i).unwrap();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        files.insert(file.name().unwrap().to_string(), bytes);
    }
    files
}

async fn download_archive(app: &TestApp) -> Files {
    unpack_archive(app.reader().await.download(ARCHIVE).await)
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

/// The descriptions of the tables, in order.
fn read_resources(files: &Files) -> Vec<Value> {
    let descriptor: Value = serde_json::from_slice(&files["datapackage.json"]).unwrap();
    assert_eq!(descriptor["profile"], "tabular-data-package");
    descriptor["resources"].as_array().unwrap().clone()
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap()
}

fn read_text(files: &Files, resource: &Value) -> String {
    String::from_utf8(files[text(resource, "path")].clone()).unwrap()
}

/// The rows of every table, by the name of the table.
fn read_tables(files: &Files) -> BTreeMap<String, Table> {
    let table = |resource: &Value| {
        (text(resource, "name").to_owned(), parse_csv_rows(&read_text(files, resource)))
    };
    read_resources(files).iter().map(table).collect()
}

#[actix_web::test]
async fn release_archive_matches_its_checksums() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    let files = download_archive(&app).await;
    let sums = String::from_utf8(files["SHA256SUMS"].clone()).unwrap();
    assert_eq!(sums.lines().count(), files.len() - 1);
    for line in sums.lines() {
        let (hash, path) = line.split_once("  ").unwrap();
        assert_eq!(sha256(&files[path]), hash, "{path}");
    }
    let release = reader.get("releases/me-2025-r1").await.expect(200).json();
    assert_eq!(release["sha256"], sha256(&files["release.json"]));
    let content = reader.get(&format!("{ARCHIVE}?format=json")).await.expect(200);
    assert_eq!(content.text.as_bytes(), files["release.json"]);
}

/// Checks that a value of a table is of the type that the descriptor states.
fn fits_type(value: &str, kind: &str) -> bool {
    value.is_empty()
        || match kind {
            "string" => true,
            "integer" => value.parse::<i64>().is_ok(),
            "number" => value.parse::<f64>().is_ok(),
            "boolean" => value == "true" || value == "false",
            "date" => value.parse::<chrono::NaiveDate>().is_ok(),
            "datetime" => chrono::DateTime::parse_from_rfc3339(value).is_ok(),
            other => panic!("{other}"),
        }
}

#[actix_web::test]
async fn release_archive_descriptor_names_every_column_with_its_type() {
    let files = download_archive(&TestApp::demo().await).await;
    let resources = read_resources(&files);
    assert_eq!(resources.len(), files.keys().filter(|p| p.ends_with(".csv")).count());
    for resource in &resources {
        let table = read_text(&files, resource);
        assert_eq!(resource["bytes"], table.len());
        let fields = resource["schema"]["fields"].as_array().unwrap();
        let header: Vec<&str> = table.lines().next().unwrap().split(',').collect();
        let names: Vec<&str> = fields.iter().map(|f| text(f, "name")).collect();
        assert_eq!(header, names);
        for row in &parse_csv_rows(&table) {
            for field in fields {
                let value = &row[text(field, "name")];
                let fits = fits_type(value, text(field, "type"));
                assert!(fits, "{} {field}: {value}", resource["name"]);
            }
        }
    }
}

#[actix_web::test]
async fn release_archive_foreign_keys_refer_to_earlier_tables() {
    let files = download_archive(&TestApp::demo().await).await;
    let mut tables: BTreeMap<String, Table> = BTreeMap::new();
    for resource in read_resources(&files) {
        let table = parse_csv_rows(&read_text(&files, &resource));
        for key in resource["schema"]["foreignKeys"].as_array().into_iter().flatten() {
            let (here, there) = (key["fields"][0].as_str().unwrap(), &key["reference"]);
            let column = there["fields"][0].as_str().unwrap();
            let known: Vec<&String> =
                tables[text(there, "resource")].iter().map(|row| &row[column]).collect();
            assert!(table.iter().all(|row| known.contains(&&row[here])), "{}", resource["name"]);
        }
        tables.insert(text(&resource, "name").to_owned(), table);
    }
}

#[actix_web::test]
async fn release_archive_has_every_report_and_counts_each_in_the_figures() {
    let tables = read_tables(&download_archive(&TestApp::demo().await).await);
    assert_eq!(tables["reports"].len(), 134);
    let figure: i64 = tables["figures"]
        .iter()
        .filter(|row| row["measure"] == "projects" && row["rows"] == "focus_area")
        .map(|row| row["value"].parse::<i64>().unwrap())
        .sum();
    assert_eq!(figure, 134);
}

#[actix_web::test]
async fn release_archive_database_has_the_rows_of_the_tables() {
    let files = download_archive(&TestApp::demo().await).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("release.sqlite");
    std::fs::write(&path, &files["release.sqlite"]).unwrap();
    for (name, table) in &read_tables(&files) {
        assert_eq!(count_table_rows(&path, name), i64::try_from(table.len()).unwrap(), "{name}");
    }
}

fn count_table_rows(path: &std::path::Path, table: &str) -> i64 {
    use diesel::{Connection as _, RunQueryDsl as _};
    #[derive(diesel::QueryableByName)]
    struct Count {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        n: i64,
    }
    let mut conn = diesel::SqliteConnection::establish(path.to_str().unwrap()).unwrap();
    let query = format!("select count(*) as n from \"{table}\"");
    diesel::sql_query(query).get_result::<Count>(&mut conn).unwrap().n
}

#[actix_web::test]
async fn release_archive_is_the_same_from_another_instance() {
    let app = TestApp::demo().await;
    let files = download_archive(&app).await;
    let (_, token) = app.insert_user("another reader", &[(Role::Reader, Scope::Network)]).await;
    let again = app.spawn_second_instance().await;
    assert_eq!(unpack_archive(again.bearer(&token).download(ARCHIVE).await), files);
}

#[actix_web::test]
async fn release_archive_names_its_licence_sources_and_contributors() {
    let app = TestApp::demo_with(&[("ASCN_DATA_LICENCE", "ODbL-1.0")]).await;
    let files = download_archive(&app).await;
    let descriptor: Value = serde_json::from_slice(&files["datapackage.json"]).unwrap();
    assert_eq!(
        descriptor["licenses"],
        serde_json::json!([{
            "name": "ODbL-1.0", "path": "https://spdx.org/licenses/ODbL-1.0.html", "title": "ODbL-1.0"
        }])
    );
    assert_eq!(
        descriptor["sources"],
        serde_json::json!([{
            "title": "ASCN Monitoring & Evaluation Report 2025 (as of 30 September 2025)",
            "path": "https://asean.org/wp-content/uploads/2025/11/2025-ASCN-ME-Report-Final_30Sep2025-for-public.pdf"
        }])
    );
    let contributors = descriptor["contributors"].as_array().unwrap();
    assert_eq!(contributors[0]["role"], "publisher");
    assert_eq!(contributors[0]["title"], "ASEAN Smart Cities Network");
    let da_nang = contributors.iter().find(|c| c["title"] == "Da Nang").unwrap();
    assert_eq!(
        (&da_nang["role"], &da_nang["organization"]),
        (&"contributor".into(), &"Viet Nam".into())
    );
    let readme = String::from_utf8(files["README.md"].clone()).unwrap();
    assert!(readme.contains("ODbL-1.0") && readme.contains("Times are in UTC"), "{readme}");
}

#[actix_web::test]
async fn release_archive_adds_new_columns_at_the_end() {
    let files = download_archive(&TestApp::demo().await).await;
    for (table, columns) in [
        ("figures", &["of", "row_key", "column_key"][..]),
        ("cities", &["un_locode", "aliases", "time_zone", "note"]),
        ("reports", &["version", "summary", "support_required", "inclusion_note", "location"]),
    ] {
        let text = String::from_utf8(files[&format!("data/{table}.csv")].clone()).unwrap();
        let header: Vec<&str> = text.lines().next().unwrap().split(',').collect();
        let first = header.iter().position(|name| *name == columns[0]).unwrap();
        assert_eq!(header[first..first + columns.len()], *columns, "{table}");
    }
    let figures = &read_tables(&files)["figures"];
    assert!(figures.iter().all(|row| {
        row["row"] == row["row_key"] && row["column"] == row["column_key"] && !row["row"].is_empty()
    }));
}
