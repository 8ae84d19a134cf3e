//! Content codings: what is kept is compressed once: what is in memory when the first caller comes who takes it so, what is on
//! disk when it was made. What is made for one answer alone is sent as it is.

use std::{
    io::Write as _,
    sync::{Arc, OnceLock},
};

use actix_web::{HttpRequest, http::header, web::Bytes};
use flate2::{Compression, write::GzEncoder};

use super::spool_buffer::{AnswerBody, TempFile};
use crate::domain::quality::{Quality, find_quality};

/// The one coding that is spoken: every client that takes any takes it.
pub(crate) const GZIP: &str = "gzip";
/// Below this many bytes a packet is a packet.
const WORTH_IT: usize = 1_024;

/// What an answer is made of, and the compressed form of one that is kept.
#[derive(Debug, Clone)]
pub(super) enum AnswerContent {
    /// Made for one caller: it is sent as it is.
    Uncached(AnswerBody),
    /// Kept in memory: compressed when it is first asked for so.
    CachedInMemory(Bytes, GzippedBytes),
    /// Kept on disk, with its compressed twin where it is a text.
    CachedOnDisk(TempFile, Option<AnswerBody>),
}

impl AnswerContent {
    /// Prepares it for being kept. For what is on disk this takes a while.
    pub(super) fn prepare_for_cache(self, media: &str) -> Self {
        match self {
            Self::Uncached(AnswerBody::Memory(bytes)) => {
                Self::CachedInMemory(bytes, GzippedBytes::default())
            }
            Self::Uncached(AnswerBody::Disk(stored)) => {
                let twin = is_text_type(media).then(|| stored.gzip_to_body()).transpose();
                // A full disk: it is sent as it is.
                let twin = twin.inspect_err(|e| tracing::warn!(error = %e, "not compressed"));
                Self::CachedOnDisk(stored, twin.ok().flatten())
            }
            kept @ (Self::CachedInMemory(..) | Self::CachedOnDisk(..)) => kept,
        }
    }

    /// Says whether it is on disk.
    pub(super) const fn is_on_disk(&self) -> bool {
        matches!(self, Self::Uncached(AnswerBody::Disk(_)) | Self::CachedOnDisk(..))
    }

    /// Says whether it could not be read back.
    pub(super) fn is_broken(&self) -> bool {
        match self {
            Self::Uncached(body) => body.is_broken(),
            Self::CachedInMemory(..) => false,
            Self::CachedOnDisk(stored, twin) => {
                stored.is_broken() || twin.as_ref().is_some_and(AnswerBody::is_broken)
            }
        }
    }

    /// Returns the bytes of what is in memory; none of what is on disk.
    pub(super) fn bytes_in_memory(&self) -> &Bytes {
        static NONE: Bytes = Bytes::new();
        match self {
            Self::Uncached(AnswerBody::Memory(bytes)) | Self::CachedInMemory(bytes, _) => bytes,
            Self::Uncached(AnswerBody::Disk(_)) | Self::CachedOnDisk(..) => &NONE,
        }
    }

    /// Returns about how many bytes of memory it takes; a compressed form that may come later is counted as a quarter, and
    /// what is on disk as well: so the disk is bounded where memory is.
    pub(super) fn estimate_size(&self) -> usize {
        let on_disk =
            |stored: &TempFile| usize::try_from(stored.size_bytes() / 4).unwrap_or(usize::MAX);
        let weight = |body: &AnswerBody| match body {
            AnswerBody::Memory(bytes) => bytes.len(),
            AnswerBody::Disk(stored) => on_disk(stored),
        };
        match self {
            Self::Uncached(body) => weight(body),
            Self::CachedInMemory(bytes, _) => bytes.len() + bytes.len() / 4,
            Self::CachedOnDisk(stored, twin) => {
                on_disk(stored).saturating_add(twin.as_ref().map_or(0, weight))
            }
        }
    }

    /// Says whether it goes to this caller compressed.
    pub(super) fn is_compressed_for(&self, req: &HttpRequest, media: &str) -> bool {
        match self {
            Self::Uncached(_) | Self::CachedOnDisk(_, None) => false,
            Self::CachedInMemory(bytes, _) => is_compression_wanted(req, media, bytes.len()),
            Self::CachedOnDisk(_, Some(_)) => is_compression_wanted(req, media, WORTH_IT),
        }
    }

    /// Returns it as it is sent.
    pub(super) fn into_plain(self) -> AnswerBody {
        match self {
            Self::Uncached(body) => body,
            Self::CachedInMemory(bytes, _) => AnswerBody::Memory(bytes),
            Self::CachedOnDisk(stored, _) => AnswerBody::Disk(stored),
        }
    }

    /// Returns it as it is sent compressed, to those for whom it [is](Self::is_coded_for).
    pub(super) fn into_compressed(self) -> AnswerBody {
        match self {
            Self::Uncached(body) => body,
            Self::CachedInMemory(bytes, coded) => AnswerBody::Memory(coded.get_or_compress(&bytes)),
            Self::CachedOnDisk(_, Some(twin)) => twin,
            Self::CachedOnDisk(stored, None) => AnswerBody::Disk(stored),
        }
    }
}

/// The compressed form of a kept answer in memory. Clones share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct GzippedBytes(Arc<OnceLock<Bytes>>);

impl GzippedBytes {
    /// Returns the compressed form of the bytes that it belongs to, made by whoever asks first.
    #[must_use]
    pub(crate) fn get_or_compress(&self, body: &Bytes) -> Bytes {
        self.0.get_or_init(|| gzip_bytes(body).unwrap_or_else(|_never| body.clone())).clone()
    }
}

/// Compresses bytes. Writing into memory does not fail.
fn gzip_bytes(body: &[u8]) -> std::io::Result<Bytes> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(body.len() / 4), Compression::new(6));
    encoder.write_all(body)?;
    Ok(encoder.finish()?.into())
}

/// Says whether an answer of so many bytes and of this media type is sent compressed to this caller.
#[must_use]
pub(crate) fn is_compression_wanted(req: &HttpRequest, media: &str, size: usize) -> bool {
    size >= WORTH_IT && is_text_type(media) && is_gzip_accepted(req)
}

/// Says whether a media type is a text, which is worth compressing.
#[must_use]
pub(crate) fn is_text_type(media: &str) -> bool {
    media.starts_with("text/") || media.contains("json")
}

/// Says whether `Accept-Encoding` names the coding, or anything, and does not rule it out.
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
        for (said, takes) in [
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
                TestRequest::default().insert_header(("accept-encoding", said)).to_http_request();
            assert_eq!(is_compression_wanted(&req, "application/json", 5_000), takes, "{said}");
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
