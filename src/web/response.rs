//! Responses with pages and their files. All of them are part of the program.

use actix_web::{
    HttpResponse,
    http::header::{self, HeaderValue},
    web::Bytes,
};

/// The policy of the pages written here: they load their own stylesheet and nothing else.
pub(super) const PAGE_POLICY: &str = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Pages and files change only with the program, so browsers may cache them for five minutes.
const CACHE_CONTROL: &str = "public, max-age=300";

/// Answers 200 with a page in English.
pub(super) fn build_page_response(html: String) -> HttpResponse {
    let mut response = build_file_response("text/html; charset=utf-8", PAGE_POLICY, html);
    response.headers_mut().insert(header::CONTENT_LANGUAGE, HeaderValue::from_static("en"));
    response
}

/// Answers 200 with a file. `policy` is its Content-Security-Policy.
pub(super) fn build_file_response(
    content_type: &str,
    policy: &str,
    body: impl Into<Bytes>,
) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(content_type)
        .insert_header((header::CONTENT_SECURITY_POLICY, policy))
        .insert_header((header::CACHE_CONTROL, CACHE_CONTROL))
        .body(body.into())
}

/// Redirects to the one address of a page.
pub(super) fn redirect_to(path: &'static str) -> HttpResponse {
    HttpResponse::PermanentRedirect().insert_header((header::LOCATION, path)).finish()
}
