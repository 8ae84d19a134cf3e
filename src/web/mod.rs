//! Pages for people: the documentation at `/docs`. This room is above `api`: it registers routes of its own, and takes
//! from `api` only its errors and the list of the kinds of problem.

mod docs;

use actix_web::web;

/// Registers the documentation, if `docs` is set.
pub(crate) fn configure_pages(docs: bool) -> impl FnOnce(&mut web::ServiceConfig) {
    move |cfg| {
        if docs {
            docs::register_routes(cfg);
        }
    }
}
