//! The database as the rest of the service sees it: closures that run on database threads.
//!
//! A fixed set of threads serves a bounded queue. Each thread owns its connection. If the queue is full, the caller
//! gets an error at once. SQLite has one writer thread, which groups waiting jobs into one commit. A point read of
//! SQLite runs on the calling worker.

use std::{sync::Arc, thread};

use crossbeam_channel::{Sender, bounded};
use diesel::connection::SimpleConnection as _;
use tokio::sync::oneshot;
use tracing::Span;

mod counters;
mod health_check;
mod preview;
mod threads;
mod write_history;

use counters::DatabaseCounters;
pub(crate) use counters::{DbLoad, GROUP_SIZES, QueueLoad};
use preview::{PreviewJob, start_preview_threads};
use threads::{read_loop, read_on_caller, run_until_end, write_loop};

use super::{
    Conn, DatabaseTarget, StoreError, StoreResult,
    tx::{CommitSummary, Tx, TxEnv, run_transaction},
    watch::{self, CommitWatch},
};

type ReadJob = Box<dyn FnOnce(&mut Conn) + Send>;
/// Answers the caller of a write job. The argument is `true` if the commit succeeded.
type WriteAnswer = Box<dyn FnOnce(bool) + Send>;
type WriteJob = Box<dyn FnOnce(&mut Conn) -> (WriteAnswer, Option<CommitSummary>) + Send>;

/// A handle to the database. Clones share its threads.
#[derive(Clone)]
pub struct Db {
    target: DatabaseTarget,
    reads: Sender<ReadJob>,
    writes: Sender<WriteJob>,
    previews: Sender<PreviewJob>,
    env: TxEnv,
    load: Arc<DatabaseCounters>,
    /// Closes with the last clone. That ends the thread that follows other instances.
    _alive: Sender<()>,
}

impl Db {
    /// Starts the database threads. The database must already be migrated. `watch` learns of each commit before its
    /// writers are answered. At most `queue` jobs wait for readers, and as many for writers. Further callers get
    /// [`StoreError::Busy`].
    ///
    /// # Errors
    /// Returns an error if a thread cannot be started.
    pub fn start(
        target: DatabaseTarget,
        read_target: Option<DatabaseTarget>,
        threads: usize,
        queue: usize,
        env: TxEnv,
        watch: Arc<CommitWatch>,
    ) -> StoreResult<Self> {
        let load = Arc::new(DatabaseCounters::new(queue));
        let (reads, read_queue) = bounded::<ReadJob>(queue);
        let (writes, write_queue) = bounded::<WriteJob>(queue);
        let readers = read_target.unwrap_or_else(|| target.clone());
        for i in 0..threads.max(1) {
            let (queue, target) = (read_queue.clone(), readers.clone());
            spawn_thread(format!("db-read-{i}"), move || read_loop(&queue, &target))?;
        }
        // On PostgreSQL writers queue for the head row of the journal, so a few threads are enough to keep it busy.
        let count = if target.is_sqlite() { 1 } else { threads.clamp(1, 4) };
        for i in 0..count {
            let (queue, target, watch) = (write_queue.clone(), target.clone(), Arc::clone(&watch));
            let load = Arc::clone(&load);
            spawn_thread(format!("db-write-{i}"), move || {
                write_loop(&queue, &target, &watch, &load);
            })?;
        }
        let previews = start_preview_threads(&target, queue)?;
        let (alive, ended) = bounded(0);
        let primary = target.clone();
        spawn_thread("db-follow".to_owned(), move || {
            watch::follow_instances(&watch, &primary, &ended);
        })?;
        Ok(Self { target, reads, writes, previews, env, load, _alive: alive })
    }

    /// Returns `true` if the database is SQLite.
    #[must_use]
    pub const fn is_sqlite(&self) -> bool {
        self.target.is_sqlite()
    }

    /// Moves everything that was committed into the one SQLite file, so that a copy of the file is complete after a
    /// clean stop. Does nothing on PostgreSQL.
    ///
    /// # Errors
    /// Returns an error if the database fails. Committed data is safe in any case.
    pub fn checkpoint_file(&self) -> StoreResult<()> {
        match self.target.open(false)? {
            Conn::Sqlite(mut c) => Ok(c.batch_execute("pragma wal_checkpoint(truncate)")?),
            Conn::Pg(_) => Ok(()),
        }
    }

    /// Returns the load of the database threads.
    #[must_use]
    pub fn measure_load(&self) -> DbLoad {
        self.load.to_db_load(self.reads.len(), self.writes.len())
    }

    /// Reads one or two indexed rows. On SQLite this runs on the calling worker with its own read-only connection, on
    /// PostgreSQL on a database thread.
    ///
    /// # Errors
    /// Returns the errors of the closure, or an error if the database is busy or unavailable.
    pub async fn read_point<T, E>(
        &self,
        f: impl FnOnce(&mut Conn) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        if self.target.is_sqlite() {
            return read_on_caller(&self.target, f);
        }
        self.run_read(f).await
    }

    /// Reads in one snapshot on a database thread.
    ///
    /// # Errors
    /// Returns the errors of the closure, or an error if the database is busy or unavailable.
    pub async fn read<T, E>(
        &self,
        f: impl FnOnce(&mut Conn) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.run_read(|c| c.run_in_snapshot(f)).await
    }

    async fn run_read<T, E>(
        &self,
        f: impl FnOnce(&mut Conn) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (answer, result) = oneshot::channel();
        let span = Span::current();
        let ticket = self.load.reads.start_waiting();
        let job: ReadJob = Box::new(move |c| {
            ticket.count_start();
            let _in = span.enter();
            // The send fails if the caller went away. Nobody needs the answer then.
            let _ = answer.send(f(c));
        });
        self.reads.try_send(job).map_err(|_full| E::from(self.load.reads.count_refusal()))?;
        result.await.map_err(|_gone| E::from(lost_work_error()))?
    }

    /// Writes records in one transaction with their journal entries. The answer comes after the commit. On an error
    /// nothing is written.
    ///
    /// # Errors
    /// Returns the errors of the closure, or an error if the database is busy or unavailable.
    pub async fn write<T, E>(
        &self,
        f: impl FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let env = self.env.clone();
        self.submit_write(move |c| run_transaction(c, &env, f)).await
    }

    /// Writes rows that are no records and are not journaled: sessions, tokens, invitations.
    ///
    /// # Errors
    /// Returns the errors of the closure, or an error if the database is busy or unavailable.
    pub async fn write_unjournaled<T, E>(
        &self,
        f: impl FnOnce(&mut Conn) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.submit_write(move |c| {
            c.begin()?;
            match f(c) {
                Ok(v) => {
                    c.commit()?;
                    Ok((v, CommitSummary { unjournaled: true, ..CommitSummary::default() }))
                }
                Err(e) => {
                    c.rollback()?;
                    Err(e)
                }
            }
        })
        .await
    }

    async fn submit_write<T, E>(
        &self,
        f: impl FnOnce(&mut Conn) -> Result<(T, CommitSummary), E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (answer, result) = oneshot::channel::<Result<T, E>>();
        let span = Span::current();
        let ticket = self.load.writes.start_waiting();
        let job: WriteJob = Box::new(move |c| {
            ticket.count_start();
            let _in = span.enter();
            let (outcome, committed) = match f(c) {
                Ok((v, committed)) => (Ok(v), Some(committed)),
                Err(e) => (Err(e), None),
            };
            let answer: WriteAnswer = Box::new(move |durable| {
                // The send fails if the caller went away. Nobody needs the answer then.
                let _ = answer.send(if durable || outcome.is_err() {
                    outcome
                } else {
                    Err(E::from(lost_work_error()))
                });
            });
            (answer, committed)
        });
        self.writes.try_send(job).map_err(|_full| E::from(self.load.writes.count_refusal()))?;
        result.await.map_err(|_gone| E::from(lost_work_error()))?
    }
}

/// Writes records on the caller's own connection. For start-up and commands, where no database threads run.
pub(crate) fn write_now<T, E: From<StoreError>>(
    conn: &mut Conn,
    env: &TxEnv,
    f: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
) -> Result<T, E> {
    run_transaction(conn, env, f).map(|(value, _committed)| value)
}

/// The error for work that was dropped with its connection. Nothing of it was written, or the outcome is unknown.
fn lost_work_error() -> StoreError {
    StoreError::Unavailable("the database thread dropped the work".into())
}

fn spawn_thread(name: String, f: impl Fn() + Send + 'static) -> StoreResult<()> {
    thread::Builder::new()
        .name(name)
        .spawn(move || run_until_end(f))
        .map(|_handle| ())
        .map_err(|e| StoreError::Unavailable(Box::new(e)))
}
