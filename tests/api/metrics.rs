//! The metrics: what their listener serves, and what it does not tell.

use std::collections::BTreeMap;

use crate::{helpers::TestApp, report_fixtures::spawn_with_open_cycle};

/// Reads the metrics of a service: each line's name with labels, and its value.
async fn read_metrics(app: &TestApp) -> BTreeMap<String, f64> {
    let answer = reqwest::get(app.metrics.as_deref().unwrap()).await.unwrap();
    assert_eq!(answer.status().as_u16(), 200);
    assert_eq!(answer.headers()["content-type"], "text/plain; version=0.0.4; charset=utf-8");
    let text = answer.text().await.unwrap();
    let mut all = BTreeMap::new();
    let mut described = "";
    for line in text.lines() {
        if let Some(help) = line.strip_prefix("# HELP ") {
            described = help.split(' ').next().unwrap();
        } else if !line.starts_with("# TYPE ") {
            let (name, value) = line.rsplit_once(' ').unwrap();
            assert!(name.starts_with(described), "{line} comes under {described}");
            assert!(all.insert(name.to_owned(), value.parse().unwrap()).is_none(), "{line}");
        }
    }
    all
}

async fn spawn_with_metrics() -> TestApp {
    TestApp::with_setting("ASCN_METRICS_BIND", "127.0.0.1:0").await
}

#[actix_web::test]
async fn request_metrics_have_route_templates_and_no_sent_values() {
    let app = spawn_with_metrics().await;
    let reader = app.reader().await;
    reader.get("cities/da-nang").await.expect(200);
    reader.get("cities/ha-noi?lang=vi").await.expect(200);
    reader.get("cities/atlantis").await.expect(404);
    reader.send("HEAD", "cities/da-nang", None, &[]).await.expect(200);
    reader.send("BREW", "cities/da-nang", None, &[]).await;
    reader.get("/a-path-of-my-own/7c9e6679").await.expect(404);
    app.anonymous().get("me").await.expect(401);
    let all = read_metrics(&app).await;
    let counted = |route: &str, method: &str, status: &str| {
        let labels = format!("route=\"{route}\",method=\"{method}\",status=\"{status}\"");
        let get = |of: &str| {
            all.get(&format!("ascn_http_request_duration_seconds_{of}")).copied().unwrap_or(-1.0)
        };
        let (count, all) =
            (get(&format!("count{{{labels}}}")), get(&format!("bucket{{{labels},le=\"+Inf\"}}")));
        assert!((count - all).abs() < 0.5, "{labels}: {count} {all}");
        count
    };
    let city = "/api/v1/cities/{city}";
    assert_eq!(
        [
            counted(city, "GET", "2xx"),
            counted(city, "GET", "4xx"),
            counted(city, "HEAD", "2xx"),
            counted("/api/v1/me", "GET", "4xx"),
        ],
        [2.0, 1.0, 1.0, 1.0]
    );
    let names: Vec<&String> = all.keys().collect();
    assert!(names.iter().any(|n| n.contains("method=\"other\"")), "{names:?}");
    for sent in ["da-nang", "ha-noi", "atlantis", "a-path-of-my-own", "7c9e6679", "BREW", "reader"]
    {
        assert!(!names.iter().any(|n| n.contains(sent)), "{sent}: {names:?}");
    }
}

#[actix_web::test]
async fn metrics_count_database_jobs_cache_hits_and_the_feed() {
    let app = spawn_with_metrics().await;
    let reader = app.reader().await;
    let before = read_metrics(&app).await;
    for _ in 0..3 {
        reader.get("countries").await.expect(200);
    }
    app.officer("da-nang").await;
    let after = read_metrics(&app).await;
    let grown = |name: &str| after[name] - before[name];
    assert_eq!((grown("ascn_cache_misses_total"), grown("ascn_cache_hits_total")), (1.0, 2.0));
    assert!(grown("ascn_database_jobs_total{queue=\"write\"}") >= 2.0);
    assert!(grown("ascn_write_group_jobs_sum") >= 2.0);
    assert!(grown("ascn_write_group_jobs_count") <= grown("ascn_write_group_jobs_sum"));
    assert!(grown("ascn_journal_seq") >= 2.0 && grown("ascn_feed_number").abs() < 0.5);
    assert!(after["ascn_feed_number"] > 0.0 && after["ascn_feed_waiting"].abs() < 0.5);
    assert_eq!(after["ascn_database_queue_places"], 1024.0);
    for name in [
        "ascn_database_queue_length{queue=\"read\"}",
        "ascn_database_refused_total{queue=\"write\"}",
        "ascn_database_wait_seconds_sum{queue=\"write\"}",
        "ascn_cache_entries",
        "ascn_cache_bytes",
        "ascn_write_groups_failed_total",
        "ascn_log_lines_dropped_total",
    ] {
        assert!(after[name] >= 0.0, "{name}");
    }
    let database = if app.postgres_url().is_some() { "postgresql" } else { "sqlite" };
    let version = env!("CARGO_PKG_VERSION");
    let build = format!("ascn_build_info{{version=\"{version}\",database=\"{database}\"}}");
    assert_eq!(after[&build], 1.0);
}

#[actix_web::test]
async fn metrics_are_served_only_by_their_own_listener() {
    let app = spawn_with_open_cycle().await;
    assert_eq!(app.metrics, None);
    app.secretariat().await.get("/metrics").await.expect(404);
    let app = spawn_with_metrics().await;
    app.secretariat().await.get("/metrics").await.expect(404);
    let elsewhere = app.metrics.clone().unwrap().replace("/metrics", "/api/v1/cities");
    assert_eq!(reqwest::get(elsewhere).await.unwrap().status().as_u16(), 404);
}
