//! What dashboards ask for: kept answers, 304, release data without sign-in, reading while others sign in; and how all of it
//! grows with the data.

use std::{path::Path, process::Command, time::Instant};

use serde_json::json;

use crate::{
    PASSWORD, ROUNDS, Stopped,
    client::{Client, get, token, with_body},
    compare, compare_as, free_port, median, rate, resident_mb, say, service_with, wait_for,
};

/// Compares what is kept with bare answers of its size.
pub(crate) async fn kept(port: u16, static_port: u16) {
    let reader = token(port, "reader@demo.example").await;
    let path = "/api/v1/figures/table?rows=city&columns=status&cycle=me-2025";
    compare("a kept table, signed in", port, static_port, &get(path, &reader)).await;
    let list = get("/api/v1/projects?limit=50", &reader);
    compare("a kept list of 50 projects, signed in", port, static_port, &list).await;
    let tag = Client::open(port).await.call(&get(path, &reader)).await.etag.unwrap();
    let known = with_header(&get(path, &reader), &format!("if-none-match: {tag}"));
    compare_as("a table that is known already (304)", port, static_port, (&known, 304)).await;
    let data =
        b"GET /api/v1/releases/me-2025-r1/reports?limit=1000 HTTP/1.1\r\nhost: bench\r\n\r\n";
    let packed = with_header(data, "accept-encoding: gzip");
    compare("134 released reports, nobody signed in, gzip", port, static_port, &packed).await;
    flood(port, &get(path, &reader)).await;
}

fn with_header(request: &[u8], header: &str) -> Vec<u8> {
    let head = request.strip_suffix(b"\r\n").unwrap();
    [head, header.as_bytes(), b"\r\n\r\n"].concat()
}

/// Reads while others sign in as fast as they are let.
async fn flood(port: u16, request: &[u8]) {
    let login = json!({ "email": "reader@demo.example", "password": PASSWORD });
    let login = with_body("POST", "/api/v1/auth/login", "", None, &login);
    let (mut ratios, mut signed) = (Vec::new(), 0_u64);
    for _ in 0..ROUNDS {
        let alone = rate(port, request, 200).await;
        let reading = rate(port, request, 200);
        tokio::pin!(reading);
        let others = async {
            let one = || async {
                let mut client = Client::open(port).await;
                let mut n = 0_u64;
                let until = Instant::now() + crate::ROUND;
                while Instant::now() < until {
                    n += u64::from(client.call(&login).await.status == 200);
                }
                n
            };
            futures_util::future::join_all((0..8).map(|_| one())).await.iter().sum::<u64>()
        };
        let (beside, n) = tokio::join!(reading, others);
        signed += n;
        ratios.push(beside / alone);
    }
    say(&format!(
        "reading a kept table while 8 connections sign in without end ({signed} sign-ins): ratio {:.2} to reading alone",
        median(ratios)
    ));
}

/// Measures the same at 1, 10 and 100 networks, with nothing kept in memory.
pub(crate) async fn growth() {
    for networks in [1_u32, 10, 100] {
        let dir = tempfile::TempDir::new().unwrap();
        let started = Instant::now();
        seed(dir.path(), networks);
        let seeded = started.elapsed().as_secs_f64();
        let file = std::fs::metadata(dir.path().join("ascn.db")).unwrap().len() as f64 / 1e6;
        let port = free_port();
        let service = service_with(dir.path(), port, &[("ASCN_CACHE_MB", "0")]);
        wait_for(port).await;
        say(&format!(
            "{networks} networks: seeded in {seeded:.1} s, file {file:.1} MB, resident after the start {:.1} MB",
            resident_mb(service.0.id())
        ));
        measure(port, &service).await;
    }
}

fn seed(dir: &Path, networks: u32) {
    let done = Command::new(env!("CARGO_BIN_EXE_ascn-tracker"))
        .args(["seed", "--scale", &networks.to_string()])
        .current_dir(dir)
        .env("ASCN_DEMO_PASSWORD", PASSWORD)
        .output()
        .unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

async fn measure(port: u16, service: &Stopped) {
    let reader = token(port, "reader@demo.example").await;
    for (what, path) in [
        (
            "table by focus area and status",
            "figures/table?rows=focus_area&columns=status&cycle=me-2025",
        ),
        ("table by city and status", "figures/table?rows=city&columns=status&cycle=me-2025"),
        ("table as of a day", "figures/table?rows=focus_area&columns=status&as_of=2025-12-31"),
        ("list of 50 projects", "projects?limit=50"),
        ("list of 50 projects of a focus area", "projects?limit=50&focus_area=quality-environment"),
        ("list of 50 reports of a cycle", "reports?cycle=me-2025&limit=50"),
        ("a city's projects", "projects?city=da-nang"),
        ("one project", "projects/da-nang-1"),
        ("50 released reports", "releases/me-2025-r1/reports?limit=50"),
    ] {
        say(&format!(
            "    {what}: {:.2} ms",
            cold(port, &get(&format!("/api/v1/{path}"), &reader)).await
        ));
    }
    let officer = token(port, "officer.da-nang@demo.example").await;
    say(&format!("    filing a report: {:.2} ms", filing(port, &officer).await));
    say(&format!("    resident at the end {:.1} MB", resident_mb(service.0.id())));
}

/// Milliseconds of a request that nothing is kept of: the median of some, one after the other.
async fn cold(port: u16, request: &[u8]) -> f64 {
    let mut client = Client::open(port).await;
    let mut times = Vec::new();
    for _ in 0..15 {
        let started = Instant::now();
        let answer = client.call(request).await;
        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
        times.push(started.elapsed().as_secs_f64() * 1e3);
    }
    median(times)
}

async fn filing(port: u16, officer: &str) -> f64 {
    let mut client = Client::open(port).await;
    let path = "/api/v1/projects/da-nang-1/reports/me-2026";
    // Every report has a text of its own: a report with the same content is not written again.
    let body = |crossings: u32| json!({ "achievements": format!("The control centre was connected to {crossings} further crossings.") });
    let made = client.call(&with_body("PUT", path, officer, None, &body(120))).await;
    let mut tag = made.etag.unwrap();
    let mut times = Vec::new();
    for crossings in 121..151 {
        let body = body(crossings);
        let started = Instant::now();
        let answer = client.call(&with_body("PUT", path, officer, Some(&tag), &body)).await;
        assert_eq!(answer.status, 200);
        times.push(started.elapsed().as_secs_f64() * 1e3);
        tag = answer.etag.unwrap();
    }
    median(times)
}
