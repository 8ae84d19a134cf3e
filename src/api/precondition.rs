//! `If-Match`: the version of the record that the caller read.

use actix_web::{HttpRequest, http::header};

pub(crate) use crate::app::Precondition;

/// Reads the precondition from the header. `"v7-…"` and `"v7"` both name version 7, because only the version is compared.
/// `*`, a list, a weak tag and a malformed tag match no record.
#[must_use]
pub(crate) fn read_precondition(req: &HttpRequest) -> Precondition {
    let mut headers = req.headers().get_all(header::IF_MATCH);
    let Some(value) = headers.next() else { return Precondition::None };
    if headers.next().is_some() {
        return Precondition::Unmatchable;
    }
    let version = value.to_str().ok().and_then(parse_version);
    version.map_or(Precondition::Unmatchable, Precondition::Version)
}

fn parse_version(tag: &str) -> Option<i64> {
    let inner = tag.strip_prefix("\"v")?.strip_suffix('"')?;
    let digits = inner.split_once('-').map_or(inner, |(v, _)| v);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok()
}
