//! What surrounds every request: its id, its log line, HEAD as GET, and the writing of problems.

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
    state::State,
};
use crate::clock;

/// Marks a request whose answer has no body: HEAD, which is GET by the time that handlers see it. An answer without an end
/// would not end otherwise.
#[derive(Debug, Clone, Copy)]
pub(super) struct HeadRequest;

impl HeadRequest {
    /// Says whether a request bears the mark.
    pub(super) fn is_head(req: &HttpRequest) -> bool {
        req.extensions().get::<Self>().is_some()
    }
}

/// The header that names a request.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What of a request an answer depends on.
const VARY: &str = "Accept, Accept-Encoding, Accept-Language, Authorization";

/// Wraps a request: gives it an id, answers HEAD as GET, logs one line, writes problems as `application/problem+json`.
///
/// # Errors
/// Those of the layers below that are no answers; there are none today.
pub(crate) async fn wrap_request(
    mut req: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let id = clock::generate_uuid();
    let started = std::time::Instant::now();
    let method = req.method().clone();
    // actix matches no HEAD on a GET route; its encoder leaves the body out by what came over the wire.
    if method == Method::HEAD {
        req.head_mut().method = Method::GET;
        req.extensions_mut().insert(HeadRequest);
    }
    let metered = req.app_data::<Data<State>>().map(|s| Arc::clone(&s.requests));
    let path = redact_path(req.path());
    // Who asks is known once the token was read: `sign_in` adds it.
    let user = tracing::field::Empty;
    let span =
        tracing::info_span!("request", request.id = %id, method = %method, path, user.id = user);
    async move {
        // The request may not be held meanwhile: routing changes it. Handlers' errors are answers by now.
        let response = next.call(req).await?.map_into_boxed_body();
        let response = finish_response(response, id);
        let status = response.status().as_u16();
        let duration_us = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
        if let Some(requests) = metered {
            requests.count_request(response.request(), &method, status, started.elapsed());
        }
        tracing::info!(status, duration_us, "answered");
        Ok(response)
    }
    .instrument(span)
    .await
}

/// Returns a path as the log shows it: the secrets that stand in one, of invitations, calendars and shares, are cut off.
fn redact_path(path: &str) -> &str {
    const SECRETS_AFTER: [&str; 3] = ["invitations/", "calendar/", "/s/"];
    // Spelled in another way (`%61uth`) it is routed all the same: then nothing of it is shown that could be one.
    if path.contains('%') {
        return "(not shown: percent-encoded)";
    }
    SECRETS_AFTER.iter().find_map(|word| path.get(..path.find(word)? + word.len())).unwrap_or(path)
}

fn finish_response(mut response: ServiceResponse<BoxBody>, id: Uuid) -> ServiceResponse<BoxBody> {
    let problem = response.response_mut().extensions_mut().remove::<Problem>();
    let problem = match problem {
        Some(p) => Some(p),
        // An answer of the server itself (a path that is no path, say) goes through the same enum.
        None if response.status().is_client_error() || response.status().is_server_error() => {
            build_missing_problem(&response)
        }
        None => None,
    };
    if let Some(mut problem) = problem {
        let language = language::negotiate_language(response.request());
        problem.instance = format!("urn:uuid:{id}");
        problem.translate_texts(language);
        let body = serde_json::to_vec(&problem).unwrap_or_default();
        response = response.map_body(|_, _| BoxBody::new(body));
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(language.as_str()));
    }
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(&id.to_string()) {
        headers.insert(REQUEST_ID, id);
    }
    // Beside what a layer below varies by: the origin, where pages of other origins are let in.
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
        413 => ApiError::BodyTooLarge(super::body::BODY_MAX),
        415 => ApiError::UnsupportedMediaType,
        400..=499 => ApiError::malformed(super::error::RequestFault::at_parameter(
            "",
            "request",
            "a well-formed request is expected",
        )),
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
