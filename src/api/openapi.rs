//! The contract: made from the operations as they are registered, completed by one pass for what they share.

use std::sync::OnceLock;

use actix_web::{HttpResponse, web};
use utoipa::openapi::OpenApi;
use utoipa_actix_web::AppExt as _;

use super::{
    answer::Answer,
    error::{ApiError, ApiResult},
};

mod base;
mod complete;
mod examples;
mod parameters;
mod problems;

/// Returns the document of every registered operation.
#[must_use]
pub fn document() -> &'static OpenApi {
    static DOCUMENT: OnceLock<OpenApi> = OnceLock::new();
    DOCUMENT.get_or_init(|| {
        let (_, mut document) = actix_web::App::new()
            .into_utoipa_app()
            .openapi(base::document())
            .configure(super::routes)
            .split_for_parts();
        complete::complete(&mut document);
        examples::complete(&mut document);
        document
    })
}

/// Mounts the document.
pub fn mount(cfg: &mut web::ServiceConfig) {
    cfg.service(page("/openapi.json", web::get().to(serve)));
}

async fn serve() -> ApiResult<Answer> {
    Answer::of(document())
}

/// Makes something that is only read and is no operation of the contract, with the same 405 as everything else.
pub(super) fn page(path: &str, get: actix_web::Route) -> actix_web::Resource {
    web::resource(path).route(get).default_service(web::to(only_read))
}

async fn only_read() -> ApiResult<HttpResponse> {
    Err(ApiError::MethodNotAllowed(vec!["GET".to_owned(), "HEAD".to_owned()]))
}

/// Returns the document as it is checked in: indented JSON with a line break at the end.
///
/// # Errors
/// A document without a JSON form.
pub fn text() -> anyhow::Result<String> {
    Ok(format!("{}\n", serde_json::to_string_pretty(document())?))
}
