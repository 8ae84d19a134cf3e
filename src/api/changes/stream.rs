//! The feed as an event stream (`text/event-stream`): one event for each change, with its number as id, while the token
//! is valid. The events are made from the same cached pages as other answers.

use std::{convert::Infallible, sync::Arc, time::Duration};

use actix_web::{HttpResponse, http::header, web::Bytes};
use futures_util::stream;
use tokio::time::Instant;

use super::{
    answer_page, find_page,
    request::FeedStart,
    wait::{FeedSubscription, WakeReason},
};
use crate::{
    api::{answer::Answer, error::ApiResult, state::State},
    domain::policy::Actor,
};

/// The media type of event streams.
pub(super) const EVENTS: &str = "text/event-stream";
/// The interval at which something is sent if there is no change. It keeps proxies from closing the connection, shows
/// that a client has gone away without closing the connection, and gives a time to check grants that end with a day.
const HEARTBEAT: Duration = Duration::from_secs(5);
/// The maximum duration of a stream. A token is valid for 15 minutes at most, so no stream could last longer.
const LONGEST: Duration = Duration::from_mins(15);
/// The time in milliseconds after which a client reconnects.
const RETRY: &str = "retry: 2000\n\n";
/// The number of changes that are read at once.
const PIECE: i64 = 100;

/// The state of a stream.
struct StreamSession {
    state: State,
    follow: FeedSubscription,
    /// The caller at the beginning of the stream. If the grants change, the stream ends: the client must open a new
    /// one.
    actor: Arc<Actor>,
    after: i64,
    caught_up: bool,
    ends: Instant,
}

/// Opens a stream after a position.
///
/// # Errors
/// Those of a page. The status is still open then, because nothing was sent.
pub(super) async fn open_stream(
    state: &State,
    follow: FeedSubscription,
    start: FeedStart,
    only_head: bool,
) -> ApiResult<HttpResponse> {
    let actor = follow.current_actor()?;
    let first = answer_page(state, &actor, start, PIECE).await?;
    let mut response = HttpResponse::Ok();
    response.content_type(EVENTS);
    response.insert_header((header::CACHE_CONTROL, "no-store"));
    // Tells proxies not to buffer. A proxy that waits for more data would delay every event.
    response.insert_header(("X-Accel-Buffering", "no"));
    if only_head {
        return Ok(response.finish());
    }
    let ends = Instant::now() + follow.token_time_left().min(LONGEST);
    let mut session = StreamSession {
        state: state.clone(),
        follow,
        actor,
        after: start.after,
        caught_up: false,
        ends,
    };
    let mut events = RETRY.as_bytes().to_vec();
    session.write_events(&first, &mut events)?;
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
    /// Returns the next text to send. `None` ends the stream.
    async fn next_piece(&mut self) -> Option<Vec<u8>> {
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
                WakeReason::TimedOut => return Some(b": nothing new\n\n".to_vec()),
                WakeReason::RightsChanged | WakeReason::Stopped => {}
            }
        }
    }

    /// Returns `true` if the token is valid and the caller has the same grants as at the beginning of the stream.
    fn has_same_rights(&self) -> bool {
        !self.follow.token_time_left().is_zero()
            && self.follow.current_actor().is_ok_and(|now| now == self.actor)
    }

    async fn read_piece(&mut self) -> Option<Vec<u8>> {
        if !self.has_same_rights() {
            return None;
        }
        let start = FeedStart::after_number(self.after);
        let answer = answer_page(&self.state, &self.actor, start, PIECE).await;
        // An error ends the stream. The client reconnects with the last number that it received.
        let mut events = Vec::new();
        self.write_events(&answer.ok()?, &mut events).ok()?;
        Some(events)
    }

    /// Writes the changes of a page as events.
    fn write_events(&mut self, answer: &Answer, to: &mut Vec<u8>) -> ApiResult<()> {
        let (page, body) = (find_page(answer)?, answer.body());
        for change in &page.changes {
            // An event needs its data on one line; compact JSON has no line break.
            to.extend_from_slice(format!("id: {}\nevent: change\ndata: ", change.feed).as_bytes());
            to.extend_from_slice(body.get(change.range.clone()).unwrap_or_default());
            to.extend_from_slice(b"\n\n");
        }
        let last = page.changes.last().map_or(self.after, |change| change.feed);
        if last < page.next {
            // The caller may not read the last changes. An id without an event tells the client to continue after them.
            to.extend_from_slice(format!("id: {}\n\n", page.next).as_bytes());
        }
        (self.after, self.caught_up) = (page.next, page.caught_up);
        Ok(())
    }
}
