//! The contract: made from the operations as they are registered, completed by one pass for what they share.

use std::sync::OnceLock;

use actix_web::{HttpRequest, HttpResponse, web};
use utoipa::openapi::OpenApi;
use utoipa_actix_web::AppExt as _;

use super::error::ApiError;

/// Returns the document of every registered operation.
#[must_use]
pub fn document() -> &'static OpenApi {
    static DOCUMENT: OnceLock<OpenApi> = OnceLock::new();
    DOCUMENT.get_or_init(|| {
        let (_, document) =
            actix_web::App::new().into_utoipa_app().configure(super::routes).split_for_parts();
        document
    })
}

/// Mounts the document and the answer for every path and method that is not registered.
pub fn mount(cfg: &mut web::ServiceConfig) {
    cfg.route("/openapi.json", web::get().to(|| async { HttpResponse::Ok().json(document()) }));
    cfg.default_service(web::to(fallback));
}

async fn fallback(_req: HttpRequest) -> Result<HttpResponse, ApiError> {
    Err(ApiError::NotFound)
}

/// Returns the document as it is checked in: indented JSON with a line break at the end.
///
/// # Errors
/// A document without a JSON form.
pub fn text() -> anyhow::Result<String> {
    Ok(format!("{}\n", serde_json::to_string_pretty(document())?))
}
