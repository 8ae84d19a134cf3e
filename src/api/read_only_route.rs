//! Routes that are not operations: they are read with GET and HEAD, and the contract does not have them.

use actix_web::{HttpResponse, web};

use super::error::{ApiError, ApiResult};

/// Builds a route that answers other methods with the same 405 as operations do.
pub(crate) fn build_read_only_route(path: &str, get: actix_web::Route) -> actix_web::Resource {
    web::resource(path).route(get).default_service(web::to(refuse_writing))
}

async fn refuse_writing() -> ApiResult<HttpResponse> {
    Err(ApiError::MethodNotAllowed(vec!["GET".to_owned(), "HEAD".to_owned()]))
}
