//! A full disk, as a limit on the size of files: nothing is written, reads go on, and nothing is a fault of the service.
//! `prlimit` of util-linux sets the limit of a running process.

use std::{
    fmt::Write as _,
    fs::File,
    process::Command,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{
    PASSWORD, Service, clean_command, process_lifecycle::sign_in, program_command, read_metric,
};

/// Starts a demo that gets an error where it would write beyond a limit. Without the trap, a signal would end it.
fn start_demo(dir: &std::path::Path) -> Service {
    let mut shell = Command::new("sh");
    shell.args([
        "-c",
        "trap '' XFSZ; exec \"$0\" serve --demo",
        env!("CARGO_BIN_EXE_ascn-tracker"),
    ]);
    let log = File::options().append(true).create(true).open(dir.join("log")).unwrap();
    Service::start(
        clean_command(shell, dir)
            .env("ASCN_METRICS_BIND", "127.0.0.1:0")
            .env("ASCN_DEMO_PASSWORD", PASSWORD)
            .stderr(log),
    )
}

/// Lets a running program write files up to this size in bytes only.
fn limit_file_size(service: &Service, limit: &str) {
    let id = service.child.id().to_string();
    let limit = format!("--fsize={limit}:unlimited");
    assert!(Command::new("prlimit").args(["--pid", &id, &limit]).status().unwrap().success());
}

struct Answer {
    status: u16,
    body: Value,
}

/// Somebody who calls the service.
struct Caller<'s> {
    service: &'s Service,
    token: String,
}

impl Caller<'_> {
    fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let url = format!("{}{path}", self.service.address);
        reqwest::Client::new().request(method, url).bearer_auth(&self.token)
    }
    async fn send(request: reqwest::RequestBuilder) -> Answer {
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        let text = answer.text().await.unwrap_or_default();
        Answer { status, body: serde_json::from_str(&text).unwrap_or(Value::Null) }
    }
    async fn get(&self, path: &str) -> Answer {
        Self::send(self.request("GET", path)).await
    }
    async fn put_report(&self, number: usize) -> Answer {
        let path = format!("/api/v1/projects/da-nang-{number}/reports/me-2026");
        let body = json!({ "achievements": "written on a full disk" });
        Self::send(self.request("PUT", &path).json(&body)).await
    }
    async fn import(&self, csv: &str, dry_run: bool) -> Answer {
        let path =
            format!("/api/v1/imports?city=da-nang&cycle=me-2026&sheet=projects&dry_run={dry_run}");
        let request = self.request("POST", &path).header("content-type", "text/csv");
        Self::send(request.body(csv.to_owned())).await
    }
}

#[track_caller]
fn assert_unavailable(answer: &Answer) {
    assert_eq!(
        (answer.status, &answer.body["code"]),
        (503, &json!("unavailable")),
        "{}",
        answer.body
    );
}

/// The projects of a file. Together they are larger than the page cache of a connection, so that SQLite writes before
/// the commit.
fn write_projects() -> String {
    let mut csv = "code,version,title,summary,focus_area,starts_on,ends_on\n".to_owned();
    for n in 0..250 {
        let summary = "đ".repeat(9_000);
        writeln!(csv, ",,Project {n},{summary},built-infrastructure,2020-01-01,2024-01-01")
            .unwrap();
    }
    csv
}

// Seen with log and database on one full disk: the thread that writes died of its own log line, and writes stayed 503
// after space came back, while `/health/ready` said 200. An import and an archive answered 500.
#[tokio::test]
async fn full_disk_is_503_until_space_comes_back() {
    let dir = tempfile::TempDir::new().unwrap();
    let service = start_demo(dir.path());
    let officer = Caller { service: &service, token: sign_in(&service, "officer.da-nang").await };
    let projects = write_projects();
    assert_eq!(officer.put_report(1).await.status, 201);
    limit_file_size(&service, "0");

    for _ in 0..2 {
        assert_unavailable(&officer.put_report(2).await);
        let asked = Instant::now();
        let ready = officer.get("/health/ready").await;
        assert_unavailable(&ready);
        assert!(asked.elapsed() < Duration::from_secs(2), "{:?}", asked.elapsed());
    }
    // A preview writes nothing.
    assert_eq!(officer.import(&projects, true).await.status, 200);
    assert_unavailable(&officer.import(&projects, false).await);
    assert_unavailable(&officer.get("/api/v1/releases/me-2022-r1/data").await);
    assert_unavailable(
        &officer.get("/api/v1/figures/table?rows=focus_area&cycle=me-2025&format=xlsx").await,
    );
    // Reads go on, also while the log cannot be written.
    for path in
        ["/health/live", "/api/v1/projects", "/api/v1/figures/table?rows=status&cycle=me-2025"]
    {
        assert_eq!(officer.get(path).await.status, 200, "{path}");
    }

    limit_file_size(&service, "unlimited");
    let asked = Instant::now();
    while officer.get("/health/ready").await.status != 200 {
        assert!(asked.elapsed() < Duration::from_secs(30), "it stays not ready");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert_eq!(officer.put_report(2).await.status, 201);
    let imported = officer.import(&projects, false).await;
    assert_eq!((imported.status, &imported.body["totals"]["new"]), (200, &json!(250)));
    assert_eq!(officer.get("/api/v1/releases/me-2022-r1/data").await.status, 200);
    assert!(read_metric(&service, "ascn_log_lines_dropped_total").await > 0.0);
    let log = std::fs::read_to_string(dir.path().join("log")).unwrap();
    assert!(log.contains("log lines were dropped"), "{log}");
}

#[tokio::test]
async fn missing_temporary_folder_is_reported_at_the_start_and_long_answers_are_503() {
    let dir = tempfile::TempDir::new().unwrap();
    let log = File::create(dir.path().join("log")).unwrap();
    let mut command = program_command(dir.path());
    command.args(["serve", "--demo"]).env("TMPDIR", dir.path().join("none")).stderr(log);
    let service = Service::start(&mut command);
    let log = std::fs::read_to_string(dir.path().join("log")).unwrap();
    assert!(log.contains("no temporary file can be written") && log.contains("none"), "{log}");
    let reader = Caller { service: &service, token: sign_in(&service, "reader").await };
    assert_unavailable(&reader.get("/api/v1/releases/me-2022-r1/data").await);
    assert_unavailable(
        &reader.get("/api/v1/figures/table?rows=status&cycle=me-2025&format=xlsx").await,
    );
    for path in ["/health/ready", "/api/v1/figures/table?rows=status&cycle=me-2025&format=csv"] {
        assert_eq!(reader.get(path).await.status, 200, "{path}");
    }
}
