//! HTTP: routes, extractors, shapes. Not here: SQL, rules.

pub mod answer;
pub mod auth;
pub mod body;
pub mod cache;
pub mod calendar;
pub mod catalog;
pub mod changes;
pub mod cities;
pub mod coding;
pub mod comments;
pub mod cycles;
pub mod docs;
pub mod error;
pub mod extensions;
pub mod fallback;
pub mod fields;
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
pub mod sittings;
pub mod spool;
pub mod state;
pub mod todo;
pub mod users;
pub mod verifying;
pub mod views;
pub mod vocabulary;
pub mod workbook;

use actix_web::{guard, web};
use utoipa_actix_web::service_config::ServiceConfig;

/// Registers every operation; the routes and the contract come from this one list.
pub fn routes(cfg: &mut ServiceConfig) {
    cfg.configure(health::routes);
    cfg.configure(calendar::feed);
    cfg.configure(shares::addresses);
    cfg.configure(catalog::routes);
    cfg.service(utoipa_actix_web::scope("/api/v1").configure(v1));
}

fn v1(cfg: &mut ServiceConfig) {
    under(cfg, "figures", figures::routes);
    under(cfg, "releases", releases::routes);
    under(cfg, "reports", reports::lists);
    under(cfg, "projects", |cfg| {
        projects::routes(cfg);
        reports::routes(cfg);
        parts::routes(cfg);
        comments::routes(cfg);
    });
    under(cfg, "cities", |cfg| {
        cities::routes(cfg);
        plans::routes(cfg);
        sittings::routes(cfg);
        workbook::routes(cfg);
    });
    under(cfg, "me", |cfg| {
        me::routes(cfg);
        todo::routes(cfg);
        calendar::routes(cfg);
    });
    under(cfg, "cycles", |cfg| {
        cycles::routes(cfg);
        extensions::routes(cfg);
    });
    under(cfg, "users", users::routes);
    under(cfg, "partners", partners::routes);
    under(cfg, "shares", shares::routes);
    under(cfg, "journal", journal::routes);
    under(cfg, "auth", auth::routes);
    changes::routes(cfg);
    imports::routes(cfg);
    reference::routes(cfg);
    vocabulary::routes(cfg);
}

/// Registers the operations whose paths begin with a word. The router holds a path against one pattern after the other and
/// allocates for each that has a key in it: so a request meets those of its own word alone.
fn under(cfg: &mut ServiceConfig, word: &'static str, routes: impl FnOnce(&mut ServiceConfig)) {
    let begins = guard::fn_guard(move |request| {
        request.head().uri.path().split('/').nth(3).is_some_and(|first| first == word)
    });
    cfg.service(utoipa_actix_web::scope("").guard(begins).configure(routes));
}

/// Builds what is not an operation: the contract itself, the documentation where it is wanted, and the answers for
/// everything else.
pub fn configuration(docs: bool) -> impl FnOnce(&mut web::ServiceConfig) {
    move |cfg| {
        openapi::mount(cfg);
        if docs {
            docs::mount(cfg);
        }
        fallback::mount(cfg);
    }
}
