//! The outermost middleware: request ids, logging, HEAD as GET, security headers, and the bodies of problems.

use std::sync::Arc;

use actix_web::{
    Error, HttpMessage as _, HttpRequest,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method,
        header::{self, HeaderName, HeaderValue},
    },
    middleware::Next,
    web::Data,
};
use tracing::Instrument as _;
use uuid::Uuid;

use super::{
    error::{ApiError, Problem},
    language,
    message::request,
    open_origins::open_to_every_origin,
    state::State,
    unread_body::SharedBody,
};
use crate::{clock, domain::fault::ValueFault};

/// Marks a HEAD request, which handlers see as GET. The event stream needs it: the answer to HEAD has no body, so a
/// stream without an end would never be closed.
#[derive(Debug, Clone, Copy)]
pub(super) struct HeadRequest;

impl HeadRequest {
    pub(super) fn is_head(req: &HttpRequest) -> bool {
        req.extensions().get::<Self>().is_some()
    }
}

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The request headers that an answer depends on.
const VARY: &str = "Accept, Accept-Encoding, Accept-Language, Authorization";

/// Wraps a request: adds an id, answers HEAD as GET, writes one log entry, and writes problems as
/// `application/problem+json`.
///
/// # Errors
/// An error of an inner layer that is not an answer. There are none today.
pub(crate) async fn wrap_request(
    mut req: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let id = clock::generate_uuid();
    let started = std::time::Instant::now();
    let method = req.method().clone();
    // actix does not match HEAD on a GET route. Its encoder omits the body all the same, because it checks the method
    // that was received.
    if method == Method::HEAD {
        req.head_mut().method = Method::GET;
        req.extensions_mut().insert(HeadRequest);
    }
    let metered = req.app_data::<Data<State>>().map(|s| Arc::clone(&s.requests));
    let body = SharedBody::share(&mut req);
    let path = redact_path(req.path());
    // The user is not known before the token is checked: `sign_in` records it.
    let user = tracing::field::Empty;
    let span =
        tracing::info_span!("request", request.id = %id, method = %method, path, user.id = user);
    let mut unanswered = UnansweredRequest { started, is_answered: false };
    async move {
        // No clone of the request may be alive here, because routing changes it. The errors of handlers are responses
        // by now.
        let response = next.call(req).await?.map_into_boxed_body();
        let response = finish_response(response, id);
        let status = response.status().as_u16();
        let duration_us = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
        if let Some(requests) = metered {
            requests.count_request(response.request(), &method, status, started.elapsed());
        }
        tracing::info!(status, duration_us, "answered");
        unanswered.mark_answered();
        Ok(match body {
            Some(body) => body.hold_if_unread(response),
            None => response,
        })
    }
    .instrument(span)
    .await
}

/// Logs a request whose client closed the connection before the answer was made. Then the server drops the request.
struct UnansweredRequest {
    started: std::time::Instant,
    is_answered: bool,
}

impl UnansweredRequest {
    const fn mark_answered(&mut self) {
        self.is_answered = true;
    }
}

impl Drop for UnansweredRequest {
    fn drop(&mut self) {
        if !self.is_answered {
            let duration_us = u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX);
            tracing::info!(duration_us, "not answered: the client closed the connection");
        }
    }
}

/// Returns a path for the log. The secrets in the addresses of invitations, calendars and shares are removed.
fn redact_path(path: &str) -> &str {
    const SECRETS_AFTER: [&str; 3] = ["invitations/", "calendar/", "/s/"];
    // The router decodes a path such as `%61uth`, so the search below would miss it. Then nothing is logged.
    if path.contains('%') {
        return "(not shown: percent-encoded)";
    }
    SECRETS_AFTER.iter().find_map(|word| path.get(..path.find(word)? + word.len())).unwrap_or(path)
}

fn finish_response(mut response: ServiceResponse<BoxBody>, id: Uuid) -> ServiceResponse<BoxBody> {
    let problem = response.response_mut().extensions_mut().remove::<Problem>();
    let problem = match problem {
        Some(p) => Some(p),
        // actix answered by itself, for example to a malformed path. That answer becomes a problem document too.
        None if response.status().is_client_error() || response.status().is_server_error() => {
            build_missing_problem(&response)
        }
        None => None,
    };
    if let Some(mut problem) = problem {
        let language = language::negotiate_language(response.request());
        problem.instance = format!("urn:uuid:{id}");
        problem.word_texts(language);
        let mut body = serde_json::to_vec(&problem).unwrap_or_default();
        body.push(b'\n');
        response = response.map_body(|_, _| BoxBody::new(body));
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(language.as_str()));
    }
    open_to_every_origin(&mut response);
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(&id.to_string()) {
        headers.insert(REQUEST_ID, id);
    }
    // `append` keeps the value that the CORS layer adds: `Origin`.
    headers.append(header::VARY, HeaderValue::from_static(VARY));
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    }
    response
}

fn build_missing_problem(response: &ServiceResponse<BoxBody>) -> Option<Problem> {
    use actix_web::ResponseError as _;
    if response.headers().get(header::CONTENT_TYPE).is_some_and(|t| t == "application/problem+json")
    {
        return None;
    }
    let error = match response.status().as_u16() {
        404 => ApiError::NotFound,
        408 => ApiError::BodyTooSlow,
        413 => ApiError::BodyTooLarge(super::body::BODY_MAX),
        415 => ApiError::UnsupportedMediaType,
        400..=499 => {
            ApiError::invalid_parameter("", ValueFault::new("request", request::not_well_formed()))
        }
        _ => ApiError::Internal("an answer without a problem".into()),
    };
    error.error_response().extensions_mut().remove::<Problem>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_shows_no_secret() {
        assert_eq!(redact_path("/api/v1/me"), "/api/v1/me");
        assert_eq!(redact_path("/api/v1/auth/invitations/abc/accept"), "/api/v1/auth/invitations/");
        assert_eq!(redact_path("/calendar/abc.ics"), "/calendar/");
        assert_eq!(redact_path("/s/abc.csv"), "/s/");
        assert_eq!(redact_path("//s/abc.csv"), "//s/");
        assert!(!redact_path("/api/v1/%61uth/invitations/abc/accept").contains("abc"));
    }
}
