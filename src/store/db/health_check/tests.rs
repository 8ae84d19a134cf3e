use std::{cell::Cell, sync::mpsc, time::Instant};

use tokio::{sync::oneshot, task::JoinHandle};

use super::*;
use crate::{
    clock::Clock,
    store::{DatabaseTarget, db::run_until_end, tx::TxEnv, watch::CommitWatch},
};

/// A database with one reader and one writer, in a folder of its own.
fn start_database() -> (Db, tempfile::TempDir) {
    let folder = tempfile::TempDir::new().unwrap();
    let target = DatabaseTarget::Sqlite { path: folder.path().join("test.db") };
    let mut conn = target.open(false).unwrap();
    conn.run_migrations().unwrap();
    let env = TxEnv { clock: Clock::real() };
    let watch = CommitWatch::load_watch(&mut conn, env.clock.clone()).unwrap();
    (Db::start(target, None, 1, 16, env, watch).unwrap(), folder)
}

fn log_size(folder: &tempfile::TempDir) -> u64 {
    folder.path().join("test.db-wal").metadata().unwrap().len()
}

#[tokio::test]
async fn trial_appends_a_page_to_the_log_of_sqlite_and_changes_no_record() {
    let (db, folder) = start_database();
    let head = |c: &mut Conn| journal::load_head(c);
    let before = (db.read(head).await.unwrap(), log_size(&folder));
    db.check_health().await.unwrap();
    let after = (db.read(head).await.unwrap(), log_size(&folder));
    assert_eq!(after.0, before.0);
    assert!(after.1 >= before.1 + 4096, "{before:?} {after:?}");
    // A second check within a second writes nothing.
    db.check_health().await.unwrap();
    assert_eq!(log_size(&folder), after.1);
}

#[tokio::test]
async fn jobs_that_panic_end_neither_readers_nor_writers() {
    let (db, _folder) = start_database();
    for _ in 0..3 {
        let read = db.read(|_| -> StoreResult<()> { panic!("a reading panics") });
        assert!(matches!(read.await, Err(StoreError::Unavailable(_))));
        let write = db.write_unjournaled(|_| -> StoreResult<()> { panic!("a write panics") });
        assert!(matches!(write.await, Err(StoreError::Unavailable(_))));
    }
    db.check_health().await.unwrap();
}

/// Occupies the writer until the gate is dropped.
async fn occupy_writer(db: &Db) -> (mpsc::Sender<()>, JoinHandle<StoreResult<()>>) {
    let (gate, closed) = mpsc::channel::<()>();
    let (begun, at_work) = oneshot::channel();
    let db = db.clone();
    let job = move |_: &mut Conn| -> StoreResult<()> {
        begun.send(()).unwrap();
        // Nothing is ever sent: this waits for the end of the gate.
        let _ = closed.recv();
        Ok(())
    };
    let holding = tokio::spawn(async move { db.write_unjournaled(job).await });
    at_work.await.unwrap();
    (gate, holding)
}

/// A value whose end panics.
#[derive(Debug)]
struct PanicsWhenDropped;
impl Drop for PanicsWhenDropped {
    fn drop(&mut self) {
        panic!("the end of an answer panics");
    }
}

#[tokio::test]
async fn answer_that_panics_ends_no_thread_and_takes_no_other_answer() {
    let (db, _folder) = start_database();
    let (gate, holding) = occupy_writer(&db).await;
    // Both wait behind the first job and share its commit. Nobody waits for the answer of the first of them, so its
    // value ends on the thread of the writer.
    let lost = db.write_unjournaled(|_| -> StoreResult<_> { Ok(PanicsWhenDropped) });
    assert!(timeout(Duration::from_millis(1), lost).await.is_err());
    let mut next = Box::pin(db.write_unjournaled(|_| -> StoreResult<_> { Ok(7) }));
    assert!(timeout(Duration::from_millis(1), &mut next).await.is_err());
    drop(gate);
    holding.await.unwrap().unwrap();
    assert_eq!(next.await.unwrap(), 7);
    db.check_health().await.unwrap();
}

fn run_sql(conn: &mut Conn, sql: &str) -> StoreResult<()> {
    match conn {
        Conn::Sqlite(c) => Ok(c.batch_execute(sql)?),
        Conn::Pg(c) => Ok(c.batch_execute(sql)?),
    }
}

// On a full disk SQLite rolls back the whole transaction by itself, as the first job here does. A job behind it in the
// same group was then written, and its caller got an error.
#[tokio::test]
async fn lost_transaction_fails_its_group_and_the_jobs_behind_it_are_written() {
    let (db, _folder) = start_database();
    let (gate, holding) = occupy_writer(&db).await;
    let mut before =
        Box::pin(db.write_unjournaled(|c| run_sql(c, "create table before (x integer)")));
    let mut loses = Box::pin(db.write_unjournaled(|c| run_sql(c, "rollback")));
    let mut behind =
        Box::pin(db.write_unjournaled(|c| run_sql(c, "create table behind (x integer)")));
    assert!(timeout(Duration::from_millis(1), &mut before).await.is_err());
    assert!(timeout(Duration::from_millis(1), &mut loses).await.is_err());
    assert!(timeout(Duration::from_millis(1), &mut behind).await.is_err());
    drop(gate);
    assert!(matches!(holding.await.unwrap(), Err(StoreError::Unavailable(_))));
    assert!(matches!(before.await, Err(StoreError::Unavailable(_))));
    assert!(matches!(loses.await, Err(StoreError::Unavailable(_))));
    behind.await.unwrap();
    db.read(|c| run_sql(c, "select * from behind")).await.unwrap();
    assert!(db.read(|c| run_sql(c, "select * from before")).await.is_err());
}

#[tokio::test]
async fn writer_that_stands_still_fails_the_check_in_time_and_gets_one_trial() {
    let (db, _folder) = start_database();
    let (gate, holding) = occupy_writer(&db).await;
    let started = Instant::now();
    for _ in 0..2 {
        let checked = db.check_health().await;
        assert!(matches!(checked, Err(StoreError::Unavailable(_))), "{checked:?}");
    }
    assert!(started.elapsed() < 2 * Duration::from_secs(2));
    assert_eq!(db.measure_load().writes.waiting, 1);
    drop(gate);
    holding.await.unwrap().unwrap();
    db.check_health().await.unwrap();
}

#[test]
fn loop_of_a_thread_continues_after_a_panic() {
    let turns = Cell::new(0);
    run_until_end(|| {
        turns.set(turns.get() + 1);
        assert!(turns.get() > 2, "turn {}", turns.get());
    });
    assert_eq!(turns.get(), 3);
}
