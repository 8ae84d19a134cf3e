//! Keys of records as they stand in the path.

use actix_web::HttpRequest;

use crate::{
    api::error::{ApiError, ApiResult},
    domain::{id::Id, project::ProjectCode, reference::CountryCode, value::Slug},
};

/// A key that stands in the path, in its first segments with a name.
pub(crate) trait PathKey: Sized {
    /// Reads it; text that cannot be a key is as good as a key of nothing.
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

/// Returns the named segments of the path in order, percent-decoded; what is no UTF-8 names nothing.
pub(crate) fn decode_path(req: &HttpRequest) -> ApiResult<Vec<String>> {
    req.match_info().iter().map(|(_, raw)| percent_decode(raw).ok_or(ApiError::NotFound)).collect()
}

/// Reads the key in the first segments; text that cannot be a key names nothing.
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
