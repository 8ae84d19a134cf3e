//! What a release holds, in every format: its reports, its archive, its figures.

use std::{
    collections::BTreeMap,
    io::{Cursor, Read as _},
};

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{parse_csv_rows, read_csv};
use crate::{
    helpers::TestApp,
    operation_fixture::close_cycle,
    report_fixtures::{
        CYCLE, complete_report_body, file_and_approve, insert_project, report_path,
        spawn_with_open_cycle,
    },
};

#[actix_web::test]
async fn release_reports_are_available_as_csv_and_geojson() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    let path = "releases/me-2022-r1/reports";
    let whole = reader.get(&format!("{path}?limit=1000")).await.expect(200).json();
    let table = read_csv(&reader, &format!("{path}?format=csv")).await;
    assert_eq!(table.len(), 77);
    for (row, item) in table.iter().zip(whole["items"].as_array().unwrap()) {
        assert_eq!(row["project"], item["project"].as_str().unwrap());
        assert_eq!(row["status"], item["status"].as_str().unwrap());
        assert_eq!((&*row["release"], &*row["cycle"]), ("me-2022-r1", "me-2022"));
        assert_eq!(row["percent_complete"], "");
    }
    let viet_nam = reader.get(&format!("{path}?format=geojson&country=VN")).await.expect(200);
    assert_eq!(
        viet_nam.header("content-disposition"),
        Some("attachment; filename=\"ascn-me-2022-r1-reports-vn.geojson\"")
    );
    let drawn = viet_nam.json();
    assert_eq!(drawn["type"], "FeatureCollection");
    let expected = table.iter().filter(|row| row["country"] == "VN").count();
    let points = drawn["features"].as_array().unwrap();
    assert_eq!(points.len(), expected);
    for point in points {
        assert_eq!(point["id"], point["properties"]["project"]);
        let [lon, lat] = &point["geometry"]["coordinates"].as_array().unwrap()[..] else {
            panic!()
        };
        assert!((102.0..110.0).contains(&lon.as_f64().unwrap()), "longitude comes first: {lon}");
        assert!((8.0..24.0).contains(&lat.as_f64().unwrap()));
    }
    reader.get(&format!("{path}?format=csv&limit=5")).await.expect(400);
    reader.get(&format!("{path}?format=zip")).await.expect(400);
    reader.get("releases/me-1999-r1/reports?format=zip").await.expect(404);
}

fn unpack_archive(archive: Vec<u8>) -> BTreeMap<String, Vec<u8>> {
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

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

#[actix_web::test]
async fn release_data_archive_matches_its_checksums_and_descriptor() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    let release = reader.get("releases/me-2025-r1").await.expect(200).json();
    let files = unpack_archive(reader.download("releases/me-2025-r1/data").await);
    let sums = String::from_utf8(files["SHA256SUMS"].clone()).unwrap();
    assert_eq!(sums.lines().count(), files.len() - 1);
    for line in sums.lines() {
        let (hash, path) = line.split_once("  ").unwrap();
        assert_eq!(sha256(&files[path]), hash, "{path}");
    }
    assert_eq!(release["sha256"], sha256(&files["release.json"]));
    let content = reader.get("releases/me-2025-r1/data?format=json").await.expect(200);
    assert_eq!(content.text.as_bytes(), files["release.json"]);

    // The descriptor names every table with every column, and each value is of its type.
    let descriptor: Value = serde_json::from_slice(&files["datapackage.json"]).unwrap();
    assert_eq!(descriptor["profile"], "tabular-data-package");
    let resources = descriptor["resources"].as_array().unwrap();
    assert_eq!(resources.len(), files.keys().filter(|p| p.ends_with(".csv")).count());
    let mut tables: BTreeMap<String, Vec<BTreeMap<String, String>>> = BTreeMap::new();
    for resource in resources {
        let text = String::from_utf8(files[resource["path"].as_str().unwrap()].clone()).unwrap();
        assert_eq!(resource["bytes"], text.len());
        let fields = resource["schema"]["fields"].as_array().unwrap();
        let header: Vec<&str> = text.lines().next().unwrap().split(',').collect();
        let names: Vec<&str> = fields.iter().map(|f| f["name"].as_str().unwrap()).collect();
        assert_eq!(header, names);
        let table = parse_csv_rows(&text);
        for row in &table {
            for field in fields {
                let value = &row[field["name"].as_str().unwrap()];
                let fits = value.is_empty()
                    || match field["type"].as_str().unwrap() {
                        "string" => true,
                        "integer" => value.parse::<i64>().is_ok(),
                        "number" => value.parse::<f64>().is_ok(),
                        "boolean" => value == "true" || value == "false",
                        "date" => value.parse::<chrono::NaiveDate>().is_ok(),
                        "datetime" => chrono::DateTime::parse_from_rfc3339(value).is_ok(),
                        other => panic!("{other}"),
                    };
                assert!(fits, "{} {field}: {value}", resource["name"]);
            }
        }
        for key in resource["schema"]["foreignKeys"].as_array().into_iter().flatten() {
            let (here, there) = (key["fields"][0].as_str().unwrap(), &key["reference"]);
            let known: Vec<&String> = tables[there["resource"].as_str().unwrap()]
                .iter()
                .map(|row| &row[there["fields"][0].as_str().unwrap()])
                .collect();
            assert!(table.iter().all(|row| known.contains(&&row[here])), "{}", resource["name"]);
        }
        tables.insert(resource["name"].as_str().unwrap().to_owned(), table);
    }
    assert_eq!(tables["reports"].len(), 134);
    let figure: i64 = tables["figures"]
        .iter()
        .filter(|row| row["measure"] == "projects" && row["rows"] == "focus_area")
        .map(|row| row["value"].parse::<i64>().unwrap())
        .sum();
    assert_eq!(figure, 134);

    // The database holds the same tables.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("release.sqlite");
    std::fs::write(&path, &files["release.sqlite"]).unwrap();
    for (name, table) in &tables {
        assert_eq!(count_table_rows(&path, name), i64::try_from(table.len()).unwrap(), "{name}");
    }
    // Made again, it is the same archive.
    let token = reader_token(&app).await;
    let again = app.spawn_second_instance().await;
    let twice = again.bearer(&token).download("releases/me-2025-r1/data").await;
    assert_eq!(unpack_archive(twice), files);
}

async fn reader_token(app: &TestApp) -> String {
    use ascn_tracker::domain::user::{Role, Scope};
    app.insert_user("another reader", &[(Role::Reader, Scope::Network)]).await.1
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
async fn release_figures_are_computed_from_frozen_reports() {
    let app = spawn_with_open_cycle().await;
    insert_project(&app, "da-nang", 2).await;
    file_and_approve(&app, "da-nang-1").await;
    file_and_approve(&app, "da-nang-2").await;
    close_cycle(&app, CYCLE).await;
    let secretariat = app.secretariat().await;
    secretariat.post("releases", &json!({ "cycle": CYCLE })).await.expect(201);
    let reader = app.reader().await;
    let table = "figures/table?rows=city&columns=status&measure=percent_complete";
    let live = reader.get(&format!("{table}&cycle={CYCLE}")).await.expect(200).json();
    let first = reader.get(&format!("releases/me-2026-r1/{table}")).await.expect(200).json();
    for member in ["cells", "row_totals", "column_totals", "total", "coverage", "formula"] {
        assert_eq!(first[member], live[member], "{member}");
    }
    assert_eq!(first["basis"]["release"], "me-2026-r1");

    // An amendment moves what is approved now, and not the release.
    secretariat.send("POST", &format!("cycles/{CYCLE}/open"), None, &[]).await.expect(200);
    secretariat.take_transition_with_comment("da-nang-1", "reopen", "A slip.").await.expect(200);
    let officer = app.officer("da-nang").await;
    let etag = officer.get(&report_path("da-nang-1")).await.expect(200).etag();
    let mut other = complete_report_body();
    other["percent_complete"] = json!(100);
    other["status"] = json!("completed");
    officer.put(&report_path("da-nang-1"), &other, Some(&etag)).await.expect(200);
    officer.take_transition("da-nang-1", "submit").await.expect(200);
    app.representative("VN").await.take_transition("da-nang-1", "approve").await.expect(200);
    let again = reader.get(&format!("releases/me-2026-r1/{table}")).await.expect(200).json();
    assert_eq!(again, first);
    assert_ne!(reader.get(&format!("{table}&cycle={CYCLE}")).await.json()["cells"], live["cells"]);

    close_cycle(&app, CYCLE).await;
    secretariat.post("releases", &json!({ "cycle": CYCLE })).await.expect(201);
    let compared = reader.get("figures/compare?a=me-2026-r1&b=me-2026-r2").await.expect(200).json();
    let moved: Vec<(&str, &str, &str)> = compared["cells"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|c| c["reports"].as_array().unwrap())
        .map(|r| &r["change"])
        .map(|c| {
            let text = |name: &str| c[name].as_str().unwrap();
            (text("project"), text("movement"), text("reason"))
        })
        .collect();
    assert_eq!(moved, [("da-nang-1", "left", "A slip."), ("da-nang-1", "entered", "A slip.")]);
    let since = reader
        .get(&format!("releases/me-2026-r2/{table}&compare=me-2026-r1&city=da-nang"))
        .await
        .expect(200)
        .json();
    assert_eq!(since["changes"][0]["status"], json!({ "from": "ongoing", "to": "completed" }));
    // A cycle is no release: what it holds beyond them is not read this way.
    let refused =
        reader.get(&format!("releases/me-2026-r2/{table}&compare={CYCLE}")).await.expect(400);
    assert!(refused.text.contains("me-2026-r1"), "{}", refused.text);
    for path in [
        "releases/me-2026-r2/figures/table?rows=city&cycle=me-2026",
        "releases/me-2026-r2/figures/table",
        "releases/me-2026-r2/figures/table?rows=city&columns=city",
        "releases/me-2026-r2/figures/progress?by=colour",
        "figures/compare?a=me-2026-r9&b=me-2026-r2",
    ] {
        reader.get(path).await.expect(400);
    }
    reader.get("releases/me-2026-r9/figures/table?rows=colour").await.expect(404);
    let map = reader.get("releases/me-2026-r2/figures/map?city=da-nang").await.expect(200).json();
    assert_eq!(map["features"][0]["properties"]["completed"], 1);
    let progress = reader
        .get("releases/me-2026-r2/figures/progress?by=city&city=da-nang")
        .await
        .expect(200)
        .json();
    assert_eq!(progress["total"]["percent_complete"], 81.25);
}
