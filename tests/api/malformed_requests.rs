//! Broken requests as they stand on the wire: each is answered by a problem that says what is wrong, and none writes.

use ascn_tracker::store::StoreError;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::{
    helpers::TestApp,
    projects::{merge_members, project_body, sorted_faults},
    report_fixtures::{CYCLE, complete_report_body, report_path, spawn_with_open_cycle},
};

/// What came back, byte for byte.
struct RawResponse {
    status: u16,
    head: String,
    body: String,
}

impl RawResponse {
    fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (n, v) = line.split_once(": ")?;
            n.eq_ignore_ascii_case(name).then_some(v)
        })
    }
    /// The problem, with all that every problem has.
    #[track_caller]
    fn expect_problem(&self, status: u16, code: &str) -> Value {
        assert_eq!(self.status, status, "{}\n{}", self.head, self.body);
        assert_eq!(self.header("content-type"), Some("application/problem+json"));
        let problem: Value = serde_json::from_str(&self.body).unwrap();
        assert_eq!((&problem["code"], &problem["status"]), (&json!(code), &json!(status)));
        let id = self.header("x-request-id").unwrap();
        assert_eq!(problem["instance"], format!("urn:uuid:{id}"));
        problem
    }
}

/// Sends a request that no client would make.
async fn send_raw(app: &TestApp, line: &str, headers: &str, body: &[u8]) -> RawResponse {
    let mut stream =
        TcpStream::connect(app.address.strip_prefix("http://").unwrap()).await.unwrap();
    let head = format!("{line} HTTP/1.1\r\nHost: t\r\nConnection: close\r\n{headers}\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    // A server that has refused already may hang up meanwhile.
    let _ = stream.write_all(body).await;
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes).await;
    let text = String::from_utf8(bytes).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    RawResponse { status, head: head.to_owned(), body: body.to_owned() }
}

async fn post_raw_project(app: &TestApp, headers: &str, body: &[u8]) -> RawResponse {
    let token = app.officer("da-nang").await.token.unwrap();
    let headers =
        format!("Authorization: Bearer {token}\r\nContent-Length: {}\r\n{headers}", body.len());
    send_raw(app, "POST /api/v1/projects", &headers, body).await
}

async fn journal_head(app: &TestApp) -> Value {
    app.secretariat().await.get("journal/head").await.expect(200).json()
}

const JSON: &str = "Content-Type: application/json\r\n";

#[actix_web::test]
async fn malformed_json_body_is_400_and_writes_nothing() {
    let app = TestApp::spawn().await;
    app.officer("da-nang").await;
    let before = journal_head(&app).await;
    let mut said = Vec::new();
    for body in [
        &b"{\"title\":"[..],
        b"{\"title\":\"x\"",
        b"{} {}",
        b"",
        b"{\"title\":\"a\",\"title\":\"b\"}",
        b"{\"title\":\"\\ud800\"}",
        b"{\"title\":\"\xff\"}",
    ] {
        let problem = post_raw_project(&app, JSON, body).await.expect_problem(400, "malformed");
        let fault = &problem["errors"][0];
        let text = |name: &str| fault[name].as_str().unwrap().to_owned();
        said.push(format!("[{}] {}: {}", text("pointer"), text("code"), text("detail")));
    }
    insta::assert_snapshot!(said.join("\n"), @r"
    [/title] json: JSON is expected; the text ends before the value does
    [] json: JSON is expected; the text ends before the value does
    [] json: one JSON value is expected; at line 1, column 4 something follows it
    [] json: JSON is expected; the text ends before the value does
    [/title] type: duplicate field `title`
    [/title] json: JSON is expected; it cannot be read on from line 1, column 17
    [/title] json: JSON is expected; it cannot be read on from line 1, column 11
    ");
    let deep = [vec![b'['; 100_000], vec![b']'; 100_000]].concat();
    post_raw_project(&app, JSON, &[b"{\"tags\":", &deep[..], b"}"].concat())
        .await
        .expect_problem(400, "malformed");
    let good = project_body("da-nang", "Smart water").to_string();
    for kind in ["", "Content-Type: text/plain\r\n", "Content-Type: application/xml\r\n"] {
        post_raw_project(&app, kind, good.as_bytes())
            .await
            .expect_problem(415, "unsupported-media-type");
    }
    assert_eq!(journal_head(&app).await, before);
}

#[actix_web::test]
async fn merge_patch_media_type_on_post_or_put_is_415() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    let kind = ("content-type", "application/merge-patch+json");
    let path = "projects/da-nang-1";
    let etag = officer.get(path).await.etag();
    let title = json!({ "title": "Another title" });
    let headers = [kind, ("if-match", etag.as_str())];
    let patched = officer.send("PATCH", path, Some(&title), &headers).await.expect(200);
    assert_eq!(patched.json()["title"], "Another title");
    let new = project_body("da-nang", "Smart water");
    officer.send("POST", "projects", Some(&new), &[kind]).await.expect(415);
    officer
        .send("PUT", &report_path("da-nang-1"), Some(&complete_report_body()), &[kind])
        .await
        .expect(415);
}

#[actix_web::test]
async fn body_over_the_size_limit_is_413_declared_or_chunked() {
    let app = TestApp::spawn().await;
    app.officer("da-nang").await;
    let before = journal_head(&app).await;
    let token = app.officer("da-nang").await.token.unwrap();
    let line = "POST /api/v1/projects";
    let declared =
        format!("Authorization: Bearer {token}\r\n{JSON}Content-Length: {}\r\n", 2 * 1024 * 1024);
    send_raw(&app, line, &declared, b"").await.expect_problem(413, "too-large");
    let chunked = format!("Authorization: Bearer {token}\r\n{JSON}Transfer-Encoding: chunked\r\n");
    // One byte too many, so that nothing unread is left to reset the connection by.
    let body = [&b"100001\r\n"[..], &vec![b' '; 1024 * 1024 + 1], b"\r\n0\r\n\r\n"].concat();
    send_raw(&app, line, &chunked, &body).await.expect_problem(413, "too-large");
    assert_eq!(journal_head(&app).await, before);
}

#[actix_web::test]
async fn report_with_control_characters_or_invalid_values_is_422() {
    let app = spawn_with_open_cycle().await;
    let officer = app.officer("da-nang").await;
    let before = journal_head(&app).await;
    for (members, expected) in [
        (json!({"achievements": "a\u{0}b"}), "/achievements control_character"),
        (json!({"challenges": "a\u{1b}b"}), "/challenges control_character"),
        (json!({"next_steps": "a\u{202e}b"}), "/next_steps control_character"),
        (json!({"percent_complete": 140}), "/percent_complete "),
        (json!({"status": "finished"}), "/status "),
        (json!({"spent": {"amount_minor": -1, "currency": "VND"}}), "/spent/amount_minor range"),
        (json!({"spent": {"amount_minor": 1, "currency": "ZZZ"}}), "/spent/currency currency"),
        (json!({"evidence": [{"title": "x", "url": "http://a.example/"}]}), "/evidence/0/url "),
        (
            json!({"evidence": [{"title": "x", "url": "https://u:p@a.example/"}]}),
            "/evidence/0/url ",
        ),
    ] {
        let found = sorted_faults(
            officer
                .put(
                    &report_path("da-nang-1"),
                    &merge_members(complete_report_body(), members),
                    None,
                )
                .await,
        );
        assert!(found.len() == 1 && found[0].starts_with(expected), "{found:?}, not {expected}");
    }
    officer.get(&format!("projects/da-nang-1/reports/{CYCLE}")).await.expect(404);
    assert_eq!(journal_head(&app).await, before);
}

#[actix_web::test]
async fn unknown_paths_are_404_and_wrong_methods_are_405() {
    let app = TestApp::spawn().await;
    let token = app.officer("da-nang").await.token.unwrap();
    let bearer = format!("Authorization: Bearer {token}\r\n");
    let long = "x".repeat(5_000);
    for path in [
        "/api/v1/cities/..",
        "/api/v1/cities/../../etc/passwd",
        "/api/v1/cities/%2e%2e%2fusers",
        "/api/v1/cities/%00",
        "/api/v1/cities/%ff",
        "/api/v1/cities/%zz",
        "/api/v1/cities/%",
        "/api/v1/nothing",
        "/api/v1/",
        "/nothing",
        "//",
        &format!("/api/v1/cities/{long}"),
    ] {
        send_raw(&app, &format!("GET {path}"), &bearer, b"").await.expect_problem(404, "not-found");
    }
    // Without credentials too: the method comes first.
    for (line, allow) in [
        ("DELETE /api/v1/cities", "GET, HEAD, POST"),
        ("TRACE /api/v1/cities/da-nang", "GET, HEAD, PATCH"),
        ("POST /health/live", "GET, HEAD"),
    ] {
        let answer = send_raw(&app, line, "", b"").await;
        answer.expect_problem(405, "method-not-allowed");
        assert_eq!(answer.header("allow"), Some(allow), "{line}");
    }
    let (get, head) = (
        send_raw(&app, "GET /api/v1/cities/da-nang", &bearer, b"").await,
        send_raw(&app, "HEAD /api/v1/cities/da-nang", &bearer, b"").await,
    );
    assert_eq!((get.status, head.status, head.body.as_str()), (200, 200, ""));
    assert_eq!(get.header("etag"), head.header("etag"));
    assert_eq!(get.header("content-length"), head.header("content-length"));
    let many = vec!["q="; 300].join("&");
    let problem = send_raw(&app, &format!("GET /api/v1/projects?{many}"), &bearer, b"").await;
    problem.expect_problem(400, "malformed");
    for bad in ["Bearer a.b.c", "Basic eDp5", "Bearer eyJhbGciOiJub25lIn0.e30.", "\u{e9}"] {
        let answer =
            send_raw(&app, "GET /api/v1/me", &format!("Authorization: {bad}\r\n"), b"").await;
        answer.expect_problem(401, "unauthenticated");
        // RFC 6750, 3.1: an error only if there is a token.
        let error = if bad.starts_with("Bearer") { r#", error="invalid_token""# } else { "" };
        let challenge = format!(r#"Bearer realm="ascn-tracker"{error}"#);
        assert_eq!(answer.header("www-authenticate"), Some(challenge.as_str()), "{bad}");
    }
}

#[actix_web::test]
async fn panic_in_a_write_does_not_break_later_writes() {
    let app = TestApp::spawn().await;
    let officer = app.officer("da-nang").await;
    let before = journal_head(&app).await;
    for _ in 0..8 {
        let died = app.state.db.write(|_| -> Result<(), StoreError> { panic!("on purpose") }).await;
        assert!(matches!(died, Err(StoreError::Unavailable(_))), "{died:?}");
    }
    assert_eq!(journal_head(&app).await, before);
    officer.post("projects", &project_body("da-nang", "Smart water")).await.expect(201);
}
