//! The service as its users meet it: a real server on a free port, its own database, callers over HTTP.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails here"
)]
#![expect(
    unreachable_pub,
    clippy::pedantic,
    clippy::redundant_closure,
    clippy::disallowed_methods,
    reason = "scenes are written to be read; the environment tells a test where its database is"
)]

mod database;
mod filing;
mod helpers;
mod hidden;
mod html;
mod operations;
mod people;
mod scene;
mod schema;

mod access;
mod accounts;
mod additions;
mod auth;
mod bulk;
mod busy;
mod cached;
mod calendar;
mod caller;
mod carry;
mod catalog;
mod changes;
mod cities;
mod comments;
mod concurrency;
mod contract;
mod corrections;
mod cors;
mod cycles;
mod dated;
mod demo;
mod diff;
mod docs;
mod examples;
mod extensions;
mod faults;
mod figures;
mod figures_told;
mod formats;
mod grants;
mod history;
mod imported;
mod imports;
mod insights;
mod journal;
mod kept;
mod languages;
mod metrics;
mod partners;
mod parts;
mod plans;
mod postgres;
mod progress;
mod project_input;
mod project_list;
mod projects;
mod public;
mod reference;
mod release_figures;
mod releases;
mod report;
mod reporting;
mod reports;
mod said;
mod scripts;
mod second;
mod shares;
mod sheet_file;
mod sittings;
mod threads;
mod todo;
mod totals;
mod users;
mod values;
mod verifying;
mod vocabulary;
mod workbook;
