//! The feed of changes: every change of approved, released and reference data in order. It is answered as a page, as a
//! page that waits for the next change, or as an event stream.

use actix_web::{HttpRequest, HttpResponse, Responder, body::BoxBody, web::Data};
use chrono::{DateTime, Utc};
use tokio::time::Instant;

use super::{
    answer::Answer,
    cache::{AnswerKey, CacheAudience},
    error::{ApiError, ApiResult},
    feed_page::FeedPage,
    may::May,
    message::parameter,
    operation::{AnswerContract, OperationAnswer},
    service_config::ServiceConfig,
    state::State,
};
use crate::{
    domain::policy::{Actor, ReadFigures, visibility::ReadScope},
    store::{Caller, Conn, feed},
};

mod page;
mod request;
mod stream;
mod views;
mod wait;

pub(crate) use request::ChangeParams;
use request::{FeedRequest, FeedStart, check_range};
pub(crate) use views::{ChangeList, ChangeView};
pub(crate) use wait::WaitingRequests;
use wait::{FeedSubscription, SubscriptionSources, WakeReason};

pub(super) fn register_routes(cfg: &mut ServiceConfig) {
    cfg.get(operation!(list_changes));
}

enum FeedAnswer {
    Page(Answer),
    Stream(HttpResponse),
}

impl OperationAnswer for FeedAnswer {
    const CONTRACT: AnswerContract = AnswerContract { is_feed: true, ..AnswerContract::TAGGED };
}

impl Responder for FeedAnswer {
    type Body = BoxBody;
    fn respond_to(self, req: &HttpRequest) -> HttpResponse {
        match self {
            Self::Page(answer) => answer.respond_to(req),
            Self::Stream(response) => response,
        }
    }
}

/// Read the feed of changes
///
/// Returns the changes of approved, released and reference data after the number `after`. Each change has a number; the
/// numbers have no gaps and begin with 1. A client that takes the records of all changes in order, and deletes those
/// that were `removed`, has a copy of everything that is public. A record is shown as that change made it; `href` leads
/// to its current state. Drafts and other work in progress do not appear in the feed and do not move its numbers.
///
/// To continue, send `next` as `after`. If `caught_up` is true, there is no later change yet; with `wait`, the answer
/// comes as soon as there is one. Every signed-in user with a grant may call this. A reader whose grants cover some
/// countries or cities gets only the reports and projects of those; `next` passes over the other numbers. 400 if the
/// feed has not reached `after`, because then the number belongs to a different feed.
///
/// With `Accept: text/event-stream` the changes come as events: `id` is the number, `event` is `change`, and `data` is
/// the change in one line of JSON. The stream ends after 15 minutes, when the access token expires, and when the
/// session ends or a grant of the caller changes. Then reconnect with the last id in `Last-Event-ID`, which takes
/// precedence over `after`. One caller may have at most 4 requests that wait or stream; more are refused with 429. 503
/// if too many requests of all callers wait.
#[utoipa::path(
    get, path = "/changes",
    tag = "changes",
    params(
        ChangeParams,
        ("Last-Event-ID" = Option<i64>, Header,
            description = "The last id that the client received from an event stream. It takes precedence over `after`.",
            minimum = 0)
    ),
    responses((status = 200, content((ChangeList = "application/json"), (String = "text/event-stream"))))
)]
async fn list_changes(
    may: May<ReadFigures, FeedRequest>,
    state: Data<State>,
) -> ApiResult<FeedAnswer> {
    let request = may.body;
    if request.stream {
        let follow = subscribe_caller(&state, may.caller, may.until)?;
        let opened = stream::open_stream(&state, follow, request.start, request.only_head).await;
        return opened.map(FeedAnswer::Stream);
    }
    let first = answer_page(&state, &may.actor, request.start, request.limit).await?;
    if request.wait.is_zero() || find_page(&first)?.has_news() {
        return Ok(FeedAnswer::Page(first));
    }
    let follow = subscribe_caller(&state, may.caller, may.until)?;
    wait_for_change(&state, follow, &request, first).await.map(FeedAnswer::Page)
}

/// Subscribes a request to everything that can wake it.
fn subscribe_caller(
    state: &State,
    caller: Caller,
    until: DateTime<Utc>,
) -> ApiResult<FeedSubscription> {
    let sources = SubscriptionSources {
        heads: &state.heads,
        directory: &state.directory,
        waiting: &state.waiting,
        clock: &state.clock,
    };
    FeedSubscription::subscribe_caller(&sources, caller, until)
}

/// Waits until there is a change that the caller may read, or until the time is over.
async fn wait_for_change(
    state: &State,
    mut follow: FeedSubscription,
    request: &FeedRequest,
    mut last: Answer,
) -> ApiResult<Answer> {
    // The grants of the caller may have changed before the subscription began.
    let (ends, mut actor) = (Instant::now() + request.wait, follow.current_actor()?);
    loop {
        let page = find_page(&last)?;
        if page.has_news() {
            return Ok(last);
        }
        let (next, left) = (page.next, ends.saturating_duration_since(Instant::now()));
        match follow.wait_beyond(next, left).await {
            WakeReason::Stopped | WakeReason::TimedOut => return Ok(last),
            WakeReason::RightsChanged => actor = follow.current_actor()?,
            WakeReason::FeedMoved => {
                let start = FeedStart::after_number(next);
                last = answer_page(state, &actor, start, request.limit).await?;
            }
        }
    }
}

/// Returns the page that an answer of the feed contains.
fn find_page(answer: &Answer) -> ApiResult<&FeedPage> {
    answer
        .feed_page()
        .ok_or_else(|| ApiError::Internal("an answer of the feed does not know its page".into()))
}

/// Answers a page from the cache, or reads it and caches it with the current number of the feed.
async fn answer_page(
    state: &State,
    actor: &Actor,
    start: FeedStart,
    limit: i64,
) -> ApiResult<Answer> {
    let reach = actor.visible_rows();
    let audience = CacheAudience::for_approved_data(&reach);
    let key = AnswerKey::new("changes", audience, &(start.after, limit))?;
    let query = FeedPageQuery { reach: reach.approved, start, limit };
    let read = move |c: &mut Conn, head| read_page(c, head, &query);
    state.cache.answer(key, read).await
}

/// Selects the changes of a page.
struct FeedPageQuery {
    /// The countries and cities whose approved data the caller may read.
    reach: ReadScope,
    start: FeedStart,
    limit: i64,
}

/// Reads a page. `head` is the last number of the feed.
fn read_page(conn: &mut Conn, head: i64, query: &FeedPageQuery) -> ApiResult<Answer> {
    let FeedPageQuery { reach, start: FeedStart { parameter: start, after }, limit } = query;
    let reached = *after <= head;
    check_range(start, parameter::number_of_the_feed, reached)?;
    let most = usize::try_from(*limit).unwrap_or(usize::MAX);
    let found = feed::load_changes_after(conn, reach, *after, most)?;
    let items: ApiResult<Vec<_>> = found.changes.into_iter().map(ChangeView::new).collect();
    let (next, caught_up) = (found.next, found.next >= head);
    let answer = ChangeList { items: items?, next, head, caught_up }.into_answer()?;
    let address = format!("/api/v1/changes?after={next}&limit={limit}");
    Ok(if caught_up { answer } else { answer.with_next_page(address) })
}
