//! A database queue that is full: whoever comes then is told to try again at once, and nothing of it stays behind.

use std::{pin::Pin, sync::mpsc};

use ascn_tracker::store::StoreError;
use futures_util::{FutureExt as _, future::join_all};
use serde_json::json;
use tokio::sync::oneshot;

use crate::{
    helpers::{TestApp, TestResponse},
    projects::project_body,
};

/// The jobs that may wait where a queue is filled.
const QUEUE: usize = 2;

type Waiting<'a> = Pin<Box<dyn Future<Output = Result<(), StoreError>> + 'a>>;

/// A full queue, behind a job that waits for the gate.
struct FullQueue<'a> {
    gate: mpsc::Sender<()>,
    jobs: Vec<Waiting<'a>>,
}

/// One thread that reads and one that writes: of several, one may still be on its way to a job that then makes room.
async fn spawn_with_short_queue() -> TestApp {
    TestApp::with_settings(&[("ASCN_DB_THREADS", "1"), ("ASCN_DB_QUEUE", &QUEUE.to_string())]).await
}

impl<'a> FullQueue<'a> {
    async fn fill(submit: impl Fn(Box<dyn FnOnce() + Send>) -> Waiting<'a>) -> Self {
        let (gate, closed) = mpsc::channel::<()>();
        let (begun, at_work) = oneshot::channel();
        let mut jobs = vec![submit(Box::new(move || {
            begun.send(()).unwrap();
            // Nothing is ever sent: this waits for the end of the gate.
            let _ = closed.recv();
        }))];
        assert!((&mut jobs[0]).now_or_never().is_none());
        at_work.await.unwrap();
        for _ in 0..QUEUE {
            let mut job = submit(Box::new(|| ()));
            assert!((&mut job).now_or_never().is_none());
            jobs.push(job);
        }
        Self { gate, jobs }
    }
    /// Lets the jobs go on; none that was taken in is lost.
    async fn release_jobs(self) {
        drop(self.gate);
        for job in join_all(self.jobs).await {
            job.unwrap();
        }
    }
}

/// Told to try again, and by what.
#[track_caller]
fn assert_busy(answer: &TestResponse) {
    assert_eq!((answer.status, &answer.json()["code"]), (503, &json!("busy")), "{}", answer.text);
    assert_eq!(answer.header("retry-after"), Some("1"));
}

#[actix_web::test]
async fn full_write_queue_is_503_and_reads_continue() {
    let app = spawn_with_short_queue().await;
    let officer = app.officer("da-nang").await;
    let project = project_body("da-nang", "Smart water");
    for written in 0..3 {
        let jam = FullQueue::fill(|work| {
            Box::pin(app.state.db.write_unjournaled(move |_| {
                work();
                Ok(())
            }))
        })
        .await;
        for _ in 0..3 {
            assert_busy(&officer.post("projects", &project).await);
        }
        let all = officer.get("projects").await.expect(200).json();
        assert_eq!(all["items"].as_array().unwrap().len(), written);
        jam.release_jobs().await;
        officer.post("projects", &project).await.expect(201);
    }
}

#[actix_web::test]
async fn full_read_queue_is_503_with_retry_after() {
    let app = spawn_with_short_queue().await;
    let officer = app.officer("da-nang").await;
    for _ in 0..3 {
        let jam = FullQueue::fill(|work| {
            Box::pin(app.state.db.read(move |_| {
                work();
                Ok(())
            }))
        })
        .await;
        for _ in 0..3 {
            // Not one that could be in memory.
            assert_busy(&officer.get("me/sessions").await);
        }
        jam.release_jobs().await;
        officer.get("me/sessions").await.expect(200);
    }
}
