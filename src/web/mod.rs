//! Pages for people: the documentation at `/docs`. This room is above `api`: it registers routes of its own, and takes
//! from `api` only its errors, the kinds of problem, and the building of a read-only route. The HTML is made in `pages`.

mod docs;
mod response;
mod swagger_ui;

use actix_web::web;

/// Registers the documentation, if `docs` is set.
pub(crate) fn configure_pages(docs: bool) -> impl FnOnce(&mut web::ServiceConfig) {
    move |cfg| {
        if docs {
            docs::register_routes(cfg);
            swagger_ui::register_routes(cfg);
        }
    }
}
