//! Keys of records in the path.

use std::borrow::Cow;

use actix_web::HttpRequest;
use percent_encoding::percent_decode_str;

use crate::{
    api::error::{ApiError, ApiResult},
    domain::{id::Id, project::ProjectCode, reference::CountryCode, value::Slug},
};

/// A key that is read from the first named segments of the path.
pub(crate) trait PathKey: Sized {
    /// Parses the key. Returns `None` for text that cannot be a key; the caller answers 404, as for an unknown key.
    fn from_path(path: &[&str]) -> Option<Self>;
}
impl PathKey for () {
    fn from_path(_: &[&str]) -> Option<Self> {
        Some(())
    }
}
impl PathKey for Slug {
    fn from_path(path: &[&str]) -> Option<Self> {
        Self::parse(path.first()?).ok()
    }
}
impl PathKey for CountryCode {
    fn from_path(path: &[&str]) -> Option<Self> {
        Self::parse(path.first()?).ok()
    }
}
impl PathKey for ProjectCode {
    fn from_path(path: &[&str]) -> Option<Self> {
        Self::parse(path.first()?).ok()
    }
}
impl<T> PathKey for Id<T> {
    fn from_path(path: &[&str]) -> Option<Self> {
        path.first()?.parse().ok()
    }
}
impl<A: PathKey, B: PathKey> PathKey for (A, B) {
    fn from_path(path: &[&str]) -> Option<Self> {
        Some((A::from_path(path)?, B::from_path(path.get(1..)?)?))
    }
}

/// Returns the named segments of the path in order, percent-decoded. A malformed escape and text that is not UTF-8
/// cannot be a key: 404.
pub(crate) fn decode_path(req: &HttpRequest) -> ApiResult<Vec<String>> {
    req.match_info().iter().map(|(_, raw)| percent_decode(raw).ok_or(ApiError::NotFound)).collect()
}

/// Parses the key in the first segments. Text that cannot be a key is answered with 404.
pub(super) fn parse_path_key<K: PathKey>(path: &[String]) -> ApiResult<K> {
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    K::from_path(&path).ok_or(ApiError::NotFound)
}

/// Decodes a segment. The crate passes malformed escapes through as they are; here they name nothing.
fn percent_decode(raw: &str) -> Option<String> {
    let is_escape = |rest: &str| {
        rest.as_bytes().get(..2).is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit))
    };
    if !raw.split('%').skip(1).all(is_escape) {
        return None;
    }
    percent_decode_str(raw).decode_utf8().ok().map(Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use actix_web::test::TestRequest;
    use proptest::prelude::*;

    use super::*;

    fn decode(raw: &'static str) -> Option<String> {
        let req = TestRequest::default().param("key", raw).to_http_request();
        decode_path(&req).ok()?.pop()
    }

    #[test]
    fn escapes_in_a_path_are_decoded() {
        for (raw, decoded) in [
            ("da-nang", "da-nang"),
            ("d%61-n%61ng", "da-nang"),
            ("a%2Fb%2fc", "a/b/c"),
            ("%C4%91", "đ"),
            ("a+b", "a+b"),
            ("%2541", "%41"),
            ("%25zz", "%zz"),
            ("", ""),
        ] {
            assert_eq!(decode(raw).as_deref(), Some(decoded), "{raw}");
        }
    }

    #[test]
    fn malformed_escape_in_a_path_is_not_found() {
        for raw in ["%", "a%", "%4", "%+6", "%-6", "% 6", "%6 ", "%zz", "%4g", "%%41", "%41%", "%é"]
        {
            let req = TestRequest::default().param("key", raw).to_http_request();
            assert!(matches!(decode_path(&req), Err(ApiError::NotFound)), "{raw}");
        }
    }

    #[test]
    fn escapes_that_are_not_utf_8_are_not_found() {
        for raw in ["%ff", "%C4", "a%80b", "%ED%A0%80"] {
            assert_eq!(decode(raw), None, "{raw}");
        }
    }

    proptest! {
        #[test]
        fn every_text_survives_percent_encoding(text in "\\PC{0,30}") {
            let escaped = text.bytes().fold(String::new(), |mut escaped, byte| {
                let _ = write!(escaped, "%{byte:02x}");
                escaped
            });
            prop_assert_eq!(percent_decode(&escaped), Some(text));
        }
    }
}
