//! The answer if no operation matches: 405 with the methods of the path, or 404. Without it, actix would answer 404 to
//! a wrong method.

use actix_web::{HttpRequest, HttpResponse, web};

use super::{
    error::{ApiError, ApiResult},
    openapi::checked_in_contract,
};

pub(crate) fn register_fallback(cfg: &mut web::ServiceConfig) {
    cfg.default_service(web::to(refuse_unmatched));
}

async fn refuse_unmatched(req: HttpRequest) -> ApiResult<HttpResponse> {
    let allowed = list_allowed_methods(req.path());
    // The method exists for this path, so a key in the path must be at fault.
    if allowed.is_empty() || allowed.contains(&req.method().as_str()) {
        return Err(ApiError::NotFound);
    }
    Err(ApiError::MethodNotAllowed(allowed.into_iter().map(str::to_owned).collect()))
}

/// Returns the methods of a path. The list is empty if the contract has no such path.
fn list_allowed_methods(path: &str) -> Vec<&'static str> {
    let mut methods: Vec<&'static str> = Vec::new();
    // More than one template can match, for example `/reports/bulk` and `/reports/{x}`.
    for template in checked_in_contract().paths.iter().filter(|t| t.matches_path(path)) {
        methods.extend(&template.methods);
    }
    methods.sort_unstable();
    methods.dedup();
    methods
}
