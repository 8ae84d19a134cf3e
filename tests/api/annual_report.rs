//! The annual report: every number in it is one that can be asked for, every text is shown as it was written, and the page is
//! one that a browser, a printer and a screen reader take as it is.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::{
    helpers::{Caller, TestApp},
    html_page::{Element, find_accessibility_faults, parse_page},
    operation_fixture::close_cycle,
    releases::{amend_report, publish_release, spawn_with_closed_cycle},
    report_fixtures::{CYCLE, complete_report_body, file_and_approve, spawn_with_open_cycle},
};

mod changes;
mod numbers;

async fn read_page(caller: &Caller<'_>, path: &str) -> Vec<Element> {
    parse_page(&caller.get(path).await.expect(200).text)
}

/// The numbers of a table by row, status (where cells have one) and column.
fn table_numbers(page: &[Element], table: &str) -> BTreeMap<(String, String, String), String> {
    let cells = page.iter().filter(|e| e.is_named("td") && e.attribute("data-table") == table);
    cells
        .map(|e| {
            let at = |name: &str| e.attribute(&format!("data-{name}")).to_owned();
            ((at("row"), at("status"), at("column")), e.text.clone())
        })
        .collect()
}

#[actix_web::test]
async fn annual_report_marks_local_names_with_lang_and_dir() {
    let app = TestApp::demo().await;
    let page = read_page(&app.reader().await, "releases/me-2025-r1/report").await;
    for (language, name) in [
        ("th", "กรุงเทพมหานคร"),
        ("lo", "ວຽງຈັນ"),
        ("km", "ភ្នំពេញ"),
        ("my", "ရန်ကုန်"),
        ("vi", "Thành phố Hồ Chí Minh"),
        ("ms-Arab", "بندر سري بݢاوان"),
        ("ta", "சிங்கப்பூர்"),
        ("zh", "新加坡"),
    ] {
        let found = page.iter().find(|e| e.is_named("bdi") && e.text == name);
        let found = found.unwrap_or_else(|| panic!("{name}"));
        assert_eq!(found.attribute("lang"), language, "{name}");
        assert_eq!(found.attribute("dir"), if language == "ms-Arab" { "rtl" } else { "" });
    }
}

#[actix_web::test]
async fn annual_report_escapes_user_text() {
    const TITLE: &str = r#"</title><script>alert("1")</script> & 'one' <b a="2">"#;
    // A mark that is no override, and letters that are written from right to left.
    const LOCAL: &str = "\u{200F}شارع <i>ذكي</i> ทดสอบ";
    const LONG: &str = "Xyloxyloxyloxyloxyloxyloxyloxyloxyloxyloxyloxyloxyloxyloxyloxyloxyloxyloxyloxyloxyloxyloxylo";
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    for (title, local) in [(TITLE, LOCAL), (LONG, "Đường \"thông minh\" & an toàn")] {
        let body = json!({
            "city": "da-nang", "plan_cycle": "2018-2025", "title": title, "title_local": local, "summary": "What it is about.",
            "focus_area": "built-infrastructure", "starts_on": "2021-01-01", "ends_on": "2025-12-31"
        });
        let code = officer.post("projects", &body).await.expect(201).json()["code"].clone();
        file_and_approve(&app, code.as_str().unwrap()).await;
    }
    close_cycle(&app, CYCLE).await;
    let note = "</style><img src=x onerror=alert(1)>\n&amp; \"so\"";
    publish_release(&app, Some(note)).await;
    let mut other = complete_report_body();
    other["percent_complete"] = json!(70);
    let why = "<svg onload=alert(1)> \u{200F}لأن";
    amend_report(&app, "da-nang-2", why, &other).await;
    publish_release(&app, Some(note)).await;
    let reader = app.reader().await;
    for path in ["releases/me-2026-r1/report", "releases/me-2026-r2/report?lang=vi"] {
        let page = read_page(&reader, path).await;
        for text in [TITLE, LOCAL, LONG, note] {
            assert!(page.iter().any(|e| e.is_named("bdi") && e.text == text), "{text}");
        }
        for name in ["script", "img", "b", "i"] {
            assert!(!page.iter().any(|e| e.is_named(name)), "{name}");
        }
    }
    let second = read_page(&reader, "releases/me-2026-r2/report").await;
    assert!(second.iter().any(|e| e.is_named("bdi") && e.text == why));
}

#[actix_web::test]
async fn annual_report_is_accessible_and_loads_no_external_resource() {
    let app = spawn_with_closed_cycle().await;
    publish_release(&app, None).await;
    let mut other = complete_report_body();
    other["percent_complete"] = json!(70);
    amend_report(&app, "da-nang-1", "A slip.", &other).await;
    publish_release(&app, None).await;
    let demo = TestApp::demo().await;
    let (reader, demo) = (app.reader().await, demo.reader().await);
    for (caller, path, language) in [
        (&reader, "releases/me-2026-r1/report", "en"),
        (&reader, "releases/me-2026-r2/report?lang=vi", "vi"),
        (&demo, "releases/me-2022-r1/report?lang=vi-VN", "vi"),
        (&demo, "releases/me-2025-r1/report", "en"),
    ] {
        let answer = caller.get(path).await.expect(200);
        let page = parse_page(&answer.text);
        assert_eq!(find_accessibility_faults(&page), [""; 0], "{path}");
        assert_eq!(page[0].attribute("lang"), language);
        assert_eq!(answer.header("content-language"), Some(language));
        assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"));
        let key = path.split('/').nth(1).unwrap();
        let name = format!("inline; filename=\"ascn-{key}-report.html\"");
        assert_eq!(answer.header("content-disposition"), Some(name.as_str()));
        let [style] = &page.iter().filter(|e| e.is_named("style")).collect::<Vec<_>>()[..] else {
            panic!("one style is expected")
        };
        assert_eq!(style.within, ["html", "head"]);
        // The policy allows the style that is there, byte by byte, and nothing else.
        let sheet = answer.text.split_once("<style>").unwrap().1.split_once("</style>").unwrap().0;
        let hash = STANDARD.encode(Sha256::digest(sheet.as_bytes()));
        let policy = answer.header("content-security-policy").unwrap();
        assert!(
            policy.starts_with(&format!("default-src 'none'; style-src 'sha256-{hash}';")),
            "{policy}"
        );
        assert!(!sheet.contains("url(") && !sheet.contains("@import"));
    }
}

#[actix_web::test]
async fn annual_report_in_vietnamese_has_the_same_numbers() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    let path = "releases/me-2025-r1/report";
    let headings = |page: &[Element]| -> Vec<String> {
        let is_heading =
            |e: &&Element| ["h1", "h2", "h3", "th", "caption", "dt"].contains(&e.name.as_str());
        page.iter().filter(is_heading).map(|e| e.text.clone()).collect()
    };
    let english = read_page(&reader, path).await;
    let answer = reader.send("GET", path, None, &[("accept-language", "vi-VN, en;q=0.5")]).await;
    let vietnamese = parse_page(&answer.expect(200).text);
    let (ours, theirs) = (headings(&english), headings(&vietnamese));
    assert_eq!(ours.len(), theirs.len());
    for word in [
        "Cách đọc báo cáo này",
        "Tình trạng theo lĩnh vực trọng tâm",
        "Những điều chưa biết",
        "Đang triển khai",
    ] {
        assert!(theirs.iter().any(|h| h == word), "{word}");
    }
    for word in ["How to read this report", "Status by focus area", "What is not known", "On-going"]
    {
        assert!(ours.iter().any(|h| h == word) && !theirs.iter().any(|h| h == word), "{word}");
    }
    // The same numbers, in whatever words.
    for table in ["statuses", "cities", "countries", "unknown", "then", "now"] {
        assert_eq!(table_numbers(&english, table), table_numbers(&vietnamese, table));
    }
    assert!(table_numbers(&vietnamese, "shares").values().any(|n| n.ends_with(",4%")));
}

#[actix_web::test]
async fn annual_report_is_as_public_and_cacheable_as_its_release() {
    let app = TestApp::demo_with(&[("ASCN_PUBLIC_RELEASES", "true")]).await;
    let nobody = app.anonymous();
    let path = "releases/me-2022-r1/report";
    let open = nobody.get(path).await.expect(200);
    assert_eq!(open.header("cache-control"), Some("public, max-age=31536000, immutable"));
    let again = nobody.send("GET", path, None, &[("if-none-match", &open.etag())]).await;
    again.expect(304);
    let packed = nobody.send("GET", path, None, &[("accept-encoding", "gzip")]).await.expect(200);
    assert_eq!(packed.header("content-encoding"), Some("gzip"));
    let policy = open.header("content-security-policy");
    assert!(policy.is_some() && packed.header("content-security-policy") == policy);
    let latest = nobody.get("releases/latest/report").await.expect(200);
    assert_eq!(latest.header("cache-control"), Some("public, max-age=60"));
    assert!(latest.text.contains("me-2025-r1"));
    for (path, status) in [
        ("releases/me-2022-r9/report", 404),
        ("releases/me-2022/report?lang=xx", 404),
        ("releases/me-2022-r1/report?lang=xx", 400),
        ("releases/me-2022-r1/report?lang=en&lang=vi", 400),
        ("releases/me-2022-r1/report?format=pdf", 400),
        ("releases/me-2022-r1/report/", 404),
    ] {
        nobody.get(path).await.expect(status);
    }
    nobody.post(path, &json!({})).await.expect(405);
    let closed = TestApp::demo().await;
    closed.anonymous().get(path).await.expect(401);
    closed.officer("da-nang").await.get(path).await.expect(200);
}
