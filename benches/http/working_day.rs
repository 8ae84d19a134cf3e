//! The working day: deciding on many reports at once, and the workbook of a city.

use std::time::Instant;

use serde_json::{Value, json};

use crate::{
    client::{Client, get, token, with_body},
    median, say,
};

/// Reports that are approved in one call, and in as many calls.
const REPORTS: usize = 400;
/// Projects of the workbook.
const WORKBOOK: usize = 40;

/// Records a project of a city; returns its code.
pub(crate) async fn project(client: &mut Client, token: &str, city: &str) -> String {
    let new = json!({
        "city": city, "plan_cycle": "2018-2025", "title": "A project of the benchmark", "summary": "To be filed",
        "focus_area": "quality-environment", "starts_on": "2019-01-01", "ends_on": "2025-12-31"
    });
    let made = client.call(&with_body("POST", "/api/v1/projects", token, None, &new)).await;
    made.expect(201)["code"].as_str().unwrap().to_owned()
}

/// Records and submits reports, some at a time; returns the codes of their projects.
async fn submitted(port: u16, token: &str, city: &str, count: usize) -> Vec<String> {
    let body = json!({
        "status": "ongoing", "percent_complete": 62.5, "percent_method": "self_assessed",
        "achievements": "In use.", "challenges": "None.", "next_steps": "The second lot."
    });
    let one = || async {
        let mut client = Client::open(port).await;
        let mut codes = Vec::new();
        for _ in 0..count / 20 {
            let code = project(&mut client, token, city).await;
            let path = format!("/api/v1/projects/{code}/reports/me-2026");
            client.call(&with_body("PUT", &path, token, None, &body)).await.expect(201);
            let submit = with_body("POST", &format!("{path}/submit"), token, None, &json!({}));
            client.call(&submit).await.expect(200);
            codes.push(code);
        }
        codes
    };
    futures_util::future::join_all((0..20).map(|_| one())).await.concat()
}

/// Approves as many reports in one call as in calls of their own.
pub(crate) async fn decide(port: u16) {
    let officer = token(port, "officer.ha-noi@demo.example").await;
    let representative = token(port, "nr.vn@demo.example").await;
    let (mut together, mut apart) = (Vec::new(), Vec::new());
    for _ in 0..3 {
        let codes = submitted(port, &officer, "ha-noi", REPORTS).await;
        let item = |code: &String| json!({ "project": code, "cycle": "me-2026", "version": 2 });
        let body =
            json!({ "action": "approve", "items": codes.iter().map(item).collect::<Vec<Value>>() });
        let request = with_body("POST", "/api/v1/reports/bulk", &representative, None, &body);
        let mut client = Client::open(port).await;
        let started = Instant::now();
        let answer = client.call(&request).await.expect(200);
        together.push(started.elapsed().as_secs_f64());
        assert_eq!(answer["totals"]["done"], REPORTS, "{answer}");
        let codes = submitted(port, &officer, "ha-noi", REPORTS).await;
        let started = Instant::now();
        for code in &codes {
            let path = format!("/api/v1/projects/{code}/reports/me-2026/approve");
            client
                .call(&with_body("POST", &path, &representative, Some("\"v2\""), &json!({})))
                .await
                .expect(200);
        }
        apart.push(started.elapsed().as_secs_f64());
    }
    let (together, apart) = (median(together), median(apart));
    say(&format!(
        "approving {REPORTS} reports: {together:.3} s in one call, {apart:.3} s in {REPORTS} calls, ratio {:.1}",
        apart / together
    ));
}

/// The workbook of a city with some projects against the same records as JSON: their projects and their reports.
pub(crate) async fn workbook(port: u16) {
    let city = "cauayan-city";
    let token = token(port, &format!("officer.{city}@demo.example")).await;
    let mut client = Client::open(port).await;
    let list = format!("/api/v1/projects?city={city}&limit=1");
    let there = client.call(&get(&list, &token)).await.expect(200)["total"].as_u64().unwrap();
    for _ in usize::try_from(there).unwrap()..WORKBOOK {
        project(&mut client, &token, city).await;
    }
    let file = get(&format!("/api/v1/cities/{city}/workbook?cycle=me-2026"), &token);
    let projects = get(&format!("/api/v1/projects?city={city}&limit=1000"), &token);
    let reports = get(&format!("/api/v1/reports?city={city}&limit=1000"), &token);
    let (mut files, mut jsons) = (Vec::new(), Vec::new());
    for _ in 0..7 {
        let started = Instant::now();
        assert_eq!(client.call(&file).await.status, 200);
        files.push(started.elapsed().as_secs_f64());
        let started = Instant::now();
        client.call(&projects).await.expect(200);
        client.call(&reports).await.expect(200);
        jsons.push(started.elapsed().as_secs_f64());
    }
    let (files, jsons) = (median(files) * 1e3, median(jsons) * 1e3);
    say(&format!(
        "a workbook of {WORKBOOK} projects: {files:.1} ms, its projects and reports as JSON {jsons:.1} ms, ratio {:.1}",
        files / jsons
    ));
}
