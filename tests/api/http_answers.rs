//! Answers as HTTP sees them: their end, their compression, and tags that a proxy weakened.

use std::io::Read as _;

use serde_json::json;

use crate::{
    contract_probe::ContractProbe,
    helpers::TestApp,
    operations::{list_operations, openapi_document},
};

#[actix_web::test]
async fn json_answer_ends_with_one_line_break() {
    let app = TestApp::demo().await;
    let mut count = 0;
    for operation in list_operations(&openapi_document()) {
        if operation.method != "get" {
            continue;
        }
        let answer = ContractProbe::prepare(&app, &operation).await.call_with_examples().await;
        let media = answer.expect(200);
        if media.header("content-type").unwrap().ends_with("json") {
            let text = &media.text;
            assert!(text.ends_with("}\n") && !text.ends_with("\n\n"), "{}", operation.id);
            count += 1;
        }
    }
    assert!(count > 40, "{count}");
    let nobody = app.anonymous();
    for path in ["projects", "nothing", "/openapi.json", "/catalog.jsonld"] {
        assert!(nobody.get(path).await.text.ends_with("}\n"), "{path}");
    }
    let geojson = "releases/me-2022-r1/reports?format=geojson";
    assert!(app.reader().await.get(geojson).await.expect(200).text.ends_with("]}\n"));
}

#[actix_web::test]
async fn canonical_content_of_a_release_has_no_line_break_at_its_end() {
    let app = TestApp::demo().await;
    let content = app.reader().await.get("releases/me-2025-r1/data?format=json").await.expect(200);
    assert!(content.text.ends_with('}'));
}

#[actix_web::test]
async fn weak_if_match_counts_by_its_version() {
    let app = TestApp::demo().await;
    let officer = app.officer("da-nang").await;
    let path = "projects/da-nang-1";
    for tag in ["*", "W/*", "W/v1", "w/\"v1\"", "W/\"v9-0f3a91c2\"", "W/\"v1\", \"v1\""] {
        let body = json!({ "inclusion_note": tag });
        officer.patch(path, &body, Some(tag)).await.expect(412);
    }
    for weakened in [true, false] {
        let tag = officer.get(path).await.expect(200).etag();
        let tag = if weakened { format!("W/{tag}") } else { tag };
        let body = json!({ "inclusion_note": tag });
        officer.patch(path, &body, Some(&tag)).await.expect(200);
    }
    // An optional tag is read in the same way.
    let submit = "projects/da-nang-1/reports/me-2026/submit";
    let report = json!({ "status": "ongoing", "achievements": "All." });
    officer.put("projects/da-nang-1/reports/me-2026", &report, None).await.expect(201);
    let stale = [("if-match", "W/\"v7\"")];
    officer.send("POST", submit, None, &stale).await.expect(412);
}

#[actix_web::test]
async fn single_record_is_compressed_on_request() {
    let app = TestApp::demo().await;
    let officer = app.officer("da-nang").await;
    let path = "projects/da-nang-1";
    let plain = officer.get(path).await.expect(200);
    assert_eq!(plain.header("content-encoding"), None);
    let url = format!("{}/api/v1/{path}", app.address);
    let request = app.client.get(url).bearer_auth(officer.token.as_deref().unwrap());
    let packed = request.header("accept-encoding", "gzip").send().await.unwrap();
    assert_eq!(packed.headers()["content-encoding"], "gzip");
    let tag = packed.headers()["etag"].to_str().unwrap().to_owned();
    assert_eq!(tag, format!("{}-gzip\"", plain.etag().trim_end_matches('"')));
    let bytes = packed.bytes().await.unwrap();
    assert!(bytes.len() < plain.text.len());
    let mut text = String::new();
    flate2::read::GzDecoder::new(&*bytes).read_to_string(&mut text).unwrap();
    assert_eq!(text, plain.text);
    // The tag of the compressed answer names the same version, and spares the same answer.
    let known = [("accept-encoding", "gzip"), ("if-none-match", tag.as_str())];
    officer.send("GET", path, None, &known).await.expect(304);
    let body = json!({ "inclusion_note": "Everybody." });
    officer.patch(path, &body, Some(&tag)).await.expect(200);
}

#[actix_web::test]
async fn range_of_a_released_map_is_206_with_its_bytes() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    let path = "/api/v1/releases/me-2025-r1/reports?format=geojson";
    let whole = reader.get(path).await.expect(200);
    let etag = whole.etag();
    let ask = async |headers: &[(&str, &str)]| reader.send("GET", path, None, headers).await;
    let part = ask(&[("range", "bytes=10-19"), ("if-range", &etag)]).await.expect(206);
    assert_eq!(part.text, whole.text[10..20]);
    let range = format!("bytes 10-19/{}", whole.text.len());
    assert_eq!(part.header("content-range"), Some(range.as_str()));
    for headers in [
        [("range", "bytes=10-19"), ("if-range", "\"other\"")],
        [("range", "bytes=0-1,4-5"), ("accept", "*/*")],
    ] {
        assert_eq!(ask(&headers).await.expect(200).text, whole.text, "{headers:?}");
    }
}
