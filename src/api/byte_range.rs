//! Parts of an answer (RFC 9110, section 14). Programs such as GDAL and QGIS read a long file in parts.

use std::fmt;

use actix_web::{
    HttpRequest,
    http::{Method, header},
    web::Bytes,
};

/// A part of a body, from its first to its last byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ByteRange {
    first: usize,
    last: usize,
    /// The size of the whole body, in bytes.
    size: usize,
}

impl ByteRange {
    /// Returns the part of a body that a request asks for. `None` if the whole body has to be sent: if the request asks
    /// for no part, for several, or for one that does not exist, or if `If-Range` names a different answer.
    pub(super) fn from_request(req: &HttpRequest, etag: Option<&str>, size: usize) -> Option<Self> {
        let text = |name| req.headers().get(name).and_then(|value| value.to_str().ok());
        let is_other =
            req.headers().contains_key(header::IF_RANGE) && text(header::IF_RANGE) != etag;
        if req.method() != Method::GET || is_other {
            return None;
        }
        Self::parse(text(header::RANGE)?, size)
    }

    fn parse(text: &str, size: usize) -> Option<Self> {
        let (first, last) = text.strip_prefix("bytes=")?.split_once('-')?;
        let end = size.checked_sub(1)?;
        let (first, last) = match (first, last) {
            ("", count) => {
                (size.saturating_sub(parse_number(count).filter(|count| *count > 0)?), end)
            }
            (first, "") => (parse_number(first)?, end),
            (first, last) => (parse_number(first)?, parse_number(last)?.min(end)),
        };
        (first <= last).then_some(Self { first, last, size })
    }

    /// Returns the part of a body of the size for which the range was made.
    pub(super) fn cut(self, body: &Bytes) -> Bytes {
        body.slice(self.first..=self.last)
    }
}

/// Formats the value of `Content-Range`.
impl fmt::Display for ByteRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "bytes {}-{}/{}", self.first, self.last, self.size)
    }
}

fn parse_number(text: &str) -> Option<usize> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn range_is_cut_to_the_body_and_anything_else_is_the_whole_body() {
        let read = |text: &str| ByteRange::parse(text, 10).map(|range| range.to_string());
        assert_eq!(read("bytes=0-3").as_deref(), Some("bytes 0-3/10"));
        assert_eq!(read("bytes=4-").as_deref(), Some("bytes 4-9/10"));
        assert_eq!(read("bytes=-3").as_deref(), Some("bytes 7-9/10"));
        assert_eq!(read("bytes=-30").as_deref(), Some("bytes 0-9/10"));
        assert_eq!(read("bytes=8-99").as_deref(), Some("bytes 8-9/10"));
        let whole = [
            "bytes=10-11",
            "bytes=3-2",
            "bytes=-0",
            "bytes=",
            "bytes=0-1,3-4",
            "bytes=+1-2",
            "lines=0-1",
        ];
        assert_eq!(whole.map(read), [const { None }; 7]);
        assert_eq!(ByteRange::parse("bytes=0-0", 0), None);
    }
}
