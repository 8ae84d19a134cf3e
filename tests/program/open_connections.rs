//! What stays open: requests that wait for the feed when the program is stopped, and the listener of the metrics.

use std::{
    net::TcpListener,
    process::Stdio,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::{
    Service,
    process_lifecycle::{send_signal, sign_in},
    program_command,
};

#[tokio::test]
async fn sigterm_ends_long_polls_and_event_streams() {
    let dir = tempfile::TempDir::new().unwrap();
    let mut service = Service::start(
        program_command(dir.path())
            .args(["serve", "--demo"])
            .env("ASCN_METRICS_BIND", "127.0.0.1:0"),
    );
    let token = sign_in(&service, "reader").await;
    let get = |query: String, accept: &str| {
        let url = format!("{}/api/v1/changes{query}", service.address);
        reqwest::Client::new().get(url).bearer_auth(&token).header("accept", accept).send()
    };
    let page = get("?limit=1".to_owned(), "*/*").await.unwrap().json::<Value>().await.unwrap();
    let head = page["head"].as_i64().unwrap();
    let waits = tokio::spawn(get(format!("?after={head}&wait=30"), "*/*"));
    let mut stream = get(format!("?after={head}"), "text/event-stream").await.unwrap();
    // Both sit by the time that the metrics say so.
    let (_, rest) = service.printed.split_once("Metrics at ").unwrap();
    let metrics = rest.split_whitespace().next().unwrap().to_owned();
    let begun = Instant::now();
    loop {
        let text = reqwest::get(&metrics).await.unwrap().text().await.unwrap();
        if text.contains("\nascn_feed_waiting 2\n") {
            break;
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "{text}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let stopped = Instant::now();
    send_signal(&service, "-TERM");
    let answer = waits.await.unwrap().unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.json::<Value>().await.unwrap()["next"], head);
    while stream.chunk().await.unwrap().is_some() {}
    let status = service.child.wait().unwrap();
    assert!(status.success(), "{status}");
    assert!(stopped.elapsed() < Duration::from_secs(15), "{:?}", stopped.elapsed());
}

#[test]
fn taken_metrics_port_stops_the_start_only_when_configured() {
    let dir = tempfile::TempDir::new().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let out = program_command(dir.path())
        .args(["serve", "--demo"])
        .env("ASCN_METRICS_BIND", taken.local_addr().unwrap().to_string())
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    let errors = String::from_utf8(out.stderr).unwrap();
    assert!(!out.status.success() && errors.contains("ASCN_METRICS_BIND"), "{errors}");
    // Two that nobody asked for metrics run beside each other.
    let other = tempfile::TempDir::new().unwrap();
    let [one, two] = [&dir, &other].map(|dir| {
        Service::start(
            program_command(dir.path()).args(["serve", "--demo"]).env_remove("ASCN_METRICS_BIND"),
        )
    });
    assert!(!one.printed.contains("Metrics") && !two.printed.contains("Metrics"));
}
