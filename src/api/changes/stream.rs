//! The feed as an event stream (`text/event-stream`): each change an event with its number as id, for as long as the token
//! holds. What is sent is made of the same pages that others read, from the same memory.

use std::{convert::Infallible, sync::Arc, time::Duration};

use actix_web::{HttpResponse, http::header, web::Bytes};
use futures_util::stream;
use serde::Deserialize;
use serde_json::Value;
use tokio::time::Instant;

use super::{
    answer_page,
    wait::{FeedSubscription, WakeReason},
};
use crate::{
    api::{
        answer::Answer,
        error::{ApiError, ApiResult},
    },
    domain::policy::Actor,
};

/// The media type.
pub(super) const EVENTS: &str = "text/event-stream";
/// How often something is sent where nothing happens: what stands in between keeps the connection, a client that went away is
/// noticed at the second time, and rights that
/// end with a day are looked at.
const HEARTBEAT: Duration = Duration::from_secs(5);
/// How long a stream lasts; a token holds no longer.
const LONGEST: Duration = Duration::from_mins(15);
/// Milliseconds after which a client comes again.
const RETRY: &str = "retry: 2000\n\n";
/// Changes in one piece of a stream.
const PIECE: i64 = 100;

/// A page as it is read back.
#[derive(Deserialize)]
struct FeedPage {
    items: Vec<Value>,
    next: i64,
    caught_up: bool,
}

impl FeedPage {
    fn from_answer(answer: &Answer) -> ApiResult<Self> {
        serde_json::from_slice(answer.body()).map_err(|e| ApiError::Internal(Box::new(e)))
    }
}

/// Says of a page whether it has anything, or is not the last; and where it ends.
pub(super) fn read_progress(answer: &Answer) -> ApiResult<(bool, i64)> {
    let read = FeedPage::from_answer(answer)?;
    Ok((!read.items.is_empty() || !read.caught_up, read.next))
}

/// One stream.
struct StreamSession {
    follow: FeedSubscription,
    /// The caller as the stream began: other rights are another stream.
    actor: Arc<Actor>,
    after: i64,
    caught_up: bool,
    ends: Instant,
}

/// Begins a stream after a number.
///
/// # Errors
/// As of a page: nothing is streamed then.
pub(super) async fn open_stream(
    follow: FeedSubscription,
    (name, after): (&'static str, i64),
    only_head: bool,
) -> ApiResult<HttpResponse> {
    let actor = follow.current_actor()?;
    let first = answer_page(&follow.state, &actor, (name, after), PIECE).await?;
    let mut response = HttpResponse::Ok();
    response.content_type(EVENTS);
    response.insert_header((header::CACHE_CONTROL, "no-store"));
    // Proxies that gather answers would hold every event back.
    response.insert_header(("X-Accel-Buffering", "no"));
    if only_head {
        return Ok(response.finish());
    }
    let ends = Instant::now() + follow.token_time_left().min(LONGEST);
    let mut session = StreamSession { follow, actor, after, caught_up: false, ends };
    let events = format!("{RETRY}{}", session.write_events(&first)?);
    let begun = Some((session, Some(events)));
    let pieces = stream::unfold(begun, |state| async {
        let (mut session, ready) = state?;
        let piece = match ready {
            Some(piece) => piece,
            None => session.next_piece().await?,
        };
        Some((Ok::<_, Infallible>(Bytes::from(piece)), Some((session, None))))
    });
    Ok(response.streaming(pieces))
}

impl StreamSession {
    /// Returns what is sent next; none where the stream ends.
    async fn next_piece(&mut self) -> Option<String> {
        loop {
            if !self.caught_up {
                return self.read_piece().await;
            }
            let left = self.ends.saturating_duration_since(Instant::now());
            let woken = self.follow.wait_beyond(self.after, left.min(HEARTBEAT)).await;
            if woken == WakeReason::Stopped || left.is_zero() || !self.has_same_rights() {
                return None;
            }
            match woken {
                WakeReason::FeedMoved => self.caught_up = false,
                WakeReason::TimedOut => return Some(": nothing new\n\n".to_owned()),
                WakeReason::RightsChanged | WakeReason::Stopped => {}
            }
        }
    }

    /// Says whether the caller has the rights that the stream began with.
    fn has_same_rights(&self) -> bool {
        !self.follow.token_time_left().is_zero()
            && self.follow.current_actor().is_ok_and(|now| now == self.actor)
    }

    async fn read_piece(&mut self) -> Option<String> {
        if !self.has_same_rights() {
            return None;
        }
        let answer =
            answer_page(&self.follow.state, &self.actor, ("after", self.after), PIECE).await;
        // A stream that cannot go on ends; the client comes again with the last number that it got.
        self.write_events(&answer.ok()?).ok()
    }

    /// Makes events of a page.
    fn write_events(&mut self, answer: &Answer) -> ApiResult<String> {
        use std::fmt::Write as _;
        let read = FeedPage::from_answer(answer)?;
        let mut text = String::new();
        let mut last = self.after;
        for item in &read.items {
            last = item["feed"].as_i64().unwrap_or(last);
            // Writing to a String cannot fail. JSON has no line break of its own.
            let _ = write!(text, "id: {last}\nevent: change\ndata: {item}\n\n");
        }
        if last < read.next {
            // What is out of reach is passed over, and need not be looked for again: an id without an event.
            let _ = write!(text, "id: {}\n\n", read.next);
        }
        (self.after, self.caught_up) = (read.next, read.caught_up);
        Ok(text)
    }
}
