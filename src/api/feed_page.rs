//! A page of the feed beside its bytes. Waiting requests and event streams read it, so that the service parses none of
//! its own answers.

use std::ops::Range;

/// What a cached answer of the feed contains.
#[derive(Debug)]
pub(crate) struct FeedPage {
    pub changes: Vec<FeedPageChange>,
    /// The number at which the page ends.
    pub next: i64,
    /// The feed has no change after `next`.
    pub caught_up: bool,
}

/// A change of a page.
#[derive(Debug)]
pub(crate) struct FeedPageChange {
    /// The number of the change.
    pub feed: i64,
    /// The place of its JSON in the bytes of the answer.
    pub range: Range<usize>,
}

impl FeedPage {
    /// Returns `true` if the page has changes, or if more pages follow.
    pub(crate) const fn has_news(&self) -> bool {
        !self.changes.is_empty() || !self.caught_up
    }

    /// Estimates the memory in bytes.
    pub(crate) const fn estimate_size(&self) -> usize {
        size_of::<Self>() + self.changes.len() * size_of::<FeedPageChange>()
    }
}
