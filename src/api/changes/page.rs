//! Writes a page of the feed as JSON, and notes where each change is in it.

use std::io::Write as _;

use super::views::ChangeList;
use crate::api::{
    answer::Answer,
    error::{ApiError, ApiResult},
    feed_page::{FeedPage, FeedPageChange},
};

impl ChangeList {
    /// Answers with the page.
    ///
    /// # Errors
    /// A change cannot be serialised as JSON.
    pub(super) fn into_answer(self) -> ApiResult<Answer> {
        let (body, page) = self.write_json().map_err(|e| ApiError::Internal(Box::new(e)))?;
        Ok(Answer::from_json(body).with_feed_page(page))
    }

    fn write_json(self) -> serde_json::Result<(Vec<u8>, FeedPage)> {
        let Self { items, next, head, caught_up } = self;
        let mut body = br#"{"items":["#.to_vec();
        let mut changes = Vec::with_capacity(items.len());
        for item in items {
            if !changes.is_empty() {
                body.push(b',');
            }
            let start = body.len();
            serde_json::to_writer(&mut body, &item)?;
            changes.push(FeedPageChange { feed: item.feed, range: start..body.len() });
        }
        writeln!(body, r#"],"next":{next},"head":{head},"caught_up":{caught_up}}}"#)
            .map_err(serde_json::Error::io)?;
        Ok((body, FeedPage { changes, next, caught_up }))
    }
}
