//! Verifications read everything: one runs at a time, whoever goes away, and few wait.

use std::{sync::mpsc, time::Duration};

use ascn_tracker::store::StoreError;
use futures_util::FutureExt as _;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    sync::oneshot,
};

use crate::helpers::{Caller, TestApp};

/// Asks, gets no answer for a while, and breaks off the connection.
async fn disconnect_while_waiting(app: &TestApp, caller: &Caller<'_>, path: &str) {
    let at = app.address.trim_start_matches("http://");
    let mut connection = TcpStream::connect(at).await.unwrap();
    let token = caller.token.as_ref().map(|t| format!("authorization: Bearer {t}\r\n"));
    let token = token.unwrap_or_default();
    let request = format!("GET /api/v1/{path} HTTP/1.1\r\nhost: {at}\r\n{token}\r\n");
    connection.write_all(request.as_bytes()).await.unwrap();
    await_waiting_verifications(app, 1).await;
    let mut first = [0];
    let answer = connection.read_exact(&mut first);
    assert!(tokio::time::timeout(Duration::from_millis(200), answer).await.is_err(), "{path}");
    // Not closed but reset, which is noticed.
    connection.set_zero_linger().unwrap();
    drop(connection);
    await_waiting_verifications(app, 0).await;
}

async fn await_waiting_verifications(app: &TestApp, callers: usize) {
    for _ in 0..500 {
        if app.state.verifying.count_waiting() == callers {
            return;
        }
        actix_web::rt::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{} wait, and not {callers}", app.state.verifying.count_waiting());
}

#[actix_web::test]
async fn only_one_verification_runs_at_a_time_and_excess_callers_are_503() {
    let app = TestApp::demo_with(&[("ASCN_PUBLIC_RELEASES", "true")]).await;
    let (nobody, secretariat) = (app.anonymous(), app.secretariat().await);
    let release = "releases/me-2022-r1/verify";
    let (gate, closed) = mpsc::channel::<()>();
    let (begun, at_work) = oneshot::channel();
    let work = app.state.verifying.run_verification(move |_| -> Result<(), StoreError> {
        begun.send(()).unwrap();
        // Nothing is ever sent: this waits for the end of the gate.
        let _ = closed.recv();
        Ok(())
    });
    let mut work = Box::pin(work);
    assert!((&mut work).now_or_never().is_none());
    at_work.await.unwrap();
    drop(work);
    // Whoever asks and goes away, many times: the work of the first goes on alone.
    let before = app.state.db.measure_load().reads.begun;
    for _ in 0..3 {
        disconnect_while_waiting(&app, &nobody, release).await;
    }
    disconnect_while_waiting(&app, &secretariat, "journal/verify").await;
    // On PostgreSQL the name of a release is read by such a thread.
    let named = if app.state.db.is_sqlite() { 0 } else { 3 };
    assert_eq!(app.state.db.measure_load().reads.begun - before, named);
    // Those who went away left their seats; a few may wait, the next one is told to come again.
    let mut waiting: Vec<_> = (0..8)
        .map(|_| Box::pin(app.state.verifying.run_verification(|_| Ok::<_, StoreError>(()))))
        .collect();
    for one in &mut waiting {
        assert!(one.now_or_never().is_none());
    }
    for (caller, path) in [(&nobody, release), (&secretariat, "journal/verify")] {
        let answer = caller.get(path).await.expect(503);
        assert_eq!(answer.json()["code"], "busy");
        assert_eq!(answer.header("retry-after"), Some("1"));
    }
    drop(gate);
    for one in waiting {
        one.await.unwrap();
    }
    assert_eq!(nobody.get(release).await.expect(200).json()["valid"], true);
    assert_eq!(secretariat.get("journal/verify").await.expect(200).json()["valid"], true);
}
