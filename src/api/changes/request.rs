//! A request for the feed: its parameters, and whether the client asks for an event stream.

use std::time::Duration;

use actix_web::{HttpRequest, dev::Payload, http::header};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use super::stream::EVENTS;
use crate::{
    api::{
        body::{FromBody, Query},
        error::{ApiError, ApiResult},
        message::parameter,
        middleware::HeadRequest,
        page::{LIMIT_DEFAULT, LIMIT_MAX},
    },
    domain::{fault::ValueFault, message::Message, quality::find_quality},
};

/// The parameter that gives the start of a page.
const AFTER: &str = "after";
/// The header in which a client of an event stream sends its last number when it reconnects.
const LAST_EVENT_ID: &str = "Last-Event-ID";
/// The maximum number of seconds that a request may wait.
const WAIT_MAX: i64 = 30;

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

/// The position in the feed after which an answer starts.
#[derive(Clone, Copy)]
pub(super) struct FeedStart {
    /// The name of the parameter or header that gives the number, for the refusal of a wrong one.
    pub(super) parameter: &'static str,
    /// The number of the last change that the client has.
    pub(super) after: i64,
}

impl FeedStart {
    /// Starts after a number, as the parameter `after` does.
    pub(super) const fn after_number(after: i64) -> Self {
        Self { parameter: AFTER, after }
    }
}

/// A parsed request for the feed.
pub(crate) struct FeedRequest {
    pub(super) start: FeedStart,
    pub(super) limit: i64,
    pub(super) wait: Duration,
    /// The client asks for an event stream.
    pub(super) stream: bool,
    /// The method is `HEAD`.
    pub(super) only_head: bool,
}

/// Refuses a parameter that is out of range.
pub(super) fn check_range(
    name: &str,
    expected: impl FnOnce() -> Message,
    fits: bool,
) -> ApiResult<()> {
    if fits {
        return Ok(());
    }
    Err(ApiError::invalid_parameter(name, ValueFault::new("range", expected())))
}

impl FromBody for FeedRequest {
    async fn read_request(req: &HttpRequest, payload: &mut Payload) -> ApiResult<Self> {
        let Query(params) = Query::<ChangeParams>::read_request(req, payload).await?;
        let start = match parse_last_event_id(req)? {
            Some(last) => FeedStart { parameter: LAST_EVENT_ID, after: last },
            None => FeedStart::after_number(params.after.unwrap_or(0)),
        };
        let (limit, wait) = (params.limit.unwrap_or(LIMIT_DEFAULT), params.wait.unwrap_or(0));
        check_range(
            "limit",
            || parameter::number_between(1, LIMIT_MAX),
            (1..=LIMIT_MAX).contains(&limit),
        )?;
        check_range(
            "wait",
            || parameter::number_between(0, WAIT_MAX),
            (0..=WAIT_MAX).contains(&wait),
        )?;
        check_range(start.parameter, || parameter::number_from(0), start.after >= 0)?;
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
    let fault = || ValueFault::new("type", parameter::number_from(0));
    number.map(Some).ok_or_else(|| ApiError::invalid_parameter(LAST_EVENT_ID, fault()))
}

/// Returns `true` if the caller accepts an event stream and does not prefer JSON to it.
fn is_stream_request(req: &HttpRequest) -> bool {
    let fields = || {
        let fields = req.headers().get_all(header::ACCEPT);
        fields.filter_map(|field| field.to_str().ok())
    };
    let stream = find_quality(fields(), EVENTS).filter(|q| q.is_acceptable());
    stream.is_some() && stream >= find_quality(fields(), "application/json")
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
