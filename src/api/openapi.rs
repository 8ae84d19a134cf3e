//! The OpenAPI document. `openapi/v1.json` is part of the program, which serves and prints it. A debug build can also
//! compose the document from the registered operations; a test holds the two equal.

use std::sync::OnceLock;

use actix_web::web;

#[cfg(debug_assertions)]
use super::service_config::contract;
use super::{answer::Answer, read_only_route::build_read_only_route};

#[cfg(debug_assertions)]
mod base;
#[cfg(debug_assertions)]
mod bodies;
mod checked_in;
#[cfg(debug_assertions)]
mod examples;
#[cfg(debug_assertions)]
mod operations;
#[cfg(debug_assertions)]
mod parameters;
#[cfg(debug_assertions)]
mod problems;

pub use checked_in::CHECKED_IN;
pub(crate) use checked_in::{checked_in_contract, list_schema_members};

/// Composes the document from every registered operation.
#[cfg(debug_assertions)]
#[must_use]
pub fn compose_document() -> utoipa::openapi::OpenApi {
    let mut document = base::build_base_document();
    let registered = contract::document_operations(&mut document, super::register_routes);
    operations::complete_document(&mut document, &registered);
    examples::add_examples(&mut document);
    document
}

/// Renders the document as it has to be checked in: a debug build composes it from the operations, a release build has
/// nothing but what was checked in.
///
/// # Errors
/// A document without a JSON form.
pub fn render_document() -> anyhow::Result<String> {
    #[cfg(debug_assertions)]
    return Ok(format!("{}\n", serde_json::to_string_pretty(&compose_document())?));
    #[cfg(not(debug_assertions))]
    return Ok(CHECKED_IN.to_owned());
}

/// Registers the route of the document.
pub fn register_document(cfg: &mut web::ServiceConfig) {
    cfg.service(build_read_only_route("/openapi.json", web::get().to(serve_document)));
}

async fn serve_document() -> Answer {
    static ANSWER: OnceLock<Answer> = OnceLock::new();
    let answer = ANSWER.get_or_init(|| {
        let minified = checked_in::minify_json(CHECKED_IN);
        Answer::from_json(format!("{minified}\n")).prepare_for_cache()
    });
    answer.clone()
}

#[cfg(all(test, debug_assertions))]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn if_match_follows_from_the_type_of_the_handler() {
        let document = serde_json::to_value(compose_document()).unwrap_or_default();
        for (method, path, expected) in [
            ("get", "/api/v1/projects/{project}", None),
            ("post", "/api/v1/projects", None),
            ("post", "/api/v1/cities", Some(false)),
            ("patch", "/api/v1/projects/{project}", Some(true)),
            ("delete", "/api/v1/projects/{project}", Some(true)),
            ("put", "/api/v1/projects/{project}/reports/{cycle}", Some(false)),
            ("post", "/api/v1/projects/{project}/reports/{cycle}/approve", Some(false)),
            ("put", "/api/v1/me/password", None),
            ("delete", "/api/v1/users/{id}/grants/{grant_id}", None),
        ] {
            let parameters = document["paths"][path][method]["parameters"].as_array();
            let header = parameters.into_iter().flatten().find(|p| p["name"] == "If-Match");
            let required = header.map(|p| p["required"] == json!(true));
            assert_eq!(required, expected, "{method} {path}");
        }
    }

    #[test]
    fn secrets_and_health_checks_have_no_etag() {
        let document = serde_json::to_value(compose_document()).unwrap_or_default();
        let mut untagged = Vec::new();
        for (path, item) in document["paths"].as_object().into_iter().flatten() {
            for operation in item.as_object().into_iter().flatten().map(|(_, operation)| operation)
            {
                let responses = operation["responses"].as_object().into_iter().flatten();
                let mut successes = responses.filter(|(status, _)| status.starts_with('2'));
                if successes.all(|(_, response)| response["headers"]["ETag"] == Value::Null) {
                    untagged.push((
                        operation["operationId"].as_str().unwrap_or_default(),
                        path.as_str(),
                    ));
                }
            }
        }
        untagged.sort_unstable();
        assert_eq!(
            untagged,
            [
                ("accept_invitation", "/api/v1/auth/invitations/{token}/accept"),
                ("create_calendar", "/api/v1/me/calendar"),
                ("create_share", "/api/v1/shares"),
                ("get_live", "/health/live"),
                ("get_ready", "/health/ready"),
                ("put_password", "/api/v1/me/password"),
                ("read_calendar", "/calendar/{token}.ics"),
                ("refresh_session", "/api/v1/auth/refresh"),
                ("sign_in", "/api/v1/auth/login"),
                ("sign_out", "/api/v1/auth/logout"),
            ]
        );
    }

    #[test]
    fn minified_document_is_the_compact_form_of_the_composed_one() {
        let composed = compose_document();
        let pretty = serde_json::to_string_pretty(&composed).unwrap_or_default();
        let compact = serde_json::to_string(&composed).unwrap_or_default();
        assert!(checked_in::minify_json(&pretty) == compact);
    }
}
