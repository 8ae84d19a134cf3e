//! How near the service comes to the machine: real servers, keep-alive clients, 32 connections, and each figure as a ratio
//! to a bare static answer of the same size in the same run, because machines differ and drift.
//!
//! `cargo bench --bench http` starts this build's own program with `serve --demo` on an empty folder, and a bare server
//! beside it. Rounds alternate between the two; the median ratio counts.

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
use diesel::{Connection as _, RunQueryDsl as _, connection::SimpleConnection as _};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

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

async fn run() {
    let dir = tempfile::TempDir::new().unwrap();
    let (port, static_port) = (free_port(), free_port());
    let started = Instant::now();
    let service = Stopped(
        Command::new(env!("CARGO_BIN_EXE_ascn-tracker"))
            .args(["serve", "--demo"])
            .current_dir(dir.path())
            .env("ASCN_BIND", format!("127.0.0.1:{port}"))
            .env("ASCN_METRICS_BIND", "off")
            .env("ASCN_DEMO_PASSWORD", PASSWORD)
            .env("ASCN_LOGIN_LIMIT_PER_MINUTE", "off")
            .env("ASCN_REQUEST_LIMIT_PER_MINUTE", "off")
            .env("ASCN_LOG", "warn")
            .stdout(Stdio::null())
            .spawn()
            .unwrap(),
    );
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
    let reader = token(port, "reader@demo.example").await;

    let project = get("/api/v1/projects/da-nang-1", &reader);
    compare("one project by code, signed in", port, static_port, &project).await;
    let table = get("/api/v1/figures/table?rows=focus_area&columns=status&cycle=me-2025", &reader);
    compare("a figures table, signed in", port, static_port, &table).await;
    file_reports(port, dir.path()).await;
    say(&format!("resident memory at the end {:.1} MB", resident_mb(service.0.id())));
    drop((service, bare));
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
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let kb = status
        .lines()
        .find_map(|l| l.strip_prefix("VmRSS:"))
        .and_then(|l| l.split_whitespace().next().and_then(|n| n.parse::<f64>().ok()));
    kb.unwrap_or(f64::NAN) / 1024.0
}

fn get(path: &str, token: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {token}\r\n\r\n")
        .into_bytes()
}

fn with_body(
    method: &str,
    path: &str,
    token: &str,
    if_match: Option<&str>,
    body: &Value,
) -> Vec<u8> {
    let body = body.to_string();
    let mut head = format!(
        "{method} {path} HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\ncontent-length: {}\r\n",
        body.len()
    );
    if !token.is_empty() {
        head.push_str(&format!("authorization: Bearer {token}\r\n"));
    }
    if let Some(tag) = if_match {
        head.push_str(&format!("if-match: {tag}\r\n"));
    }
    format!("{head}\r\n{body}").into_bytes()
}

/// A keep-alive connection that sends one request at a time.
struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
}

struct Answer {
    status: u16,
    etag: Option<String>,
    body: Vec<u8>,
}

impl Client {
    async fn open(port: u16) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, buffer: Vec::with_capacity(64 * 1024) }
    }

    async fn call(&mut self, request: &[u8]) -> Answer {
        self.stream.write_all(request).await.unwrap();
        self.buffer.clear();
        let end = loop {
            if let Some(at) = self.buffer.windows(4).position(|w| w == b"\r\n\r\n") {
                break at + 4;
            }
            assert!(
                self.stream.read_buf(&mut self.buffer).await.unwrap() > 0,
                "the server hung up"
            );
        };
        let head = String::from_utf8_lossy(&self.buffer[..end]).to_ascii_lowercase();
        let header = |name: &str| {
            head.lines().find_map(|l| l.strip_prefix(name)).map(|v| v.trim().to_owned())
        };
        let length: usize = header("content-length:").map_or(0, |v| v.parse().unwrap());
        while self.buffer.len() < end + length {
            assert!(
                self.stream.read_buf(&mut self.buffer).await.unwrap() > 0,
                "the server hung up"
            );
        }
        Answer {
            status: head[9..12].parse().unwrap(),
            etag: header("etag:"),
            body: self.buffer[end..end + length].to_vec(),
        }
    }
}

async fn token(port: u16, email: &str) -> String {
    let request = with_body(
        "POST",
        "/api/v1/auth/login",
        "",
        None,
        &json!({ "email": email, "password": PASSWORD }),
    );
    let answer = Client::open(port).await.call(&request).await;
    let body: Value = serde_json::from_slice(&answer.body).unwrap();
    body["access_token"].as_str().unwrap_or_else(|| panic!("{body}")).to_owned()
}

/// Requests per second of one request repeated on every connection for a round.
async fn rate(port: u16, request: &[u8]) -> f64 {
    let until = Instant::now() + ROUND;
    let connection = || async {
        let mut client = Client::open(port).await;
        let mut n = 0_u64;
        while Instant::now() < until {
            assert_eq!(client.call(request).await.status, 200);
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
    let size = Client::open(port).await.call(request).await.body.len();
    let bare = format!("GET /{size} HTTP/1.1\r\nhost: bench\r\n\r\n").into_bytes();
    let (mut ours, mut ceilings, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let ceiling = rate(static_port, &bare).await;
        let service = rate(port, request).await;
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

/// Files reports on 32 connections, each editing the draft of another project, against a plain loop that writes the same
/// rows with one transaction each.
async fn file_reports(port: u16, dir: &std::path::Path) {
    let cities = ["da-nang", "ha-noi", "ho-chi-minh-city"];
    let mut drafts = Vec::new();
    for city in cities {
        let token = token(port, &format!("officer.{city}@demo.example")).await;
        let plan = get(&format!("/api/v1/projects?city={city}&limit=100"), &token);
        let list: Value =
            serde_json::from_slice(&Client::open(port).await.call(&plan).await.body).unwrap();
        for project in list["items"].as_array().unwrap() {
            drafts.push((project["code"].as_str().unwrap().to_owned(), token.clone()));
        }
    }
    // More connections than these cities have projects: the rest are made, as an officer would.
    let (_, first_token) = drafts[0].clone();
    while drafts.len() < CONNECTIONS {
        let new = json!({"city": "da-nang", "plan_cycle": "2018-2025", "title": "A project of the benchmark", "summary": "To be filed",
            "focus_area": "quality-environment", "starts_on": "2019-01-01", "ends_on": "2025-12-31"});
        let made = Client::open(port)
            .await
            .call(&with_body("POST", "/api/v1/projects", &first_token, None, &new))
            .await;
        assert_eq!(made.status, 201, "{}", String::from_utf8_lossy(&made.body));
        let made: Value = serde_json::from_slice(&made.body).unwrap();
        drafts.push((made["code"].as_str().unwrap().to_owned(), first_token.clone()));
    }
    drafts.truncate(CONNECTIONS);
    let body = json!({"status": "ongoing", "percent_complete": 62.5, "percent_method": "self_assessed",
        "achievements": "The control centre was connected to 120 further crossings. ".repeat(4),
        "challenges": "Land for two depots is not cleared yet. ".repeat(4), "next_steps": "Tender of the second lot. ".repeat(4)});

    let mut clients = Vec::new();
    for (code, token) in drafts {
        let path = format!("/api/v1/projects/{code}/reports/me-2026");
        let mut client = Client::open(port).await;
        let made = client.call(&with_body("PUT", &path, &token, None, &body)).await;
        assert_eq!(made.status, 201, "{}", String::from_utf8_lossy(&made.body));
        clients.push((client, path, token, made.etag.unwrap()));
    }
    let (mut ours, mut plain, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let loop_rate = plain_loop(dir, &body.to_string());
        let until = Instant::now() + ROUND;
        let started = Instant::now();
        let counts = futures_util::future::join_all(clients.iter_mut().map(
            |(client, path, token, etag)| {
                let body = &body;
                async move {
                    let mut n = 0_u64;
                    while Instant::now() < until {
                        let filed =
                            client.call(&with_body("PUT", path, token, Some(etag), body)).await;
                        assert_eq!(filed.status, 200, "{}", String::from_utf8_lossy(&filed.body));
                        *etag = filed.etag.unwrap();
                        n += 1;
                    }
                    n
                }
            },
        ))
        .await;
        let service = counts.iter().sum::<u64>() as f64 / started.elapsed().as_secs_f64();
        ours.push(service);
        plain.push(loop_rate);
        ratios.push(service / loop_rate);
    }
    say(&format!(
        "filing a report, durable: {:.0}/s, plain loop of one transaction per write {:.0}/s, ratio {:.2}",
        median(ours),
        median(plain),
        median(ratios)
    ));
}

/// Writes per second of a loop that updates a report, adds a journal row and moves the head, each write a transaction of
/// its own with `synchronous=FULL`, on a file of its own beside the service's.
fn plain_loop(dir: &std::path::Path, content: &str) -> f64 {
    let path = dir.join("plain.db");
    let mut c = diesel::SqliteConnection::establish(&path.to_string_lossy()).unwrap();
    c.batch_execute(
        "pragma journal_mode=wal; pragma synchronous=full;
         create table if not exists reports (id integer primary key, content text not null, version integer not null);
         create table if not exists journal (seq integer primary key, record text not null, hash blob not null unique);
         create table if not exists head (id integer primary key, seq integer not null);
         insert or ignore into reports values (1, '', 1); insert or ignore into head values (1, 0);",
    )
    .unwrap();
    let until = Instant::now() + ROUND;
    let started = Instant::now();
    let mut n = 0_u64;
    while Instant::now() < until {
        c.batch_execute("begin immediate").unwrap();
        for statement in [
            "update reports set content = ?, version = version + 1 where id = 1",
            "insert into journal (record, hash) values (?, randomblob(32))",
        ] {
            diesel::sql_query(statement)
                .bind::<diesel::sql_types::Text, _>(content)
                .execute(&mut c)
                .unwrap();
        }
        diesel::sql_query("update head set seq = seq + 1 where id = 1").execute(&mut c).unwrap();
        c.batch_execute("commit").unwrap();
        n += 1;
    }
    n as f64 / started.elapsed().as_secs_f64()
}
