//! The OpenAPI document. It is collected from the registered operations, and completed with what they have in common.

use std::sync::OnceLock;

use actix_web::{HttpResponse, web};
use utoipa::openapi::OpenApi;
use utoipa_actix_web::AppExt as _;

use super::{
    answer::Answer,
    error::{ApiError, ApiResult},
};

mod base;
mod examples;
mod operations;
mod parameters;
mod problems;

/// Returns the document with every registered operation.
#[must_use]
pub fn document() -> &'static OpenApi {
    static DOCUMENT: OnceLock<OpenApi> = OnceLock::new();
    DOCUMENT.get_or_init(|| {
        let (_, mut document) = actix_web::App::new()
            .into_utoipa_app()
            .openapi(base::build_base_document())
            .configure(super::register_routes)
            .split_for_parts();
        operations::complete_document(&mut document);
        examples::add_examples(&mut document);
        document
    })
}

/// Registers the route of the document.
pub fn register_document(cfg: &mut web::ServiceConfig) {
    cfg.service(build_read_only_page("/openapi.json", web::get().to(serve_document)));
}

async fn serve_document() -> ApiResult<Answer> {
    Answer::from_value(document())
}

/// Makes a read-only route that is not part of the contract. It answers other methods with the same 405 as operations
/// do.
pub(super) fn build_read_only_page(path: &str, get: actix_web::Route) -> actix_web::Resource {
    web::resource(path).route(get).default_service(web::to(refuse_writing))
}

async fn refuse_writing() -> ApiResult<HttpResponse> {
    Err(ApiError::MethodNotAllowed(vec!["GET".to_owned(), "HEAD".to_owned()]))
}

/// Returns the document as it is checked in: indented JSON with a line break at the end.
///
/// # Errors
/// The document cannot be serialised as JSON.
pub fn render_document() -> anyhow::Result<String> {
    Ok(format!("{}\n", serde_json::to_string_pretty(document())?))
}
