//! Keys of records in the path.

use actix_web::HttpRequest;

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

/// Returns the named segments of the path in order, percent-decoded. Text that is not UTF-8 cannot be a key: 404.
pub(crate) fn decode_path(req: &HttpRequest) -> ApiResult<Vec<String>> {
    req.match_info().iter().map(|(_, raw)| percent_decode(raw).ok_or(ApiError::NotFound)).collect()
}

/// Parses the key in the first segments. Text that cannot be a key is answered with 404.
pub(super) fn parse_path_key<K: PathKey>(path: &[String]) -> ApiResult<K> {
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    K::from_path(&path).ok_or(ApiError::NotFound)
}

fn percent_decode(raw: &str) -> Option<String> {
    let mut out = Vec::with_capacity(raw.len());
    let mut bytes = raw.bytes();
    while let Some(b) = bytes.next() {
        if b == b'%' {
            let hex = [bytes.next()?, bytes.next()?];
            out.push(u8::from_str_radix(std::str::from_utf8(&hex).ok()?, 16).ok()?);
        } else {
            out.push(b);
        }
    }
    String::from_utf8(out).ok()
}
