//! Answers that are kept: equal questions wait for one computation, and are counted once.

use std::time::Duration;

use futures_util::future::join_all;

use crate::helpers::{Caller, TestApp};

/// Hits and misses since the start.
fn cache_hits_and_misses(app: &TestApp) -> (u64, u64) {
    let seen = app.state.cache.measure_usage();
    (seen.hits, seen.misses)
}

/// What a request moves in the counters.
async fn counter_changes(app: &TestApp, caller: &Caller<'_>, path: &str) -> (u64, u64) {
    let before = cache_hits_and_misses(app);
    caller.get(path).await.expect(200);
    let after = cache_hits_and_misses(app);
    (after.0 - before.0, after.1 - before.1)
}

#[actix_web::test]
async fn release_answer_is_counted_once_as_cache_hit_or_miss() {
    let app = TestApp::demo().await;
    let reader = app.reader().await;
    let reports = "releases/me-2025-r1/reports";
    assert_eq!(
        counter_changes(&app, &reader, &format!("{reports}?city=ha-noi&city=da-nang")).await,
        (0, 1)
    );
    assert_eq!(
        counter_changes(&app, &reader, &format!("{reports}?city=ha-noi&city=da-nang")).await,
        (1, 0)
    );
    // The same filter in another order is the same question.
    let other = format!("{reports}?city=da-nang&city=ha-noi&city=ha-noi");
    assert_eq!(counter_changes(&app, &reader, &other).await, (1, 0));
    // Another release is another one.
    let other = "releases/me-2024-r1/reports?city=da-nang&city=ha-noi";
    assert_eq!(counter_changes(&app, &reader, other).await, (0, 1));
    let latest = "releases/latest/reports?city=da-nang&city=ha-noi";
    assert_eq!(counter_changes(&app, &reader, latest).await, (1, 0));
}

/// A service with one thread that reads, and what keeps it busy until it is dropped.
async fn spawn_with_blocked_reads() -> (TestApp, std::sync::mpsc::Sender<()>) {
    let app = TestApp::with_setting("ASCN_DB_THREADS", "1").await;
    let (gate, closed) = std::sync::mpsc::channel::<()>();
    let (begun, at_work) = tokio::sync::oneshot::channel();
    let db = app.state.db.clone();
    actix_web::rt::spawn(async move {
        let wait = move |_: &mut ascn_tracker::store::Conn| {
            begun.send(()).unwrap();
            let _ = closed.recv();
            Ok::<_, ascn_tracker::store::StoreError>(())
        };
        db.read(wait).await.unwrap();
    });
    at_work.await.unwrap();
    (app, gate)
}

/// Waits until so many jobs wait for the thread.
async fn await_waiting_reads(app: &TestApp, jobs: usize) {
    for _ in 0..500 {
        if app.state.db.measure_load().reads.waiting >= jobs {
            return;
        }
        actix_web::rt::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{:?}", app.state.db.measure_load());
}

#[actix_web::test]
async fn equal_concurrent_requests_share_one_computation() {
    let (app, gate) = spawn_with_blocked_reads().await;
    let reader = app.reader().await;
    let before = cache_hits_and_misses(&app);
    let asked = join_all((0..8).map(|_| reader.get("countries")));
    let opened = async {
        await_waiting_reads(&app, 1).await;
        actix_web::rt::time::sleep(Duration::from_millis(300)).await;
        assert_eq!(app.state.db.measure_load().reads.waiting, 1);
        drop(gate);
    };
    let (answers, ()) = futures_util::future::join(asked, opened).await;
    let first = answers.into_iter().map(|a| a.expect(200).text).reduce(|a, b| {
        assert_eq!(a, b);
        a
    });
    assert!(first.unwrap().contains("\"VN\""));
    assert_eq!(cache_hits_and_misses(&app), (before.0 + 7, before.1 + 1));
}

#[actix_web::test]
async fn cancelled_request_leaves_the_shared_computation_running() {
    let (app, gate) = spawn_with_blocked_reads().await;
    let reader = app.reader().await;
    let before = cache_hits_and_misses(&app);
    for _ in 0..5 {
        let gone = tokio::time::timeout(Duration::from_millis(200), reader.get("countries")).await;
        assert!(gone.is_err());
    }
    await_waiting_reads(&app, 1).await;
    assert_eq!(app.state.db.measure_load().reads.waiting, 1);
    drop(gate);
    reader.get("countries").await.expect(200);
    let after = cache_hits_and_misses(&app);
    assert_eq!(after.1 - before.1, 1);
}
