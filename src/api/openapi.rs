//! The OpenAPI document. `openapi/v1.json` is part of the program, which serves and prints it. A debug build can also
//! compose the document from the registered operations; a test holds the two equal.

use std::sync::OnceLock;

use actix_web::web;

use super::{answer::Answer, read_only_route::build_read_only_route};

#[cfg(debug_assertions)]
mod base;
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
    super::service_config::contract::document_operations(&mut document, super::register_routes);
    operations::complete_document(&mut document);
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
    let answer = ANSWER
        .get_or_init(|| Answer::from_json(checked_in::minify_json(CHECKED_IN)).prepare_for_cache());
    answer.clone()
}

#[cfg(all(test, debug_assertions))]
mod tests {
    use super::*;

    #[test]
    fn minified_document_is_the_compact_form_of_the_composed_one() {
        let composed = compose_document();
        let pretty = serde_json::to_string_pretty(&composed).unwrap_or_default();
        let compact = serde_json::to_string(&composed).unwrap_or_default();
        assert!(checked_in::minify_json(&pretty) == compact);
    }
}
