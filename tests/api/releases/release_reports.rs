//! The list of the reports of a release.

use serde_json::Value;

use crate::helpers::TestApp;

const REPORTS: &str = "releases/me-2022-r1/reports";

#[actix_web::test]
async fn pages_of_release_reports_add_up_to_the_whole_list() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    let whole = reader.get(&format!("{REPORTS}?limit=1000")).await.expect(200).json();
    let mut paged = Vec::new();
    let mut page = reader.get(&format!("{REPORTS}?limit=30")).await.expect(200).json();
    loop {
        paged.extend(page["items"].as_array().unwrap().iter().cloned());
        let Some(next) = page["next"].as_str() else { break };
        page = reader.get(&format!("{REPORTS}?limit=30&cursor={next}")).await.expect(200).json();
    }
    assert_eq!(Value::Array(paged), whole["items"]);
}

#[actix_web::test]
async fn release_reports_are_filtered_by_focus_area_and_country() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    let whole = reader.get(&format!("{REPORTS}?limit=1000")).await.expect(200).json();
    let filtered = format!("{REPORTS}?focus_area=quality-environment&country=VN");
    let area = reader.get(&filtered).await.expect(200).json();
    let expected = whole["items"].as_array().unwrap().iter().filter(|r| {
        r["header"]["focus_area"] == "quality-environment" && r["header"]["country"] == "VN"
    });
    assert_eq!(area["total"], expected.count());
    assert!(area["total"].as_i64().unwrap() > 0);
}

#[actix_web::test]
async fn release_reports_with_invalid_parameters_are_400_and_of_unknown_releases_404() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    for query in ["city=atlantis", "status=done", "cursor=x", "sort=title", "limit=0"] {
        reader.get(&format!("{REPORTS}?{query}")).await.expect(400);
    }
    for path in [
        "releases/me-2022-r9",
        "releases/me-2022",
        "releases/LATEST",
        "releases/me-2022-r9/reports?limit=0",
    ] {
        reader.get(path).await.expect(404);
    }
}
