//! Successful responses: JSON with a strong `ETag`, 304 if the caller has it already, and gzip if the caller accepts
//! it. Failures are in `error` and `problem`.

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse, Responder, ResponseError as _,
    body::BoxBody,
    http::{Method, StatusCode, header},
    web::{Bytes, Data},
};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{
    byte_range::ByteRange,
    compression::{AnswerContent, GZIP},
    error::{ApiError, ApiResult},
    feed_page::FeedPage,
    language,
    memory_budget::{MemoryBudgets, MemoryShare},
    operation::{AnswerContract, OperationAnswer},
    piece_body::PIECE,
    spool_buffer::{AnswerBody, HashedBody},
};
use crate::domain::{journal::to_hex, language::Language};

mod secret_answer;

pub(crate) use secret_answer::SecretAnswer;

const JSON: &str = "application/json";

/// A successful response. Failures are [`ApiError`]s.
#[derive(Debug, Clone)]
pub struct Answer {
    status: StatusCode,
    content: AnswerContent,
    etag: Option<String>,
    media: &'static str,
    headers: Vec<(header::HeaderName, String)>,
    language: Option<Language>,
    next: Option<String>,
    feed_page: Option<Arc<FeedPage>>,
}

impl Answer {
    /// Answers 200 with a value that has no version. The `ETag` is a hash of the body.
    ///
    /// # Errors
    /// The value cannot be serialised as JSON.
    pub fn from_value<T: Serialize + ?Sized>(value: &T) -> ApiResult<Self> {
        let mut body = serde_json::to_vec(value).map_err(|e| ApiError::Internal(Box::new(e)))?;
        // A text ends with a line break, so that the next line of a terminal or of a log is not joined to it.
        body.push(b'\n');
        Ok(Self::from_json(body))
    }

    /// Answers 200 with JSON that has no version of its own; its tag is a hash of the bytes.
    pub(crate) fn from_json(body: impl Into<Bytes>) -> Self {
        let body = body.into();
        let etag = format!("\"{}\"", hash_body(&body));
        Self::from_bytes(body, etag)
    }

    /// Answers 200 with a record. The `ETag` is `"v<version>-<hash>"`, with a hash of the body that this caller gets:
    /// `If-Match` compares the version, and `If-None-Match` the whole tag.
    ///
    /// # Errors
    /// The value cannot be serialised as JSON.
    pub fn from_record<T: Serialize>(version: i64, value: &T) -> ApiResult<Self> {
        let mut answer = Self::from_value(value)?;
        answer.etag = Some(format!("\"v{version}-{}\"", hash_body(answer.body())));
        Ok(answer)
    }

    /// Replaces the media type `application/json` by a more specific one.
    #[must_use]
    pub const fn with_media_type(mut self, media: &'static str) -> Self {
        self.media = media;
        self
    }

    /// Answers 200 with bytes and a tag that exist already.
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
            feed_page: None,
        }
    }

    /// Answers 200 with a file to download. The tag is a hash of `holds`, the content that the file was made from: a
    /// workbook that is generated twice from the same content has different bytes, and must keep its tag.
    #[must_use]
    pub fn from_file(body: Vec<u8>, media: &'static str, name: &str, holds: &[u8]) -> Self {
        let mut file = Self::from_bytes(body.into(), format!("\"{}\"", hash_body(holds)));
        file.media = media;
        file.with_header(header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\""))
    }

    /// Returns the body of an answer in memory. It is empty if the body is on disk.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        self.content.bytes_in_memory()
    }

    /// Answers 200 with a finished buffer. The tag comes from the hash of its bytes. A `name` makes it a download.
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

    /// Estimates the memory that this answer takes, in bytes; the cache weighs its entries by this.
    #[must_use]
    pub fn estimate_size(&self) -> usize {
        let headers: usize = self.headers.iter().map(|(_, value)| 64 + value.len()).sum();
        let next = self.next.as_ref().map_or(0, String::len);
        let page = self.feed_page.as_ref().map_or(0, |page| page.estimate_size());
        self.content.estimate_size().saturating_add(headers + next + page)
    }

    /// Prepares the answer for the cache, so that it is compressed only once. Compressing a body on disk takes a while:
    /// call this from a thread that may block.
    #[must_use]
    pub fn prepare_for_cache(mut self) -> Self {
        self.content = self.content.prepare_for_cache(self.media);
        self
    }

    pub(super) const fn is_on_disk(&self) -> bool {
        self.content.is_on_disk()
    }

    /// Returns `true` if a body on disk could not be read back: sending it again would fail too.
    pub(super) fn is_broken(&self) -> bool {
        self.content.is_broken()
    }

    /// Marks an answer with a secret that is shown only once, such as a token: no `ETag`, and no cache may store it.
    #[must_use]
    pub(crate) fn mark_secret(mut self) -> SecretAnswer {
        self.etag = None;
        SecretAnswer(self.forbid_storing())
    }

    /// Forbids caches to store the answer, although it has an `ETag`. For data about users.
    #[must_use]
    pub fn forbid_storing(self) -> Self {
        self.with_header(header::CACHE_CONTROL, "no-store")
    }

    /// Makes it a 201 with the address of the new record.
    #[must_use]
    pub fn mark_created(mut self, location: impl Into<String>) -> Self {
        self.status = StatusCode::CREATED;
        self.with_header(header::LOCATION, location)
    }

    /// Sets the language of the texts in the answer; `None` if it has no texts of this service.
    #[must_use]
    pub fn in_language(mut self, language: impl Into<Option<Language>>) -> Self {
        self.language = language.into();
        self
    }

    /// Returns the media type with its parameters.
    #[must_use]
    pub const fn media_type(&self) -> &'static str {
        self.media
    }

    /// Removes the link to the next page, for callers who may not request that page.
    #[must_use]
    pub fn without_next_page(mut self) -> Self {
        self.next = None;
        self
    }

    /// Adds what the body contains, if it is a page of the feed.
    #[must_use]
    pub(super) fn with_feed_page(mut self, page: FeedPage) -> Self {
        self.feed_page = Some(Arc::new(page));
        self
    }

    /// Returns what the body contains, if it is a page of the feed.
    pub(super) fn feed_page(&self) -> Option<&FeedPage> {
        self.feed_page.as_deref()
    }

    /// Adds a link to the next page. `address` is a path with a query.
    #[must_use]
    pub fn with_next_page(mut self, address: String) -> Self {
        self.next = Some(address);
        self
    }

    #[must_use]
    pub fn with_header(mut self, name: header::HeaderName, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

/// Returns the first 16 hexadecimal digits of a SHA-256. They distinguish two answers, but do not protect against
/// forgery.
fn hash_body(body: &[u8]) -> String {
    to_hex(&Sha256::digest(body)).chars().take(16).collect()
}

impl OperationAnswer for Answer {
    const CONTRACT: AnswerContract = AnswerContract::TAGGED;
}

impl Responder for Answer {
    type Body = BoxBody;

    fn respond_to(self, req: &HttpRequest) -> HttpResponse {
        let share = match reserve_memory(req, &self.content) {
            Ok(share) => share,
            Err(busy) => return busy.error_response(),
        };
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
        let is_compressed = self.content.is_compressed_for(req, self.media);
        let mut sent_etag = None;
        if let Some(mut etag) = self.etag {
            // The bytes differ, so the tag has to differ.
            if is_compressed {
                etag = format!("{}-{GZIP}\"", etag.trim_end_matches('"'));
            }
            // HEAD has become GET by now. For other methods the answer describes a change, so it is always sent in
            // full.
            let unchanged = req.method() == Method::GET
                && self.status == StatusCode::OK
                && is_etag_known(req, &etag);
            response.insert_header((header::ETAG, etag.as_str()));
            sent_etag = Some(etag);
            if unchanged {
                return response.status(StatusCode::NOT_MODIFIED).finish();
            }
        }
        response.content_type(self.media);
        let mut body = if is_compressed {
            response.insert_header((header::CONTENT_ENCODING, GZIP));
            self.content.into_compressed()
        } else {
            self.content.into_plain()
        };
        if self.status == StatusCode::OK
            && let AnswerBody::Memory(bytes) = &body
            && let Some(range) = ByteRange::from_request(req, sent_etag.as_deref(), bytes.len())
        {
            response.status(StatusCode::PARTIAL_CONTENT);
            response.insert_header((header::CONTENT_RANGE, range.to_string()));
            body = AnswerBody::Memory(range.cut(bytes));
        }
        response.body(body.into_response_body(share))
    }
}

/// Reserves memory for a long answer that is not cached, while it is sent. If there is none left, a reading is refused.
/// The answer of a write is sent in any case, because the write is done.
fn reserve_memory(req: &HttpRequest, content: &AnswerContent) -> ApiResult<Option<MemoryShare>> {
    let AnswerContent::Uncached(AnswerBody::Memory(bytes)) = content else { return Ok(None) };
    let budgets = req.app_data::<Data<MemoryBudgets>>().filter(|_| bytes.len() > PIECE);
    let Some(budgets) = budgets else { return Ok(None) };
    let mut share = budgets.answers.start_share();
    match share.grow_to(bytes.len()) {
        Err(busy) if req.method() == Method::GET => Err(busy),
        Ok(()) | Err(_) => Ok(Some(share)),
    }
}

/// Formats the link to the next page. It repeats a language that the caller chose with `lang`. That language is not
/// part of the cached answer, because callers who chose theirs with `Accept-Language` will send that header again.
fn format_next_link(next: &str, asked: Option<Language>) -> String {
    match asked {
        Some(language) => format!("<{next}&{}={language}>; rel=\"next\"", language::PARAMETER),
        None => format!("<{next}>; rel=\"next\""),
    }
}

/// Returns `true` if `If-None-Match` contains the tag. The header uses weak comparison (RFC 9110, 13.1.2), so `W/` is
/// ignored.
pub(crate) fn is_etag_known(req: &HttpRequest, etag: &str) -> bool {
    req.headers().get_all(header::IF_NONE_MATCH).filter_map(|v| v.to_str().ok()).any(|list| {
        list.trim() == "*" || list.split(',').any(|tag| tag.trim().trim_start_matches("W/") == etag)
    })
}

#[cfg(test)]
mod tests;
