//! The canonical content of a release and its SHA-256, so that every reader can verify a copy.
//!
//! The content is one RFC 8785 text, `{"format","frame","release","reports"}`. It is built piece by piece in that
//! order, so that a long content is hashed and sent without being in memory as a whole.

use sha2::{Digest, Sha256};

use super::ReleaseReference;
use crate::domain::{
    journal::{to_canonical_json, to_hex},
    report::ApprovedReport,
    value::Slug,
};

/// The name of this content format.
pub(crate) const FORMAT: &str = "ascn-release-1";
/// The end of the content, after the reports.
pub(crate) const CLOSING: &str = "]}";

/// Returns the content before the reports. `reference` is canonical JSON text.
///
/// # Errors
/// The errors of [`to_canonical_json`].
pub(crate) fn write_opening(release: &Slug, reference: &str) -> Result<String, serde_json::Error> {
    let release = to_canonical_json(release)?;
    Ok(format!(r#"{{"format":"{FORMAT}","frame":{reference},"release":{release},"reports":["#))
}

/// Hashes a content piece by piece.
#[derive(Debug, Clone)]
pub(crate) struct ReleaseHasher {
    sha: Sha256,
    empty: bool,
}

impl ReleaseHasher {
    /// Starts with the content before the reports.
    ///
    /// # Errors
    /// The errors of [`to_canonical_json`].
    pub(crate) fn new(release: &Slug, reference: &str) -> Result<Self, serde_json::Error> {
        let sha = Sha256::new_with_prefix(write_opening(release, reference)?.as_bytes());
        Ok(Self { sha, empty: true })
    }

    /// Adds a report, as canonical JSON text.
    pub(crate) fn add_report(&mut self, record: &str) {
        if !std::mem::replace(&mut self.empty, false) {
            self.sha.update(b",");
        }
        self.sha.update(record.as_bytes());
    }

    /// Adds the end of the content, and returns the hash in lower-case hexadecimal.
    #[must_use]
    pub(crate) fn finish_hex(mut self) -> String {
        self.sha.update(CLOSING.as_bytes());
        to_hex(&self.sha.finalize())
    }
}

/// Hashes the content of a release that is completely in memory.
///
/// # Errors
/// The errors of [`to_canonical_json`].
pub(crate) fn hash_release(
    release: &Slug,
    reference: &ReleaseReference,
    reports: &[ApprovedReport],
) -> Result<String, serde_json::Error> {
    let mut seal = ReleaseHasher::new(release, &to_canonical_json(reference)?)?;
    for report in reports {
        seal.add_report(&to_canonical_json(report)?);
    }
    Ok(seal.finish_hex())
}
