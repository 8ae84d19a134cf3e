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

use actix_web::web;
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
    auth::routes(cfg);
    me::routes(cfg);
    todo::routes(cfg);
    calendar::routes(cfg);
    users::routes(cfg);
    reference::routes(cfg);
    cities::routes(cfg);
    partners::routes(cfg);
    plans::routes(cfg);
    projects::routes(cfg);
    parts::routes(cfg);
    cycles::routes(cfg);
    extensions::routes(cfg);
    reports::routes(cfg);
    comments::routes(cfg);
    sittings::routes(cfg);
    workbook::routes(cfg);
    imports::routes(cfg);
    figures::routes(cfg);
    releases::routes(cfg);
    shares::routes(cfg);
    changes::routes(cfg);
    journal::routes(cfg);
    vocabulary::routes(cfg);
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
