//! What an operator's monitoring reads, in the text format 0.0.4 of Prometheus. It has a listener of its own, which asks for
//! no sign-in: labels are routes, methods and classes of status, never a key, a person or anything that was sent.
//!
//! Written here and not by a crate: the format is lines of text, the counters are atomics that stand where things happen.

use actix_web::{HttpResponse, web};

use super::state::State;
use crate::store::db::{DbLoad, GROUP_SIZES, QueueLoad};

mod requests;
mod text;

pub use requests::Requests;
use text::Text;

/// The media type of the format.
const MEDIA: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Builds what the listener of the metrics serves.
pub fn configuration(cfg: &mut web::ServiceConfig) {
    cfg.service(web::resource("/metrics").route(web::get().to(get_metrics)));
}

async fn get_metrics(state: web::Data<State>) -> HttpResponse {
    HttpResponse::Ok().content_type(MEDIA).body(written(&state))
}

fn written(state: &State) -> String {
    let mut text = Text::default();
    build(&mut text, state);
    state.requests.write(&mut text);
    let load = state.db.load();
    queues(&mut text, &load);
    groups(&mut text, &load);
    cache(&mut text, state);
    feed(&mut text, state);
    text.finish()
}

fn build(text: &mut Text, state: &State) {
    let database = if state.db.is_sqlite() { "sqlite" } else { "postgresql" };
    text.about("ascn_build_info", "gauge", "What is running; always 1.");
    let labels = [("version", env!("CARGO_PKG_VERSION")), ("database", database)];
    text.value("ascn_build_info", &labels, 1);
}

/// A metric of a queue: name, kind, what it is, and how it is read.
type OfQueue = (&'static str, &'static str, &'static str, fn(&QueueLoad) -> u64);

const QUEUES: [OfQueue; 3] = [
    ("ascn_database_queue_length", "gauge", "Jobs that wait for a database thread.", |q| {
        u64::try_from(q.waiting).unwrap_or(u64::MAX)
    }),
    ("ascn_database_jobs_total", "counter", "Jobs that a database thread began.", |q| q.begun),
    ("ascn_database_refused_total", "counter", "Jobs that found the queue full.", |q| q.refused),
];

fn queues(text: &mut Text, load: &DbLoad) {
    let both = [("read", &load.reads), ("write", &load.writes)];
    for (name, kind, help, read) in QUEUES {
        text.about(name, kind, help);
        for (queue, seen) in both {
            text.value(name, &[("queue", queue)], read(seen));
        }
    }
    text.about("ascn_database_queue_places", "gauge", "Jobs that may wait in each queue.");
    text.value("ascn_database_queue_places", &[], load.places);
    text.about("ascn_database_wait_seconds", "summary", "How long jobs waited before they began.");
    for (queue, seen) in both {
        let labels = [("queue", queue)];
        text.value("ascn_database_wait_seconds_sum", &labels, text::seconds(seen.waited_us));
        text.value("ascn_database_wait_seconds_count", &labels, seen.begun);
    }
}

fn groups(text: &mut Text, load: &DbLoad) {
    let name = "ascn_write_group_jobs";
    text.about(name, "histogram", "Write jobs that shared one commit.");
    let bounds = GROUP_SIZES.iter().map(ToString::to_string);
    text.histogram(name, &[], bounds.zip(load.groups), load.jobs);
    text.about("ascn_write_groups_failed_total", "counter", "Commits that failed.");
    text.value("ascn_write_groups_failed_total", &[], load.failed);
}

fn cache(text: &mut Text, state: &State) {
    let seen = state.cache.usage();
    for (name, kind, help, value) in [
        ("ascn_cache_hits_total", "counter", "Answers from memory.", seen.hits),
        ("ascn_cache_misses_total", "counter", "Answers that were not in memory.", seen.misses),
        ("ascn_cache_entries", "gauge", "Answers in memory.", seen.entries),
        ("ascn_cache_bytes", "gauge", "Bytes that answers take in memory.", seen.bytes),
    ] {
        text.about(name, kind, help);
        text.value(name, &[], value);
    }
}

fn feed(text: &mut Text, state: &State) {
    text.about("ascn_feed_number", "gauge", "The last number of the feed that is known here.");
    text.value("ascn_feed_number", &[], state.heads.feed());
    text.about("ascn_journal_seq", "gauge", "The last number of the journal that is known here.");
    text.value("ascn_journal_seq", &[], state.heads.seq());
    text.about("ascn_feed_waiting", "gauge", "Requests that wait for the feed, streams included.");
    text.value("ascn_feed_waiting", &[], state.waiting.count());
}
