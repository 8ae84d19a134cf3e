//! `If-Match`: the version of the record that the caller read. Each handler states with a type how it uses the header;
//! the extractor and the contract both read that type.

use actix_web::{HttpRequest, http::header};

use super::error::{ApiError, ApiResult};
pub(crate) use crate::app::Precondition;

/// The way in which an operation uses `If-Match`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IfMatch {
    /// The header is ignored.
    Ignored,
    /// The operation creates a record: a tag is refused, because nothing exists that it could match.
    Refused,
    /// The header may be left out.
    Optional,
    /// The header is required to replace a record, and refused if the record does not exist yet.
    RequiredIfExists,
    /// The header is required.
    Required,
}

/// The precondition of a handler: the last parameter of [`May`](super::may::May).
pub trait RequestPrecondition: Sized + 'static {
    /// The way in which the operation uses `If-Match`.
    const IF_MATCH: IfMatch;

    /// Reads the precondition, after the policy has allowed the request and the body was read.
    ///
    /// # Errors
    /// A header that this operation requires is missing or names no version, or a header is sent that it refuses.
    fn read_precondition(req: &HttpRequest) -> ApiResult<Self>;
}

/// A precondition that a handler has stated: every one but [`NoVersion`]. A `PATCH` handler needs one.
#[diagnostic::on_unimplemented(
    message = "this handler has no precondition",
    label = "a `PATCH` handler states how it uses `If-Match`",
    note = "take `May<_, _, VersionRequired>`, so that nobody overwrites a change that they have not read"
)]
pub trait StatedPrecondition: RequestPrecondition {}

/// No precondition: the header is ignored, because the record has no version, or callers do not need it.
#[derive(Debug, Clone, Copy)]
pub struct NoVersion;

/// The version that the caller has to name: for changes of existing records.
#[derive(Debug, Clone, Copy)]
pub struct VersionRequired(i64);

/// The version that the caller may name: for transitions. It is checked in the transaction only, because a caller who
/// may not read the working copy must learn nothing about its version.
#[derive(Debug, Clone, Copy)]
pub struct VersionOptional(Precondition);

/// The version that the caller has to name if the record exists: for a `PUT` that creates or replaces a record. Only
/// the transaction knows whether it exists.
#[derive(Debug, Clone, Copy)]
pub struct VersionIfExists(Precondition);

/// The proof that the caller names no version: for operations that create a record.
#[derive(Debug, Clone, Copy)]
pub struct VersionRefused;

impl RequestPrecondition for NoVersion {
    const IF_MATCH: IfMatch = IfMatch::Ignored;
    fn read_precondition(_: &HttpRequest) -> ApiResult<Self> {
        Ok(Self)
    }
}

impl RequestPrecondition for VersionRequired {
    const IF_MATCH: IfMatch = IfMatch::Required;
    fn read_precondition(req: &HttpRequest) -> ApiResult<Self> {
        match read_if_match(req) {
            Precondition::None => Err(ApiError::PreconditionRequired),
            Precondition::Unmatchable => Err(ApiError::UnusableTag),
            Precondition::Version(version) => Ok(Self(version)),
        }
    }
}
impl StatedPrecondition for VersionRequired {}

impl RequestPrecondition for VersionOptional {
    const IF_MATCH: IfMatch = IfMatch::Optional;
    fn read_precondition(req: &HttpRequest) -> ApiResult<Self> {
        Ok(Self(read_if_match(req)))
    }
}
impl StatedPrecondition for VersionOptional {}

impl RequestPrecondition for VersionIfExists {
    const IF_MATCH: IfMatch = IfMatch::RequiredIfExists;
    fn read_precondition(req: &HttpRequest) -> ApiResult<Self> {
        Ok(Self(read_if_match(req)))
    }
}
impl StatedPrecondition for VersionIfExists {}

impl RequestPrecondition for VersionRefused {
    const IF_MATCH: IfMatch = IfMatch::Refused;
    fn read_precondition(req: &HttpRequest) -> ApiResult<Self> {
        read_if_match(req).check_absent()?;
        Ok(Self)
    }
}
impl StatedPrecondition for VersionRefused {}

impl From<VersionRequired> for Precondition {
    fn from(VersionRequired(version): VersionRequired) -> Self {
        Self::Version(version)
    }
}
impl From<VersionOptional> for Precondition {
    fn from(VersionOptional(precondition): VersionOptional) -> Self {
        precondition
    }
}
impl From<VersionIfExists> for Precondition {
    fn from(VersionIfExists(precondition): VersionIfExists) -> Self {
        precondition
    }
}

/// Reads the header. `"v7-…"`, `"v7"` and the weak tag `W/"v7-…"` all name version 7, because only the version is
/// compared: a proxy that compresses an answer weakens its tag. `*`, a list and a malformed tag match no record.
fn read_if_match(req: &HttpRequest) -> Precondition {
    let mut headers = req.headers().get_all(header::IF_MATCH);
    let Some(value) = headers.next() else { return Precondition::None };
    if headers.next().is_some() {
        return Precondition::Unmatchable;
    }
    let version = value.to_str().ok().and_then(parse_version);
    version.map_or(Precondition::Unmatchable, Precondition::Version)
}

fn parse_version(tag: &str) -> Option<i64> {
    let strong = tag.strip_prefix("W/").unwrap_or(tag);
    let inner = strong.strip_prefix("\"v")?.strip_suffix('"')?;
    let digits = inner.split_once('-').map_or(inner, |(v, _)| v);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn build_request(tags: &[&str]) -> HttpRequest {
        let request = TestRequest::default();
        tags.iter()
            .fold(request, |r, tag| r.append_header((header::IF_MATCH, *tag)))
            .to_http_request()
    }

    #[test]
    fn required_version_without_if_match_is_428_and_with_an_unusable_tag_412() {
        let read = |tags: &[&str]| VersionRequired::read_precondition(&build_request(tags));
        assert!(matches!(read(&[]), Err(ApiError::PreconditionRequired)));
        for tag in [
            "*",
            "w/\"v1\"",
            "W/v1",
            "W/W/\"v1\"",
            "\"v1\", \"v2\"",
            "\"1\"",
            "v1",
            "\"v\"",
            "\"v-1\"",
            "",
        ] {
            assert!(matches!(read(&[tag]), Err(ApiError::UnusableTag)), "{tag}");
        }
        assert!(matches!(read(&["\"v1\"", "\"v1\""]), Err(ApiError::UnusableTag)));
        for tag in [
            "\"v7\"",
            "\"v7-0f3a91c2\"",
            "\"v7-0f3a91c2-gzip\"",
            "W/\"v7\"",
            "W/\"v7-0f3a91c2-gzip\"",
        ] {
            assert_eq!(read(&[tag]).map(Precondition::from).ok(), Some(Precondition::Version(7)));
        }
    }

    #[test]
    fn refused_version_with_any_if_match_is_412() {
        let read = |tags: &[&str]| VersionRefused::read_precondition(&build_request(tags));
        assert!(read(&[]).is_ok());
        for tag in ["\"v1\"", "*", "no tag"] {
            assert!(matches!(read(&[tag]), Err(ApiError::UnexpectedTag)), "{tag}");
        }
    }

    #[test]
    fn optional_version_is_not_checked_before_the_transaction() {
        for (tags, expected) in [
            (vec![], Precondition::None),
            (vec!["\"v7\""], Precondition::Version(7)),
            (vec!["no tag"], Precondition::Unmatchable),
        ] {
            let request = build_request(&tags);
            let optional = VersionOptional::read_precondition(&request).map(Precondition::from);
            let if_exists = VersionIfExists::read_precondition(&request).map(Precondition::from);
            assert_eq!((optional.ok(), if_exists.ok()), (Some(expected), Some(expected)));
        }
    }
}
