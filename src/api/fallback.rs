//! What is answered when no operation matches: 405 with the methods that are there, else 404. actix would answer a wrong
//! method as 404.

use actix_web::{HttpRequest, HttpResponse, web};

use super::{
    error::{ApiError, ApiResult},
    openapi::checked_in_contract,
};

/// Mounts it as the answer of last resort.
pub(crate) fn register_fallback(cfg: &mut web::ServiceConfig) {
    cfg.default_service(web::to(refuse_unmatched));
}

async fn refuse_unmatched(req: HttpRequest) -> ApiResult<HttpResponse> {
    let allowed = list_allowed_methods(req.path());
    // With the right method only the path can be at fault.
    if allowed.is_empty() || allowed.contains(&req.method().as_str()) {
        return Err(ApiError::NotFound);
    }
    Err(ApiError::MethodNotAllowed(allowed.into_iter().map(str::to_owned).collect()))
}

/// Returns the methods of a path; none for a path that is not in the contract.
fn list_allowed_methods(path: &str) -> Vec<&'static str> {
    let mut methods: Vec<&'static str> = Vec::new();
    // Two templates may match: `/reports/bulk` and `/reports/{x}`.
    for template in checked_in_contract().paths.iter().filter(|t| t.matches_path(path)) {
        methods.extend(&template.methods);
    }
    methods.sort_unstable();
    methods.dedup();
    methods
}
