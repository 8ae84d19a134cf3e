//! Answers that pages of every origin may read: shares, and releases if they are public. They need no sign-in, and no
//! browser sends cookies to this service, so that a page learns nothing that its server could not read as well.

use actix_web::{
    HttpRequest,
    body::BoxBody,
    dev::ServiceResponse,
    http::{
        Method,
        header::{self, HeaderValue},
    },
    web::Data,
};

use super::state::State;

/// The headers that a page may read besides those that browsers always show.
pub(crate) const EXPOSED_HEADERS: [&str; 7] = [
    "Content-Disposition",
    "Content-Location",
    "ETag",
    "Link",
    "Location",
    "Retry-After",
    "X-Request-Id",
];

/// Paths that are public if releases are.
const RELEASES: &str = "/api/v1/releases";
const CATALOG: &str = "/catalog.jsonld";
/// The prefix of the addresses of shares.
const SHARES: &str = "/s/";

/// Lets pages of every origin read the answer, if everybody may. This replaces a header for one of the configured
/// origins: an answer that shared caches store must be the same for all.
pub(super) fn open_to_every_origin(response: &mut ServiceResponse<BoxBody>) {
    if !is_open(response.request()) {
        return;
    }
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    if let Ok(exposed) = HeaderValue::from_str(&EXPOSED_HEADERS.join(", ")) {
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
    }
}

fn is_open(req: &HttpRequest) -> bool {
    if req.method() != Method::GET {
        return false;
    }
    let path = req.path();
    if path.starts_with(SHARES) {
        return true;
    }
    let is_public = || req.app_data::<Data<State>>().is_some_and(|state| state.public_releases);
    let below = path.strip_prefix(RELEASES);
    let is_release = below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    (is_release || path == CATALOG) && is_public()
}
