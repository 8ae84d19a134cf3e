//! The digest of an act on many reports.

use sha2::{Digest as _, Sha256};

use super::BulkAction;
use crate::domain::{
    journal::to_hex,
    project::ProjectCode,
    value::{Prose, Slug},
};

/// Separates this digest from every other use of SHA-256.
const DOMAIN: &[u8] = b"ascn-bulk-1\0";

/// What a digest covers of a report.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BulkDigestItem<'a> {
    /// The project and the cycle.
    pub key: &'a (ProjectCode, Slug),
    /// The version before the act, where the caller reads the working copy: of anything else nothing may show.
    pub version: Option<i64>,
    /// What becomes of it: a stable word.
    pub outcome: &'a str,
}

/// Digests an act: what is done, to which reports in which versions, and what becomes of each. Whatever of that is another
/// at the next time gives another digest.
pub(crate) fn digest_bulk<'a>(
    action: BulkAction,
    comment: Option<&Prose>,
    items: impl Iterator<Item = BulkDigestItem<'a>>,
) -> String {
    let mut sha = Sha256::new();
    sha.update(DOMAIN);
    sha.update(action.as_str());
    // The length first: words cannot pass for items.
    let comment = comment.map(Prose::as_str).unwrap_or_default();
    sha.update(format!(" {}\n{comment}", comment.len()));
    for BulkDigestItem { key: (project, cycle), version, outcome } in items {
        let version = version.map(|v| v.to_string()).unwrap_or_default();
        sha.update(format!("\n{project}/{cycle} {version} {outcome}"));
    }
    to_hex(&sha.finalize())
}
