//! The answer if no operation matches: 405 with the methods of the path, or 404. Without it, actix would answer 404 to
//! a wrong method.

use std::sync::OnceLock;

use actix_web::{HttpRequest, HttpResponse, web};

use super::{
    error::{ApiError, ApiResult},
    openapi,
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

/// A path of the contract with its methods.
struct PathTemplate {
    segments: Vec<&'static str>,
    methods: Vec<&'static str>,
}

impl PathTemplate {
    fn matches_path(&self, path: &str) -> bool {
        let mut given = path.split('/');
        let known = self.segments.iter().all(|segment| {
            given.next().is_some_and(|g| {
                if segment.starts_with('{') { !g.is_empty() } else { *segment == g }
            })
        });
        known && given.next().is_none()
    }
}

/// Returns the methods of a path. The list is empty if the contract has no such path.
fn list_allowed_methods(path: &str) -> Vec<&'static str> {
    static TEMPLATES: OnceLock<Vec<PathTemplate>> = OnceLock::new();
    let templates = TEMPLATES.get_or_init(|| {
        let paths = &openapi::document().paths.paths;
        paths
            .iter()
            .map(|(path, item)| PathTemplate {
                segments: path.split('/').collect(),
                methods: [
                    ("GET", &item.get),
                    ("HEAD", &item.get),
                    ("POST", &item.post),
                    ("PUT", &item.put),
                    ("PATCH", &item.patch),
                    ("DELETE", &item.delete),
                ]
                .into_iter()
                .filter_map(|(name, operation)| operation.as_ref().map(|_| name))
                .collect(),
            })
            .collect()
    });
    let mut methods: Vec<&'static str> = Vec::new();
    // More than one template can match, for example `/reports/bulk` and `/reports/{x}`.
    for template in templates.iter().filter(|t| t.matches_path(path)) {
        methods.extend(&template.methods);
    }
    methods.sort_unstable();
    methods.dedup();
    methods
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_matches_segment_by_segment() {
        let template = PathTemplate {
            segments: "/api/v1/projects/{project}/reports".split('/').collect(),
            methods: Vec::new(),
        };
        assert!(template.matches_path("/api/v1/projects/da-nang-4/reports"));
        for other in [
            "/api/v1/projects//reports",
            "/api/v1/projects/da-nang-4/reports/",
            "/api/v1/projects/da-nang-4",
            "/api/v1/projects/da-nang-4/reports/me-2026",
            "/",
            "",
        ] {
            assert!(!template.matches_path(other), "{other}");
        }
    }
}
