//! The digest of one action on many reports. It is equal only if a later run does the same as the dry run.

use sha2::{Digest as _, Sha256};

use super::BulkAction;
use crate::domain::{
    journal::to_hex,
    project::ProjectCode,
    value::{Prose, Slug},
};

/// Prefix that separates this digest from every other use of SHA-256.
const DOMAIN: &[u8] = b"ascn-bulk-1\0";

/// The parts of a report that the digest protects.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BulkDigestItem<'a> {
    pub key: &'a (ProjectCode, Slug),
    /// The version before the action. None if the caller may not read the working copy, because the digest must not
    /// reveal it.
    pub version: Option<i64>,
    /// The result for the report, as a stable code.
    pub outcome: &'a str,
}

/// Computes the digest of an action: the action, its comment, the reports with their versions, and the result for each.
/// Any difference in a later run gives a different digest.
pub(crate) fn digest_bulk<'a>(
    action: BulkAction,
    comment: Option<&Prose>,
    items: impl Iterator<Item = BulkDigestItem<'a>>,
) -> String {
    let mut sha = Sha256::new();
    sha.update(DOMAIN);
    sha.update(action.as_str());
    // The length comes first, so that text in the comment cannot look like items.
    let comment = comment.map(Prose::as_str).unwrap_or_default();
    sha.update(format!(" {}\n{comment}", comment.len()));
    for BulkDigestItem { key: (project, cycle), version, outcome } in items {
        let version = version.map(|v| v.to_string()).unwrap_or_default();
        sha.update(format!("\n{project}/{cycle} {version} {outcome}"));
    }
    to_hex(&sha.finalize())
}
