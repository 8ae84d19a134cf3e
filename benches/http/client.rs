//! A keep-alive client that does no more than it must, so that it takes little of the machine from the server.

use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::PASSWORD;

/// A GET with a token.
pub(crate) fn get(path: &str, token: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {token}\r\n\r\n")
        .into_bytes()
}

/// A request with a JSON body.
pub(crate) fn with_body(
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
pub(crate) struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// What was answered.
pub(crate) struct Answer {
    /// The status.
    pub(crate) status: u16,
    /// The tag.
    pub(crate) etag: Option<String>,
    /// The body.
    pub(crate) body: Vec<u8>,
}

impl Client {
    /// Connects.
    pub(crate) async fn open(port: u16) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, buffer: Vec::with_capacity(64 * 1024) }
    }

    /// Sends a request and reads the answer.
    pub(crate) async fn call(&mut self, request: &[u8]) -> Answer {
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

/// Signs in.
pub(crate) async fn token(port: u16, email: &str) -> String {
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

impl Answer {
    /// Reads the body, and says that the status must be this.
    pub(crate) fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.body));
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }
}
