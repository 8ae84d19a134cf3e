//! The HTTP API: routes, extractors, and the shapes of requests and responses. SQL is in `store`, and rules are in
//! `domain`.

// First, because all modules use its macro `operation!`.
#[macro_use]
mod service_config;

pub(crate) mod answer;
pub(crate) mod answer_text;
pub(crate) mod auth;
pub(crate) mod body;
mod byte_range;
pub(crate) mod cache;
mod calendar;
pub(crate) mod catalog;
pub(crate) mod changes;
pub(crate) mod cities;
pub(crate) mod city_checklists;
pub(crate) mod closed_list;
pub(crate) mod comments;
pub(crate) mod compression;
pub(crate) mod cycles;
pub mod error;
pub(crate) mod extensions;
pub(crate) mod fallback;
pub(crate) mod feed_page;
pub(crate) mod field_selection;
pub(crate) mod figures;
pub(crate) mod filter_values;
pub(crate) mod format;
pub(crate) mod health;
pub(crate) mod history;
pub(crate) mod imports;
pub(crate) mod journal;
pub(crate) mod language;
pub(crate) mod may;
pub(crate) mod me;
pub mod memory_budget;
pub(crate) mod merge;
pub(crate) mod message;
pub(crate) mod metrics;
pub(crate) mod middleware;
pub(crate) mod open_origins;
pub mod openapi;
pub(crate) mod operation;
pub(crate) mod page;
pub(crate) mod partners;
pub(crate) mod parts;
pub(crate) mod piece_body;
pub(crate) mod plans;
pub(crate) mod precondition;
pub(crate) mod problem;
pub(crate) mod projects;
pub(crate) mod read_only_route;
pub(crate) mod reading_queue;
pub(crate) mod reference;
pub(crate) mod release_request;
pub(crate) mod releases;
pub(crate) mod reports;
pub(crate) mod shares;
pub(crate) mod spool_buffer;
pub mod state;
pub(crate) mod todo;
pub(crate) mod unread_body;
pub(crate) mod users;
pub(crate) mod verification_queue;
pub(crate) mod views;
pub(crate) mod vocabulary;
pub(crate) mod workbook;

use actix_web::{guard, web};

pub use may::May;
pub use operation::{
    AnswerContract, OperationAccess, OperationAnswer, OperationArguments, OperationContract,
    OperationRequest, VersionedRequest,
};
pub use precondition::{
    IfMatch, NoVersion, RequestPrecondition, StatedPrecondition, VersionIfExists, VersionOptional,
    VersionRefused, VersionRequired,
};
pub use service_config::{Operation, OperationDocumentation, RegistrableOperation, ServiceConfig};

/// Mounts every operation.
pub fn configure_operations(cfg: &mut web::ServiceConfig) {
    register_routes(&mut ServiceConfig::new(cfg));
}

/// Registers every operation. Both the routes and the contract are made from this list.
fn register_routes(cfg: &mut ServiceConfig) {
    cfg.configure(health::register_routes);
    cfg.configure(calendar::register_calendar_feed);
    cfg.configure(shares::register_share_address);
    cfg.configure(catalog::register_routes);
    cfg.scope("/api/v1", web::scope("/api/v1"), register_v1);
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

/// Registers the operations whose path continues with `word` after `/api/v1/`. The guard keeps routing cheap: actix
/// tries one pattern after the other, and allocates for each pattern with a key. A new first segment needs a call of
/// this function.
fn register_under(
    cfg: &mut ServiceConfig<'_>,
    word: &'static str,
    routes: fn(&mut ServiceConfig<'_>),
) {
    let begins = guard::fn_guard(move |request| {
        request.head().uri.path().split('/').nth(3).is_some_and(|first| first == word)
    });
    cfg.scope("", web::scope("").guard(begins), routes);
}

/// Registers the routes that are not operations: the contract, and the fallback for all paths that no route matches.
pub fn configure_documents(cfg: &mut web::ServiceConfig) {
    openapi::register_document(cfg);
    fallback::register_fallback(cfg);
}
