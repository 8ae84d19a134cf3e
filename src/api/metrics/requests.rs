//! Request metrics: a histogram of durations by route, method and class of status codes.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use actix_web::{HttpRequest, http::Method};

use super::text::{self, MetricsText};

/// The upper bounds of the histogram in microseconds. A request that waits for the feed takes up to 30 s.
const BOUNDS_US: [u64; 14] = [
    500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000,
    2_500_000, 10_000_000, 30_000_000,
];
/// The label of requests that match no route: a path that a caller invented must not become a label.
const NO_ROUTE: &str = "none";

/// The method and the first digit of the status.
type RequestKind = (&'static str, u16);

#[derive(Debug, Default)]
struct DurationHistogram {
    /// One count for each bound, and one for longer durations.
    bucket_counts: [u64; BOUNDS_US.len() + 1],
    sum_us: u64,
}

/// The requests that were answered since the start.
#[derive(Debug)]
pub struct RequestMetrics {
    /// The histograms by route. `None` if the metrics listener is off: then nothing is counted.
    routes: Option<Mutex<BTreeMap<String, BTreeMap<RequestKind, DurationHistogram>>>>,
}

impl RequestMetrics {
    #[must_use]
    pub fn new(read: bool) -> Self {
        Self { routes: read.then(Mutex::default) }
    }

    /// Counts an answer. `method` is the method that was sent, because the handler of a HEAD request sees GET.
    pub(in crate::api) fn count_request(
        &self,
        req: &HttpRequest,
        method: &Method,
        status: u16,
        took: Duration,
    ) {
        let Some(routes) = &self.routes else { return };
        let route = req.match_pattern();
        let mut routes = routes.lock().unwrap_or_else(PoisonError::into_inner);
        let route = route.as_deref().unwrap_or(NO_ROUTE);
        if !routes.contains_key(route) {
            routes.insert(route.to_owned(), BTreeMap::new());
        }
        if let Some(kinds) = routes.get_mut(route) {
            kinds.entry((name_method(method), status / 100)).or_default().add_duration(took);
        }
    }

    pub(super) fn write_metrics(&self, text: &mut MetricsText) {
        const NAME: &str = "ascn_http_request_duration_seconds";
        let Some(routes) = &self.routes else { return };
        text.write_help(
            NAME,
            "histogram",
            "Requests by route, method and class of status, and how long they took.",
        );
        let routes = routes.lock().unwrap_or_else(PoisonError::into_inner);
        for (route, kinds) in routes.iter() {
            for ((method, class), durations) in kinds {
                let class = format!("{class}xx");
                let labels = [("route", route.as_str()), ("method", method), ("status", &class)];
                let bounds = BOUNDS_US.iter().map(|us| text::format_seconds(*us));
                let bounds = bounds.chain([text::INFINITE.to_owned()]);
                let sum = text::format_seconds(durations.sum_us);
                text.write_histogram(NAME, &labels, bounds.zip(durations.bucket_counts), sum);
            }
        }
    }
}

impl DurationHistogram {
    fn add_duration(&mut self, took: Duration) {
        let us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let place = BOUNDS_US.iter().position(|most| us <= *most).unwrap_or(BOUNDS_US.len());
        if let Some(count) = self.bucket_counts.get_mut(place) {
            *count += 1;
        }
        self.sum_us = self.sum_us.saturating_add(us);
    }
}

/// Returns the label of a method. Unknown methods share one label, so that callers cannot create labels.
fn name_method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
