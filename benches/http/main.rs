//! How near the service comes to the machine: real servers, keep-alive clients, 32 connections, and each figure as a ratio
//! to a bare static answer of the same size in the same run, because machines differ and drift.
//!
//! `cargo bench --bench http` starts this build's own program with `serve --demo` on an empty folder, and a bare server
//! beside it. Rounds alternate between the two; the median ratio counts. `BENCH_ONLY=filing` (or `import`, `workbook`,
//! `reading`, `dashboards`, `deciding`) measures one part alone; `BENCH_ONLY=growth` measures 1, 10 and 100 networks, which
//! takes minutes and is asked for by itself.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::disallowed_methods,
    clippy::explicit_write,
    clippy::format_push_string,
    clippy::cast_precision_loss,
    reason = "a benchmark that cannot go on stops here, and prints figures for people"
)]

use std::{
    io::Write as _,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use actix_web::{App, HttpResponse, HttpServer, web};
use tokio::net::TcpStream;

mod client;
mod dashboards;
mod filing;
mod import;
mod working_day;

use client::{Client, get, token};

const CONNECTIONS: usize = 32;
const ROUNDS: usize = 5;
const ROUND: Duration = Duration::from_secs(2);
const PASSWORD: &str = "a password of the benchmark";

fn say(text: &str) {
    writeln!(std::io::stdout(), "{text}").unwrap();
}

fn main() {
    // The bare server is this program again, so that it has cores and memory of its own like the service.
    if let Ok(port) = std::env::var("BENCH_STATIC_PORT") {
        return serve_static(port.parse().unwrap());
    }
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(run());
}

/// Answers `/SIZE` with that many bytes.
fn serve_static(port: u16) {
    let server = || {
        App::new().route(
            "/{size}",
            web::get().to(|size: web::Path<usize>| async move {
                HttpResponse::Ok().content_type("application/json").body(vec![b'x'; *size])
            }),
        )
    };
    actix_web::rt::System::new()
        .block_on(async move {
            HttpServer::new(server).tcp_nodelay(true).bind(("127.0.0.1", port)).unwrap().run().await
        })
        .unwrap();
}

struct Stopped(Child);
impl Drop for Stopped {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Starts the service on an empty folder.
fn service(dir: &std::path::Path, port: u16) -> Stopped {
    service_with(dir, port, &[])
}

/// The same with settings of its own.
fn service_with(dir: &std::path::Path, port: u16, more: &[(&str, &str)]) -> Stopped {
    let child = Command::new(env!("CARGO_BIN_EXE_ascn-tracker"))
        .args(["serve", "--demo"])
        .current_dir(dir)
        .env("ASCN_BIND", format!("127.0.0.1:{port}"))
        .env("ASCN_METRICS_BIND", "off")
        .env("ASCN_DEMO_PASSWORD", PASSWORD)
        .env("ASCN_LOGIN_LIMIT_PER_MINUTE", "off")
        .env("ASCN_REQUEST_LIMIT_PER_MINUTE", "off")
        .env("ASCN_PUBLIC_RELEASES", "true")
        .env("ASCN_LOG", "warn")
        .envs(more.iter().copied())
        .stdout(Stdio::null())
        .spawn();
    Stopped(child.unwrap())
}

async fn run() {
    let only = std::env::var("BENCH_ONLY").ok();
    let asked = |name: &str| only.as_deref().is_none_or(|only| only == name);
    if only.as_deref() == Some("growth") {
        return dashboards::growth().await;
    }
    if asked("import") {
        import::import().await;
    }
    let dir = tempfile::TempDir::new().unwrap();
    let (port, static_port) = (free_port(), free_port());
    let started = Instant::now();
    let service = service(dir.path(), port);
    let bare = Stopped(
        Command::new(std::env::current_exe().unwrap())
            .env("BENCH_STATIC_PORT", static_port.to_string())
            .spawn()
            .unwrap(),
    );
    wait_for(static_port).await;
    wait_for(port).await;
    say(&format!("demo ready after {:.2} s", started.elapsed().as_secs_f64()));
    say(&format!("resident memory after the start {:.1} MB", resident_mb(service.0.id())));
    if asked("workbook") {
        working_day::workbook(port).await;
    }
    if asked("reading") {
        read(port, static_port).await;
    }
    if asked("dashboards") {
        dashboards::kept(port, static_port).await;
        say(&format!("resident memory after it {:.1} MB", resident_mb(service.0.id())));
    }
    if asked("filing") {
        filing::file_reports(port, dir.path()).await;
    }
    if asked("deciding") {
        working_day::decide(port).await;
    }
    say(&format!("resident memory at the end {:.1} MB", resident_mb(service.0.id())));
    drop((service, bare));
}

/// Compares answers that are read often with bare ones of their size.
async fn read(port: u16, static_port: u16) {
    let reader = token(port, "reader@demo.example").await;

    let project = get("/api/v1/projects/da-nang-1", &reader);
    compare("one project by code, signed in", port, static_port, &project).await;
    let officer = token(port, "officer.da-nang@demo.example").await;
    let sitting = get("/api/v1/cities/da-nang/cycles/me-2026", &officer);
    compare("what a city has to report, its officer", port, static_port, &sitting).await;
    let todo = get("/api/v1/me/todo", &officer);
    compare("what waits for an officer", port, static_port, &todo).await;
    let representative = token(port, "nr.vn@demo.example").await;
    let todo = get("/api/v1/me/todo", &representative);
    compare("what waits for a representative", port, static_port, &todo).await;
    let table = get("/api/v1/figures/table?rows=focus_area&columns=status&cycle=me-2025", &reader);
    compare("a figures table, signed in", port, static_port, &table).await;
}

async fn wait_for(port: u16) {
    for _ in 0..600 {
        if TcpStream::connect(("127.0.0.1", port)).await.is_ok() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("nobody listens on port {port}");
}

fn resident_mb(pid: u32) -> f64 {
    status_mb(pid, "VmRSS:")
}

/// A line of the process's status in megabytes: what is resident now (`VmRSS`), or was at most (`VmHWM`).
fn status_mb(pid: u32, line: &str) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let kb = status
        .lines()
        .find_map(|l| l.strip_prefix(line))
        .and_then(|l| l.split_whitespace().next().and_then(|n| n.parse::<f64>().ok()));
    kb.unwrap_or(f64::NAN) / 1024.0
}

/// Requests per second of one request repeated on every connection for a round, each answered with this status.
async fn rate(port: u16, request: &[u8], status: u16) -> f64 {
    let until = Instant::now() + ROUND;
    let connection = || async {
        let mut client = Client::open(port).await;
        let mut n = 0_u64;
        while Instant::now() < until {
            assert_eq!(client.call(request).await.status, status);
            n += 1;
        }
        n
    };
    let started = Instant::now();
    let counts = futures_util::future::join_all((0..CONNECTIONS).map(|_| connection())).await;
    counts.iter().sum::<u64>() as f64 / started.elapsed().as_secs_f64()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

async fn compare(what: &str, port: u16, static_port: u16, request: &[u8]) {
    compare_as(what, port, static_port, (request, 200)).await;
}

/// The same for a request with another success.
async fn compare_as(what: &str, port: u16, static_port: u16, (request, status): (&[u8], u16)) {
    let size = Client::open(port).await.call(request).await.body.len();
    let bare = format!("GET /{size} HTTP/1.1\r\nhost: bench\r\n\r\n").into_bytes();
    let (mut ours, mut ceilings, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let ceiling = rate(static_port, &bare, 200).await;
        let service = rate(port, request, status).await;
        ceilings.push(ceiling);
        ours.push(service);
        ratios.push(service / ceiling);
    }
    say(&format!(
        "{what} ({size} bytes): {:.0}/s, bare answer {:.0}/s, ratio {:.2}",
        median(ours),
        median(ceilings),
        median(ratios)
    ));
}
