//! The reports of a release as CSV and as GeoJSON.

use super::read_csv;
use crate::helpers::TestApp;

const REPORTS: &str = "releases/me-2022-r1/reports";

#[actix_web::test]
async fn release_reports_csv_has_the_same_rows_as_the_json() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    let whole = reader.get(&format!("{REPORTS}?limit=1000")).await.expect(200).json();
    let table = read_csv(&reader, &format!("{REPORTS}?format=csv")).await;
    assert_eq!(table.len(), 77);
    for (row, item) in table.iter().zip(whole["items"].as_array().unwrap()) {
        assert_eq!(row["project"], item["project"].as_str().unwrap());
        assert_eq!(row["status"], item["status"].as_str().unwrap());
        assert_eq!((&*row["release"], &*row["cycle"]), ("me-2022-r1", "me-2022"));
        assert_eq!(row["percent_complete"], "");
    }
}

#[actix_web::test]
async fn release_reports_geojson_has_a_point_for_each_report_of_the_filter() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    let table = read_csv(&reader, &format!("{REPORTS}?format=csv")).await;
    let answer = reader.get(&format!("{REPORTS}?format=geojson&country=VN")).await.expect(200);
    insta::assert_snapshot!(answer.show_headers(&["content-disposition"]), @r#"content-disposition: attachment; filename="ascn-me-2022-r1-reports-vn.geojson""#);
    let drawn = answer.json();
    assert_eq!(drawn["type"], "FeatureCollection");
    let points = drawn["features"].as_array().unwrap();
    assert_eq!(points.len(), table.iter().filter(|row| row["country"] == "VN").count());
    for point in points {
        assert_eq!(point["id"], point["properties"]["project"]);
        let [lon, lat] = &point["geometry"]["coordinates"].as_array().unwrap()[..] else {
            panic!("{point}")
        };
        assert!((102.0..110.0).contains(&lon.as_f64().unwrap()), "longitude comes first: {lon}");
        assert!((8.0..24.0).contains(&lat.as_f64().unwrap()));
    }
}

#[actix_web::test]
async fn release_reports_in_an_unknown_format_or_paged_csv_are_400() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    reader.get(&format!("{REPORTS}?format=csv&limit=5")).await.expect(400);
    reader.get(&format!("{REPORTS}?format=zip")).await.expect(400);
    reader.get("releases/me-1999-r1/reports?format=zip").await.expect(404);
}
