//! The feed of changes: every change of approved, released and reference data in order. It is answered as a page, as a
//! page that waits for the next change, or as an event stream.

use std::time::Duration;

use actix_web::{
    HttpRequest, HttpResponse, Responder, body::BoxBody, dev::Payload, get, http::header, web::Data,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;
use utoipa::IntoParams;

use super::{
    answer::Answer,
    body::{FromBody, Query},
    cache::{AnswerKey, CacheAudience},
    error::{ApiError, ApiResult},
    may::May,
    middleware::HeadRequest,
    page::{LIMIT_DEFAULT, LIMIT_MAX},
    service_config::ServiceConfig,
    state::State,
};
use crate::{
    domain::{
        fault::ValueFault,
        policy::{Actor, ReadFigures, visibility::ReadScope},
        quality::find_quality,
    },
    store::{Caller, Conn, feed},
};

mod stream;
mod views;
mod wait;

pub(crate) use views::{ChangeList, ChangeView};
pub(crate) use wait::WaitingRequests;
use wait::{FeedSubscription, SubscriptionSources, WakeReason};

/// The header in which a client of an event stream sends its last number when it reconnects.
const LAST_EVENT_ID: &str = "Last-Event-ID";
/// The maximum number of seconds that a request may wait.
const WAIT_MAX: i64 = 30;

pub(super) fn register_routes(cfg: &mut ServiceConfig) {
    cfg.service(list_changes);
}

/// The parameters of the feed.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ChangeParams {
    /// The number after which the answer begins: `next` of the previous answer. Default: 0, which means the first
    /// change.
    #[param(minimum = 0, example = 0)]
    pub after: Option<i64>,
    /// The maximum number of changes in the answer, 1 to 1000. Default: 50.
    #[param(minimum = 1, maximum = 1000)]
    pub limit: Option<i64>,
    /// How many seconds to wait for a change if there is none yet, 0 to 30. Default: 0. An event stream ignores it.
    #[param(minimum = 0, maximum = 30)]
    pub wait: Option<i64>,
}

/// The parameter that gives the start of a page.
const AFTER: &str = "after";

/// The position in the feed after which an answer starts.
#[derive(Clone, Copy)]
struct FeedStart {
    /// The name of the parameter or header that gives the number, for the refusal of a wrong one.
    parameter: &'static str,
    /// The number of the last change that the client has.
    after: i64,
}

/// A parsed request for the feed.
pub(crate) struct FeedRequest {
    start: FeedStart,
    limit: i64,
    wait: Duration,
    /// The client asks for an event stream.
    stream: bool,
    /// The method is `HEAD`.
    only_head: bool,
}

fn check_range(name: &str, value: i64, detail: &str, fits: bool) -> ApiResult<i64> {
    let fault = || ApiError::invalid_parameter(name, ValueFault::new("range", detail));
    fits.then_some(value).ok_or_else(fault)
}

impl FromBody for FeedRequest {
    async fn read_request(req: &HttpRequest, payload: &mut Payload) -> ApiResult<Self> {
        let Query(params) = Query::<ChangeParams>::read_request(req, payload).await?;
        let start = match parse_last_event_id(req)? {
            Some(last) => FeedStart { parameter: LAST_EVENT_ID, after: last },
            None => FeedStart { parameter: AFTER, after: params.after.unwrap_or(0) },
        };
        let (limit, wait) = (params.limit.unwrap_or(LIMIT_DEFAULT), params.wait.unwrap_or(0));
        check_range(
            "limit",
            limit,
            "a number from 1 to 1000 is expected",
            (1..=LIMIT_MAX).contains(&limit),
        )?;
        check_range(
            "wait",
            wait,
            "a number from 0 to 30 is expected",
            (0..=WAIT_MAX).contains(&wait),
        )?;
        check_range(
            start.parameter,
            start.after,
            "a number of at least 0 is expected",
            start.after >= 0,
        )?;
        Ok(Self {
            start,
            limit,
            wait: Duration::from_secs(wait.unsigned_abs()),
            stream: is_stream_request(req),
            only_head: HeadRequest::is_head(req),
        })
    }
}

/// Parses the number that a client of a stream received last. It takes precedence over `after`, because a client
/// reconnects to the same URL, in which `after` is out of date.
fn parse_last_event_id(req: &HttpRequest) -> ApiResult<Option<i64>> {
    let Some(value) = req.headers().get(LAST_EVENT_ID).filter(|v| !v.is_empty()) else {
        return Ok(None);
    };
    let number = value.to_str().ok().and_then(|v| v.parse().ok());
    let fault = || ValueFault::new("type", "a number of at least 0 is expected");
    number.map(Some).ok_or_else(|| ApiError::invalid_parameter(LAST_EVENT_ID, fault()))
}

/// Returns `true` if the caller accepts an event stream and does not prefer JSON to it.
fn is_stream_request(req: &HttpRequest) -> bool {
    let fields = || {
        let fields = req.headers().get_all(header::ACCEPT);
        fields.filter_map(|field| field.to_str().ok())
    };
    let stream = find_quality(fields(), stream::EVENTS).filter(|q| q.is_acceptable());
    stream.is_some() && stream >= find_quality(fields(), "application/json")
}

enum FeedAnswer {
    Page(Answer),
    Stream(HttpResponse),
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
    tag = "changes",
    params(
        ChangeParams,
        ("Last-Event-ID" = Option<i64>, Header,
            description = "The last id that the client received from an event stream. It takes precedence over `after`.",
            minimum = 0)
    ),
    responses((status = 200, content((ChangeList = "application/json"), (String = "text/event-stream"))))
)]
#[get("/changes")]
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
    if request.wait.is_zero() || stream::read_progress(&first)?.has_news {
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
        let progress = stream::read_progress(&last)?;
        if progress.has_news {
            return Ok(last);
        }
        let left = ends.saturating_duration_since(Instant::now());
        match follow.wait_beyond(progress.next, left).await {
            WakeReason::Stopped | WakeReason::TimedOut => return Ok(last),
            WakeReason::RightsChanged => actor = follow.current_actor()?,
            WakeReason::FeedMoved => {
                let start = FeedStart { parameter: AFTER, after: progress.next };
                last = answer_page(state, &actor, start, request.limit).await?;
            }
        }
    }
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
    let FeedPageQuery { reach, start: FeedStart { parameter, after }, limit } = query;
    let reached = *after <= head;
    check_range(parameter, *after, "a number that the feed has reached is expected", reached)?;
    let most = usize::try_from(*limit).unwrap_or(usize::MAX);
    let found = feed::load_changes_after(conn, reach, *after, most)?;
    let items: ApiResult<Vec<_>> = found.changes.into_iter().map(ChangeView::new).collect();
    let (next, caught_up) = (found.next, found.next >= head);
    let answer = Answer::from_value(&ChangeList { items: items?, next, head, caught_up })?;
    let address = format!("/api/v1/changes?after={next}&limit={limit}");
    Ok(if caught_up { answer } else { answer.with_next_page(address) })
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn event_stream_is_sent_if_accepted_and_json_is_not_preferred() {
        for (accept, expected) in [
            ("text/event-stream", true),
            ("Text/Event-Stream; charset=utf-8", true),
            ("application/json, text/event-stream", true),
            ("application/json;q=0.4, text/event-stream;q=0.5", true),
            ("application/json, text/event-stream;q=0.5", false),
            ("text/event-stream;q=0", false),
            ("text/event-stream;q=2", false),
            ("application/json;q=0, text/event-stream;q=0", false),
            ("text/*", false),
            ("*/*", false),
            ("", false),
        ] {
            let req = TestRequest::default().insert_header((header::ACCEPT, accept));
            assert_eq!(is_stream_request(&req.to_http_request()), expected, "{accept}");
        }
        assert!(!is_stream_request(&TestRequest::default().to_http_request()));
    }
}
