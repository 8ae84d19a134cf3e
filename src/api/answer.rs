//! Answers: JSON with a strong `ETag`, and 304 for those who have it already.

use actix_web::{
    HttpRequest, HttpResponse, Responder,
    body::BoxBody,
    http::{Method, StatusCode, header},
    web::Bytes,
};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{
    error::{ApiError, ApiResult},
    language,
};
use crate::domain::{journal::hex, language::Language};

/// The media type of most answers.
const JSON: &str = "application/json";

/// A successful answer. Errors are [`ApiError`]s.
#[derive(Debug, Clone)]
pub struct Answer {
    status: StatusCode,
    body: Bytes,
    etag: Option<String>,
    media: &'static str,
    headers: Vec<(header::HeaderName, String)>,
    language: Option<Language>,
    next: Option<String>,
}

impl Answer {
    /// Answers 200 with a value that has no version of its own; its tag is a hash of the bytes.
    ///
    /// # Errors
    /// A value without a JSON form.
    pub fn of<T: Serialize>(value: &T) -> ApiResult<Self> {
        let body = serde_json::to_vec(value).map_err(|e| ApiError::Internal(Box::new(e)))?;
        let etag = format!("\"{}\"", digest(&body));
        Ok(Self {
            status: StatusCode::OK,
            body: body.into(),
            etag: Some(etag),
            media: JSON,
            headers: Vec::new(),
            language: None,
            next: None,
        })
    }

    /// Answers 200 with a record: its tag is the version and a hash of what this caller gets of it.
    ///
    /// # Errors
    /// A value without a JSON form.
    pub fn record<T: Serialize>(version: i64, value: &T) -> ApiResult<Self> {
        let mut answer = Self::of(value)?;
        answer.etag = Some(format!("\"v{version}-{}\"", digest(&answer.body)));
        Ok(answer)
    }

    /// Says that its JSON is of a more telling media type.
    #[must_use]
    pub const fn media(mut self, media: &'static str) -> Self {
        self.media = media;
        self
    }

    /// Answers with bytes that were made before.
    #[must_use]
    pub const fn bytes(body: Bytes, etag: String) -> Self {
        Self {
            status: StatusCode::OK,
            body,
            etag: Some(etag),
            media: JSON,
            headers: Vec::new(),
            language: None,
            next: None,
        }
    }

    /// Answers 200 with a file. Its tag is that of what it holds: a file made again from the same is the same.
    #[must_use]
    pub fn file(body: Vec<u8>, media: &'static str, name: &str, holds: &[u8]) -> Self {
        let mut file = Self::bytes(body.into(), format!("\"{}\"", digest(holds)));
        file.media = media;
        file.header(header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\""))
    }

    /// Returns about how many bytes of memory it takes.
    #[must_use]
    pub fn size(&self) -> usize {
        let headers: usize = self.headers.iter().map(|(_, value)| 64 + value.len()).sum();
        self.body.len() + headers + self.next.as_ref().map_or(0, String::len)
    }

    /// Answers with what is seen once and that no cache may keep: tokens.
    #[must_use]
    pub fn secret(mut self) -> Self {
        self.etag = None;
        self.unstored()
    }

    /// Answers with what no cache may keep although it has a tag: users.
    #[must_use]
    pub fn unstored(self) -> Self {
        self.header(header::CACHE_CONTROL, "no-store")
    }

    /// Makes it 201 with the place of what was made.
    #[must_use]
    pub fn created(mut self, location: impl Into<String>) -> Self {
        self.status = StatusCode::CREATED;
        self.header(header::LOCATION, location)
    }

    /// Says in which language its words are; none where it has no words of this service.
    #[must_use]
    pub fn in_language(mut self, language: impl Into<Option<Language>>) -> Self {
        self.language = language.into();
        self
    }

    /// Gives the address of the next page: a path with a query.
    #[must_use]
    pub fn next(mut self, address: String) -> Self {
        self.next = Some(address);
        self
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: header::HeaderName, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

/// Returns the first 16 hexadecimal digits of a SHA-256: enough to tell two answers apart, not a seal.
fn digest(body: &[u8]) -> String {
    hex(&Sha256::digest(body)).chars().take(16).collect()
}

impl Responder for Answer {
    type Body = BoxBody;

    fn respond_to(self, req: &HttpRequest) -> HttpResponse {
        let mut response = HttpResponse::build(self.status);
        for (name, value) in self.headers {
            response.insert_header((name, value));
        }
        if let Some(language) = self.language {
            response.insert_header((header::CONTENT_LANGUAGE, language.as_str()));
        }
        if let Some(next) = self.next {
            response.insert_header((header::LINK, link(&next, language::asked(req))));
        }
        if let Some(etag) = self.etag {
            // HEAD is GET by now. Of other methods the answer tells what was done: it is never spared.
            let unchanged = req.method() == Method::GET
                && self.status == StatusCode::OK
                && is_known(req, &etag);
            response.insert_header((header::ETAG, etag));
            if unchanged {
                return response.status(StatusCode::NOT_MODIFIED).finish();
            }
        }
        response.content_type(self.media).body(self.body)
    }
}

/// Writes the link to the next page, which is in the language that was asked for by name. It is no part of what is kept:
/// whoever asked by header goes on asking so.
fn link(next: &str, asked: Option<Language>) -> String {
    match asked {
        Some(language) => format!("<{next}&{}={language}>; rel=\"next\"", language::PARAMETER),
        None => format!("<{next}>; rel=\"next\""),
    }
}

/// Says whether `If-None-Match` names the tag. Weak tags compare as strong ones do here (RFC 9110, 13.1.2).
pub(crate) fn is_known(req: &HttpRequest, etag: &str) -> bool {
    req.headers().get_all(header::IF_NONE_MATCH).filter_map(|v| v.to_str().ok()).any(|list| {
        list.trim() == "*" || list.split(',').any(|tag| tag.trim().trim_start_matches("W/") == etag)
    })
}
