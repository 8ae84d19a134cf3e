//! Swagger UI at `/docs/try/`: a form for every operation. The files of Swagger UI are part of the binary.

use std::sync::{Arc, OnceLock};

use actix_web::{HttpResponse, web};
use utoipa_swagger_ui::Config;

use super::response::{build_file_response, redirect_to};
use crate::api::{
    error::{ApiError, ApiResult},
    read_only_route::build_read_only_route,
};

/// The Content-Security-Policy of Swagger UI. It also allows scripts of this host, calls of this service and inline
/// styles.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
     font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

pub(super) fn register_routes(cfg: &mut web::ServiceConfig) {
    // Swagger UI loads its files by relative addresses, so the address of the page has to end with a slash.
    cfg.service(build_read_only_route("/docs/try", web::get().to(redirect_to_page)))
        .service(build_read_only_route("/docs/try/{file:.*}", web::get().to(get_file)));
}

async fn redirect_to_page() -> HttpResponse {
    redirect_to("/docs/try/")
}

async fn get_file(file: web::Path<String>) -> ApiResult<HttpResponse> {
    static CONFIG: OnceLock<Arc<Config<'static>>> = OnceLock::new();
    let config = CONFIG.get_or_init(|| Arc::new(build_config()));
    let file = utoipa_swagger_ui::serve(&file, Arc::clone(config))
        .map_err(|e| ApiError::Internal(e.to_string().into()))?
        .ok_or(ApiError::NotFound)?;
    let bytes = if file.content_type == "text/html" {
        replace_title(&file.bytes)
    } else {
        file.bytes.into_owned()
    };
    Ok(build_file_response(&file.content_type, POLICY, bytes))
}

/// Returns the page with a title that names this service.
fn replace_title(page: &[u8]) -> Vec<u8> {
    let page = String::from_utf8_lossy(page);
    page.replace("<title>Swagger UI</title>", "<title>Try it: ascn-tracker</title>").into_bytes()
}

fn build_config() -> Config<'static> {
    Config::from("/openapi.json")
        .deep_linking(true)
        .display_operation_id(true)
        .filter(true)
        .doc_expansion("none")
        // A token that the browser keeps would outlast the visit.
        .persist_authorization(false)
        // By default, Swagger UI sends the address of the document to a public validator.
        .validator_url("none")
}
