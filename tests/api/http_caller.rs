//! Callers who speak HTTP to the service of a test, and what they are answered.

use serde_json::Value;

use crate::helpers::TestApp;

/// Somebody who calls the service.
#[derive(Clone)]
pub struct Caller<'a> {
    pub(crate) app: &'a TestApp,
    /// The access token, for callers who have one.
    pub token: Option<String>,
}

/// An answer, read whole.
#[derive(Debug)]
pub struct TestResponse {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: reqwest::header::HeaderMap,
    /// The body as text.
    pub text: String,
}

impl TestResponse {
    /// The body as JSON; null when it is none.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or(Value::Null)
    }
    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|v| v.to_str().ok())
    }
    /// The `ETag`, which must be there.
    pub fn etag(&self) -> String {
        self.header("etag").unwrap().to_owned()
    }
    /// Goes on if the status is as expected, else fails with the body.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }
}

impl Caller<'_> {
    /// Sends a request of any kind.
    pub async fn send(
        &self,
        method: &str,
        path: &str,
        body: Option<&Value>,
        headers: &[(&str, &str)],
    ) -> TestResponse {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let path = if path.starts_with('/') { path.to_owned() } else { format!("/api/v1/{path}") };
        let mut request = self.app.client.request(method, format!("{}{path}", self.app.address));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        TestResponse { status, headers, text: response.text().await.unwrap() }
    }
    /// Reads. A path without a leading slash is below `/api/v1/`.
    pub async fn get(&self, path: &str) -> TestResponse {
        self.send("GET", path, None, &[]).await
    }
    /// Posts JSON.
    pub async fn post(&self, path: &str, body: &Value) -> TestResponse {
        self.send("POST", path, Some(body), &[]).await
    }
    /// Sends a file.
    pub async fn upload(&self, path: &str, media: &str, body: Vec<u8>) -> TestResponse {
        let url = format!("{}/api/v1/{path}", self.app.address);
        let mut request = self.app.client.post(url).header("content-type", media).body(body);
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        TestResponse { status, headers, text: response.text().await.unwrap() }
    }
    /// Reads a file; the answer must be 200.
    pub async fn download(&self, path: &str) -> Vec<u8> {
        let url = format!("{}/api/v1/{path}", self.app.address);
        let request = self.app.client.get(url).bearer_auth(self.token.as_deref().unwrap());
        let response = request.send().await.unwrap();
        assert_eq!(response.status().as_u16(), 200);
        response.bytes().await.unwrap().to_vec()
    }
    /// Puts JSON, with `If-Match` where given.
    pub async fn put(&self, path: &str, body: &Value, if_match: Option<&str>) -> TestResponse {
        let headers: Vec<(&str, &str)> = if_match.map(|t| ("if-match", t)).into_iter().collect();
        self.send("PUT", path, Some(body), &headers).await
    }
    /// Patches with JSON, with `If-Match` where given.
    pub async fn patch(&self, path: &str, body: &Value, if_match: Option<&str>) -> TestResponse {
        let headers: Vec<(&str, &str)> = if_match.map(|t| ("if-match", t)).into_iter().collect();
        self.send("PATCH", path, Some(body), &headers).await
    }
    /// Deletes, with `If-Match` where given.
    pub async fn delete(&self, path: &str, if_match: Option<&str>) -> TestResponse {
        let headers: Vec<(&str, &str)> = if_match.map(|t| ("if-match", t)).into_iter().collect();
        self.send("DELETE", path, None, &headers).await
    }
}

/// Returns the pointers of the faults that an answer names.
pub fn pointers(answer: &TestResponse) -> Vec<String> {
    let errors = answer.json()["errors"].as_array().cloned().unwrap_or_default();
    errors.iter().map(|e| e["pointer"].as_str().unwrap_or_default().to_owned()).collect()
}
