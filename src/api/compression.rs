//! Content coding. Cached answers are gzipped once: those in memory when a caller first asks for gzip, those on disk
//! when they are cached. An answer in memory that is not cached, such as a single record, is gzipped when it is sent,
//! unless it is very large.

use std::{
    io::Write as _,
    sync::{Arc, OnceLock},
};

use actix_web::{HttpRequest, http::header, web::Bytes};
use flate2::{Compression, write::GzEncoder};

use super::spool_buffer::{AnswerBody, TempFile};
use crate::domain::quality::{Quality, find_quality};

/// The only content coding that is offered: every client that supports compression supports gzip.
pub(crate) const GZIP: &str = "gzip";
/// The smallest body in bytes that is compressed: a smaller one fits into one TCP packet anyway.
const WORTH_IT: usize = 1_024;
/// The largest body in bytes that is compressed while it is sent: this takes a few milliseconds of the thread that also
/// serves other requests. The largest record is smaller.
const DIRECTLY_MAX: usize = 512 * 1_024;
/// The level of compression of a body that is sent once. Higher levels take longer and save little.
const FAST: Compression = Compression::new(3);
/// The level of compression of a body that is sent many times.
const THOROUGH: Compression = Compression::new(6);

/// The body of an answer, with its compressed form if it is cached.
#[derive(Debug, Clone)]
pub(super) enum AnswerContent {
    /// Made for one caller.
    Uncached(AnswerBody),
    /// Cached in memory, and compressed on the first request for gzip.
    CachedInMemory(Bytes, GzippedBytes),
    /// Cached on disk, with its compressed form if it is text.
    CachedOnDisk(TempFile, Option<AnswerBody>),
}

impl AnswerContent {
    /// Prepares the body for the cache. A body on disk is compressed here, which takes a while.
    pub(super) fn prepare_for_cache(self, media: &str) -> Self {
        match self {
            Self::Uncached(AnswerBody::Memory(bytes)) => {
                Self::CachedInMemory(bytes, GzippedBytes::default())
            }
            Self::Uncached(AnswerBody::Disk(file)) => {
                let gzipped = is_text_type(media).then(|| file.gzip_to_body()).transpose();
                // If the disk is full, the answer is sent uncompressed.
                let gzipped = gzipped.inspect_err(|e| tracing::warn!(error = %e, "not compressed"));
                Self::CachedOnDisk(file, gzipped.ok().flatten())
            }
            cached @ (Self::CachedInMemory(..) | Self::CachedOnDisk(..)) => cached,
        }
    }

    pub(super) const fn is_on_disk(&self) -> bool {
        matches!(self, Self::Uncached(AnswerBody::Disk(_)) | Self::CachedOnDisk(..))
    }

    /// Returns `true` if a file on disk could not be read back.
    pub(super) fn is_broken(&self) -> bool {
        match self {
            Self::Uncached(body) => body.is_broken(),
            Self::CachedInMemory(..) => false,
            Self::CachedOnDisk(file, gzipped) => {
                file.is_broken() || gzipped.as_ref().is_some_and(AnswerBody::is_broken)
            }
        }
    }

    /// Returns the bytes of a body in memory. They are empty if the body is on disk.
    pub(super) fn bytes_in_memory(&self) -> &Bytes {
        static NONE: Bytes = Bytes::new();
        match self {
            Self::Uncached(AnswerBody::Memory(bytes)) | Self::CachedInMemory(bytes, _) => bytes,
            Self::Uncached(AnswerBody::Disk(_)) | Self::CachedOnDisk(..) => &NONE,
        }
    }

    /// Estimates the memory in bytes. A compressed form that may be made later counts as a quarter of the body. A file
    /// on disk counts as a quarter of its size, so that the limit of the cache also limits the disk.
    pub(super) fn estimate_size(&self) -> usize {
        let on_disk =
            |file: &TempFile| usize::try_from(file.size_bytes() / 4).unwrap_or(usize::MAX);
        let weight = |body: &AnswerBody| match body {
            AnswerBody::Memory(bytes) => bytes.len(),
            AnswerBody::Disk(file) => on_disk(file),
        };
        match self {
            Self::Uncached(body) => weight(body),
            Self::CachedInMemory(bytes, _) => bytes.len() + bytes.len() / 4,
            Self::CachedOnDisk(file, gzipped) => {
                on_disk(file).saturating_add(gzipped.as_ref().map_or(0, weight))
            }
        }
    }

    /// Returns `true` if this caller gets the compressed form.
    pub(super) fn is_compressed_for(&self, req: &HttpRequest, media: &str) -> bool {
        match self {
            Self::Uncached(AnswerBody::Memory(bytes)) => {
                bytes.len() <= DIRECTLY_MAX && is_compression_wanted(req, media, bytes.len())
            }
            Self::Uncached(AnswerBody::Disk(_)) | Self::CachedOnDisk(_, None) => false,
            Self::CachedInMemory(bytes, _) => is_compression_wanted(req, media, bytes.len()),
            Self::CachedOnDisk(_, Some(_)) => is_compression_wanted(req, media, WORTH_IT),
        }
    }

    /// Returns the uncompressed body.
    pub(super) fn into_plain(self) -> AnswerBody {
        match self {
            Self::Uncached(body) => body,
            Self::CachedInMemory(bytes, _) => AnswerBody::Memory(bytes),
            Self::CachedOnDisk(file, _) => AnswerBody::Disk(file),
        }
    }

    /// Returns the compressed body, for callers of whom [`Self::is_compressed_for`] is true.
    pub(super) fn into_compressed(self) -> AnswerBody {
        match self {
            Self::Uncached(AnswerBody::Memory(bytes)) => {
                AnswerBody::Memory(gzip_bytes(&bytes, FAST).unwrap_or(bytes))
            }
            Self::Uncached(body @ AnswerBody::Disk(_)) => body,
            Self::CachedInMemory(bytes, gzipped) => {
                AnswerBody::Memory(gzipped.get_or_compress(&bytes))
            }
            Self::CachedOnDisk(_, Some(gzipped)) => gzipped,
            Self::CachedOnDisk(file, None) => AnswerBody::Disk(file),
        }
    }
}

/// The compressed form of a cached answer in memory. Clones share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct GzippedBytes(Arc<OnceLock<Bytes>>);

impl GzippedBytes {
    /// Returns the compressed form of `body`. The first call makes it, and later calls return the same bytes.
    #[must_use]
    pub(crate) fn get_or_compress(&self, body: &Bytes) -> Bytes {
        let compress = || gzip_bytes(body, THOROUGH).unwrap_or_else(|_never| body.clone());
        self.0.get_or_init(compress).clone()
    }
}

/// Compresses bytes. Writing into memory does not fail.
fn gzip_bytes(body: &[u8], level: Compression) -> std::io::Result<Bytes> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(body.len() / 4), level);
    encoder.write_all(body)?;
    Ok(encoder.finish()?.into())
}

/// Returns `true` if an answer of this size in bytes and this media type is sent compressed to this caller.
#[must_use]
pub(crate) fn is_compression_wanted(req: &HttpRequest, media: &str, size: usize) -> bool {
    size >= WORTH_IT && is_text_type(media) && is_gzip_accepted(req)
}

/// Returns `true` if the media type is text: other types are compressed already.
#[must_use]
pub(crate) fn is_text_type(media: &str) -> bool {
    media.starts_with("text/") || media.contains("json")
}

/// Returns `true` if `Accept-Encoding` accepts gzip, by its name or by `*`. The name counts more than `*`.
fn is_gzip_accepted(req: &HttpRequest) -> bool {
    let fields = || {
        let fields = req.headers().get_all(header::ACCEPT_ENCODING);
        fields.filter_map(|field| field.to_str().ok())
    };
    let quality = find_quality(fields(), GZIP).or_else(|| find_quality(fields(), "*"));
    quality.is_some_and(Quality::is_acceptable)
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn a_caller_says_whether_it_takes_the_coding() {
        for (value, accepted) in [
            ("gzip", true),
            ("GZIP;q=0.5", true),
            ("br, gzip;q=0.1", true),
            ("gzip;Q=0.001", true),
            ("gzip;level=1;q=0.5", true),
            ("*", true),
            ("gzip;q=0", false),
            ("*;q=0", false),
            ("*, gzip;q=0", false),
            ("gzip;level=1;q=0", false),
            ("gzip;q=0.000", false),
            // An element with a malformed weight says nothing.
            ("gzip;q=1.5", false),
            ("gzip;q=x", false),
            ("gzip;q=x, *", true),
            ("br", false),
            ("identity", false),
            ("", false),
        ] {
            let req =
                TestRequest::default().insert_header(("accept-encoding", value)).to_http_request();
            assert_eq!(is_compression_wanted(&req, "application/json", 5_000), accepted, "{value}");
            assert!(
                !is_compression_wanted(&req, "application/json", 100)
                    && !is_compression_wanted(&req, "application/zip", 5_000)
            );
        }
        assert!(!is_compression_wanted(
            &TestRequest::default().to_http_request(),
            "application/json",
            5_000
        ));
    }

    #[test]
    fn what_is_compressed_is_made_once_and_comes_back_as_it_was() {
        let body = Bytes::from("{\"value\":1}".repeat(1_000));
        let coded = GzippedBytes::default();
        let packed = coded.get_or_compress(&body);
        assert!(packed.len() * 10 < body.len());
        assert_eq!(coded.clone().get_or_compress(&Bytes::new()), packed);
        let mut back = String::new();
        flate2::read::GzDecoder::new(&*packed).read_to_string(&mut back).unwrap();
        assert_eq!(back.as_bytes(), &*body);
    }
}
