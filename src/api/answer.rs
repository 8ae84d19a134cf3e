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
    compression::{AnswerContent, GZIP},
    error::{ApiError, ApiResult},
    language,
    spool_buffer::{AnswerBody, HashedBody},
};
use crate::domain::{journal::to_hex, language::Language};

/// The media type of most answers.
const JSON: &str = "application/json";

/// A successful answer. Errors are [`ApiError`]s.
#[derive(Debug, Clone)]
pub struct Answer {
    status: StatusCode,
    content: AnswerContent,
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
    pub fn from_value<T: Serialize + ?Sized>(value: &T) -> ApiResult<Self> {
        let body = serde_json::to_vec(value).map_err(|e| ApiError::Internal(Box::new(e)))?;
        Ok(Self::from_json(body))
    }

    /// Answers 200 with JSON that has no version of its own; its tag is a hash of the bytes.
    pub(crate) fn from_json(body: impl Into<Bytes>) -> Self {
        let body = body.into();
        let etag = format!("\"{}\"", hash_body(&body));
        Self::from_bytes(body, etag)
    }

    /// Answers 200 with a record: its tag is the version and a hash of what this caller gets of it.
    ///
    /// # Errors
    /// A value without a JSON form.
    pub fn from_record<T: Serialize>(version: i64, value: &T) -> ApiResult<Self> {
        let mut answer = Self::from_value(value)?;
        answer.etag = Some(format!("\"v{version}-{}\"", hash_body(answer.body())));
        Ok(answer)
    }

    /// Says that its JSON is of a more telling media type.
    #[must_use]
    pub const fn with_media_type(mut self, media: &'static str) -> Self {
        self.media = media;
        self
    }

    /// Answers with bytes that were made before.
    #[must_use]
    pub const fn from_bytes(body: Bytes, etag: String) -> Self {
        Self::from_content(AnswerContent::Uncached(AnswerBody::Memory(body)), etag)
    }

    const fn from_content(content: AnswerContent, etag: String) -> Self {
        Self {
            status: StatusCode::OK,
            content,
            etag: Some(etag),
            media: JSON,
            headers: Vec::new(),
            language: None,
            next: None,
        }
    }

    /// Answers 200 with a file. Its tag is that of what it holds: a file made again from the same is the same.
    #[must_use]
    pub fn from_file(body: Vec<u8>, media: &'static str, name: &str, holds: &[u8]) -> Self {
        let mut file = Self::from_bytes(body.into(), format!("\"{}\"", hash_body(holds)));
        file.media = media;
        file.with_header(header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\""))
    }

    /// Returns the body of an answer in memory; nothing of one that is on disk.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        self.content.bytes_in_memory()
    }

    /// Answers 200 with what was made for it, under a name for those who save it. Its tag is that of its bytes.
    #[must_use]
    pub fn from_hashed_body(made: HashedBody, media: &'static str, name: Option<&str>) -> Self {
        let tag: String = made.sha256_hex().chars().take(16).collect();
        let mut answer =
            Self::from_content(AnswerContent::Uncached(made.body), format!("\"{tag}\""));
        answer.media = media;
        match name {
            Some(name) => answer.with_header(
                header::CONTENT_DISPOSITION,
                format!("attachment; filename=\"{name}\""),
            ),
            None => answer,
        }
    }

    /// Returns about how many bytes of memory it takes.
    #[must_use]
    pub fn estimate_size(&self) -> usize {
        let headers: usize = self.headers.iter().map(|(_, value)| 64 + value.len()).sum();
        let next = self.next.as_ref().map_or(0, String::len);
        self.content.estimate_size().saturating_add(headers + next)
    }

    /// Prepares it for being kept, so that it is compressed once. For what is on disk this takes a while.
    #[must_use]
    pub fn prepare_for_cache(mut self) -> Self {
        self.content = self.content.prepare_for_cache(self.media);
        self
    }

    /// Says whether it is on disk.
    pub(super) const fn is_on_disk(&self) -> bool {
        self.content.is_on_disk()
    }

    /// Says whether somebody could not be sent it, because it cannot be read back.
    pub(super) fn is_broken(&self) -> bool {
        self.content.is_broken()
    }

    /// Answers with what is seen once and that no cache may keep: tokens.
    #[must_use]
    pub fn mark_secret(mut self) -> Self {
        self.etag = None;
        self.forbid_storing()
    }

    /// Answers with what no cache may keep although it has a tag: users.
    #[must_use]
    pub fn forbid_storing(self) -> Self {
        self.with_header(header::CACHE_CONTROL, "no-store")
    }

    /// Makes it 201 with the place of what was made.
    #[must_use]
    pub fn mark_created(mut self, location: impl Into<String>) -> Self {
        self.status = StatusCode::CREATED;
        self.with_header(header::LOCATION, location)
    }

    /// Says in which language its words are; none where it has no words of this service.
    #[must_use]
    pub fn in_language(mut self, language: impl Into<Option<Language>>) -> Self {
        self.language = language.into();
        self
    }

    /// Returns its media type, parameters included.
    #[must_use]
    pub const fn media_type(&self) -> &'static str {
        self.media
    }

    /// Leaves out the address of the next page, for those who may not ask for it.
    #[must_use]
    pub fn without_next_page(mut self) -> Self {
        self.next = None;
        self
    }

    /// Gives the address of the next page: a path with a query.
    #[must_use]
    pub fn with_next_page(mut self, address: String) -> Self {
        self.next = Some(address);
        self
    }

    /// Adds a header.
    #[must_use]
    pub fn with_header(mut self, name: header::HeaderName, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

/// Returns the first 16 hexadecimal digits of a SHA-256: enough to tell two answers apart, not a seal.
fn hash_body(body: &[u8]) -> String {
    to_hex(&Sha256::digest(body)).chars().take(16).collect()
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
            response.insert_header((
                header::LINK,
                format_next_link(&next, language::find_requested_language(req)),
            ));
        }
        let is_coded = self.content.is_compressed_for(req, self.media);
        if let Some(mut etag) = self.etag {
            // Other bytes, another tag.
            if is_coded {
                etag = format!("{}-{GZIP}\"", etag.trim_end_matches('"'));
            }
            // HEAD is GET by now. Of other methods the answer tells what was done: it is never spared.
            let unchanged = req.method() == Method::GET
                && self.status == StatusCode::OK
                && is_etag_known(req, &etag);
            response.insert_header((header::ETAG, etag));
            if unchanged {
                return response.status(StatusCode::NOT_MODIFIED).finish();
            }
        }
        response.content_type(self.media);
        if is_coded {
            response.insert_header((header::CONTENT_ENCODING, GZIP));
            return response.body(self.content.into_compressed().into_response_body());
        }
        response.body(self.content.into_plain().into_response_body())
    }
}

/// Writes the link to the next page, which is in the language that was asked for by name. It is no part of what is kept:
/// whoever asked by header goes on asking so.
fn format_next_link(next: &str, asked: Option<Language>) -> String {
    match asked {
        Some(language) => format!("<{next}&{}={language}>; rel=\"next\"", language::PARAMETER),
        None => format!("<{next}>; rel=\"next\""),
    }
}

/// Says whether `If-None-Match` names the tag. Weak tags compare as strong ones do here (RFC 9110, 13.1.2).
pub(crate) fn is_etag_known(req: &HttpRequest, etag: &str) -> bool {
    req.headers().get_all(header::IF_NONE_MATCH).filter_map(|v| v.to_str().ok()).any(|list| {
        list.trim() == "*" || list.split(',').any(|tag| tag.trim().trim_start_matches("W/") == etag)
    })
}

#[cfg(test)]
mod tests;
