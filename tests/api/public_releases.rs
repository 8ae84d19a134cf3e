//! Releases that are read without signing in, and nothing beside them: every operation of the contract is called by nobody,
//! over records that are full of what was never released.

use serde_json::{Value, json};

use crate::{
    helpers::TestApp,
    operation_fixture::{FixtureStage, OperationFixture, close_cycle},
    operations::{list_operations, openapi_document},
    report_fixtures::{CYCLE, complete_report_body, report_path},
};

const SETTING: (&str, &str) = ("ASCN_PUBLIC_RELEASES", "true");
/// Stands in everything that is recorded and in no release.
const HIDDEN: &str = "Xylophone";

/// What is open to everybody in any case: the ways in, and the signs of life.
const OPEN: &[&str] = &[
    "get_live",
    "get_ready",
    "sign_in",
    "refresh_session",
    "accept_invitation",
    "read_calendar",
    "read_share",
];
/// What is open to everybody where releases are public.
const RELEASED: &[&str] = &[
    "list_releases",
    "get_release",
    "verify_release",
    "list_release_reports",
    "get_release_data",
    "get_release_table",
    "get_release_progress",
    "get_release_trend",
    "get_release_coverage",
    "get_release_map",
    "get_release_report",
    "get_catalog",
];

/// A demo that is full of words that nobody released: in projects, their parts, drafts, submissions, comments, extensions,
/// users, and in a report that was approved after its cycle's release.
async fn spawn_full_of_unreleased_words() -> TestApp {
    let app = TestApp::demo_with(&[SETTING]).await;
    let officer = app.officer("da-nang").await;
    let said = |text: &str| format!("{HIDDEN} {text}");
    let body = json!({
        "city": "da-nang", "plan_cycle": "2018-2025", "title": said("buses"), "summary": said("what"),
        "focus_area": "built-infrastructure", "starts_on": "2021-01-01", "ends_on": "2025-12-31"
    });
    let mut codes = Vec::new();
    for _ in 0..4 {
        let made = officer.post("projects", &body).await.expect(201).json();
        codes.push(made["code"].as_str().unwrap().to_owned());
    }
    let mut content = complete_report_body();
    content["achievements"] = json!(said("done"));
    for (i, code) in codes.iter().enumerate() {
        let milestone = json!({ "title": said("depot"), "due_on": "2024-06-30" });
        officer.post(&format!("projects/{code}/milestones"), &milestone).await.expect(201);
        officer.put(&report_path(code), &content, None).await.expect(201);
        if i > 0 {
            officer.take_transition(code, "submit").await.expect(200);
            let comments = format!("{}/comments", report_path(code));
            officer.post(&comments, &json!({ "text": said("so") })).await.expect(201);
        }
    }
    let representative = app.representative("VN").await;
    representative
        .take_transition_with_comment(&codes[2], "return", &said("why"))
        .await
        .expect(200);
    representative.take_transition(&codes[3], "approve").await.expect(200);
    let more = json!({ "due_on": "2027-02-28", "reason": said("flood") });
    let path = format!("cycles/{CYCLE}/extensions/da-nang");
    app.secretariat().await.put(&path, &more, None).await.expect(201);
    officer.put("cities/da-nang/plans/2018-2025", &json!({ "vision": said("vision") }), None).await;
    app
}

#[actix_web::test]
async fn anonymous_caller_reads_only_public_releases() {
    let app = spawn_full_of_unreleased_words().await;
    let scene = OperationFixture::prepare(&app, FixtureStage::Submitted).await;
    let nobody = app.anonymous();
    let document = openapi_document();
    let mut opened = Vec::new();
    for operation in list_operations(&document) {
        let mut path = scene.fill_path(&operation.path);
        let query = operation.example_query();
        if !query.is_empty() {
            path = format!("{path}?{query}");
        }
        let body = operation
            .request_bodies()
            .into_iter()
            .next()
            .map(|(_, content)| content["example"].clone());
        let answer = nobody.send(&operation.method.to_uppercase(), &path, body.as_ref(), &[]).await;
        assert!(!answer.text.contains(HIDDEN), "{}: {}", operation.id, answer.text);
        if answer.status != 401 || OPEN.contains(&operation.id.as_str()) {
            opened.push(operation.id.clone());
        }
        if RELEASED.contains(&operation.id.as_str()) {
            assert_eq!(answer.status, 200, "{}: {}", operation.id, answer.text);
        }
    }
    let mut expected: Vec<String> =
        OPEN.iter().chain(RELEASED).map(|id| (*id).to_owned()).collect();
    expected.sort();
    opened.sort();
    opened.dedup();
    assert_eq!(opened, expected);
}

#[actix_web::test]
async fn public_release_does_not_show_later_approvals() {
    let app = spawn_full_of_unreleased_words().await;
    let nobody = app.anonymous();
    // The open cycle has an approved report, and no release.
    for path in ["releases/me-2026-r1", "releases/me-2026", "releases/me-2026-r1/reports"] {
        nobody.get(path).await.expect(404);
    }
    let list = nobody.get("releases").await.expect(200).json();
    assert_eq!(list["total"], 4);
    close_cycle(&app, CYCLE).await;
    app.secretariat().await.post("releases", &json!({ "cycle": CYCLE })).await.expect(201);
    let reports = nobody.get("releases/me-2026-r1/reports").await.expect(200).json();
    let shown: Vec<&Value> = reports["items"].as_array().unwrap().iter().collect();
    assert_eq!(shown.len(), 1);
    // What is released is read by everybody, and by nobody who published it.
    assert!(shown[0]["achievements"].as_str().unwrap().contains(HIDDEN));
    let release = nobody.get("releases/me-2026-r1").await.expect(200).json();
    assert!(release["published_by"].is_null(), "{release}");
}

#[actix_web::test]
async fn invalid_token_on_a_public_release_is_401() {
    let app = TestApp::demo_with(&[SETTING]).await;
    app.bearer("forged").get("releases").await.expect(401);
    app.bearer("forged").get("releases/latest/reports").await.expect(401);
    let closed = TestApp::demo().await;
    for path in ["releases", "releases/latest", "releases/me-2022-r1/reports", "releases/nothing"] {
        closed.anonymous().get(path).await.expect(401);
    }
}

#[actix_web::test]
async fn public_release_is_cacheable_forever_and_latest_for_60_seconds() {
    let app = TestApp::demo_with(&[SETTING]).await;
    let nobody = app.anonymous();
    let forever = nobody.get("releases/me-2022-r1/reports").await.expect(200);
    assert_eq!(forever.header("cache-control"), Some("public, max-age=31536000, immutable"));
    let latest = nobody.get("releases/latest/reports").await.expect(200);
    assert_eq!(latest.header("cache-control"), Some("public, max-age=60"));
    assert_eq!(latest.header("content-location"), Some("/api/v1/releases/me-2025-r1/reports"));
    // The same bytes from memory, with the same headers.
    let again = nobody.get("releases/me-2022-r1/reports").await.expect(200);
    assert_eq!((again.etag(), again.text.clone()), (forever.etag(), forever.text.clone()));
    assert_eq!(again.header("cache-control"), forever.header("cache-control"));
    let known = nobody
        .send("GET", "releases/me-2022-r1/reports", None, &[("if-none-match", &forever.etag())])
        .await;
    assert_eq!(known.status, 304);
    // Where releases are not public they are kept by nobody but their reader.
    let closed = TestApp::demo().await;
    let private = closed.reader().await.get("releases/me-2022-r1/reports").await.expect(200);
    assert_eq!(private.header("cache-control"), Some("private, no-cache"));
}

#[actix_web::test]
async fn gzipped_release_has_its_own_etag() {
    let app = TestApp::demo_with(&[SETTING]).await;
    let nobody = app.anonymous();
    let path = "releases/me-2022-r1/reports";
    let plain = nobody.get(path).await.expect(200);
    let packed = nobody.send("GET", path, None, &[("accept-encoding", "gzip")]).await.expect(200);
    assert_eq!(packed.header("content-encoding"), Some("gzip"));
    assert!(plain.header("content-encoding").is_none());
    let length = |a: &crate::helpers::TestResponse| {
        a.header("content-length").unwrap().parse::<usize>().unwrap()
    };
    assert!(length(&packed) * 4 < length(&plain), "{} {}", length(&packed), length(&plain));
    // Other bytes have another tag, and each is known again.
    assert_ne!(packed.etag(), plain.etag());
    let ask = |coding: &'static str, tag: String| {
        let nobody = app.anonymous();
        async move {
            let headers = [("accept-encoding", coding), ("if-none-match", tag.as_str())];
            nobody.send("GET", path, None, &headers).await.status
        }
    };
    assert_eq!(ask("gzip", packed.etag()).await, 304);
    assert_eq!(ask("identity", plain.etag()).await, 304);
    assert_eq!(ask("identity", packed.etag()).await, 200);
}

#[actix_web::test]
async fn latest_has_the_content_location_of_the_same_answer() {
    let app = TestApp::demo_with(&[SETTING]).await;
    let nobody = app.anonymous();
    for (path, headers, expected) in [
        ("", &[][..], ""),
        ("/verify", &[], "/verify"),
        ("/report", &[("accept-language", "vi")], "/report?lang=vi"),
        ("/reports?format=csv", &[], "/reports?format=csv"),
        ("/reports?country=VN", &[("accept", "text/csv")], "/reports?country=VN&format=csv"),
        ("/data", &[], "/data"),
        ("/figures/table?rows=status&lang=vi", &[], "/figures/table?rows=status&lang=vi"),
        ("/figures/map", &[("accept", "application/geo+json")], "/figures/map?format=geojson"),
    ] {
        let latest = nobody.send("GET", &format!("releases/latest{path}"), None, headers).await;
        let latest = latest.expect(200);
        let location = latest.header("content-location").unwrap();
        assert_eq!(location, format!("/api/v1/releases/me-2025-r1{expected}"));
        let same = nobody.get(location).await.expect(200);
        assert_eq!(same.header("content-type"), latest.header("content-type"), "{location}");
        assert_eq!(same.etag(), latest.etag(), "{location}");
        assert_eq!(same.header("content-location"), None);
    }
}
