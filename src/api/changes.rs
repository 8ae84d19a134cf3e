//! The feed: every change of approved, released and reference data in order, as a page, as a page that waits for the next
//! change, or as an event stream.

use std::time::Duration;

use actix_web::{
    HttpRequest, HttpResponse, Responder, body::BoxBody, dev::Payload, get, http::header, web::Data,
};
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
    },
    store::{Conn, feed},
};

mod stream;
mod views;
mod wait;

pub(crate) use views::{ChangeList, ChangeView};
pub(crate) use wait::WaitingRequests;
use wait::{FeedSubscription, WakeReason};

/// The header with which a client of an event stream comes again.
const LAST_EVENT_ID: &str = "Last-Event-ID";
/// Most seconds that a request waits.
const WAIT_MAX: i64 = 30;

/// Registers the operations of this file.
pub(super) fn register_routes(cfg: &mut ServiceConfig) {
    cfg.service(list_changes);
}

/// From where, how many, and how long to wait for them.
#[derive(Debug, Clone, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ChangeParams {
    /// The number after which to begin: `next` of the answer before, or 0 (when absent) for the first change of all.
    #[param(minimum = 0, example = 0)]
    pub after: Option<i64>,
    /// Changes at most, 1 to 1000; 50 when absent.
    #[param(minimum = 1, maximum = 1000)]
    pub limit: Option<i64>,
    /// Seconds to wait for a change where there is none yet, 0 (when absent) to 30. Of no effect on an event stream.
    #[param(minimum = 0, maximum = 30)]
    pub wait: Option<i64>,
}

/// What is asked of the feed.
pub(crate) struct FeedRequest {
    /// The parameter or header that says from where, and the number.
    after: (&'static str, i64),
    limit: i64,
    wait: Duration,
    /// An event stream is asked for, and not a page.
    stream: bool,
    /// The body of the answer is not asked for.
    only_head: bool,
}

fn check_range(name: &str, value: i64, detail: &str, fits: bool) -> ApiResult<i64> {
    let fault = || ApiError::invalid_parameter(name, ValueFault::new("range", detail));
    fits.then_some(value).ok_or_else(fault)
}

impl FromBody for FeedRequest {
    async fn read_request(req: &HttpRequest, payload: &mut Payload) -> ApiResult<Self> {
        let Query(params) = Query::<ChangeParams>::read_request(req, payload).await?;
        let (name, after) = match parse_last_event_id(req)? {
            Some(last) => (LAST_EVENT_ID, last),
            None => ("after", params.after.unwrap_or(0)),
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
        Ok(Self {
            after: (
                name,
                check_range(name, after, "a number of at least 0 is expected", after >= 0)?,
            ),
            limit,
            wait: Duration::from_secs(wait.unsigned_abs()),
            stream: is_stream_request(req),
            only_head: HeadRequest::is_head(req),
        })
    }
}

/// Reads where a client of a stream was; it wins over `after`, which stays in the address that the client comes again with.
fn parse_last_event_id(req: &HttpRequest) -> ApiResult<Option<i64>> {
    let Some(value) = req.headers().get(LAST_EVENT_ID).filter(|v| !v.is_empty()) else {
        return Ok(None);
    };
    let number = value.to_str().ok().and_then(|v| v.parse().ok());
    let fault = || ValueFault::new("type", "a number of at least 0 is expected");
    number.map(Some).ok_or_else(|| ApiError::invalid_parameter(LAST_EVENT_ID, fault()))
}

fn is_stream_request(req: &HttpRequest) -> bool {
    let accepts = req.headers().get_all(header::ACCEPT).filter_map(|v| v.to_str().ok());
    accepts
        .flat_map(|list| list.split(','))
        .filter_map(|range| range.split(';').next())
        .any(|media| media.trim().eq_ignore_ascii_case(stream::EVENTS))
}

/// A page or a stream.
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
/// Every change of approved and reference data, each with a number: dense, in order, replayable from 0. Whoever takes the
/// records of all changes in order, and drops what was `removed`, has what everybody reads. A record is the one of that
/// change; `href` leads to the one of now. Nothing that is not public moves the feed. Ask again with `next` as `after`;
/// `caught_up` says that there is nothing after it yet, and with `wait` the answer comes as soon as there is. A reader with a
/// narrower scope is told of the reports and projects in it; the numbers of others are passed over, and `next` goes on. An
/// `after` that the feed has not reached is refused: it is of another feed.
///
/// With `Accept: text/event-stream` the same comes as events: `id` is the number, `event` is `change`, `data` the change in one
/// line. The stream ends with the token, after a quarter of an hour, or when the session ends or a grant changes; come again
/// with the last id as `Last-Event-ID`, which wins over `after`. One caller has at most 4 requests waiting or streaming.
#[utoipa::path(
    tag = "changes",
    params(ChangeParams, ("Last-Event-ID" = Option<i64>, Header, description = "The last id of an event stream that is continued.", minimum = 0)),
    responses((status = 200, content((ChangeList = "application/json"), (String = "text/event-stream"))))
)]
#[get("/changes")]
async fn list_changes(
    may: May<ReadFigures, FeedRequest>,
    state: Data<State>,
) -> ApiResult<FeedAnswer> {
    let asked = may.body;
    if asked.stream {
        let follow = FeedSubscription::subscribe_caller(&state, may.caller, may.until)?;
        let opened = stream::open_stream(follow, asked.after, asked.only_head).await;
        return opened.map(FeedAnswer::Stream);
    }
    let first = answer_page(&state, &may.actor, asked.after, asked.limit).await?;
    if asked.wait.is_zero() || stream::read_progress(&first)?.0 {
        return Ok(FeedAnswer::Page(first));
    }
    let follow = FeedSubscription::subscribe_caller(&state, may.caller, may.until)?;
    wait_for_change(follow, &asked, first).await.map(FeedAnswer::Page)
}

/// Waits for the first change within reach, or for the time to be over.
async fn wait_for_change(
    mut follow: FeedSubscription,
    asked: &FeedRequest,
    mut last: Answer,
) -> ApiResult<Answer> {
    // Rights may have changed before it began to listen.
    let (ends, mut actor) = (Instant::now() + asked.wait, follow.current_actor()?);
    loop {
        let (found, next) = stream::read_progress(&last)?;
        if found {
            return Ok(last);
        }
        let left = ends.saturating_duration_since(Instant::now());
        match follow.wait_beyond(next, left).await {
            WakeReason::Stopped | WakeReason::TimedOut => return Ok(last),
            WakeReason::RightsChanged => actor = follow.current_actor()?,
            WakeReason::FeedMoved => {
                last = answer_page(&follow.state, &actor, ("after", next), asked.limit).await?;
            }
        }
    }
}

/// Answers a page from memory, or reads it and keeps it under the number of the feed.
async fn answer_page(
    state: &State,
    actor: &Actor,
    (name, after): (&'static str, i64),
    limit: i64,
) -> ApiResult<Answer> {
    let reach = actor.visible_rows();
    let key = AnswerKey::new("changes", CacheAudience::for_approved_data(&reach), &(after, limit))?;
    let read = move |c: &mut Conn, head| read_page(c, head, &reach.approved, (name, after), limit);
    state.answer_cached(key, read).await
}

fn read_page(
    conn: &mut Conn,
    head: i64,
    reach: &ReadScope,
    (name, after): (&str, i64),
    limit: i64,
) -> ApiResult<Answer> {
    check_range(name, after, "a number that the feed has reached is expected", after <= head)?;
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let found = feed::load_changes_after(conn, reach, after, most)?;
    let items: ApiResult<Vec<_>> = found.changes.into_iter().map(ChangeView::new).collect();
    let (next, caught_up) = (found.next, found.next >= head);
    let answer = Answer::from_value(&ChangeList { items: items?, next, head, caught_up })?;
    let address = format!("/api/v1/changes?after={next}&limit={limit}");
    Ok(if caught_up { answer } else { answer.with_next_page(address) })
}
