//! Metrics for the operator, in the text format 0.0.4 of Prometheus. They have a listener of their own, without
//! authentication. For that reason a label is a route, a method or a class of status codes, and never a key, a person
//! or input of a caller.
//!
//! This needs no crate: the format consists of lines of text, and the counters are atomics next to the code that they
//! count.

use actix_web::{HttpResponse, web};

use super::state::State;
use crate::store::db::{DbLoad, GROUP_SIZES, QueueLoad};

mod requests;
mod text;

pub(crate) use requests::RequestMetrics;
use text::MetricsText;

const MEDIA: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Registers the route of the metrics listener.
pub(crate) fn register_metrics(cfg: &mut web::ServiceConfig) {
    cfg.service(web::resource("/metrics").route(web::get().to(get_metrics)));
}

async fn get_metrics(state: web::Data<State>) -> HttpResponse {
    HttpResponse::Ok().content_type(MEDIA).body(render_metrics(&state))
}

fn render_metrics(state: &State) -> String {
    let mut text = MetricsText::default();
    write_build_info(&mut text, state);
    state.requests.write_metrics(&mut text);
    let load = state.db.measure_load();
    write_queues(&mut text, &load);
    write_commit_groups(&mut text, &load);
    write_cache(&mut text, state);
    write_feed(&mut text, state);
    text.write_help(
        "ascn_log_lines_dropped_total",
        "counter",
        "Log lines that could not be written in time.",
    );
    text.write_value("ascn_log_lines_dropped_total", &[], (state.dropped_log_lines)());
    text.into_string()
}

fn write_build_info(text: &mut MetricsText, state: &State) {
    let database = if state.db.is_sqlite() { "sqlite" } else { "postgresql" };
    text.write_help("ascn_build_info", "gauge", "What is running; always 1.");
    let labels = [("version", env!("CARGO_PKG_VERSION")), ("database", database)];
    text.write_value("ascn_build_info", &labels, 1);
}

/// A metric of a queue: its name, its type, its help text, and the function that reads it.
type QueueMetric = (&'static str, &'static str, &'static str, fn(&QueueLoad) -> u64);

const QUEUES: [QueueMetric; 3] = [
    ("ascn_database_queue_length", "gauge", "Jobs that wait for a database thread.", |q| {
        u64::try_from(q.waiting).unwrap_or(u64::MAX)
    }),
    ("ascn_database_jobs_total", "counter", "Jobs that a database thread began.", |q| q.begun),
    ("ascn_database_refused_total", "counter", "Jobs that found the queue full.", |q| q.refused),
];

fn write_queues(text: &mut MetricsText, load: &DbLoad) {
    let both = [("read", &load.reads), ("write", &load.writes)];
    for (name, kind, help, read) in QUEUES {
        text.write_help(name, kind, help);
        for (queue, queue_load) in both {
            text.write_value(name, &[("queue", queue)], read(queue_load));
        }
    }
    text.write_help("ascn_database_queue_places", "gauge", "Jobs that may wait in each queue.");
    text.write_value("ascn_database_queue_places", &[], load.places);
    text.write_help(
        "ascn_database_wait_seconds",
        "summary",
        "How long jobs waited before they began.",
    );
    for (queue, queue_load) in both {
        let labels = [("queue", queue)];
        text.write_value(
            "ascn_database_wait_seconds_sum",
            &labels,
            text::format_seconds(queue_load.waited_us),
        );
        text.write_value("ascn_database_wait_seconds_count", &labels, queue_load.begun);
    }
}

fn write_commit_groups(text: &mut MetricsText, load: &DbLoad) {
    let name = "ascn_write_group_jobs";
    text.write_help(name, "histogram", "Write jobs that shared one commit.");
    let bounds = GROUP_SIZES.iter().map(ToString::to_string);
    text.write_histogram(name, &[], bounds.zip(load.groups), load.jobs);
    text.write_help("ascn_write_groups_failed_total", "counter", "Commits that failed.");
    text.write_value("ascn_write_groups_failed_total", &[], load.failed);
}

fn write_cache(text: &mut MetricsText, state: &State) {
    let usage = state.cache.measure_usage();
    for (name, kind, help, value) in [
        ("ascn_cache_hits_total", "counter", "Answers from memory.", usage.hits),
        ("ascn_cache_misses_total", "counter", "Answers that were not in memory.", usage.misses),
        ("ascn_cache_entries", "gauge", "Answers in memory.", usage.entries),
        ("ascn_cache_bytes", "gauge", "Bytes that answers take in memory.", usage.bytes),
    ] {
        text.write_help(name, kind, help);
        text.write_value(name, &[], value);
    }
}

fn write_feed(text: &mut MetricsText, state: &State) {
    text.write_help("ascn_feed_number", "gauge", "The last number of the feed that is known here.");
    text.write_value("ascn_feed_number", &[], state.heads.feed());
    text.write_help(
        "ascn_journal_seq",
        "gauge",
        "The last number of the journal that is known here.",
    );
    text.write_value("ascn_journal_seq", &[], state.heads.seq());
    text.write_help(
        "ascn_feed_waiting",
        "gauge",
        "Requests that wait for the feed, streams included.",
    );
    text.write_value("ascn_feed_waiting", &[], state.waiting.count());
}
