//! The canonical content of a release and its SHA-256, so that anybody can check what they were given.
//!
//! The content is one RFC 8785 text, `{"format","frame","release","reports"}`. It is made of pieces in that order, so that
//! a long one is hashed and sent without being held whole.

use sha2::{Digest, Sha256};

use super::ReleaseReference;
use crate::domain::{
    journal::{to_canonical_json, to_hex},
    report::ApprovedReport,
    value::Slug,
};

/// The name of this form of content.
pub(crate) const FORMAT: &str = "ascn-release-1";
/// What ends the content.
pub(crate) const CLOSING: &str = "]}";

/// Writes what stands before the reports. `frame` is canonical text.
///
/// # Errors
/// Those of [`to_canonical_json`].
pub(crate) fn write_opening(release: &Slug, frame: &str) -> Result<String, serde_json::Error> {
    let release = to_canonical_json(release)?;
    Ok(format!(r#"{{"format":"{FORMAT}","frame":{frame},"release":{release},"reports":["#))
}

/// The hash of a content, piece by piece.
#[derive(Debug, Clone)]
pub(crate) struct ReleaseHasher {
    sha: Sha256,
    empty: bool,
}

impl ReleaseHasher {
    /// Begins with what stands before the reports.
    ///
    /// # Errors
    /// Those of [`to_canonical_json`].
    pub(crate) fn new(release: &Slug, frame: &str) -> Result<Self, serde_json::Error> {
        let sha = Sha256::new_with_prefix(write_opening(release, frame)?.as_bytes());
        Ok(Self { sha, empty: true })
    }

    /// Adds a report, as canonical text.
    pub(crate) fn add_report(&mut self, record: &str) {
        if !std::mem::replace(&mut self.empty, false) {
            self.sha.update(b",");
        }
        self.sha.update(record.as_bytes());
    }

    /// Ends the content; lower-case hexadecimal.
    #[must_use]
    pub(crate) fn finish_hex(mut self) -> String {
        self.sha.update(CLOSING.as_bytes());
        to_hex(&self.sha.finalize())
    }
}

/// Hashes the content of a release that is at hand whole.
///
/// # Errors
/// Those of [`to_canonical_json`].
pub(crate) fn hash_release(
    release: &Slug,
    frame: &ReleaseReference,
    reports: &[ApprovedReport],
) -> Result<String, serde_json::Error> {
    let mut seal = ReleaseHasher::new(release, &to_canonical_json(frame)?)?;
    for report in reports {
        seal.add_report(&to_canonical_json(report)?);
    }
    Ok(seal.finish_hex())
}
