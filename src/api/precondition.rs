//! `If-Match`: a record changes only if the caller has read its current version.

use actix_web::{HttpRequest, http::header};

use super::error::{ApiError, ApiResult, LastChange};
use crate::store::{Record, Tx, journal, users};

/// The precondition of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Precondition {
    /// No `If-Match` header.
    None,
    /// The version that the header names.
    Version(i64),
    /// A header that matches no record: `*`, a list, a weak tag or a malformed tag.
    Unmatchable,
}

impl Precondition {
    /// Reads the header. `"v7-…"` and `"v7"` both name version 7, because only the version is compared.
    #[must_use]
    pub(crate) fn from_headers(req: &HttpRequest) -> Self {
        let mut headers = req.headers().get_all(header::IF_MATCH);
        let Some(value) = headers.next() else { return Self::None };
        if headers.next().is_some() {
            return Self::Unmatchable;
        }
        value.to_str().ok().and_then(parse_version).map_or(Self::Unmatchable, Self::Version)
    }

    /// Checks a precondition that is required: for changes of existing records.
    ///
    /// # Errors
    /// [`ApiError::PreconditionRequired`] without the header, [`ApiError::Stale`] if the record has a different
    /// version, or [`ApiError::UnusableTag`].
    pub(crate) fn check_required<R: Record>(self, tx: &mut Tx<'_>, record: &R) -> ApiResult<()> {
        match self {
            Self::None => Err(ApiError::PreconditionRequired),
            Self::Version(_) | Self::Unmatchable => self.check_if_present(tx, record),
        }
    }

    /// Checks a precondition that is optional: for transitions.
    ///
    /// # Errors
    /// [`ApiError::Stale`] if the record has a different version, or [`ApiError::UnusableTag`].
    pub(crate) fn check_if_present<R: Record>(self, tx: &mut Tx<'_>, record: &R) -> ApiResult<()> {
        match self {
            Self::None => Ok(()),
            Self::Version(v) if v == record.version() => Ok(()),
            Self::Version(_) => Err(build_stale_error(tx, record)?),
            Self::Unmatchable => Err(ApiError::UnusableTag),
        }
    }

    /// Checks that the header is absent, because the record does not exist yet and no tag can match it.
    ///
    /// # Errors
    /// [`ApiError::UnexpectedTag`] if the header is present.
    pub(crate) fn check_absent(self) -> ApiResult<()> {
        match self {
            Self::None => Ok(()),
            Self::Version(_) | Self::Unmatchable => Err(ApiError::UnexpectedTag),
        }
    }
}

fn parse_version(tag: &str) -> Option<i64> {
    let inner = tag.strip_prefix("\"v")?.strip_suffix('"')?;
    let digits = inner.split_once('-').map_or(inner, |(v, _)| v);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok()
}

/// Builds the error with the last change. It may name who made it, because the caller has the right to change the
/// record.
fn build_stale_error<R: Record>(tx: &mut Tx<'_>, record: &R) -> ApiResult<ApiError> {
    let last = journal::find_last(tx.conn(), R::ENTITY, &record.key())?;
    let Some(last) = last else { return Ok(ApiError::Stale(None)) };
    let by = match last.actor {
        Some(actor) => users::list_names(tx.conn(), &[actor.0])?
            .into_iter()
            .next()
            .map(|(id, name)| super::views::PersonView { id, name }),
        None => None,
    };
    Ok(ApiError::Stale(Some(Box::new(LastChange {
        version: record.version(),
        at: last.at.0,
        action: last.action,
        by,
    }))))
}
