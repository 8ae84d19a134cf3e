//! HTTP: routes, extractors, shapes. Not here: SQL, rules.

pub mod answer;
pub mod auth;
pub mod body;
pub mod cache;
pub mod calendar;
pub mod catalog;
pub mod changes;
pub mod cities;
pub mod city_checklists;
pub mod comments;
pub mod compression;
pub mod cycles;
pub mod docs;
pub mod error;
pub mod extensions;
pub mod fallback;
pub mod field_selection;
pub mod figures;
pub mod format;
pub mod health;
pub mod history;
pub mod imports;
pub mod journal;
pub mod language;
pub mod may;
pub mod me;
pub mod merge;
pub mod metrics;
pub mod middleware;
pub mod openapi;
pub mod page;
pub mod partners;
pub mod parts;
pub mod plans;
pub mod precondition;
pub mod problem;
pub mod projects;
pub mod reference;
pub mod released;
pub mod releases;
pub mod reports;
pub mod shares;
pub mod spool_buffer;
pub mod state;
pub mod todo;
pub mod users;
pub mod verification_queue;
pub mod views;
pub mod vocabulary;
pub mod workbook;

use actix_web::{guard, web};
use utoipa_actix_web::service_config::ServiceConfig;

/// Registers every operation; the routes and the contract come from this one list.
pub fn register_routes(cfg: &mut ServiceConfig) {
    cfg.configure(health::register_routes);
    cfg.configure(calendar::register_calendar_feed);
    cfg.configure(shares::register_share_address);
    cfg.configure(catalog::register_routes);
    cfg.service(utoipa_actix_web::scope("/api/v1").configure(register_v1));
}

fn register_v1(cfg: &mut ServiceConfig) {
    register_under(cfg, "figures", figures::register_routes);
    register_under(cfg, "releases", releases::register_routes);
    register_under(cfg, "reports", reports::list_routes);
    register_under(cfg, "projects", |cfg| {
        projects::register_routes(cfg);
        reports::register_routes(cfg);
        parts::register_routes(cfg);
        comments::register_routes(cfg);
    });
    register_under(cfg, "cities", |cfg| {
        cities::register_routes(cfg);
        plans::register_routes(cfg);
        city_checklists::register_routes(cfg);
        workbook::register_routes(cfg);
    });
    register_under(cfg, "me", |cfg| {
        me::register_routes(cfg);
        todo::register_routes(cfg);
        calendar::register_routes(cfg);
    });
    register_under(cfg, "cycles", |cfg| {
        cycles::register_routes(cfg);
        extensions::register_routes(cfg);
    });
    register_under(cfg, "users", users::register_routes);
    register_under(cfg, "partners", partners::register_routes);
    register_under(cfg, "shares", shares::register_routes);
    register_under(cfg, "journal", journal::register_routes);
    register_under(cfg, "auth", auth::register_routes);
    changes::register_routes(cfg);
    imports::register_routes(cfg);
    reference::register_routes(cfg);
    vocabulary::register_routes(cfg);
}

/// Registers the operations whose paths begin with a word. The router holds a path against one pattern after the other and
/// allocates for each that has a key in it: so a request meets those of its own word alone.
fn register_under(
    cfg: &mut ServiceConfig,
    word: &'static str,
    routes: impl FnOnce(&mut ServiceConfig),
) {
    let begins = guard::fn_guard(move |request| {
        request.head().uri.path().split('/').nth(3).is_some_and(|first| first == word)
    });
    cfg.service(utoipa_actix_web::scope("").guard(begins).configure(routes));
}

/// Builds what is not an operation: the contract itself, the documentation where it is wanted, and the answers for
/// everything else.
pub fn configure_documents(docs: bool) -> impl FnOnce(&mut web::ServiceConfig) {
    move |cfg| {
        openapi::register_document(cfg);
        if docs {
            docs::register_pages(cfg);
        }
        fallback::register_fallback(cfg);
    }
}
