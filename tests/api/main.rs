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

mod answer_snapshot;
mod database;
mod helpers;
mod hidden_edits;
mod html_page;
mod operation_fixture;
mod operations;
mod report_fixtures;
mod schema;
mod user_fixtures;

mod access;
mod accounts;
mod annual_report;
mod auth;
mod body_limits;
mod bulk;
mod calendar;
mod catalog;
mod changes;
mod cities;
mod city_checklist;
mod closed_lists;
mod comment_threads;
mod comments;
mod concurrency;
mod contract;
mod contract_probe;
mod cors;
mod cycles;
mod demo;
mod diff;
mod docs;
mod duplicates;
mod examples;
mod expected_cities;
mod extensions;
mod figures;
mod figures_as_of_day;
mod figures_output;
mod formats;
mod full_queue;
mod grants;
mod history;
mod history_import;
mod http_answers;
mod http_caller;
mod imports;
mod independent_hashing;
mod indicator_values;
mod journal;
mod languages;
mod library_texts;
mod list_filters;
mod list_pages;
mod list_totals;
mod live_figures;
mod localised_messages;
mod malformed_bodies;
mod malformed_requests;
mod metrics;
mod openapi_compatibility;
mod partners;
mod parts;
mod percent_complete;
mod plans;
mod postgres;
mod project_input;
mod project_list;
mod projects;
mod public_releases;
mod reference;
mod release_errata;
mod release_figures;
mod releases;
mod report_prefill;
mod reporting_views;
mod reports;
mod request_limits;
mod response_cache;
mod shares;
mod sheet_file;
mod single_flight;
mod todo;
mod unchanged_saves;
mod unicode_texts;
mod users;
mod verification_queue;
mod vocabulary;
mod workbook;
