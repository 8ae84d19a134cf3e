//! The threads that own the connections: the readers, the writer with its group commit, and the workers.

use std::{
    cell::RefCell,
    panic::{AssertUnwindSafe, catch_unwind},
    time::{Duration, Instant},
};

use crossbeam_channel::Receiver;

use super::{ReadJob, WriteAnswer, WriteJob, counters::DatabaseCounters, lost_work_error};
use crate::store::{
    Conn, DatabaseTarget, StoreError, error::format_error_chain, tx::CommitSummary,
    watch::CommitWatch,
};

/// The largest number of write jobs that share one commit of SQLite.
const GROUP: usize = 64;
/// A PostgreSQL connection that was idle for longer is checked with a query before it is used.
const IDLE: Duration = Duration::from_secs(1);

/// The connection of a thread. It is opened when needed, and again after it broke.
struct ConnectionSlot<'t> {
    target: &'t DatabaseTarget,
    read_only: bool,
    conn: Option<Conn>,
    used: Instant,
}

impl<'t> ConnectionSlot<'t> {
    fn new(target: &'t DatabaseTarget, read_only: bool) -> Self {
        Self { target, read_only, conn: None, used: Instant::now() }
    }
    /// Closes the connection. The next job opens a new one.
    fn close(&mut self) {
        if let Some(conn) = self.conn.take() {
            // A job that panicked may cause a second panic while the connection is closed.
            let _ = catch_unwind(AssertUnwindSafe(|| conn.rollback_and_drop()));
        }
    }
    fn get(&mut self) -> Option<&mut Conn> {
        // A restart of the server ends every connection at once. Without the first check each of them would cost one
        // caller an error. A connection that is never idle would never be checked by the query.
        let idled = self.used.elapsed() > IDLE;
        if self.conn.as_mut().is_some_and(|c| c.is_closed() || (idled && !c.is_alive())) {
            self.conn = None;
        }
        if self.conn.is_none() {
            match self.target.open(self.read_only) {
                Ok(conn) => self.conn = Some(conn),
                Err(e) => {
                    tracing::error!(error = %format_error_chain(&e), "cannot connect to the database");
                }
            }
        }
        self.used = Instant::now();
        self.conn.as_mut()
    }
    /// Runs a job on the connection. A panic or a broken connection costs the connection, not the thread.
    fn run_job<T>(&mut self, work: impl FnOnce(&mut Conn) -> T) -> Option<T> {
        let conn = self.get()?;
        let result = catch_unwind(AssertUnwindSafe(|| work(conn)));
        match result {
            Ok(v) => {
                if self.conn.as_mut().is_some_and(Conn::is_broken) {
                    self.conn = None;
                }
                Some(v)
            }
            Err(_panic) => {
                tracing::error!("a database job panicked; its connection is closed");
                self.close();
                None
            }
        }
    }
}

/// Runs the loop of a thread until it returns. Jobs that panic are caught elsewhere. A panic beside a job begins the
/// loop again with a new connection, because a thread that is gone would never come back.
pub(super) fn run_until_end(work: impl Fn()) {
    while catch_unwind(AssertUnwindSafe(&work)).is_err() {
        tracing::error!("a database thread panicked; it begins again with a new connection");
    }
}

pub(super) fn read_loop(queue: &Receiver<ReadJob>, target: &DatabaseTarget) {
    let mut slot = ConnectionSlot::new(target, true);
    while let Ok(job) = queue.recv() {
        // A job that cannot run is dropped. Its caller gets the error that the database is unavailable.
        slot.run_job(job);
    }
}

/// Takes the waiting jobs, runs each in its own (nested) transaction, commits once, informs the watch, then answers.
pub(super) fn write_loop(
    queue: &Receiver<WriteJob>,
    target: &DatabaseTarget,
    watch: &CommitWatch,
    load: &DatabaseCounters,
) {
    let mut slot = ConnectionSlot::new(target, false);
    while let Ok(first) = queue.recv() {
        let mut answers: Vec<WriteAnswer> = Vec::new();
        let mut commits: Vec<CommitSummary> = Vec::new();
        let durable = slot.run_job(|c| {
            if !target.is_sqlite() {
                let (answer, committed) = first(c);
                answers.push(answer);
                commits.extend(committed);
                return Ok(());
            }
            c.begin()?;
            let mut next = Some(first);
            while let Some(job) = next {
                let (answer, committed) = job(c);
                answers.push(answer);
                commits.extend(committed);
                if !c.has_open_transaction() {
                    // On a full disk SQLite rolls back everything by itself. A further job would begin a transaction of
                    // its own, and would be told that the group failed although it is written.
                    return Err(lost_work_error());
                }
                next = if answers.len() < GROUP { queue.try_recv().ok() } else { None };
            }
            c.commit()
        });
        let durable = match durable {
            Some(Ok(())) => true,
            Some(Err(e)) => {
                tracing::error!(error = %format_error_chain(&e), "a commit failed");
                load.history.note_failure();
                slot.close();
                false
            }
            None => false,
        };
        load.count_group(answers.len(), durable);
        if durable {
            notify_watch(watch, &mut slot, &commits);
            load.history.note_commit(&commits);
        }
        for answer in answers {
            // The value of an answer that nobody waits for ends here. If that panics, the other answers still go out.
            if catch_unwind(AssertUnwindSafe(|| answer(durable))).is_err() {
                tracing::error!("an answer of a database job panicked");
            }
        }
    }
}

/// Informs the data in memory about commits. If they cannot be read back at the second try, the directory is marked
/// as outdated, and nobody is admitted until a reading succeeds.
fn notify_watch(watch: &CommitWatch, slot: &mut ConnectionSlot<'_>, commits: &[CommitSummary]) {
    for _try in 0..2 {
        match slot.run_job(|c| watch.observe_commits(c, commits)) {
            Some(Ok(())) => return,
            Some(Err(e)) => {
                tracing::error!(error = %format_error_chain(&e), "what was committed cannot be read back");
                slot.close();
            }
            None => {}
        }
    }
    watch.directory.mark_outdated();
}

thread_local! { static LOCAL: RefCell<Option<(String, Conn)>> = const { RefCell::new(None) }; }

/// Reads on the calling thread with its own read-only connection, which is opened once per thread and file.
pub(super) fn read_on_caller<T, E: From<StoreError>>(
    target: &DatabaseTarget,
    f: impl FnOnce(&mut Conn) -> Result<T, E>,
) -> Result<T, E> {
    let DatabaseTarget::Sqlite { path } = target else { return Err(E::from(lost_work_error())) };
    let path = path.to_string_lossy();
    // Taken out while in use, so that a closure that reads again opens a second connection instead of panicking.
    let cached = LOCAL.with_borrow_mut(Option::take).filter(|(p, _)| *p == path);
    let mut conn = match cached {
        Some((_, conn)) => conn,
        None => target.open(true)?,
    };
    let result = f(&mut conn);
    LOCAL.with_borrow_mut(|slot| *slot = Some((path.into_owned(), conn)));
    result
}
