//! The annual report: every number in it is one that can be asked for, every text is shown as it was written, and the page is
//! one that a browser, a printer and a screen reader take as it is.

use std::collections::{BTreeMap, BTreeSet};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::{
    filing::{CYCLE, approve, cycle, desk, ready},
    helpers::{Caller, TestApp},
    html::{Element, barriers, parse},
    releases::{amend, closed, publish},
    scene::close,
};

async fn page(caller: &Caller<'_>, path: &str) -> Vec<Element> {
    parse(&caller.get(path).await.expect(200).text)
}

/// The numbers of a table by row, status (where cells have one) and column.
fn numbers(page: &[Element], table: &str) -> BTreeMap<(String, String, String), String> {
    let cells = page.iter().filter(|e| e.is("td") && e.attribute("data-table") == table);
    cells
        .map(|e| {
            let at = |name: &str| e.attribute(&format!("data-{name}")).to_owned();
            ((at("row"), at("status"), at("column")), e.text.clone())
        })
        .collect()
}

async fn figures(caller: &Caller<'_>, query: &str) -> Value {
    caller.get(&format!("figures/table?{query}")).await.expect(200).json()
}

/// Holds a table of counts against that of the API, cell by cell.
fn same_counts(
    shown: &BTreeMap<(String, String, String), String>,
    status: &str,
    table: &Value,
) -> i64 {
    let mut seen = 0;
    for cell in table["cells"].as_array().unwrap() {
        let at = |name: &str| cell[name].as_str().unwrap().to_owned();
        let n = cell["value"].as_i64().unwrap();
        match shown.get(&(at("row"), status.to_owned(), at("column"))) {
            Some(text) => assert_eq!(text, &n.to_string(), "{cell}"),
            // What nobody reports has no row.
            None => assert_eq!(n, 0, "{cell}"),
        }
        seen += n;
    }
    seen
}

#[actix_web::test]
async fn every_number_of_the_exhibits_is_that_of_the_figures() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    for cycle in ["me-2022", "me-2025"] {
        let release = reader.get(&format!("releases/{cycle}-r1")).await.expect(200).json();
        let page = page(&reader, &format!("releases/{cycle}-r1/report")).await;
        let total = release["counts"]["reports"].as_i64().unwrap();

        let areas =
            figures(&reader, &format!("rows=focus_area&columns=status&cycle={cycle}")).await;
        let statuses = numbers(&page, "statuses");
        assert_eq!(same_counts(&statuses, "", &areas), total);
        // Six focus areas and the total, by six statuses and the total.
        assert_eq!(statuses.len(), 7 * 7);
        let shares = numbers(&page, "shares");
        let (mut tenths, mut counted) = (0, 0);
        for (area, n) in areas["row_totals"].as_object().unwrap() {
            let at = |column: &str| shares[&(area.clone(), String::new(), column.into())].clone();
            assert_eq!(at("count"), n.to_string());
            assert_eq!(statuses[&(area.clone(), String::new(), "total".into())], n.to_string());
            let share: i64 = at("share").trim_end_matches('%').replace('.', "").parse().unwrap();
            // Between the exact share rounded down and rounded up.
            let off = (share * total - n.as_i64().unwrap() * 1_000).abs();
            assert!(off < total, "{area} {share}");
            tenths += share;
            counted += n.as_i64().unwrap();
        }
        assert_eq!((tenths, counted), (1_000, total));

        let cities = numbers(&page, "cities");
        let mut counted = 0;
        for status in ["planning", "ongoing", "completed", "suspended", "cancelled", "not_stated"] {
            let query = format!("rows=city&columns=focus_area&status={status}&cycle={cycle}");
            counted += same_counts(&cities, status, &figures(&reader, &query).await);
            let told = release["counts"]["statuses"][status].as_i64().unwrap_or_default();
            let total = &statuses[&("total".into(), String::new(), status.into())];
            assert_eq!(total, &told.to_string());
        }
        assert_eq!(counted, total);

        let countries =
            figures(&reader, &format!("rows=country&columns=status&cycle={cycle}")).await;
        assert_eq!(same_counts(&numbers(&page, "countries"), "", &countries), total);
        let unknown = numbers(&page, "unknown");
        let not_stated = &unknown[&("status".into(), String::new(), "count".into())];
        assert_eq!(not_stated, &areas["coverage"]["not_stated"].to_string());
        let coverage = page.iter().find(|e| e.attribute("data-count") == "silent").unwrap();
        let said = format!(
            "{} cities have a report, of {} that were to report",
            areas["coverage"]["cities_reporting"], areas["coverage"]["cities_expected"]
        );
        assert!(coverage.text.starts_with(&said), "{}", coverage.text);
    }
}

#[actix_web::test]
async fn every_project_is_listed_with_what_its_record_says() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    let page = page(&reader, "releases/me-2022-r1/report").await;
    let records = reader.get("releases/me-2022-r1/reports?limit=1000").await.expect(200).json();
    let statuses: Vec<(&str, &str)> = page
        .iter()
        .filter(|e| {
            e.attributes.contains_key("data-status") && !e.attribute("data-project").is_empty()
        })
        .map(|e| (e.attribute("data-project"), e.attribute("data-status")))
        .collect();
    for record in records["items"].as_array().unwrap() {
        let told = (record["project"].as_str().unwrap(), record["status"].as_str().unwrap());
        // On the page of its country and in the list.
        assert_eq!(statuses.iter().filter(|s| **s == told).count(), 2, "{told:?}");
        let title = record["header"]["title"].as_str().unwrap();
        assert!(page.iter().any(|e| e.is("bdi") && e.text == title), "{title}");
    }
    assert_eq!(statuses.len(), 2 * 77);
}

#[actix_web::test]
async fn means_are_those_of_the_figures_with_what_they_rest_on() {
    let app = closed().await;
    publish(&app, None).await;
    let reader = app.reader().await;
    let page = page(&reader, "releases/me-2026-r1/report").await;
    for (rows, table) in [("focus_area", "progress-focus-area"), ("country", "progress-country")] {
        let query = format!("rows={rows}&measure=percent_complete&cycle={CYCLE}");
        let asked = figures(&reader, &query).await;
        let shown = numbers(&page, table);
        for cell in asked["cells"].as_array().unwrap() {
            let row = cell["row"].as_str().unwrap();
            let at = |column: &str| shown[&(row.to_owned(), String::new(), column.into())].clone();
            assert_eq!(
                (at("known"), at("of")),
                (cell["known"].to_string(), cell["of"].to_string())
            );
            let exact = page.iter().find(|e| {
                e.attribute("data-table") == table
                    && e.attribute("data-row") == row
                    && e.attribute("data-column") == "mean"
            });
            let exact =
                exact.unwrap().attributes.get("data-value").map(|v| v.parse::<f64>().unwrap());
            assert_eq!(exact, cell["value"].as_f64(), "{cell}");
            assert_eq!(at("mean") == "not stated", exact.is_none(), "{cell}");
        }
        assert_eq!(shown[&("total".into(), String::new(), "mean".into())], "62.5%");
    }
}

#[actix_web::test]
async fn names_stand_in_their_own_script_with_their_language() {
    let app = TestApp::demo().await;
    let page = page(&app.reader().await, "releases/me-2025-r1/report").await;
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
        let found = page.iter().find(|e| e.is("bdi") && e.text == name);
        let found = found.unwrap_or_else(|| panic!("{name}"));
        assert_eq!(found.attribute("lang"), language, "{name}");
        assert_eq!(found.attribute("dir"), if language == "ms-Arab" { "rtl" } else { "" });
    }
}

#[actix_web::test]
async fn what_people_write_is_shown_and_not_obeyed() {
    const TITLE: &str = r#"</title><script>alert("1")</script> & 'one' <b a="2">"#;
    // A mark that is no override, and letters that are written from right to left.
    const LOCAL: &str = "\u{200F}شارع <i>ذكي</i> ทดสอบ";
    const LONG: &str = "Xyloxyloxyloxyloxyloxyloxyloxyloxyloxyloxyloxyloxyloxyloxyloxyloxyloxyloxyloxyloxyloxyloxylo";
    let app = desk().await;
    let officer = app.officer("da-nang").await;
    for (title, local) in [(TITLE, LOCAL), (LONG, "Đường \"thông minh\" & an toàn")] {
        let body = json!({
            "city": "da-nang", "plan_cycle": "2018-2025", "title": title, "title_local": local, "summary": "What it is about.",
            "focus_area": "built-infrastructure", "starts_on": "2021-01-01", "ends_on": "2025-12-31"
        });
        let code = officer.post("projects", &body).await.expect(201).json()["code"].clone();
        approve(&app, code.as_str().unwrap()).await;
    }
    close(&app, CYCLE).await;
    let note = "</style><img src=x onerror=alert(1)>\n&amp; \"so\"";
    publish(&app, Some(note)).await;
    let mut other = ready();
    other["percent_complete"] = json!(70);
    let why = "<svg onload=alert(1)> \u{200F}لأن";
    amend(&app, "da-nang-2", why, &other).await;
    publish(&app, Some(note)).await;
    let reader = app.reader().await;
    for path in ["releases/me-2026-r1/report", "releases/me-2026-r2/report?lang=vi"] {
        let page = page(&reader, path).await;
        for text in [TITLE, LOCAL, LONG, note] {
            assert!(page.iter().any(|e| e.is("bdi") && e.text == text), "{text}");
        }
        for name in ["script", "img", "b", "i"] {
            assert!(!page.iter().any(|e| e.is(name)), "{name}");
        }
    }
    let second = page(&reader, "releases/me-2026-r2/report").await;
    assert!(second.iter().any(|e| e.is("bdi") && e.text == why));
}

#[actix_web::test]
async fn a_second_release_says_what_it_corrects_and_why() {
    let app = closed().await;
    publish(&app, None).await;
    let mut other = ready();
    other["status"] = json!("completed");
    other["percent_complete"] = json!(100);
    amend(&app, "da-nang-1", "The percentage was that of another project.", &other).await;
    let release = publish(&app, Some("The second one.")).await;
    let reader = app.reader().await;
    let first = reader.get("releases/me-2026-r1/report").await.expect(200).text;
    assert!(!first.contains("data-erratum") && first.contains("first release of its cycle"));
    let html = reader.get("releases/me-2026-r2/report").await.expect(200).text;
    let page = parse(&html);
    let errata: Vec<&Element> =
        page.iter().filter(|e| e.attributes.contains_key("data-erratum")).collect();
    let [erratum] = &errata[..] else { panic!("{errata:?}") };
    assert_eq!(erratum.attribute("data-erratum"), "da-nang-1");
    for said in ["The percentage was that of another project.", "Project 1 of da-nang", "Changed"] {
        assert!(erratum.text.contains(said), "{said}: {}", erratum.text);
    }
    for row in ["StatusOn-goingCompleted", "Percent complete62.5%100%"] {
        assert!(page.iter().any(|e| e.is("tr") && e.text == row), "{row}: {}", erratum.text);
    }
    // A row for each figure that changed, below the head of the table.
    let rows =
        html.split("id=\"figures-changed\"").nth(1).unwrap().split("</table>").next().unwrap();
    let changed = release["figures_changed"].as_array().unwrap().len();
    assert_eq!(rows.matches("<tr>").count(), changed + 1);
    let row = "Percent completeFocus area: Built InfrastructureStatus: On-goingnot stated62.5%";
    assert!(!page.iter().any(|e| e.text == row));
    for row in [
        "ProjectsCity: Da NangStatus: On-going21",
        "ProjectsCity: Da NangStatus: Completed01",
        "Percent completeFocus area: Built InfrastructureStatus: Completednot stated100%",
    ] {
        assert!(page.iter().any(|e| e.is("tr") && e.text == row), "{row}");
    }
}

#[actix_web::test]
async fn a_report_says_what_changed_since_the_cycle_before() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    let mut of = BTreeMap::new();
    for cycle in ["me-2024", "me-2025"] {
        let path = format!("releases/{cycle}-r1/reports?limit=1000");
        let all = reader.get(&path).await.expect(200).json()["items"].as_array().unwrap().clone();
        let told = all.iter().map(|r| {
            let text = |name: &str| r[name].as_str().unwrap().to_owned();
            (text("project"), text("status"))
        });
        of.insert(cycle, told.collect::<BTreeMap<String, String>>());
    }
    let (then, now) = (&of["me-2024"], &of["me-2025"]);
    let html = reader.get("releases/me-2025-r1/report").await.expect(200).text;
    let page = parse(&html);
    let moved: BTreeSet<&str> =
        page.iter().map(|e| e.attribute("data-moved")).filter(|m| !m.is_empty()).collect();
    let expected: BTreeSet<&str> = now
        .iter()
        .filter(|(code, is)| {
            let was = then.get(*code).map(String::as_str);
            was.is_some_and(|was| was != "not_stated" && *is != "not_stated" && was != *is)
        })
        .map(|(code, _)| code.as_str())
        .collect();
    assert!(!expected.is_empty());
    assert_eq!(moved, expected);
    for (table, reports) in [("then", then), ("now", now)] {
        for ((status, ..), n) in numbers(&page, table) {
            let counted = reports.values().filter(|s| **s == status).count();
            assert_eq!(n, counted.to_string(), "{table} {status}");
        }
    }
    assert!(html.contains("Monitoring and evaluation 2024 (me-2024-r1)"));
    let came = now.keys().filter(|code| !then.contains_key(*code)).count();
    let went = then.keys().filter(|code| !now.contains_key(*code)).count();
    let changes = html
        .split("id=\"changes\"")
        .nth(1)
        .unwrap()
        .split("<section id=\"corrections\"")
        .next()
        .unwrap();
    assert_eq!(changes.matches("<li>").count(), came + went);
    // The first of all has nothing before it.
    let first = reader.get("releases/me-2022-r1/report").await.expect(200).text;
    assert!(first.contains("There is no release of an earlier cycle"));
}

#[actix_web::test]
async fn a_release_that_comes_later_changes_nothing_in_a_report() {
    const NEXT: &str = "me-2027";
    let app = closed().await;
    publish(&app, None).await;
    let secretariat = app.secretariat().await;
    let mut next = cycle(NEXT);
    next["as_of"] = json!("2027-12-31");
    secretariat.post("cycles", &next).await.expect(201);
    secretariat.send("POST", &format!("cycles/{NEXT}/open"), None, &[]).await.expect(200);
    let path = format!("projects/da-nang-1/reports/{NEXT}");
    let officer = app.officer("da-nang").await;
    officer.put(&path, &ready(), None).await.expect(201);
    officer.send("POST", &format!("{path}/submit"), None, &[]).await.expect(200);
    let representative = app.representative("VN").await;
    representative.send("POST", &format!("{path}/approve"), None, &[]).await.expect(200);
    close(&app, NEXT).await;
    secretariat.post("releases", &json!({ "cycle": NEXT })).await.expect(201);
    let report = format!("releases/{NEXT}-r1/report");
    let before = app.reader().await.get(&report).await.expect(200);
    assert!(before.text.contains("(me-2026-r1)"));
    assert!(before.text.contains("<span class=\"code\">da-nang-2</span>"));

    let mut other = ready();
    other["percent_complete"] = json!(70);
    amend(&app, "da-nang-1", "A slip.", &other).await;
    assert_eq!(publish(&app, None).await["release"], "me-2026-r2");
    // Made anew, by an instance that has nothing in memory, from a database in which the later release is.
    let again = app.again().await;
    let token = app.reader().await.token.unwrap();
    let after = again.bearer(&token).get(&report).await.expect(200);
    assert_eq!((after.etag(), &after.text), (before.etag(), &before.text));
}

#[actix_web::test]
async fn the_page_is_whole_bars_nobody_and_loads_nothing() {
    let app = closed().await;
    publish(&app, None).await;
    let mut other = ready();
    other["percent_complete"] = json!(70);
    amend(&app, "da-nang-1", "A slip.", &other).await;
    publish(&app, None).await;
    let demo = TestApp::demo().await;
    let (reader, demo) = (app.reader().await, demo.reader().await);
    for (caller, path, language) in [
        (&reader, "releases/me-2026-r1/report", "en"),
        (&reader, "releases/me-2026-r2/report?lang=vi", "vi"),
        (&demo, "releases/me-2022-r1/report?lang=vi-VN", "vi"),
        (&demo, "releases/me-2025-r1/report", "en"),
    ] {
        let answer = caller.get(path).await.expect(200);
        let page = parse(&answer.text);
        assert_eq!(barriers(&page), [""; 0], "{path}");
        assert_eq!(page[0].attribute("lang"), language);
        assert_eq!(answer.header("content-language"), Some(language));
        assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"));
        let key = path.split('/').nth(1).unwrap();
        let name = format!("inline; filename=\"ascn-{key}-report.html\"");
        assert_eq!(answer.header("content-disposition"), Some(name.as_str()));
        let [style] = &page.iter().filter(|e| e.is("style")).collect::<Vec<_>>()[..] else {
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
async fn a_vietnamese_page_speaks_vietnamese() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    let path = "releases/me-2025-r1/report";
    let headings = |page: &[Element]| -> Vec<String> {
        let is_heading =
            |e: &&Element| ["h1", "h2", "h3", "th", "caption", "dt"].contains(&e.name.as_str());
        page.iter().filter(is_heading).map(|e| e.text.clone()).collect()
    };
    let english = page(&reader, path).await;
    let answer = reader.send("GET", path, None, &[("accept-language", "vi-VN, en;q=0.5")]).await;
    let vietnamese = parse(&answer.expect(200).text);
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
        assert_eq!(numbers(&english, table), numbers(&vietnamese, table));
    }
    assert!(numbers(&vietnamese, "shares").values().any(|n| n.ends_with(",4%")));
}

#[actix_web::test]
async fn the_report_is_read_by_those_who_read_releases() {
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
