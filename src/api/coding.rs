//! Content codings: what is kept is compressed once, when the first caller comes who takes it so. What is made for one
//! answer alone is sent as it is.

use std::{
    io::Write as _,
    sync::{Arc, OnceLock},
};

use actix_web::{HttpRequest, http::header, web::Bytes};
use flate2::{Compression, write::GzEncoder};

/// The one coding that is spoken: every client that takes any takes it.
pub const GZIP: &str = "gzip";
/// Below this many bytes a packet is a packet.
const WORTH_IT: usize = 1_024;

/// The compressed form of a kept answer. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Coded(Arc<OnceLock<Bytes>>);

impl Coded {
    /// Returns the compressed form of the bytes that it belongs to, made by whoever asks first.
    #[must_use]
    pub fn of(&self, body: &Bytes) -> Bytes {
        self.0.get_or_init(|| gzip(body).unwrap_or_else(|_never| body.clone())).clone()
    }
}

/// Compresses bytes. Writing into memory does not fail.
fn gzip(body: &[u8]) -> std::io::Result<Bytes> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(body.len() / 4), Compression::new(6));
    encoder.write_all(body)?;
    Ok(encoder.finish()?.into())
}

/// Says whether an answer of so many bytes and of this media type is sent compressed to this caller.
#[must_use]
pub fn is_asked(req: &HttpRequest, media: &str, size: usize) -> bool {
    size >= WORTH_IT && is_text(media) && accepts(req)
}

fn is_text(media: &str) -> bool {
    media.starts_with("text/") || media.contains("json")
}

/// Says whether `Accept-Encoding` names the coding, or anything, and does not rule it out.
fn accepts(req: &HttpRequest) -> bool {
    let fields = req.headers().get_all(header::ACCEPT_ENCODING);
    let (mut named, mut any) = (None, None);
    for item in fields.filter_map(|v| v.to_str().ok()).flat_map(|v| v.split(',')) {
        let (name, parameters) = item.split_once(';').unwrap_or((item, ""));
        let weight =
            parameters.trim().strip_prefix("q=").and_then(|q| q.trim().parse::<f32>().ok());
        let wanted = weight.is_none_or(|q| q > 0.0);
        match name.trim() {
            name if name.eq_ignore_ascii_case(GZIP) => named = Some(wanted),
            "*" => any = Some(wanted),
            _ => {}
        }
    }
    named.or(any).unwrap_or(false)
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
            ("*", true),
            ("gzip;q=0", false),
            ("*;q=0", false),
            ("*, gzip;q=0", false),
            ("br", false),
            ("identity", false),
            ("", false),
        ] {
            let req =
                TestRequest::default().insert_header(("accept-encoding", said)).to_http_request();
            assert_eq!(is_asked(&req, "application/json", 5_000), takes, "{said}");
            assert!(
                !is_asked(&req, "application/json", 100)
                    && !is_asked(&req, "application/zip", 5_000)
            );
        }
        assert!(!is_asked(&TestRequest::default().to_http_request(), "application/json", 5_000));
    }

    #[test]
    fn what_is_compressed_is_made_once_and_comes_back_as_it_was() {
        let body = Bytes::from("{\"value\":1}".repeat(1_000));
        let coded = Coded::default();
        let packed = coded.of(&body);
        assert!(packed.len() * 10 < body.len());
        assert_eq!(coded.clone().of(&Bytes::new()), packed);
        let mut back = String::new();
        flate2::read::GzDecoder::new(&*packed).read_to_string(&mut back).unwrap();
        assert_eq!(back.as_bytes(), &*body);
    }
}
