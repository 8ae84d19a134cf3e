//! What the report says of what became another: corrections, and the cycle before.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::table_numbers;
use crate::{
    helpers::TestApp,
    html_page::{Element, parse_page},
    operation_fixture::close_cycle,
    releases::{amend_report, publish_release, spawn_with_closed_cycle},
    report_fixtures::{complete_report_body, cycle_body},
};

#[actix_web::test]
async fn annual_report_of_a_second_release_lists_errata_with_reasons() {
    let app = spawn_with_closed_cycle().await;
    publish_release(&app, None).await;
    let mut other = complete_report_body();
    other["status"] = json!("completed");
    other["percent_complete"] = json!(100);
    amend_report(&app, "da-nang-1", "The percentage was that of another project.", &other).await;
    let release = publish_release(&app, Some("The second one.")).await;
    let reader = app.reader().await;
    let first = reader.get("releases/me-2026-r1/report").await.expect(200).text;
    assert!(!first.contains("data-erratum") && first.contains("first release of its cycle"));
    let html = reader.get("releases/me-2026-r2/report").await.expect(200).text;
    let page = parse_page(&html);
    let errata: Vec<&Element> =
        page.iter().filter(|e| e.attributes.contains_key("data-erratum")).collect();
    let [erratum] = &errata[..] else { panic!("{errata:?}") };
    assert_eq!(erratum.attribute("data-erratum"), "da-nang-1");
    for said in ["The percentage was that of another project.", "Project 1 of da-nang", "Changed"] {
        assert!(erratum.text.contains(said), "{said}: {}", erratum.text);
    }
    for row in ["StatusOn-goingCompleted", "Percent complete62.5%100%"] {
        assert!(page.iter().any(|e| e.is_named("tr") && e.text == row), "{row}: {}", erratum.text);
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
        assert!(page.iter().any(|e| e.is_named("tr") && e.text == row), "{row}");
    }
}

#[actix_web::test]
async fn annual_report_lists_changes_since_the_previous_cycle() {
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
    let page = parse_page(&html);
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
        for ((status, ..), n) in table_numbers(&page, table) {
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
async fn annual_report_does_not_change_with_later_releases() {
    const NEXT: &str = "me-2027";
    let app = spawn_with_closed_cycle().await;
    publish_release(&app, None).await;
    let secretariat = app.secretariat().await;
    let mut next = cycle_body(NEXT);
    next["as_of"] = json!("2027-12-31");
    secretariat.post("cycles", &next).await.expect(201);
    secretariat.send("POST", &format!("cycles/{NEXT}/open"), None, &[]).await.expect(200);
    let path = format!("projects/da-nang-1/reports/{NEXT}");
    let officer = app.officer("da-nang").await;
    officer.put(&path, &complete_report_body(), None).await.expect(201);
    officer.send("POST", &format!("{path}/submit"), None, &[]).await.expect(200);
    let representative = app.representative("VN").await;
    representative.send("POST", &format!("{path}/approve"), None, &[]).await.expect(200);
    close_cycle(&app, NEXT).await;
    secretariat.post("releases", &json!({ "cycle": NEXT })).await.expect(201);
    let report = format!("releases/{NEXT}-r1/report");
    let before = app.reader().await.get(&report).await.expect(200);
    assert!(before.text.contains("(me-2026-r1)"));
    assert!(before.text.contains("<span class=\"code\">da-nang-2</span>"));

    let mut other = complete_report_body();
    other["percent_complete"] = json!(70);
    amend_report(&app, "da-nang-1", "A slip.", &other).await;
    assert_eq!(publish_release(&app, None).await["release"], "me-2026-r2");
    // Made anew, by an instance that has nothing in memory, from a database in which the later release is.
    let again = app.spawn_second_instance().await;
    let token = app.reader().await.token.unwrap();
    let after = again.bearer(&token).get(&report).await.expect(200);
    assert_eq!((after.etag(), &after.text), (before.etag(), &before.text));
}
