//! What one release corrects of another, and why.

use serde_json::{Value, json};

use crate::{
    helpers::TestApp,
    html_page::parse_page,
    releases::{publish_release, spawn_with_closed_cycle},
    report_fixtures::{CYCLE, complete_report_body, report_path},
};

/// Lets Da Nang correct its reports of the closed cycle.
async fn grant_extension(app: &TestApp) {
    let more = json!({ "due_on": "2027-06-30", "reason": "To correct it." });
    let extension = format!("cycles/{CYCLE}/extensions/da-nang");
    app.secretariat().await.put(&extension, &more, None).await.expect(201);
}

/// Opens an approved report again.
async fn reopen_report(app: &TestApp, project: &str, why: &str) {
    app.secretariat().await.take_transition_with_comment(project, "reopen", why).await.expect(200);
}

/// Files a report that was opened again with another percentage, and has it approved.
async fn approve_corrected_percent(app: &TestApp, project: &str, percent: i64) {
    let mut body = complete_report_body();
    body["percent_complete"] = json!(percent);
    refile_and_approve(app, project, &body).await;
}

/// Files a report that was opened again, and has it approved.
async fn refile_and_approve(app: &TestApp, project: &str, body: &Value) {
    let officer = app.officer("da-nang").await;
    let etag = officer.get(&report_path(project)).await.expect(200).etag();
    officer.put(&report_path(project), body, Some(&etag)).await.expect(200);
    officer.take_transition(project, "submit").await.expect(200);
    app.representative("VN").await.take_transition(project, "approve").await.expect(200);
}

/// The errata of a release: the project, and why.
fn errata_reasons(release: &Value) -> Vec<(String, Vec<String>)> {
    let text = |v: &Value| v.as_str().unwrap().to_owned();
    let errata = release["errata"].as_array().unwrap().iter();
    errata
        .map(|e| (text(&e["project"]), e["reasons"].as_array().unwrap().iter().map(text).collect()))
        .collect()
}

#[actix_web::test]
async fn release_errata_give_reopen_reasons_once_the_correction_is_approved() {
    let app = spawn_with_closed_cycle().await;
    publish_release(&app, None).await;
    grant_extension(&app).await;
    reopen_report(&app, "da-nang-1", "The first is wrong.").await;
    reopen_report(&app, "da-nang-2", "The second is wrong.").await;
    approve_corrected_percent(&app, "da-nang-2", 70).await;
    let told = |project: &str, reasons: &[&str]| {
        vec![(project.to_owned(), reasons.iter().map(|r| (*r).to_owned()).collect::<Vec<_>>())]
    };
    assert_eq!(
        errata_reasons(&publish_release(&app, None).await),
        told("da-nang-2", &["The second is wrong."])
    );
    approve_corrected_percent(&app, "da-nang-1", 80).await;
    assert_eq!(
        errata_reasons(&publish_release(&app, None).await),
        told("da-nang-1", &["The first is wrong."])
    );
    // A reason is told once: with the copy that answers it. Two before one approval are both told.
    reopen_report(&app, "da-nang-1", "It is wrong again.").await;
    approve_corrected_percent(&app, "da-nang-1", 85).await;
    reopen_report(&app, "da-nang-1", "And again.").await;
    approve_corrected_percent(&app, "da-nang-1", 90).await;
    let both = ["It is wrong again.", "And again."];
    assert_eq!(errata_reasons(&publish_release(&app, None).await), told("da-nang-1", &both));
}

/// Gives da-nang-1 a milestone, an indicator and a partnership; returns the identifiers of the first two.
async fn create_project_parts(app: &TestApp) -> [String; 2] {
    let officer = app.officer("da-nang").await;
    let mut ids = Vec::new();
    for (kind, body) in [
        ("milestones", json!({ "title": "Depot opens", "due_on": "2024-06-30" })),
        (
            "indicators",
            json!({ "name": "Passengers", "kind": "outcome", "unit": "a day", "better": "up",
                    "baseline": { "value": -0.5, "on": "2021-01-01" },
                    "target": { "value": 15, "on": "2025-12-31" } }),
        ),
        (
            "partnerships",
            json!({ "partner": "world-bank", "role": "funder", "stage": "mou",
                    "amount": { "amount_minor": 125_000_005, "currency": "USD" } }),
        ),
    ] {
        let path = format!("projects/da-nang-1/{kind}");
        let made = officer.post(&path, &body).await.expect(201).json();
        ids.push(made["id"].as_str().unwrap().to_owned());
    }
    ids.truncate(2);
    ids.try_into().unwrap()
}

#[actix_web::test]
async fn printed_release_errata_show_names_instead_of_raw_fields() {
    let app = spawn_with_closed_cycle().await;
    publish_release(&app, None).await;
    grant_extension(&app).await;
    reopen_report(&app, "da-nang-1", "Half of it was missing.").await;
    let [milestone, indicator] = create_project_parts(&app).await;
    let officer = app.officer("da-nang").await;
    let etag = officer.get("projects/da-nang-1").await.expect(200).etag();
    let more = json!({ "outcomes": ["high-quality-of-life"], "priority": true, "sdgs": [11],
                       "location": { "latitude": 16.05, "longitude": 108.2, "text": "The old port" } });
    let patched = officer.patch("projects/da-nang-1", &more, Some(&etag)).await;
    assert_eq!(patched.status, 200, "{}", patched.text);
    let mut body = complete_report_body();
    body["spent"] = json!({ "amount_minor": 125_000_000, "currency": "VND" });
    body["milestones"] = json!([{ "milestone_id": milestone, "completed_on": "2026-03-01" }]);
    body["indicator_values"] = json!([
        { "indicator_id": indicator, "value": 41.25, "measured_on": "2026-06-30" },
        { "indicator_id": indicator, "value": 40, "measured_on": "2026-05-31" }
    ]);
    body["evidence"] = json!([{ "title": "The depot", "url": "https://depot.example/" }]);
    refile_and_approve(&app, "da-nang-1", &body).await;
    publish_release(&app, None).await;
    let reader = app.reader().await;
    let path = "releases/me-2026-r2/report";
    for (language, rows) in [
        (
            "en",
            [
                "Spent to datenot stated125,000,000 VND",
                "Milestonesnot statedDepot opens: 1 March 2026",
                "Values of indicatorsnot statedPassengers: 41.25 (30 June 2026)Passengers: 40 (31 May 2026)",
                "Evidencenot statedThe depot (https://depot.example/)",
                "Milestones of the projectnot statedDepot opens; Due day: 30 June 2024; Weight: 1",
                "Indicators of the projectnot statedPassengers; Kind: Outcome; Unit: a day; Better: Up; \
                 Baseline: -0.5 (1 January 2021); Target: 15 (31 December 2025)",
                "Partnerships of the projectnot statedworld-bank; Role: Funder; \
                 Stage: Memorandum of understanding; Amount: 1,250,000.05 USD",
                "Priority projectNoYes",
            ],
        ),
        (
            "vi",
            [
                "125.000.000 VND",
                "Depot opens: ngày 1 tháng 3 năm 2026",
                "Passengers: 41,25 (ngày 30 tháng 6 năm 2026)",
                "The depot (https://depot.example/)",
                "Các mốc của dự án",
                "Các chỉ số của dự án",
                "Các quan hệ hợp tác của dự án",
                "1.250.000,05 USD",
            ],
        ),
    ] {
        let html = reader.get(&format!("{path}?lang={language}")).await.expect(200).text;
        let page = parse_page(&html);
        let said: Vec<&str> =
            page.iter().filter(|e| e.is_named("tr")).map(|e| e.text.as_str()).collect();
        for row in rows {
            let there =
                said.iter().any(|s| if language == "en" { *s == row } else { s.contains(row) });
            assert!(there, "{row}: {said:#?}");
        }
        let errata = html.split("id=\"corrections\"").nth(1).unwrap();
        for raw in ["amount_minor", "/header/", "{", &milestone, &indicator, "version"] {
            assert!(!errata.contains(raw), "{raw}: {errata}");
        }
    }
}
